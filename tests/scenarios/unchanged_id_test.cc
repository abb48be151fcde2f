// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("recheck: the client is answered at once, and only the record is asked for behind it") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear), 300s);
    s.start();
    s.ask("example.com");
    const auto expires = s.cache().peek(name("example.com"))->record.expires();
    const std::uint64_t puts = s.disk.puts();

    s.loop.advance(299s);
    s.ask("example.com");
    s.loop.advance(500ms);
    CHECK(s.record_questions("example.com") == 1);  // not before its TTL is over

    s.loop.advance(1s);
    const Answer answer = s.ask("example.com");
    CHECK(answer.cached);
    CHECK(answer.mode == "enforce");
    s.loop.advance(1s);
    CHECK(s.record_questions("example.com") == 2);
    CHECK(s.fetches("example.com") == 1);  // the same id asks for no fetch
    CHECK(s.disk.puts() == puts);
    CHECK(s.story().back() == "recheck:confirmed");
    CHECK(s.cache().peek(name("example.com"))->record.expires() == expires);  // only a fetch moves it

    s.loop.advance(290s);
    s.ask("example.com");
    s.loop.advance(1s);
    CHECK(s.record_questions("example.com") == 2);
}

TEST_CASE("the recheck comes after the record's TTL, within recheck_min and recheck_max") {
    struct Row {
        base::Seconds ttl, recheck;
    };
    for (const Row& row : {Row{0s, 60s}, Row{300s, 300s}, Row{24h, 1h}}) {
        CAPTURE(row.ttl.count());
        Scenario s;
        s.publish("example.com", "1", policy_text("enforce", Scenario::kYear), row.ttl);
        s.start();
        s.ask("example.com");
        s.loop.advance(row.recheck - 1s);
        s.ask("example.com");
        s.loop.advance(500ms);
        CHECK(s.record_questions("example.com") == 1);
        s.loop.advance(1s);
        s.ask("example.com");
        s.loop.advance(1s);
        CHECK(s.record_questions("example.com") == 2);
    }
}

TEST_CASE("many hits of a due policy are one recheck, and a late hint is none") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear), 300s);
    s.start();
    s.ask("example.com");
    s.loop.advance(301s);
    for (int i = 0; i < 10; ++i)
        s.engine().recheck(name("example.com"));
    s.loop.advance(1s);
    s.engine().recheck(name("example.com"));
    s.engine().recheck(name("unknown.example.com"));
    s.loop.advance(1s);
    CHECK(s.record_questions("example.com") == 2);
    CHECK(s.record_questions("unknown.example.com") == 0);
}

TEST_CASE("new id, new policy: it replaces the old one") {
    Scenario s;
    s.publish("example.com", "1", policy_text("testing", Scenario::kYear), 60s);
    s.start();
    s.ask("example.com");
    s.publish("example.com", "2", policy_text("enforce", Scenario::kYear, "mx2.example.net"), 60s);
    s.loop.advance(61s);
    CHECK(s.ask("example.com").mode == "testing");
    s.loop.advance(1s);
    const Answer answer = s.ask("example.com");
    CHECK(answer.mode == "enforce");
    CHECK(answer.id == "2");
    CHECK(s.story().back() == "recheck:replaced");
    CHECK(s.disk.rows().at("example.com").id == "2");
}
