// SPDX-License-Identifier: MIT
#include "lib/dns/address.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using dns::Address;
using dns::Network;

namespace {

Address address(std::string_view text) {
    const auto parsed = Address::parse(text);
    REQUIRE(parsed);
    return *parsed;
}

}  // namespace

TEST_CASE("addresses have one canonical text") {
    const struct {
        std::string_view text;
        std::string_view canonical;
        dns::Family family;
    } rows[] = {
        {"192.0.2.1", "192.0.2.1", dns::Family::kV4},
        {"0.0.0.0", "0.0.0.0", dns::Family::kV4},
        {"255.255.255.255", "255.255.255.255", dns::Family::kV4},
        {"2001:DB8::0001", "2001:db8::1", dns::Family::kV6},
        {"2001:db8:0:0:0:0:0:1", "2001:db8::1", dns::Family::kV6},
        {"::", "::", dns::Family::kV6},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1", dns::Family::kV6},
        {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
         dns::Family::kV6},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const Address a = address(row.text);
        CHECK((a.family() == row.family));
        CHECK(a.text() == row.canonical);
        CHECK((Address::parse(a.text()) == a));
    }
    CHECK((Address::v4({192, 0, 2, 1}) == address("192.0.2.1")));
    CHECK_FALSE((address("::") == address("0.0.0.0")));
}

TEST_CASE("anything else is no address") {
    for (const std::string text : {"",
                                   "127.1",
                                   "1.2.3",
                                   "1.2.3.4.5",
                                   "1.2.3.256",
                                   "01.2.3.4",
                                   "0x7f.0.0.1",
                                   "1.2.3.4 ",
                                   " 1.2.3.4",
                                   "1.2.3.4/32",
                                   "2130706433",
                                   "[::1]",
                                   "fe80::1%eth0",
                                   ":",
                                   ":::",
                                   "1::2::3",
                                   "::12345",
                                   "1:2:3:4:5:6:7:8:9",
                                   "::1 ",
                                   "localhost",
                                   "IPv6:::1",
                                   "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa"}) {
        CAPTURE(text);
        CHECK_FALSE(Address::parse(text).has_value());
    }
    CHECK_FALSE(Address::parse(std::string_view("1.2.3.4\0", 8)).has_value());
    CHECK_FALSE(Address::parse(std::string_view("::1\0x", 5)).has_value());
}

TEST_CASE("a network is an address block with no host bits, or one address") {
    const struct {
        std::string_view text;
        std::string_view canonical;  // empty: none
    } rows[] = {
        {"203.0.113.0/24", "203.0.113.0/24"},
        {"203.0.113.7", "203.0.113.7/32"},
        {"203.0.113.7/32", "203.0.113.7/32"},
        {"0.0.0.0/0", "0.0.0.0/0"},
        {"::/0", "::/0"},
        {"::1", "::1/128"},
        {"2001:DB8::/32", "2001:db8::/32"},
        {"128.0.0.0/1", "128.0.0.0/1"},
        {"10.64.0.0/10", "10.64.0.0/10"},
        {"203.0.113.7/24", ""},
        {"203.0.113.0/23", ""},
        {"2001:db8::1/64", ""},
        {"203.0.113.0/33", ""},
        {"::/129", ""},
        {"203.0.113.0/", ""},
        {"203.0.113.0/024", ""},
        {"0.0.0.0/00", ""},
        {"203.0.113.0/+24", ""},
        {"203.0.113.0/-1", ""},
        {"203.0.113.0/24 ", ""},
        {" 203.0.113.0/24", ""},
        {"203.0.113.0 /24", ""},
        {"203.0.113.0/24/24", ""},
        {"203.0.113.0/255.255.255.0", ""},
        {"203.0.113/24", ""},
        {"/24", ""},
        {"", ""},
        {"example.com", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto network = Network::parse(row.text);
        CHECK(network.has_value() == !row.canonical.empty());
        if (network) CHECK(network->text() == row.canonical);
    }
}

TEST_CASE("a network holds the addresses of its family with its prefix") {
    const struct {
        std::string_view network;
        std::string_view inside;
        std::string_view outside;
    } rows[] = {
        {"203.0.113.0/24", "203.0.113.255", "203.0.112.255"},
        {"203.0.113.128/25", "203.0.113.128", "203.0.113.127"},
        {"100.64.0.0/10", "100.127.255.255", "100.128.0.0"},
        {"203.0.113.7", "203.0.113.7", "203.0.113.6"},
        {"128.0.0.0/1", "255.0.0.1", "127.255.255.255"},
        {"0.0.0.0/0", "255.255.255.255", "::"},
        {"::/0", "ffff::", "0.0.0.0"},
        {"2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"},
        {"fc00::/7", "fdff::1", "fe00::"},
        {"::1", "::1", "::2"},
        {"::ffff:0:0/96", "::ffff:192.0.2.1", "192.0.2.1"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.network);
        const auto network = Network::parse(row.network);
        REQUIRE(network);
        CHECK(network->contains(address(row.inside)));
        CHECK_FALSE(network->contains(address(row.outside)));
    }
}
