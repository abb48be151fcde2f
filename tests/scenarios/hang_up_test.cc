// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("a client that hangs up takes nothing with it") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.start();
    {
        const base::Pending question =
            s.engine().resolve(name("example.com"), [](const policy::Evidence&) { FAIL("it is gone"); });
        s.loop.advance(3ms);
    }
    CHECK(s.engine().stats().waiters == 0);
    CHECK(s.engine().stats().flights == 1);
    s.loop.advance(1s);
    CHECK(s.ask("example.com").cached);
    CHECK(s.disk.rows().count("example.com") == 1);
}

TEST_CASE("an engine with flights, writes and waiters under way can be destroyed") {
    Scenario s;
    for (const char* domain : {"a.example.com", "b.example.com", "c.example.com"}) {
        s.publish(domain, "1", policy_text("enforce", Scenario::kYear));
    }
    s.disk.set_delay(1s);
    s.start();
    std::vector<base::Pending> questions;
    const auto never = [](const policy::Evidence&) { FAIL("the engine is gone"); };
    questions.push_back(s.engine().resolve(name("a.example.com"), never));
    s.loop.advance(100ms);  // at the commit
    REQUIRE(s.disk.puts() == 1);
    questions.push_back(s.engine().resolve(name("b.example.com"), never));
    s.loop.advance(2ms);  // at the addresses
    questions.push_back(s.engine().resolve(name("c.example.com"), never));
    // A waiter that owns another's Pending.
    auto* const owned = new base::Pending(s.engine().resolve(name("c.example.com"), never));
    const std::shared_ptr<base::Pending> shared(owned);  // shared: a callback must be copyable
    questions.push_back(s.engine().resolve(name("c.example.com"), [shared](const policy::Evidence&) {}));
    SUBCASE("after its clients") { questions.clear(); }
    SUBCASE("with what its waiters own") {
        questions.pop_back();
    }
    questions.clear();
    s.stop();
    s.loop.advance(10s);
    CHECK(s.disk.rows().count("a.example.com") == 1);  // the write was on its way
}
