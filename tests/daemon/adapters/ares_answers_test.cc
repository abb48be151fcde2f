// SPDX-License-Identifier: MIT
// What AresResolver makes of the replies of one server.
#include <doctest/doctest.h>

#include "tests/daemon/adapters/ares_fixture.h"

using namespace testing_support;
using namespace std::string_literals;
using Kind = dns::LookupError::Kind;

TEST_CASE_FIXTURE(AresFixture, "a question asks for validation but not for signatures, with EDNS") {
    LoopbackDns server(loop, says("v=STSv1; id=1;"));
    app::AresResolver resolver(loop, clock, options({server.text()}));
    CHECK(words(txt(resolver, "example.test")) == "v=STSv1; id=1; ttl=300");
    REQUIRE(server.queries().size() == 1);
    const auto& query = server.queries()[0];
    CHECK((query.flags & 0x0120) == 0x0120);
    CHECK(query.edns);
    CHECK(query.udp_size == 1232);
    CHECK_FALSE(query.dnssec_ok);
    CHECK_FALSE(query.tcp);
}

TEST_CASE_FIXTURE(AresFixture, "ids are not in order and not all the same") {
    LoopbackDns server(loop, says("x"));
    app::AresResolver resolver(loop, clock, options({server.text()}));
    for (int i = 0; i < 8; ++i)
        CHECK(txt(resolver).has_value());
    int in_order = 0;
    for (std::size_t i = 1; i < server.queries().size(); ++i) {
        const int step = server.queries()[i].id - server.queries()[i - 1].id;
        if (step >= 0 && step <= 2) ++in_order;
    }
    CHECK(in_order < 4);
}

TEST_CASE_FIXTURE(AresFixture, "TXT strings are joined, and any bytes come through") {
    LoopbackDns server(loop, [](const DnsQuery& query) {
        return reply(DnsReplyBuilder(query)
                         .answer(query.name, kTxt, 30, txt_rdata({"v=STSv1; ", "id=\0\xff"s, ""}))
                         .answer(query.name, kTxt, 20, txt_rdata({"second"})));
    });
    app::AresResolver resolver(loop, clock, options({server.text()}));
    CHECK(words(txt(resolver)) == "v=STSv1; id=\0\xff|second ttl=20"s);
}

TEST_CASE_FIXTURE(AresFixture, "addresses of either family, from a server on either") {
    for (const char* where : {"127.0.0.1", "::1"}) {
        CAPTURE(where);
        LoopbackDns server(
            loop,
            [](const DnsQuery& query) {
                return reply(DnsReplyBuilder(query).answer(
                    query.name, query.type, 60,
                    query.type == kA ? a_rdata("192.0.2.7") : aaaa_rdata("2001:db8::7")));
            },
            where);
        app::AresResolver resolver(loop, clock, options({server.text()}));
        const auto v4 = addresses(resolver, "mx.example.test", dns::Family::kV4);
        const auto v6 = addresses(resolver, "mx.example.test", dns::Family::kV6);
        REQUIRE(v4.has_value());
        REQUIRE(v6.has_value());
        REQUIRE(v4->records.size() == 1);
        REQUIRE(v6->records.size() == 1);
        CHECK(v4->records[0].text() == "192.0.2.7");
        CHECK(v6->records[0].text() == "2001:db8::7");
        CHECK(server.queries().size() == 2);
        CHECK(server.queries()[1].type == kAaaa);
    }
}

TEST_CASE_FIXTURE(AresFixture, "denials are answers without records, errors are errors") {
    struct {
        const char* what;
        unsigned rcode;
        bool soa;
        const char* want;
    } rows[] = {
        {"NXDOMAIN", 3, true, "denied ttl=77"}, {"NODATA", 0, true, "denied ttl=77"},
        {"no SOA", 3, false, "denied ttl=0"},   {"SERVFAIL", 2, false, "SERVFAIL"},
        {"REFUSED", 5, false, "REFUSED"},       {"NOTIMP", 4, false, "NOTIMP"},
        {"rcode 9", 9, false, "rcode 9"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        LoopbackDns server(loop, [&](const DnsQuery& query) {
            DnsReplyBuilder builder(query);
            builder.rcode(row.rcode);
            if (row.soa) builder.authority("test", kSoa, 300, soa_rdata(77));
            return reply(builder);
        });
        app::AresResolver resolver(loop, clock, options({server.text()}));
        CHECK(words(txt(resolver)) == row.want);
        CHECK(server.count() == 1);
    }
}

TEST_CASE_FIXTURE(AresFixture, "records with broken insides are a malformed answer") {
    LoopbackDns server(loop, [](const DnsQuery& query) {
        return reply(DnsReplyBuilder(query).answer(query.name, query.type, 60,
                                                   query.type == kA ? "123"
                                                                    : "\x05"
                                                                      "ab"));
    });
    app::AresResolver resolver(loop, clock, options({server.text()}));
    CHECK(words(txt(resolver)) == "malformed answer");
    const auto v4 = addresses(resolver, "a.test", dns::Family::kV4);
    REQUIRE_FALSE(v4.has_value());
    CHECK(v4.error().kind == Kind::kMalformed);
}

TEST_CASE_FIXTURE(AresFixture, "CNAMEs within a reply are followed, and asked for where the reply ends") {
    LoopbackDns server(loop, [](const DnsQuery& query) {
        DnsReplyBuilder builder(query);
        if (query.name == "example.test")
            builder.cname(query.name, "a.test", 40).cname("a.test", "_b.test", 90);
        if (query.name == "_b.test")
            builder.cname(query.name, "c.test", 50).answer("c.test", kTxt, 60, txt_rdata({"end"}));
        return reply(builder);
    });
    app::AresResolver resolver(loop, clock, options({server.text()}));
    CHECK(words(txt(resolver)) == "end ttl=40");
    CHECK(server.count() == 2);
}

TEST_CASE_FIXTURE(AresFixture, "a CNAME to a name that does not exist is a denial with the smallest TTL") {
    LoopbackDns server(loop, [](const DnsQuery& query) {
        DnsReplyBuilder builder(query);
        if (query.name == "example.test") return reply(builder.cname(query.name, "gone.test", 40));
        return reply(builder.rcode(3).authority("test", kSoa, 900, soa_rdata(60)));
    });
    app::AresResolver resolver(loop, clock, options({server.text()}));
    CHECK(words(txt(resolver)) == "denied ttl=40");
}

TEST_CASE_FIXTURE(AresFixture, "CNAME loops end, in one reply or from reply to reply") {
    int next = 0;
    LoopbackDns server(loop, [&](const DnsQuery& query) {
        DnsReplyBuilder builder(query);
        if (query.name == "one.test")
            builder.cname("one.test", "two.test", 5).cname("two.test", "one.test", 5);
        if (query.name.find("many") == 0)
            builder.cname(query.name, "many" + std::to_string(++next) + ".test", 5);
        return reply(builder);
    });
    app::AresResolver resolver(loop, clock, options({server.text()}));
    CHECK(words(txt(resolver, "one.test")) == "malformed answer");
    CHECK(server.count() == 1);
    CHECK(words(txt(resolver, "many0.test")) == "malformed answer");
    CHECK(next <= app::kMaxCnames + 1);
}

TEST_CASE_FIXTURE(AresFixture, "an answer too large for UDP comes over TCP, on a connection that is kept") {
    const std::string big(250, 'x');
    LoopbackDns server(loop, [&](const DnsQuery& query) {
        DnsReplyBuilder builder(query);
        if (!query.tcp) return reply(builder.truncated());
        return reply(builder.answer(query.name, kTxt, 5, txt_rdata(std::vector<std::string>(40, big))));
    });
    app::AresResolver resolver(loop, clock, options({server.text()}));
    for (int i = 0; i < 2; ++i) {
        const auto result = txt(resolver);
        REQUIRE(result.has_value());
        REQUIRE(result->records.size() == 1);
        CHECK(result->records[0].text.size() == 10'000);
    }
}

TEST_CASE_FIXTURE(AresFixture, "an answer of more than 512 bytes within the EDNS size needs no TCP") {
    LoopbackDns server(loop, [&](const DnsQuery& query) {
        return reply(DnsReplyBuilder(query).answer(
            query.name, kTxt, 5, txt_rdata(std::vector<std::string>(4, std::string(250, 'x')))));
    });
    app::AresResolver resolver(loop, clock, options({server.text()}));
    CHECK(txt(resolver).has_value());
    CHECK(server.count() == 1);
}

TEST_CASE_FIXTURE(AresFixture, "a server that resets TCP is an error, not a hang") {
    LoopbackDns server(loop, [&](const DnsQuery& query) {
        if (!query.tcp) return reply(DnsReplyBuilder(query).truncated());
        return DnsReaction{{}, true};
    });
    auto wanted = options({server.text()});
    wanted.timeout = base::Milliseconds(300);
    app::AresResolver resolver(loop, clock, wanted);
    CHECK_FALSE(txt(resolver).has_value());
}

TEST_CASE_FIXTURE(AresFixture, "a server that does not know EDNS is asked without it") {
    LoopbackDns server(loop, [&](const DnsQuery& query) {
        if (query.edns) return reply(DnsReplyBuilder(query).rcode(1));
        return says("plain")(query);
    });
    app::AresResolver resolver(loop, clock, options({server.text()}));
    for (int i = 0; i < 3; ++i)
        CHECK(words(txt(resolver)) == "plain ttl=300");
}

TEST_CASE_FIXTURE(AresFixture, "wrong ids, wrong questions and garbage do not become answers") {
    struct {
        const char* what;
        LoopbackDns::Handler handler;
    } rows[] = {
        {"another id",
         [](const DnsQuery& q) {
             return reply(DnsReplyBuilder(q)
                              .id(static_cast<std::uint16_t>(q.id + 1))
                              .answer(q.name, kTxt, 5, txt_rdata({"x"})));
         }},
        {"another question",
         [](const DnsQuery& q) {
             return reply(
                 DnsReplyBuilder(q).question("b.test", kTxt).answer(q.name, kTxt, 5, txt_rdata({"x"})));
         }},
        {"another type",
         [](const DnsQuery& q) {
             return reply(DnsReplyBuilder(q).question(q.name, kA).answer(q.name, kTxt, 5, txt_rdata({"x"})));
         }},
        {"the query itself",
         [](const DnsQuery& q) {
             return DnsReaction{{q.packet}, false};
         }},
        {"an empty packet",
         [](const DnsQuery&) {
             return DnsReaction{{""}, false};
         }},
        {"a header only",
         [](const DnsQuery& q) {
             return DnsReaction{{q.packet.substr(0, 12)}, false};
         }},
        {"the id and garbage",
         [](const DnsQuery& q) {
             return DnsReaction{{q.packet.substr(0, 2) + std::string(60, '\xc0')}, false};
         }},
        {"cut short",
         [](const DnsQuery& q) {
             const auto packet = DnsReplyBuilder(q).answer(q.name, kTxt, 5, txt_rdata({"x"})).packet();
             return DnsReaction{{packet.substr(0, packet.size() - 1)}, false};
         }},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        LoopbackDns server(loop, row.handler);
        auto wanted = options({server.text()});
        wanted.timeout = base::Milliseconds(60);
        app::AresResolver resolver(loop, clock, wanted);
        const auto result = txt(resolver);
        REQUIRE_FALSE(result.has_value());
        CHECK((result.error().kind == Kind::kTimeout || result.error().kind == Kind::kMalformed));
        CHECK(result.error().rcode == 0);
    }
}

TEST_CASE_FIXTURE(AresFixture, "the answer counts, whatever was sent before it") {
    LoopbackDns server(loop, [](const DnsQuery& q) {
        DnsReaction out = says("true")(q);
        const auto wrong = DnsReplyBuilder(q).answer(q.name, kTxt, 5, txt_rdata({"false"}));
        out.packets.insert(out.packets.begin(),
                           DnsReplyBuilder(wrong).id(static_cast<std::uint16_t>(q.id + 1)).packet());
        out.packets.insert(out.packets.begin(), DnsReplyBuilder(wrong).question("b.test", kTxt).packet());
        return out;
    });
    app::AresResolver resolver(loop, clock, options({server.text()}));
    CHECK(words(txt(resolver)) == "true ttl=300");
}

TEST_CASE_FIXTURE(AresFixture, "authentic only with AD, from a server that may be trusted, in every reply") {
    struct {
        const char* what;
        app::TrustAd trust;
        bool ad;
        bool ad_at_alias;
        dns::Authentic want;
    } rows[] = {
        {"loopback with AD", app::TrustAd::kAuto, true, true, dns::Authentic::kYes},
        {"loopback without AD", app::TrustAd::kAuto, false, false, dns::Authentic::kNo},
        {"trusted with AD", app::TrustAd::kYes, true, true, dns::Authentic::kYes},
        {"not trusted", app::TrustAd::kNo, true, true, dns::Authentic::kNo},
        {"CNAME without AD", app::TrustAd::kYes, true, false, dns::Authentic::kNo},
        {"target without AD", app::TrustAd::kYes, false, true, dns::Authentic::kNo},
    };
    for (const auto& row : rows) {
        CAPTURE(row.what);
        LoopbackDns server(loop, [&](const DnsQuery& query) {
            DnsReplyBuilder builder(query);
            const bool alias = query.name == "example.test";
            if (alias ? row.ad_at_alias : row.ad) builder.authentic();
            if (alias) return reply(builder.cname(query.name, "a.test", 5));
            return reply(builder.answer(query.name, kTxt, 5, txt_rdata({"x"})));
        });
        auto wanted = options({server.text()});
        wanted.trust_ad = row.trust;
        app::AresResolver resolver(loop, clock, wanted);
        const auto result = txt(resolver);
        REQUIRE(result.has_value());
        CHECK(result->authentic == row.want);
    }
}
