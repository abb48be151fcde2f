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
// Freed under one lock, which answers may wait for.
constexpr std::size_t kDropWithClear = 64;
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
    BoundedTable<Entry> surveys;
};

/// Where the survey of a next hop is: in the domain's shard, and there under its own name.
struct SurveyCache::Place {
    Shard& shard;
    std::string buffer;  // may be what `name` is in
    std::string_view name;
    std::uint64_t hash;

    Place(const SurveyCache& cache, const Key& key, std::uint64_t domain_hash)
        : shard(cache.shards_[DomainLocks::index(domain_hash)]),
          name(survey_name(key, buffer)),
          hash(name.data() == key.domain.text().data() ? domain_hash : cache.locks_.hash(name)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
};

SurveyCache::SurveyCache(const Options& options, const DomainLocks& locks)
    : locks_(locks), shards_(std::make_unique<Shard[]>(kShards)) {
    const std::uint64_t share = std::max<std::uint64_t>(options.max_surveys / kShards, 1);
    for (std::size_t i = 0; i < kShards; ++i)
        shards_[i].surveys.set_limit(share);
}

SurveyCache::~SurveyCache() = default;

void SurveyCache::prefetch(const DomainLocks::Hold& hold) const {
    shards_[DomainLocks::index(hold.hash())].surveys.prefetch(hold.hash());
}

SurveyCache::Hit SurveyCache::find(const DomainLocks::Hold& hold, const Key& key, base::MonoTime now) {
    const Place place(*this, key, hold.hash());
    Entry* const entry = place.shard.surveys.find(place.hash, place.name, now);
    if (entry == nullptr) return {};
    const bool renew_due = now >= entry->renew_at && !std::exchange(entry->told, true);
    return {entry->state, renew_due};
}

void SurveyCache::put(const Key& key, Entry entry, base::MonoTime now) {
    const std::uint64_t domain_hash = locks_.hash(key.domain.text());
    const Place place(*this, key, domain_hash);
    const std::size_t weight = weight_of(*entry.findings);
    entry.state = entry.findings->state;
    auto larger = place.shard.surveys.larger();
    const std::lock_guard lock(locks_.of(domain_hash));
    if (larger) place.shard.surveys.adopt(*larger);  // the old one is freed after the lock
    place.shard.surveys.drop_expired(now, kDropWithPut);
    place.shard.surveys.put(place.hash, place.name, std::move(entry), weight);
}

std::optional<SurveyCache::Entry> SurveyCache::peek(const Key& key, base::MonoTime now) const {
    const DomainLocks::Hold hold = locks_.hold(key.domain);
    const Place place(*this, key, hold.hash());
    const Entry* const entry = place.shard.surveys.find(place.hash, place.name, now);
    if (entry == nullptr) return std::nullopt;
    return *entry;
}

bool SurveyCache::remove(const Key& key) {
    const DomainLocks::Hold hold = locks_.hold(key.domain);
    const Place place(*this, key, hold.hash());
    return place.shard.surveys.erase(place.hash, place.name);
}

void SurveyCache::clear() {
    ++times_cleared_;
    for (std::size_t i = 0; i < kShards; ++i) {
        for (bool more = true; more;) {
            const std::lock_guard lock(locks_.at(i));
            shards_[i].surveys.drop_expired(base::MonoTime::max(), kDropWithClear);
            more = shards_[i].surveys.size() > 0;
        }
    }
}

std::uint64_t SurveyCache::size() const {
    std::uint64_t size = 0;
    for (std::size_t i = 0; i < kShards; ++i)
        size += shards_[i].surveys.size();
    return size;
}

}  // namespace policy
