// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/dns/name.h"
#include "lib/policy/evidence.h"
#include "lib/policy/overrides.h"
#include "lib/policy/profile.h"

namespace policy {

/// What Postfix is to require of a domain, and what that rests on.
struct Verdict {
    enum class Level : std::uint8_t { kNotFound, kSecure, kTemp };
    enum class Source : std::uint8_t { kPolicy, kPin, kOverride, kNoPolicy, kKey };
    Level level = Level::kNotFound;
    Source source = Source::kNoPolicy;
    Reason reason;  ///< for kTemp and where there is no policy
};

/// "notfound", "secure", "temp".
std::string_view to_string(Verdict::Level level);
/// "policy", "pin", "override", "none", "key".
std::string_view to_string(Verdict::Source source);

/// Decides from evidence, profile and override; pure. `policy` null: none in force, for `reason`. The caller
/// has judged expiry.
Verdict decide(const PolicyView* policy, const Reason& reason, const Profile& profile,
               const Override* override_entry);

/// Appends the reply's payload (at most socketmap::kMaxReply bytes) for a verdict about `domain`. `policy`
/// must be the one that was decided on for kSecure from a policy, `override_entry` the one for kSecure from a
/// pin. Only names that were validated and lines that were escaped ever get in.
void to_postfix(std::string& out, const Verdict& verdict, const dns::Name& domain, const PolicyView* policy,
                const Override* override_entry, const Profile& profile);

}  // namespace policy
