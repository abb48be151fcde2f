// SPDX-License-Identifier: MIT
// The ways through the whole cache: sweep, limit_expiry, for_each.
#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

#include "lib/policy/cache.h"
#include "tests/lib/policy/policy_records.h"

using namespace testing_support;
using base::Milliseconds;
using base::Seconds;
using policy::Cache;
using Due = policy::Cache::Due;
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

}  // namespace

TEST_CASE("a sweep takes expired policies out and says so") {
    Cache cache({});
    put(cache, "short.example", Seconds{1000}, 0, 100);
    cache.put(policy_record("none.example", policy_text("none", "", 50)), kLater);
    put(cache, "long.example", Seconds{1000}, 0, 1000);

    CHECK(cache.sweep(after(Seconds{49}), 0, kAll, 0).empty());
    auto due = cache.sweep(after(Seconds{50}), 0, kAll, 0);
    REQUIRE(due.size() == 1);
    CHECK(due[0].kind == Due::Kind::kExpired);
    CHECK(due[0].domain == name("none.example"));
    CHECK(due[0].mode == sts::Mode::kNone);
    CHECK_FALSE(cache.peek(name("none.example")));

    due = cache.sweep(after(Seconds{100}), 0, kAll, 0);
    REQUIRE(due.size() == 1);
    CHECK(due[0].domain == name("short.example"));
    CHECK(cache.stats().policies == 1);
    CHECK(cache.peek(name("long.example")));
}

TEST_CASE("a sweep names what is to be fetched again, if a client asked for it lately") {
    Cache cache({});
    put(cache, "due.example", Seconds{0}, 100);
    put(cache, "idle.example", Seconds{0}, 99);
    put(cache, "later.example", Seconds{1}, 100);
    auto due = cache.sweep(kNow, 100, kAll, 10);
    REQUIRE(due.size() == 1);
    CHECK(due[0].kind == Due::Kind::kRefresh);
    CHECK(due[0].domain == name("due.example"));
    CHECK(due[0].mode == sts::Mode::kEnforce);
    CHECK(cache.sweep(kNow, 100, kAll, 0).empty());

    SUBCASE("an expired one is not fetched again") {
        due = cache.sweep(after(Seconds{604800}), 100, kAll, 10);
        REQUIRE(due.size() == 3);
        for (const Due& one : due)
            CHECK(one.kind == Due::Kind::kExpired);
    }
    SUBCASE("by a time of its own while the clock is doubted") {
        due = cache.sweep(kNow, 100, kAll, 10, kNoon + Seconds{1});
        CHECK(due.size() == 2);
        due = cache.sweep(kNow, 100, kAll, 10, kNoon + Seconds{1000000});
        CHECK(due.size() == 2);
        CHECK(cache.stats().policies == 3);
    }
}

TEST_CASE("sweeps go on where the last one stopped, and pass nothing over") {
    Cache cache({});
    constexpr int kPolicies = 5000;
    for (int i = 0; i < kPolicies; ++i)
        put(cache, domain(i), Seconds{0}, 100);

    SUBCASE("within the budget") {
        std::map<std::string, int> seen;
        int sweeps = 0;
        for (std::size_t total = 0; total < kPolicies; ++sweeps) {
            const auto due = cache.sweep(kNow, 100, 500, kAll);
            CHECK(due.size() < 800);
            REQUIRE_FALSE(due.empty());
            total += due.size();
            for (const Due& one : due)
                ++seen[one.domain.text()];
        }
        CHECK(seen.size() == kPolicies);
        CHECK(sweeps >= 6);
        CHECK(sweeps <= 11);
    }
    SUBCASE("with few refreshes at a time") {
        std::set<std::string> seen;
        for (int i = 0; i < kPolicies / 50; ++i) {
            const auto due = cache.sweep(kNow, 100, kAll, 50);
            CHECK(due.size() == 50);
            for (const Due& one : due)
                seen.insert(one.domain.text());
        }
        CHECK(seen.size() == kPolicies);
    }
    SUBCASE("once around at most") {
        CHECK(cache.sweep(kNow, 100, kAll, kAll).size() == kPolicies);
    }
    SUBCASE("expired ones all go in one round") {
        std::size_t expired = 0;
        for (int i = 0; i < 100; ++i)
            expired += cache.sweep(after(Seconds{604800}), 0, 100, 0).size();
        CHECK(expired == kPolicies);
        CHECK(cache.stats().policies == 0);
    }
    SUBCASE("even the smallest budget gets on") {
        std::size_t expired = 0;
        for (int i = 0; i < 200; ++i)
            expired += cache.sweep(after(Seconds{604800}), 0, 0, 0).size();
        CHECK(expired == kPolicies);
    }
}

TEST_CASE("a sweep frees entries of domains without a policy whose time is over") {
    Cache cache({});
    const policy::Reason reason{policy::Reason::Kind::kNoRecord};
    for (int i = 0; i < 100; ++i)
        cache.put_negative(name(domain(i)), kMono + Seconds{60}, reason);
    cache.put_negative(name("later.example"), kMono + Seconds{61}, reason);
    cache.sweep(after(Seconds{59}), 0, kAll, 0);
    CHECK(cache.stats().negative == 101);
    cache.sweep(after(Seconds{60}), 0, kAll, 0);
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
    CHECK(cache.sweep({kNoon - Seconds{4000}, kMono}, 0, kAll, 0).size() == 3000);
}

TEST_CASE("for_each gives every policy once") {
    Cache cache({});
    std::map<std::string, int> seen;
    for (int i = 0; i < 3000; ++i)
        put(cache, domain(i), Seconds{i}, i);
    cache.for_each([&](const Cache::Known& known) {
        ++seen[known.record.domain.text()];
        CHECK(known.record.body == policy_text("enforce"));
        CHECK(known.clocks.refresh_at == kNoon + Seconds{known.record.asked_day});
        CHECK(known.clocks.recheck_at == kLater);
    });
    CHECK(seen.size() == 3000);
    for (const auto& [domain, times] : seen)
        CHECK(times == 1);
}

TEST_CASE("no lock is held while for_each calls") {
    Cache cache({});
    for (int i = 0; i < 100; ++i)
        put(cache, domain(i), Seconds{0}, 0);
    int found = 0;
    cache.for_each([&](const Cache::Known& known) {
        cache.find(known.record.domain, kNow, [&](const policy::PolicyView&) { ++found; });
    });
    CHECK(found == 100);
}
