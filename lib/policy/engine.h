// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/pending.h"
#include "lib/base/timers.h"
#include "lib/dns/resolver.h"
#include "lib/https/fetcher.h"
#include "lib/policy/cache.h"
#include "lib/policy/events.h"
#include "lib/policy/expiry_clock.h"
#include "lib/policy/history.h"
#include "lib/policy/refresh_queue.h"
#include "lib/policy/store.h"
#include "lib/policy/waiters.h"
#include "lib/sts/discovery.h"

namespace policy {

/// Finds out what Postfix should require of a domain, and keeps it true. Remembers answers until they expire;
/// when several clients ask about one domain at once, asks the network once (single flight). Owns the lookups
/// under way; a client that goes away takes nothing with it: its lookup still ends and is remembered.
/// Engine's thread only; never blocks, except for the store's commit and explain().
class Engine {
  public:
    struct Services {
        const base::Clock& clock;
        base::Timers& timers;
        dns::Resolver& resolver;
        https::Fetcher& fetcher;
        Store& store;
        Cache& cache;
        ExpiryClock& expiry_clock;
        std::function<void(const FlightReport&)> on_flight;
        std::function<void(const Alarm&)> on_alarm;
        std::function<std::uint32_t()> random;  ///< for jitter
    };
    struct Options {
        sts::Discovery::Options discovery;
        std::uint32_t lookups =
            1024;  ///< flights for domains of which nothing is known; more are kOverloaded
        base::Seconds recheck_min{60}, recheck_max{3600};
        base::Seconds negative_min{60}, negative_max{3600};
        base::Seconds refresh_interval{24 * 3600};
        base::Seconds idle_after{30 * 24 * 3600};
        std::uint32_t refresh_concurrency = 32;
    };
    using Done = Waiters<Evidence>::Done;

    Engine(Services services, const Options& options);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Fills the cache from the store; blocks. Policies whose max_age is over stay out. Before start(), and
    /// before any other thread looks into the cache.
    base::Result<Stored, StoreError> load();
    /// Begins the once-a-second round: refreshes, expiry, clock watch.
    void start();
    /// Takes over new settings between two events (reload).
    void set_options(const Options& options);

    /// For a client that found nothing in the cache: joins the domain's flight or starts one. `done` comes
    /// later, once, with the evidence; at kOverloaded with that reason. Destroying the Pending leaves the
    /// flight under way.
    [[nodiscard]] base::Pending resolve(const dns::Name& domain, Done done);
    /// A client has hit a policy whose recheck is due: looks the record up again behind it.
    void recheck(const dns::Name& domain);
    /// Whether resolve() would look this domain up or knows it; false: it would say kOverloaded.
    bool has_room_for(const dns::Name& domain) const;
    /// Whether an unexpired policy of the domain is known.
    bool knows(const dns::Name& domain) const { return in_force(domain).has_value(); }
    /// The operator's `refresh`: fetches now, whatever the record and back-off say.
    [[nodiscard]] base::Pending refresh(const dns::Name& domain, Done done);
    /// The operator's `forget`: policy, negative entry and history are gone, in memory and on disk. False:
    /// nothing was known.
    bool forget(const dns::Name& domain);

    enum class TakenOver : std::uint8_t {
        kTaken,
        kExpired,   ///< its max_age is over
        kNotNewer,  ///< a policy is in force, or on its way, that was fetched at the same time or later
        kNoRoom,
    };
    /// The operator's `cache import`: a policy that was fetched elsewhere or before; `mx`, `mode` and
    /// `max_age` are what our parser says of `body`. Asks for nothing: its recheck is due at once, its
    /// refresh as if it had been fetched here, and it counts as asked for on its `asked_day`. One from the
    /// future is limited as by load(). In memory at once, on disk with this turn of the loop.
    TakenOver take_over(PolicyRecord record);

    /// Everything known of a domain, for `explain`.
    struct Explanation {
        std::optional<Cache::Known> policy;
        bool policy_expired = false;
        std::string record_text;  ///< as published when the policy was fetched last, or a refresh failed
        std::string last_error;   ///< of a refresh that failed since the last fetch; empty: none
        std::string store_error;  ///< why the disk could not tell those two; empty: it could
        std::optional<Cache::NegativeEntry> negative;
        std::optional<History::Entry> history;
        bool in_flight = false;
    };
    /// Blocks for one row of the store.
    Explanation explain(const dns::Name& domain) const;

    struct Stats {
        std::uint32_t flights = 0, refreshes = 0, waiters = 0;
        std::uint64_t store_errors = 0, not_stored = 0;
    };
    Stats stats() const;

  private:
    struct Flight;

    // engine.cc: flights and those who wait for them
    std::optional<Cache::Known> in_force(const dns::Name& domain) const;
    Flight* find_flight(const dns::Name& domain);
    Flight& launch(const dns::Name& domain, Cause cause);
    void look_up(Flight& flight);
    bool background_full() const { return background_flights_ >= options_.lookups; }

    // landing.cc: what the outcome of a flight does
    void land(Flight& flight, sts::Found found);
    void land_policy(Flight& flight, sts::Found found, const std::optional<Cache::Known>& known);
    void land_kept(Flight& flight, const sts::Found& found, const Cache::Known& known);
    void land_without_policy(Flight& flight, const sts::Found& found);
    void on_commit(Flight& flight, const base::Result<Stored, StoreError>& result);
    void arrive(Flight& flight);
    void warn_of_failure(const PolicyRecord& policy, const Reason& reason);

    // landing_clocks.cc
    base::MonoTime next_recheck(const sts::Found& found, const dns::Name& domain) const;
    base::Seconds refresh_period(std::uint32_t max_age) const;
    void plan_refresh(PolicyRecord& record, const Cache::Known* known) const;
    std::int32_t today() const;

    // refresher.cc: the once-a-second round, and which refreshes begin
    void round();
    void watch_clock();
    void sweep(std::size_t entries);
    void look_at(const Cache::Seen& policy, base::WallTime now);
    void start_refreshes();
    bool start_refresh(const dns::Name& domain);

    // engine_store.cc: what concerns the disk beside the writes of landings
    bool note_unsaved(const dns::Name& domain);
    void save(const PolicyRecord& record);
    void on_saved(const dns::Name& domain, const base::Result<Stored, StoreError>& result);
    void save_again();
    void purge();
    void store_failed(const StoreError& error, const dns::Name& domain);

    void alarm(const Alarm& alarm) const;
    /// True at most once a minute for one kind of alarm, whose time is kept in `next`.
    bool once_a_minute(base::MonoTime& next) const;

    Services services_;
    Options options_;
    History history_;
    Waiters<Evidence> waiters_;
    std::unordered_map<dns::Name, std::unique_ptr<Flight>> flights_;
    std::uint32_t client_flights_ = 0, background_flights_ = 0,
                  refreshes_ = 0;                           // by cause; the last is part of the second
    std::unordered_map<dns::Name, base::Pending> unsaved_;  // in memory, but the disk has not got it (yet)
    base::MonoTime next_save_{}, next_purge_{}, next_full_alarm_{}, next_store_alarm_{};
    std::uint64_t store_errors_ = 0, not_stored_ = 0;
    RefreshQueue refresh_queue_;
    double need_so_far_ =
        0;  // refreshes per second of the policies that this round through the cache has seen
    base::Pending tick_, rest_of_sweep_;
};

}  // namespace policy
