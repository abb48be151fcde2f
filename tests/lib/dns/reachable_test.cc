// SPDX-License-Identifier: MIT
// IANA IPv4 and IPv6 Special-Purpose Address Registries: each block's first and last address, and its
// neighbours.
#include <doctest/doctest.h>

#include <string_view>

#include "lib/dns/address.h"

namespace {

bool reachable(std::string_view text) {
    const auto address = dns::Address::parse(text);
    REQUIRE(address);
    return dns::is_globally_reachable(*address);
}

}  // namespace

TEST_CASE("addresses of the public Internet are globally reachable") {
    for (const std::string_view text : {
             "1.0.0.0",
             "8.8.8.8",
             "9.255.255.255",
             "11.0.0.0",
             "100.63.255.255",
             "100.128.0.0",
             "126.255.255.255",
             "128.0.0.0",
             "169.253.255.255",
             "169.255.0.0",
             "172.15.255.255",
             "172.32.0.0",
             "191.255.255.255",
             "192.0.1.0",
             "192.0.1.255",
             "192.0.3.0",
             "192.88.98.255",
             "192.88.100.0",
             "192.167.255.255",
             "192.169.0.0",
             "198.17.255.255",
             "198.20.0.0",
             "198.51.99.255",
             "198.51.101.0",
             "203.0.112.255",
             "203.0.114.0",
             "223.255.255.255",
             // Special, and called reachable.
             "192.0.0.9",
             "192.0.0.10",
             "192.31.196.1",
             "192.52.193.1",
             "192.175.48.1",
             "2000::1",
             "2001:200::",
             "2001:db7:ffff::",
             "2001:db9::",
             "2003::1",
             "2606:4700::1111",
             "2a00:1450::1",
             "3fff:1000::",
             "3ffe::1",
             "2001:1::1",
             "2001:1::2",
             "2001:1::3",
             "2001:3::1",
             "2001:4:112::1",
             "2001:20::1",
             "2001:2f:ffff::",
             "2001:30::1",
             "2001:3f:ffff::",
             "2620:4f:8000::1",
         }) {
        CAPTURE(text);
        CHECK(reachable(text));
    }
}

TEST_CASE("special-purpose addresses are not globally reachable") {
    for (const std::string_view text : {
             // This network, private, shared, loopback, link-local.
             "0.0.0.0",
             "0.255.255.255",
             "10.0.0.0",
             "10.255.255.255",
             "100.64.0.0",
             "100.127.255.255",
             "127.0.0.1",
             "127.255.255.255",
             "169.254.0.0",
             "169.254.169.254",
             "169.254.255.255",
             "172.16.0.0",
             "172.31.255.255",
             "192.168.0.0",
             "192.168.255.255",
             // Protocol assignments, documentation, 6to4 relays, benchmarking, multicast, reserved.
             "192.0.0.0",
             "192.0.0.8",
             "192.0.0.11",
             "192.0.0.170",
             "192.0.0.255",
             "192.0.2.0",
             "192.0.2.255",
             "192.88.99.1",
             "198.18.0.0",
             "198.19.255.255",
             "198.51.100.0",
             "198.51.100.255",
             "203.0.113.0",
             "203.0.113.255",
             "224.0.0.0",
             "239.255.255.255",
             "240.0.0.0",
             "255.255.255.255",
             // IPv6: the same, and what IANA has not given out.
             "::",
             "::1",
             "::2",
             "100::1",
             "100:0:0:1::1",
             "2001:1::",
             "2001:1::4",
             "2001:2::1",
             "2001:4:111::1",
             "2001:10::1",
             "2001:1f:ffff::",
             "2001:40::1",
             "2001:1ff:ffff::",
             "2001:db8::",
             "2001:db8:ffff::1",
             "3fff::1",
             "3fff:fff:ffff::",
             "4000::1",
             "5f00::1",
             "fc00::1",
             "fd12:3456::1",
             "fdff:ffff::",
             "fe00::1",
             "fe80::1",
             "febf::1",
             "fec0::1",
             "ff02::1",
             "ff0e::1",
             "1fff:ffff::",
         }) {
        CAPTURE(text);
        CHECK_FALSE(reachable(text));
    }
}

TEST_CASE("what only wraps an IPv4 address is no way around the IPv4 blocks") {
    for (const std::string_view text : {
             // v4-mapped (never reachable: not an address of the wire) and v4-compatible.
             "::ffff:10.0.0.1",
             "::ffff:127.0.0.1",
             "::ffff:8.8.8.8",
             "::10.0.0.1",
             "::8.8.8.8",
             "::ffff:0:127.0.0.1",
             // NAT64, the well-known prefix and the local one.
             "64:ff9b::10.0.0.1",
             "64:ff9b::127.0.0.1",
             "64:ff9b::169.254.169.254",
             "64:ff9b::192.0.2.1",
             "64:ff9b::",
             "64:ff9b:0:0:0:1:808:808",
             "64:ff9b:1::808:808",
             // 6to4 of 10.0.0.1, 127.0.0.1, 192.168.0.1.
             "2002:a00:1::1",
             "2002:7f00:1::1",
             "2002:c0a8:1::",
             "2002::1",
             // Teredo: a private client (10.0.0.1 inverted) behind a public server, and a public client with
             // a private server.
             "2001:0:808:808::f5ff:fffe",
             "2001:0:a00:1::f7f7:f7f7",
             "2001::1",
             "2001:0:ffff::1",
         }) {
        CAPTURE(text);
        CHECK_FALSE(reachable(text));
    }
    for (const std::string_view text : {"64:ff9b::8.8.8.8", "2002:808:808::1", "2001:0:808:808::f7f7:f7f7"}) {
        CAPTURE(text);
        CHECK(reachable(text));
    }
}
