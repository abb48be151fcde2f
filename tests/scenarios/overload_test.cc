// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("too many lookups: unknown domains are told so, known ones and their rechecks are not affected") {
    Scenario s;
    s.options.lookups = 3;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear), 60s);
    s.start();
    s.ask("example.com");
    s.loop.advance(61s);
    s.dns.silence_all(true);
    std::vector<base::Pending> questions;
    std::vector<Answer> answers;
    const auto note = [&](const policy::Evidence& evidence) {
        answers.push_back(Scenario::answer_of(evidence));
    };
    for (const char* domain : {"a.test", "b.test", "c.test"}) {
        questions.push_back(s.engine().resolve(name(domain), note));
    }
    questions.push_back(s.engine().resolve(name("d.test"), note));
    CHECK(answers.empty());  // later, not inside the call
    s.loop.run_ready();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].why == "overloaded");
    CHECK_FALSE(s.ask_cache("d.test"));  // not remembered

    questions.push_back(s.engine().resolve(name("a.test"), note));  // joins
    s.loop.run_ready();
    CHECK(answers.size() == 1);

    const Answer known = s.ask("example.com");
    CHECK(known.cached);
    CHECK(known.mode == "enforce");
    CHECK(s.engine().stats().flights == 4);

    s.loop.advance(10s);  // dns.timeout x dns.attempts is over
    CHECK(answers.size() == 5);
    CHECK(s.engine().stats().flights == 0);
    s.dns.silence_all(false);
    CHECK(s.ask("d.test").why == "no-record");
}

TEST_CASE("rechecks behind cached answers are bounded too, and a dropped one comes again") {
    Scenario s;
    s.options.lookups = 2;
    for (const char* domain : {"a.test", "b.test", "c.test"}) {
        s.publish(domain, "1", policy_text("enforce", Scenario::kYear), 60s);
    }
    s.start();
    for (const char* domain : {"a.test", "b.test", "c.test"})
        s.ask(domain);
    s.loop.advance(61s);
    s.forget_traffic();
    for (const char* domain : {"a.test", "b.test", "c.test"})
        s.ask(domain);
    CHECK(s.engine().stats().flights == 2);
    s.loop.advance(61s);
    CHECK(s.record_questions("c.test") == 0);
    s.ask("c.test");
    s.loop.advance(1s);
    CHECK(s.record_questions("c.test") == 1);
}
