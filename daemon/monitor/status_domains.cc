// SPDX-License-Identifier: MIT
#include "daemon/monitor/status_domains.h"

#include <algorithm>

#include "daemon/monitor/html.h"

namespace app {
namespace {

constexpr std::size_t kMaxFailing = 50;

std::string domain_link(const std::string& domain) {
    return "<a href=\"/domain/" + url_encode(domain) + "\">" + escape_html(domain) + "</a>";
}

std::string mode_html(sts::Mode mode) {
    const std::string word(sts::to_string(mode));
    return "<span class=\"mode-" + word + "\">" + word + "</span>";
}

std::string cell(std::string_view label, const std::string& html) {
    return "<td data-label=\"" + std::string(label) + "\"><span>" + html + "</span></td>";
}

std::string table_head(std::initializer_list<std::string_view> columns) {
    std::string out = "<div class=\"scroll\"><table class=\"wide\"><thead><tr>";
    for (const std::string_view column : columns)
        out.append("<th>").append(column).append("</th>");
    return out + "</tr></thead><tbody>";
}

std::string failing_row(const FailingRefreshes::Entry& entry, base::WallTime now) {
    const std::string expires = escape_html(relative_text(entry.expires, now));
    return "<tr>" + cell("Domain", domain_link(entry.domain.text())) + cell("Mode", mode_html(entry.mode)) +
           cell("Failing", "for " + span_text(now - entry.since)) +
           cell("Expires", entry.near_expiry ? "<b class=\"error\">" + expires + "</b>" : expires) +
           cell("Error", "<span class=\"error\">" + escape_html(entry.reason.text()) + "</span>") + "</tr>";
}

/// When the domain is looked at again: its record at the next question, or its policy.
std::string next_check(const policy::Cache::Known& known, const CommandContext& context) {
    const base::Milliseconds left = known.clocks.recheck_at - context.clock.mono();
    const std::string record = left.count() <= 0
                                   ? "with the next query"
                                   : "in " + span_text(std::chrono::duration_cast<base::Seconds>(left));
    return escape_html(record) + " <span class=\"dim\">(fetched again " +
           escape_html(relative_text(known.clocks.refresh_at, context.clock.wall())) + ")</span>";
}

std::string domain_row(const std::string& name, const CommandContext& context) {
    const auto domain = dns::Name::parse(name);
    if (!domain) return "";
    const policy::Engine::Explanation known = context.engine.explain(*domain);
    if (!known.policy) return "";  // gone since the walk
    const base::WallTime now = context.clock.wall();
    const policy::PolicyRecord& record = known.policy->record;
    const std::string error = known.history ? known.history->reason.text() : known.last_error;
    return "<tr>" + cell("Domain", domain_link(name)) + cell("Mode", mode_html(record.mode)) +
           cell("Fetched", escape_html(relative_text(record.fetched, now))) +
           cell("Expires", escape_html(relative_text(record.expires(), now))) +
           cell("Next check", next_check(*known.policy, context)) +
           cell("Last error", error.empty() ? "<span class=\"dim\">none</span>"
                                            : "<span class=\"error\">" + escape_html(error) + "</span>") +
           "</tr>";
}

std::string mode_option(std::string_view value, std::string_view text, bool chosen) {
    return "<option value=\"" + std::string(value) + "\"" + (chosen ? " selected" : "") + ">" +
           std::string(text) + "</option>";
}

std::string form_html(const DomainWalk::Query& query) {
    const auto chosen = [&query](sts::Mode mode) { return query.mode == mode; };
    return "<form method=\"get\" action=\"/\"><input type=\"search\" name=\"q\" value=\"" +
           escape_html(query.part) +
           "\" placeholder=\"part of a domain\" aria-label=\"Part of a domain\"><select name=\"mode\" "
           "aria-label=\"Mode\">" +
           mode_option("", "any mode", !query.mode) +
           mode_option("enforce", "enforce", chosen(sts::Mode::kEnforce)) +
           mode_option("testing", "testing", chosen(sts::Mode::kTesting)) +
           mode_option("none", "none", chosen(sts::Mode::kNone)) + "</select><button>Search</button></form>";
}

std::string page_link(const DomainWalk::Query& query, const std::string& after, std::string_view text) {
    std::string target = "/?q=" + url_encode(query.part);
    if (query.mode) target.append("&mode=").append(sts::to_string(*query.mode));
    if (!after.empty()) target += "&after=" + url_encode(after);
    return "<a href=\"" + escape_html(target) + "\">" + std::string(text) + "</a>";
}

}  // namespace

std::string failing_html(const StatusPage& page) {
    const auto failing = page.sources.failing.list(page.sources.status.cache, page.sources.now);
    if (failing.empty()) return "";
    std::string out = "<h2 id=\"failing\">Policies that cannot be fetched again (" +
                      std::to_string(failing.size()) +
                      ")</h2><p class=\"dim\">They stay in force until they expire.</p>" +
                      table_head({"Domain", "Mode", "Failing", "Expires", "Error"});
    for (std::size_t i = 0; i < std::min(failing.size(), kMaxFailing); ++i)
        out += failing_row(failing[i], page.sources.now);
    out += "</tbody></table></div>";
    if (failing.size() > kMaxFailing)
        out += "<p class=\"dim\">These are the " + std::to_string(kMaxFailing) + " that expire first.</p>";
    return out;
}

std::string domains_html(const StatusPage& page) {
    std::string out = "<h2 id=\"domains\">Domains with a policy (" + std::to_string(page.domains.found) +
                      ")</h2>" + form_html(page.query);
    if (page.domains.names.empty()) return out + "<p class=\"dim\">None.</p>";
    out += table_head({"Domain", "Mode", "Fetched", "Expires", "Next check", "Last error"});
    for (const std::string& name : page.domains.names)
        out += domain_row(name, page.context);
    out += "</tbody></table></div><div class=\"pager\">";
    if (!page.query.after.empty()) out += page_link(page.query, "", "First page");
    if (page.domains.more) out += page_link(page.query, page.domains.names.back(), "Next page");
    return out + "</div>";
}

}  // namespace app
