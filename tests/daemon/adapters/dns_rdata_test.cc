// SPDX-License-Identifier: MIT
#include "daemon/adapters/dns_rdata.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/loopback_dns.h"

using namespace std::string_literals;

TEST_CASE("TXT strings are joined, whatever is in them") {
    CHECK(app::txt_from_rdata("\x02"
                              "ab\x01"
                              "c"s)
              ->text == "abc");
    CHECK(app::txt_from_rdata("\x03"
                              "a\0\xff"s)
              ->text == "a\0\xff"s);
    CHECK(app::txt_from_rdata("\0"s)->text.empty());
    CHECK_FALSE(app::txt_from_rdata(""));
    CHECK_FALSE(
        app::txt_from_rdata("\x03"
                            "ab"));
    CHECK_FALSE(
        app::txt_from_rdata("\x01"
                            "a\x01"));
}

TEST_CASE("addresses have the length of their family") {
    const std::string v6 = testing_support::aaaa_rdata("2001:db8::1");
    CHECK(app::address_from_rdata(testing_support::a_rdata("192.0.2.1"), dns::Family::kV4)->text() ==
          "192.0.2.1");
    CHECK(app::address_from_rdata(v6, dns::Family::kV6)->text() == "2001:db8::1");
    CHECK_FALSE(app::address_from_rdata(v6, dns::Family::kV4));
    CHECK_FALSE(app::address_from_rdata("123", dns::Family::kV4));
    CHECK_FALSE(app::address_from_rdata("", dns::Family::kV6));
}

TEST_CASE("an MX record is a preference and one whole name") {
    const auto mx = app::mx_from_rdata(testing_support::mx_rdata(0x1234, "Mx1.example.test"));
    REQUIRE(mx);
    CHECK(mx->preference == 0x1234);
    CHECK(mx->host == "Mx1.example.test");
    const auto null_mx = app::mx_from_rdata("\0\0\0"s);
    REQUIRE(null_mx);
    CHECK(null_mx->preference == 0);
    CHECK(null_mx->host.empty());
    CHECK_FALSE(app::mx_from_rdata(""));
    CHECK_FALSE(app::mx_from_rdata("\0"s));
    CHECK_FALSE(app::mx_from_rdata("\0\x0a"s));
    CHECK_FALSE(app::mx_from_rdata(testing_support::mx_rdata(1, "a.test") + "x"));
}

TEST_CASE("a TLSA record is three numbers and any data, even none") {
    const auto tlsa = app::tlsa_from_rdata("\x03\xff\x01\0\xfe"s);
    REQUIRE(tlsa);
    CHECK(tlsa->usage == 3);
    CHECK(tlsa->selector == 255);
    CHECK(tlsa->matching == 1);
    CHECK(tlsa->data == "\0\xfe"s);
    const auto empty = app::tlsa_from_rdata("\x01\x02\x03");
    REQUIRE(empty);
    CHECK(empty->data.empty());
    CHECK_FALSE(app::tlsa_from_rdata("\x01\x02"));
    CHECK_FALSE(app::tlsa_from_rdata(""));
}

TEST_CASE("a name in rdata is text without the final dot, special bytes escaped; anything else is none") {
    const std::string long_label(63, 'a');
    const std::string four = "\x3f" + long_label + "\x3f" + long_label + "\x3f" + long_label;
    struct {
        std::string rdata;
        const char* want;  // null: no name
    } rows[] = {
        {"\0"s, ""},
        {"\x01\x61\x04test\0"s, "a.test"},
        {"\x03\x61.b\x04test\0"s, R"(a\.b.test)"},
        {"\x03\x61\0b\0"s, R"(a\000b)"},
        {"\x02\x61 \0"s, R"(a\032)"},
        {four + "\x3d" + std::string(61, 'b') + "\0"s, "255 bytes"},
        {four + "\x3e" + std::string(62, 'b') + "\0"s, nullptr},
        {"", nullptr},
        {"\x01\x61"s, nullptr},
        {"\x01\x61\0x"s, nullptr},
        {"\x05\x61\0"s, nullptr},
        {"\x40" + std::string(64, 'a') + "\0"s, nullptr},
        {"\x01\0\xc0\x01"s, nullptr},  // a pointer that would even lead somewhere
        {"\xc0\0"s, nullptr},
    };
    for (const auto& row : rows) {
        CAPTURE(row.rdata);
        const auto name = app::name_from_rdata(row.rdata);
        REQUIRE(name.has_value() == (row.want != nullptr));
        if (!name) continue;
        if (row.rdata.size() == 255) {
            CHECK(name->size() == 253);
        } else {
            CHECK(*name == row.want);
        }
    }
}
