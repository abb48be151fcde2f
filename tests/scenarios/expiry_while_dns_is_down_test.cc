// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("a policy expires max_age after its last fetch, and not sooner, while the DNS is down") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", 7200), 60s);
    s.start();
    s.ask("example.com");
    s.break_dns();
    for (int minute = 0; minute < 119; ++minute) {
        s.loop.advance(60s);
        CAPTURE(minute);
        REQUIRE(s.ask("example.com").mode == "enforce");
    }
    s.loop.advance(59s);
    CHECK(s.ask("example.com").mode == "enforce");
    s.loop.advance(2s);
    const Answer answer = s.ask("example.com");
    CHECK(answer.mode == "-");
    CHECK(answer.why == "dns");
    CHECK(s.cache().stats().policies == 0);
    CHECK(s.disk.rows().count("example.com") == 1);  // the disk forgets a week later

    s.mend_dns();
    s.loop.advance(61s);
    CHECK(s.ask("example.com").mode == "enforce");
}

TEST_CASE("the disk keeps what has expired for a week, and then no longer") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", 3600));
    s.start();
    s.ask("example.com");
    s.stop();
    s.loop.advance(base::Seconds{7 * Scenario::kDay});  // expired for almost a week
    s.start();
    s.loop.advance(2s);
    CHECK(s.disk.rows().size() == 1);
    CHECK(s.cache().stats().policies == 0);
    s.loop.advance(2h);
    CHECK(s.disk.rows().empty());
}
