// SPDX-License-Identifier: MIT
// What the engine does to a cache of a million policies behind the answers: how long it keeps its own thread,
// and how long a lock.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>

#include "lib/policy/cache.h"
#include "lib/sts/policy.h"

namespace {

using policy::Cache;

const base::WallTime kNoon{base::Seconds{1767268800}};
const base::MonoTime kMono{base::Seconds{1000}};
const Cache::Now kNow{kNoon, kMono};
constexpr std::uint32_t kMaxAge = 604800;

Cache::Options large() {
    Cache::Options options;
    options.max_policies = options.max_negative = 2'000'000;
    options.max_bytes = std::uint64_t{4} << 30;
    return options;
}

policy::PolicyRecord record_of(std::int64_t number) {
    const std::string domain = "d" + std::to_string(number) + ".example";
    const std::string body = "version: STSv1\r\nmode: enforce\r\nmx: mx." + domain + "\r\nmx: *.p" +
                             std::to_string(number % 701) + ".example\r\nmax_age: 604800\r\n";
    policy::PolicyRecord record{dns::Name::parse(domain).value()};
    record.id = "20260101000000Z";
    record.mode = sts::Mode::kEnforce;
    record.max_age = kMaxAge;
    record.fetched = kNoon;
    record.refresh_at = kNoon + base::Seconds{86400};
    record.body = body;
    record.mx = sts::parse_policy(body)->mx;
    return record;
}

std::unique_ptr<Cache> filled(std::int64_t policies) {
    auto cache = std::make_unique<Cache>(large());
    for (std::int64_t i = 0; i < policies; ++i)
        cache->fill(record_of(i), kMono);
    return cache;
}

/// Range 1 is the budget of a call: 2,000 is what the engine does in one go, 1 is what it does under one
/// lock.
void sweep(benchmark::State& state) {
    const auto cache = filled(state.range(0));
    std::uint64_t seen = 0;
    for (auto _ : state)
        cache->sweep(kNow, static_cast<std::size_t>(state.range(1)),
                     [&](const Cache::Seen& policy) { seen += policy.refresh_at <= kNoon ? 1 : 0; });
    benchmark::DoNotOptimize(seen);
}
BENCHMARK(sweep)
    ->Args({10'000, 2'000})
    ->Args({1'000'000, 2'000})
    ->Args({1'000'000, 1})
    ->Unit(benchmark::kMicrosecond);

/// Every policy that it meets has expired.
void sweep_of_expired(benchmark::State& state) {
    const auto cache = filled(1'000'000);
    const Cache::Now late{kNoon + base::Seconds{kMaxAge}, kMono};
    for (auto _ : state) {
        if (cache->stats().policies < 10'000) return state.SkipWithError("all have gone");
        cache->sweep(late, static_cast<std::size_t>(state.range(0)), [](const Cache::Seen&) {});
    }
}
BENCHMARK(sweep_of_expired)->Arg(2'000)->Arg(1)->Iterations(300)->Unit(benchmark::kMicrosecond);

/// A fetch's outcome in the place of the one before.
void put(benchmark::State& state) {
    const std::int64_t policies = state.range(0);
    const auto cache = filled(policies);
    std::int64_t next = 0;
    for (auto _ : state) {
        next = (next + 7919) % policies;
        cache->put(record_of(next), kMono);
    }
}
BENCHMARK(put)->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMicrosecond);

/// One more name without a policy; the table grows under way. Their time is over when the sweep comes.
void negatives(benchmark::State& state) {
    Cache cache(large());
    std::int64_t next = 0;
    for (auto _ : state) {
        const auto name = dns::Name::parse("n" + std::to_string(next++) + ".example");
        cache.put_negative(*name, kMono, policy::Reason{policy::Reason::Kind::kNoRecord});
    }
}
BENCHMARK(negatives)->Iterations(1'000'000)->Unit(benchmark::kMicrosecond);

void sweep_of_negatives(benchmark::State& state) {
    Cache cache(large());
    for (int i = 0; i < 1'000'000; ++i) {
        const auto name = dns::Name::parse("n" + std::to_string(i) + ".example");
        cache.put_negative(*name, kMono, policy::Reason{policy::Reason::Kind::kNoRecord});
    }
    for (auto _ : state)
        cache.sweep(kNow, 1, [](const Cache::Seen&) {});
}
BENCHMARK(sweep_of_negatives)->Iterations(2'000)->Unit(benchmark::kMicrosecond);

}  // namespace
