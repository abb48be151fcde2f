// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("max_age 0: the queries that waited are answered from it, later ones look again") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", 0));
    s.start();
    std::vector<Answer> answers;
    const auto note = [&](const policy::Evidence& evidence) {
        answers.push_back(Scenario::answer_of(evidence));
    };
    const base::Pending first = s.engine().resolve(name("example.com"), note);
    const base::Pending second = s.engine().resolve(name("example.com"), note);
    s.loop.advance(100ms);
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].mode == "enforce");
    CHECK(answers[1].mode == "enforce");
    CHECK(s.fetches("example.com") == 1);

    const Answer later = s.ask("example.com");
    CHECK_FALSE(later.cached);
    CHECK(later.mode == "enforce");
    CHECK(s.fetches("example.com") == 2);
    s.loop.advance(60s);
    CHECK(s.fetches("example.com") == 2);
    CHECK(s.cache().stats().policies == 0);
}

TEST_CASE("max_age 0 replaces a policy with a longer life") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear), 60s);
    s.start();
    s.ask("example.com");
    s.publish("example.com", "2", policy_text("testing", 0), 60s);
    s.loop.advance(61s);
    s.ask("example.com");
    s.loop.advance(1s);
    s.remove_record("example.com");
    CHECK(s.ask("example.com").mode == "-");
    s.kill();
    s.start();
    CHECK(s.ask("example.com").mode == "-");
}
