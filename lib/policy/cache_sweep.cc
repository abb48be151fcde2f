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

// How many entries it has looked at.
std::size_t Cache::sweep_group(const Now& now, const std::function<void(const Seen&)>& each, Swept& swept) {
    Shard& shard = shards_[cursor_.shard];
    std::vector<CacheEntry::Ptr> expired;  // freed after the lock
    std::size_t visited = 0;
    const std::lock_guard lock(locks_.at(cursor_.shard));
    auto& table = shard.policies;
    if (cursor_.slot == 0) shard.negatives.drop_expired(now.mono, kGroup);
    const std::size_t end = group_end(cursor_.slot, table.slots());
    while (cursor_.slot < end) {
        const CacheEntry* const entry = table.at(cursor_.slot);
        if (entry == nullptr) {
            ++cursor_.slot;
            continue;
        }
        ++visited;
        if (entry->expired(now.wall)) {
            expired.emplace_back(table.erase_at(cursor_.slot));  // another may be in this slot now
            quota_.remove(entry->name(), entry->heap_bytes(), entry->mode());
            ++swept.expired;
            continue;
        }
        each(entry->seen());
        ++cursor_.slot;
    }
    if (cursor_.slot >= table.slots()) {
        cursor_ = {(cursor_.shard + 1) % kShards, 0};
        swept.around = cursor_.shard == 0;
    }
    return visited;
}

Cache::Swept Cache::sweep(const Now& now, std::size_t budget, const std::function<void(const Seen&)>& each) {
    Swept swept;
    std::size_t visited = 0, groups = 0;
    // Empty groups cost something too.
    do {
        visited += sweep_group(now, each, swept);
        ++groups;
    } while (std::max(visited, groups) < budget && !swept.around);
    return swept;
}

void Cache::limit_expiry(base::WallTime now) {
    for (std::size_t i = 0; i < kShards; ++i) {
        Shard& shard = shards_[i];
        for (std::size_t slot = 0; slot < shard.policies.slots();) {
            const std::lock_guard lock(locks_.at(i));
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

bool Cache::names_of_part(std::size_t number, std::vector<dns::Name>& names) const {
    names.clear();
    if (number >= kShards) return false;
    const CacheTable<CacheEntry>& policies = shards_[number].policies;
    names.reserve(policies.size());
    for (std::size_t slot = 0; slot < policies.slots(); ++slot) {
        const CacheEntry* const entry = policies.at(slot);
        if (entry == nullptr) continue;
        if (auto name = dns::Name::parse(entry->name())) names.push_back(*std::move(name));
    }
    return true;
}

void Cache::look(const std::function<void(const Seen&)>& each) const {
    for (std::size_t i = 0; i < kShards; ++i) {
        const Shard& shard = shards_[i];
        for (std::size_t slot = 0; slot < shard.policies.slots();) {
            const std::lock_guard lock(locks_.at(i));
            for (const std::size_t end = group_end(slot, shard.policies.slots()); slot < end; ++slot) {
                const CacheEntry* const entry = shard.policies.at(slot);
                if (entry != nullptr) each(entry->seen());
            }
        }
    }
}

}  // namespace policy
