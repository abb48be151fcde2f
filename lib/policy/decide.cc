// SPDX-License-Identifier: MIT
#include "lib/policy/verdict.h"

namespace policy {
namespace {

using Level = Verdict::Level;
using Source = Verdict::Source;

/// RFC 8461 5: only `enforce` may stop a delivery; `testing` does where the operator wants it so.
bool is_enforced(sts::Mode mode, bool testing_counts) {
    return mode == sts::Mode::kEnforce || (mode == sts::Mode::kTesting && testing_counts);
}

Verdict with_policy(sts::Mode mode, bool testing_counts) {
    Verdict verdict{Level::kNotFound, Source::kPolicy};
    verdict.enforced = is_enforced(mode, testing_counts);
    if (verdict.enforced) verdict.level = Level::kSecure;
    return verdict;
}

Verdict without_policy(const Reason& reason, const Profile& profile) {
    // Shedding load is no statement about the domain: Postfix is to ask again.
    if (reason.kind == Reason::Kind::kOverloaded) return {Level::kTemp, Source::kNoPolicy, false, {}, reason};
    // RFC 8461 3.3: a sender that cannot find a policy out delivers as if there were none; the operator may
    // be stricter.
    const bool defer =
        profile.on_lookup_failure == Profile::OnLookupFailure::kDefer && reason.nothing_found_out();
    return {defer ? Level::kTemp : Level::kNotFound, Source::kNoPolicy, false, {}, reason};
}

/// One cell of the table: what DNSSEC says of the MX hosts against whether a policy is enforced. MTA-STS must
/// not override a failing DANE check (RFC 8461 2), and some hosts with DANE must not switch a policy off.
Level with_dane(dane::State survey, bool enforced) {
    switch (survey) {
        case dane::State::kAll:
            return Level::kDaneOnly;
        case dane::State::kSome:
            return enforced ? Level::kDaneOnly : Level::kDane;
        case dane::State::kUnusable:    // nothing to override (RFC 7672 2.2: TLS without authentication)
        case dane::State::kInsecureMx:  // not bound to DANE (RFC 7672 2.2.1); the MX could be forged
        case dane::State::kMxFailed:    // Postfix looks the MX up itself, and gets no further if that fails
            return enforced ? Level::kSecure : Level::kDane;
        case dane::State::kUnknown:
            return enforced ? Level::kTemp : Level::kDane;
        case dane::State::kNone:
        case dane::State::kIrrelevant:
            break;
    }
    return enforced ? Level::kSecure : Level::kNotFound;
}

/// The verdict as it is without DANE, and what a survey makes of it.
Verdict beside_dane(Verdict verdict, dane::State survey, const Profile& profile) {
    verdict.survey = survey;
    // Whoever wants to defer what cannot be found out does so unless DANE decides alone.
    if (verdict.level == Level::kTemp && survey != dane::State::kAll) return verdict;
    Level level = with_dane(survey, verdict.enforced);
    if (level == verdict.level) return verdict;
    if (level == Level::kTemp) verdict.reason = Reason{Reason::Kind::kDaneUnknown};
    verdict.source = Source::kDane;
    const bool yields = profile.dane == Profile::Dane::kYield;
    if (yields && (level == Level::kDane || level == Level::kDaneOnly)) level = Level::kNotFound;
    verdict.level = level;
    return verdict;
}

}  // namespace

Verdict decide(const PolicyView* policy, const Reason& reason, std::optional<dane::State> survey,
               const Profile& profile, const Override* override_entry) {
    bool testing_counts = profile.strict_testing;
    if (override_entry != nullptr) {
        switch (override_entry->action) {
            case Override::Action::kIgnore:
                return {Level::kNotFound, Source::kOverride};
            case Override::Action::kDefer:
                return {Level::kTemp, Source::kOverride};
            case Override::Action::kPin:
                return {Level::kSecure, Source::kPin};
            case Override::Action::kEnforce:
                testing_counts = true;
                break;
        }
    }
    const Verdict verdict =
        policy != nullptr ? with_policy(policy->mode, testing_counts) : without_policy(reason, profile);
    return survey ? beside_dane(verdict, *survey, profile) : verdict;
}

}  // namespace policy
