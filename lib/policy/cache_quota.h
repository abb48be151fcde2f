// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "lib/policy/cache_hash.h"
#include "lib/sts/mode.h"

namespace policy {

/// How much the cache holds, in all and per second-level domain, and whether one more policy may come in:
/// since policies are never evicted, a stranger with a wildcard record must not be able to use the room of
/// all others up.
///
/// The names under one second-level domain (the last two labels) hold at most 1 % of the policies, but always
/// up to 100 may, and 1 % of the bytes, but always 128 KiB. They are counted in 65,536 buckets by a keyed
/// hash, 1 MiB in all: domains that share a bucket share its 1 %, which is only ever noticed beside a flood.
class CacheQuota {
  public:
    CacheQuota(std::uint64_t max_policies, std::uint64_t max_bytes);

    /// `table_growth`: bytes that a table would have to grow by.
    bool has_room(std::string_view domain, std::size_t bytes, std::size_t table_growth) const;
    void add(std::string_view domain, std::size_t bytes, sts::Mode mode);
    void remove(std::string_view domain, std::size_t bytes, sts::Mode mode);
    void add_table(std::size_t bytes) { bytes_ += bytes; }

    std::uint64_t policies() const { return policies_; }
    std::uint64_t bytes() const { return bytes_; }  ///< of blobs and tables
    const std::array<std::uint64_t, 3>& by_mode() const { return by_mode_; }

  private:
    struct Bucket {
        std::uint64_t bytes = 0;
        std::uint64_t policies = 0;
    };
    std::size_t bucket_of(std::string_view domain) const;

    std::uint64_t max_policies_, max_bytes_;
    std::uint64_t share_policies_, share_bytes_;  // of one bucket
    std::uint64_t policies_ = 0, bytes_ = 0;
    std::array<std::uint64_t, 3> by_mode_{};
    KeyedHash hash_;
    std::vector<Bucket> buckets_;
};

}  // namespace policy
