// SPDX-License-Identifier: MIT
#include "lib/policy/responder.h"

#include <doctest/doctest.h>

#include <memory>

#include "lib/socketmap/protocol.h"
#include "tests/lib/policy/policy_records.h"
#include "tests/support/manual_loop.h"

using namespace testing_support;
using base::Seconds;
using policy::Cache;
using policy::Reason;
using policy::Responder;
using policy::Rules;
using Action = policy::Override::Action;
using Kind = policy::Responder::Query::Kind;
using Level = policy::Verdict::Level;
using Outcome = policy::Responder::Outcome;
using Source = policy::Verdict::Source;

namespace {

const Reason kNoRecord = Reason::of(sts::RecordError::kNone);
const Reason kDnsFailed = Reason::of(dns::LookupError{dns::LookupError::Kind::kServerFailure, 2});
constexpr std::string_view kSecure = "OK secure match=mx1.example.com servername=hostname";

struct World {
    ManualLoop loop;
    policy::ExpiryClock expiry_clock{loop};
    Cache cache{Cache::Options{}};
    policy::SurveyCache surveys{policy::SurveyCache::Options{}, cache.locks()};
    Responder responder{cache, surveys, loop, expiry_clock};
    Rules rules;
    Responder::Request request;
    Responder::Query& query = request.query;

    World() {
        rules.profiles["postfix"];
        rules.profiles["tlsrpt"].tlsrpt = true;
        rules.profiles["ignoring"].smart_hosts = policy::Profile::SmartHosts::kIgnore;
        rules.profiles["deferring"].on_lookup_failure = policy::Profile::OnLookupFailure::kDefer;
    }
    void put(std::string_view domain, std::string_view mode, std::uint32_t max_age = 604800) {
        cache.put(policy_record(domain, policy_text(mode, "mx1.example.com", max_age), loop.wall()),
                  loop.mono() + Seconds{60});
    }
    void put_override(std::string_view domain, Action action) {
        auto entries = rules.overrides.entries();
        entries.push_back({name(domain), false, action, {"pinned.example"}, {}, ""});
        rules.overrides = policy::Overrides(entries);
    }
    /// The reply, or "ask".
    std::string ask(std::string_view payload) {
        std::string out;
        responder.read(payload, rules, request);
        if (responder.answer(request, rules, out) == Outcome::kAnswered) return out;
        CHECK(out.empty());
        return "ask";
    }
    std::string answer_with(const policy::Evidence& evidence) {
        std::string out;
        responder.respond_with(evidence, rules, out, query);
        return out;
    }
};

policy::Evidence evidence_of(std::string_view mode, std::uint32_t max_age = 604800) {
    return {std::make_shared<const policy::PolicyRecord>(
                policy_record("example.com", policy_text(mode, "mx1.example.com", max_age))),
            {}};
}

}  // namespace

TEST_CASE("a request that is none is refused") {
    World world;
    CHECK(world.ask("") == "PERM malformed request");
    CHECK(world.ask("postfix") == "PERM malformed request");
    CHECK(world.query.kind == Kind::kMalformed);
}

TEST_CASE("an unknown map is refused by its name, made harmless and short") {
    World world;
    CHECK(world.ask("nosuchmap example.com") == "PERM unknown map \"nosuchmap\"");
    CHECK(world.query.kind == Kind::kUnknownMap);
    CHECK(world.query.map == "nosuchmap");
    CHECK(world.ask(" example.com") == "PERM unknown map \"\"");
    CHECK(world.ask("POSTFIX example.com") == "PERM unknown map \"POSTFIX\"");
    CHECK(world.ask("a\r\n\xff\tb example.com") == "PERM unknown map \"a????b\"");
    const std::string reply = world.ask(std::string(9000, 'm') + " example.com");
    CHECK(reply == "PERM unknown map \"" + std::string(socketmap::kMaxReason - 14, 'm') + "\"");
}

TEST_CASE("a key that can have no policy is not looked up") {
    World world;
    for (const std::string_view key :
         {"", ".example.com", ".", "[192.0.2.1]", "192.0.2.1", "[IPv6:2001:db8::1]", "2001:db8::1",
          "localhost", "/var/run/lmtp.sock", "[]:25", ":25", "[mail.example.com", "exa mple.com",
          "example.com extra", "example.com..", "x.onion", "x.invalid"}) {
        CAPTURE(key);
        CHECK(world.ask("postfix " + std::string(key)) == "NOTFOUND ");
        CHECK(world.query.kind == Kind::kRefusedKey);
        CHECK(world.query.verdict.source == Source::kKey);
    }
    CHECK(world.ask("postfix " + std::string(10000, 'a')) == "NOTFOUND ");
}

TEST_CASE("what the cache knows is answered from it") {
    World world;
    CHECK(world.ask("postfix example.com") == "ask");
    CHECK(world.query.kind == Kind::kDomain);
    CHECK(world.query.key->domain.text() == "example.com");

    world.put("example.com", "enforce");
    for (const std::string_view key : {"example.com", "EXAMPLE.Com", "example.com."}) {
        CAPTURE(key);
        CHECK(world.ask("postfix " + std::string(key)) == kSecure);
    }
    CHECK(world.query.cached);
    CHECK_FALSE(world.query.recheck_due);
    CHECK(world.query.mode == sts::Mode::kEnforce);
    CHECK(world.query.verdict.level == Level::kSecure);
    CHECK(world.query.verdict.source == Source::kPolicy);
    CHECK(world.ask("tlsrpt example.com").find(" policy_type=sts policy_domain=example.com ") !=
          std::string::npos);

    world.loop.advance(Seconds{60});
    CHECK(world.ask("postfix example.com") == kSecure);
    CHECK(world.query.recheck_due);
    CHECK(world.ask("postfix example.com") == kSecure);
    CHECK_FALSE(world.query.recheck_due);
}

TEST_CASE("a policy that is not enforced, and none at all") {
    World world;
    world.put("testing.example", "testing");
    world.put("none.example", "none");
    world.cache.put_negative(name("missing.example"), world.loop.mono() + Seconds{60}, kNoRecord);
    CHECK(world.ask("postfix testing.example") == "NOTFOUND ");
    CHECK(world.query.mode == sts::Mode::kTesting);
    CHECK(world.ask("postfix none.example") == "NOTFOUND ");
    CHECK(world.query.verdict.source == Source::kPolicy);
    CHECK(world.ask("postfix missing.example") == "NOTFOUND ");
    CHECK(world.query.cached);
    CHECK_FALSE(world.query.mode);
    CHECK(world.query.verdict.reason == kNoRecord);
    CHECK(world.ask("deferring missing.example") == "NOTFOUND ");
    world.loop.advance(Seconds{60});
    CHECK(world.ask("postfix missing.example") == "ask");
}

TEST_CASE("nothing found out: open by default, deferred where the operator wants it") {
    World world;
    world.cache.put_negative(name("example.com"), world.loop.mono() + Seconds{60}, kDnsFailed);
    CHECK(world.ask("postfix example.com") == "NOTFOUND ");
    CHECK(world.ask("deferring example.com") == "TEMP DNS lookup failed: SERVFAIL");
    CHECK(world.query.verdict.level == Level::kTemp);
}

TEST_CASE("an expired policy is asked for again") {
    World world;
    world.put("example.com", "enforce", 100);
    world.loop.advance(Seconds{99});
    CHECK(world.ask("postfix example.com") == kSecure);
    world.loop.advance(Seconds{1});
    CHECK(world.ask("postfix example.com") == "ask");
}

TEST_CASE("a smart host is its own policy domain, or ignored (RFC 8461 3.4)") {
    World world;
    world.put("mail.example.com", "enforce");
    for (const std::string key : {"[mail.example.com]", "[mail.example.com]:587",
                                  "mail.example.com:submission", "mail.example.com:25"}) {
        CAPTURE(key);
        CHECK(world.ask("postfix " + key) == kSecure);
        CHECK(world.query.key->smart_host);
        CHECK(world.ask("ignoring " + key) == "NOTFOUND ");
        CHECK(world.query.verdict.source == Source::kKey);
        CHECK_FALSE(world.query.cached);
    }
    CHECK(world.ask("ignoring mail.example.com") == kSecure);
}

TEST_CASE("an override comes before everything else, smart hosts too") {
    World world;
    world.put("ignored.example", "enforce");
    world.put("testing.example", "testing");
    world.put_override("ignored.example", Action::kIgnore);
    world.put_override("pinned.example", Action::kPin);
    world.put_override("deferred.example", Action::kDefer);
    world.put_override("testing.example", Action::kEnforce);
    world.put_override("unknown.example", Action::kEnforce);

    CHECK(world.ask("postfix ignored.example") == "NOTFOUND ");
    CHECK(world.query.verdict.source == Source::kOverride);
    CHECK(world.ask("postfix pinned.example") == "OK secure match=pinned.example servername=hostname");
    CHECK(world.query.verdict.source == Source::kPin);
    CHECK(world.ask("tlsrpt pinned.example") == "OK secure match=pinned.example servername=hostname");
    CHECK(world.ask("ignoring [pinned.example]:587") == "OK secure match=pinned.example servername=hostname");
    CHECK(world.ask("postfix deferred.example") == "TEMP deferred by an override");
    CHECK(world.ask("postfix testing.example") == kSecure);
    CHECK(world.query.cached);
    CHECK(world.ask("postfix unknown.example") == "ask");
    CHECK(world.ask("ignoring [testing.example]") == "NOTFOUND ");
}

TEST_CASE("the answer to one who waited comes from what was found out") {
    World world;
    REQUIRE(world.ask("postfix example.com") == "ask");
    CHECK(world.answer_with(evidence_of("enforce")) == kSecure);
    CHECK(world.query.mode == sts::Mode::kEnforce);
    CHECK_FALSE(world.query.cached);

    SUBCASE("even if its max_age is over already") {
        CHECK(world.answer_with(evidence_of("enforce", 0)) == kSecure);
    }
    SUBCASE("of another mode") {
        CHECK(world.answer_with(evidence_of("testing")) == "NOTFOUND ");
        CHECK(world.query.mode == sts::Mode::kTesting);
        CHECK(world.answer_with(evidence_of("none")) == "NOTFOUND ");
    }
    SUBCASE("no policy") {
        CHECK(world.answer_with({nullptr, kNoRecord}) == "NOTFOUND ");
        CHECK(world.query.verdict.reason == kNoRecord);
        CHECK(world.answer_with({nullptr, {Reason::Kind::kOverloaded}}) == "TEMP overloaded");
        CHECK(world.answer_with({nullptr, {Reason::Kind::kTooLate}}) == "NOTFOUND ");
        REQUIRE(world.ask("deferring example.com") == "ask");
        CHECK(world.answer_with({nullptr, {Reason::Kind::kTooLate}}) == "TEMP not known in time");
    }
    SUBCASE("under the rules of now") {
        world.put_override("example.com", Action::kPin);
        CHECK(world.answer_with(evidence_of("enforce")) ==
              "OK secure match=pinned.example servername=hostname");
        world.rules.profiles = {};
        CHECK(world.answer_with(evidence_of("enforce")) == "PERM unknown map \"postfix\"");
    }
}

TEST_CASE("a query that is used again keeps nothing of the last one") {
    World world;
    world.put("example.com", "enforce");
    world.loop.advance(Seconds{60});
    REQUIRE(world.ask("postfix example.com") == kSecure);
    world.ask("postfix");
    CHECK(world.query.map.empty());
    CHECK_FALSE(world.query.key);
    CHECK_FALSE(world.query.cached);
    CHECK_FALSE(world.query.recheck_due);
    CHECK_FALSE(world.query.mode);
    CHECK(world.query.verdict.level == Level::kNotFound);
}
