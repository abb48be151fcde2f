// SPDX-License-Identifier: MIT
#include "daemon/admin/explanation.h"

#include <algorithm>

#include "daemon/admin/dane_json.h"
#include "daemon/admin/override_json.h"
#include "daemon/admin/utc_text.h"
#include "lib/policy/verdict.h"
#include "lib/sts/mx_pattern.h"
#include "lib/sts/policy.h"

namespace app {
namespace {

using Json = ControlCall::Json;

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

/// What Postfix is told now, for each map.
Json replies_json(const dns::Name& domain, const policy::Rules& rules, const policy::Override* entry,
                  const policy::PolicyView* view, const policy::Reason& reason,
                  const dane::Findings* survey) {
    Json out;
    for (const auto& [map, profile] : rules.profiles) {
        std::optional<dane::State> state;
        if (rules.looks_at_dane(profile)) state = survey ? survey->state : dane::State::kUnknown;
        const policy::Verdict verdict = policy::decide(view, reason, state, profile, entry);
        std::string reply;
        policy::to_postfix(reply, verdict, domain, view, entry, profile);
        out[map] = {{"verdict", policy::to_string(verdict.level)},
                    {"source", policy::to_string(verdict.source)},
                    {"reply", reply}};
        if (Json cell = dane_cell_json(verdict); !cell.is_null()) out[map]["dane"] = std::move(cell);
    }
    return out;
}

/// The survey as it is in the cache, or as `fresh` brought it (that may not have been kept).
const dane::Findings* add_survey(Json& out, const std::optional<policy::SurveyCache::Entry>& cached,
                                 const policy::Evidence* fresh, base::MonoTime now) {
    const dane::Findings* survey = cached ? cached->findings.get() : nullptr;
    if (survey == nullptr && fresh != nullptr) survey = fresh->survey.get();
    if (survey == nullptr) return nullptr;
    out["survey"] = survey_json(*survey, cached ? std::optional(cached->until) : std::nullopt, now);
    return survey;
}

/// The MX hosts that the policy does not allow: mail to them waits.
Json not_covered(const policy::PolicyView& view, const dane::Findings& survey) {
    Json out = Json::array();
    for (const dane::Host& host : survey.hosts) {
        const bool covered = std::any_of(view.mx.begin(), view.mx.end(), [&](const sts::MxSpan& mx) {
            return sts::mx_matches(mx.in(view.body), host.name);
        });
        if (!covered) out.push_back(host.name);
    }
    return out;
}

}  // namespace

Json explanation_json(const policy::Key& key, const policy::Engine::Explanation& known,
                      const CommandContext& context, const policy::Evidence* fresh) {
    Json out;
    const dns::Name& domain = key.domain;
    out["domain"] = domain.text();
    const auto rules = context.rules();
    const policy::Override* entry = rules->overrides.find(domain, context.clock.wall());
    if (entry != nullptr) out["override"] = override_json(rules->overrides, *entry, context.clock.wall());
    // What was in force in 1970 is what would be in force if nothing ever expired.
    const policy::Override* unlimited = rules->overrides.find(domain, base::WallTime{});
    if (unlimited != entry)
        out["expired_override"] = override_json(rules->overrides, *unlimited, context.clock.wall());

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
    const base::MonoTime now = context.clock.mono();
    const auto cached_survey = context.surveys.peek(key, now);
    const dane::Findings* const survey = add_survey(out, cached_survey, fresh, now);
    if (in_force != nullptr && survey != nullptr && in_force->mode != sts::Mode::kNone) {
        const Json left = not_covered(*in_force, *survey);
        if (!left.empty()) out["mx_not_covered"] = left;
    }
    if (!rules->resolver_validates) {
        out["dane"] = "not looked at: the resolver does not validate DNSSEC (mta-stsctl status)";
    }
    out["replies"] = replies_json(domain, *rules, entry, in_force, reason, survey);
    return out;
}

}  // namespace app
