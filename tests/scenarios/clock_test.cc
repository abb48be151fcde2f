// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("wall clock back: a policy expires no later than max_age from now") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", 7200));
    s.start();
    s.ask("example.com");
    s.loop.set_wall(s.loop.wall() - base::Seconds{Scenario::kYear});
    s.loop.advance(2s);
    REQUIRE(s.count_alarms(policy::Alarm::Kind::kClockBack) == 1);
    CHECK(s.alarms.back().amount < -300 * Scenario::kDay);
    CHECK(s.cache().peek(name("example.com"))->record.expires() <= s.loop.wall() + 7200s);
    CHECK(s.ask("example.com").mode == "enforce");

    s.loop.advance(1800s);
    CHECK(s.fetches("example.com") == 2);  // and it is refreshed in time
    s.break_dns();
    s.loop.advance(7200s);
    CHECK(s.ask("example.com").mode == "-");
}

TEST_CASE("a disk written under a clock that was ahead: each start limits the same life, none lengthens it") {
    Scenario s;
    const base::WallTime right = s.loop.wall();
    s.publish("example.com", "1", policy_text("enforce", 7200));
    s.loop.set_wall(right + base::Seconds{Scenario::kYear});
    s.start();
    s.ask("example.com");
    s.stop();
    s.break_dns();
    s.loop.set_wall(right);
    s.start();
    s.loop.advance(5s);
    CHECK(s.disk.rows().at("example.com").expires() <= s.loop.wall() + 7200s);
    s.stop();
    s.loop.advance(2h);
    s.start();
    CHECK(s.ask("example.com").mode == "-");
}

TEST_CASE(
    "clock forward: what the jump alone would expire stays in force for an hour while it is refreshed") {
    Scenario s;
    s.publish("well.example", "1", policy_text("enforce", 8 * Scenario::kDay));
    s.publish("broken.example", "1", policy_text("enforce", 8 * Scenario::kDay));
    s.start();
    s.ask("well.example");
    s.ask("broken.example");
    s.break_web("broken.example");
    s.loop.set_wall(s.loop.wall() + base::Seconds{40 * Scenario::kDay});
    CHECK(s.ask("well.example").mode == "enforce");
    s.loop.advance(5s);
    REQUIRE(s.count_alarms(policy::Alarm::Kind::kClockForward) == 1);
    CHECK(s.fetches("well.example") == 2);
    CHECK(s.disk.rows().size() == 2);
    s.loop.advance(3500s);
    CHECK(s.ask("broken.example").mode == "enforce");
    CHECK(s.cache().stats().policies == 2);
    s.loop.advance(200s);
    CHECK(s.ask("well.example").cached);
    CHECK(s.ask("broken.example").mode == "-");
    CHECK(s.disk.rows().size() == 1);  // expired for more than a week by a clock that is believed now
}

TEST_CASE(
    "clock forward, and back again within the hour: nothing is lost, and nothing lives longer than it may") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", 7200));
    s.start();
    s.ask("example.com");
    s.loop.set_wall(s.loop.wall() + base::Seconds{40 * Scenario::kDay});
    s.loop.advance(60s);
    CHECK(s.fetches("example.com") == 2);  // with the wrong time
    s.loop.set_wall(s.loop.wall() - base::Seconds{40 * Scenario::kDay});
    s.loop.advance(2s);
    CHECK(s.ask("example.com").mode == "enforce");
    CHECK(s.cache().peek(name("example.com"))->record.expires() <= s.loop.wall() + 7200s);
    s.break_dns();
    s.loop.advance(7201s);
    CHECK(s.ask("example.com").mode == "-");
}
