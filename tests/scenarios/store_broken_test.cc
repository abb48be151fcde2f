// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("the disk refuses: mail still flows, it is said, and the policy is written once the disk is well") {
    Scenario s;
    s.publish("a.example", "1", policy_text("enforce", Scenario::kYear));
    s.publish("b.example", "1", policy_text("enforce", Scenario::kYear));
    s.disk.fail_writes("disk full");
    s.start();
    CHECK(s.ask("a.example").mode == "enforce");
    CHECK(s.ask("b.example").mode == "enforce");
    CHECK(s.ask("a.example").cached);
    CHECK(s.disk.rows().empty());
    CHECK_FALSE(s.flights.back().stored);
    CHECK(s.engine().stats().store_errors == 2);
    REQUIRE(s.count_alarms(policy::Alarm::Kind::kStoreFailed) == 1);
    CHECK(s.alarms.back().text == "disk full");

    s.loop.advance(130s);
    CHECK(s.engine().stats().store_errors >= 4);  // tried again, now and then
    CHECK(s.engine().stats().store_errors <= 6);

    s.disk.fail_writes("");
    s.loop.advance(70s);
    CHECK(s.disk.rows().size() == 2);
    const std::uint64_t puts = s.disk.puts();
    s.loop.advance(10min);
    CHECK(s.disk.puts() == puts);
    s.kill();
    s.dns.silence_all(true);
    s.start();
    CHECK(s.ask("a.example").mode == "enforce");
}

TEST_CASE("a disk that cannot be read is said at the start") {
    Scenario s;
    s.disk.fail_load("unreadable");
    CHECK_THROWS_WITH(s.start(), "unreadable");
}
