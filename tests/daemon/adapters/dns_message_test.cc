// SPDX-License-Identifier: MIT
#include "daemon/adapters/dns_message.h"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/loopback_dns.h"

using app::DnsQuestion;
using app::DnsReply;
using Kind = app::DnsReply::Kind;
using testing_support::DnsReplyBuilder;
using namespace std::string_literals;

namespace {

constexpr std::uint16_t kTxt = testing_support::kTxt;
constexpr std::uint16_t kA = testing_support::kA;
constexpr std::uint16_t kSoa = testing_support::kSoa;
constexpr std::uint16_t kCname = testing_support::kCname;

DnsReply parse(const std::string& packet, const DnsQuestion& question) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(packet.data());
    return app::parse_dns_reply({bytes, packet.size()}, question);
}

const DnsQuestion kQuestion{"_mta-sts.example.com", kTxt};

DnsReplyBuilder reply() {
    return {kQuestion.name, kQuestion.type};
}

std::string txt(const std::string& text) {
    return testing_support::txt_rdata({text});
}
std::string soa(std::uint32_t minimum) {
    return testing_support::soa_rdata(minimum);
}

std::string bytes(const std::vector<unsigned char>& query) {
    return {query.begin(), query.end()};
}

}  // namespace

TEST_CASE("a query asks for recursion and validation, not for signatures, and ends with OPT") {
    std::vector<unsigned char> query;
    REQUIRE(app::build_dns_query(0x1234, {"_mta-sts.example.com", kTxt}, app::Edns::kYes, query));
    CHECK(bytes(query) == "\x12\x34\x01\x20\0\x01\0\0\0\0\0\x01"s +
                              "\x08_mta-sts\x07"
                              "example\x03"
                              "com\0"s +
                              "\0\x10\0\x01"s + "\0\0\x29\x04\xd0\0\0\0\0\0\0"s);
    REQUIRE(app::build_dns_query(0x1234, {"a.b", kA}, app::Edns::kNo, query));
    CHECK(bytes(query) == "\x12\x34\x01\x20\0\x01\0\0\0\0\0\0"s +
                              "\x01"
                              "a\x01"
                              "b\0"s +
                              "\0\x01\0\x01"s);
}

TEST_CASE("escapes in a name become its bytes again") {
    std::vector<unsigned char> query;
    REQUIRE(app::build_dns_query(0, {R"(a\.b\000.test)", kA}, app::Edns::kNo, query));
    CHECK(bytes(query).substr(12) ==
          "\x04"
          "a.b\0\x04test\0\0\x01\0\x01"s);
}

TEST_CASE("what is no name makes no query") {
    std::vector<unsigned char> query;
    for (const std::string& name : {""s, "a..b"s, std::string(64, 'a') + ".test", std::string(300, 'a')}) {
        CAPTURE(name);
        CHECK_FALSE(app::build_dns_query(0, {name, kA}, app::Edns::kYes, query));
    }
}

TEST_CASE("records of the question's name and type, with the smallest TTL") {
    const auto got = parse(reply()
                               .answer("_MTA-STS.example.COM", kTxt, 300, txt("one"))
                               .answer("_mta-sts.example.com", kTxt, 60, txt("two"))
                               .answer("_mta-sts.example.com", kA, 5, "1234")
                               .answer("elsewhere.test", kTxt, 5, txt("not ours"))
                               .packet(),
                           kQuestion);
    REQUIRE(got.kind == Kind::kRecords);
    CHECK(got.rdata == std::vector<std::string>{txt("one"), txt("two")});
    CHECK(got.ttl == base::Seconds(60));
    CHECK(got.authentic == dns::Authentic::kNo);
}

TEST_CASE("the AD bit is reported") {
    CHECK(
        parse(reply().authentic().answer(kQuestion.name, kTxt, 1, txt("x")).packet(), kQuestion).authentic ==
        dns::Authentic::kYes);
    CHECK(parse(reply().authentic().rcode(3).packet(), kQuestion).authentic == dns::Authentic::kYes);
}

TEST_CASE("a TTL with the top bit set counts as 0") {
    const auto got = parse(reply().answer(kQuestion.name, kTxt, 0x80000001, txt("x")).packet(), kQuestion);
    CHECK(got.kind == Kind::kRecords);
    CHECK(got.ttl == base::Seconds(0));
}

TEST_CASE("CNAMEs are followed in any order, their TTLs count") {
    const auto got = parse(reply()
                               .answer("c.test", kTxt, 300, txt("end"))
                               .cname("b.test", "c.test", 20)
                               .cname("_mta-sts.example.com", "B.test", 200)
                               .packet(),
                           kQuestion);
    REQUIRE(got.kind == Kind::kRecords);
    CHECK(got.rdata == std::vector<std::string>{txt("end")});
    CHECK(got.ttl == base::Seconds(20));
    CHECK(got.cnames == 2);
}

TEST_CASE("a question for a CNAME is answered with it") {
    const DnsQuestion question{"a.test", kCname};
    const auto got =
        parse(DnsReplyBuilder("a.test", kCname).cname("a.test", "b.test", 20).packet(), question);
    CHECK(got.kind == Kind::kRecords);
    CHECK(got.cnames == 0);
}

TEST_CASE("names in MX, NS and CNAME records are uncompressed, and must end with the record") {
    // The question's name, example.com at 12 + 9, comes first in the message.
    const std::string whole = "\xc0\x0c", parent = "\xc0\x15";
    const auto name = [](const char* text) { return testing_support::dns_name(text); };
    struct {
        std::string what, rdata, want;  // want: of the name; "-": malformed
    } rows[] = {
        {"uncompressed", name("mx.test"), name("mx.test")},
        {"all a pointer", whole, name(kQuestion.name.c_str())},
        {"a label and a pointer", "\x03mx1" + parent, name("mx1.example.com")},
        {"the root", "\0"s, "\0"s},
        {"bytes behind a name", name("mx.test") + "x", "-"},
        {"bytes behind a pointer", whole + "x", "-"},
        {"no name", "", "-"},
        {"half a pointer", "\xc0", "-"},
        {"a pointer out of the message", "\xff\xff", "-"},
        {"a label out of the record",
         "\x3f"
         "abc",
         "-"},
    };
    for (const auto& row : rows) {
        for (const std::uint16_t type :
             {testing_support::kMx, testing_support::kNs, testing_support::kCname}) {
            CAPTURE(row.what);
            CAPTURE(type);
            const std::string before = type == testing_support::kMx ? "\0\x0a"s : ""s;
            const DnsQuestion question{kQuestion.name, type};
            const auto got = parse(DnsReplyBuilder(question.name, type)
                                       .answer(question.name, type, 60, before + row.rdata)
                                       .answer("z.test", kA, 60, std::string(70, 'z'))
                                       .packet(),
                                   question);
            REQUIRE(got.kind == (row.want == "-" ? Kind::kMalformed : Kind::kRecords));
            if (row.want == "-") continue;
            CHECK(got.rdata == std::vector<std::string>{before + row.want});
        }
    }
}

TEST_CASE("a TLSA record whose bytes look like a pointer is left as it is") {
    const DnsQuestion question{"a.test", testing_support::kTlsa};
    const std::string rdata = testing_support::tlsa_rdata(3, 1, 0, "\xc0\x0c");
    const auto got =
        parse(DnsReplyBuilder("a.test", question.type).answer("a.test", question.type, 5, rdata).packet(),
              question);
    CHECK(got.rdata == std::vector<std::string>{rdata});
}

TEST_CASE("where CNAMEs led is said of records, denials and open ends, and of nothing else") {
    struct {
        std::string what, packet, want;
    } rows[] = {
        {"records", reply().cname(kQuestion.name, "A.test", 5).answer("a.test", kTxt, 5, txt("x")).packet(),
         "A.test"},
        {"NXDOMAIN", reply().cname(kQuestion.name, "a.test", 5).rcode(3).packet(), "a.test"},
        {"NODATA", reply().cname(kQuestion.name, "a.test", 5).authority("test", kSoa, 5, soa(5)).packet(),
         "a.test"},
        {"an open end", reply().cname(kQuestion.name, "a.test", 5).packet(), "a.test"},
        {"records without CNAME", reply().answer(kQuestion.name, kTxt, 5, txt("x")).packet(), ""},
        {"a denial without CNAME", reply().rcode(3).packet(), ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        CHECK(parse(row.packet, kQuestion).canonical == row.want);
    }
}

TEST_CASE("denials have the smaller of the SOA's TTL and its minimum") {
    struct {
        std::string what, packet;
        int ttl;
    } rows[] = {
        {"NXDOMAIN, minimum smaller", reply().rcode(3).authority("example.com", kSoa, 900, soa(77)).packet(),
         77},
        {"NODATA, TTL smaller", reply().authority("example.com", kSoa, 66, soa(900)).packet(), 66},
        {"NXDOMAIN without SOA", reply().rcode(3).packet(), 0},
        {"NODATA without SOA", reply().packet(), 0},
        {"the root's SOA", reply().rcode(3).authority("", kSoa, 900, soa(55)).packet(), 55},
        {"a SOA of another zone", reply().rcode(3).authority("example.net", kSoa, 900, soa(77)).packet(), 0},
        {"half a label is no zone", reply().rcode(3).authority("ample.com", kSoa, 900, soa(77)).packet(), 0},
        {"an unreadable SOA", reply().rcode(3).authority("example.com", kSoa, 900, "\x01").packet(), 0},
        {"a CNAME on the way",
         reply().cname(kQuestion.name, "a.test", 5).authority("test", kSoa, 900, soa(900)).rcode(3).packet(),
         5},
        {"NODATA at the end of a CNAME",
         reply().cname(kQuestion.name, "a.test", 500).authority("test", kSoa, 90, soa(900)).packet(), 90},
        {"records of another type only", reply().answer(kQuestion.name, kA, 5, "1234").packet(), 0},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        const auto got = parse(row.packet, kQuestion);
        CHECK(got.kind == Kind::kDenial);
        CHECK(got.ttl == base::Seconds(row.ttl));
        CHECK(got.rdata.empty());
    }
}

TEST_CASE("a CNAME that leads out of the reply is to be asked for") {
    auto got = parse(reply().cname(kQuestion.name, "Away.Test", 50).packet(), kQuestion);
    CHECK(got.kind == Kind::kAlias);
    CHECK(got.canonical == "Away.Test");
    CHECK(got.ttl == base::Seconds(50));
    got = parse(
        reply().cname(kQuestion.name, "away.test", 50).authority("example.com", kSoa, 900, soa(77)).packet(),
        kQuestion);
    CHECK(got.kind == Kind::kAlias);  // the SOA speaks of another zone
}

TEST_CASE("rcodes that are no answer") {
    for (const unsigned rcode : {1u, 2u, 4u, 5u, 9u}) {
        CAPTURE(rcode);
        const auto got =
            parse(reply().rcode(rcode).answer(kQuestion.name, kTxt, 1, txt("x")).packet(), kQuestion);
        CHECK(got.kind == Kind::kServerFailure);
        CHECK(got.rcode == static_cast<int>(rcode));
        CHECK(got.rdata.empty());
    }
    const auto badvers = parse(reply().opt(0x01000000).packet(), kQuestion);
    CHECK(badvers.kind == Kind::kServerFailure);
    CHECK(badvers.rcode == 16);
    const auto referral =
        reply().authority("com", testing_support::kNs, 900, testing_support::dns_name("a.test"));
    CHECK(parse(DnsReplyBuilder(referral).without_flags(0x80).packet(), kQuestion).kind ==
          Kind::kServerFailure);
    CHECK(parse(referral.packet(), kQuestion).kind == Kind::kDenial);
}

TEST_CASE("what makes no sense is malformed") {
    auto chain = reply().cname(kQuestion.name, "n0.test", 5);
    for (int i = 0; i < app::kMaxCnames; ++i)
        chain.cname("n" + std::to_string(i) + ".test", "n" + std::to_string(i + 1) + ".test", 5);
    auto many = reply();
    for (int i = 0; i < 1001; ++i)
        many.answer(kQuestion.name, kTxt, 5, txt("x"));
    const std::string good = reply().answer(kQuestion.name, kTxt, 1, txt("x")).packet();
    struct {
        std::string what, packet;
    } rows[] = {
        {"nothing", ""},
        {"a header's beginning", good.substr(0, 11)},
        {"cut short", good.substr(0, good.size() - 1)},
        {"bytes left over", good + "x"},
        {"a query", DnsReplyBuilder(kQuestion.name, kTxt).without_flags(0x8000).packet()},
        {"truncated", reply().truncated().answer(kQuestion.name, kTxt, 1, txt("x")).packet()},
        {"another name",
         DnsReplyBuilder("other.test", kTxt).answer(kQuestion.name, kTxt, 1, txt("x")).packet()},
        {"another type",
         DnsReplyBuilder(kQuestion.name, kA).answer(kQuestion.name, kTxt, 1, txt("x")).packet()},
        {"a CNAME to itself", reply().cname(kQuestion.name, kQuestion.name, 5).packet()},
        {"a CNAME loop",
         reply().cname(kQuestion.name, "a.test", 5).cname("a.test", kQuestion.name, 5).packet()},
        {"a chain without end", chain.packet()},
        {"two CNAMEs",
         reply().cname(kQuestion.name, "a.test", 5).cname(kQuestion.name, "b.test", 5).packet()},
        {"a CNAME beside records",
         reply().cname(kQuestion.name, "a.test", 5).answer(kQuestion.name, kTxt, 5, txt("x")).packet()},
        {"a CNAME to the root", reply().cname(kQuestion.name, "", 5).packet()},
        {"a CNAME with bytes left over",
         reply().answer(kQuestion.name, kCname, 5, testing_support::dns_name("a.test") + "x").packet()},
        {"records under NXDOMAIN", reply().rcode(3).answer(kQuestion.name, kTxt, 5, txt("x")).packet()},
        {"more records than anybody has", many.packet()},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        CHECK(parse(row.packet, kQuestion).kind == Kind::kMalformed);
    }
}
