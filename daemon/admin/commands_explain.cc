// SPDX-License-Identifier: MIT
#include "daemon/admin/control_commands.h"
#include "daemon/admin/utc_text.h"
#include "lib/policy/verdict.h"
#include "lib/sts/policy.h"

namespace app {
namespace {

using Json = ControlCall::Json;
using Explanation = policy::Engine::Explanation;

Json policy_json(const policy::PolicyRecord& record, bool expired) {
    Json out;
    out["mode"] = sts::to_string(record.mode);
    out["id"] = record.id;
    out["max_age"] = record.max_age;
    out["fetched"] = utc_text(record.fetched);
    out["expires"] = utc_text(record.expires());
    out["expired"] = expired;
    out["mx"] = Json::array();
    for (const sts::MxSpan& mx : record.mx)
        out["mx"].push_back(std::string(mx.in(record.body)));
    out["lax"] = Json::array();
    if (record.lax) {
        if (const auto parsed = sts::parse_policy(record.body)) {
            for (const sts::LaxReason& reason : parsed->lax)
                out["lax"].push_back(sts::describe(reason));
        }
    }
    out["body"] = record.body;
    return out;
}

Json override_json(const policy::Override& entry) {
    Json out;
    out["domain"] = (entry.below ? "*." : "") + entry.domain.text();
    out["action"] = policy::to_string(entry.action);
    if (!entry.mx.empty()) out["mx"] = entry.mx;
    if (entry.until) out["until"] = utc_text(*entry.until);
    if (!entry.comment.empty()) out["comment"] = entry.comment;
    return out;
}

/// What Postfix is told now, for each map.
Json replies_json(const dns::Name& domain, const policy::Rules& rules, const policy::Override* entry,
                  const policy::PolicyView* view, const policy::Reason& reason) {
    Json out;
    for (const auto& [map, profile] : rules.profiles) {
        const policy::Verdict verdict = policy::decide(view, reason, profile, entry);
        std::string reply;
        policy::to_postfix(reply, verdict, domain, view, entry, profile);
        out[map] = {{"verdict", policy::to_string(verdict.level)},
                    {"source", policy::to_string(verdict.source)},
                    {"reply", reply}};
    }
    return out;
}

Json explanation_json(const dns::Name& domain, const Explanation& known, const CommandContext& context,
                      const policy::Evidence* fresh) {
    Json out;
    out["domain"] = domain.text();
    const auto rules = context.rules();
    const policy::Override* entry = rules->overrides.find(domain, context.clock.wall());
    if (entry != nullptr) out["override"] = override_json(*entry);

    policy::PolicyView view;
    policy::Reason reason;
    const policy::PolicyView* in_force = nullptr;
    if (known.policy) {
        if (!known.record_text.empty()) out["record"] = known.record_text;
        if (!known.last_error.empty()) out["last_error"] = known.last_error;
        if (!known.store_error.empty()) out["store_error"] = known.store_error;
        out["policy"] = policy_json(known.policy->record, known.policy_expired);
        const auto recheck = known.policy->clocks.recheck_at - context.clock.mono();
        out["clocks"] = {{"recheck_in_s", recheck.count() / 1000},
                         {"refresh", utc_text(known.policy->clocks.refresh_at)},
                         {"expiry", utc_text(known.policy->record.expires())}};
        view = known.policy->record.view();
        if (!known.policy_expired) in_force = &view;
    } else if (fresh != nullptr && fresh->policy) {
        if (!fresh->policy->record_text.empty()) out["record"] = fresh->policy->record_text;
        out["policy"] = policy_json(*fresh->policy, false);
        view = fresh->policy->view();
        in_force = &view;
    }
    if (known.negative) {
        reason = known.negative->reason;
        out["no_policy"] = {{"reason", reason.word()},
                            {"text", reason.text()},
                            {"remembered_s", (known.negative->until - context.clock.mono()).count() / 1000}};
    } else if (fresh != nullptr) {
        reason = fresh->reason;
    }
    if (known.history) {
        out["failing"] = {
            {"id", known.history->id},
            {"failures", known.history->failures},
            {"reason", known.history->reason.word()},
            {"text", known.history->reason.text()},
            {"last", utc_text(known.history->last_failure)},
            {"next_fetch_in_s", (known.history->not_before - context.clock.mono()).count() / 1000}};
    }
    out["lookup_under_way"] = known.in_flight;
    out["replies"] = replies_json(domain, *rules, entry, in_force, reason);
    return out;
}

// A domain of which nothing is known is looked up, as a query would.
void explain(ControlCall& call, const CommandContext& context) {
    const auto domain = domain_argument(call);
    if (!domain) return;
    const Explanation known = context.engine.explain(*domain);
    if (known.policy || known.negative) {
        call.line(explanation_json(*domain, known, context, nullptr));
        return call.ok();
    }
    call.keep(
        context.engine.resolve(*domain, [&call, &context, name = *domain](const policy::Evidence& evidence) {
            call.line(explanation_json(name, context.engine.explain(name), context, &evidence));
            call.ok();
        }));
}

}  // namespace

void add_explain_command(ControlServer& server, const CommandContext& context) {
    server.add("explain", [&context](ControlCall& call) { explain(call, context); });
}

}  // namespace app
