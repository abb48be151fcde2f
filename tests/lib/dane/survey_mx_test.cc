// SPDX-License-Identifier: MIT
// From the next hop to its hosts: MX, implicit MX, null MX, brackets, ports.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "lib/dane/mx_hosts.h"
#include "lib/dane/survey.h"
#include "tests/lib/dane/survey_world.h"

using dane::Findings;
using dane::Host;
using dane::State;
using dane::Survey;
using dns::Authentic;
using namespace dane_test;

namespace {

std::vector<std::string> names(const Findings& findings) {
    std::vector<std::string> out;
    for (const Host& host : findings.hosts)
        out.push_back(host.name);
    return out;
}

}  // namespace

TEST_CASE("RFC 5321 5.1: without an MX record the domain itself is the host") {
    for (const Authentic authentic : {Authentic::kYes, Authentic::kNo}) {
        SurveyWorld world;
        world.set_mx({}, authentic);
        world.set_host("example.com", kUsableTlsa);
        const Findings findings = world.find();
        CHECK(names(findings) == std::vector<std::string>{"example.com"});
        CHECK(findings.hosts[0].preference == 0);
        // A secure denial counts as a secure MX RRset.
        const bool secure = authentic == Authentic::kYes;
        CHECK(findings.mx_secure == secure);
        CHECK(findings.state == (secure ? State::kAll : State::kInsecureMx));
    }
}

TEST_CASE("RFC 7505: a null MX means no host") {
    SurveyWorld world;
    world.set_host("example.com", kUsableTlsa);
    for (const std::uint16_t preference : std::vector<std::uint16_t>{0, 10}) {
        world.set_mx({{preference, ""}});
        const Findings findings = world.find();
        CHECK(findings.state == State::kNone);
        CHECK(findings.hosts.empty());
        CHECK_FALSE(findings.left_out);
        CHECK(findings.ttl == base::Seconds{300});
    }
    CHECK(world.asked("MX") == world.asked());
}

TEST_CASE("the root beside other MX hosts is ignored") {
    SurveyWorld world;
    world.set_mx({{0, ""}, {10, "mx.example.net"}});
    world.set_host("mx.example.net", kUsableTlsa);
    const Findings findings = world.find();
    CHECK(names(findings) == std::vector<std::string>{"mx.example.net"});
    CHECK(findings.state == State::kAll);
}

TEST_CASE("a next hop in brackets is looked up without MX and counts as a secure MX RRset") {
    SurveyWorld world;
    world.set_mx({{10, "mx.example.net"}}, Authentic::kNo);
    world.set_host("mx.example.net", kUnusableTlsa);
    world.set_host("example.com", kUsableTlsa);
    const Findings findings = world.find(Survey::Task{name("example.com"), 25, false});
    CHECK(world.asked("MX") == 0);
    CHECK(names(findings) == std::vector<std::string>{"example.com"});
    CHECK(findings.mx_secure);
    CHECK(findings.state == State::kAll);

    world.resolver.fail_addresses("example.com", kServfail);
    CHECK(world.find(Survey::Task{name("example.com"), 25, false}).state == State::kUnknown);
}

TEST_CASE("RFC 7672 2.2.3: the port of the TLSA records is that of the next hop") {
    for (const std::uint16_t port : std::vector<std::uint16_t>{25, 26, 587, 65535})
        for (const bool by_mx : {true, false}) {
            CAPTURE(port);
            SurveyWorld world;
            world.set_mx({{10, "example.com"}});
            world.resolver.set_addresses("example.com", kBothFamilies);
            world.resolver.set_tlsa(tlsa_name("example.com", port), kUsableTlsa);
            CHECK(world.find(Survey::Task{name("example.com"), port, by_mx}).state == State::kAll);
            CHECK(world.tlsa_names() == std::vector<std::string>{tlsa_name("example.com", port)});
        }
}

TEST_CASE("the hosts come in the order of their preference, each once") {
    SurveyWorld world;
    world.set_mx({{30, "c.example.net"},
                  {10, "B.example.net"},
                  {20, "a.example.net"},
                  {20, "b.example.NET"},
                  {10, "b.example.net"},
                  {5, "c.example.net"}});
    for (const char* host : {"a.example.net", "b.example.net", "c.example.net"})
        world.set_host(host, kUsableTlsa);
    const Findings findings = world.find();
    CHECK(names(findings) == std::vector<std::string>{"c.example.net", "b.example.net", "a.example.net"});
    CHECK(findings.hosts[0].preference == 5);
    CHECK(findings.hosts[1].preference == 10);
    CHECK(findings.hosts[2].preference == 20);
    CHECK(findings.state == State::kAll);
    CHECK(world.asked("A") == 3);
    CHECK(world.asked("AAAA") == 3);
    CHECK(world.asked("TLSA") == 3);
}

TEST_CASE("an MX target that no sender could contact is as one without an address") {
    for (const std::string target :
         {"192.0.2.1", "mx", "localhost", "_mx", "_mx.-a.example.net", "-mx.example.net", "_-.example.net",
          "mx..example.net", "mx\\032a.example.net", "mx.example.1", "b\\195\\188cher.example",
          "*.example.net"}) {
        CAPTURE(target);
        SurveyWorld world;
        world.set_mx({{10, target}, {20, "mx.example.net"}});
        world.set_host("mx.example.net", kUsableTlsa);
        const Findings findings = world.find();
        CHECK(names(findings) == std::vector<std::string>{target, "mx.example.net"});
        CHECK(findings.hosts[0].status == Host::Status::kNoAddress);
        CHECK_FALSE(findings.hosts[0].may_bind);
        CHECK(findings.state == State::kAll);
        CHECK_FALSE(findings.left_out);
        CHECK(world.asked() == 1 + 2 + 1);
    }
}

TEST_CASE("an MX target with labels that begin with '_' is a host: hosters hand out such names") {
    SurveyWorld world;
    world.set_mx({{10, "_DC-mx.8de8.example.net"}, {20, "mx.example.net"}});
    world.set_host("_dc-mx.8de8.example.net", {});
    world.set_host("mx.example.net", kUsableTlsa);
    CHECK(world.find().state == State::kSome);
    world.set_host("_dc-mx.8de8.example.net", kUsableTlsa);
    const Findings findings = world.find();
    CHECK(names(findings) == std::vector<std::string>{"_dc-mx.8de8.example.net", "mx.example.net"});
    CHECK(findings.state == State::kAll);
}

TEST_CASE("host names as DNS records have them") {
    const std::string label(63, 'a');
    const std::vector<std::pair<std::string, std::string>> names{
        {"MX.example.NET", "mx.example.net"},
        {"_mx.example.net", "_mx.example.net"},
        {"a._B.c.example.net", "a._b.c.example.net"},
        {"_a._b.example.net", "_a._b.example.net"},
        {"_.example.net", "_.example.net"},
        {"_" + label.substr(1) + ".net", "_" + label.substr(1) + ".net"},
        {"", ""},
        {"_mx", ""},
        {"_mx.", ""},
        {"._mx.example.net", ""},
        {"a.._mx.example.net", ""},
        {"_a-.example.net", ""},
        {"-a._b.example.net", ""},
        {"_" + label + ".net", ""},
        {"_a\\032b.example.net", ""},
        {"_a\\._b.example.net", ""},
        {"_a." + label + "." + label + "." + label + "." + label, ""},
    };
    for (const auto& row : names) {
        CAPTURE(row.first);
        const auto found = dane::host_name(row.first);
        CHECK((found ? found->text() : "") == row.second);
    }
}

TEST_CASE("RFC 7672 2.2.1: MX records behind a CNAME are as secure as the whole answer") {
    for (const Authentic authentic : {Authentic::kYes, Authentic::kNo}) {
        SurveyWorld world;
        world.set_mx({{10, "mx.example.net"}}, authentic);
        world.resolver.set_canonical("MX", "example.com", "alias.example.org");
        world.set_host("mx.example.net", kUsableTlsa);
        const Findings findings = world.find();
        CHECK(findings.state == (authentic == Authentic::kYes ? State::kAll : State::kInsecureMx));
        CHECK(findings.hosts[0].base_domain == "mx.example.net");
    }
}

TEST_CASE("the most preferred hosts are looked at, up to a limit") {
    std::vector<dns::Mx> records{{7, ""}, {0, "mx"}, {1, "mx1.example.net"}, {2, "mx1.example.net"}};
    for (std::uint16_t i = 100; i > 10; --i)
        records.push_back({i, "mx" + std::to_string(i) + ".example.net"});
    const auto hosts = dane::mx_hosts(records, 4);
    REQUIRE(hosts.size() == 4);
    CHECK(hosts[0].text == "mx");
    CHECK_FALSE(hosts[0].name);
    CHECK(hosts[1].text == "mx1.example.net");
    CHECK(hosts[1].preference == 1);
    REQUIRE(hosts[1].name);
    CHECK(hosts[2].text == "mx11.example.net");
    CHECK(hosts[3].text == "mx12.example.net");
    CHECK(dane::mx_hosts({}, 4).empty());
}
