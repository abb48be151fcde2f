// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("a fetched mode none replaces an enforce policy at once, whatever its max_age") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear), 60s);
    s.start();
    s.ask("example.com");
    s.publish("example.com", "2", "version: STSv1\nmode: none\nmax_age: 300\n", 60s);
    s.loop.advance(61s);
    s.ask("example.com");
    s.loop.advance(1s);
    CHECK(s.ask("example.com").mode == "none");
    CHECK(s.disk.rows().at("example.com").mode == sts::Mode::kNone);
    CHECK(s.flights.back().before == sts::Mode::kEnforce);
    CHECK(s.flights.back().after == sts::Mode::kNone);
}

TEST_CASE("a failing refresh of mode none alarms nobody") {
    Scenario s;
    s.publish("example.com", "1", "version: STSv1\nmode: none\nmax_age: 7200\n");
    s.start();
    s.ask("example.com");
    s.break_web("example.com");
    s.loop.advance(7100s);
    CHECK(s.fetches("example.com") > 2);
    CHECK(s.alarms.empty());
}
