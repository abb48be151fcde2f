// SPDX-License-Identifier: MIT
// What must not reach the fetcher from outside: the system's resolver and the environment.
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <netdb.h>
#include <stdlib.h>

#include <atomic>
#include <string>
#include <string_view>

#include "tests/daemon/adapters/curl_fixture.h"

using curl_test::describe;
using curl_test::Fixture;
using curl_test::good_identity;
using testing_support::LoopbackHttps;
using testing_support::ok_response;
using testing_support::respond;

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
    const LoopbackHttps proxy(good_identity(), respond(""));
    const LoopbackHttps server(good_identity(), respond(ok_response("x")));
    const Environment environment("http://127.0.0.1:" + std::to_string(proxy.port()));
    CHECK(describe(f.fetch(server)) == "200");
    CHECK(proxy.accepted() == 0);
}
