// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("a hundred clients, one lookup") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.start();
    std::vector<base::Pending> questions;
    int answers = 0;
    const auto count = [&](const policy::Evidence& evidence) {
        if (evidence.policy) ++answers;
    };
    for (int i = 0; i < 50; ++i)
        questions.push_back(s.engine().resolve(name("example.com"), count));
    s.loop.advance(5ms);
    for (int i = 0; i < 50; ++i)
        questions.push_back(s.engine().resolve(name("example.com"), count));
    CHECK(s.engine().stats().flights == 1);
    CHECK(s.engine().stats().waiters == 100);
    s.loop.advance(1s);
    CHECK(answers == 100);
    CHECK(s.record_questions("example.com") == 1);
    CHECK(s.fetches("example.com") == 1);
    CHECK(s.disk.puts() == 1);
    CHECK(s.engine().stats().flights == 0);
    CHECK(s.engine().stats().waiters == 0);
}

TEST_CASE("a question between fetch and commit joins too") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.disk.set_delay(500ms);
    s.start();
    int answers = 0;
    const auto count = [&](const policy::Evidence&) { ++answers; };
    const base::Pending first = s.engine().resolve(name("example.com"), count);
    s.loop.advance(100ms);
    REQUIRE(s.disk.puts() == 1);
    const base::Pending second = s.engine().resolve(name("example.com"), count);
    s.loop.advance(300ms);
    CHECK(answers == 0);  // not before it is on disk
    s.loop.advance(200ms);
    CHECK(answers == 2);
    CHECK(s.record_questions("example.com") == 1);
}

TEST_CASE("a client joins a recheck whose policy expires on the way") {
    Scenario s;
    s.options.refresh_interval = base::Seconds{1000000};
    s.publish("example.com", "1", policy_text("enforce", 100));
    s.start();
    s.ask("example.com");
    s.remove_record("example.com");  // nothing renews it
    s.publish_id("example.com", "2", 60s);
    s.web.silence("mta-sts.example.com");
    s.loop.advance(60s);  // its recheck is due; the refresh, at recheck_min too, has just begun
    s.ask("example.com");
    s.loop.advance(45s);
    CHECK(s.engine().stats().flights == 1);
    const Answer answer = s.ask("example.com");
    CHECK(answer.mode == "-");
    CHECK(answer.why == "timeout");
    CHECK(s.record_questions("example.com") == 2);
}

TEST_CASE("what a waiter does in its callback harms nobody") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.start();
    std::vector<base::Pending> questions(3);
    int answers = 0;
    questions[0] = s.engine().resolve(name("example.com"), [&](const policy::Evidence&) {
        ++answers;
        questions[1].reset();  // hangs up another
        questions[0].reset();
        questions[2] = s.engine().resolve(name("example.com"), [&](const policy::Evidence&) { ++answers; });
    });
    questions[1] = s.engine().resolve(name("example.com"), [&](const policy::Evidence&) { answers += 100; });
    s.loop.advance(1s);
    CHECK(answers == 2);
    CHECK(s.fetches("example.com") == 1);
}
