// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;

TEST_CASE("explain: the record's text and the last error are those on the disk") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.start();
    s.ask("example.com");
    s.stop();
    s.start();
    CHECK(s.engine().explain(name("example.com")).record_text == "v=STSv1; id=1;");
    CHECK(s.engine().explain(name("example.com")).last_error.empty());

    s.break_web("example.com", https::FetchError::Kind::kTlsExpired);
    const auto failing = s.engine().refresh(name("example.com"), [](const policy::Evidence&) {});
    s.loop.advance(1s);
    const auto failed = s.engine().explain(name("example.com"));
    CHECK(failed.last_error.find("tls-expired") != std::string::npos);
    CHECK(failed.record_text == "v=STSv1; id=1;");

    s.publish("example.com", "2", policy_text("enforce", Scenario::kYear));
    const auto mended = s.engine().refresh(name("example.com"), [](const policy::Evidence&) {});
    s.loop.advance(1s);
    CHECK(s.engine().explain(name("example.com")).last_error.empty());
    CHECK(s.engine().explain(name("example.com")).record_text == "v=STSv1; id=2;");
}

TEST_CASE("explain: what the disk cannot tell is said, the rest is shown all the same") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.start();
    s.ask("example.com");
    s.disk.fail_reads("disk gone");
    const auto known = s.engine().explain(name("example.com"));
    CHECK(known.store_error == "disk gone");
    CHECK(known.record_text.empty());
    REQUIRE(known.policy);
    CHECK(known.policy->record.id == "1");
    CHECK(s.engine().explain(name("other.example")).store_error.empty());
}
