// SPDX-License-Identifier: MIT
#include "lib/sts/policy.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using sts::Mode;
using sts::parse_policy;
using Kind = sts::PolicyError::Kind;
using Lax = sts::LaxReason::Kind;

namespace {

// The fields that most cases need beside the one they are about.
const std::string kHead = "version: STSv1\nmode: enforce\nmax_age: 86400\n";
const std::string kGood = kHead + "mx: mx.example.com\n";

std::vector<std::string> mx_of(const sts::Policy& policy, std::string_view body) {
    std::vector<std::string> out;
    for (const sts::MxSpan& span : policy.mx)
        out.emplace_back(span.in(body));
    return out;
}

struct Good {
    std::string body;
    Mode mode;
    std::uint32_t max_age;
    std::vector<std::string> mx;
};

void check_good(const std::vector<Good>& cases) {
    for (const Good& c : cases) {
        CAPTURE(c.body);
        const auto policy = parse_policy(c.body);
        REQUIRE(policy);
        CHECK(policy->mode == c.mode);
        CHECK(policy->max_age == c.max_age);
        CHECK(mx_of(*policy, c.body) == c.mx);
        CHECK(policy->lax.empty());
    }
}

struct Bad {
    std::string body;
    Kind kind;
    std::uint32_t line;
};

void check_bad(const std::vector<Bad>& cases) {
    for (const Bad& c : cases) {
        CAPTURE(c.body);
        const auto policy = parse_policy(c.body);
        REQUIRE_FALSE(policy);
        CHECK(policy.error().kind == c.kind);
        CHECK(policy.error().line == c.line);
    }
}

}  // namespace

TEST_CASE("RFC 8461 3.2: policies that fit the grammar") {
    const std::vector<std::string> mx{"mx.example.com"};
    check_good({
        {"version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmx: backupmx.example.com\n"
         "max_age: 604800\n",
         Mode::kEnforce,
         604800,
         {"mail.example.com", "*.example.net", "backupmx.example.com"}},
        // lines end with LF or CRLF, mixed too; the last end is optional
        {"version: STSv1\r\nmode: testing\r\nmx: mx.example.com\r\nmax_age: 1\r\n", Mode::kTesting, 1, mx},
        {"version:STSv1\r\nmode:\tenforce\nmx:  \t mx.example.com\r\nmax_age: 1\r\nmore:ext e  ns ion",
         Mode::kEnforce, 1, mx},
        // white space after the colon and at the end of a line
        {"version:STSv1\nmode: \tenforce \t \nmx:mx.example.com \r\nmax_age:  5\t", Mode::kEnforce, 5, mx},
        // any order
        {"max_age: 86400\nmx: mx.example.com\nmode: enforce\nversion: STSv1\n", Mode::kEnforce, 86400, mx},
        // mode none needs no mx, and may have some
        {"version: STSv1\nmode: none\nmax_age: 0\n", Mode::kNone, 0, {}},
        {"version: STSv1\nmode: none\nmx: mx.example.com\nmax_age: 9\n", Mode::kNone, 9, mx},
        // names keep their case and come once, whatever it is
        {kHead + "mx: MX.Example.COM\nmx: mx.example.com\nmx: b.example\nmx: B.EXAMPLE\n",
         Mode::kEnforce,
         86400,
         {"MX.Example.COM", "b.example"}},
    });
}

TEST_CASE("RFC 8461 3.2: max_age is 1 to 10 digits, at most 31557600 seconds") {
    struct Case {
        std::string value;
        std::uint32_t seconds;
    };
    const std::vector<Case> good{
        {"0", 0},
        {"1", 1},
        {"0000086400", 86400},
        {"31557599", 31557599},
        {"31557600", 31557600},
        {"31557601", 31557600},
        {"2147483648", 31557600},
        {"4294967295", 31557600},
        {"4294967296", 31557600},
        {"9999999999", 31557600},
    };
    for (const Case& c : good) {
        CAPTURE(c.value);
        const auto policy = parse_policy("version: STSv1\nmode: none\nmax_age: " + c.value);
        REQUIRE(policy);
        CHECK(policy->max_age == c.seconds);
    }
    for (const char* value :
         {"", "xxx", "86400s", "-1", "+1", "1 0", "1.5", "1e3", "0x10", "1_000", "10000000000", "00000086400",
          "18446744073709551615", "18446744073709551617", "\xD9\xA1"}) {
        CAPTURE(value);
        const auto policy = parse_policy(std::string("version: STSv1\nmode: none\nmax_age: ") + value + "\n");
        REQUIRE_FALSE(policy);
        CHECK(policy.error().kind == Kind::kBadMaxAge);
        CHECK(policy.error().line == 3);
    }
}

TEST_CASE("RFC 8461 3.2: unknown fields are ignored, if they are fields") {
    const std::vector<std::string> ignored{
        "more: 1",
        "0: 1",
        "a_b-c.d: 1",
        std::string(32, 'n') + ": 1",
        "comment: caf\xC3\xA9 au lait \xF0\x9F\x98\x80",
        "comment: } tafile=/dev/zero { x = y",
        "comment: a:b: c",
        "comment: " + std::string(60000, 'x'),
        // names are case-sensitive
        "Mode: none",
        "MX: a b",
        "Version: 7",
        // repeated
        "more: 1\nmore: 2",
    };
    for (const std::string& line : ignored) {
        CAPTURE(line);
        for (const std::string& body : {kGood + line + "\n", line + "\n" + kGood, kGood + line}) {
            const auto policy = parse_policy(body);
            REQUIRE(policy);
            CHECK(policy->mode == Mode::kEnforce);
            CHECK(policy->max_age == 86400);
            CHECK(mx_of(*policy, body) == std::vector<std::string>{"mx.example.com"});
            CHECK(policy->lax.empty());
        }
    }
    check_bad({
        {kGood + "more:\n", Kind::kSyntax, 5},
        {kGood + "more:  \t\n", Kind::kSyntax, 5},
        {kGood + "more: a\tb\n", Kind::kSyntax, 5},
        {kGood + "more: a\x01"
                 "b\n",
         Kind::kSyntax, 5},
        {kGood + "more: a\x7F\n", Kind::kSyntax, 5},
        {kGood + std::string("more: a\0b\n", 10), Kind::kSyntax, 5},
        {kGood + "more: a\xFF"
                 "b\n",
         Kind::kBadUtf8, 5},
        {kGood + "more: caf\xE9\n", Kind::kBadUtf8, 5},
        {kGood + "more: \xED\xA0\x80\n", Kind::kBadUtf8, 5},
        {kGood + "more\n", Kind::kSyntax, 5},
        {kGood + "more = 1\n", Kind::kSyntax, 5},
        {kGood + ": 1\n", Kind::kSyntax, 5},
        {kGood + "bad name: 1\n", Kind::kSyntax, 5},
        {kGood + "caf\xC3\xA9: ok\n", Kind::kSyntax, 5},
        {kGood + "-x: 1\n", Kind::kSyntax, 5},
        {kGood + "_x: 1\n", Kind::kSyntax, 5},
        {kGood + ".x: 1\n", Kind::kSyntax, 5},
        {kGood + "x%: 1\n", Kind::kSyntax, 5},
        {kGood + std::string(33, 'n') + ": 1\n", Kind::kSyntax, 5},
    });
}

TEST_CASE(
    "RFC 8461 3.2: of a repeated field other than mx the first counts, even if a later one is malformed") {
    check_good({
        {"version: STSv1\nmode: none\nmode: enforce\nmx: mx.example.com\nmax_age: 86400\n",
         Mode::kNone,
         86400,
         {"mx.example.com"}},
        {kGood + "version: STSv2\n", Mode::kEnforce, 86400, {"mx.example.com"}},
        {kGood + "mode: testing\nmax_age: 5\nversion: STSv1\n", Mode::kEnforce, 86400, {"mx.example.com"}},
        {kGood + "mode: pretend\nmax_age: soon\n", Mode::kEnforce, 86400, {"mx.example.com"}},
        {kGood + "mode:\nmax_age:\nversion: \n", Mode::kEnforce, 86400, {"mx.example.com"}},
        {kGood + "max_age: 99999999999\n", Mode::kEnforce, 86400, {"mx.example.com"}},
        {kGood + "mode: \xFF\n", Mode::kEnforce, 86400, {"mx.example.com"}},
    });
    check_bad({
        {"version: STSv2\n" + kGood, Kind::kBadVersion, 1},
        {"mode: pretend\n" + kGood, Kind::kBadMode, 1},
        {"max_age: soon\n" + kGood, Kind::kBadMaxAge, 1},
    });
}

TEST_CASE("RFC 8461 3.2: policies outside the grammar") {
    check_bad({
        // required fields
        {"", Kind::kNoVersion, 0},
        {"\n", Kind::kNoVersion, 0},
        {"mode: enforce\nmx: mx.example.com\nmax_age: 86400\n", Kind::kNoVersion, 0},
        {"version: STSv1\nmx: mx.example.com\nmax_age: 86400\n", Kind::kNoMode, 0},
        {"version: STSv1\nmode: none\n", Kind::kNoMaxAge, 0},
        {kHead, Kind::kNoUsableMx, 0},
        {"version: STSv1\nmode: testing\nmax_age: 86400\n", Kind::kNoUsableMx, 0},
        {kHead + "nmx: mx.example.com\n", Kind::kNoUsableMx, 0},
        {"version: STSv1\nMode: enforce\nmx: mx.example.com\nmax_age: 86400\n", Kind::kNoMode, 0},
        // values
        {"version: stsv1\nmode: none\nmax_age: 1\n", Kind::kBadVersion, 1},
        {"version: STSv1 x\nmode: none\nmax_age: 1\n", Kind::kBadVersion, 1},
        {"version: STSv10\nmode: none\nmax_age: 1\n", Kind::kBadVersion, 1},
        {"version:\nmode: none\nmax_age: 1\n", Kind::kBadVersion, 1},
        {"version: STSv1\nmode: Enforce\nmax_age: 1\n", Kind::kBadMode, 2},
        {"version: STSv1\nmode: report\nmax_age: 1\n", Kind::kBadMode, 2},
        {"version: STSv1\nmode:\nmax_age: 1\n", Kind::kBadMode, 2},
        {"version: STSv1\nmode: none, testing\nmax_age: 1\n", Kind::kBadMode, 2},
        // lines
        {"<!DOCTYPE html>\n<html><body>Not found</body></html>\n", Kind::kSyntax, 1},
        {"version: STSv1\nmode : none\nmax_age: 1\n", Kind::kSyntax, 2},
        {"  version: STSv1\n  mode: none\n  max_age: 1\n", Kind::kSyntax, 1},
        {"version: STSv1; mode: none; max_age: 1", Kind::kBadVersion, 1},
        {"version: STSv1\rmode: none\rmax_age: 1\r", Kind::kBadVersion, 1},
        {"version: STSv1\nmode: none\nmax_age: 1\r", Kind::kBadMaxAge, 3},
        {"version: STSv1\r\r\nmode: none\nmax_age: 1\n", Kind::kBadVersion, 1},
        {kGood + "\r", Kind::kSyntax, 5},
        {kGood + std::string("\0", 1), Kind::kSyntax, 5},
        {kGood + "\x1A", Kind::kSyntax, 5},
        {kGood + "# comment\n", Kind::kSyntax, 5},
        {"version: STSv1\n\xEF\xBB\xBFmode: none\nmax_age: 1\n", Kind::kSyntax, 2},
        {"\xEF\xBB\xBF\xEF\xBB\xBFversion: STSv1\nmode: none\nmax_age: 1\n", Kind::kSyntax, 1},
        {"\xFF\xFEv\0e\0", Kind::kSyntax, 1},
        // an mx value is text, whatever it names
        {kGood + "mx: a.example\tb.example\n", Kind::kSyntax, 5},
        {kGood + "mx: a\x01.example\n", Kind::kSyntax, 5},
        {kGood + "mx: b\xFC"
                 "cher.example\n",
         Kind::kBadUtf8, 5},
    });
}

TEST_CASE("a policy without a usable mx is none, unless its mode is none") {
    for (const char* value : {"", "*", "*.", "com", "192.0.2.1", "2001:db8::1", ".example.com",
                              "mx-*.example.com", "a.example b.example", "mail.evil.example:victim.example",
                              "a.example } ciphers=null { x", "mx_1.example.com"}) {
        CAPTURE(value);
        const std::string line = std::string("mx: ") + value + "\n";
        check_bad({{kHead + line, Kind::kNoUsableMx, 0}});
        const auto none = parse_policy("version: STSv1\nmode: none\nmax_age: 1\n" + line);
        REQUIRE(none);
        CHECK(none->mx.empty());
        CHECK(none->lax.size() == 1);
    }
}

TEST_CASE("what is outside the grammar although its meaning is clear makes a policy lax, with the reasons") {
    struct Case {
        std::string body;
        std::vector<std::string> mx;
        std::vector<std::string> reasons;
    };
    const std::vector<std::string> mx{"mx.example.com"};
    const std::vector<Case> cases{
        {kGood + "\n", mx, {"line 5: blank line"}},
        {kGood + " \t", mx, {"line 5: blank line"}},
        {"\r\n" + kGood, mx, {"line 1: blank line"}},
        {"\n  \n" + kGood + "\n", mx, {"line 1: blank line", "line 2: blank line", "line 7: blank line"}},
        {"\xEF\xBB\xBF" + kGood, mx, {"line 1: byte order mark"}},
        {kHead + "mx: mx.example.com.\n", mx, {"line 4: mx with a final dot"}},
        {kHead + "mx: *.example.com. \r\n", {"*.example.com"}, {"line 4: mx with a final dot"}},
        {kGood + "mx: MX.example.com.\n", mx, {"line 5: mx with a final dot"}},
        {kGood + "mx: 192.0.2.1\n", mx, {"line 5: mx dropped, not a host name"}},
        {kHead + "mx:\nmx: mx.example.com\n", mx, {"line 4: mx dropped, not a host name"}},
        {kHead + "mx: localhost\nmx: b\xC3\xBC"
                 "cher.example\nmx: mx.example.com\nmx: mx_1.example.com\n",
         mx,
         {"line 4: mx dropped, not a host name", "line 5: mx dropped, not a host name",
          "line 7: mx dropped, not a host name"}},
    };
    for (const Case& c : cases) {
        CAPTURE(c.body);
        const auto policy = parse_policy(c.body);
        REQUIRE(policy);
        CHECK(mx_of(*policy, c.body) == c.mx);
        std::vector<std::string> reasons;
        for (const sts::LaxReason& reason : policy->lax)
            reasons.push_back(sts::describe(reason));
        CHECK(reasons == c.reasons);
    }
    const auto hostile = parse_policy(kGood + std::string(60000, '\n'));
    REQUIRE(hostile);
    CHECK(hostile->lax.size() == sts::kMaxLaxReasons);
}

TEST_CASE("RFC 8461 3.3: a policy of 64 KiB is read to its last byte, a longer one not at all") {
    const std::string tail = "\nmx: last.example";
    const std::string filler = kHead + "note: ";
    std::string body = filler + std::string(sts::kMaxPolicyBytes - filler.size() - tail.size(), 'a') + tail;
    REQUIRE(body.size() == 65536);
    const auto policy = parse_policy(body);
    REQUIRE(policy);
    CHECK(mx_of(*policy, body) == std::vector<std::string>{"last.example"});

    body += '\n';
    const auto longer = parse_policy(body);
    REQUIRE_FALSE(longer);
    CHECK(longer.error().kind == Kind::kTooLong);
    CHECK(longer.error().line == 0);
}

TEST_CASE("as many mx as fit into a policy are read, each once") {
    std::string same = kHead, different = kHead;
    while (same.size() < sts::kMaxPolicyBytes - 16)
        same += "mx:a.b\n";
    int count = 0;
    while (different.size() < sts::kMaxPolicyBytes - 16)
        different += "mx:" + std::to_string(count++) + ".b\n";
    const auto one = parse_policy(same);
    const auto many = parse_policy(different);
    REQUIRE(one);
    CHECK(one->mx.size() == 1);
    REQUIRE(many);
    CHECK(many->mx.size() == static_cast<std::size_t>(count));
}

TEST_CASE("why a file is no policy, for people") {
    CHECK(sts::describe(sts::PolicyError{Kind::kNoMaxAge, 0}) == "no max_age");
    CHECK(sts::describe(sts::PolicyError{Kind::kSyntax, 3}) == "line 3: outside the grammar");
    CHECK(sts::describe(sts::PolicyError{Kind::kTooLong, 0}) == "longer than 65536 bytes");
    CHECK(sts::describe(sts::PolicyError{Kind::kBadMode, 2}) ==
          "line 2: mode is not enforce, testing or none");
}

TEST_CASE("the lines of a policy, as reported to its owner") {
    std::vector<std::string> lines;
    sts::for_each_policy_line("\xEF\xBB\xBFversion: STSv1\r\n\n \t\nmode: none\nmax_age: 1 \r\n",
                              [&](std::string_view line) { lines.emplace_back(line); });
    CHECK(lines == std::vector<std::string>{"version: STSv1", "mode: none", "max_age: 1 "});
}
