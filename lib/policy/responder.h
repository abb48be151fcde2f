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
#include "lib/policy/survey_cache.h"
#include "lib/policy/verdict.h"

namespace policy {

/// Turns the payload of a socketmap request into the payload of its reply: protocol, profile, key, override,
/// caches, verdict, in this order. Knows no socket; the serving threads share one (it has no state of its
/// own). Reading a request and answering it are two steps, so that of many requests all can be read, and the
/// memory of what is known of their domains be loading, before the first is answered. What the cache does not
/// know it gives back as a question for the engine, and renders the answer once the evidence is there.
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
        bool dane_map = false;          ///< its profile is one with DANE
        bool with_survey = false;       ///< and DANE is looked at: the resolver is not known not to validate
        bool recheck_due = false;       ///< the engine is to be told
        bool renew_due = false;         ///< likewise, of the survey
        std::optional<sts::Mode> mode;  ///< of the policy in force
    };
    /// A request that has been read. Good for one answer(), with the Rules that it was read with.
    struct Request {
        Query query;
        const Profile* profile = nullptr;  ///< for kDomain
        std::uint64_t hash = 0;            ///< for kDomain: of the domain's name
    };
    enum class Outcome : std::uint8_t { kAnswered, kAskEngine };

    /// `surveys` shares the locks of `cache`.
    Responder(Cache& cache, SurveyCache& surveys, const base::Clock& clock, const ExpiryClock& expiry_clock)
        : cache_(cache), surveys_(surveys), clock_(clock), expiry_clock_(expiry_clock) {}

    /// Reads a request's payload. `request` may have served another: its memory is used again.
    void read(std::string_view payload, const Rules& rules, Request& request) const;
    /// Begins to load what answer() will look at, and does not wait for it.
    void prefetch(const Request& request) const;
    /// Appends the reply's payload to `out` and completes the query (kAnswered), or leaves `out` alone
    /// (kAskEngine).
    Outcome answer(Request& request, const Rules& rules, std::string& out) const;
    /// Appends the reply to a query that was kAskEngine. `rules` may be newer than at answer().
    void respond_with(const Evidence& evidence, const Rules& rules, std::string& out, Query& query) const;
    /// Appends the reply to a query that was kAskEngine and must be answered now: what the caches do not know
    /// counts as failed.
    void respond_late(const Rules& rules, std::string& out, Query& query) const;

  private:
    /// A query for a domain whose profile and override are found.
    struct Case;

    /// Finds the override, and answers what the operator's rules alone decide: then it gives nothing.
    std::optional<Case> open_case(const Rules& rules, const Profile& profile, std::string& out,
                                  Query& query) const;
    /// The same for a query whose map may be gone since it was asked.
    std::optional<Case> reopen_case(const Rules& rules, std::string& out, Query& query) const;
    static void count_override(const Rules& rules, const Case& of);
    /// Answers from the cache of policies; false, and nothing is appended, where that knows nothing.
    bool answer_from_cache(const DomainLocks::Hold& hold, const Case& of, std::optional<dane::State> survey,
                           std::string& out, Query& query) const;

    Cache& cache_;
    SurveyCache& surveys_;
    const base::Clock& clock_;
    const ExpiryClock& expiry_clock_;
};

}  // namespace policy
