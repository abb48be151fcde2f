// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/policy/cache.h"
#include "lib/policy/expiry_clock.h"
#include "lib/policy/key.h"
#include "lib/policy/rules.h"
#include "lib/policy/verdict.h"

namespace policy {

/// Turns the payload of a socketmap request into the payload of its reply: protocol, profile, key, override,
/// cache, verdict, in this order. Knows no socket; the serving threads share one (it has no state of its
/// own). What the cache does not know it gives back as a question for the engine, and renders the answer once
/// the evidence is there.
class Responder {
  public:
    /// What a request turned out to be; for the log line, the counters and, where the engine must be asked,
    /// to go on.
    struct Query {
        enum class Kind : std::uint8_t { kMalformed, kUnknownMap, kRefusedKey, kDomain };
        Kind kind = Kind::kMalformed;
        std::string map;                ///< empty for kMalformed
        std::optional<Key> key;         ///< for kDomain
        Verdict verdict;                ///< once answered
        bool cached = false;            ///< answered from the cache
        bool recheck_due = false;       ///< the engine is to be told
        std::optional<sts::Mode> mode;  ///< of the policy in force
    };
    enum class Outcome : std::uint8_t { kAnswered, kAskEngine };

    Responder(Cache& cache, const base::Clock& clock, const ExpiryClock& expiry_clock)
        : cache_(cache), clock_(clock), expiry_clock_(expiry_clock) {}

    /// Appends the reply's payload to `out` and fills `query` (kAnswered), or leaves `out` alone
    /// (kAskEngine).
    Outcome respond(std::string_view payload, const Rules& rules, std::string& out, Query& query) const;
    /// Appends the reply to a query that was kAskEngine. `rules` may be newer than at respond().
    void respond_with(const Evidence& evidence, const Rules& rules, std::string& out, Query& query) const;

  private:
    /// Answers what the operator's rules alone decide; true if they do.
    bool answer_by_rules(const Profile& profile, const Override* override_entry, std::string& out,
                         Query& query) const;

    Cache& cache_;
    const base::Clock& clock_;
    const ExpiryClock& expiry_clock_;
};

}  // namespace policy
