// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE(
    "a new id whose fetch fails leaves the cached policy in force, and is tried again as rule 8 allows") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear), 60s);
    s.start();
    s.ask("example.com");
    s.forget_traffic();
    s.publish_id("example.com", "2", 60s);
    s.break_web("example.com", https::FetchError::Kind::kTlsExpired);

    s.loop.advance(61s);
    s.ask("example.com");
    s.loop.advance(1s);
    CHECK(s.fetches("example.com") == 1);
    CHECK(s.story().back() == "recheck:kept");
    CHECK(s.flights.back().reason.word() == "tls-expired");
    CHECK(s.ask("example.com").mode == "enforce");
    CHECK(s.ask("example.com").id == "1");

    for (int minute = 0; minute < 4; ++minute) {  // asked often, fetched not
        s.loop.advance(60s);
        s.ask("example.com");
    }
    s.loop.advance(50s);
    CHECK(s.fetches("example.com") == 1);
    CHECK(s.record_questions("example.com") > 2);
    s.loop.advance(70s);
    s.ask("example.com");
    s.loop.advance(1s);
    CHECK(s.fetches("example.com") == 2);

    SUBCASE("another new id is not held back") {
        s.publish("example.com", "3", policy_text("enforce", Scenario::kYear, "mx3.example.net"), 60s);
        s.loop.advance(61s);
        s.ask("example.com");
        s.loop.advance(1s);
        CHECK(s.ask("example.com").id == "3");
        CHECK_FALSE(s.engine().explain(name("example.com")).history);
    }
    SUBCASE("a new id with an hour's TTL is tried again after the back-off, not after the TTL") {
        s.publish_id("example.com", "4", 3600s);
        s.loop.advance(61s);
        s.ask("example.com");
        s.loop.advance(1s);
        CHECK(s.fetches("example.com") == 3);
        s.loop.advance(300s);
        s.ask("example.com");
        s.loop.advance(1s);
        CHECK(s.fetches("example.com") == 4);
    }
}

TEST_CASE("an invalid new policy leaves the cached one in force") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear), 60s);
    s.start();
    s.ask("example.com");
    s.publish("example.com", "2", "version: STSv1\nmode: enforce\nmax_age: 86400\n", 60s);  // no mx
    s.loop.advance(61s);
    s.ask("example.com");
    s.loop.advance(1s);
    CHECK(s.flights.back().reason.word() == "syntax");
    CHECK(s.ask("example.com").id == "1");
    CHECK(s.disk.rows().at("example.com").id == "1");
}

TEST_CASE("a refresh that fails while the record is gone does not end the back-off of the failed id") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear), 60s);
    s.start();
    s.ask("example.com");
    s.publish_id("example.com", "2", 60s);
    s.break_web("example.com");
    s.loop.advance(61s);
    s.ask("example.com");
    s.loop.advance(1s);
    REQUIRE(s.fetches("example.com") == 2);

    s.remove_record("example.com", 60s);
    const auto refresh = s.engine().refresh(name("example.com"), [](const policy::Evidence&) {});
    s.loop.advance(1s);
    REQUIRE(s.fetches("example.com") == 3);
    const auto history = s.engine().explain(name("example.com")).history;
    REQUIRE(history);
    CHECK(history->id == "2");
    CHECK(history->failures == 2);

    s.publish_id("example.com", "2", 60s);
    for (int minute = 0; minute < 9; ++minute) {
        s.loop.advance(61s);
        s.ask("example.com");
    }
    s.loop.advance(1s);
    CHECK(s.fetches("example.com") == 3);
    CHECK(s.disk.rows().at("example.com").id == "1");
    s.loop.advance(120s);
    s.ask("example.com");
    s.loop.advance(1s);
    CHECK(s.fetches("example.com") == 4);
}
