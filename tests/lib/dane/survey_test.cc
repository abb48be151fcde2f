// SPDX-License-Identifier: MIT
// What the hosts of a domain say together: every state, through the survey itself.
#include "lib/dane/survey.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/lib/dane/survey_world.h"

using dane::Findings;
using dane::Host;
using dane::State;
using dns::Authentic;
using namespace dane_test;

namespace {

enum class Kind {
    kUsable,
    kUnusable,
    kNoTlsa,
    kInsecure,
    kNoAddress,
    kNoName,
    kTlsaFails,      // may bind
    kAddressFails,   // may bind
    kFailsInsecure,  // cannot bind
};

Host::Status status_of(Kind kind) {
    switch (kind) {
        case Kind::kUsable:
            return Host::Status::kUsable;
        case Kind::kUnusable:
            return Host::Status::kUnusable;
        case Kind::kNoTlsa:
            return Host::Status::kNoTlsa;
        case Kind::kInsecure:
            return Host::Status::kInsecure;
        case Kind::kNoAddress:
        case Kind::kNoName:
            return Host::Status::kNoAddress;
        default:
            return Host::Status::kFailed;
    }
}

std::string publish(SurveyWorld& world, Kind kind, std::size_t number) {
    if (kind == Kind::kNoName) return "192.0.2." + std::to_string(number);
    const std::string host = "mx" + std::to_string(number) + ".example.net";
    // What must not count is there to be found.
    world.set_host(host, kind == Kind::kUnusable ? kUnusableTlsa : kUsableTlsa);
    if (kind == Kind::kNoTlsa) world.resolver.deny("TLSA", tlsa_name(host), base::Seconds{300});
    if (kind == Kind::kInsecure) world.resolver.set_authentic_addresses(host, Authentic::kNo);
    if (kind == Kind::kNoAddress) world.resolver.deny_addresses(host, base::Seconds{300});
    if (kind == Kind::kTlsaFails) world.resolver.fail("TLSA", tlsa_name(host), kServfail);
    if (kind == Kind::kAddressFails) world.resolver.fail_addresses(host, kServfail);
    if (kind == Kind::kFailsInsecure) {
        world.resolver.deny("A", host, base::Seconds{300});
        world.make_insecure("A", host);
        world.resolver.fail("AAAA", host, kServfail);
    }
    return host;
}

}  // namespace

TEST_CASE("the state of a domain from its hosts") {
    using K = Kind;
    struct Case {
        std::vector<Kind> hosts;
        State over_secure_mx;
        State over_insecure_mx;
    };
    const std::vector<Case> cases{
        // RFC 7672 2.2: every reachable host
        {{K::kUsable}, State::kAll, State::kInsecureMx},
        {{K::kUsable, K::kUsable, K::kUsable}, State::kAll, State::kInsecureMx},
        {{K::kUsable, K::kNoAddress}, State::kAll, State::kInsecureMx},
        {{K::kNoName, K::kUsable}, State::kAll, State::kInsecureMx},
        // some
        {{K::kUsable, K::kNoTlsa}, State::kSome, State::kInsecureMx},
        {{K::kNoTlsa, K::kUsable}, State::kSome, State::kInsecureMx},
        {{K::kUsable, K::kInsecure}, State::kSome, State::kInsecureMx},
        {{K::kUsable, K::kUnusable}, State::kSome, State::kInsecureMx},
        {{K::kUnusable, K::kNoTlsa, K::kUsable}, State::kSome, State::kInsecureMx},
        // none usable
        {{K::kUnusable}, State::kUnusable, State::kInsecureMx},
        {{K::kUnusable, K::kNoTlsa}, State::kUnusable, State::kInsecureMx},
        {{K::kInsecure, K::kUnusable, K::kNoAddress}, State::kUnusable, State::kInsecureMx},
        {{K::kNoTlsa}, State::kNone, State::kNone},
        {{K::kInsecure}, State::kNone, State::kNone},
        {{K::kInsecure, K::kNoTlsa, K::kNoAddress}, State::kNone, State::kNone},
        // no host with an address
        {{K::kNoAddress}, State::kNone, State::kNone},
        {{K::kNoName}, State::kNone, State::kNone},
        {{K::kNoAddress, K::kNoAddress}, State::kNone, State::kNone},
        // RFC 7672 2.1.2: a host that fails is left out while another decides
        {{K::kUsable, K::kTlsaFails, K::kUsable}, State::kAll, State::kInsecureMx},
        {{K::kTlsaFails, K::kUsable}, State::kAll, State::kInsecureMx},
        {{K::kUsable, K::kAddressFails}, State::kAll, State::kInsecureMx},
        {{K::kUsable, K::kFailsInsecure}, State::kAll, State::kInsecureMx},
        {{K::kUsable, K::kNoTlsa, K::kTlsaFails}, State::kSome, State::kInsecureMx},
        // nobody else decides, and the one that fails could bind us
        {{K::kTlsaFails}, State::kUnknown, State::kIrrelevant},
        {{K::kAddressFails}, State::kUnknown, State::kIrrelevant},
        {{K::kTlsaFails, K::kNoTlsa}, State::kUnknown, State::kIrrelevant},
        {{K::kTlsaFails, K::kUnusable}, State::kUnknown, State::kInsecureMx},
        {{K::kTlsaFails, K::kNoAddress}, State::kUnknown, State::kIrrelevant},
        {{K::kFailsInsecure, K::kTlsaFails}, State::kUnknown, State::kIrrelevant},
        // RFC 7672 2.2: records that are there ask for TLS, whatever a host that cannot bind us would say
        {{K::kFailsInsecure, K::kUnusable}, State::kUnusable, State::kInsecureMx},
        {{K::kUnusable, K::kNoTlsa, K::kFailsInsecure}, State::kUnusable, State::kInsecureMx},
        // nor could it
        {{K::kFailsInsecure}, State::kIrrelevant, State::kIrrelevant},
        {{K::kFailsInsecure, K::kNoTlsa}, State::kIrrelevant, State::kIrrelevant},
        {{K::kInsecure, K::kFailsInsecure}, State::kIrrelevant, State::kIrrelevant},
    };
    int row = 0;
    for (const Case& c : cases) {
        CAPTURE(row++);
        for (const Authentic mx : {Authentic::kYes, Authentic::kNo}) {
            SurveyWorld world;
            std::vector<dns::Mx> records;
            for (std::size_t i = 0; i < c.hosts.size(); ++i)
                records.push_back({static_cast<std::uint16_t>(i), publish(world, c.hosts[i], i)});
            world.set_mx(records, mx);
            const Findings findings = world.find();
            const bool secure = mx == Authentic::kYes;
            CAPTURE(secure);
            const State expected = secure ? c.over_secure_mx : c.over_insecure_mx;
            CHECK(findings.state == expected);
            CHECK(findings.mx_secure == secure);
            const bool failed = expected == State::kUnknown || expected == State::kIrrelevant;
            const bool a_host_fails =
                std::any_of(findings.hosts.begin(), findings.hosts.end(),
                            [](const Host& host) { return host.status == Host::Status::kFailed; });
            CHECK(findings.left_out == (a_host_fails && !failed));
            CHECK_FALSE(findings.error);
            CHECK(findings.failed() == failed);
            REQUIRE(findings.hosts.size() == c.hosts.size());
            for (std::size_t i = 0; i < c.hosts.size(); ++i) {
                CHECK(findings.hosts[i].name == records[i].host);
                CHECK(findings.hosts[i].preference == i);
                CHECK(findings.hosts[i].status == status_of(c.hosts[i]));
            }
        }
    }
}

TEST_CASE("the MX lookup itself fails") {
    for (const dns::LookupError error : {kServfail, dns::LookupError{dns::LookupError::Kind::kTimeout, 0}}) {
        SurveyWorld world;
        world.set_host("example.com", kUsableTlsa);
        world.resolver.fail("MX", "example.com", error);
        const Findings findings = world.find();
        CHECK(findings.state == State::kMxFailed);
        CHECK(findings.failed());
        CHECK_FALSE(findings.mx_secure);
        REQUIRE(findings.error);
        CHECK(findings.error->kind == error.kind);
        CHECK(findings.error->rcode == error.rcode);
        CHECK(findings.hosts.empty());
        CHECK(findings.ttl == base::Seconds{0});
        CHECK(world.asked() == 1);
    }
}

TEST_CASE("the lookup failures of a host are told") {
    SurveyWorld world;
    world.set_mx({{10, "mx1.example.net"}, {20, "mx2.example.net"}});
    world.set_host("mx1.example.net", kUsableTlsa);
    world.set_host("mx2.example.net", kUsableTlsa);
    world.resolver.fail("TLSA", tlsa_name("mx1.example.net"), kRefused);
    world.resolver.silence("A", "mx2.example.net");
    world.resolver.silence("AAAA", "mx2.example.net");
    const Findings findings = world.find();
    REQUIRE(findings.hosts.size() == 2);
    CHECK(dns::describe(findings.hosts[0].error) == "REFUSED");
    CHECK(findings.hosts[0].may_bind);
    CHECK(dns::describe(findings.hosts[1].error) == "timeout");
    CHECK(findings.hosts[1].may_bind);
}

TEST_CASE("the lifetime of the findings is the smallest TTL of the answers they rest on") {
    struct Case {
        const char* what;
        std::vector<int> mx_a_aaaa_tlsa;
        int expected;
    };
    const std::vector<Case> cases{
        {"MX", {60, 100, 100, 100}, 60},     {"A", {100, 60, 100, 100}, 60},
        {"AAAA", {100, 100, 60, 100}, 60},   {"TLSA", {100, 100, 100, 60}, 60},
        {"no floor", {100, 0, 100, 100}, 0}, {"no ceiling", {999999, 999999, 999999, 999999}, 999999},
    };
    for (const Case& c : cases) {
        // Denials count with their negative TTL: A, TLSA and MX each with records and without.
        for (const bool mx : {true, false})
            for (const bool a : {true, false})
                for (const bool tlsa : {true, false}) {
                    CAPTURE(c.what);
                    CAPTURE(mx);
                    CAPTURE(a);
                    CAPTURE(tlsa);
                    SurveyWorld world;
                    const auto ttl = [&](std::size_t i) { return base::Seconds{c.mx_a_aaaa_tlsa[i]}; };
                    const std::string host = mx ? "mx.example.net" : "example.com";
                    world.resolver.set_mx("example.com", {{10, host}}, ttl(0));
                    if (!mx) world.resolver.deny("MX", "example.com", ttl(0));
                    // Each family with its own TTL: what is said of both is replaced for one.
                    world.resolver.set_addresses(host, kBothFamilies, ttl(2));
                    world.resolver.deny("A", host, ttl(1));
                    if (a) world.resolver.set_addresses(host, {"8.8.8.8"}, ttl(1));
                    if (a) world.resolver.deny("AAAA", host, ttl(2));
                    world.resolver.set_tlsa(tlsa_name(host), kUsableTlsa, ttl(3));
                    if (!tlsa) world.resolver.deny("TLSA", tlsa_name(host), ttl(3));
                    const Findings findings = world.find();
                    CHECK(findings.state == (tlsa ? State::kAll : State::kNone));
                    CHECK(findings.ttl == base::Seconds{c.expected});
                }
    }
}

TEST_CASE("every host counts for the lifetime, and so does the CNAME that was asked for alone") {
    SurveyWorld world;
    world.set_mx({{10, "mx1.example.net"}, {20, "mx2.example.net"}});
    world.set_host("mx1.example.net", kUsableTlsa);
    world.resolver.set_addresses("mx2.example.net", {"8.8.8.8"}, base::Seconds{200});
    world.resolver.set_tlsa(tlsa_name("mx2.example.net"), kUsableTlsa, base::Seconds{150});
    CHECK(world.find().ttl == base::Seconds{150});

    world.resolver.set_canonical_addresses("mx2.example.net", "other.example.org");
    world.resolver.set_authentic_addresses("mx2.example.net", Authentic::kNo);
    world.resolver.set_cname("mx2.example.net", "other.example.org", base::Seconds{90});
    CHECK(world.find().ttl == base::Seconds{90});

    // What makes a host's failure harmless counts too.
    world.resolver.fail("CNAME", "mx2.example.net", kServfail);
    world.resolver.set_addresses("mx2.example.net", {"8.8.8.8"}, base::Seconds{80});
    world.resolver.fail("TLSA", tlsa_name("mx2.example.net"), kServfail);
    CHECK(world.find().ttl == base::Seconds{80});
}

TEST_CASE("a survey without a single answer lives no time") {
    SurveyWorld world;
    world.resolver.fail_all(kServfail);
    const Findings findings = world.find(dane::Survey::Task{name("mx.example.net"), 25, false});
    CHECK(findings.state == State::kUnknown);
    CHECK(findings.ttl == base::Seconds{0});
}

TEST_CASE("the words for people") {
    const std::vector<std::pair<State, std::string>> states{
        {State::kAll, "all"},
        {State::kSome, "some"},
        {State::kUnusable, "unusable"},
        {State::kInsecureMx, "insecure-mx"},
        {State::kNone, "none"},
        {State::kUnknown, "unknown"},
        {State::kMxFailed, "mx-failed"},
        {State::kIrrelevant, "irrelevant"},
    };
    for (const auto& [state, word] : states)
        CHECK(dane::to_string(state) == word);
    const std::vector<std::pair<Host::Status, std::string>> statuses{
        {Host::Status::kUsable, "usable"},        {Host::Status::kUnusable, "unusable"},
        {Host::Status::kNoTlsa, "no-tlsa"},       {Host::Status::kInsecure, "insecure"},
        {Host::Status::kNoAddress, "no-address"}, {Host::Status::kFailed, "failed"},
    };
    for (const auto& [status, word] : statuses)
        CHECK(dane::to_string(status) == word);
}
