// SPDX-License-Identifier: MIT
// How much the cache takes in, many entries, and several threads.
#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>

#include "lib/policy/cache.h"
#include "tests/lib/policy/policy_records.h"

using namespace testing_support;
using base::Milliseconds;
using base::Seconds;
using policy::Cache;
using Found = policy::Cache::Found;

namespace {

const base::MonoTime kMono{Milliseconds{50000}};
const Cache::Now kNow{kNoon, kMono};
const base::MonoTime kLater = kMono + Seconds{3600};
const policy::Reason kNoRecord{policy::Reason::Kind::kNoRecord};

std::string domain(int i) {
    return "mail.d" + std::to_string(i) + ".example";
}
/// Unlike domain(), all of one second-level domain.
std::string host(int i) {
    return "h" + std::to_string(i) + ".flood.example";
}

policy::PolicyRecord record_of(std::string_view domain, std::size_t body_size = 0) {
    static const policy::PolicyRecord model = enforce_record("example.com");
    policy::PolicyRecord record = model;
    record.domain = name(domain);
    record.body.resize(std::max(body_size, record.body.size()), '\n');
    return record;
}

bool put_if_room(Cache& cache, const policy::PolicyRecord& record) {
    if (!cache.has_room(record)) return false;
    cache.put(record, kLater);
    return true;
}

/// One of them might be counted together with flood.example, for once.
bool others_have_room(Cache& cache, std::size_t body_size) {
    return cache.has_room(record_of("other.example", body_size)) ||
           cache.has_room(record_of("another.example", body_size));
}

Found find(Cache& cache, std::string_view domain, const Cache::Now& now = kNow) {
    return cache.find(name(domain), now, [](const policy::PolicyView&) {}).found;
}

}  // namespace

TEST_CASE("a hundred thousand policies, and most of them removed again") {
    Cache cache({});
    constexpr int kPolicies = 100000;
    for (int i = 0; i < kPolicies; ++i)
        cache.put(record_of(domain(i)), kLater);
    CHECK(cache.stats().policies == kPolicies);
    const std::uint64_t full = cache.stats().bytes;
    CHECK(full < 350U * kPolicies);

    int missing = 0, removed = 0, left_over = 0;
    for (int i = 0; i < kPolicies; ++i)
        missing += find(cache, domain(i)) != Found::kPolicy;
    CHECK(missing == 0);
    for (int i = 0; i < kPolicies; ++i)
        if (i % 10 != 0) removed += cache.remove(name(domain(i)));
    CHECK(removed == kPolicies / 10 * 9);
    missing = 0;
    for (int i = 0; i < kPolicies; ++i) {
        const bool there = find(cache, domain(i)) == Found::kPolicy;
        if (i % 10 == 0)
            missing += !there;
        else
            left_over += there;
    }
    CHECK(missing == 0);
    CHECK(left_over == 0);
    CHECK(cache.stats().policies == kPolicies / 10);

    for (int i = 0; i < kPolicies; ++i)
        cache.put(record_of(domain(i)), kLater);
    CHECK(cache.stats().bytes == full);
}

TEST_CASE("names that come and go do not wear the cache out") {
    Cache cache({});
    for (int i = 0; i < 64; ++i)
        cache.put(record_of(domain(i)), kLater);
    const std::uint64_t before = cache.stats().bytes;
    for (int i = 64; i < 50000; ++i) {
        cache.put(record_of(domain(i)), kLater);
        cache.remove(name(domain(i)));
    }
    CHECK(cache.stats().policies == 64);
    CHECK(cache.stats().bytes < before + 65536);
    CHECK(find(cache, domain(5)) == Found::kPolicy);
}

TEST_CASE("at max_policies only what is in already is taken") {
    Cache::Options options;
    options.max_policies = 500;
    Cache cache(options);
    int taken = 0;
    for (int i = 0; i < 600; ++i)
        taken += put_if_room(cache, record_of(domain(i)));
    CHECK(taken == 500);
    CHECK(cache.has_room(record_of(domain(0))));
    CHECK(cache.has_room(record_of(domain(0), 60000)));
    CHECK_FALSE(cache.has_room(record_of(domain(600))));
    CHECK(cache.stats().policies == 500);
    cache.remove(name(domain(7)));
    CHECK(cache.has_room(record_of(domain(600))));
}

TEST_CASE("at max_bytes only what is in already is taken, tables counted") {
    Cache::Options options;
    options.max_bytes = 4 << 20;
    Cache cache(options);
    int taken = 0;
    for (int i = 0; i < 1000; ++i)
        taken += put_if_room(cache, record_of(domain(i), 20000));
    CHECK(taken > 190);
    CHECK(taken < 210);
    CHECK(cache.stats().bytes <= options.max_bytes);
    CHECK(cache.stats().bytes > options.max_bytes - 20000 - 65536);
    CHECK(cache.has_room(record_of(domain(0))));
    cache.remove(name(domain(7)));
    CHECK(cache.has_room(record_of("new.example", 20000)));
}

TEST_CASE("the names under one second-level domain hold 1 % of the policies, or a hundred") {
    for (const std::uint64_t max_policies : {std::uint64_t{30000}, std::uint64_t{1000}}) {
        CAPTURE(max_policies);
        Cache::Options options;
        options.max_policies = max_policies;
        Cache cache(options);
        std::uint64_t taken = 0;
        for (int i = 0; i < 400; ++i)
            taken += put_if_room(cache, record_of(host(i)));
        CHECK(taken == (max_policies == 30000 ? 300 : 100));
        CHECK_FALSE(cache.has_room(record_of("flood.example")));
        CHECK(others_have_room(cache, 100));
        CHECK(cache.has_room(record_of(host(0))));
        cache.remove(name(host(3)));
        CHECK(cache.has_room(record_of("flood.example")));
    }
}

TEST_CASE("the names under one second-level domain hold 1 % of the bytes, or room for the largest policy") {
    for (const std::uint64_t max_bytes : {std::uint64_t{100} << 20, std::uint64_t{1} << 20}) {
        CAPTURE(max_bytes);
        Cache::Options options;
        options.max_bytes = max_bytes;
        Cache cache(options);
        int taken = 0;
        for (int i = 0; i < 100; ++i)
            taken += put_if_room(cache, record_of(host(i), 60000));
        CHECK(taken == (max_bytes > 1 << 20 ? 17 : 2));
        CHECK(others_have_room(cache, 60000));
    }
}

TEST_CASE("a flood of names without a policy pushes no policy out, and stays within its bound") {
    Cache::Options options;
    options.max_negative = 6400;
    Cache cache(options);
    for (int i = 0; i < 1000; ++i)
        cache.put(record_of(domain(i)), kLater);
    const auto before = cache.stats();
    for (int i = 0; i < 50000; ++i)
        cache.put_negative(name(host(i)), kLater, kNoRecord);
    const auto stats = cache.stats();
    CHECK(stats.negative == 6400);
    CHECK(stats.policies == 1000);
    CHECK(stats.bytes == before.bytes);
    int missing = 0;
    for (int i = 0; i < 1000; ++i)
        missing += find(cache, domain(i)) != Found::kPolicy;
    CHECK(missing == 0);
}

TEST_CASE("the oldest entries without a policy make room") {
    Cache::Options options;
    options.max_negative = 6400;
    Cache cache(options);
    for (int i = 0; i < 20000; ++i)
        cache.put_negative(name(host(i)), kLater, kNoRecord);
    int old = 0, young = 0;
    for (int i = 0; i < 5000; ++i)
        old += find(cache, host(i)) == Found::kNegative;
    for (int i = 17000; i < 20000; ++i)
        young += find(cache, host(i)) == Found::kNegative;
    CHECK(old == 0);
    CHECK(young == 3000);
}

TEST_CASE("an entry that is put again counts as new") {
    Cache::Options options;
    options.max_negative = 6400;
    Cache cache(options);
    for (int i = 0; i < 7500; ++i) {
        if (i == 0 || i == 4000) cache.put_negative(name("again.example"), kLater, kNoRecord);
        cache.put_negative(name(host(i)), kLater, kNoRecord);
    }
    CHECK(find(cache, "again.example") == Found::kNegative);
}

TEST_CASE("without room for them no domain without a policy is remembered") {
    Cache::Options options;
    options.max_negative = 0;
    Cache cache(options);
    cache.put_negative(name("example.com"), kLater, kNoRecord);
    CHECK(find(cache, "example.com") == Found::kNothing);
}

TEST_CASE("threads ask while the engine writes") {
    Cache cache({});
    constexpr int kDomains = 500;
    for (int i = 0; i < kDomains; i += 2)
        cache.put(record_of(domain(i)), kMono);  // these stay
    std::atomic<bool> stop{false};
    std::atomic<int> wrong{0}, told{0};

    const auto ask = [&] {
        Cache::Now now = kNow;
        for (int i = 0; !stop; i = (i + 1) % kDomains) {
            now.mono += Milliseconds{1};
            const std::string text = domain(i);
            const auto hit = cache.find(name(text), now, [&](const policy::PolicyView& view) {
                if (view.body.size() < 50 || view.mx[0].in(view.body) != "mx1.example.com") ++wrong;
            });
            if (i % 2 == 0 && hit.found != Found::kPolicy) ++wrong;
            if (hit.recheck_due) ++told;
        }
    };
    std::thread first(ask), second(ask);
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < kDomains; ++i) {
            const dns::Name at = name(domain(i));
            if (i % 2 == 0) {
                cache.put(record_of(domain(i), 100 + static_cast<std::size_t>(round)), kMono);
                cache.reschedule(at, kMono, kNoon, kNoon + Seconds{round});
            } else if (round % 2 == 0) {
                cache.put_negative(at, kLater, kNoRecord);
                cache.put(record_of(domain(i)), kMono);
            } else {
                cache.remove(at);
            }
        }
        cache.sweep(kNow, 100, [&](const Cache::Seen& seen) { wrong += seen.domain.empty(); });
        cache.limit_expiry(kNoon);
        cache.look([&](const Cache::Seen& seen) { wrong += seen.domain.empty(); });
        for (int i = 0; i < 200; ++i)
            cache.put(record_of(host(round * 200 + i)), kLater);  // the tables grow
    }
    stop = true;
    first.join();
    second.join();
    CHECK(wrong == 0);
    CHECK(told > 0);
}
