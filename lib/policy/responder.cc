// SPDX-License-Identifier: MIT
#include "lib/policy/responder.h"

#include "lib/socketmap/protocol.h"

namespace policy {
namespace {

void refuse_map(std::string_view map, std::string& out, Responder::Query& query) {
    query.kind = Responder::Query::Kind::kUnknownMap;
    std::string reason = "unknown map \"";
    reason.append(map.substr(0, socketmap::kMaxReason - reason.size() - 1)).append("\"");
    socketmap::append_refusal(out, socketmap::kPerm, reason);
}

/// Keeps what `map` has allocated.
void reset(Responder::Query& query) {
    query.kind = Responder::Query::Kind::kMalformed;
    query.map.clear();
    query.key.reset();
    query.verdict = {};
    query.cached = query.recheck_due = false;
    query.mode.reset();
}

}  // namespace

bool Responder::answer_by_rules(const Profile& profile, const Override* override_entry, std::string& out,
                                Query& query) const {
    if (override_entry != nullptr && override_entry->action != Override::Action::kEnforce) {
        query.verdict = decide(nullptr, {}, profile, override_entry);
    } else if (query.key->smart_host && profile.smart_hosts == Profile::SmartHosts::kIgnore) {
        query.verdict = {Verdict::Level::kNotFound, Verdict::Source::kKey, {}};
    } else {
        return false;
    }
    to_postfix(out, query.verdict, query.key->domain, nullptr, override_entry, profile);
    return true;
}

Responder::Outcome Responder::respond(std::string_view payload, const Rules& rules, std::string& out,
                                      Query& query) const {
    reset(query);
    const auto request = socketmap::parse_request(payload);
    if (!request) {
        socketmap::append_refusal(out, socketmap::kPerm, "malformed request");
        return Outcome::kAnswered;
    }
    query.map = request->map;
    const Profile* const profile = rules.profile(request->map);
    if (profile == nullptr) {
        refuse_map(request->map, out, query);
        return Outcome::kAnswered;
    }
    query.key = parse_key(request->key);
    if (!query.key) {
        query.kind = Query::Kind::kRefusedKey;
        query.verdict.source = Verdict::Source::kKey;
        out.append(socketmap::kNotFound);
        return Outcome::kAnswered;
    }
    query.kind = Query::Kind::kDomain;

    const dns::Name& domain = query.key->domain;
    const Cache::Now now{expiry_clock_.now(), clock_.mono()};
    const Override* const override_entry = rules.overrides.find(domain, now.wall);
    if (answer_by_rules(*profile, override_entry, out, query)) return Outcome::kAnswered;

    const Cache::Hit hit = cache_.find(domain, now, [&](const PolicyView& policy) {
        query.mode = policy.mode;
        query.verdict = decide(&policy, {}, *profile, override_entry);
        to_postfix(out, query.verdict, domain, &policy, override_entry, *profile);
    });
    if (hit.found == Cache::Found::kNothing) return Outcome::kAskEngine;
    query.cached = true;
    query.recheck_due = hit.recheck_due;
    if (hit.found == Cache::Found::kNegative) {
        query.verdict = decide(nullptr, hit.reason, *profile, override_entry);
        to_postfix(out, query.verdict, domain, nullptr, override_entry, *profile);
    }
    return Outcome::kAnswered;
}

void Responder::respond_with(const Evidence& evidence, const Rules& rules, std::string& out,
                             Query& query) const {
    const Profile* const profile = rules.profile(query.map);
    if (profile == nullptr) return refuse_map(query.map, out, query);
    const dns::Name& domain = query.key->domain;
    const Override* const override_entry = rules.overrides.find(domain, expiry_clock_.now());
    if (answer_by_rules(*profile, override_entry, out, query)) return;

    PolicyView view;
    const PolicyView* policy = nullptr;
    if (evidence.policy) {
        view = evidence.policy->view();
        policy = &view;
        query.mode = view.mode;
    }
    query.verdict = decide(policy, evidence.reason, *profile, override_entry);
    to_postfix(out, query.verdict, domain, policy, override_entry, *profile);
}

}  // namespace policy
