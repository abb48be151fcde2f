// SPDX-License-Identifier: MIT
#include "lib/dns/self_test.h"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>

#include "tests/support/fake_resolver.h"
#include "tests/support/manual_loop.h"

using testing_support::FakeResolver;
using testing_support::ManualLoop;
using Kind = dns::LookupError::Kind;
using Verdict = dns::SelfTest::Verdict;
using Prepare = void (*)(FakeResolver&);

namespace {

struct World {
    ManualLoop loop;
    FakeResolver resolver{loop};
    std::optional<dns::SelfTest::Outcome> outcome;

    dns::SelfTest::Options options() const {
        return {dns::Name::parse("signed.test").value(), dns::Name::parse("bogus.test").value()};
    }
    dns::SelfTest::Outcome run(const dns::SelfTest::Options& options) {
        const dns::SelfTest test(loop, resolver, options, [&](auto got) {
            REQUIRE_FALSE(outcome);
            outcome = std::move(got);
        });
        REQUIRE_FALSE(outcome);
        loop.advance(base::Seconds{60});
        REQUIRE(outcome);
        return *outcome;
    }
};

struct Part {
    const char* what;
    Prepare prepare;
    Verdict verdict;
    const char* seen;
};

const Part kSigned[] = {
    {"authentic records",
     [](FakeResolver& dns) {
         dns.set_ns("signed.test", {"ns1.test", "ns2.test"});
         dns.set_authentic("NS", "signed.test");
     },
     Verdict::kValidates, "signed.test: authentic NS records"},
    {"records, not authentic", [](FakeResolver& dns) { dns.set_ns("signed.test", {"ns1.test"}); },
     Verdict::kDoesNotValidate,
     "signed.test: NS records, not authentic (no AD bit from a server that is trusted)"},
    {"denied", [](FakeResolver&) {}, Verdict::kUnclear, "signed.test: no NS records"},
    {"denied as authentic", [](FakeResolver& dns) { dns.set_authentic("NS", "signed.test"); },
     Verdict::kUnclear, "signed.test: no NS records"},
    {"no answer", [](FakeResolver& dns) { dns.silence("NS", "signed.test"); }, Verdict::kUnclear,
     "signed.test: timeout"},
    {"SERVFAIL",
     [](FakeResolver& dns) {
         dns.fail("NS", "signed.test", {Kind::kServerFailure, 2});
     },
     Verdict::kUnclear, "signed.test: SERVFAIL"},
    {"unreachable",
     [](FakeResolver& dns) {
         dns.fail("NS", "signed.test", {Kind::kUnreachable, 0});
     },
     Verdict::kUnclear, "signed.test: no DNS server reachable"},
};

const Part kBogus[] = {
    {"SERVFAIL",
     [](FakeResolver& dns) {
         dns.fail_addresses("bogus.test", {Kind::kServerFailure, 2});
     },
     Verdict::kValidates, "bogus.test: SERVFAIL"},
    {"SERVFAIL for IPv4, no IPv6",
     [](FakeResolver& dns) {
         dns.fail("A", "bogus.test", {Kind::kServerFailure, 2});
     },
     Verdict::kValidates, "bogus.test: SERVFAIL"},
    {"SERVFAIL for IPv6, IPv4 unanswered",
     [](FakeResolver& dns) {
         dns.silence("A", "bogus.test");
         dns.fail("AAAA", "bogus.test", {Kind::kServerFailure, 2});
     },
     Verdict::kValidates, "bogus.test: SERVFAIL"},
    {"an IPv4 address", [](FakeResolver& dns) { dns.set_addresses("bogus.test", {"192.0.2.1"}); },
     Verdict::kDoesNotValidate, "bogus.test: an address (192.0.2.1)"},
    {"an IPv6 address", [](FakeResolver& dns) { dns.set_addresses("bogus.test", {"2001:db8::1"}); },
     Verdict::kDoesNotValidate, "bogus.test: an address (2001:db8::1)"},
    {"an authentic address",
     [](FakeResolver& dns) {
         dns.set_addresses("bogus.test", {"192.0.2.1"});
         dns.set_authentic_addresses("bogus.test");
     },
     Verdict::kDoesNotValidate, "bogus.test: an address (192.0.2.1)"},
    {"an IPv4 address, SERVFAIL for IPv6",
     [](FakeResolver& dns) {
         dns.set_addresses("bogus.test", {"192.0.2.1"});
         dns.fail("AAAA", "bogus.test", {Kind::kServerFailure, 2});
     },
     Verdict::kDoesNotValidate, "bogus.test: an address (192.0.2.1)"},
    {"an IPv6 address, SERVFAIL for IPv4",
     [](FakeResolver& dns) {
         dns.set_addresses("bogus.test", {"2001:db8::1"});
         dns.fail("A", "bogus.test", {Kind::kServerFailure, 2});
     },
     Verdict::kDoesNotValidate, "bogus.test: an address (2001:db8::1)"},
    {"denied", [](FakeResolver&) {}, Verdict::kUnclear, "bogus.test: no address"},
    {"no answer",
     [](FakeResolver& dns) {
         dns.silence("A", "bogus.test");
         dns.silence("AAAA", "bogus.test");
     },
     Verdict::kUnclear, "bogus.test: timeout"},
    {"another error",
     [](FakeResolver& dns) {
         dns.fail("A", "bogus.test", {Kind::kServerFailure, 5});
     },
     Verdict::kUnclear, "bogus.test: REFUSED, no address"},
    {"unreachable",
     [](FakeResolver& dns) {
         dns.fail_addresses("bogus.test", {Kind::kUnreachable, 0});
     },
     Verdict::kUnclear, "bogus.test: no DNS server reachable"},
};

// What proves that it does not validate wins, then doubt.
Verdict both(Verdict a, Verdict b) {
    if (a == Verdict::kDoesNotValidate || b == Verdict::kDoesNotValidate) return Verdict::kDoesNotValidate;
    return a == Verdict::kUnclear ? a : b;
}

}  // namespace

TEST_CASE("each answer for the signed name with each for the bogus one") {
    for (const Part& with_signed : kSigned) {
        for (const Part& with_bogus : kBogus) {
            CAPTURE(with_signed.what);
            CAPTURE(with_bogus.what);
            World world;
            with_signed.prepare(world.resolver);
            with_bogus.prepare(world.resolver);
            const auto outcome = world.run(world.options());
            CHECK(outcome.verdict == both(with_signed.verdict, with_bogus.verdict));
            CHECK(outcome.seen == std::string(with_signed.seen) + "; " + with_bogus.seen);
            CHECK(outcome.advice.empty() == (outcome.verdict == Verdict::kValidates));
        }
    }
}

TEST_CASE("a name that is not given is not asked for, and the other one decides") {
    for (const Part& part : kSigned) {
        CAPTURE(part.what);
        World world;
        part.prepare(world.resolver);
        const auto outcome = world.run({dns::Name::parse("signed.test").value(), std::nullopt});
        CHECK(outcome.verdict == part.verdict);
        CHECK(outcome.seen == part.seen);
        CHECK(world.resolver.questions().size() == 1);
    }
    for (const Part& part : kBogus) {
        CAPTURE(part.what);
        World world;
        part.prepare(world.resolver);
        const auto outcome = world.run({std::nullopt, dns::Name::parse("bogus.test").value()});
        CHECK(outcome.verdict == part.verdict);
        CHECK(outcome.seen == part.seen);
        CHECK(world.resolver.questions().size() == 2);
    }
}

TEST_CASE("the advice says what to do about it") {
    World world;
    world.resolver.set_ns("signed.test", {"ns1.test"});
    const auto outcome = world.run(world.options());
    CHECK(outcome.advice.find("dns.trust_ad") != std::string::npos);

    World other;
    CHECK(other.run(other.options()).advice.find("dns.test_signed") != std::string::npos);
}

TEST_CASE("a self-test ends in time, and not at all once it is gone") {
    World world;
    world.resolver.silence_all(true);
    auto options = world.options();
    options.time = base::Milliseconds{7000};
    int calls = 0;
    std::unique_ptr<dns::SelfTest> test;
    test = std::make_unique<dns::SelfTest>(world.loop, world.resolver, options, [&](auto) {
        ++calls;
        test.reset();  // its owner may let go of it from here
    });
    world.loop.advance(base::Milliseconds{6999});
    CHECK(calls == 0);
    world.loop.advance(base::Milliseconds{1});
    CHECK(calls == 1);
    CHECK_FALSE(test);

    test = std::make_unique<dns::SelfTest>(world.loop, world.resolver, options, [&](auto) { ++calls; });
    test.reset();
    world.loop.advance(base::Seconds{60});
    CHECK(calls == 1);
    CHECK(world.loop.waiting() == 0);
}
