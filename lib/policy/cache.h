// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/dns/name.h"
#include "lib/policy/cache_quota.h"
#include "lib/policy/domain_locks.h"
#include "lib/policy/evidence.h"

namespace policy {

/// What is known of domains, in memory: policies (never evicted to make room) and, apart from them and
/// bounded, why other domains have none. Holds evidence, never verdicts or reply text.
///
/// Threads: prefetch() and find() from any; everything else from the engine's thread. 64 shards with a lock
/// each; no growing of a table of policies under it. One heap blob per policy.
class Cache {
    static constexpr std::size_t kShards = DomainLocks::kNumber;

  public:
    struct Options {
        std::uint64_t max_policies = 1000000;
        std::uint64_t max_bytes = std::uint64_t{1} << 30;  ///< of policies and their tables
        std::uint64_t max_negative = 100000;  ///< an equal share in each shard, at least one; 0: none
    };
    struct Now {
        base::WallTime wall;  ///< of ExpiryClock
        base::MonoTime mono;
    };
    enum class Found : std::uint8_t { kNothing, kPolicy, kNegative };
    struct Hit {
        Found found = Found::kNothing;
        bool recheck_due = false;  ///< the engine is to be told; true at most once a minute for one policy
        Reason reason;             ///< for kNegative
    };

    explicit Cache(const Options& options);
    ~Cache();
    Cache(const Cache&) = delete;
    Cache& operator=(const Cache&) = delete;

    /// The locks of this cache, for others that are read together with it.
    const DomainLocks& locks() const { return locks_; }
    /// Begins to load the entry that find() will read.
    void prefetch(const DomainLocks::Hold& hold) const;
    /// Looks a domain up for a client; `hold` is the domain's. An unexpired policy is passed to
    /// `on_policy(const PolicyView&)` (it must be quick and must not call the cache), and marked as asked for
    /// today. Allocates nothing.
    template <class OnPolicy>
    Hit find(const DomainLocks::Hold& hold, const dns::Name& domain, const Now& now, OnPolicy&& on_policy) {
        Hit hit;
        const PolicyView policy = look_up(hold, domain, now, hit);
        if (hit.found == Found::kPolicy) on_policy(policy);
        return hit;
    }
    /// The same under a lock of its own.
    template <class OnPolicy>
    Hit find(const dns::Name& domain, const Now& now, OnPolicy&& on_policy) {
        return find(locks_.hold(domain), domain, now, on_policy);
    }

    // ---- engine's thread ----

    struct Clocks {
        base::MonoTime recheck_at;
        base::WallTime refresh_at;
    };
    struct Known {
        PolicyRecord record;  ///< without record_text and last_error
        Clocks clocks;
    };
    struct NegativeEntry {
        base::MonoTime until;
        Reason reason;
    };

    /// Whether a new policy of this size would be kept: max_policies and max_bytes, of which the names under
    /// one second-level domain hold at most 1 % (CacheQuota). Always true for a domain that is in already.
    bool has_room(const PolicyRecord& record) const;
    /// Puts or replaces a policy and drops the domain's negative entry. The caller has asked has_room(). The
    /// later of the two days on which a client asked is kept.
    void put(const PolicyRecord& record, base::MonoTime recheck_at);
    /// The same for a start, before any other thread looks into the cache: takes no lock, asks for no room.
    void fill(const PolicyRecord& record, base::MonoTime recheck_at);
    /// Moves a policy's clocks; `fetched`, where given, is a successful fetch of the same body.
    void reschedule(const dns::Name& domain, std::optional<base::MonoTime> recheck_at,
                    std::optional<base::WallTime> refresh_at, std::optional<base::WallTime> fetched = {});
    /// When the refresh of a policy, expired or not, is due.
    std::optional<base::WallTime> refresh_at(const dns::Name& domain) const;
    /// The policy, expired or not, without marking it as asked for.
    std::optional<Known> peek(const dns::Name& domain) const;
    bool remove(const dns::Name& domain);

    /// Remembers that a domain has no policy. The oldest entries make room when max_negative is reached.
    void put_negative(const dns::Name& domain, base::MonoTime until, const Reason& reason);
    std::optional<NegativeEntry> peek_negative(const dns::Name& domain, base::MonoTime now) const;
    void remove_negative(const dns::Name& domain);

    /// What sweep() and look() show of a policy.
    struct Seen {
        std::string_view domain;  ///< valid during the call
        sts::Mode mode;
        bool lax;
        std::uint32_t max_age;
        base::WallTime fetched, refresh_at;
        std::int32_t asked_day;
        bool refetch;  ///< a new id came with an old body, and that is to be looked at again

        base::WallTime expires() const { return fetched + base::Seconds(max_age); }
    };
    struct Swept {
        std::size_t expired = 0;  ///< taken out
        bool around = false;      ///< the end of the table: the next call begins at its beginning
    };
    /// Goes on through the table from where the last call stopped, over at least one group of slots and about
    /// `budget` entries, not beyond the table's end: takes expired policies out, and calls `each` for every
    /// other one. `each` is called under the shard's lock, which is held for a short stretch at a time: it
    /// must be quick and must not call the cache. Entries of domains without a policy whose time is over go
    /// too.
    Swept sweep(const Now& now, std::size_t budget, const std::function<void(const Seen&)>& each);
    /// After the wall clock was set back: no policy expires later than its max_age from `now`; its refresh
    /// comes as much earlier as its expiry.
    void limit_expiry(base::WallTime now);

    struct Stats {
        std::uint64_t policies = 0, bytes = 0, negative = 0;
        std::array<std::uint64_t, 3> by_mode{};  ///< indexed by sts::Mode
    };
    Stats stats() const;

    /// Where a walk() goes on.
    struct WalkPosition {
        std::size_t shard = 0, slot = 0;
        bool at_end() const { return shard == kShards; }
    };
    /// Goes on with a walk over the names of all policies, for at most about `budget` slots of the tables
    /// (at least a quarter of them empty): so that other work may come in between. A name that is put or
    /// removed meanwhile, or whose table grows, may be passed over or come twice. Takes no lock.
    void walk(WalkPosition& position, std::size_t budget,
              const std::function<void(std::string_view name, sts::Mode)>& each) const;

    /// The names of one of the parts that the policies are in, from number 0; false: there is no such part. A
    /// name that is in from the first part to the last is in exactly one of them: so a list of all of them
    /// may be made in pieces, between which other work runs. Takes no lock.
    bool names_of_part(std::size_t number, std::vector<dns::Name>& names) const;

    /// Calls `each` for every policy, expired or not, under the shard's lock, as sweep() does: about 0.1 s
    /// for a million, for an operator's question only.
    void look(const std::function<void(const Seen&)>& each) const;

  private:
    struct Shard;  // cache_shard.h
    /// Where sweep() goes on: a slot of a shard's table.
    struct Cursor {
        std::size_t shard = 0, slot = 0;
    };

    PolicyView look_up(const DomainLocks::Hold& hold, const dns::Name& domain, const Now& now, Hit& hit);
    Shard& shard_of(std::uint64_t hash) const;
    std::size_t sweep_group(const Now& now, const std::function<void(const Seen&)>& each, Swept& swept);

    DomainLocks locks_;
    CacheQuota quota_;
    std::unique_ptr<Shard[]> shards_;
    Cursor cursor_;
};

}  // namespace policy
