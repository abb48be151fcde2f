// SPDX-License-Identifier: MIT
#include "lib/policy/cache.h"

#include <algorithm>
#include <utility>

#include "lib/policy/cache_shard.h"

namespace policy {
namespace {

// A told recheck that gets lost must not be the last.
constexpr base::Seconds kTellAgain{60};

std::int32_t day_of(base::WallTime time) {
    return static_cast<std::int32_t>(std::chrono::floor<std::chrono::days>(time.time_since_epoch()).count());
}

}  // namespace

Cache::Cache(const Options& options)
    : quota_(options.max_policies, options.max_bytes), shards_(std::make_unique<Shard[]>(kShards)) {
    if (options.max_negative == 0) return;
    const std::uint64_t share = std::max<std::uint64_t>(options.max_negative / kShards, 1);
    for (std::size_t i = 0; i < kShards; ++i)
        shards_[i].negatives.set_limit(share);
}

Cache::~Cache() = default;

Cache::Shard& Cache::shard_of(std::uint64_t hash) const {
    return shards_[DomainLocks::index(hash)];
}

void Cache::prefetch(const DomainLocks::Hold& hold) const {
    const Shard& shard = shard_of(hold.hash());
    if (!shard.policies.prefetch(hold.hash())) shard.negatives.prefetch(hold.hash());
}

PolicyView Cache::look_up(const DomainLocks::Hold& hold, const dns::Name& domain, const Now& now, Hit& hit) {
    Shard& shard = shard_of(hold.hash());
    CacheEntry* const entry = shard.policies.find(hold.hash(), domain.text());
    if (entry != nullptr && !entry->expired(now.wall)) {
        hit.found = Found::kPolicy;
        if (const std::int32_t today = day_of(now.wall); entry->asked_day != today) entry->asked_day = today;
        if (now.mono >= entry->recheck_at && now.mono >= entry->tell_again_at) {
            entry->tell_again_at = now.mono + kTellAgain;
            hit.recheck_due = true;
        }
        return entry->view();
    }
    if (const auto* negative = shard.negatives.find(hold.hash(), domain.text(), now.mono)) {
        hit.found = Found::kNegative;
        hit.reason = negative->reason;
    }
    return {};
}

bool Cache::has_room(const PolicyRecord& record) const {
    const std::string& name = record.domain.text();
    const std::uint64_t hash = locks_.hash(name);
    const auto& table = shard_of(hash).policies;
    if (table.find(hash, name) != nullptr) return true;
    return quota_.has_room(name, CacheEntry::heap_bytes_for(record), table.full() ? table.growth() : 0);
}

void Cache::put(const PolicyRecord& record, base::MonoTime recheck_at) {
    const std::string& name = record.domain.text();
    const std::uint64_t hash = locks_.hash(name);
    Shard& shard = shard_of(hash);
    CacheEntry::Ptr entry = CacheEntry::make(record, recheck_at);
    quota_.add(name, entry->heap_bytes(), entry->mode());
    if (shard.policies.full() && shard.policies.find(hash, name) == nullptr) {
        quota_.add_table(shard.policies.growth());
        CacheTable<CacheEntry> larger = shard.policies.grown();
        const std::lock_guard lock(locks_.of(hash));
        std::swap(shard.policies, larger);  // the old one is freed after the lock
    }
    CacheEntry::Ptr old;
    {
        const std::lock_guard lock(locks_.of(hash));
        CacheEntry* const fresh = entry.release();  // the table's now
        old.reset(shard.policies.put(hash, fresh));
        if (old) fresh->asked_day = std::max(fresh->asked_day, old->asked_day);
        shard.negatives.erase(hash, name);
    }
    if (old) quota_.remove(name, old->heap_bytes(), old->mode());
}

void Cache::fill(const PolicyRecord& record, base::MonoTime recheck_at) {
    const std::string& name = record.domain.text();
    const std::uint64_t hash = locks_.hash(name);
    CacheTable<CacheEntry>& table = shard_of(hash).policies;
    CacheEntry::Ptr entry = CacheEntry::make(record, recheck_at);
    quota_.add(name, entry->heap_bytes(), entry->mode());
    if (table.full()) {
        quota_.add_table(table.growth());
        table = table.grown();
    }
    const CacheEntry::Ptr old(table.put(hash, entry.release()));
    if (old) quota_.remove(name, old->heap_bytes(), old->mode());
}

void Cache::reschedule(const dns::Name& domain, std::optional<base::MonoTime> recheck_at,
                       std::optional<base::WallTime> refresh_at, std::optional<base::WallTime> fetched) {
    const std::uint64_t hash = locks_.hash(domain.text());
    Shard& shard = shard_of(hash);
    const std::lock_guard lock(locks_.of(hash));
    CacheEntry* const entry = shard.policies.find(hash, domain.text());
    if (entry == nullptr) return;
    if (recheck_at) entry->recheck_at = *recheck_at;
    if (refresh_at) entry->refresh_at = *refresh_at;
    if (fetched) entry->fetched_at = *fetched;
}

std::optional<base::WallTime> Cache::refresh_at(const dns::Name& domain) const {
    const std::uint64_t hash = locks_.hash(domain.text());
    const Shard& shard = shard_of(hash);
    const std::lock_guard lock(locks_.of(hash));
    const CacheEntry* const entry = shard.policies.find(hash, domain.text());
    if (entry == nullptr) return std::nullopt;
    return entry->refresh_at;
}

std::optional<Cache::Known> Cache::peek(const dns::Name& domain) const {
    const std::uint64_t hash = locks_.hash(domain.text());
    const Shard& shard = shard_of(hash);
    const std::lock_guard lock(locks_.of(hash));
    const CacheEntry* const entry = shard.policies.find(hash, domain.text());
    if (entry == nullptr) return std::nullopt;
    return Known{entry->record(domain), {entry->recheck_at, entry->refresh_at}};
}

bool Cache::remove(const dns::Name& domain) {
    const std::uint64_t hash = locks_.hash(domain.text());
    Shard& shard = shard_of(hash);
    CacheEntry::Ptr gone;
    {
        const std::lock_guard lock(locks_.of(hash));
        gone.reset(shard.policies.erase(hash, domain.text()));
    }
    if (gone) quota_.remove(gone->name(), gone->heap_bytes(), gone->mode());
    return gone != nullptr;
}

void Cache::put_negative(const dns::Name& domain, base::MonoTime until, const Reason& reason) {
    const std::uint64_t hash = locks_.hash(domain.text());
    Shard& shard = shard_of(hash);
    auto larger = shard.negatives.larger();
    const std::lock_guard lock(locks_.of(hash));
    if (larger) shard.negatives.adopt(*larger);  // the old one is freed after the lock
    shard.negatives.put(hash, domain.text(), {until, reason});
}

std::optional<Cache::NegativeEntry> Cache::peek_negative(const dns::Name& domain, base::MonoTime now) const {
    const std::uint64_t hash = locks_.hash(domain.text());
    const Shard& shard = shard_of(hash);
    const std::lock_guard lock(locks_.of(hash));
    const auto* const entry = shard.negatives.find(hash, domain.text(), now);
    if (entry == nullptr) return std::nullopt;
    return NegativeEntry{entry->until, entry->reason};
}

void Cache::remove_negative(const dns::Name& domain) {
    const std::uint64_t hash = locks_.hash(domain.text());
    Shard& shard = shard_of(hash);
    const std::lock_guard lock(locks_.of(hash));
    shard.negatives.erase(hash, domain.text());
}

Cache::Stats Cache::stats() const {
    Stats stats{quota_.policies(), quota_.bytes(), 0, quota_.by_mode()};
    for (std::size_t i = 0; i < kShards; ++i)
        stats.negative += shards_[i].negatives.size();
    return stats;
}

}  // namespace policy
