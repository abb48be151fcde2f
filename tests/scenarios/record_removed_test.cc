// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("an attacker removes the record: the policy stays in force, and is refreshed all the same") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", 8000), 60s);
    s.start();
    s.ask("example.com");
    const auto expires = s.cache().peek(name("example.com"))->record.expires();
    SUBCASE("denied") {
        s.remove_record("example.com", 0s);
    }
    SUBCASE("replaced by another") {
        s.dns.set_txt("_mta-sts.example.com", {"v=STSv1; id=;"});
    }
    SUBCASE("never answered") {
        s.dns.silence_txt("_mta-sts.example.com");
    }
    s.loop.advance(61s);
    CHECK(s.ask("example.com").mode == "enforce");
    s.loop.advance(10s);
    CHECK(s.story().back() == "recheck:kept");
    CHECK(s.flights.back().reason.kind != policy::Reason::Kind::kNone);
    CHECK(s.ask("example.com").mode == "enforce");
    CHECK(s.fetches("example.com") == 1);

    s.loop.advance(2000s);
    CHECK(s.fetches("example.com") == 2);
    CHECK(s.story().back() == "refresh:confirmed");
    const policy::PolicyRecord record = s.cache().peek(name("example.com"))->record;
    CHECK(record.expires() > expires);
    CHECK(record.id == "1");  // the record that comes back asks for no fetch
    CHECK(s.ask("example.com").mode == "enforce");
}

TEST_CASE("the record and the file are gone: the policy stays until it expires, and is none then") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", 8000), 60s);
    s.start();
    s.ask("example.com");
    s.remove_record("example.com", 300s);
    s.break_web("example.com");
    s.loop.advance(7990s);
    CHECK(s.ask("example.com").mode == "enforce");
    s.loop.advance(15s);
    const Answer answer = s.ask("example.com");
    CHECK(answer.mode == "-");
    CHECK(answer.why == "no-record");
}
