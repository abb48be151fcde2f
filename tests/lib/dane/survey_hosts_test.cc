// SPDX-License-Identifier: MIT
// What is found out about one host: addresses, CNAMEs, base domains.
#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "lib/dane/survey.h"
#include "tests/lib/dane/survey_world.h"

using dane::Host;
using dns::Authentic;
using Status = dane::Host::Status;
using namespace dane_test;

namespace {

const std::string kHost = "mx.example.net";
const std::string kExpanded = "real.example.org";

}  // namespace

TEST_CASE("RFC 7672 2.2.2: reachability and security of a host from its two address families") {
    enum Family { kSecure, kInsecure, kDenied, kDeniedInsecure, kFails };
    struct Case {
        Family a, aaaa;
        Status expected;
        bool may_bind = false;
    };
    const std::vector<Case> cases{
        {kSecure, kSecure, Status::kUsable},
        {kSecure, kDenied, Status::kUsable},
        {kSecure, kDeniedInsecure, Status::kUsable},
        {kSecure, kFails, Status::kUsable},
        {kSecure, kInsecure, Status::kInsecure},
        {kInsecure, kInsecure, Status::kInsecure},
        {kInsecure, kDenied, Status::kInsecure},
        {kInsecure, kDeniedInsecure, Status::kInsecure},
        {kInsecure, kFails, Status::kInsecure},
        {kDenied, kDenied, Status::kNoAddress},
        {kDenied, kDeniedInsecure, Status::kNoAddress},
        {kDeniedInsecure, kDeniedInsecure, Status::kNoAddress},
        {kFails, kFails, Status::kFailed, true},
        {kFails, kDenied, Status::kFailed, true},
        {kFails, kDeniedInsecure, Status::kFailed, false},
    };
    for (const Case& c : cases)
        for (const bool swapped : {false, true}) {
            CAPTURE(c.a);
            CAPTURE(c.aaaa);
            CAPTURE(swapped);
            SurveyWorld world;
            world.set_host(kHost, kUsableTlsa);
            const auto set = [&](const char* type, Family family) {
                if (family == kDenied || family == kDeniedInsecure)
                    world.resolver.deny(type, kHost, base::Seconds{300});
                if (family == kInsecure || family == kDeniedInsecure) world.make_insecure(type, kHost);
                if (family == kFails) world.resolver.fail(type, kHost, kRefused);
            };
            set("A", swapped ? c.aaaa : c.a);
            set("AAAA", swapped ? c.a : c.aaaa);
            const Host host = world.find_host(kHost);
            CHECK(host.status == c.expected);
            CHECK(host.may_bind == c.may_bind);
            CHECK(host.base_domain == (c.expected == Status::kUsable ? kHost : ""));
            if (c.expected == Status::kFailed) CHECK(dns::describe(host.error) == "REFUSED");
            // No TLSA question where the addresses are insecure, or not there.
            CHECK(world.asked("TLSA") == (c.expected == Status::kUsable ? 1 : 0));
            CHECK(world.asked("CNAME") == 0);
        }
}

TEST_CASE("RFC 7672 2.1.1, 2.1.2: what is said of the TLSA records") {
    struct Case {
        const char* what;
        std::vector<dns::Tlsa> records;
        Authentic authentic;
        bool fails;
        Status expected;
    };
    const dns::Tlsa usable = kUsableTlsa[0], unusable = kUnusableTlsa[0];
    const std::vector<Case> cases{
        {"usable", {usable}, Authentic::kYes, false, Status::kUsable},
        {"one usable among others", {unusable, usable, unusable}, Authentic::kYes, false, Status::kUsable},
        {"none usable", {unusable, unusable}, Authentic::kYes, false, Status::kUnusable},
        {"denied", {}, Authentic::kYes, false, Status::kNoTlsa},
        {"denied insecurely", {}, Authentic::kNo, false, Status::kNoTlsa},
        {"insecure", {usable}, Authentic::kNo, false, Status::kNoTlsa},
        {"failed", {usable}, Authentic::kYes, true, Status::kFailed},
    };
    for (const Case& c : cases) {
        CAPTURE(c.what);
        SurveyWorld world;
        world.set_host(kHost, c.records);
        world.resolver.set_authentic("TLSA", tlsa_name(kHost), c.authentic);
        if (c.fails) world.resolver.fail("TLSA", tlsa_name(kHost), kServfail);
        const Host host = world.find_host(kHost);
        CHECK(host.status == c.expected);
        CHECK(host.may_bind == c.fails);
        const bool found = c.expected == Status::kUsable || c.expected == Status::kUnusable;
        CHECK(host.base_domain == (found ? kHost : ""));
    }
}

TEST_CASE("a TLSA lookup that fails may bind even beside an insecure denial of the other family") {
    SurveyWorld world;
    world.set_host(kHost, kUsableTlsa);
    world.resolver.deny("AAAA", kHost, base::Seconds{300});
    world.make_insecure("AAAA", kHost);
    world.resolver.fail("TLSA", tlsa_name(kHost), kServfail);
    CHECK(world.find_host(kHost).may_bind);
}

TEST_CASE("an insecure denial behind a CNAME does not say that the host cannot bind") {
    SurveyWorld world;
    world.set_host(kHost, kUsableTlsa);
    world.resolver.deny("A", kHost, base::Seconds{300});
    world.make_insecure("A", kHost);
    world.resolver.fail("AAAA", kHost, kServfail);
    CHECK_FALSE(world.find_host(kHost).may_bind);
    world.resolver.set_canonical("A", kHost, kExpanded);  // maybe of an unsigned zone
    CHECK(world.find_host(kHost).may_bind);
}

TEST_CASE("RFC 7671 7, RFC 7672 2.2.3: a secure CNAME at the MX name makes two base domains") {
    enum Tlsa { kUsable, kUnusable, kInsecure, kDenied, kFails };
    struct Case {
        Tlsa expanded, original;
        Status expected;
        std::string base_domain;
        std::size_t questions;
    };
    const std::vector<Case> cases{
        {kUsable, kUsable, Status::kUsable, kExpanded, 1},
        {kUsable, kFails, Status::kUsable, kExpanded, 1},
        // Usable or not, the first that has any counts.
        {kUnusable, kUsable, Status::kUnusable, kExpanded, 1},
        {kDenied, kUsable, Status::kUsable, kHost, 2},
        {kInsecure, kUsable, Status::kUsable, kHost, 2},
        {kDenied, kUnusable, Status::kUnusable, kHost, 2},
        {kDenied, kDenied, Status::kNoTlsa, "", 2},
        {kInsecure, kInsecure, Status::kNoTlsa, "", 2},
        // An error is not "go on".
        {kFails, kUsable, Status::kFailed, "", 1},
        {kDenied, kFails, Status::kFailed, "", 2},
    };
    for (const Case& c : cases) {
        CAPTURE(c.expanded);
        CAPTURE(c.original);
        SurveyWorld world;
        world.resolver.set_addresses(kHost, kBothFamilies);
        world.resolver.set_canonical_addresses(kHost, kExpanded);
        const auto set = [&](const std::string& at, Tlsa tlsa) {
            const std::string owner = tlsa_name(at);
            world.resolver.set_tlsa(owner, tlsa == kUnusable ? kUnusableTlsa : kUsableTlsa);
            if (tlsa == kInsecure) world.make_insecure("TLSA", owner);
            if (tlsa == kDenied) world.resolver.deny("TLSA", owner, base::Seconds{300});
            if (tlsa == kFails) world.resolver.fail("TLSA", owner, kServfail);
        };
        set(kExpanded, c.expanded);
        set(kHost, c.original);
        const Host host = world.find_host(kHost);
        CHECK(host.status == c.expected);
        CHECK(host.base_domain == c.base_domain);
        CHECK(host.may_bind == (c.expected == Status::kFailed));
        std::vector<std::string> asked{tlsa_name(kExpanded), tlsa_name(kHost)};
        asked.resize(c.questions);
        CHECK(world.tlsa_names() == asked);
        CHECK(world.asked("CNAME") == 0);
    }
}

TEST_CASE("RFC 7672 2.2.2: insecure addresses behind a CNAME that is itself secure") {
    enum Cname { kSecure, kInsecure, kDenied, kFails };
    struct Case {
        Cname cname;
        Status expected;
        std::vector<std::string> tlsa_names;
    };
    const std::vector<Case> cases{
        // The original name is the only base domain.
        {kSecure, Status::kUsable, {tlsa_name(kHost)}},
        {kInsecure, Status::kInsecure, {}},
        {kDenied, Status::kInsecure, {}},
        {kFails, Status::kFailed, {}},
    };
    for (const Case& c : cases)
        for (const char* insecure : {"A", "AAAA", "both"}) {
            CAPTURE(c.cname);
            CAPTURE(insecure);
            SurveyWorld world;
            world.set_host(kHost, kUsableTlsa);
            world.set_host(kExpanded, kUsableTlsa);
            world.resolver.set_canonical_addresses(kHost, kExpanded);
            if (std::string(insecure) != "AAAA") world.make_insecure("A", kHost);
            if (std::string(insecure) != "A") world.make_insecure("AAAA", kHost);
            world.resolver.set_cname(kHost, kExpanded);
            if (c.cname == kInsecure) world.make_insecure("CNAME", kHost);
            if (c.cname == kDenied) world.resolver.deny("CNAME", kHost, base::Seconds{300});
            if (c.cname == kFails) world.resolver.fail("CNAME", kHost, kServfail);
            const Host host = world.find_host(kHost);
            CHECK(host.status == c.expected);
            CHECK(host.may_bind == (c.cname == kFails));
            CHECK(world.tlsa_names() == c.tlsa_names);
            CHECK(world.resolver.count("CNAME", kHost) == 1);
        }

    SUBCASE("and without TLSA records there is nothing else to ask") {
        SurveyWorld world;
        world.set_host(kHost, {});
        world.set_host(kExpanded, kUsableTlsa);
        world.resolver.set_canonical_addresses(kHost, kExpanded);
        world.resolver.set_authentic_addresses(kHost, Authentic::kNo);
        world.resolver.set_cname(kHost, kExpanded);
        CHECK(world.find_host(kHost).status == Status::kNoTlsa);
        CHECK(world.tlsa_names() == std::vector<std::string>{tlsa_name(kHost)});
    }
    SUBCASE("and a TLSA lookup that fails may bind") {
        SurveyWorld world;
        world.set_host(kHost, kUsableTlsa);
        world.resolver.set_canonical_addresses(kHost, kExpanded);
        world.resolver.set_authentic_addresses(kHost, Authentic::kNo);
        world.resolver.set_cname(kHost, kExpanded);
        world.resolver.fail("TLSA", tlsa_name(kHost), kServfail);
        const Host host = world.find_host(kHost);
        CHECK(host.status == Status::kFailed);
        CHECK(host.may_bind);
    }
}

TEST_CASE("below what is no name, or too long a name, nothing can be found") {
    const std::string label(63, 'a');
    const std::string long_name = label + "." + label + "." + label + "." + std::string(50, 'b') + ".example";
    REQUIRE(long_name.size() == 250);
    SurveyWorld world;
    SUBCASE("a canonical name that is no host name") {
        for (const std::string& canonical :
             std::vector<std::string>{"_-.example.org", "a\\032b.example.org", "-a.example.org"}) {
            CAPTURE(canonical);
            world.set_host(kHost, kUsableTlsa);
            world.resolver.set_canonical_addresses(kHost, canonical);
            CHECK(world.find_host(kHost).base_domain == kHost);
        }
        CHECK(world.asked("TLSA") == 3);
    }
    SUBCASE("a canonical name that is a host name only to senders") {
        world.set_host(kHost, kUsableTlsa);
        world.set_host("_edge.example.org", kUsableTlsa);
        world.resolver.set_canonical_addresses(kHost, "_edge.example.org");
        CHECK(world.find_host(kHost).base_domain == "_edge.example.org");
    }
    SUBCASE("a canonical name with no room for the prefix") {
        world.set_host(kHost, kUsableTlsa);
        world.resolver.set_canonical_addresses(kHost, long_name);
        CHECK(world.find_host(kHost).base_domain == kHost);
        CHECK(world.asked("TLSA") == 1);
    }
    SUBCASE("a host with no room for the prefix") {
        world.resolver.set_addresses(long_name, kBothFamilies);
        CHECK(world.find_host(long_name).status == Status::kNoTlsa);
        CHECK(world.asked("TLSA") == 0);
    }
    SUBCASE("a canonical name that is the host's own is asked once") {
        world.resolver.set_addresses(kHost, kBothFamilies);
        world.resolver.set_canonical_addresses(kHost, "MX.example.net");
        CHECK(world.find_host(kHost).status == Status::kNoTlsa);
        CHECK(world.asked("TLSA") == 1);
    }
}
