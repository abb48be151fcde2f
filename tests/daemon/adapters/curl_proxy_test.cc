// SPDX-License-Identifier: MIT
// The proxy that the settings ask for.
#include <doctest/doctest.h>
#include <stdlib.h>

#include <optional>
#include <utility>

#include "tests/daemon/adapters/curl_fixture.h"

using curl_test::describe;
using curl_test::Fixture;
using curl_test::good_identity;
using testing_support::LoopbackHttps;
using testing_support::Peer;
using testing_support::respond;

namespace {

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";

std::string url(const LoopbackHttps& proxy) {
    return "http://127.0.0.1:" + std::to_string(proxy.port());
}

// A proxy that is itself the host behind it, and cannot reach `dead`.
LoopbackHttps::Script tunnel(std::string dead) {
    return [dead = std::move(dead)](Peer& peer) {
        if (!peer.read_raw_request()) return;
        if (peer.request().find("CONNECT " + dead) != std::string::npos) {
            peer.send_raw("HTTP/1.1 502 No route\r\nContent-Length: 0\r\n\r\n");
            peer.wait_until_closed();
            return;
        }
        peer.send_raw("HTTP/1.1 200 Connection established\r\nContent-Type: of/proxy\r\n\r\n");
        respond(kOk)(peer);
    };
}

// The same as a SOCKS5 proxy, for IPv4.
LoopbackHttps::Script socks(std::string dead) {
    return [dead = std::move(dead)](Peer& peer) {
        const std::string hello = peer.read_raw(2);
        if (hello.size() != 2) return;
        peer.read_raw(static_cast<unsigned char>(hello[1]));
        peer.send_raw(std::string("\x05\0", 2));
        const std::string question = peer.read_raw(10);  // version, command, 0, address type, address, port
        if (question.size() != 10) return;
        const std::string target = question.substr(4, 4);
        const bool refused = target == dead;
        peer.send_raw(std::string("\x05", 1) + (refused ? '\x05' : '\0') +
                      std::string("\0\x01\0\0\0\0\0\0", 8));
        if (!refused) respond(kOk)(peer);
    };
}

// As tunnel(), and the proxy itself is spoken to in TLS.
void tls_tunnel(Peer& peer) {
    if (!peer.handshake() || !peer.read_request()) return;
    peer.send("HTTP/1.1 200 Connection established\r\n\r\n");
    if (!peer.handshake_within() || !peer.read_request()) return;
    peer.send(kOk);
}

}  // namespace

TEST_CASE("the proxy of the settings is asked for an address, whatever no_proxy says") {
    Fixture f;
    const LoopbackHttps proxy(good_identity(), tunnel("none"));
    app::CurlFetcher::Options options = f.options(443);
    options.proxy = url(proxy);
    options.source_addresses = {dns::Address::parse("127.0.0.9").value()};
    ::setenv("no_proxy", "*", 1);
    const auto outcome = f.fetch(options, f.request({"203.0.113.1"}));
    ::unsetenv("no_proxy");
    REQUIRE(outcome);
    CHECK(outcome->content_type.empty());  // not the proxy's
    CHECK(proxy.server_names() == std::vector<std::string>{curl_test::kHost});
    REQUIRE(proxy.requests().size() == 2);
    CHECK(proxy.requests().at(0).substr(0, 29) == "CONNECT 203.0.113.1:443 HTTP/");
    CHECK(proxy.requests().at(1).substr(0, 4) == "GET ");
    CHECK(proxy.clients() == std::vector<std::string>{"127.0.0.9"});
}

TEST_CASE("an address that the proxy cannot reach is followed by the next") {
    Fixture f;
    const LoopbackHttps proxy(good_identity(), tunnel("203.0.113.1:"));
    app::CurlFetcher::Options options = f.options(443);
    options.proxy = url(proxy);
    CHECK(describe(f.fetch(options, f.request({"203.0.113.1", "203.0.113.2"}))) == "200");
    CHECK(proxy.accepted() == 2);
    CHECK(describe(f.fetch(options, f.request({"203.0.113.1"}))) == "connect");
}

TEST_CASE("through a proxy too, the outcome of an address that was reached stands") {
    Fixture f;
    const testing_support::TestCa stranger;
    testing_support::CertificateRequest request;
    request.dns = {curl_test::kHost};
    const LoopbackHttps proxy(stranger.issue(request), tunnel("none"));
    app::CurlFetcher::Options options = f.options(443);
    options.proxy = url(proxy);
    CHECK(describe(f.fetch(options, f.request({"203.0.113.1", "203.0.113.2"}))) == "tls-untrusted 20");
    CHECK(proxy.accepted() == 1);
}

TEST_CASE("a proxy that is down, or sends no answer") {
    Fixture f;
    std::optional<LoopbackHttps> gone(std::in_place, good_identity(), respond(""));
    app::CurlFetcher::Options options = f.options(443);
    options.proxy = url(*gone);
    gone.reset();
    CHECK(describe(f.fetch(options, f.request({"203.0.113.1", "203.0.113.2"}))) == "connect");

    const LoopbackHttps silent(good_identity(), [](Peer& peer) { peer.wait_until_closed(); });
    options.proxy = url(silent);
    options.connect_timeout = base::Milliseconds(40);
    CHECK(describe(f.fetch(options, f.request({"203.0.113.1", "203.0.113.2"}))) == "timeout");
    CHECK(silent.accepted() == 2);
}

TEST_CASE("a SOCKS proxy: the same rules") {
    Fixture f;
    const LoopbackHttps proxy(good_identity(), socks("\xcb\x01\x71\x01"));
    app::CurlFetcher::Options options = f.options(443);
    options.proxy = "socks5://127.0.0.1:" + std::to_string(proxy.port());
    CHECK(describe(f.fetch(options, f.request({"203.1.113.1", "203.1.113.2"}))) == "200");
    CHECK(proxy.accepted() == 2);
    CHECK(describe(f.fetch(options, f.request({"203.1.113.1"}))) == "connect");

    const LoopbackHttps wrong(testing_support::TestCa::self_signed({}), socks("none"));
    options.proxy = "socks5://127.0.0.1:" + std::to_string(wrong.port());
    CHECK(describe(f.fetch(options, f.request({"203.1.113.1", "203.1.113.2"}))) == "tls-untrusted 18");
    CHECK(wrong.accepted() == 1);
}

TEST_CASE("a proxy in TLS is verified under its own name, the host under its own") {
    Fixture f;
    app::CurlFetcher::Options options = f.options(443);
    testing_support::CertificateRequest request;
    const auto fetch = [&](testing_support::Identity identity) {
        const LoopbackHttps proxy(std::move(identity), tls_tunnel);
        options.proxy = "https://127.0.0.1:" + std::to_string(proxy.port());
        return describe(f.fetch(options, f.request({"203.0.113.1"})));
    };
    request.dns = {curl_test::kHost};
    request.ip = {"127.0.0.1"};
    CHECK(fetch(curl_test::trusted_ca().issue(request)) == "200");
    // What the proxy shows is not held against the host; and what the host shows, libcurl cannot tell exactly
    // here.
    CHECK(fetch(testing_support::TestCa().issue(request)) == "tls-other 0");
    request.dns = {"proxy.example.test"};  // shown by both, fits the proxy only
    CHECK(fetch(curl_test::trusted_ca().issue(request)) == "tls-other 0");
    request.dns = {curl_test::kHost};  // fits the host only
    request.ip = {};
    CHECK(fetch(curl_test::trusted_ca().issue(request)) == "tls-other 0");
}
