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

Verdict without_policy(const Reason& reason, const Profile& profile) {
    // Shedding load is no statement about the domain: Postfix is to ask again.
    if (reason.kind == Reason::Kind::kOverloaded) return {Level::kTemp, Source::kNoPolicy, reason};
    // RFC 8461 3.3: a sender that cannot find a policy out delivers as if there were none; the operator may
    // be stricter.
    const bool defer =
        profile.on_lookup_failure == Profile::OnLookupFailure::kDefer && reason.nothing_found_out();
    return {defer ? Level::kTemp : Level::kNotFound, Source::kNoPolicy, reason};
}

}  // namespace

Verdict decide(const PolicyView* policy, const Reason& reason, const Profile& profile,
               const Override* override_entry) {
    bool testing_counts = profile.strict_testing;
    if (override_entry != nullptr) {
        switch (override_entry->action) {
            case Override::Action::kIgnore:
                return {Level::kNotFound, Source::kOverride, {}};
            case Override::Action::kDefer:
                return {Level::kTemp, Source::kOverride, {}};
            case Override::Action::kPin:
                return {Level::kSecure, Source::kPin, {}};
            case Override::Action::kEnforce:
                testing_counts = true;
                break;
        }
    }
    if (policy == nullptr) return without_policy(reason, profile);
    return {
        is_enforced(policy->mode, testing_counts) ? Level::kSecure : Level::kNotFound, Source::kPolicy, {}};
}

}  // namespace policy
