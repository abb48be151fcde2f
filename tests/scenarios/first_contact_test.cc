// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("first contact: the client waits, and the policy is on disk before the answer") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.start();

    bool on_disk = false, answered = false;
    const base::Pending question =
        s.engine().resolve(name("example.com"), [&](const policy::Evidence& evidence) {
            answered = true;
            on_disk = s.disk.rows().count("example.com") == 1;
            CHECK(evidence.policy->mode == sts::Mode::kEnforce);
        });
    CHECK_FALSE(answered);  // never inside the call
    s.loop.advance(1s);
    CHECK(answered);
    CHECK(on_disk);
    CHECK(s.disk.rows().at("example.com").record_text == "v=STSv1; id=1;");
    CHECK(s.story() == std::vector<std::string>{"client:new"});
    CHECK(s.flights.at(0).fetched);

    s.forget_traffic();
    const Answer again = s.ask("example.com");
    CHECK(again.cached);
    CHECK(again.mode == "enforce");
    CHECK(s.dns.questions().empty());
}

TEST_CASE("no record: that is remembered for its TTL, within negative_min and negative_max") {
    struct Row {
        base::Seconds ttl, remembered;
    };
    for (const Row& row : {Row{10s, 60s}, Row{600s, 600s}, Row{24h, 1h}}) {
        CAPTURE(row.ttl.count());
        Scenario s;
        s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
        s.remove_record("example.com", row.ttl);
        s.start();
        const Answer first = s.ask("example.com");
        CHECK(first.mode == "-");
        CHECK(first.why == "no-record");
        CHECK(s.fetches("example.com") == 0);  // RFC 8461 3.1: a file without a record is no policy
        CHECK(s.disk.puts() == 0);

        s.loop.advance(row.remembered - 1s);
        CHECK(s.ask("example.com").cached);
        s.loop.advance(2s);
        CHECK_FALSE(s.ask("example.com").cached);
        CHECK(s.record_questions("example.com") == 2);
    }
}

TEST_CASE("nothing can be found out: no policy for negative_min, then it is looked for again") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.break_dns();
    s.start();
    CHECK(s.ask("example.com").why == "dns");
    s.mend_dns();
    CHECK(s.ask("example.com").cached);
    s.loop.advance(61s);
    CHECK(s.ask("example.com").mode == "enforce");
}

TEST_CASE("a question that was under way while the policy arrived starts nothing") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.start();
    s.ask("example.com");
    s.ask("nothing.example.com");
    s.forget_traffic();
    std::vector<Answer> answers;
    const base::Pending known = s.engine().resolve(
        name("example.com"), [&](const policy::Evidence& e) { answers.push_back(Scenario::answer_of(e)); });
    const base::Pending unknown =
        s.engine().resolve(name("nothing.example.com"),
                           [&](const policy::Evidence& e) { answers.push_back(Scenario::answer_of(e)); });
    CHECK(answers.empty());
    s.loop.run_ready();
    REQUIRE(answers.size() == 2);
    CHECK(answers[0].mode == "enforce");
    CHECK(answers[1].why == "no-record");
    CHECK(s.dns.questions().empty());
    CHECK(s.engine().stats().waiters == 0);
}
