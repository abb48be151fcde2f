// SPDX-License-Identifier: MIT
#include "lib/policy/cache.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>

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

Cache::Now after(Seconds time) {
    return {kNoon + time, kMono + time};
}

Cache::Hit find(Cache& cache, std::string_view domain, const Cache::Now& now = kNow) {
    return cache.find(name(domain), now, [](const policy::PolicyView&) {});
}

const policy::Reason kNoRecord{policy::Reason::Kind::kNoRecord};

}  // namespace

TEST_CASE("a policy is found as it was put") {
    Cache cache({});
    const auto record = policy_record("example.com", policy_text("testing", "*.example.net", 1000));
    cache.put(record, kLater);

    int called = 0;
    const auto hit = cache.find(name("example.com"), kNow, [&](const policy::PolicyView& view) {
        ++called;
        CHECK(view.id == record.id);
        CHECK(view.mode == sts::Mode::kTesting);
        CHECK_FALSE(view.lax);
        CHECK(view.max_age == 1000);
        CHECK(view.fetched == kNoon);
        CHECK(view.body == record.body);
        REQUIRE(view.mx.size() == 1);
        CHECK(view.mx[0].in(view.body) == "*.example.net");
    });
    CHECK(called == 1);
    CHECK(hit.found == Found::kPolicy);
    CHECK_FALSE(hit.recheck_due);
    CHECK(find(cache, "www.example.com").found == Found::kNothing);
    CHECK(find(cache, "com").found == Found::kNothing);
}

TEST_CASE("peek gives everything, expired or not, and marks nothing") {
    Cache cache({});
    auto record = enforce_record("example.com", 100);
    record.lax = true;
    record.refetch_stage = 2;
    record.asked_day = 7;
    cache.put(record, kLater);

    const auto known = cache.peek(name("example.com"));
    REQUIRE(known);
    CHECK(known->record.domain == record.domain);
    CHECK(known->record.id == record.id);
    CHECK(known->record.mode == record.mode);
    CHECK(known->record.lax);
    CHECK(known->record.max_age == 100);
    CHECK(known->record.fetched == record.fetched);
    CHECK(known->record.refresh_at == record.refresh_at);
    CHECK(known->record.refetch_stage == 2);
    CHECK(known->record.asked_day == 7);
    CHECK(known->record.body == record.body);
    REQUIRE(known->record.mx.size() == 1);
    CHECK(known->record.mx[0].in(known->record.body) == "mx1.example.com");
    CHECK(known->clocks.recheck_at == kLater);
    CHECK(known->clocks.refresh_at == record.refresh_at);
    CHECK_FALSE(cache.peek(name("example.org")));
}

TEST_CASE("a policy is in force until fetch plus max_age, and not at that second (RFC 8461 3.2)") {
    Cache cache({});
    cache.put(enforce_record("example.com", 100), kLater);
    CHECK(find(cache, "example.com", after(Seconds{99})).found == Found::kPolicy);
    CHECK(find(cache, "example.com", after(Seconds{100})).found == Found::kNothing);
    CHECK(cache.peek(name("example.com")));

    SUBCASE("only a fetch moves the end") {
        cache.reschedule(name("example.com"), kLater, kNoon + Seconds{50}, {});
        CHECK(find(cache, "example.com", after(Seconds{100})).found == Found::kNothing);
        cache.reschedule(name("example.com"), {}, {}, kNoon + Seconds{40});
        CHECK(find(cache, "example.com", after(Seconds{139})).found == Found::kPolicy);
        CHECK(find(cache, "example.com", after(Seconds{140})).found == Found::kNothing);
    }
    SUBCASE("a max_age of 0 is never in force") {
        cache.put(enforce_record("example.com", 0), kLater);
        CHECK(find(cache, "example.com").found == Found::kNothing);
        CHECK(cache.peek(name("example.com")));
    }
}

TEST_CASE("a policy replaces the one before it, whatever their lives") {
    Cache cache({});
    cache.put(enforce_record("example.com"), kLater);
    cache.put(policy_record("example.com", policy_text("none", "", 60)), kLater);
    const auto hit = cache.find(name("example.com"), kNow,
                                [](const policy::PolicyView& view) { CHECK(view.mode == sts::Mode::kNone); });
    CHECK(hit.found == Found::kPolicy);
    const auto stats = cache.stats();
    CHECK(stats.policies == 1);
    CHECK(stats.by_mode[static_cast<std::size_t>(sts::Mode::kNone)] == 1);
    CHECK(stats.by_mode[static_cast<std::size_t>(sts::Mode::kEnforce)] == 0);
}

TEST_CASE("the engine is told of a due recheck, at most once a minute for one policy") {
    Cache cache({});
    cache.put(enforce_record("example.com"), kMono + Seconds{60});
    CHECK_FALSE(find(cache, "example.com", after(Seconds{59})).recheck_due);
    CHECK(find(cache, "example.com", after(Seconds{60})).recheck_due);
    CHECK_FALSE(find(cache, "example.com", after(Seconds{61})).recheck_due);
    CHECK_FALSE(find(cache, "example.com", after(Seconds{119})).recheck_due);
    CHECK(find(cache, "example.com", after(Seconds{120})).recheck_due);
    cache.reschedule(name("example.com"), kMono + Seconds{600}, {}, {});
    CHECK_FALSE(find(cache, "example.com", after(Seconds{300})).recheck_due);
    CHECK(find(cache, "example.com", after(Seconds{600})).recheck_due);
}

TEST_CASE("a hit marks the day, and a later fetch does not forget it") {
    Cache cache({});
    auto record = enforce_record("example.com");
    cache.put(record, kLater);
    find(cache, "example.com");
    const std::int32_t day = 20454;  // 2026-01-01
    CHECK(cache.peek(name("example.com"))->record.asked_day == day);
    cache.put(record, kLater);
    CHECK(cache.peek(name("example.com"))->record.asked_day == day);
    record.asked_day = day + 3;
    cache.put(record, kLater);
    CHECK(cache.peek(name("example.com"))->record.asked_day == day + 3);
}

TEST_CASE("a domain without a policy is remembered with its reason, until its time") {
    Cache cache({});
    cache.put_negative(name("example.com"), kMono + Seconds{60}, kNoRecord);
    const auto hit = find(cache, "example.com", after(Seconds{59}));
    CHECK(hit.found == Found::kNegative);
    CHECK(hit.reason == kNoRecord);
    CHECK_FALSE(hit.recheck_due);
    CHECK(find(cache, "example.com", after(Seconds{60})).found == Found::kNothing);
    CHECK(cache.peek_negative(name("example.com"), kMono)->until == kMono + Seconds{60});
    CHECK_FALSE(cache.peek_negative(name("example.com"), kMono + Seconds{60}));

    SUBCASE("a later word replaces it") {
        const policy::Reason dns{policy::Reason::Kind::kDnsFailed, 1, 2};
        cache.put_negative(name("example.com"), kMono + Seconds{120}, dns);
        CHECK(find(cache, "example.com", after(Seconds{60})).reason == dns);
        CHECK(cache.stats().negative == 1);
    }
    SUBCASE("a policy takes its place") {
        cache.put(enforce_record("example.com"), kLater);
        CHECK_FALSE(cache.peek_negative(name("example.com"), kMono));
        CHECK(cache.stats().negative == 0);
    }
    SUBCASE("it can be forgotten") {
        cache.remove_negative(name("example.com"));
        CHECK(find(cache, "example.com").found == Found::kNothing);
    }
}

TEST_CASE("an expired policy gives way to what was found out since") {
    Cache cache({});
    cache.put(enforce_record("example.com", 10), kLater);
    cache.put_negative(name("example.com"), kLater, kNoRecord);
    CHECK(find(cache, "example.com").found == Found::kPolicy);
    CHECK(find(cache, "example.com", after(Seconds{10})).found == Found::kNegative);
}

TEST_CASE("a removed policy is gone") {
    Cache cache({});
    cache.put(enforce_record("example.com"), kLater);
    CHECK(cache.remove(name("example.com")));
    CHECK_FALSE(cache.remove(name("example.com")));
    CHECK(find(cache, "example.com").found == Found::kNothing);
    CHECK(cache.stats().policies == 0);
    CHECK(cache.stats().by_mode[static_cast<std::size_t>(sts::Mode::kEnforce)] == 0);
}

TEST_CASE("a walk in pieces names every policy once") {
    Cache cache({});
    std::map<std::string, sts::Mode> wanted;
    for (int i = 0; i < 1000; ++i) {
        const std::string domain = "d" + std::to_string(i) + ".example-" + std::to_string(i) + ".com";
        const bool testing = i % 3 == 0;
        cache.put(policy_record(domain, policy_text(testing ? "testing" : "enforce")), kLater);
        wanted[domain] = testing ? sts::Mode::kTesting : sts::Mode::kEnforce;
    }
    for (const std::size_t budget : {std::size_t{1}, std::size_t{7}, std::size_t{100000}}) {
        CAPTURE(budget);
        std::map<std::string, sts::Mode> seen;
        std::size_t named = 0, most = 0;
        Cache::WalkPosition position;
        while (!position.at_end()) {
            const std::size_t before = named;
            cache.walk(position, budget, [&](std::string_view domain, sts::Mode mode) {
                seen[std::string(domain)] = mode;
                ++named;
            });
            most = std::max(most, named - before);
        }
        CHECK(seen == wanted);
        CHECK(named == wanted.size());
        CHECK(most <= budget);
    }
}
