// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <memory>
#include <optional>

#include "lib/base/clock.h"
#include "lib/dane/survey.h"
#include "lib/policy/domain_locks.h"
#include "lib/policy/key.h"

namespace policy {

/// What DNSSEC says of the MX hosts of next hops, in memory, for as long as the DNS allows. Apart from the
/// policies, since next hops of one domain can differ, and since forgetting a survey only costs another one:
/// the oldest make room at `max_surveys`. About 400 bytes for a next hop with one host; one that takes more
/// counts as several.
///
/// Threads: prefetch() and find() from any; everything else from the engine's thread. 64 shards with a lock
/// each.
class SurveyCache {
  public:
    struct Options {
        std::uint64_t max_surveys = 200000;
    };
    struct Hit {
        std::optional<dane::State> state;  ///< nothing: no unexpired survey
        bool renew_due = false;            ///< the engine is to be told; true once for one survey
    };
    struct Entry {
        // Shared: whoever waited for the survey may still read it on another thread.
        std::shared_ptr<const dane::Findings> findings;
        base::MonoTime until{};
        base::MonoTime renew_at{};
        bool told = false;
        dane::State state{};  ///< that of the findings, set by put(): answers read it without them
    };

    /// `locks`: those of the cache of policies, which answers read together with this one.
    SurveyCache(const Options& options, const DomainLocks& locks);
    ~SurveyCache();
    SurveyCache(const SurveyCache&) = delete;
    SurveyCache& operator=(const SurveyCache&) = delete;

    /// Begins to load the survey of the domain as a next hop without brackets and port.
    void prefetch(const DomainLocks::Hold& hold) const;
    /// `hold` is that of the key's domain.
    Hit find(const DomainLocks::Hold& hold, const Key& key, base::MonoTime now);
    /// The same under a lock of its own.
    Hit find(const Key& key, base::MonoTime now) { return find(locks_.hold(key.domain), key, now); }

    // ---- engine's thread ----

    void put(const Key& key, Entry entry, base::MonoTime now);
    /// The unexpired survey.
    std::optional<Entry> peek(const Key& key, base::MonoTime now) const;
    bool remove(const Key& key);
    /// After the resolver or what is thought of it has changed.
    void clear();
    /// How often that was: a survey that began before the last time is not to be put.
    std::uint64_t times_cleared() const { return times_cleared_; }
    std::uint64_t size() const;

  private:
    struct Shard;
    struct Place;
    static constexpr std::size_t kShards = DomainLocks::kNumber;

    const DomainLocks& locks_;
    std::unique_ptr<Shard[]> shards_;
    std::uint64_t times_cleared_ = 0;
};

}  // namespace policy
