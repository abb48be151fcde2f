// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tests/support/scenario.h"

using namespace scenarios;
using TakenOver = policy::Engine::TakenOver;

namespace {

policy::PolicyRecord record(const std::string& domain, const std::string& body, base::WallTime fetched) {
    auto parsed = sts::parse_policy(body);
    policy::PolicyRecord out{name(domain)};
    out.id = "7";
    out.mode = parsed->mode;
    out.max_age = parsed->max_age;
    out.fetched = fetched;
    out.body = body;
    out.mx = parsed->mx;
    return out;
}

}  // namespace

TEST_CASE("an imported policy is answered, kept on disk, and asks for nothing by itself") {
    Scenario s;
    s.publish("example.com", "7", policy_text("enforce", Scenario::kYear));
    s.start();
    const base::WallTime then = s.now().wall - 3h;
    CHECK(s.engine().take_over(record("example.com", policy_text("enforce", Scenario::kYear), then)) ==
          TakenOver::kTaken);
    s.loop.advance(1h);
    CHECK(s.dns.questions().empty());
    CHECK(s.cache().peek(name("example.com"))->record.fetched == then);
    CHECK(s.cache().peek(name("example.com"))->record.asked_day == 0);
    s.loop.advance(48h);
    CHECK(s.fetches("example.com") == 0);  // nobody has asked for it: no refresh

    s.stop();
    s.start();
    const Answer answer = s.ask("example.com");
    CHECK(answer.cached);
    CHECK(answer.mode == "enforce");
    s.loop.advance(1s);
    CHECK(s.record_questions("example.com") > 0);  // its recheck was due, and now its refresh is, too
}

TEST_CASE("an import never replaces a policy that was fetched at the same time or later") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.start();
    s.ask("example.com");
    const base::WallTime fetched = s.cache().peek(name("example.com"))->record.fetched;
    for (const base::Seconds age : {base::Seconds{0}, base::Seconds{60}}) {
        CHECK(s.engine().take_over(record("example.com", policy_text("none", 86400), fetched - age)) ==
              TakenOver::kNotNewer);
    }
    CHECK(s.ask("example.com").mode == "enforce");
    s.loop.advance(2h);
    CHECK(s.engine().take_over(record("example.com", policy_text("testing", 86400), fetched + 1h)) ==
          TakenOver::kTaken);
    CHECK(s.ask("example.com").mode == "testing");
}

TEST_CASE("nor one that is on its way to the disk") {
    Scenario s;
    s.publish("example.com", "1", policy_text("enforce", Scenario::kYear));
    s.disk.set_delay(1s);
    s.start();
    const base::Pending question = s.engine().resolve(name("example.com"), [](const policy::Evidence&) {});
    s.loop.advance(500ms);
    CHECK(s.engine().take_over(record("example.com", policy_text("none", 86400), s.now().wall - 60s)) ==
          TakenOver::kNotNewer);
    s.loop.advance(2s);
    CHECK(s.disk.rows().at("example.com").mode == sts::Mode::kEnforce);
}

TEST_CASE("an expired policy is not taken, one from the future lives no longer than max_age from now") {
    Scenario s;
    s.start();
    const base::WallTime now = s.now().wall;
    CHECK(s.engine().take_over(record("old.example", policy_text("enforce", 3600), now - 3600s)) ==
          TakenOver::kExpired);
    CHECK(s.engine().take_over(record("new.example", policy_text("enforce", 3600), now + 24h * 365)) ==
          TakenOver::kTaken);
    CHECK(s.cache().peek(name("new.example"))->record.expires() <= s.now().wall + 3600s);
    CHECK(!s.cache().peek(name("old.example")));
}

TEST_CASE("a full cache takes no more") {
    Scenario s;
    s.cache_options.max_policies = 1;
    s.start();
    CHECK(s.engine().take_over(record("a.example", policy_text("enforce", 86400), s.now().wall)) ==
          TakenOver::kTaken);
    CHECK(s.engine().take_over(record("b.example", policy_text("enforce", 86400), s.now().wall)) ==
          TakenOver::kNoRoom);
}
