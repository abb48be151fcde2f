// SPDX-License-Identifier: MIT
// What must not reach the fetcher from outside: the system's resolver and the environment. And the proxy that
// is asked for.
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <netdb.h>
#include <stdlib.h>

#include <atomic>
#include <optional>
#include <string_view>
#include <utility>

#include "tests/daemon/adapters/curl_fixture.h"

using curl_test::describe;
using curl_test::Fixture;
using curl_test::good_identity;
using support::LoopbackHttps;
using support::ok_response;
using support::Peer;
using support::respond;

namespace {

std::atomic<int> name_lookups{0};
constexpr std::string_view kNoName = "name.invalid";

}  // namespace

// Comes before libc's for the whole program, libraries included.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
    ++name_lookups;
    if (node != nullptr && std::string_view(node) == kNoName) return EAI_NONAME;  // not out of this machine
    using Real = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    return real(node, service, hints, result);
}

namespace {

class Environment {
  public:
    explicit Environment(const std::string& proxy) {
        for (const char* name : kNames)
            ::setenv(name, proxy.c_str(), 1);
    }
    ~Environment() {
        for (const char* name : kNames)
            ::unsetenv(name);
    }

  private:
    static constexpr const char* kNames[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                             "ALL_PROXY"};
};

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
        respond("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")(peer);
    };
}

}  // namespace

TEST_CASE("a fetch never asks the system's resolver") {
    Fixture f;
    // That the count would show it: libcurl left to itself does ask.
    const int before = name_lookups;
    {
        const app::CurlEasyPtr plain(curl_easy_init());
        curl_easy_setopt(plain.get(), CURLOPT_URL, "http://name.invalid/");
        curl_easy_setopt(plain.get(), CURLOPT_PROXY, "");
        CHECK(curl_easy_perform(plain.get()) == CURLE_COULDNT_RESOLVE_HOST);
    }
    CHECK(name_lookups > before);

    const int now = name_lookups;
    const LoopbackHttps server(good_identity(), respond(ok_response("x")));
    CHECK(describe(f.fetch(f.options(server.port()), f.request({"127.0.0.2", "127.0.0.1", "::1"}))) == "200");
    CHECK(describe(f.fetch(f.options(1), f.request())) == "connect");
    CHECK(name_lookups == now);
}

TEST_CASE("a proxy of the environment is ignored") {
    Fixture f;
    const LoopbackHttps proxy(good_identity(), tunnel("none"));
    const LoopbackHttps server(good_identity(), respond(ok_response("x")));
    const Environment environment(url(proxy));
    CHECK(describe(f.fetch(server)) == "200");
    CHECK(proxy.accepted() == 0);
}

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
    const support::TestCa stranger;
    support::CertificateRequest request;
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
