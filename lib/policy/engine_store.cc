// SPDX-License-Identifier: MIT
// What the engine has to do with the disk, beside the writes that its answers wait for.
#include <algorithm>
#include <utility>

#include "lib/policy/engine.h"
#include "lib/policy/flight.h"

namespace policy {

namespace {

constexpr base::Seconds kSaveAgain{60};  // after the disk has refused
constexpr int kSavesPerRound = 256;
constexpr std::size_t kMaxUnsaved = 100000;  // beyond it, the next refresh writes what is not on disk
constexpr base::Seconds kPurgeEvery{3600};
constexpr base::Seconds kKeptOnDisk{7 * 24 * 3600};  // after expiry: a wrong clock must not empty the disk

// A policy from the future was stored under a wrong clock. Its life is no longer than max_age from now.
bool limit_to(base::WallTime now, PolicyRecord& record) {
    if (record.fetched <= now) return false;
    record.refresh_at -= record.fetched - now;
    record.fetched = now;
    return true;
}

}  // namespace

base::Result<Stored, StoreError> Engine::load() {
    const base::WallTime now = services_.expiry_clock.now();
    const base::MonoTime recheck_at = services_.clock.mono();
    return services_.store.load([&](PolicyRecord&& record) {
        // Written again in its limits, or each restart would lengthen its life.
        const bool limited = limit_to(now, record);
        if (record.expires() <= now) return;
        if (limited) note_unsaved(record.domain);
        services_.cache.fill(record, recheck_at);
    });
}

Engine::TakenOver Engine::take_over(PolicyRecord record) {
    const base::WallTime now = services_.expiry_clock.now();
    limit_to(now, record);
    if (record.expires() <= now) return TakenOver::kExpired;
    const std::optional<Cache::Known> known = in_force(record.domain);
    if (known && known->record.fetched >= record.fetched) return TakenOver::kNotNewer;
    const Flight* const flight = find_flight(record.domain);
    if (flight != nullptr && flight->evidence.policy) return TakenOver::kNotNewer;  // waits for its commit
    if (!services_.cache.has_room(record)) return TakenOver::kNoRoom;
    record.asked_day = std::min(record.asked_day, today());
    record.refetch_stage = 0;
    plan_refresh(record, nullptr);
    services_.cache.put(record, services_.clock.mono());
    save(record);
    return TakenOver::kTaken;
}

bool Engine::note_unsaved(const dns::Name& domain) {
    if (unsaved_.find(domain) != unsaved_.end()) return true;
    if (unsaved_.size() >= kMaxUnsaved) return false;
    unsaved_[domain];
    return true;
}

void Engine::save(const PolicyRecord& record) {
    base::Pending put = services_.store.put(
        record, [this, domain = record.domain](const base::Result<Stored, StoreError>& result) {
            on_saved(domain, result);
        });
    if (note_unsaved(record.domain)) unsaved_[record.domain] = std::move(put);
}

void Engine::on_saved(const dns::Name& domain, const base::Result<Stored, StoreError>& result) {
    const auto found = unsaved_.find(domain);
    if (found == unsaved_.end()) return;
    if (result) {
        unsaved_.erase(found);
    } else {
        found->second.reset();
        store_failed(result.error(), domain);
    }
}

void Engine::save_again() {
    if (services_.clock.mono() < next_save_) return;
    int left = kSavesPerRound;
    for (auto it = unsaved_.begin(); it != unsaved_.end() && left > 0; --left) {
        const auto entry = it++;
        if (entry->second || flights_.find(entry->first) != flights_.end()) continue;
        if (const std::optional<Cache::Known> known = in_force(entry->first)) {
            save(known->record);
        } else {
            unsaved_.erase(entry);
        }
    }
}

void Engine::purge() {
    if (services_.clock.mono() < next_purge_) return;
    const std::uint64_t removed = services_.store.purge(services_.expiry_clock.now() - kKeptOnDisk);
    if (removed == 0) next_purge_ = services_.clock.mono() + kPurgeEvery;
}

void Engine::store_failed(const StoreError& error, const dns::Name& domain) {
    ++store_errors_;
    next_save_ = services_.clock.mono() + kSaveAgain;
    if (!once_a_minute(next_store_alarm_)) return;
    alarm({Alarm::Kind::kStoreFailed, domain, {}, 0, error.text});
}

}  // namespace policy
