// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/dane/survey.h"
#include "lib/dns/name.h"
#include "lib/policy/evidence.h"
#include "lib/policy/overrides.h"
#include "lib/policy/profile.h"

namespace policy {

/// What Postfix is to require of a domain, and what that rests on.
struct Verdict {
    enum class Level : std::uint8_t { kNotFound, kSecure, kTemp, kDane, kDaneOnly };
    enum class Source : std::uint8_t { kPolicy, kPin, kOverride, kNoPolicy, kKey, kDane };
    Level level = Level::kNotFound;
    Source source = Source::kNoPolicy;
    /// The cell of the table of DANE beside MTA-STS that was used: its column, which is whether a policy is
    /// enforced, and its row. Nothing where DANE was not looked at.
    bool enforced = false;
    std::optional<dane::State> survey{};
    Reason reason{};  ///< for kTemp and where there is no policy
};
// Two words without an unused end: else compilers copy it in two pieces that overlap, each of which waits
// until what was stored before has reached the cache.
static_assert(sizeof(Verdict) == 16 && offsetof(Verdict, reason) + sizeof(Reason) == sizeof(Verdict));

/// "notfound", "secure", "temp", "dane", "dane-only".
std::string_view to_string(Verdict::Level level);
/// "policy", "pin", "override", "none", "key", "dane".
std::string_view to_string(Verdict::Source source);

/// What the domain publishes and this verdict does not use, in a sentence for people; empty where nothing is
/// given up.
std::string_view given_up(const Verdict& verdict);

/// Decides from evidence, profile and override; pure. `policy` null: none in force, for `reason`. `survey`:
/// what DNSSEC says of the MX hosts; nothing where DANE is not to be looked at, so that the profile's `dane`
/// only tells kEnforce from kYield here. The caller has judged expiry.
Verdict decide(const PolicyView* policy, const Reason& reason, std::optional<dane::State> survey,
               const Profile& profile, const Override* override_entry);

/// Appends the reply's payload (at most socketmap::kMaxReply bytes) for a verdict about `domain`. `policy`
/// must be the one that was decided on for kSecure from a policy, `override_entry` the one for kSecure from a
/// pin. Only names that were validated and lines that were escaped ever get in.
void to_postfix(std::string& out, const Verdict& verdict, const dns::Name& domain, const PolicyView* policy,
                const Override* override_entry, const Profile& profile);

}  // namespace policy
