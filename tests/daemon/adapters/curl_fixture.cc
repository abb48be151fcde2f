// SPDX-License-Identifier: MIT
#include "tests/daemon/adapters/curl_fixture.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace curl_test {

const testing_support::TestCa& trusted_ca() {
    static const testing_support::TestCa ca;
    return ca;
}

testing_support::Identity good_identity() {
    testing_support::CertificateRequest request;
    request.dns = {kHost};
    return trusted_ca().issue(request);
}

TemporaryFile::TemporaryFile(const std::string& content) {
    char name[] = "/tmp/mta-stsd-test-XXXXXX";
    const int descriptor = ::mkstemp(name);
    if (descriptor < 0) throw std::runtime_error("no temporary file");
    ::close(descriptor);
    path_ = name;
    replace(content);
}

TemporaryFile::~TemporaryFile() {
    ::unlink(path_.c_str());
}

void TemporaryFile::replace(const std::string& content) const {
    const std::string next = path_ + ".new";
    std::ofstream(next) << content;
    std::rename(next.c_str(), path_.c_str());
}

Fixture::Fixture() {
    ::signal(SIGPIPE, SIG_IGN);  // as in the daemon
}

app::CurlFetcher::Options Fixture::options(std::uint16_t port) const {
    app::CurlFetcher::Options options;
    options.ca_file = ca_file.path();
    options.port = port;
    return options;
}

app::CurlFetcher Fixture::fetcher(const app::CurlFetcher::Options& options) {
    return {loop, clock, options, [this](const std::string& trouble) { ca_troubles.push_back(trouble); }};
}

https::Request Fixture::request(const std::vector<std::string>& addresses) const {
    https::Request request{*dns::Name::parse(kHost), "/.well-known/mta-sts.txt", {}, 64 * 1024};
    for (const std::string& address : addresses)
        request.addresses.push_back(dns::Address::parse(address).value());
    return request;
}

base::Deadline Fixture::within(int milliseconds) const {
    return {clock.mono() + base::Milliseconds(milliseconds)};
}

void Fixture::reach(const std::function<bool()>& there) {
    bool late = false;
    const auto guard = loop.after(base::Milliseconds(20'000), [&late] { late = true; });
    while (!there()) {
        REQUIRE_FALSE(late);
        const auto look_again = loop.after(base::Milliseconds(1), [] {});
        loop.run_once();
    }
}

Outcome Fixture::fetch(app::CurlFetcher& fetcher, const https::Request& request, int deadline_ms) {
    std::optional<Outcome> outcome;
    const auto pending =
        fetcher.get(request, within(deadline_ms), [&outcome](Outcome o) { outcome.emplace(std::move(o)); });
    REQUIRE_FALSE(outcome.has_value());
    REQUIRE(testing_support::drive(loop, [&outcome] { return outcome.has_value(); }));
    return std::move(*outcome);
}

Outcome Fixture::fetch(const app::CurlFetcher::Options& options, const https::Request& request) {
    app::CurlFetcher one = fetcher(options);
    return fetch(one, request);
}

Outcome Fixture::fetch(const testing_support::LoopbackHttps& server) {
    return fetch(options(server.port()), request());
}

std::string describe(const Outcome& outcome) {
    using Kind = https::FetchError::Kind;
    if (outcome) return std::to_string(outcome->status);
    const https::FetchError& error = outcome.error();
    const std::string code = " " + std::to_string(error.detail);
    switch (error.kind) {
        case Kind::kConnect:
            return "connect";
        case Kind::kTimeout:
            return "timeout";
        case Kind::kTlsUntrusted:
            return "tls-untrusted" + code;
        case Kind::kTlsExpired:
            return "tls-expired" + code;
        case Kind::kTlsNameMismatch:
            return "tls-name-mismatch" + code;
        case Kind::kTlsOther:
            return "tls-other" + code;
        case Kind::kTooLarge:
            return "too-large";
        case Kind::kHttp:
            return "http";
    }
    return "?";
}

}  // namespace curl_test
