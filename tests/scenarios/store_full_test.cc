// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("no room: a new domain's policy is answered but not kept, with an alarm a minute") {
    Scenario s;
    s.cache_options.max_policies = 1;
    s.publish("old.example", "1", policy_text("enforce", Scenario::kYear), 60s);
    s.publish("new.example", "1", policy_text("enforce", Scenario::kYear));
    s.start();
    s.ask("old.example");

    for (int i = 0; i < 3; ++i) {
        const Answer answer = s.ask("new.example");
        CHECK(answer.mode == "enforce");
        CHECK_FALSE(answer.cached);
    }
    CHECK(s.disk.rows().count("new.example") == 0);
    CHECK_FALSE(s.flights.back().stored);
    CHECK(s.engine().stats().not_stored == 3);
    CHECK(s.count_alarms(policy::Alarm::Kind::kCacheFull) == 1);
    s.loop.advance(61s);
    s.ask("new.example");
    CHECK(s.count_alarms(policy::Alarm::Kind::kCacheFull) == 2);

    // What is in is kept up to date.
    s.publish("old.example", "2", policy_text("enforce", Scenario::kYear, "mx2.example.net"), 60s);
    s.ask("old.example");
    s.loop.advance(1s);
    CHECK(s.ask("old.example").id == "2");
}
