// SPDX-License-Identifier: MIT
#include "daemon/admin/explanation.h"
#include "daemon/monitor/html.h"
#include "daemon/monitor/json_html.h"
#include "daemon/monitor/status_page.h"
#include "lib/policy/key.h"

namespace app {
namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";

HttpResponse not_known(const std::string& domain, std::string_view why) {
    const std::string shown = escape_html(domain);
    std::string body = "<h1>" + shown + "</h1><p>" + std::string(why) + "</p>";
    return {404, std::string(kHtml), html_page(domain, body)};
}

// What explain would first look up.
void leave_out_unsurveyed(nlohmann::ordered_json& replies) {
    for (auto& reply : replies) {
        if (reply.contains("dane"))
            reply = "decided by a survey of the MX hosts, which no query has needed lately";
    }
}

}  // namespace

HttpResponse domain_page(const CommandContext& context, const std::string& domain) {
    const auto key = policy::parse_key(domain);
    if (!key) return not_known(domain, "This is no domain that can have a policy.");
    const policy::Engine::Explanation known = context.engine.explain(key->domain);
    const bool overridden = context.rules()->overrides.find(key->domain, context.clock.wall()) != nullptr;
    const bool surveyed = context.surveys.peek(*key, context.clock.mono()).has_value();
    if (!known.policy && !known.negative && !known.history && !overridden && !surveyed) {
        return not_known(domain,
                         "Nothing is known of this domain: it has not been asked for lately. "
                         "<code>mta-stsctl explain</code> looks it up.");
    }
    auto explanation = explanation_json(*key, known, context, nullptr);
    if (!known.policy && !known.negative && !overridden) {
        explanation.erase("replies");
    } else if (!surveyed) {
        leave_out_unsurveyed(explanation["replies"]);
    }
    std::string body = "<h1>" + escape_html(key->domain.text()) +
                       "</h1><p class=\"dim\">What is known now; "
                       "<code>mta-stsctl explain</code> says the same.</p><div class=\"scroll\">" +
                       json_html(explanation) + "</div>";
    return {200, std::string(kHtml), html_page(key->domain.text(), body)};
}

}  // namespace app
