// SPDX-License-Identifier: MIT
#include "daemon/adapters/resolv_conf.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>

#include "tests/support/temporary_file.h"

using app::parse_dns_server;
using app::parse_resolv_conf;

namespace {

std::string texts(const app::ResolvConf& conf) {
    std::string out;
    for (const auto& server : conf.servers)
        out += (out.empty() ? "" : " ") + server.text();
    return out;
}

}  // namespace

TEST_CASE("servers in settings: an address, maybe a port") {
    struct {
        const char* text;
        const char* want;
    } rows[] = {
        {"127.0.0.1", "127.0.0.1:53"}, {"192.0.2.1:5353", "192.0.2.1:5353"},         {"::1", "[::1]:53"},
        {"[::1]", "[::1]:53"},         {"[2001:db8::1]:5300", "[2001:db8::1]:5300"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto server = parse_dns_server(row.text);
        REQUIRE(server);
        CHECK(server->text() == row.want);
    }
    for (const char* text :
         {"", "localhost", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:+5", "127.0.0.1:53x",
          "[::1", "[::1]53", "[::1]:", "[127.0.0.1]:53", "fe80::1%eth0", " 127.0.0.1", "127.1"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_dns_server(text));
    }
}

TEST_CASE("loopback servers") {
    for (const char* text : {"127.0.0.1", "127.0.0.53", "::1"})
        CHECK(parse_dns_server(text)->is_loopback());
    for (const char* text : {"192.0.2.1", "::2", "::ffff:127.0.0.1", "7f00::1"})
        CHECK_FALSE(parse_dns_server(text)->is_loopback());
}

TEST_CASE("resolv.conf as libc reads it") {
    struct {
        const char* text;
        const char* servers;
        bool trust_ad;
    } rows[] = {
        {"", "127.0.0.1:53", false},
        {"# nameserver 192.0.2.9\n; nameserver 192.0.2.9\nsearch example.com\n", "127.0.0.1:53", false},
        {"nameserver 192.0.2.1\nnameserver\t2001:db8::1 \noptions edns0 trust-ad timeout:1\n",
         "192.0.2.1:53 [2001:db8::1]:53", true},
        {"nameserver 192.0.2.1\r\noptions trust-ad\r\n", "192.0.2.1:53", true},
        {"options no-trust-ad\nnameserver 192.0.2.1", "192.0.2.1:53", false},
        {"nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n",
         "192.0.2.1:53 192.0.2.2:53 192.0.2.3:53", false},
        {"nameserver fe80::1%eth0\nnameserver nonsense\nnameserver\nnameserver 192.0.2.1\n", "192.0.2.1:53",
         false},
        {" nameserver 192.0.2.1\nnameservers 192.0.2.2\n", "127.0.0.1:53", false},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto conf = parse_resolv_conf(row.text);
        CHECK(texts(conf) == row.servers);
        CHECK(conf.trust_ad == row.trust_ad);
    }
}

TEST_CASE("the file is read again when it changes, and only then is there news") {
    testing_support::TemporaryFile file("nameserver 192.0.2.1\n");
    app::ResolvConfFile conf(file.path());
    CHECK(conf.refresh());
    CHECK(texts(conf.contents()) == "192.0.2.1:53");
    CHECK_FALSE(conf.refresh());

    file.replace("nameserver 192.0.2.2\n");
    CHECK(conf.refresh());
    CHECK(texts(conf.contents()) == "192.0.2.2:53");

    file.replace("# the same\nnameserver 192.0.2.2\n");
    CHECK_FALSE(conf.refresh());

    file.remove();
    CHECK(conf.refresh());
    CHECK(texts(conf.contents()) == "127.0.0.1:53");
    CHECK_FALSE(conf.refresh());
}
