// SPDX-License-Identifier: MIT
#include "lib/policy/key.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using policy::parse_key;

namespace {
const std::string k63(63, 'a');
const std::string k253 = k63 + "." + k63 + "." + k63 + "." + std::string(61, 'd');
}  // namespace

TEST_CASE("a recipient domain is its own policy domain, in any spelling") {
    const struct {
        std::string key;
        std::string domain;
    } rows[] = {
        {"example.com", "example.com"},
        {"EXAMPLE.Com", "example.com"},
        {"example.com.", "example.com"},
        {"sub.deep.example.com", "sub.deep.example.com"},
        {"mta-sts.example.com", "mta-sts.example.com"},
        {"b\u00fccher.example", "xn--bcher-kva.example"},
        {"XN--BCHER-KVA.EXAMPLE", "xn--bcher-kva.example"},
        {"xn--a.example", "xn--a.example"},
        {"1.2.3.example", "1.2.3.example"},
        {"192.0.2.1x", "192.0.2.1x"},
        {"a.b_c.example", "a.b_c.example"},
        {"a.notinvalid", "a.notinvalid"},
        {"my.notlocalhost", "my.notlocalhost"},
        {"onion.example", "onion.example"},
        {"one.test", "one.test"},
        {k63 + ".example", k63 + ".example"},
        {k253, k253},
        {k253 + ".", k253},
    };
    for (const auto& row : rows) {
        CAPTURE(row.key);
        const auto key = parse_key(row.key);
        CHECK(key.has_value() == !row.domain.empty());
        if (!key) continue;
        CHECK(key->domain.text() == row.domain);
        CHECK(key->port == 25);
        CHECK_FALSE(key->bracketed);
        CHECK_FALSE(key->smart_host);
    }
}

TEST_CASE("a smart host is its own policy domain: brackets, a port or both (RFC 8461 3.4)") {
    const struct {
        std::string_view key;
        std::string_view domain;
        int port;
        bool bracketed;
    } rows[] = {
        {"[mail.example.com]", "mail.example.com", 25, true},
        {"[mail.example.com]:587", "mail.example.com", 587, true},
        {"[Mail.Example.com.]:submission", "mail.example.com", 587, true},
        {"mail.example.com:submission", "mail.example.com", 587, false},
        {"mail.example.com:submissions", "mail.example.com", 465, false},
        {"mail.example.com:smtp", "mail.example.com", 25, false},
        {"mail.example.com:SMTP", "mail.example.com", 25, false},
        {"mail.example.com:lmtp", "mail.example.com", 24, false},
        {"example.com:26", "example.com", 26, false},
        {"example.com.:25", "example.com", 25, false},
        {"example.com:1", "example.com", 1, false},
        {"example.com:65535", "example.com", 65535, false},
        {"[b\u00fccher.example]:25", "xn--bcher-kva.example", 25, true},
    };
    for (const auto& row : rows) {
        CAPTURE(row.key);
        const auto key = parse_key(row.key);
        REQUIRE(key);
        CHECK(key->domain.text() == row.domain);
        CHECK(key->port == row.port);
        CHECK(key->bracketed == row.bracketed);
        CHECK(key->smart_host);
    }
}

TEST_CASE("keys that have no policy whatever the DNS says") {
    const std::string rows[] = {
        // Parent probes.
        ".",
        ".com",
        ".example.com",
        "..example.com",
        ".example.com:25",
        "[.example.com]",
        "\u3002example.com",
        // Address literals, in brackets and bare.
        "192.0.2.1",
        "192.0.2.1.",
        "[192.0.2.1]",
        "[192.0.2.1]:25",
        "192.0.2.1:25",
        "1.2.3.4.5",
        "127.1",
        "2130706433",
        "[2001:db8::1]",
        "[2001:db8::1]:25",
        "2001:db8::1",
        "::1",
        "[::1]",
        "[::]:25",
        "IPv6:2001:db8::1",
        "[IPv6:2001:db8::1]",
        "[IPv6:2001:db8::1]:25",
        "::ffff:192.0.2.1",
        "[::ffff:192.0.2.1]",
        "fe80::1%eth0",
        "\uff11\uff19\uff12.0.2.1",
        // The last label all digits, a single label.
        "example.123",
        "example.123.",
        "[mail.42]",
        "localhost",
        "com",
        "com.",
        "localhost:25",
        "[localhost]",
        "[mail]:587",
        "example",
        // Reserved names.
        "invalid",
        "a.invalid",
        "A.B.INVALID.",
        "x.localhost",
        "[x.localhost]:25",
        "abc.onion",
        "abc.Onion",
        "abc.onion:25",
        // Paths, white space, other characters.
        "/var/run/lmtp.sock",
        "unix:/var/run/lmtp.sock",
        "./x.example",
        "inet:example.com:24",
        " example.com",
        "example.com ",
        "exa mple.com",
        "example.com extra",
        "example.com\t",
        "example.com\n",
        "example.com\r\n",
        "example .com:25",
        "[ example.com]",
        "[example.com ]",
        "example.com: 25",
        "example.com:25 ",
        "[example.com] :25",
        "\"example.com\"",
        "user@example.com",
        "@example.com",
        "example.com,example.net",
        "*.example.com",
        "exam\\ple.com",
        std::string("example.com\0", 12),
        std::string("example.com\0.evil.example", 25),
        std::string("b\u00fccher.example\0.com", 20),
        "example.com\x7f",
        "\xff.example",
        "\u00a0example.com",
        // Names that are none.
        "",
        "example..com",
        "example.com..",
        "-a.example",
        "a-.example",
        "_mta-sts.example.com",
        "_25._tcp.example.com",
        "a" + k63 + ".example",
        k253 + "d",
        k253.substr(0, 252) + ".ab",
        std::string(10000, 'a'),
        // Brackets and ports that are none.
        "[]",
        "[]:25",
        "[",
        "]",
        "[mail.example.com",
        "mail.example.com]",
        "[[mail.example.com]]",
        "[mail.example.com]]",
        "[mail.example.com]25",
        "[mail.example.com].",
        "[mail.example.com]:",
        "[mail.example.com:25]",
        "x[mail.example.com]",
        "[mail.example.com]:25:26",
        "example.com:",
        ":25",
        ":",
        "::",
        "example.com::25",
        "example.com:0",
        "example.com:65536",
        "example.com:99999",
        "example.com:000025",
        "example.com:99999999999999999999",
        "example.com:-1",
        "example.com:+25",
        "example.com:25x",
        "example.com:0x19",
        "example.com:smtps",
        "example.com:http",
        "example.com:submission.",
        "example.com:25.",
    };
    for (const std::string& row : rows) {
        CAPTURE(row);
        CHECK_FALSE(parse_key(row).has_value());
    }
}
