// SPDX-License-Identifier: MIT
// The ways through the whole cache, a group of slots per lock.
#include <algorithm>

#include "lib/policy/cache.h"
#include "lib/policy/cache_shard.h"

namespace policy {
namespace {

constexpr std::size_t kGroup = 256;  // slots gone through under one lock

std::size_t group_end(std::size_t slot, std::size_t slots) {
    return std::min(slot + kGroup, slots);
}

}  // namespace

void Cache::sweep_group(const Now& now, base::WallTime refresh_by, std::int32_t asked_since_day,
                        std::size_t& refreshes, std::vector<Due>& due, std::size_t& visited) {
    Shard& shard = shards_[cursor_.shard];
    std::vector<CacheEntry::Ptr> expired;  // freed after the lock
    const std::lock_guard lock(shard.mutex);
    auto& table = shard.policies;
    if (cursor_.slot == 0) shard.negatives.drop_expired(now.mono, kGroup);
    const std::size_t end = group_end(cursor_.slot, table.slots());
    while (cursor_.slot < end) {
        const CacheEntry* const entry = table.at(cursor_.slot);
        if (entry != nullptr) ++visited;
        if (entry != nullptr && entry->expired(now.wall)) {
            expired.emplace_back(table.erase_at(cursor_.slot));  // another may be in this slot now
            quota_.remove(entry->name(), entry->heap_bytes(), entry->mode());
            if (auto name = dns::Name::parse(entry->name()))
                due.push_back({Due::Kind::kExpired, *name, entry->mode()});
            continue;
        }
        if (entry != nullptr && refreshes > 0 && entry->refresh_at <= refresh_by &&
            entry->asked_day >= asked_since_day) {
            if (auto name = dns::Name::parse(entry->name()))
                due.push_back({Due::Kind::kRefresh, *name, entry->mode()});
            if (--refreshes == 0) {
                ++cursor_.slot;
                break;
            }
        }
        ++cursor_.slot;
    }
    if (cursor_.slot >= table.slots()) cursor_ = {(cursor_.shard + 1) % kShards, 0};
}

std::vector<Cache::Due> Cache::sweep(const Now& now, std::int32_t asked_since_day, std::size_t budget,
                                     std::size_t max_refresh, std::optional<base::WallTime> refresh_by) {
    std::vector<Due> due;
    std::size_t refreshes = max_refresh, visited = 0, groups = 0, shards = 0;
    // Empty groups cost something too.
    do {
        const std::size_t shard = cursor_.shard;
        sweep_group(now, refresh_by.value_or(now.wall), asked_since_day, refreshes, due, visited);
        ++groups;
        if (cursor_.shard != shard) ++shards;
    } while (std::max(visited, groups) < budget && shards < kShards && (refreshes > 0 || max_refresh == 0));
    return due;
}

void Cache::limit_expiry(base::WallTime now) {
    for (std::size_t i = 0; i < kShards; ++i) {
        Shard& shard = shards_[i];
        for (std::size_t slot = 0; slot < shard.policies.slots();) {
            const std::lock_guard lock(shard.mutex);
            for (const std::size_t end = group_end(slot, shard.policies.slots()); slot < end; ++slot) {
                CacheEntry* const entry = shard.policies.at(slot);
                if (entry == nullptr || entry->fetched_at <= now) continue;
                const base::Seconds ahead = entry->fetched_at - now;
                entry->fetched_at -= ahead;
                entry->refresh_at -= ahead;
            }
        }
    }
}

void Cache::walk(WalkPosition& position, std::size_t budget,
                 const std::function<void(std::string_view, sts::Mode)>& each) const {
    for (std::size_t seen = 0; seen < budget && !position.at_end();) {
        const CacheTable<CacheEntry>& policies = shards_[position.shard].policies;
        for (; position.slot < policies.slots() && seen < budget; ++position.slot, ++seen) {
            const CacheEntry* const entry = policies.at(position.slot);
            if (entry != nullptr) each(entry->name(), entry->mode());
        }
        if (position.slot < policies.slots()) return;
        position = {position.shard + 1, 0};
        ++seen;
    }
}

void Cache::for_each(const std::function<void(const Known&)>& each) const {
    std::vector<Known> chunk;
    for (std::size_t i = 0; i < kShards; ++i) {
        const Shard& shard = shards_[i];
        for (std::size_t slot = 0; slot < shard.policies.slots();) {
            chunk.clear();
            {
                const std::lock_guard lock(shard.mutex);
                for (const std::size_t end = group_end(slot, shard.policies.slots()); slot < end; ++slot) {
                    const CacheEntry* const entry = shard.policies.at(slot);
                    if (entry == nullptr) continue;
                    if (auto name = dns::Name::parse(entry->name()))
                        chunk.push_back({entry->record(*name), {entry->recheck_at, entry->refresh_at}});
                }
            }
            for (const Known& known : chunk)
                each(known);
        }
    }
}

}  // namespace policy
