// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("forget: nothing is known any more, in memory and on disk") {
    Scenario s;
    s.publish("policy.example", "1", policy_text("enforce", Scenario::kYear));
    s.publish("broken.example", "1", policy_text("enforce", Scenario::kYear));
    s.break_web("broken.example");
    s.start();
    s.ask("policy.example");
    s.ask("broken.example");
    CHECK(s.engine().explain(name("policy.example")).policy);
    CHECK(s.engine().explain(name("broken.example")).negative);
    CHECK(s.engine().explain(name("broken.example")).history);

    CHECK(s.engine().forget(name("policy.example")));
    CHECK(s.engine().forget(name("broken.example")));
    CHECK_FALSE(s.engine().forget(name("policy.example")));
    CHECK_FALSE(s.engine().forget(name("broken.example")));
    CHECK_FALSE(s.engine().explain(name("policy.example")).policy);
    CHECK(s.disk.rows().empty());
    s.ask("policy.example");
    s.ask("broken.example");
    CHECK(s.fetches("policy.example") == 2);
    CHECK(s.fetches("broken.example") == 2);  // the back-off is forgotten too
}

TEST_CASE("forget while a recheck is under way: the record alone is not enough then") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear), 60s);
    s.start();
    s.ask("example.com");
    s.loop.advance(61s);
    s.ask("example.com");
    CHECK(s.engine().explain(name("example.com")).in_flight);
    s.engine().forget(name("example.com"));
    CHECK(s.ask("example.com").mode == "enforce");
    CHECK(s.fetches("example.com") == 2);
    CHECK(s.disk.rows().size() == 1);
}

TEST_CASE("forget while a held back id is looked at: it is held back no more") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.break_web("example.com");
    s.start();
    s.ask("example.com");
    s.web.serve("mta-sts.example.com", policy_text("enforce", Scenario::kYear));
    s.loop.advance(61s);
    std::optional<Answer> answer;
    const base::Pending question =
        s.engine().resolve(name("example.com"),
                           [&](const policy::Evidence& evidence) { answer = Scenario::answer_of(evidence); });
    s.engine().forget(name("example.com"));
    s.loop.advance(1s);
    REQUIRE(answer);
    CHECK(answer->mode == "enforce");
}

TEST_CASE("forget while a policy is on its way to the disk: it is neither there nor in memory afterwards") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.disk.set_delay(1s);
    s.start();
    std::optional<Answer> answer;
    const base::Pending question =
        s.engine().resolve(name("example.com"),
                           [&](const policy::Evidence& evidence) { answer = Scenario::answer_of(evidence); });
    s.loop.advance(100ms);
    REQUIRE(s.disk.puts() == 1);
    s.engine().forget(name("example.com"));
    s.loop.advance(2s);
    REQUIRE(answer);
    CHECK(answer->mode == "enforce");
    CHECK(s.disk.rows().empty());
    CHECK_FALSE(s.ask_cache("example.com"));
}
