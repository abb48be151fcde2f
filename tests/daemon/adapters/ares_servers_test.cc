// SPDX-License-Identifier: MIT
// Several servers, servers that fail, and resolv.conf.
#include <doctest/doctest.h>

#include "tests/daemon/adapters/ares_fixture.h"
#include "tests/support/temporary_file.h"

using namespace testing_support;
using base::Milliseconds;
using Kind = dns::LookupError::Kind;

namespace {

LoopbackDns::Handler fails(unsigned rcode) {
    return [rcode](const DnsQuery& query) { return reply(DnsReplyBuilder(query).rcode(rcode)); };
}

LoopbackDns::Handler stalls() {
    return [](const DnsQuery&) { return silence(); };
}

}  // namespace

TEST_CASE_FIXTURE(AresFixture, "a server that fails is followed by the next, at once") {
    LoopbackDns good(loop, says("second"));
    SUBCASE("SERVFAIL") {
        LoopbackDns bad(loop, fails(2));
        app::AresResolver resolver(loop, clock, options({bad.text(), good.text()}));
        CHECK(words(txt(resolver)) == "second ttl=300");
        CHECK(bad.count() == 1);
    }
    SUBCASE("REFUSED") {
        LoopbackDns bad(loop, fails(5));
        app::AresResolver resolver(loop, clock, options({bad.text(), good.text()}));
        CHECK(words(txt(resolver)) == "second ttl=300");
    }
    SUBCASE("nobody listens") {
        app::AresResolver resolver(loop, clock, options({closed_dns_port(), good.text()}));
        CHECK(words(txt(resolver)) == "second ttl=300");
    }
    SUBCASE("nonsense") {
        LoopbackDns bad(loop,
                        [](const DnsQuery& q) { return reply(DnsReplyBuilder(q).cname(q.name, q.name, 5)); });
        app::AresResolver resolver(loop, clock, options({bad.text(), good.text()}));
        CHECK(words(txt(resolver)) == "second ttl=300");
    }
}

TEST_CASE_FIXTURE(AresFixture, "when all have failed, the error is the most telling one") {
    LoopbackDns servfail(loop, fails(2));
    app::AresResolver resolver(loop, clock, options({closed_dns_port(), servfail.text(), closed_dns_port()}));
    CHECK(words(txt(resolver)) == "SERVFAIL");
    CHECK(servfail.count() == 1);
}

TEST_CASE_FIXTURE(AresFixture, "no server reachable ends the lookup at once") {
    auto wanted = options({closed_dns_port(), closed_dns_port()});
    wanted.timeout = Milliseconds(10'000);
    app::AresResolver resolver(loop, clock, wanted);
    const auto start = clock.mono();
    const auto result = txt(resolver);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().kind == Kind::kUnreachable);
    CHECK(clock.mono() - start < Milliseconds(5000));
}

TEST_CASE_FIXTURE(AresFixture, "a server that comes back is found again, over UDP and TCP") {
    const auto handler = [](const DnsQuery& query) {
        return query.tcp ? says("x")(query) : reply(DnsReplyBuilder(query).truncated());
    };
    auto server = std::make_unique<LoopbackDns>(loop, handler);
    const auto port = server->port();
    app::AresResolver resolver(loop, clock, options({server->text()}));
    CHECK(words(txt(resolver)) == "x ttl=300");
    server.reset();
    CHECK(words(txt(resolver)) == "no DNS server reachable");
    server = std::make_unique<LoopbackDns>(loop, handler, "127.0.0.1", port);
    CHECK(words(txt(resolver)) == "x ttl=300");
}

TEST_CASE_FIXTURE(AresFixture, "a silent server is followed by the next, which is then asked first") {
    LoopbackDns silent(loop, stalls());
    LoopbackDns good(loop, says("second"));
    auto wanted = options({silent.text(), good.text()});
    wanted.timeout = Milliseconds(60);
    wanted.attempts = 20;
    app::AresResolver resolver(loop, clock, wanted);
    CHECK(words(txt(resolver)) == "second ttl=300");
    const auto asked = silent.count();
    CHECK(asked >= 1);
    CHECK(words(txt(resolver)) == "second ttl=300");
    CHECK(silent.count() == asked);
}

TEST_CASE_FIXTURE(AresFixture,
                  "a single silent server is asked once more for each attempt, then it is a timeout") {
    LoopbackDns silent(loop, stalls());
    auto wanted = options({silent.text()});
    wanted.timeout = Milliseconds(60);
    wanted.attempts = 3;
    app::AresResolver resolver(loop, clock, wanted);
    const auto start = clock.mono();
    CHECK(words(txt(resolver)) == "timeout");
    CHECK(clock.mono() - start >= Milliseconds(179));
    CHECK(silent.count() >= 3);  // c-ares 1.34 also asks again by itself
}

TEST_CASE_FIXTURE(AresFixture, "a late reply of an earlier attempt counts; its late failure does not") {
    std::vector<DnsQuery> held;
    for (const bool failure : {false, true}) {
        CAPTURE(failure);
        LoopbackDns slow(loop, [&](const DnsQuery& query) {
            // The first packet waits for the second attempt.
            held.push_back(query);
            if (held.size() < 2) return silence();
            DnsReplyBuilder first(held[0]);
            if (failure) {
                first.rcode(2);
            } else {
                first.answer(query.name, kTxt, 5, txt_rdata({"late"}));
            }
            DnsReaction out = reply(first);
            if (failure) out.packets.push_back(says("current")(query).packets[0]);
            return out;
        });
        held.clear();
        auto wanted = options({slow.text()});
        wanted.timeout = Milliseconds(120);
        wanted.attempts = 10;
        app::AresResolver resolver(loop, clock, wanted);
        CHECK(words(txt(resolver)) == (failure ? "current ttl=300" : "late ttl=5"));
    }
}

TEST_CASE_FIXTURE(AresFixture, "a reply to the first attempt counts for as long as the lookup lasts") {
    std::vector<DnsQuery> held;
    LoopbackDns slow(loop, [&](const DnsQuery& query) {
        held.push_back(query);
        if (held.size() != 9) return silence();
        return reply(DnsReplyBuilder(held[0]).answer(query.name, kTxt, 5, txt_rdata({"late"})));
    });
    auto wanted = options({slow.text()});
    wanted.timeout = Milliseconds(120);
    wanted.attempts = 20;
    app::AresResolver resolver(loop, clock, wanted);
    CHECK(words(txt(resolver)) == "late ttl=5");
}

TEST_CASE_FIXTURE(AresFixture, "options are checked") {
    for (const char* server : {"localhost", "127.0.0.1:0", ""}) {
        CAPTURE(server);
        CHECK_THROWS_AS(app::AresResolver(loop, clock, options({server})), std::invalid_argument);
    }
    CHECK_THROWS_AS(app::AresResolver(loop, clock, options(std::vector<std::string>(17, "127.0.0.1"))),
                    std::invalid_argument);
}

TEST_CASE_FIXTURE(AresFixture, "questions come from the source address") {
    LoopbackDns server(loop, says("x"));
    auto wanted = options({server.text()});
    wanted.source_addresses = {*dns::Address::parse("127.0.0.77"), *dns::Address::parse("::1")};
    app::AresResolver resolver(loop, clock, wanted);
    CHECK(txt(resolver).has_value());
    REQUIRE(server.queries().size() == 1);
    CHECK(server.queries()[0].from == "127.0.0.77");
}

TEST_CASE_FIXTURE(AresFixture, "resolv.conf is followed, and says who is trusted") {
    TemporaryFile file("nameserver 192.0.2.1\nnameserver 127.0.0.1\n");
    app::AresResolver::Options wanted;
    wanted.resolv_conf = file.path();
    SUBCASE("loopback only") {
        app::AresResolver resolver(loop, clock, wanted);
        CHECK(resolver.servers() == std::vector<std::string>{"192.0.2.1:53", "127.0.0.1:53 trusted"});
    }
    SUBCASE("trust-ad") {
        file.replace("nameserver 192.0.2.1\noptions trust-ad\n");
        app::AresResolver resolver(loop, clock, wanted);
        CHECK(resolver.servers() == std::vector<std::string>{"192.0.2.1:53 trusted"});
    }
    SUBCASE("trust-ad is not about servers of our own settings") {
        file.replace("options trust-ad\n");
        wanted.servers = {"192.0.2.1"};
        app::AresResolver resolver(loop, clock, wanted);
        CHECK(resolver.servers() == std::vector<std::string>{"192.0.2.1:53"});
    }
    SUBCASE("trust_ad: yes") {
        wanted.trust_ad = app::TrustAd::kYes;
        app::AresResolver resolver(loop, clock, wanted);
        CHECK(resolver.servers() == std::vector<std::string>{"192.0.2.1:53 trusted", "127.0.0.1:53 trusted"});
    }
    SUBCASE("a missing file means the local host") {
        file.remove();
        app::AresResolver resolver(loop, clock, wanted);
        CHECK(resolver.servers() == std::vector<std::string>{"127.0.0.1:53 trusted"});
    }
}

namespace {

/// A clock that a test moves; the loop keeps its own.
struct HandClock final : base::Clock {
    base::MonoTime now{Milliseconds(1'000'000)};
    base::WallTime wall() const override { return {}; }
    base::MonoTime mono() const override { return now; }
};

}  // namespace

TEST_CASE_FIXTURE(AresFixture, "a changed resolv.conf is seen by the next question, at most once a second") {
    HandClock hand;
    TemporaryFile file("nameserver 127.0.0.2\n");
    app::AresResolver::Options wanted;
    wanted.resolv_conf = file.path();
    app::AresResolver resolver(loop, hand, wanted);
    int told = 0;
    resolver.on_servers_changed([&] { ++told; });
    const auto ask = [&] {
        const auto pending = resolver.txt(*dns::Name::parse("a.test"),
                                          base::Deadline{hand.now + Milliseconds(1)}, [](auto) {});
        return resolver.servers();
    };
    file.replace("nameserver 127.0.0.3\n");
    CHECK(ask() == std::vector<std::string>{"127.0.0.2:53 trusted"});
    hand.now += Milliseconds(1000);
    CHECK(ask() == std::vector<std::string>{"127.0.0.3:53 trusted"});
    CHECK(told == 0);  // from the loop only
    bool end = false;
    const auto timer = loop.after(Milliseconds(1), [&] { end = true; });
    REQUIRE(testing_support::drive(loop, [&] { return end; }));
    CHECK(told == 1);
    file.replace("# the same\nnameserver 127.0.0.3\n");
    hand.now += Milliseconds(1000);
    ask();
    wanted.timeout = Milliseconds(100);
    resolver.reconfigure(wanted);
    const auto told_after = [&](auto change) {
        change();
        resolver.reconfigure(wanted);
        end = false;
        const auto later = loop.after(Milliseconds(1), [&] { end = true; });
        REQUIRE(testing_support::drive(loop, [&] { return end; }));
        return told;
    };
    CHECK(told_after([] {}) == 1);  // a reload alone makes them no others
    CHECK(told_after([&] { wanted.trust_ad = app::TrustAd::kNo; }) == 2);
    CHECK(told_after([&] { wanted.servers = {"127.0.0.3"}; }) == 2);
    CHECK(told_after([&] { wanted.servers = {"127.0.0.4", "127.0.0.3"}; }) == 3);
    CHECK(told_after([&] { wanted.servers = {"127.0.0.3", "127.0.0.4"}; }) == 4);
}

TEST_CASE_FIXTURE(AresFixture, "reconfiguring changes whom the next attempt asks, and loses nobody") {
    LoopbackDns silent(loop, stalls());
    LoopbackDns good(loop, says("new"));
    auto wanted = options({silent.text()});
    wanted.timeout = Milliseconds(100);
    wanted.attempts = 50;
    app::AresResolver resolver(loop, clock, wanted);
    std::optional<dns::Lookup<dns::Txt>> result;
    const auto pending = resolver.txt(*dns::Name::parse("a.test"), in(kLong),
                                      [&](auto got) { result.emplace(std::move(got)); });
    REQUIRE(testing_support::drive(loop, [&] { return silent.count() > 0; }));
    CHECK_THROWS(resolver.reconfigure(options({"nonsense"})));
    wanted.servers = {good.text()};
    resolver.reconfigure(wanted);
    REQUIRE(testing_support::drive(loop, [&] { return result.has_value(); }));
    CHECK(words(*result) == "new ttl=300");
}
