// SPDX-License-Identifier: MIT
// Several addresses: which is tried when, and whose outcome stands.
#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <utility>

#include "tests/daemon/adapters/curl_fixture.h"

using curl_test::describe;
using curl_test::Fixture;
using curl_test::good_identity;
using curl_test::kHost;
using curl_test::Outcome;
using testing_support::CertificateRequest;
using testing_support::LoopbackHttps;
using testing_support::ok_response;
using testing_support::Peer;
using testing_support::respond;
using testing_support::SilentPort;
using testing_support::TestCa;

namespace {

LoopbackHttps::Options at(const char* address, std::uint16_t port) {
    LoopbackHttps::Options options;
    options.address = address;
    options.port = port;
    return options;
}

bool has_v6() {
    try {
        const SilentPort probe("::1", 0);
        return true;
    } catch (const std::runtime_error&) {
        return false;
    }
}

CertificateRequest for_host() {
    CertificateRequest request;
    request.dns = {kHost};
    return request;
}

}  // namespace

TEST_CASE("an address that refuses is followed by the next at once") {
    Fixture f;
    const LoopbackHttps server(good_identity(), respond(ok_response("x")));
    std::vector<std::string> addresses;
    for (int i = 2; i < 22; ++i)
        addresses.push_back("127.0.0." + std::to_string(i));
    addresses.push_back("127.0.0.1");
    const auto start = f.clock.mono();
    CHECK(describe(f.fetch(f.options(server.port()), f.request(addresses))) == "200");
    CHECK((f.clock.mono() - start).count() < 2000);  // 20 times 250 ms would be 5 s
}

TEST_CASE("an address that does not answer is joined by the next after 250 ms") {
    Fixture f;
    const LoopbackHttps server(good_identity(), respond(ok_response("x")));
    const SilentPort dead("127.0.0.2", server.port());
    app::CurlFetcher fetcher = f.fetcher(f.options(server.port()));
    const auto start = f.clock.mono();
    CHECK(describe(f.fetch(fetcher, f.request({"127.0.0.2", "127.0.0.1"}))) == "200");
    const auto took = (f.clock.mono() - start).count();
    CHECK(took >= 249);
    CHECK(took < 4000);  // not the connect timeout
    CHECK(fetcher.connections() == 0);
}

TEST_CASE("one family failing does not stop the other") {
    if (!has_v6()) return;
    Fixture f;
    const LoopbackHttps v4(good_identity(), respond(ok_response("x")));
    const auto both = f.request({"127.0.0.1", "::1"});
    {
        const LoopbackHttps v6(good_identity(), respond(ok_response("x")), at("::1", v4.port()));
        CHECK(describe(f.fetch(f.options(v4.port()), both)) == "200");
        CHECK(v6.accepted() == 1);
        CHECK(v4.accepted() == 0);
    }
    CHECK(describe(f.fetch(f.options(v4.port()), both)) == "200");  // ::1 refuses
    CHECK(v4.accepted() == 1);
    {
        const SilentPort v6("::1", v4.port());
        CHECK(describe(f.fetch(f.options(v4.port()), both)) == "200");
        CHECK(v4.accepted() == 2);
    }
    {
        const LoopbackHttps v6(good_identity(), respond(ok_response("x")), at("::1", 0));
        CHECK(describe(f.fetch(f.options(v6.port()), both)) == "200");  // 127.0.0.1 is not needed
        CHECK(describe(f.fetch(f.options(v6.port()), f.request({"::1"}))) == "200");
    }
}

TEST_CASE("once an address has accepted the connection, its outcome stands") {
    Fixture f;
    const LoopbackHttps good(good_identity(), respond(ok_response("x")));
    const std::pair<const char*, LoopbackHttps::Script> rows[] = {
        {"connect",
         [](Peer& peer) {
             if (peer.handshake() && peer.read_request()) peer.reset();
         }},
        {"500", respond("HTTP/1.1 500 No\r\n\r\n")},
        {"timeout", [](Peer& peer) { peer.wait_until_closed(); }},
        {"tls-other 0", [](Peer& peer) { peer.send_raw("220 ready\r\n"); }},
    };
    for (const auto& row : rows) {
        CAPTURE(std::string(row.first));
        const LoopbackHttps first(good_identity(), row.second, at("127.0.0.2", good.port()));
        app::CurlFetcher::Options options = f.options(good.port());
        options.connect_timeout = base::Milliseconds(400);  // longer than the 250 ms
        CHECK(describe(f.fetch(options, f.request({"127.0.0.2", "127.0.0.1"}))) == row.first);
        CHECK(first.accepted() == 1);
        CHECK(good.accepted() == 0);
    }
    const LoopbackHttps first(TestCa::self_signed(for_host()), respond(ok_response("x")),
                              at("127.0.0.2", good.port()));
    CHECK(describe(f.fetch(f.options(good.port()), f.request({"127.0.0.2", "127.0.0.1"}))) ==
          "tls-untrusted 18");
    CHECK(first.tls_begun() == 1);
    CHECK(good.accepted() == 0);
}

TEST_CASE("no address accepts: the error names each and why") {
    Fixture f;
    std::optional<LoopbackHttps> gone(std::in_place, good_identity(), respond(""));
    const std::uint16_t port = gone->port();
    gone.reset();
    const auto refused = f.fetch(f.options(port), f.request({"127.0.0.1", "127.0.0.2"}));
    CHECK(describe(refused) == "connect");
    CHECK(refused.error().text ==
          "no connection: 127.0.0.1: Connection refused, 127.0.0.2: Connection refused");

    const SilentPort dead("127.0.0.1", 0);
    app::CurlFetcher::Options options = f.options(dead.port());
    options.connect_timeout = base::Milliseconds(30);
    const auto silent = f.fetch(options, f.request({"127.0.0.1", "127.0.0.2"}));
    CHECK(describe(silent) == "timeout");
    CHECK(silent.error().text == "no connection: 127.0.0.1: no answer, 127.0.0.2: Connection refused");
}

TEST_CASE("connections come from the source address of their family") {
    Fixture f;
    const LoopbackHttps server(good_identity(), respond(ok_response("x")));
    app::CurlFetcher::Options options = f.options(server.port());
    options.source_addresses = {dns::Address::parse("::1").value(), dns::Address::parse("127.0.0.9").value()};
    CHECK(describe(f.fetch(options, f.request())) == "200");
    CHECK(server.clients() == std::vector<std::string>{"127.0.0.9"});

    options.source_addresses = {dns::Address::parse("192.0.2.77").value()};  // not ours
    CHECK(describe(f.fetch(options, f.request())) == "connect");
    options.source_addresses = {dns::Address::parse("2001:db8::77").value()};  // of the other family
    CHECK(describe(f.fetch(options, f.request())) == "200");
}

TEST_CASE("a fetch without an address fails, later") {
    Fixture f;
    CHECK(describe(f.fetch(f.options(1), f.request({}))) == "connect");
}
