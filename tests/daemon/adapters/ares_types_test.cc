// SPDX-License-Identifier: MIT
// Each type of question: its records, its denials, and what both say of authenticity and of CNAMEs.
#include <doctest/doctest.h>

#include "tests/daemon/adapters/ares_fixture.h"

using namespace testing_support;
using namespace std::string_literals;
using Kind = dns::LookupError::Kind;

namespace {

// What all answers have, for tables over the types.
struct Outcome {
    bool answered = false;
    std::size_t records = 0;
    dns::Authentic authentic = dns::Authentic::kNo;
    std::string canonical;
    std::int64_t ttl = 0;
    Kind error = Kind::kTimeout;
};

template <class Record>
Outcome outcome(const dns::Lookup<Record>& result) {
    Outcome out;
    if (!result) {
        out.error = result.error().kind;
        return out;
    }
    out.answered = true;
    out.records = result->records.size();
    out.authentic = result->authentic;
    out.canonical = result->canonical;
    out.ttl = result->ttl.count();
    return out;
}

struct Type {
    std::string what;
    std::uint16_t type;
    std::string rdata;
    std::string bad_rdata;
};

std::vector<Type> types_that_follow() {
    return {
        {"TXT", kTxt, txt_rdata({"x"}), "\x05x"},
        {"A", kA, a_rdata("192.0.2.1"), "123"},
        {"AAAA", kAaaa, aaaa_rdata("2001:db8::1"), "123"},
        {"MX", kMx, mx_rdata(10, "mx.test"), "\0\x0a\x05mx"s},
        {"TLSA", kTlsa, tlsa_rdata(3, 1, 1, "hash"), "\x03\x01"},
        {"NS", kNs, dns_name("ns.test"), "\x02ns"},
    };
}

struct TypesFixture : AresFixture {
    Outcome ask(app::AresResolver& resolver, const Type& type) {
        switch (type.type) {
            case kTxt:
                return outcome(txt(resolver));
            case kA:
                return outcome(addresses(resolver, "example.test", dns::Family::kV4));
            case kAaaa:
                return outcome(addresses(resolver, "example.test", dns::Family::kV6));
            case kMx:
                return outcome(mx(resolver));
            case kTlsa:
                return outcome(tlsa(resolver));
            case kNs:
                return outcome(ns(resolver));
            default:
                return outcome(cname(resolver));
        }
    }
};

}  // namespace

TEST_CASE_FIXTURE(TypesFixture, "MX records come with preference and host, the root's as an empty one") {
    LoopbackDns server(loop, [](const DnsQuery& query) {
        return reply(DnsReplyBuilder(query)
                         .answer(query.name, kMx, 60, mx_rdata(300, "MX1.example.test"))
                         .answer(query.name, kMx, 50, mx_rdata(0, "")));
    });
    app::AresResolver resolver(loop, clock, options({server.text()}));
    const auto result = mx(resolver);
    REQUIRE(result.has_value());
    REQUIRE(result->records.size() == 2);
    CHECK(result->records[0].preference == 300);
    CHECK(result->records[0].host == "MX1.example.test");
    CHECK(result->records[1].preference == 0);
    CHECK(result->records[1].host.empty());
    CHECK(result->ttl == base::Seconds(50));
    CHECK(result->canonical.empty());
    CHECK(server.queries().at(0).type == kMx);
}

TEST_CASE_FIXTURE(TypesFixture, "TLSA records come as they are, unusable ones too") {
    LoopbackDns server(loop, [](const DnsQuery& query) {
        return reply(DnsReplyBuilder(query)
                         .answer(query.name, kTlsa, 60, tlsa_rdata(3, 1, 1, "\0\xff"s))
                         .answer(query.name, kTlsa, 60, tlsa_rdata(255, 9, 7, "x")));
    });
    app::AresResolver resolver(loop, clock, options({server.text()}));
    const auto result = tlsa(resolver, "mx.test");
    REQUIRE(result.has_value());
    REQUIRE(result->records.size() == 2);
    CHECK(result->records[0].usage == 3);
    CHECK(result->records[0].selector == 1);
    CHECK(result->records[0].matching == 1);
    CHECK(result->records[0].data == "\0\xff"s);
    CHECK(result->records[1].usage == 255);
    CHECK(result->records[1].data == "x");
    CHECK(server.queries().at(0).name == "_25._tcp.mx.test");
    CHECK(server.queries().at(0).type == kTlsa);
}

TEST_CASE_FIXTURE(TypesFixture, "NS records come with their targets") {
    LoopbackDns server(loop, [](const DnsQuery& query) {
        return reply(DnsReplyBuilder(query)
                         .answer(query.name, kNs, 60, dns_name("a.ns.test"))
                         .answer(query.name, kNs, 60, dns_name("b.ns.test")));
    });
    app::AresResolver resolver(loop, clock, options({server.text()}));
    const auto result = ns(resolver, "com");
    REQUIRE(result.has_value());
    REQUIRE(result->records.size() == 2);
    CHECK(result->records[0].target == "a.ns.test");
    CHECK(result->records[1].target == "b.ns.test");
}

TEST_CASE_FIXTURE(TypesFixture, "a question for a CNAME is answered with that one, wherever it leads") {
    bool ad = true;
    LoopbackDns server(loop, [&](const DnsQuery& query) {
        DnsReplyBuilder builder(query);
        if (ad) builder.authentic();
        return reply(builder.cname(query.name, "b.test", 40).cname("b.test", "c.test", 10));
    });
    app::AresResolver resolver(loop, clock, options({server.text()}));
    for (const bool authentic : {true, false}) {
        ad = authentic;
        const auto result = cname(resolver);
        REQUIRE(result.has_value());
        REQUIRE(result->records.size() == 1);
        CHECK(result->records[0].target == "b.test");
        CHECK(result->canonical.empty());
        CHECK(result->ttl == base::Seconds(40));
        CHECK(result->authentic == (authentic ? dns::Authentic::kYes : dns::Authentic::kNo));
    }
    CHECK(server.count() == 2);
    CHECK(server.queries().at(0).type == kCname);
}

TEST_CASE_FIXTURE(TypesFixture, "no CNAME at a name is a denial, two are malformed") {
    int records = 0;
    LoopbackDns server(loop, [&](const DnsQuery& query) {
        DnsReplyBuilder builder(query);
        builder.authentic();
        for (int i = 0; i < records; ++i)
            builder.cname(query.name, std::to_string(i) + ".test", 5);
        if (records == 0) builder.authority("test", kSoa, 300, soa_rdata(77));
        return reply(builder);
    });
    app::AresResolver resolver(loop, clock, options({server.text()}));
    const Outcome denial = outcome(cname(resolver));
    CHECK(denial.answered);
    CHECK(denial.records == 0);
    CHECK(denial.authentic == dns::Authentic::kYes);
    CHECK(denial.ttl == 77);
    records = 2;
    const Outcome two = outcome(cname(resolver));
    CHECK_FALSE(two.answered);
    CHECK(two.error == Kind::kMalformed);
}

TEST_CASE_FIXTURE(TypesFixture, "a malformed record among good ones makes any answer malformed") {
    auto types = types_that_follow();
    types.push_back({"CNAME", kCname, dns_name("b.test"),
                     "\x02"
                     "b"});
    for (const Type& type : types) {
        CAPTURE(type.what);
        bool bad = false;
        LoopbackDns server(loop, [&](const DnsQuery& query) {
            DnsReplyBuilder builder(query);
            builder.answer(query.name, type.type, 60, type.rdata);
            if (bad) builder.answer(query.name, type.type, 60, type.bad_rdata);
            return reply(builder);
        });
        app::AresResolver resolver(loop, clock, options({server.text()}));
        CHECK(ask(resolver, type).records == 1);
        bad = true;
        const Outcome got = ask(resolver, type);
        CHECK_FALSE(got.answered);
        CHECK(got.error == Kind::kMalformed);
    }
}

TEST_CASE_FIXTURE(TypesFixture,
                  "records and denials are authentic with AD from a trusted server, and not else") {
    for (const Type& type : types_that_follow()) {
        for (const bool denied : {false, true}) {
            for (const bool ad : {false, true}) {
                for (const bool trusted : {false, true}) {
                    CAPTURE(type.what);
                    CAPTURE(denied);
                    CAPTURE(ad);
                    CAPTURE(trusted);
                    LoopbackDns server(loop, [&](const DnsQuery& query) {
                        DnsReplyBuilder builder(query);
                        if (ad) builder.authentic();
                        if (denied) {
                            builder.rcode(3).authority("test", kSoa, 300, soa_rdata(77));
                        } else {
                            builder.answer(query.name, type.type, 60, type.rdata);
                        }
                        return reply(builder);
                    });
                    auto wanted = options({server.text()});
                    wanted.trust_ad = trusted ? app::TrustAd::kYes : app::TrustAd::kNo;
                    app::AresResolver resolver(loop, clock, wanted);
                    const Outcome got = ask(resolver, type);
                    CHECK(got.answered);
                    CHECK(got.records == (denied ? 0 : 1));
                    CHECK(got.ttl == (denied ? 77 : 60));
                    CHECK(got.canonical.empty());
                    CHECK(got.authentic == (ad && trusted ? dns::Authentic::kYes : dns::Authentic::kNo));
                }
            }
        }
    }
}

TEST_CASE_FIXTURE(
    TypesFixture,
    "a chain of CNAMEs over three replies is authentic only if each is, and says where it led") {
    for (const Type& type : types_that_follow()) {
        for (const bool denied : {false, true}) {
            for (int insecure = 0; insecure <= 3; ++insecure) {  // the reply without AD; 3: none
                CAPTURE(type.what);
                CAPTURE(denied);
                CAPTURE(insecure);
                LoopbackDns server(loop, [&](const DnsQuery& query) {
                    DnsReplyBuilder builder(query);
                    const int step = query.name == "b.test" ? 1 : query.name == "d.test" ? 2 : 0;
                    if (step != insecure) builder.authentic();
                    if (step == 0) return reply(builder.cname(query.name, "b.test", 50));
                    if (step == 1)
                        return reply(builder.cname("b.test", "c.test", 90).cname("c.test", "d.test", 40));
                    if (denied) return reply(builder.authority("test", kSoa, 300, soa_rdata(77)));
                    return reply(builder.answer("d.test", type.type, 60, type.rdata));
                });
                app::AresResolver resolver(loop, clock, options({server.text()}));
                const Outcome got = ask(resolver, type);
                CHECK(server.count() == 3);
                CHECK(got.answered);
                CHECK(got.records == (denied ? 0 : 1));
                CHECK(got.canonical == "d.test");
                CHECK(got.ttl == 40);
                CHECK(got.authentic == (insecure == 3 ? dns::Authentic::kYes : dns::Authentic::kNo));
            }
        }
    }
}

TEST_CASE_FIXTURE(TypesFixture, "a chain within one reply says where it led, records or not") {
    for (const Type& type : types_that_follow()) {
        for (const bool denied : {false, true}) {
            CAPTURE(type.what);
            CAPTURE(denied);
            LoopbackDns server(loop, [&](const DnsQuery& query) {
                DnsReplyBuilder builder(query);
                builder.authentic().cname(query.name, "b.test", 50).cname("b.test", "C.test", 90);
                if (denied) return reply(builder.rcode(3).authority("test", kSoa, 300, soa_rdata(77)));
                return reply(builder.answer("c.test", type.type, 60, type.rdata));
            });
            app::AresResolver resolver(loop, clock, options({server.text()}));
            const Outcome got = ask(resolver, type);
            CHECK(server.count() == 1);
            CHECK(got.records == (denied ? 0 : 1));
            CHECK(got.canonical == "C.test");
            CHECK(got.authentic == dns::Authentic::kYes);
        }
    }
}

TEST_CASE_FIXTURE(TypesFixture,
                  "a failure with AD adds nothing to another server's answer, and takes nothing from it") {
    LoopbackDns failing(
        loop, [](const DnsQuery& query) { return reply(DnsReplyBuilder(query).rcode(2).authentic()); });
    bool ad = false;
    LoopbackDns answering(loop, [&](const DnsQuery& query) {
        DnsReplyBuilder builder(query);
        if (ad) builder.authentic();
        return reply(builder.answer(query.name, kMx, 60, mx_rdata(1, "mx.test")));
    });
    auto wanted = options({failing.text(), answering.text()});
    wanted.attempts = 3;
    app::AresResolver resolver(loop, clock, wanted);
    CHECK(outcome(mx(resolver)).authentic == dns::Authentic::kNo);
    ad = true;
    CHECK(outcome(mx(resolver)).authentic == dns::Authentic::kYes);
}
