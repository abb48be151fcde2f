// SPDX-License-Identifier: MIT
#include "lib/socketmap/protocol.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using socketmap::parse_request;

TEST_CASE("a request is a map name, one space and a key") {
    const struct {
        std::string payload;
        std::string map;
        std::string key;
    } rows[] = {
        {"postfix example.com", "postfix", "example.com"},
        {"postfix ", "postfix", ""},
        {"postfix  example.com", "postfix", " example.com"},
        {"postfix example.com extra", "postfix", "example.com extra"},
        {" example.com", "", "example.com"},
        {" ", "", ""},
        {"a\tb c", "a\tb", "c"},
        {std::string("m k\0x", 5), "m", std::string("k\0x", 3)},
    };
    for (const auto& row : rows) {
        CAPTURE(row.payload);
        const auto request = parse_request(row.payload);
        REQUIRE(request);
        CHECK(request->map == row.map);
        CHECK(request->key == row.key);
    }
}

TEST_CASE("without a space there is no request") {
    for (const std::string_view payload : {"", "postfix", "postfix\texample.com", "postfix\nexample.com"}) {
        CAPTURE(payload);
        CHECK_FALSE(parse_request(payload).has_value());
    }
}

TEST_CASE("a refusal has a reason: printable, within Postfix's log line, never empty") {
    const struct {
        std::string reason;
        std::string reply;
    } rows[] = {
        {"malformed request", "PERM malformed request"},
        {"unknown map \"x\"", "PERM unknown map \"x\""},
        {"a\r\nb\tc", "PERM a??b?c"},
        {std::string("nul\0", 4), "PERM nul?"},
        {"b\u00fccher \x7f", "PERM b??cher ?"},
        {std::string(200, 'r'), "PERM " + std::string(200, 'r')},
        {std::string(201, 'r'), "PERM " + std::string(200, 'r')},
    };
    for (const auto& row : rows) {
        CAPTURE(row.reason);
        std::string out;
        socketmap::append_refusal(out, socketmap::kPerm, row.reason);
        CHECK(out == row.reply);
    }
    std::string out = "before";
    socketmap::append_refusal(out, socketmap::kTemp, "");
    CHECK(out.substr(0, 11) == "beforeTEMP ");
    CHECK(out.size() > 11);
}
