// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("killed and restarted without a network: every policy that was answered is in force") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear), 60s);
    s.start();
    s.ask("example.com");
    const policy::PolicyRecord before = s.cache().peek(name("example.com"))->record;
    s.kill();
    s.dns.silence_all(true);
    s.forget_traffic();
    s.loop.advance(1h);

    s.start();
    s.loop.advance(10s);
    CHECK(s.dns.questions().empty());  // a restart asks for nothing
    const Answer answer = s.ask("example.com");
    CHECK(answer.cached);
    CHECK(answer.mode == "enforce");
    const policy::PolicyRecord after = s.cache().peek(name("example.com"))->record;
    CHECK(after.fetched == before.fetched);
    CHECK(after.refresh_at == before.refresh_at);
    CHECK(after.asked_day == before.asked_day);
    s.loop.advance(1s);
    CHECK(s.record_questions("example.com") == 1);  // its recheck was due at once
    s.loop.advance(10s);
    CHECK(s.story() == std::vector<std::string>{"recheck:kept"});
    CHECK(s.ask("example.com").mode == "enforce");
}

TEST_CASE("a kill between fetch and commit loses nothing that was answered") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.disk.set_delay(1s);
    s.start();
    {
        const base::Pending question = s.engine().resolve(
            name("example.com"), [](const policy::Evidence&) { FAIL("answered before it was on disk"); });
        s.loop.advance(500ms);
        REQUIRE(s.disk.puts() == 1);
    }
    s.kill();
    s.loop.advance(2s);
    CHECK(s.disk.rows().empty());
}

TEST_CASE("policies that expired while the daemon was down stay out; refreshes that came due are made") {
    Scenario s;
    s.publish("old.example", "1", policy_text("enforce", 3600));
    s.publish("due.example", "1", policy_text("enforce", 86400));
    s.start();
    s.ask("old.example");
    s.ask("due.example");
    s.stop();
    s.loop.advance(7h);
    s.forget_traffic();
    s.start();
    CHECK(s.cache().stats().policies == 1);
    s.loop.advance(2s);
    CHECK(s.fetches("due.example") == 1);
    CHECK(s.fetches("old.example") == 0);
    CHECK(s.ask("old.example").mode == "enforce");
    CHECK(s.fetches("old.example") == 1);
}

TEST_CASE("new settings apply to what comes next") {
    Scenario s;
    s.start();
    s.options.negative_min = s.options.negative_max = 10s;
    s.engine().set_options(s.options);
    s.ask("example.com");
    s.loop.advance(11s);
    CHECK_FALSE(s.ask("example.com").cached);
}
