// SPDX-License-Identifier: MIT
// The refreshes of a large host, in small: 3,000 policies that need ten refreshes a second, about as many as
// a million of them do in the daemon. refresh.interval is five minutes here instead of a day.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/scenario.h"

using namespace scenarios;

namespace {

constexpr int kPolicies = 3000;
constexpr base::Seconds kInterval{300};
constexpr std::uint32_t kMaxAge = 1300;
constexpr std::size_t kMeanPerSecond = 10;

std::string domain(int i) {
    return "d" + std::to_string(i) + ".example";
}

/// A host whose database has `kPolicies` and whose domains are all there.
struct LargeHost : Scenario {
    LargeHost() {
        options.refresh_interval = kInterval;
        random_step = 911;
        for (int i = 0; i < kPolicies; ++i)
            publish(domain(i), "1", policy_text("enforce", kMaxAge));
    }
    /// On disk: fetched so long ago, to be fetched again when its time has come.
    void keep(int i, base::Seconds age, std::uint32_t max_age = kMaxAge) {
        const std::string body = policy_text("enforce", max_age);
        policy::PolicyRecord record{name(domain(i))};
        record.id = "1";
        record.mode = sts::Mode::kEnforce;
        record.max_age = max_age;
        record.fetched = loop.wall() - age;
        const base::Seconds period = std::min(kInterval, std::max(base::Seconds{max_age / 4}, 60s));
        record.refresh_at = record.fetched + period - period * (static_cast<int>(i) * 911 % 1001) / 10000;
        record.asked_day = static_cast<std::int32_t>(loop.wall().time_since_epoch().count() / kDay);
        record.body = body;
        record.mx = sts::parse_policy(body)->mx;
        disk.rows().insert_or_assign(domain(i), record);
    }
    std::size_t refreshes() const {
        return static_cast<std::size_t>(std::count_if(
            flights.begin(), flights.end(),
            [](const policy::FlightReport& report) { return report.cause == policy::Cause::kRefresh; }));
    }
    /// Lets time pass; how many refreshes ended in each ten seconds. A hot domain is asked for meanwhile.
    std::vector<std::size_t> watch(base::Seconds time) {
        std::vector<std::size_t> out;
        for (base::Seconds passed{0}; passed < time; passed += 10s) {
            forget_traffic();
            loop.advance(10s);
            out.push_back(refreshes());
            const std::optional<Answer> hot = ask_cache(domain(17));
            CHECK((hot && hot->mode == "enforce"));
            loop.run_ready();
        }
        return out;
    }
};

std::size_t sum(const std::vector<std::size_t>& numbers) {
    std::size_t out = 0;
    for (const std::size_t number : numbers)
        out += number;
    return out;
}

}  // namespace

TEST_CASE("fetched within a minute, they are refreshed at an even rate ever after") {
    LargeHost s;
    for (int i = 0; i < kPolicies; ++i)
        s.keep(i, base::Seconds{i % 60});
    s.start();
    const std::vector<std::size_t> rate = s.watch(5 * kInterval);
    CHECK(*std::max_element(rate.begin(), rate.end()) <= 2 * 10 * kMeanPerSecond);
    // No slower than the pace, once that is known: 270 s, then 15 a second.
    CHECK(sum(rate) >= 3 * kPolicies);
    CHECK(s.cache().stats().policies == kPolicies);
}

TEST_CASE("in the steady state every refresh comes at its time") {
    LargeHost s;
    for (int i = 0; i < kPolicies; ++i)
        s.keep(i, kInterval * (i % 997) / 997);
    s.start();
    s.watch(kInterval);
    const std::vector<std::size_t> rate = s.watch(2 * kInterval);
    CHECK(*std::max_element(rate.begin(), rate.end()) <= 2 * 10 * kMeanPerSecond);
    CHECK(*std::min_element(rate.begin(), rate.end()) >= 10 * kMeanPerSecond / 2);
    int late = 0;
    s.cache().look([&](const policy::Cache::Seen& seen) {
        if (seen.refresh_at + 60s < s.loop.wall()) ++late;
    });
    CHECK(late == 0);
}

TEST_CASE("off for a day, all are due: evenly, the nearest end first, and no policy is lost") {
    LargeHost s;
    for (int i = 0; i < kPolicies; ++i)
        s.keep(i, kInterval + kInterval * (i % 997) / 997);
    // Some have half a minute to live, though they fell due after the others.
    std::vector<int> dying;
    for (int i = 5; i < kPolicies; i += 30)
        dying.push_back(i);
    for (const int i : dying)
        s.keep(i, base::Seconds{85 + i % 10}, 120);
    s.web.set_delay(1s);
    s.start();

    const std::vector<std::size_t> first = s.watch(30s);
    for (const int i : dying) {
        CAPTURE(i);
        CHECK(s.cache().peek(name(domain(i)))->record.fetched > s.loop.wall() - 30s);
    }
    CHECK(sum(first) >= dying.size());
    const std::vector<std::size_t> rate = s.watch(kInterval);
    CHECK(*std::max_element(rate.begin(), rate.end()) <= 2 * 10 * kMeanPerSecond);
    CHECK(s.cache().stats().policies == kPolicies);
    int left_over = 0;
    s.cache().look([&](const policy::Cache::Seen& seen) {
        if (seen.fetched < s.loop.wall() - kInterval - 30s) ++left_over;
    });
    CHECK(left_over == 0);
}

TEST_CASE("thousands of dying policies of dead hosts do not keep the others from being refreshed") {
    LargeHost s;
    s.options.refresh_concurrency = 32;
    for (int i = 0; i < kPolicies; ++i) {
        const bool dead = i % 2 == 0;
        s.keep(i, dead ? base::Seconds{kMaxAge * 8 / 10} : kInterval);
        if (dead) s.web.silence("mta-sts." + domain(i));
    }
    s.options.discovery.fetch_time = 5s;
    s.start();
    s.loop.advance(kInterval + 60s);
    int refreshed = 0;
    s.cache().look([&](const policy::Cache::Seen& seen) {
        if (seen.fetched > s.loop.wall() - kInterval - 60s) ++refreshed;
    });
    CHECK(refreshed == kPolicies / 2);  // all whose hosts are there
}
