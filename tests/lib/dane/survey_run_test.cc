// SPDX-License-Identifier: MIT
// How a survey runs: at once, within its limits, and no longer than its owner wants it.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/dane/survey.h"
#include "tests/lib/dane/survey_world.h"

using base::Milliseconds;
using dane::Findings;
using dane::Host;
using dane::State;
using dane::Survey;
using dns::Authentic;
using namespace dane_test;

namespace {

std::string mx_name(std::size_t number) {
    return "mx" + std::to_string(number) + ".example.net";
}

/// `count` hosts in order of preference, all usable.
void set_many(SurveyWorld& world, std::size_t count) {
    std::vector<dns::Mx> records;
    for (std::size_t i = 0; i < count; ++i) {
        records.push_back({static_cast<std::uint16_t>(i), mx_name(i)});
        world.set_host(mx_name(i), kUsableTlsa);
    }
    world.set_mx(records);
}

/// Runs a survey and says how long it took.
Milliseconds time_of(SurveyWorld& world, Survey::Task task, Findings& findings) {
    const base::MonoTime begin = world.loop.mono();
    std::optional<base::MonoTime> end;
    const auto survey = world.start(std::move(task), [&](Findings f) {
        end = world.loop.mono();
        findings = std::move(f);
    });
    world.loop.advance(base::Seconds{300});
    REQUIRE(end);
    return *end - begin;
}

}  // namespace

TEST_CASE("eight hosts take as long as one; more of them take turns") {
    struct Case {
        std::size_t hosts;
        int rounds;
    };
    for (const Case& c : {Case{1, 1}, Case{2, 1}, Case{8, 1}, Case{9, 2}, Case{16, 2}, Case{64, 8}}) {
        CAPTURE(c.hosts);
        SurveyWorld world;
        set_many(world, c.hosts);
        world.resolver.set_delay(Milliseconds{100});
        Findings findings;
        // MX, then both families at once, then TLSA.
        CHECK(time_of(world, SurveyWorld::task(), findings) == Milliseconds{100 + 200 * c.rounds});
        CHECK(findings.state == State::kAll);
        CHECK(findings.hosts.size() == c.hosts);
    }
}

TEST_CASE("no host waits for another one's addresses") {
    SurveyWorld world;
    set_many(world, 3);
    world.resolver.delay("A", mx_name(0), Milliseconds{5000});
    Findings findings;
    CHECK(time_of(world, SurveyWorld::task(), findings) == Milliseconds{5002});
    for (std::size_t i = 1; i < 3; ++i)
        for (const auto& question : world.resolver.questions())
            if (question.name == tlsa_name(mx_name(i)))
                CHECK(question.at == world.resolver.questions().front().at + Milliseconds{2});
    CHECK(findings.state == State::kAll);
}

TEST_CASE("a thousand MX records cost no more than the limit of hosts") {
    SurveyWorld world;
    set_many(world, 1000);
    const Findings findings = world.find();
    CHECK(findings.state == State::kAll);
    REQUIRE(findings.hosts.size() == Survey::kMaxHosts);
    CHECK(findings.hosts.front().name == mx_name(0));
    CHECK(findings.hosts.back().name == mx_name(Survey::kMaxHosts - 1));
    CHECK(world.asked() == 1 + Survey::kMaxHosts * 3);
}

TEST_CASE("a thousand MX targets that are no hosts are no work and no recursion") {
    SurveyWorld world;
    std::vector<dns::Mx> records;
    for (std::size_t i = 0; i < 1000; ++i)
        records.push_back({static_cast<std::uint16_t>(i), "mx" + std::to_string(i)});
    world.set_mx(records);
    const Findings findings = world.find();
    CHECK(findings.state == State::kNone);
    CHECK(findings.hosts.size() == Survey::kMaxHosts);
    CHECK(world.asked() == 1);
}

TEST_CASE("never more hosts under way than the limit") {
    SurveyWorld world;
    set_many(world, 20);
    world.resolver.set_delay(Milliseconds{100});
    const auto survey = world.start(SurveyWorld::task(), [](const Findings&) {});
    world.loop.advance(Milliseconds{150});
    CHECK(world.asked("A") == Survey::kParallel);
    // One that is done makes room for one.
    world.resolver.delay("TLSA", tlsa_name(mx_name(0)), Milliseconds{50});
    world.loop.advance(Milliseconds{120});
    CHECK(world.asked("A") == Survey::kParallel + 1);
}

TEST_CASE("each lookup has its own deadline") {
    SurveyWorld world;
    world.options.dns_time = Milliseconds{2000};
    world.options.total_time = Milliseconds{10000};
    set_many(world, 1);
    Findings findings;
    SUBCASE("MX") {
        world.resolver.silence("MX", "example.com");
        CHECK(time_of(world, SurveyWorld::task(), findings) == Milliseconds{2000});
        CHECK(findings.state == State::kMxFailed);
        REQUIRE(findings.error);
        CHECK(dns::describe(*findings.error) == "timeout");
    }
    SUBCASE("one family, which the other makes up for") {
        world.resolver.silence("AAAA", mx_name(0));
        CHECK(time_of(world, SurveyWorld::task(), findings) == Milliseconds{2002});
        CHECK(findings.state == State::kAll);
    }
    SUBCASE("TLSA") {
        world.resolver.silence("TLSA", tlsa_name(mx_name(0)));
        CHECK(time_of(world, SurveyWorld::task(), findings) == Milliseconds{2002});
        CHECK(findings.state == State::kUnknown);
    }
    SUBCASE("the CNAME") {
        world.resolver.set_authentic_addresses(mx_name(0), Authentic::kNo);
        world.resolver.set_canonical_addresses(mx_name(0), "real.example.org");
        world.resolver.silence("CNAME", mx_name(0));
        CHECK(time_of(world, SurveyWorld::task(), findings) == Milliseconds{2002});
        CHECK(findings.state == State::kUnknown);
    }
}

TEST_CASE("a slow host is left out when the time for the whole is over") {
    SurveyWorld world;
    set_many(world, 3);
    world.options.total_time = Milliseconds{3000};
    world.resolver.silence("TLSA", tlsa_name(mx_name(1)));
    Findings findings;
    CHECK(time_of(world, SurveyWorld::task(), findings) == Milliseconds{3000});
    CHECK(findings.state == State::kAll);
    CHECK(findings.left_out);
    CHECK(findings.hosts[1].status == Host::Status::kFailed);
    CHECK(dns::describe(findings.hosts[1].error) == "timeout");
    CHECK(findings.hosts[1].may_bind);
    CHECK(findings.hosts[1].preference == 1);
}

TEST_CASE("when time is up a host that is not known has failed, and may bind unless it is known insecure") {
    SurveyWorld world;
    world.options.total_time = Milliseconds{3000};
    world.set_mx({{0, mx_name(0)}, {5, "192.0.2.1"}});
    world.set_host(mx_name(0), kUsableTlsa);
    bool may_bind = true;
    int answers = 1;  // with a TTL: MX, and what came of the host
    SUBCASE("no address yet") {
        world.resolver.silence("A", mx_name(0));
        world.resolver.silence("AAAA", mx_name(0));
    }
    SUBCASE("one family, secure") {
        world.resolver.silence("A", mx_name(0));
        answers = 2;
    }
    SUBCASE("one family, insecure") {
        world.resolver.silence("A", mx_name(0));
        world.make_insecure("AAAA", mx_name(0));
        may_bind = false;
        answers = 2;
    }
    SUBCASE("one family, denied insecurely") {
        world.resolver.silence("AAAA", mx_name(0));
        world.resolver.deny("A", mx_name(0), base::Seconds{300});
        world.make_insecure("A", mx_name(0));
        may_bind = false;
        answers = 2;
    }
    SUBCASE("insecure, but the CNAME alone may be secure") {
        world.resolver.set_authentic_addresses(mx_name(0), Authentic::kNo);
        world.resolver.set_canonical_addresses(mx_name(0), "real.example.org");
        world.resolver.silence("CNAME", mx_name(0));
        answers = 2;
    }
    SUBCASE("TLSA at the second base domain") {
        world.resolver.set_canonical_addresses(mx_name(0), "real.example.org");
        world.resolver.silence("TLSA", tlsa_name(mx_name(0)));
        answers = 2;
    }
    if (answers == 2) {
        // The host's own TTL is the smaller one.
        world.resolver.set_mx("example.com", {{0, mx_name(0)}, {5, "192.0.2.1"}}, base::Seconds{400});
    }
    Findings findings;
    CHECK(time_of(world, SurveyWorld::task(), findings) == Milliseconds{3000});
    CHECK(findings.state == (may_bind ? State::kUnknown : State::kIrrelevant));
    REQUIRE(findings.hosts.size() == 2);
    CHECK(findings.hosts[0].name == mx_name(0));
    CHECK(findings.hosts[0].status == Host::Status::kFailed);
    CHECK(findings.hosts[0].may_bind == may_bind);
    CHECK(dns::describe(findings.hosts[0].error) == "timeout");
    CHECK(findings.hosts[1].status == Host::Status::kNoAddress);
    CHECK(findings.ttl == base::Seconds{300});
    CHECK(world.loop.waiting() == 0);
}

TEST_CASE("hosts whose turn has not come when time is up have failed") {
    SurveyWorld world;
    set_many(world, 10);
    world.options.total_time = Milliseconds{3000};
    for (std::size_t i = 0; i < Survey::kParallel; ++i)
        world.resolver.silence("A", mx_name(i));
    Findings findings;
    CHECK(time_of(world, SurveyWorld::task(), findings) == Milliseconds{3000});
    CHECK(findings.state == State::kUnknown);
    REQUIRE(findings.hosts.size() == 10);
    for (const Host& host : findings.hosts) {
        CHECK(host.status == Host::Status::kFailed);
        CHECK(host.may_bind);
        CHECK(dns::describe(host.error) == "timeout");
    }
    CHECK(world.resolver.count("A", mx_name(8)) == 0);
}

TEST_CASE("the time for the whole ends an MX lookup that may take longer") {
    SurveyWorld world;
    world.options.total_time = Milliseconds{1000};
    world.resolver.silence("MX", "example.com");
    Findings findings;
    CHECK(time_of(world, SurveyWorld::task(), findings) == Milliseconds{1000});
    CHECK(findings.state == State::kMxFailed);
    REQUIRE(findings.error);
    CHECK(dns::describe(*findings.error) == "timeout");
}

TEST_CASE("nothing is left to wait for once a survey is done") {
    SurveyWorld world;
    set_many(world, 3);
    bool done = false;
    const auto survey = world.start(SurveyWorld::task(), [&](const Findings&) { done = true; });
    world.loop.advance(Milliseconds{10});
    CHECK(done);
    CHECK(world.loop.waiting() == 0);
}

TEST_CASE("a survey can be destroyed at any moment") {
    for (int step = 0; step < 8; ++step) {
        CAPTURE(step);
        SurveyWorld world;
        set_many(world, 20);
        world.resolver.set_delay(Milliseconds{100});
        bool called = false;
        auto survey = world.start(SurveyWorld::task(), [&](const Findings&) { called = true; });
        world.loop.advance(Milliseconds{100 * step});
        REQUIRE((step == 7) == called);
        called = false;
        survey.reset();
        CHECK(world.loop.waiting() == 0);
        world.loop.advance(base::Seconds{300});
        CHECK_FALSE(called);
    }
}

TEST_CASE("a survey can be destroyed by the one it reports to") {
    const std::vector<std::string> ways{"a host", "no host", "MX fails", "time is up", "brackets"};
    for (const std::string& way : ways) {
        CAPTURE(way);
        SurveyWorld world;
        set_many(world, 20);
        world.options.total_time = Milliseconds{3000};
        if (way == "no host") world.set_mx({{0, ""}});
        if (way == "MX fails") world.resolver.fail("MX", "example.com", kServfail);
        if (way == "time is up") world.resolver.silence("TLSA", tlsa_name(mx_name(3)));
        Survey::Task task = SurveyWorld::task();
        task.by_mx = way != "brackets";
        int called = 0;
        std::unique_ptr<Survey> survey;
        survey = world.start(std::move(task), [&](const Findings&) {
            ++called;
            survey.reset();
        });
        CHECK(called == 0);
        world.loop.advance(base::Seconds{300});
        CHECK(called == 1);
        CHECK(world.loop.waiting() == 0);
    }
}
