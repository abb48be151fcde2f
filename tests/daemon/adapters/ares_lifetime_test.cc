// SPDX-License-Identifier: MIT
// Deadlines, cancelling, overload: a callback comes later, once, or never.
#include <doctest/doctest.h>

#include <memory>

#include "tests/daemon/adapters/ares_fixture.h"

using namespace testing_support;
using base::Milliseconds;
using Kind = dns::LookupError::Kind;

namespace {

const dns::Name kName = *dns::Name::parse("example.test");

LoopbackDns::Handler stalls() {
    return [](const DnsQuery&) { return silence(); };
}

}  // namespace

TEST_CASE_FIXTURE(AresFixture, "the caller's deadline ends a lookup, whatever the server does") {
    LoopbackDns server(loop, stalls());
    auto wanted = options({server.text()});
    wanted.timeout = Milliseconds(30'000);
    app::AresResolver resolver(loop, clock, wanted);
    const auto start = clock.mono();
    CHECK(words(txt(resolver, "example.test", Milliseconds(50))) == "timeout");
    CHECK(clock.mono() - start >= Milliseconds(50));
    CHECK(clock.mono() - start < Milliseconds(5000));
    CHECK(resolver.under_way() == 0);
}

TEST_CASE_FIXTURE(AresFixture, "a deadline that is over is a timeout, later, and nothing is asked") {
    LoopbackDns server(loop, says("x"));
    app::AresResolver resolver(loop, clock, options({server.text()}));
    CHECK(words(txt(resolver, "example.test", Milliseconds(-1))) == "timeout");
    CHECK(words(txt(resolver, "example.test", Milliseconds(0))) == "timeout");
    CHECK(server.count() == 0);
}

TEST_CASE_FIXTURE(AresFixture, "errors that c-ares reports inside the call come later too") {
    app::AresResolver resolver(loop, clock, options({closed_dns_port()}));
    for (int i = 0; i < 3; ++i) {
        const auto result = txt(resolver);  // -1 if called back inside
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().kind == Kind::kUnreachable);
        CHECK(result.error().rcode == 0);
    }
}

TEST_CASE_FIXTURE(AresFixture, "a destroyed Pending is never called back, and its late answer is dropped") {
    LoopbackDns server(loop, says("x"));
    app::AresResolver resolver(loop, clock, options({server.text()}));
    int calls = 0;
    {
        const auto pending = resolver.txt(kName, in(kLong), [&](auto) { ++calls; });
    }
    CHECK(resolver.under_way() == 0);
    CHECK(words(txt(resolver)) == "x ttl=300");
    CHECK(server.count() == 2);
    CHECK(calls == 0);
}

TEST_CASE_FIXTURE(AresFixture, "callbacks may cancel others of the same turn, and start new lookups") {
    LoopbackDns server(loop, says("x"));
    app::AresResolver resolver(loop, clock, options({server.text()}));
    std::vector<base::Pending> pending(50);
    int calls = 0, follow_ups = 0;
    base::Pending follow_up;
    for (auto& one : pending)
        one = resolver.txt(kName, in(kLong), [&](auto) {
            ++calls;
            for (auto& other : pending)
                other.reset();
            follow_up = resolver.txt(kName, in(kLong), [&](auto) { ++follow_ups; });
        });
    REQUIRE(testing_support::drive(loop, [&] { return follow_ups == 1; }));
    CHECK(calls == 1);
    CHECK(resolver.under_way() == 0);
}

TEST_CASE_FIXTURE(AresFixture, "a callback that asks a dead server again and again does not hold the loop") {
    app::AresResolver resolver(loop, clock, options({closed_dns_port()}));
    base::Pending pending;
    int calls = 0;
    std::function<void(dns::Lookup<dns::Txt>)> again = [&](auto) {
        ++calls;
        pending = resolver.txt(kName, in(kLong), again);
    };
    pending = resolver.txt(kName, in(kLong), again);
    bool other = false;
    const auto timer = loop.after(Milliseconds(20), [&] { other = true; });
    CHECK(testing_support::drive(loop, [&] { return other && calls > 1; }));
}

TEST_CASE_FIXTURE(AresFixture, "a cancelled lookup lets go of what it captured at once") {
    LoopbackDns server(loop, stalls());
    app::AresResolver resolver(loop, clock, options({server.text()}));
    const auto held = std::make_shared<int>(1);  // shared: the test looks at the count
    auto pending = resolver.txt(kName, in(kLong), [held](auto) {});
    CHECK(held.use_count() > 1);
    pending.reset();
    CHECK(held.use_count() == 1);
}

TEST_CASE_FIXTURE(AresFixture, "a resolver may go while questions are out") {
    LoopbackDns server(loop, [](const DnsQuery& query) {
        return query.tcp ? silence() : reply(DnsReplyBuilder(query).truncated());
    });
    int calls = 0;
    {
        app::AresResolver resolver(loop, clock, options({server.text()}));
        std::vector<base::Pending> pending;
        for (int i = 0; i < 20; ++i)
            pending.push_back(resolver.txt(kName, in(kLong), [&](auto) { ++calls; }));
        REQUIRE(testing_support::drive(loop, [&] { return server.count() > 20; }));
    }
    bool end = false;
    const auto timer = loop.after(Milliseconds(5), [&] { end = true; });
    REQUIRE(testing_support::drive(loop, [&] { return end; }));
    CHECK(calls == 0);
}

TEST_CASE_FIXTURE(AresFixture,
                  "66,000 questions at once: 1,000 are out, 10,000 wait, the others are refused, all end") {
    LoopbackDns server(loop, says("x"));
    server.keep_no_queries();
    auto wanted = options({server.text()});
    wanted.timeout = Milliseconds(10'000);
    app::AresResolver resolver(loop, clock, wanted);
    int answered = 0, overloaded = 0, other = 0;
    std::vector<base::Pending> pending;
    constexpr int kAll = 66'000;
    for (int i = 0; i < kAll; ++i)
        pending.push_back(resolver.txt(kName, in(kLong), [&](auto result) {
            if (result) {
                ++answered;
            } else if (result.error().kind == Kind::kOverloaded) {
                ++overloaded;
            } else {
                ++other;
            }
        }));
    CHECK(answered + overloaded + other == 0);
    REQUIRE(testing_support::drive(loop, [&] { return answered + overloaded + other == kAll; }));
    CHECK(answered == 11'000);
    CHECK(overloaded == 55'000);
    CHECK(server.count() == 11'000);
}

TEST_CASE_FIXTURE(AresFixture,
                  "a stalled server: those who wait end by their deadlines, and no more than 1,000 are out") {
    LoopbackDns server(loop, stalls());
    server.keep_no_queries();
    auto wanted = options({server.text()});
    wanted.timeout = Milliseconds(30'000);
    app::AresResolver resolver(loop, clock, wanted);
    int timeouts = 0, overloaded = 0;
    std::vector<base::Pending> pending;
    for (int i = 0; i < 12'000; ++i)
        pending.push_back(resolver.txt(kName, in(Milliseconds(200)), [&](auto result) {
            if (!result) ++(result.error().kind == Kind::kTimeout ? timeouts : overloaded);
        }));
    REQUIRE(testing_support::drive(loop, [&] { return timeouts + overloaded == 12'000; }));
    CHECK(timeouts == 11'000);
    CHECK(overloaded == 1'000);
    CHECK(server.count() == 1'000);
}

TEST_CASE_FIXTURE(AresFixture, "a lookup that waits can be cancelled and makes room") {
    LoopbackDns server(loop, stalls());
    auto wanted = options({server.text()});
    wanted.max_waiting = 1;
    app::AresResolver resolver(loop, clock, wanted);
    std::vector<base::Pending> out;
    for (int i = 0; i < 1000; ++i)
        out.push_back(resolver.txt(kName, in(kLong), [](auto) {}));
    std::optional<dns::LookupError> error;
    const auto note = [&](auto result) { error = result.error(); };
    auto waiting = resolver.txt(kName, in(kLong), note);
    const auto refused = resolver.txt(kName, in(kLong), note);
    REQUIRE(testing_support::drive(loop, [&] { return error.has_value(); }));
    CHECK(error->kind == Kind::kOverloaded);
    error.reset();
    waiting.reset();
    const auto accepted = resolver.txt(kName, in(Milliseconds(50)), note);
    REQUIRE(testing_support::drive(loop, [&] { return error.has_value(); }));
    CHECK(error->kind == Kind::kTimeout);
}
