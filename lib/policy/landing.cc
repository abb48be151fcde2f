// SPDX-License-Identifier: MIT
// What the end of a flight does: to the policy in force, to the disk, and to those who wait.
#include <algorithm>
#include <chrono>
#include <utility>

#include "lib/policy/engine.h"
#include "lib/policy/flight.h"

namespace policy {

namespace {

Reason reason_of(const sts::Found& found, const History::Entry* failure) {
    if (found.policy_state == sts::Found::PolicyState::kFailed) return Reason::of(found.failure);
    if (found.policy_state == sts::Found::PolicyState::kHeldBack && failure != nullptr)
        return failure->reason;
    switch (found.record) {
        case sts::Found::RecordState::kNone:
            return Reason::of(found.record_error);
        case sts::Found::RecordState::kUnknown:
            return Reason::of(found.lookup_error);
        case sts::Found::RecordState::kLive:
            break;
    }
    return {};
}

base::Seconds seconds_until(base::MonoTime then, base::MonoTime now) {
    return std::chrono::ceil<base::Seconds>(std::max(then - now, base::Milliseconds{0}));
}

}  // namespace

void Engine::land(Flight& flight, sts::Found found) {
    const std::optional<Cache::Known> known = in_force(flight.domain);
    const bool live = found.record == sts::Found::RecordState::kLive;
    const bool fetched = found.policy_state == sts::Found::PolicyState::kFetched;
    // "As before" and "held back" are no answers where what was before has expired or been forgotten
    // meanwhile.
    if (live && !known && found.policy_state == sts::Found::PolicyState::kNotAsked) return look_up(flight);
    if (found.policy_state == sts::Found::PolicyState::kHeldBack && history_.find(flight.domain) == nullptr) {
        return look_up(flight);
    }

    if (found.policy_state == sts::Found::PolicyState::kFailed) {
        // A refresh without a record asked for the same file: the id that is held back stays held back.
        const History::Entry* before = history_.find(flight.domain);
        const std::string id = live || before == nullptr ? found.id : before->id;
        history_.record_failure(flight.domain, id, Reason::of(found.failure), services_.clock.mono(),
                                services_.clock.wall());
    } else if (fetched) {
        history_.forget(flight.domain);
    }
    flight.report.id = found.id;
    flight.report.fetched = fetched;
    flight.report.fetch_failed = found.policy_state == sts::Found::PolicyState::kFailed;
    flight.report.reason = reason_of(found, history_.find(flight.domain));
    if (known) flight.report.before = known->record.mode;
    flight.recheck_at = next_recheck(found, flight.domain);

    // RFC 8461 3.1: a file without a record is no policy, unless it continues one that is in force.
    if (fetched && (live || known)) return land_policy(flight, std::move(found), known);
    if (known) return land_kept(flight, found, *known);
    land_without_policy(flight, found);
}

// ---- a policy was fetched ----

void Engine::land_policy(Flight& flight, sts::Found found, const std::optional<Cache::Known>& known) {
    PolicyRecord record{flight.domain};
    record.id = found.record == sts::Found::RecordState::kLive ? found.id : known->record.id;
    record.mode = found.policy.mode;
    record.lax = !found.policy.lax.empty();
    record.max_age = found.policy.max_age;
    record.fetched = services_.clock.wall();
    record.asked_day = std::max(known ? known->record.asked_day : 0, flight.asked ? today() : 0);
    record.body = std::move(found.body);
    record.mx = std::move(found.policy.mx);
    record.record_text = std::move(found.record_text);
    plan_refresh(record, known ? &*known : nullptr);

    const bool same = known && known->record.body == record.body;
    flight.report.effect = !known ? FlightReport::Effect::kNew
                           : same ? FlightReport::Effect::kConfirmed
                                  : FlightReport::Effect::kReplaced;
    flight.report.after = record.mode;
    flight.report.lax = record.lax;
    // Shared: the waiters of several threads read it after the flight is gone.
    flight.evidence.policy = std::make_shared<const PolicyRecord>(std::move(record));

    // A policy is never evicted to make room for another. The new one is answered, and looked up again next
    // time.
    if (!services_.cache.has_room(*flight.evidence.policy)) {
        flight.report.stored = false;
        ++not_stored_;
        if (once_a_minute(next_full_alarm_)) {
            alarm({Alarm::Kind::kCacheFull, flight.domain, {}, 0, {}});
        }
        return arrive(flight);
    }
    // On disk before its first answer. Until the commit the flight stays in the table: later questions join
    // it.
    flight.commit = services_.store.put(
        *flight.evidence.policy,
        [this, &flight](const base::Result<Stored, StoreError>& result) { on_commit(flight, result); });
}

void Engine::on_commit(Flight& flight, const base::Result<Stored, StoreError>& result) {
    if (!result) {
        store_failed(result.error(), flight.domain);
        flight.report.stored = false;
    } else {
        unsaved_.erase(flight.domain);
    }
    if (!flight.forgotten) {
        services_.cache.put(*flight.evidence.policy, flight.recheck_at);
        if (!result) note_unsaved(flight.domain);
    }
    arrive(flight);
}

// ---- none was fetched, but one is in force ----

void Engine::land_kept(Flight& flight, const sts::Found& found, const Cache::Known& known) {
    // RFC 8461 3.3, 5.1: an unexpired policy stays in force whatever failed or went away; only a fetch moves
    // its expiry.
    const bool confirmed = found.record == sts::Found::RecordState::kLive && found.id == known.record.id &&
                           found.policy_state == sts::Found::PolicyState::kNotAsked;
    flight.report.effect = confirmed ? FlightReport::Effect::kConfirmed : FlightReport::Effect::kKept;
    flight.report.after = known.record.mode;
    flight.report.lax = known.record.lax;
    PolicyRecord record = known.record;
    std::optional<base::WallTime> refresh_at;
    if (flight.forced()) {
        const History::Entry* failure = history_.find(flight.domain);
        const base::MonoTime now = services_.clock.mono();
        refresh_at = services_.clock.wall() +
                     (failure == nullptr ? History::kFirstDelay : seconds_until(failure->not_before, now));
        record.refresh_at = *refresh_at;
        record.record_text = found.record_text;
        record.last_error = flight.report.reason.text();
        save(record);
    }
    services_.cache.reschedule(flight.domain, flight.recheck_at, refresh_at);
    if (found.policy_state == sts::Found::PolicyState::kFailed) warn_of_failure(record, flight.report.reason);
    flight.evidence.policy = std::make_shared<const PolicyRecord>(std::move(record));
    arrive(flight);
}

void Engine::warn_of_failure(const PolicyRecord& policy, const Reason& reason) {
    if (policy.mode == sts::Mode::kNone) return;  // nothing is lost with it
    History::Entry* failure = history_.find(policy.domain);
    if (failure == nullptr) return;
    const base::Seconds left = policy.expires() - services_.expiry_clock.now();
    if (std::exchange(failure->warned_day, today()) != today()) {
        alarm({Alarm::Kind::kRefreshFailing, policy.domain, reason, left.count(), {}});
    }
    if (left >= base::Seconds{policy.max_age} / 4) return;
    if (std::exchange(failure->near_day, today()) != today()) {
        alarm({Alarm::Kind::kNearExpiry, policy.domain, reason, left.count(), {}});
    }
}

// ---- none was fetched, and none is in force ----

void Engine::land_without_policy(Flight& flight, const sts::Found& found) {
    // "None" is knowledge for as long as the DNS says; a failure is remembered only to spare the network.
    base::Seconds time = options_.negative_min;
    if (found.record == sts::Found::RecordState::kNone) {
        time = std::max(options_.negative_min, std::min(found.record_ttl, options_.negative_max));
    }
    flight.report.effect = FlightReport::Effect::kNoPolicy;
    flight.evidence.reason = flight.report.reason;
    services_.cache.put_negative(flight.domain, services_.clock.mono() + time, flight.evidence.reason);
    arrive(flight);
}

// ---- the end ----

void Engine::arrive(Flight& flight) {
    // Out of the table first: whoever asks from now on, a waiter's callback too, finds what the flight has
    // left.
    const auto node = flights_.extract(flight.domain);
    --(flight.cause == Cause::kClient ? client_flights_ : background_flights_);
    if (flight.cause == Cause::kRefresh) --refreshes_;
    flight.report.took = services_.clock.mono() - flight.started;

    if (!flight.want_refresh.empty()) {
        Flight& next = launch(flight.domain, Cause::kOperator);
        next.waiters = std::move(flight.want_refresh);
        next.asked = flight.asked;
    }
    for (const std::uint64_t waiter : flight.waiters)
        waiters_.answer(waiter, flight.evidence);
    if (services_.on_flight) services_.on_flight(flight.report);
    if (flight.cause == Cause::kRefresh) start_refreshes();
}

}  // namespace policy
