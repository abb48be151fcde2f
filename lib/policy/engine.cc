// SPDX-License-Identifier: MIT
#include "lib/policy/engine.h"

#include <utility>

#include "lib/policy/flight.h"

namespace policy {

namespace {

// As many as the negative table has by default: one failing domain needs an entry in both.
constexpr std::size_t kHistoryLimit = 100000;

}  // namespace

Engine::Engine(Services services, const Options& options)
    : services_(std::move(services)),
      options_(options),
      history_(kHistoryLimit),
      waiters_(services_.timers) {}

Engine::~Engine() {
    tick_.reset();
    rest_of_sweep_.reset();
    unsaved_.clear();
    flights_.clear();
}

void Engine::set_options(const Options& options) {
    options_ = options;
}

// ---- questions ----

base::Pending Engine::resolve(const dns::Name& domain, Done done) {
    // The question was under way while a flight for it may have landed.
    const Cache::Now now{services_.expiry_clock.now(), services_.clock.mono()};
    const Cache::Hit hit = services_.cache.find(domain, now, [](const PolicyView&) {});
    if (hit.recheck_due) recheck(domain);
    if (hit.found == Cache::Found::kPolicy) {
        if (std::optional<Cache::Known> known = services_.cache.peek(domain)) {
            return waiters_.answer_later({std::make_shared<const PolicyRecord>(std::move(known->record)), {}},
                                         std::move(done));
        }
    }
    if (hit.found == Cache::Found::kNegative)
        return waiters_.answer_later({nullptr, hit.reason}, std::move(done));

    Flight* flight = find_flight(domain);
    if (flight == nullptr) {
        if (client_flights_ >= options_.lookups) {
            return waiters_.answer_later({nullptr, Reason{Reason::Kind::kOverloaded}}, std::move(done));
        }
        flight = &launch(domain, Cause::kClient);
    }
    flight->asked = true;
    return waiters_.join(flight->waiters, std::move(done));
}

bool Engine::has_room_for(const dns::Name& domain) const {
    return client_flights_ < options_.lookups || flights_.find(domain) != flights_.end() || knows(domain) ||
           services_.cache.peek_negative(domain, services_.clock.mono()).has_value();
}

void Engine::recheck(const dns::Name& domain) {
    if (find_flight(domain) != nullptr || background_full())
        return;  // a dropped hint comes again after a minute
    const std::optional<Cache::Known> known = in_force(domain);
    if (!known || known->clocks.recheck_at > services_.clock.mono())
        return;  // over, or a late hint: has been rechecked
    launch(domain, Cause::kRecheck);
}

base::Pending Engine::refresh(const dns::Name& domain, Done done) {
    Flight* flight = find_flight(domain);
    if (flight == nullptr) {
        if (background_full()) {
            return waiters_.answer_later({nullptr, Reason{Reason::Kind::kOverloaded}}, std::move(done));
        }
        flight = &launch(domain, Cause::kOperator);
    }
    return waiters_.join(flight->forced() ? flight->waiters : flight->want_refresh, std::move(done));
}

bool Engine::forget(const dns::Name& domain) {
    const bool in_memory = services_.cache.remove(domain);
    const bool negative = services_.cache.peek_negative(domain, services_.clock.mono()).has_value();
    const bool failed = history_.find(domain) != nullptr;
    services_.cache.remove_negative(domain);
    history_.forget(domain);
    unsaved_.erase(domain);
    services_.store.remove(domain);  // an expired policy may still be on disk
    // A flight that is still looking finds out anew, as one started after this would. One that waits for its
    // commit has nothing on disk any more, and must have nothing in memory.
    if (Flight* flight = find_flight(domain); flight != nullptr && flight->commit) flight->forgotten = true;
    return in_memory || negative || failed;
}

Engine::Explanation Engine::explain(const dns::Name& domain) const {
    Explanation out;
    out.policy = services_.cache.peek(domain);
    out.policy_expired = out.policy && out.policy->record.expires() <= services_.expiry_clock.now();
    if (out.policy) {
        if (auto stored = services_.store.get(domain); !stored) {
            out.store_error = stored.error().text;
        } else if (*stored) {
            out.record_text = std::move((*stored)->record_text);
            out.last_error = std::move((*stored)->last_error);
        }
    }
    out.negative = services_.cache.peek_negative(domain, services_.clock.mono());
    if (const History::Entry* entry = history_.find(domain)) out.history = *entry;
    out.in_flight = flights_.find(domain) != flights_.end();
    return out;
}

Engine::Stats Engine::stats() const {
    Stats out;
    out.flights = static_cast<std::uint32_t>(flights_.size());
    out.refreshes = refreshes_;
    out.waiters = static_cast<std::uint32_t>(waiters_.size());
    out.store_errors = store_errors_;
    out.not_stored = not_stored_;
    return out;
}

// ---- flights ----

std::optional<Cache::Known> Engine::in_force(const dns::Name& domain) const {
    std::optional<Cache::Known> known = services_.cache.peek(domain);
    if (known && known->record.expires() <= services_.expiry_clock.now()) known.reset();
    return known;
}

Engine::Flight* Engine::find_flight(const dns::Name& domain) {
    const auto found = flights_.find(domain);
    return found == flights_.end() ? nullptr : found->second.get();
}

Engine::Flight& Engine::launch(const dns::Name& domain, Cause cause) {
    auto owned = std::make_unique<Flight>(domain, cause, services_.clock.mono());
    Flight& flight = *owned;
    flight.report.cause = cause;
    flights_.emplace(domain, std::move(owned));
    ++(cause == Cause::kClient ? client_flights_ : background_flights_);
    if (cause == Cause::kRefresh) ++refreshes_;
    look_up(flight);
    return flight;
}

void Engine::look_up(Flight& flight) {
    const std::optional<Cache::Known> known = in_force(flight.domain);
    sts::Discovery::Task task{flight.domain, {}, {}, false};
    if (known) task.known_id = known->record.id;
    // RFC 8461 3.1: without a record there is no policy to be discovered; one that is in force may be fetched
    // again.
    task.fetch_always = flight.forced() && known;
    const History::Entry* failure = history_.find(flight.domain);
    // RFC 8461 3.3: a failed fetch is not repeated for some time. The operator's word is stronger.
    if (!flight.forced() && failure != nullptr && failure->not_before > services_.clock.mono()) {
        task.held_back_id = failure->id;
    }
    const sts::Discovery::Services services{services_.clock, services_.timers, services_.resolver,
                                            services_.fetcher};
    flight.discovery.emplace(services, options_.discovery, std::move(task),
                             [this, &flight](sts::Found found) { land(flight, std::move(found)); });
}

// ---- alarms ----

void Engine::alarm(const Alarm& alarm) const {
    if (services_.on_alarm) services_.on_alarm(alarm);
}

bool Engine::once_a_minute(base::MonoTime& next) const {
    if (services_.clock.mono() < next) return false;
    next = services_.clock.mono() + base::Seconds{60};
    return true;
}

}  // namespace policy
