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
    {
        // Two waiters that own each other's Pending, and are still there at the end. Shared: a callback must
        // be copyable.
        const auto one = std::make_shared<base::Pending>(), other = std::make_shared<base::Pending>();
        *one =
            s.engine().resolve(name("c.example.com"), [other](const policy::Evidence&) { FAIL("too late"); });
        *other =
            s.engine().resolve(name("c.example.com"), [one](const policy::Evidence&) { FAIL("too late"); });
    }
    questions.clear();
    CHECK(s.engine().stats().flights == 3);
    CHECK(s.engine().stats().waiters == 2);
    s.stop();
    s.loop.advance(10s);
    CHECK(s.disk.rows().count("a.example.com") == 1);  // the write was on its way
}
