// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("a failing refresh backs off, and alarms once a day; near expiry once a day more") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", 40000));
    s.start();
    s.ask("example.com");
    s.break_web("example.com", https::FetchError::Kind::kTlsExpired);
    s.loop.advance(10002s);
    REQUIRE(s.fetches("example.com") == 2);
    REQUIRE(s.count_alarms(policy::Alarm::Kind::kRefreshFailing) == 1);
    CHECK(s.alarms[0].domain == name("example.com"));
    CHECK(s.alarms[0].reason.word() == "tls-expired");
    CHECK(s.alarms[0].amount > 29990);
    CHECK(s.disk.rows().at("example.com").last_error.find("tls-expired") != std::string::npos);
    CHECK(s.ask("example.com").mode == "enforce");

    std::size_t fetches = 2;
    for (const base::Seconds delay : {300s, 600s, 1200s, 2400s, 3600s, 3600s}) {
        CAPTURE(delay.count());
        s.loop.advance(delay - 10s);
        CHECK(s.fetches("example.com") == fetches);
        s.loop.advance(12s);
        CHECK(s.fetches("example.com") == ++fetches);
        CHECK(s.cache().peek(name("example.com"))->clocks.refresh_at > s.loop.wall());
    }
    CHECK(s.count_alarms(policy::Alarm::Kind::kRefreshFailing) == 1);
    CHECK(s.count_alarms(policy::Alarm::Kind::kNearExpiry) == 0);  // half of its life is left

    s.loop.advance(11000s);
    CHECK(s.count_alarms(policy::Alarm::Kind::kRefreshFailing) == 1);
    CHECK(s.count_alarms(policy::Alarm::Kind::kNearExpiry) == 1);
    CHECK(s.alarms.back().amount < 10000);
    s.loop.advance(3600s);
    CHECK(s.alarms.size() == 2);
    CHECK(s.ask("example.com").mode == "enforce");
}

TEST_CASE("a failing refresh alarms again on the next day, and no more once it works") {
    Scenario s;
    s.options.refresh_interval = 4h;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.start();
    s.ask("example.com");
    s.break_web("example.com");
    s.loop.advance(30h);
    CHECK(s.count_alarms(policy::Alarm::Kind::kRefreshFailing) == 2);
    CHECK(s.count_alarms(policy::Alarm::Kind::kNearExpiry) == 0);
    s.web.serve("mta-sts.example.com", policy_text("enforce", Scenario::kYear));
    s.loop.advance(2h);
    s.forget_traffic();
    s.loop.advance(24h);
    CHECK(s.alarms.empty());
    CHECK(s.fetches("example.com") == 6);
}

TEST_CASE("a failed fetch of a new id holds the refresh back too") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", 8000), 60s);
    s.start();
    s.ask("example.com");
    s.loop.advance(1900s);
    s.publish_id("example.com", "2", 60s);
    s.break_web("example.com");
    s.ask("example.com");
    s.loop.advance(1s);
    REQUIRE(s.fetches("example.com") == 2);
    s.loop.advance(290s);  // the refresh came due 100 s ago
    CHECK(s.fetches("example.com") == 2);
    s.loop.advance(15s);
    CHECK(s.fetches("example.com") == 3);
}
