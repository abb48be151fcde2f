// SPDX-License-Identifier: MIT
#include "lib/policy/survey_cache.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

#include "lib/policy/bounded_table.h"

namespace policy {
namespace {

// Taken out with each put: the table shrinks to what is in use, without a round of its own.
constexpr std::size_t kDropWithPut = 4;
// What one survey of those at which the cache is full may take.
constexpr std::size_t kBytes = 400;

/// A stranger's domain may have as many hosts as are looked at, with names as long as can be.
std::size_t weight_of(const dane::Findings& findings) {
    std::size_t bytes = 0;
    for (const dane::Host& host : findings.hosts)
        bytes += sizeof host + host.name.size() + host.base_domain.size();
    return 1 + bytes / kBytes;
}

}  // namespace

struct alignas(64) SurveyCache::Shard {
    mutable std::mutex mutex;
    BoundedTable<Entry> surveys;
};

SurveyCache::SurveyCache(const Options& options) : shards_(std::make_unique<Shard[]>(kShards)) {
    const std::uint64_t share = std::max<std::uint64_t>(options.max_surveys / kShards, 1);
    for (std::size_t i = 0; i < kShards; ++i)
        shards_[i].surveys.set_limit(share);
}

SurveyCache::~SurveyCache() = default;

SurveyCache::Hit SurveyCache::find(const Key& key, base::MonoTime now) {
    std::string buffer;
    const std::string_view name = survey_name(key, buffer);
    const std::uint64_t hash = hash_(name);
    Shard& shard = shards_[hash % kShards];
    const std::lock_guard lock(shard.mutex);
    Entry* const entry = shard.surveys.find(hash, name, now);
    if (entry == nullptr) return {};
    const bool renew_due = now >= entry->renew_at && !std::exchange(entry->told, true);
    return {entry->state, renew_due};
}

void SurveyCache::put(const Key& key, Entry entry, base::MonoTime now) {
    std::string buffer;
    const std::string_view name = survey_name(key, buffer);
    const std::uint64_t hash = hash_(name);
    Shard& shard = shards_[hash % kShards];
    auto larger = shard.surveys.larger();
    const std::lock_guard lock(shard.mutex);
    if (larger) shard.surveys.adopt(*larger);  // the old one is freed after the lock
    shard.surveys.drop_expired(now, kDropWithPut);
    const std::size_t weight = weight_of(*entry.findings);
    entry.state = entry.findings->state;
    shard.surveys.put(hash, name, std::move(entry), weight);
}

std::optional<SurveyCache::Entry> SurveyCache::peek(const Key& key, base::MonoTime now) const {
    std::string buffer;
    const std::string_view name = survey_name(key, buffer);
    const std::uint64_t hash = hash_(name);
    const Shard& shard = shards_[hash % kShards];
    const std::lock_guard lock(shard.mutex);
    const Entry* const entry = shard.surveys.find(hash, name, now);
    if (entry == nullptr) return std::nullopt;
    return *entry;
}

bool SurveyCache::remove(const Key& key) {
    std::string buffer;
    const std::string_view name = survey_name(key, buffer);
    const std::uint64_t hash = hash_(name);
    Shard& shard = shards_[hash % kShards];
    const std::lock_guard lock(shard.mutex);
    return shard.surveys.erase(hash, name);
}

void SurveyCache::clear() {
    ++times_cleared_;
    for (std::size_t i = 0; i < kShards; ++i) {
        const std::lock_guard lock(shards_[i].mutex);
        shards_[i].surveys.clear();
    }
}

std::uint64_t SurveyCache::size() const {
    std::uint64_t size = 0;
    for (std::size_t i = 0; i < kShards; ++i)
        size += shards_[i].surveys.size();
    return size;
}

}  // namespace policy
