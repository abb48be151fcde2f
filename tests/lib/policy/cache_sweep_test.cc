// SPDX-License-Identifier: MIT
// The ways through the whole cache: sweep, limit_expiry, look, names_of_part.
#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

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
constexpr std::size_t kAll = 1000000;

Cache::Now after(Seconds time) {
    return {kNoon + time, kMono + time};
}

std::string domain(int i) {
    return "d" + std::to_string(i) + ".example";
}

void put(Cache& cache, std::string_view domain, Seconds refresh_in, std::int32_t asked_day,
         std::uint32_t max_age = 604800) {
    auto record = enforce_record(domain, max_age);
    record.refresh_at = kNoon + refresh_in;
    record.asked_day = asked_day;
    cache.put(record, kLater);
}

/// What one call has shown.
struct Sweep {
    Sweep(Cache& cache, const Cache::Now& now, std::size_t budget = kAll) {
        swept =
            cache.sweep(now, budget, [this](const Cache::Seen& seen) { domains.emplace_back(seen.domain); });
    }
    Cache::Swept swept;
    std::vector<std::string> domains;
};

}  // namespace

TEST_CASE("a sweep takes expired policies out") {
    Cache cache({});
    put(cache, "short.example", Seconds{1000}, 0, 100);
    cache.put(policy_record("none.example", policy_text("none", "", 50)), kLater);
    put(cache, "long.example", Seconds{1000}, 0, 1000);

    CHECK(Sweep(cache, after(Seconds{49})).swept.expired == 0);
    CHECK(Sweep(cache, after(Seconds{50})).swept.expired == 1);
    CHECK_FALSE(cache.peek(name("none.example")));

    const Sweep sweep(cache, after(Seconds{100}));
    CHECK(sweep.swept.expired == 1);
    CHECK(sweep.domains == std::vector<std::string>{"long.example"});
    CHECK(cache.stats().policies == 1);
    CHECK(cache.peek(name("long.example")));
}

TEST_CASE("a sweep shows what decides about a refresh") {
    Cache cache({});
    auto record = enforce_record("example.com", 1000);
    record.refresh_at = kNoon + Seconds{200};
    record.asked_day = 100;
    record.refetch_stage = 1;
    cache.put(record, kLater);
    int times = 0;
    cache.sweep(kNow, kAll, [&](const Cache::Seen& seen) {
        ++times;
        CHECK(seen.domain == "example.com");
        CHECK(seen.mode == sts::Mode::kEnforce);
        CHECK(seen.max_age == 1000);
        CHECK(seen.fetched == kNoon);
        CHECK(seen.expires() == kNoon + Seconds{1000});
        CHECK_FALSE(seen.lax);
        CHECK(seen.refresh_at == kNoon + Seconds{200});
        CHECK(seen.asked_day == 100);
        CHECK(seen.refetch);
    });
    CHECK(times == 1);
    CHECK(cache.refresh_at(name("example.com")) == kNoon + Seconds{200});
    CHECK_FALSE(cache.refresh_at(name("example.net")));
}

TEST_CASE("sweeps go on where the last one stopped, pass nothing over, and say when they are around") {
    Cache cache({});
    constexpr int kPolicies = 5000;
    for (int i = 0; i < kPolicies; ++i)
        put(cache, domain(i), Seconds{0}, 100);

    SUBCASE("within the budget") {
        for (int round = 0; round < 2; ++round) {
            std::set<std::string> seen;
            std::size_t total = 0;
            int sweeps = 0;
            for (bool around = false; !around; ++sweeps) {
                const Sweep sweep(cache, kNow, 500);
                CHECK(sweep.domains.size() < 800);
                total += sweep.domains.size();
                seen.insert(sweep.domains.begin(), sweep.domains.end());
                around = sweep.swept.around;
            }
            CHECK(total == kPolicies);
            CHECK(seen.size() == kPolicies);
            CHECK(sweeps >= 6);
            CHECK(sweeps <= 11);
        }
    }
    SUBCASE("once around at most") {
        const Sweep sweep(cache, kNow);
        CHECK(sweep.domains.size() == kPolicies);
        CHECK(sweep.swept.around);
    }
    SUBCASE("expired ones all go in one round") {
        std::size_t expired = 0;
        for (bool around = false; !around;) {
            const Sweep sweep(cache, after(Seconds{604800}), 100);
            CHECK(sweep.domains.empty());
            expired += sweep.swept.expired;
            around = sweep.swept.around;
        }
        CHECK(expired == kPolicies);
        CHECK(cache.stats().policies == 0);
    }
    SUBCASE("even the smallest budget gets on") {
        std::size_t expired = 0;
        for (int i = 0; i < 200; ++i)
            expired += Sweep(cache, after(Seconds{604800}), 0).swept.expired;
        CHECK(expired == kPolicies);
    }
}

TEST_CASE("a sweep frees entries of domains without a policy whose time is over") {
    Cache cache({});
    const policy::Reason reason{policy::Reason::Kind::kNoRecord};
    for (int i = 0; i < 100; ++i)
        cache.put_negative(name(domain(i)), kMono + Seconds{60}, reason);
    cache.put_negative(name("later.example"), kMono + Seconds{61}, reason);
    const Sweep before(cache, after(Seconds{59}));
    CHECK(cache.stats().negative == 101);
    const Sweep at_the_end(cache, after(Seconds{60}));
    CHECK(cache.stats().negative == 1);
}

TEST_CASE("with the clock set back, nothing lives longer than its max_age from now") {
    Cache cache({});
    put(cache, "example.com", Seconds{500}, 0, 1000);
    const base::WallTime back = kNoon - Seconds{86400 * 365};
    cache.limit_expiry(back);
    const auto known = cache.peek(name("example.com"));
    CHECK(known->record.fetched == back);
    CHECK(known->record.expires() == back + Seconds{1000});
    CHECK(known->clocks.refresh_at == back + Seconds{500});
    CHECK(known->clocks.recheck_at == kLater);
    const auto find = [&](base::WallTime at) {
        return cache.find(name("example.com"), {at, kMono}, [](const policy::PolicyView&) {}).found;
    };
    CHECK(find(back + Seconds{999}) == Found::kPolicy);
    CHECK(find(back + Seconds{1000}) == Found::kNothing);

    SUBCASE("what was fetched before then keeps its clocks") {
        cache.limit_expiry(kNoon);
        CHECK(cache.peek(name("example.com"))->record.fetched == back);
    }
}

TEST_CASE("limit_expiry reaches every policy") {
    Cache cache({});
    for (int i = 0; i < 3000; ++i)
        put(cache, domain(i), Seconds{500}, 0, 1000);
    cache.limit_expiry(kNoon - Seconds{5000});
    CHECK(Sweep(cache, {kNoon - Seconds{4000}, kMono}).swept.expired == 3000);
}

TEST_CASE("look shows every policy once, expired or not") {
    Cache cache({});
    std::map<std::string, int> seen;
    for (int i = 0; i < 3000; ++i)
        put(cache, domain(i), Seconds{i}, i, 100);
    CHECK_FALSE(cache.peek(name("other.example")));
    cache.look([&](const Cache::Seen& policy) {
        ++seen[std::string(policy.domain)];
        CHECK(policy.refresh_at == kNoon + Seconds{policy.asked_day});
    });
    CHECK(seen.size() == 3000);
    for (const auto& [domain, times] : seen)
        CHECK(times == 1);
}

TEST_CASE("the parts hold every name once, though others come and go and tables grow meanwhile") {
    Cache cache({});
    for (int i = 0; i < 3000; ++i)
        put(cache, domain(i), Seconds{0}, 0);
    std::set<std::string> seen;
    std::size_t total = 0;
    std::vector<dns::Name> names;
    std::size_t part = 0;
    for (; cache.names_of_part(part, names); ++part) {
        for (const dns::Name& one : names) {
            if (one.text()[0] != 'd') continue;
            ++total;
            seen.insert(one.text());
        }
        for (int i = 0; i < 100; ++i)
            put(cache, "other" + std::to_string(part * 100 + static_cast<std::size_t>(i)) + ".example",
                Seconds{0}, 0);
        cache.remove(name("other0.example"));
    }
    CHECK(part == 64);
    CHECK(names.empty());
    CHECK(total == 3000);
    CHECK(seen.size() == 3000);
}
