// SPDX-License-Identifier: MIT
#include "lib/policy/responder.h"

#include "lib/socketmap/protocol.h"

namespace policy {
namespace {

void refuse_map(std::string& out, Responder::Query& query) {
    query.kind = Responder::Query::Kind::kUnknownMap;
    std::string reason = "unknown map \"";
    reason.append(query.map, 0, socketmap::kMaxReason - reason.size() - 1).append("\"");
    socketmap::append_refusal(out, socketmap::kPerm, reason);
}

/// Keeps what `map` has allocated.
void reset(Responder::Query& query) {
    query.kind = Responder::Query::Kind::kMalformed;
    query.map.clear();
    query.key.reset();
    query.verdict = {};
    query.cached = query.dane_map = query.with_survey = query.recheck_due = query.renew_due = false;
    query.mode.reset();
}

}  // namespace

struct Responder::Case {
    const Profile& profile;
    const Override* override_entry;
    Cache::Now now;
};

// Of the overrides, `enforce` alone leaves something to find out: it is counted with the answer.
void Responder::count_override(const Rules& rules, const Case& of) {
    if (of.override_entry != nullptr) rules.overrides.count_hit(*of.override_entry);
}

std::optional<Responder::Case> Responder::reopen_case(const Rules& rules, std::string& out,
                                                      Query& query) const {
    if (const Profile* const profile = rules.profiles.find(query.map))
        return open_case(rules, *profile, out, query);
    refuse_map(out, query);
    return std::nullopt;
}

std::optional<Responder::Case> Responder::open_case(const Rules& rules, const Profile& profile,
                                                    std::string& out, Query& query) const {
    const base::MonoTime mono = clock_.mono();
    const Cache::Now now{expiry_clock_.now(mono), mono};
    const Override* const override_entry = rules.overrides.find(query.key->domain, now.wall);
    query.dane_map = profile.dane != Profile::Dane::kOff;
    query.with_survey = rules.looks_at_dane(profile);
    if (override_entry != nullptr && override_entry->action != Override::Action::kEnforce) {
        query.verdict = decide(nullptr, {}, {}, profile, override_entry);
        rules.overrides.count_hit(*override_entry);
    } else if (query.key->smart_host && profile.smart_hosts == Profile::SmartHosts::kIgnore) {
        query.verdict = {Verdict::Level::kNotFound, Verdict::Source::kKey};
    } else {
        return Case{profile, override_entry, now};
    }
    to_postfix(out, query.verdict, query.key->domain, nullptr, override_entry, profile);
    return std::nullopt;
}

bool Responder::answer_from_cache(const DomainLocks::Hold& hold, const Case& of,
                                  std::optional<dane::State> survey, std::string& out, Query& query) const {
    const dns::Name& domain = query.key->domain;
    const Cache::Hit hit = cache_.find(hold, domain, of.now, [&](const PolicyView& policy) {
        query.mode = policy.mode;
        query.verdict = decide(&policy, {}, survey, of.profile, of.override_entry);
        to_postfix(out, query.verdict, domain, &policy, of.override_entry, of.profile);
    });
    query.recheck_due = hit.recheck_due;
    if (hit.found == Cache::Found::kNegative) {
        query.verdict = decide(nullptr, hit.reason, survey, of.profile, of.override_entry);
        to_postfix(out, query.verdict, domain, nullptr, of.override_entry, of.profile);
    }
    return hit.found != Cache::Found::kNothing;
}

void Responder::read(std::string_view payload, const Rules& rules, Request& request) const {
    Query& query = request.query;
    reset(query);
    const auto parts = socketmap::parse_request(payload);
    if (!parts) return;
    query.map = parts->map;
    request.profile = rules.profiles.find(parts->map);
    if (request.profile == nullptr) {
        query.kind = Query::Kind::kUnknownMap;
        return;
    }
    query.key = parse_key(parts->key);
    if (!query.key) {
        query.kind = Query::Kind::kRefusedKey;
        return;
    }
    query.kind = Query::Kind::kDomain;
    request.hash = cache_.locks().hash(query.key->domain.text());
}

void Responder::prefetch(const Request& request) const {
    if (request.query.kind != Query::Kind::kDomain) return;
    const DomainLocks::Hold hold = cache_.locks().hold(request.hash);
    cache_.prefetch(hold);
    if (request.profile->dane != Profile::Dane::kOff) surveys_.prefetch(hold);
}

Responder::Outcome Responder::answer(Request& request, const Rules& rules, std::string& out) const {
    Query& query = request.query;
    switch (query.kind) {
        case Query::Kind::kMalformed:
            socketmap::append_refusal(out, socketmap::kPerm, "malformed request");
            return Outcome::kAnswered;
        case Query::Kind::kUnknownMap:
            refuse_map(out, query);
            return Outcome::kAnswered;
        case Query::Kind::kRefusedKey:
            query.verdict.source = Verdict::Source::kKey;
            out.append(socketmap::kNotFound);
            return Outcome::kAnswered;
        case Query::Kind::kDomain:
            break;
    }
    const std::optional<Case> open = open_case(rules, *request.profile, out, query);
    if (!open) return Outcome::kAnswered;

    const DomainLocks::Hold hold = cache_.locks().hold(request.hash);
    std::optional<dane::State> survey;
    if (query.with_survey) {
        const SurveyCache::Hit hit = surveys_.find(hold, *query.key, open->now.mono);
        if (!hit.state) return Outcome::kAskEngine;
        survey = hit.state;
        query.renew_due = hit.renew_due;
    }
    query.cached = answer_from_cache(hold, *open, survey, out, query);
    if (query.cached) count_override(rules, *open);
    return query.cached ? Outcome::kAnswered : Outcome::kAskEngine;
}

void Responder::respond_with(const Evidence& evidence, const Rules& rules, std::string& out,
                             Query& query) const {
    const std::optional<Case> open = reopen_case(rules, out, query);
    if (!open) return;
    count_override(rules, *open);
    PolicyView view;
    const PolicyView* policy = nullptr;
    if (evidence.policy) {
        view = evidence.policy->view();
        policy = &view;
        query.mode = view.mode;
    }
    std::optional<dane::State> survey;
    if (query.with_survey) survey = evidence.survey ? evidence.survey->state : dane::State::kUnknown;
    query.verdict = decide(policy, evidence.reason, survey, open->profile, open->override_entry);
    to_postfix(out, query.verdict, query.key->domain, policy, open->override_entry, open->profile);
}

void Responder::respond_late(const Rules& rules, std::string& out, Query& query) const {
    const std::optional<Case> open = reopen_case(rules, out, query);
    if (!open) return;
    count_override(rules, *open);
    const DomainLocks::Hold hold = cache_.locks().hold(query.key->domain);
    std::optional<dane::State> survey;
    if (query.with_survey) {
        survey = surveys_.find(hold, *query.key, open->now.mono).state.value_or(dane::State::kUnknown);
    }
    if (answer_from_cache(hold, *open, survey, out, query)) return;
    query.verdict =
        decide(nullptr, Reason{Reason::Kind::kTooLate}, survey, open->profile, open->override_entry);
    to_postfix(out, query.verdict, query.key->domain, nullptr, open->override_entry, open->profile);
}

}  // namespace policy
