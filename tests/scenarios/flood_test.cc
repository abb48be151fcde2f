// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("a flood of names without a policy pushes no policy out") {
    Scenario s;
    s.cache_options.max_negative = 640;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.start();
    s.ask("example.com");
    for (int i = 0; i < 5000; ++i)
        s.ask("n" + std::to_string(i) + ".example.net");
    CHECK(s.cache().stats().negative <= 640);
    CHECK(s.cache().stats().policies == 1);
    CHECK(s.ask("example.com").mode == "enforce");
    CHECK(s.disk.rows().size() == 1);
}

TEST_CASE("a flood of policies pushes none out either") {
    Scenario s;
    s.cache_options.max_policies = 50;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.start();
    s.ask("example.com");
    for (int i = 0; i < 200; ++i) {
        const std::string domain = "flood" + std::to_string(i) + ".net";
        s.publish(domain, "1", policy_text("enforce", Scenario::kYear));
        CHECK(s.ask(domain).mode == "enforce");
    }
    CHECK(s.cache().stats().policies == 50);
    CHECK(s.ask("example.com").cached);
    s.kill();
    s.start();
    CHECK(s.ask("example.com").cached);
}
