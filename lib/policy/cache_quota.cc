// SPDX-License-Identifier: MIT
#include "lib/policy/cache_quota.h"

#include <algorithm>

namespace policy {
namespace {

constexpr std::size_t kBuckets = 65536;
constexpr std::uint64_t kLeastPolicies = 100;
constexpr std::uint64_t kLeastBytes = 128 * 1024;  // a hundred ordinary policies, or one of the largest

std::string_view second_level(std::string_view domain) {
    const std::size_t last = domain.rfind('.');
    if (last == std::string_view::npos || last == 0) return domain;
    const std::size_t before = domain.rfind('.', last - 1);
    return before == std::string_view::npos ? domain : domain.substr(before + 1);
}

}  // namespace

CacheQuota::CacheQuota(std::uint64_t max_policies, std::uint64_t max_bytes)
    : max_policies_(max_policies),
      max_bytes_(max_bytes),
      share_policies_(std::max(max_policies / 100, kLeastPolicies)),
      share_bytes_(std::max(max_bytes / 100, kLeastBytes)),
      buckets_(kBuckets) {}

std::size_t CacheQuota::bucket_of(std::string_view domain) const {
    return hash_(second_level(domain)) % kBuckets;
}

bool CacheQuota::has_room(std::string_view domain, std::size_t bytes, std::size_t table_growth) const {
    if (policies_ >= max_policies_ || bytes_ + bytes + table_growth > max_bytes_) return false;
    const Bucket& bucket = buckets_[bucket_of(domain)];
    return bucket.policies < share_policies_ && bucket.bytes + bytes <= share_bytes_;
}

void CacheQuota::add(std::string_view domain, std::size_t bytes, sts::Mode mode) {
    Bucket& bucket = buckets_[bucket_of(domain)];
    ++bucket.policies, bucket.bytes += bytes;
    ++policies_, bytes_ += bytes;
    ++by_mode_[static_cast<std::size_t>(mode)];
}

void CacheQuota::remove(std::string_view domain, std::size_t bytes, sts::Mode mode) {
    Bucket& bucket = buckets_[bucket_of(domain)];
    --bucket.policies, bucket.bytes -= bytes;
    --policies_, bytes_ -= bytes;
    --by_mode_[static_cast<std::size_t>(mode)];
}

}  // namespace policy
