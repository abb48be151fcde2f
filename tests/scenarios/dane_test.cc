// SPDX-License-Identifier: MIT
// What a Postfix that does DANE is told while its destinations' DNS changes, fails and comes back.
#include <doctest/doctest.h>

#include <optional>

#include "tests/support/dane_world.h"

using namespace std::chrono_literals;
using testing_support::DaneWorld;

namespace {

constexpr const char* kSecure = "OK secure match=.example.com servername=hostname";
constexpr const char* kUnknown = "TEMP cannot tell whether DANE applies: a DNS lookup for an MX host failed";

/// A domain with an enforce policy and three MX hosts in a signed zone, without TLSA records.
void publish_example(DaneWorld& world) {
    world.publish_policy("example.com");
    world.publish_mx("example.com", {"a.example.com", "b.example.com", "c.example.com"});
}

}  // namespace

TEST_CASE("policy and survey are looked up side by side: the slower one counts") {
    DaneWorld world;
    publish_example(world);
    world.dns.delay_txt("_mta-sts.example.com", 400ms);
    world.dns.delay("MX", "example.com", 300ms);
    CHECK(world.ask("example.com") == kSecure);
    CHECK(world.took < 420ms);
    CHECK(world.took >= 400ms);
    world.dns.forget_questions();
    CHECK(world.ask_caches("example.com") == kSecure);
    CHECK(world.query.cached);
}

TEST_CASE("a map that does not look at DANE asks for no MX, and shares the policy") {
    DaneWorld world;
    publish_example(world);
    world.publish_tlsa("a.example.com");
    CHECK(world.ask("example.com", "plain") == kSecure);
    CHECK(world.mx_questions("example.com") == 0);
    CHECK(world.ask("example.com", "dane") == "OK dane-only");
    CHECK(world.dns.count("TXT", "_mta-sts.example.com") == 1);
    CHECK(world.ask_caches("example.com", "plain") == kSecure);
}

TEST_CASE("where DANE decides alone nobody waits long for a policy host that stalls") {
    DaneWorld world;
    world.publish_policy("example.com");
    world.publish_mx("example.com", {"a.example.com"});
    world.publish_tlsa("a.example.com");
    world.dns.silence_txt("_mta-sts.example.com");
    CHECK(world.ask("example.com") == "OK dane-only");
    CHECK(world.took >= policy::Lookups::kPatience);
    CHECK(world.took < policy::Lookups::kPatience + 100ms);
}

TEST_CASE("a policy that is there is known with the first answer, even where DANE decides alone") {
    DaneWorld world;
    publish_example(world);
    for (const char* host : {"a.example.com", "b.example.com", "c.example.com"})
        world.publish_tlsa(host);
    world.dns.delay_txt("_mta-sts.example.com", 900ms);
    CHECK(world.ask("example.com") == "OK dane-only");
    CHECK(world.took < 950ms);
    CHECK(world.ask_caches("example.com", "plain") == kSecure);
}

TEST_CASE("who wants all that is known waits for both parts, even where DANE decides alone") {
    DaneWorld world;
    world.publish_policy("example.com");
    world.publish_mx("example.com", {"a.example.com"});
    world.publish_tlsa("a.example.com");
    world.dns.delay_txt("_mta-sts.example.com", 4s);
    std::optional<policy::Evidence> evidence;
    const base::Pending pending = world.lookups().look_up(
        *policy::parse_key("example.com"), true, [&](const policy::Evidence& found) { evidence = found; },
        policy::Lookups::Until::kComplete);
    world.loop.advance(3900ms);
    CHECK_FALSE(evidence);
    world.loop.advance(200ms);
    REQUIRE(evidence);
    CHECK(evidence->policy);
    REQUIRE(evidence->survey);
    CHECK(evidence->survey->state == dane::State::kAll);
}

TEST_CASE("clients that ask at once cause one survey; one that hangs up leaves it under way") {
    DaneWorld world;
    publish_example(world);
    world.dns.delay("MX", "example.com", 200ms);
    world.ask_and_hang_up("example.com");
    world.loop.advance(50ms);
    CHECK(world.surveyor().under_way() == 1);
    CHECK(world.ask("example.com") == kSecure);
    CHECK(world.mx_questions("example.com") == 1);
    CHECK(world.surveyor().under_way() == 0);
}

TEST_CASE("next hops of one domain share its policy, not its survey") {
    DaneWorld world;
    publish_example(world);
    world.dns.set_addresses("example.com", {"11.22.33.66"});
    world.publish_tlsa("example.com");                           // of the brackets
    world.publish_tlsa("a.example.com", DaneWorld::kTtl, "26");  // of the other port
    CHECK(world.ask("example.com") == kSecure);
    CHECK(world.ask("[example.com]") == "OK dane-only");
    CHECK(world.mx_questions("example.com") == 1);
    CHECK(world.ask("example.com:26") == "OK dane-only");
    CHECK(world.dns.count("TXT", "_mta-sts.example.com") == 1);
    CHECK(world.surveys().size() == 3);
}

TEST_CASE("DANE comes and goes within the smallest TTL") {
    DaneWorld world;
    world.publish_policy("example.com");
    world.publish_mx("example.com", {"a.example.com"});
    world.publish_tlsa("a.example.com", 40s);
    CHECK(world.ask("example.com") == "OK dane-only");
    world.remove_tlsa("a.example.com");
    world.loop.advance(30s);
    CHECK(world.ask_caches("example.com") == "OK dane-only");
    world.loop.advance(11s);
    const std::size_t records = world.dns.count("TXT", "_mta-sts.example.com");
    CHECK(world.ask_caches("example.com") == "ask");
    CHECK(world.ask("example.com") == kSecure);
    CHECK(world.dns.count("TXT", "_mta-sts.example.com") == records);  // waited for the survey alone
}

TEST_CASE("a survey asked for in its last tenth is renewed behind the answer") {
    DaneWorld world;
    publish_example(world);
    world.ask("example.com");
    world.loop.advance(269s);
    CHECK(world.ask_caches("example.com") == kSecure);
    world.loop.advance(1s);
    CHECK(world.mx_questions("example.com") == 1);
    world.publish_tlsa("a.example.com");
    CHECK(world.ask_caches("example.com") == kSecure);
    CHECK(world.ask_caches("example.com") == kSecure);
    world.loop.advance(1s);
    CHECK(world.mx_questions("example.com") == 2);
    CHECK(world.ask_caches("example.com") == "OK dane-only");
    REQUIRE(world.surveys_made.size() == 2);
    CHECK(world.surveys_made[1].renewal);
    CHECK(world.surveys_made[1].before == dane::State::kNone);
}

TEST_CASE("a failed renewal leaves the good survey in use to its end") {
    DaneWorld world;
    world.publish_policy("example.com");
    world.publish_mx("example.com", {"a.example.com"}, 3000s);
    world.dns.set_addresses("a.example.com", {"11.22.33.55"}, 3000s);
    world.publish_tlsa("a.example.com", 1000s);
    CHECK(world.ask("example.com") == "OK dane-only");
    world.fail_tlsa("a.example.com");
    world.loop.advance(905s);
    world.ask_caches("example.com");
    world.loop.advance(30s);
    CHECK(world.surveys_made.back().kept);
    CHECK(world.surveys_made.back().found == dane::State::kUnknown);
    CHECK(world.surveys_made.back().findings->state == dane::State::kUnknown);  // tells what failed
    CHECK(world.ask_caches("example.com") == "OK dane-only");
    CHECK(world.surveys_made.size() == 2);  // not again for each question
    world.loop.advance(40s);
    world.ask_caches("example.com");
    world.loop.advance(1s);
    CHECK(world.surveys_made.size() == 3);
    world.loop.advance(30s);
    CHECK(world.ask("example.com") == kUnknown);
}

TEST_CASE("a failed survey is remembered, so that not every client waits for a dead resolver") {
    DaneWorld world;
    publish_example(world);
    CHECK(world.ask("example.com", "plain") == kSecure);
    world.dns.silence("TLSA", "_25._tcp.b.example.com");
    CHECK(world.ask("example.com") == kUnknown);
    CHECK(world.took >= 6s);
    world.loop.advance(50s);
    CHECK(world.ask_caches("example.com") == kUnknown);
    CHECK(world.mx_questions("example.com") == 1);
    world.publish_tlsa("b.example.com");
    world.loop.advance(10s);
    CHECK(world.ask("example.com") == "OK dane-only");
}

TEST_CASE("a failed MX lookup leaves the policy in force") {
    DaneWorld world;
    publish_example(world);
    world.dns.fail("MX", "example.com", {dns::LookupError::Kind::kServerFailure, 2});
    CHECK(world.ask("example.com") == kSecure);
    world.publish_policy("other.com", "testing");
    world.dns.fail("MX", "other.com", {dns::LookupError::Kind::kServerFailure, 2});
    CHECK(world.ask("other.com") == "OK dane");
}

TEST_CASE("one failing MX host of three does not decide; it is looked at again soon") {
    DaneWorld world;
    world.publish_mx("example.com", {"a.example.com", "b.example.com", "c.example.com"});
    for (const char* host : {"a.example.com", "b.example.com", "c.example.com"})
        world.publish_tlsa(host);
    world.fail_tlsa("b.example.com");
    CHECK(world.ask("example.com") == "OK dane-only");
    world.loop.advance(50s);
    CHECK(world.ask_caches("example.com") == "OK dane-only");
    world.loop.advance(11s);
    CHECK(world.ask_caches("example.com") == "ask");
}

TEST_CASE("a TTL of nothing counts as five seconds, a long one as an hour") {
    DaneWorld world;
    world.publish_mx("short.example", {"mx.short.example"}, 0s);
    CHECK(world.ask("short.example") == "NOTFOUND ");
    world.loop.advance(4400ms);
    CHECK(world.ask_caches("short.example") == "NOTFOUND ");
    world.loop.advance(600ms);
    CHECK(world.ask_caches("short.example") == "ask");

    world.dns.set_negative_ttl(86400s);
    world.publish_mx("long.example", {"mx.long.example"}, 86400s);
    world.dns.set_addresses("mx.long.example", {"11.22.33.55"}, 86400s);
    world.ask("long.example");
    world.loop.advance(3500s);
    CHECK(world.surveys().peek(*policy::parse_key("long.example"), world.loop.mono()));
    world.loop.advance(100s);
    CHECK_FALSE(world.surveys().peek(*policy::parse_key("long.example"), world.loop.mono()));
}

TEST_CASE("while the resolver does not validate every map answers as if DANE were off") {
    DaneWorld world;
    publish_example(world);
    world.publish_tlsa("a.example.com");
    world.rules.resolver_validates = false;
    CHECK(world.ask("example.com") == kSecure);
    CHECK(world.mx_questions("example.com") == 0);
    world.rules.resolver_validates = true;
    CHECK(world.ask("example.com") == "OK dane-only");
    world.rules.resolver_validates = false;
    CHECK(world.ask_caches("example.com") == kSecure);
}

TEST_CASE("an answer that cannot wait any longer takes an unknown survey as one that failed") {
    DaneWorld world;
    publish_example(world);
    CHECK(world.ask_late("example.com") == "OK dane");  // nothing at all is known
    CHECK(world.ask("example.com", "plain") == kSecure);
    CHECK(world.ask_late("example.com") == kUnknown);
    CHECK(world.ask("example.com") == kSecure);
    CHECK(world.ask_late("example.com") == kSecure);
    CHECK(world.ask_late("new.example.com", "plain") == "NOTFOUND ");
}

TEST_CASE("overload: new domains are refused, those with a policy are surveyed all the same") {
    policy::Engine::Options options;
    options.lookups = 2;
    DaneWorld world(options);
    publish_example(world);
    CHECK(world.ask("example.com", "plain") == kSecure);
    for (const char* domain : {"one.example", "two.example"}) {
        world.dns.silence_txt("_mta-sts." + std::string(domain));
        world.dns.silence("MX", domain);
        world.ask_and_hang_up(domain);
    }
    CHECK(world.ask("three.example") == "TEMP overloaded");
    CHECK(world.mx_questions("three.example") == 0);
    CHECK(world.ask("example.com") == kSecure);
    CHECK(world.took < 100ms);
}

TEST_CASE("overload by surveys of new domains leaves those of known ones alone") {
    policy::Surveyor::Options options;
    options.surveys = 2;
    DaneWorld world({}, options);
    publish_example(world);
    CHECK(world.ask("example.com", "plain") == kSecure);
    for (const char* domain : {"one.example", "two.example"}) {
        world.dns.silence("MX", domain);
        world.ask_and_hang_up(domain);
    }
    CHECK(world.ask("example.com") == kSecure);
    // What has ended makes room.
    for (int i = 0; i < 5; ++i) {
        const std::string domain = "next" + std::to_string(i) + ".example";
        world.ask(domain);
        CHECK(world.mx_questions(domain) == (i == 0 ? 0 : 1));
        world.loop.advance(10s);
    }
}

TEST_CASE("a late or repeated hint to renew a survey makes no second one") {
    DaneWorld world;
    publish_example(world);
    world.ask("example.com");
    const auto key = *policy::parse_key("example.com");
    world.surveyor().renew(key);  // it is new
    CHECK(world.surveyor().under_way() == 0);
    world.loop.advance(280s);
    world.surveyor().renew(key);
    world.surveyor().renew(key);
    CHECK(world.surveyor().under_way() == 1);
    world.loop.advance(1s);
    CHECK(world.mx_questions("example.com") == 2);
    CHECK(world.surveys_made.size() == 2);
}

TEST_CASE("where too many surveys are under way a policy is not enforced blindly") {
    policy::Surveyor::Options options;
    options.surveys = 1;
    DaneWorld world({}, options);
    for (const std::string domain : {"one.example", "two.example"}) {
        world.publish_policy(domain);
        world.publish_mx(domain, {"mx." + domain});
        world.ask(domain, "plain");
    }
    world.dns.silence("MX", "one.example");
    world.ask_and_hang_up("one.example");
    CHECK(world.ask("two.example") == kUnknown);
    CHECK(world.ask_caches("two.example") == "ask");  // and not remembered
}

TEST_CASE("a survey that was under way when all were cleared says nothing any more") {
    DaneWorld world;
    publish_example(world);
    world.publish_tlsa("a.example.com");
    CHECK(world.ask("example.com", "plain") == kSecure);
    world.dns.delay("TLSA", "_25._tcp.b.example.com", 1s);
    world.ask_and_hang_up("example.com");
    world.loop.advance(500ms);
    world.surveys().clear();  // another resolver, which sees no TLSA records
    world.remove_tlsa("a.example.com");
    CHECK(world.ask("example.com") == kSecure);
    CHECK(world.mx_questions("example.com") == 2);
    CHECK(world.ask_caches("example.com") == kSecure);
    CHECK(world.surveys_made.size() == 1);
    CHECK(world.surveyor().under_way() == 0);
}
