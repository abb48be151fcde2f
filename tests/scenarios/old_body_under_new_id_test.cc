// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("a new id with an unchanged body is fetched again after 10 minutes and after 1 hour") {
    Scenario s;
    const std::string old_body = policy_text("testing", Scenario::kYear);
    s.publish("example.com", "1", old_body, 60s);
    s.start();
    s.ask("example.com");
    s.publish_id("example.com", "2", 3600s);  // the policy host still serves the old file
    s.loop.advance(61s);
    s.ask("example.com");
    s.loop.advance(1s);
    REQUIRE(s.fetches("example.com") == 2);
    CHECK(s.story().back() == "recheck:confirmed");
    CHECK(s.ask("example.com").id == "2");  // not fetched again because of the record
    CHECK(s.disk.rows().at("example.com").id == "2");

    s.loop.advance(590s);
    CHECK(s.fetches("example.com") == 2);
    s.loop.advance(15s);
    CHECK(s.fetches("example.com") == 3);

    SUBCASE("the old file until the end: then as any other") {
        s.loop.advance(2980s);
        CHECK(s.fetches("example.com") == 3);
        s.loop.advance(30s);
        CHECK(s.fetches("example.com") == 4);
        s.loop.advance(3h);
        CHECK(s.fetches("example.com") == 4);
    }
    SUBCASE("the new file at the last of them") {
        s.web.serve("mta-sts.example.com", policy_text("enforce", Scenario::kYear));
        s.loop.advance(3010s);
        CHECK(s.ask("example.com").mode == "enforce");
        s.loop.advance(3h);
        CHECK(s.fetches("example.com") == 4);
    }
    SUBCASE("a restart does not forget it") {
        s.kill();
        s.start();
        s.loop.advance(3010s);
        CHECK(s.fetches("example.com") == 4);
    }
    SUBCASE("nor does a fetch that fails") {
        s.break_web("example.com");
        s.loop.advance(3010s);
        CHECK(s.fetches("example.com") == 4);
        s.web.serve("mta-sts.example.com", policy_text("enforce", Scenario::kYear));
        s.loop.advance(310s);
        CHECK(s.ask("example.com").mode == "enforce");
    }
}
