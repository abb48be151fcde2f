// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/policy/cache.h"
#include "lib/policy/evidence.h"

namespace policy {

/// One policy in the cache: a header of 48 bytes, then the mx spans, the name, the id and the body, in one
/// allocation. The texts never change; clocks and marks do, under the shard's lock.
class CacheEntry {
  public:
    struct Free {
        void operator()(CacheEntry* entry) const;
    };
    using Ptr = std::unique_ptr<CacheEntry, Free>;

    static Ptr make(const PolicyRecord& record, base::MonoTime recheck);
    /// What an entry for this record takes from the heap, the allocator's own part included.
    static std::size_t heap_bytes_for(const PolicyRecord& record);
    std::size_t heap_bytes() const;

    std::string_view name() const { return {text(), name_size_}; }
    PolicyView view() const;
    Cache::Seen seen() const;
    /// Copies all of it; `domain` is the entry's name.
    PolicyRecord record(const dns::Name& domain) const;

    sts::Mode mode() const { return static_cast<sts::Mode>(mode_); }
    bool expired(base::WallTime now) const { return fetched_at + base::Seconds(max_age_) <= now; }

    base::WallTime fetched_at;
    base::WallTime refresh_at;
    base::MonoTime recheck_at;
    base::MonoTime tell_again_at = base::MonoTime::min();  ///< the engine is not told of the recheck before
    std::int32_t asked_day;

  private:
    CacheEntry(const PolicyRecord& record, base::MonoTime recheck);
    char* text() { return reinterpret_cast<char*>(this + 1) + mx_count_ * sizeof(sts::MxSpan); }
    const char* text() const { return const_cast<CacheEntry*>(this)->text(); }
    std::string_view id() const { return {text() + name_size_, id_size_}; }
    std::string_view body() const { return {text() + name_size_ + id_size_, body_size_}; }
    std::span<const sts::MxSpan> mx() const {
        return {reinterpret_cast<const sts::MxSpan*>(this + 1), mx_count_};
    }

    std::uint32_t max_age_;
    std::uint32_t body_size_ : 20;
    std::uint32_t mode_ : 2;
    std::uint32_t refetch_stage_ : 2;
    std::uint32_t lax_ : 1;
    std::uint16_t mx_count_;
    std::uint8_t name_size_;
    std::uint8_t id_size_;
};

}  // namespace policy
