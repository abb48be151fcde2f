// SPDX-License-Identifier: MIT
#pragma once

#include "lib/policy/bounded_table.h"
#include "lib/policy/cache.h"
#include "lib/policy/cache_entry.h"
#include "lib/policy/cache_table.h"

namespace policy {

/// A 64th of the cache. Only the engine's thread changes the tables, and does so under the domains' lock; so
/// it may read them (not an entry's clocks and marks) without. Serving threads read under the lock and set an
/// entry's marks.
struct alignas(64) Cache::Shard {
    CacheTable<CacheEntry> policies;        // owns the entries
    BoundedTable<NegativeEntry> negatives;  // about 120 bytes each

    Shard() = default;
    ~Shard() {
        for (std::size_t slot = 0; slot < policies.slots(); ++slot)
            CacheEntry::Ptr(policies.at(slot)).reset();
    }
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;
};

}  // namespace policy
