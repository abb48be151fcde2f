// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("a failed fetch is not repeated for 5 minutes, then 10, 20, 40 and from then on 60") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear), 60s);
    s.break_web("example.com");
    s.start();
    s.ask("example.com");
    REQUIRE(s.fetches("example.com") == 1);
    for (const base::Seconds delay : {300s, 600s, 1200s, 2400s, 3600s, 3600s}) {
        CAPTURE(delay.count());
        const std::size_t before = s.fetches("example.com");
        const base::MonoTime failed = s.web.requests().back().at;
        while (s.loop.mono() < failed + delay - 2s) {  // asked all the time
            const Answer answer = s.ask("example.com");
            CHECK(answer.why == "connect");  // held back for the same reason
            s.loop.advance(std::min<base::Milliseconds>(61s, failed + delay - 1s - s.loop.mono()));
        }
        CHECK(s.fetches("example.com") == before);
        s.loop.advance(62s);
        s.ask("example.com");
        CHECK(s.fetches("example.com") == before + 1);
    }
    CHECK(s.engine().explain(name("example.com")).history->failures == 7);

    s.web.serve("mta-sts.example.com", policy_text("enforce", Scenario::kYear));
    s.loop.advance(3601s);
    CHECK(s.ask("example.com").mode == "enforce");
    CHECK_FALSE(s.engine().explain(name("example.com")).history);
}

TEST_CASE("another id is fetched although one was held back") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear), 60s);
    s.break_web("example.com");
    s.start();
    s.ask("example.com");
    s.publish("example.com", "2", policy_text("enforce", Scenario::kYear), 60s);
    s.loop.advance(61s);
    CHECK(s.ask("example.com").mode == "enforce");
}
