// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("refresh: a quarter of max_age after the fetch, though the id is unchanged and nobody asks") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", 8000));
    s.start();
    s.ask("example.com");
    const auto expires = s.cache().peek(name("example.com"))->record.expires();
    s.loop.advance(1990s);
    CHECK(s.fetches("example.com") == 1);
    s.loop.advance(15s);
    CHECK(s.fetches("example.com") == 2);
    CHECK(s.story().back() == "refresh:confirmed");
    CHECK(s.cache().peek(name("example.com"))->record.expires() >= expires + 2000s);
    CHECK(s.disk.rows().at("example.com").fetched == s.cache().peek(name("example.com"))->record.fetched);
}

TEST_CASE("refresh: after the interval where a quarter of max_age is longer, up to a tenth earlier") {
    struct Row {
        std::uint32_t random;
        base::Seconds after;
    };
    for (const Row& row : {Row{0, 3000s}, Row{500, 2850s}, Row{1000, 2700s}, Row{4294967295U, 2700s}}) {
        CAPTURE(row.random);
        Scenario s;
        s.options.refresh_interval = 3000s;
        s.random = row.random;
        s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
        s.start();
        s.ask("example.com");
        const policy::PolicyRecord record = s.cache().peek(name("example.com"))->record;
        CHECK(record.refresh_at - record.fetched <= 3000s);
        CHECK(record.refresh_at - record.fetched >= 2700s);
        if (row.random <= 1000) CHECK(record.refresh_at - record.fetched == row.after);
    }
}

TEST_CASE("refresh: after a standstill it begins with the next round, when the network may be back too") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", 8000));
    s.start();
    s.ask("example.com");
    s.loop.stand_still(3000s);
    CHECK(s.engine().stats().flights == 0);
    s.loop.advance(2s);
    CHECK(s.fetches("example.com") == 2);
}

TEST_CASE("a max_age of seconds does not make us fetch every second") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", 90));
    s.start();
    s.ask("example.com");
    s.loop.advance(59s);
    CHECK(s.fetches("example.com") == 1);
    s.loop.advance(3s);
    CHECK(s.fetches("example.com") == 2);
}

TEST_CASE("a domain that nobody has asked for during idle_after keeps its policy, without traffic") {
    for (const int days : {29, 31}) {
        CAPTURE(days);
        Scenario s;
        s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
        s.start();
        s.ask("example.com");
        s.stop();
        s.loop.advance(base::Seconds{days * Scenario::kDay});
        s.forget_traffic();
        s.start();
        s.loop.advance(5s);
        CHECK(s.fetches("example.com") == (days < 30 ? 1 : 0));
        CHECK(s.ask("example.com").mode == "enforce");
        s.loop.advance(5s);
        CHECK(s.fetches("example.com") == 1);  // asked for, it is refreshed again
        CHECK(s.disk.rows().at("example.com").asked_day ==
              s.loop.wall().time_since_epoch() / base::Seconds{Scenario::kDay} - (days < 30 ? 29 : 0));
    }
}

TEST_CASE("no more refreshes at once than refresh.concurrency") {
    Scenario s;
    s.options.refresh_concurrency = 3;
    s.options.refresh_interval = 600s;
    for (int i = 0; i < 10; ++i) {
        const std::string domain = "d" + std::to_string(i) + ".example.com";
        s.publish(domain, "1", policy_text("enforce", Scenario::kYear));
    }
    s.start();
    for (int i = 0; i < 10; ++i)
        s.ask("d" + std::to_string(i) + ".example.com");
    s.web.set_delay(5s);
    s.loop.advance(599s);
    s.forget_traffic();
    std::uint32_t most = 0;
    for (int i = 0; i < 60; ++i) {
        s.loop.advance(500ms);
        most = std::max(most, s.engine().stats().refreshes);
    }
    CHECK(most == 3);
    CHECK(s.web.requests().size() == 10);  // each had its turn
    CHECK(s.engine().stats().refreshes == 0);
}

TEST_CASE("the operator's refresh fetches now, whatever the record and back-off say") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.start();
    std::vector<Answer> answers;
    const auto note = [&](const policy::Evidence& evidence) {
        answers.push_back(Scenario::answer_of(evidence));
    };

    SUBCASE("a cached policy with an unchanged id") {
        s.ask("example.com");
        const base::Pending refresh = s.engine().refresh(name("example.com"), note);
        s.loop.advance(1s);
        CHECK(s.fetches("example.com") == 2);
        CHECK(s.story().back() == "operator:confirmed");
    }
    SUBCASE("an id that is held back") {
        s.break_web("example.com");
        s.ask("example.com");
        s.web.serve("mta-sts.example.com", policy_text("enforce", Scenario::kYear));
        const base::Pending refresh = s.engine().refresh(name("example.com"), note);
        s.loop.advance(1s);
        CHECK(s.fetches("example.com") == 2);
        CHECK(s.ask("example.com").cached);
    }
    SUBCASE("while a recheck is under way: after it") {
        s.ask("example.com");
        s.loop.advance(301s);
        s.engine().recheck(name("example.com"));
        const base::Pending refresh = s.engine().refresh(name("example.com"), note);
        s.loop.advance(1s);
        CHECK(s.fetches("example.com") == 2);
        CHECK(s.story() == std::vector<std::string>{"client:new", "recheck:confirmed", "operator:confirmed"});
    }
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].mode == "enforce");
    CHECK(s.engine().stats().flights == 0);
}

TEST_CASE("the operator's refresh of a domain without a record makes no policy out of a file") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.remove_record("example.com");
    s.start();
    std::optional<Answer> answer;
    const base::Pending refresh =
        s.engine().refresh(name("example.com"),
                           [&](const policy::Evidence& evidence) { answer = Scenario::answer_of(evidence); });
    s.loop.advance(1s);
    REQUIRE(answer);
    CHECK(answer->why == "no-record");
    CHECK(s.fetches("example.com") == 0);
    CHECK(s.disk.puts() == 0);
}

TEST_CASE("what an operator has fetched counts as asked for by nobody") {
    Scenario s;
    s.options.refresh_interval = 600s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.start();
    const base::Pending refresh = s.engine().refresh(name("example.com"), [](const policy::Evidence&) {});
    s.loop.advance(1s);
    CHECK(s.cache().stats().policies == 1);
    s.loop.advance(700s);
    CHECK(s.fetches("example.com") == 1);
    s.ask("example.com");
    s.loop.advance(2s);
    CHECK(s.fetches("example.com") == 2);
}
