// SPDX-License-Identifier: MIT
// Limits of concurrency, and settings that change while fetches run.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <utility>

#include "tests/daemon/adapters/curl_fixture.h"

using curl_test::describe;
using curl_test::Fixture;
using curl_test::good_identity;
using curl_test::Outcome;
using testing_support::LoopbackHttps;
using testing_support::ok_response;
using testing_support::Peer;
using testing_support::respond;
using testing_support::TestCa;

namespace {

struct Batch {
    std::vector<std::string> outcomes;
    std::vector<base::Pending> pending;

    void start(Fixture& f, app::CurlFetcher& fetcher, const https::Request& request, int count,
               int deadline_ms) {
        for (int i = 0; i < count; ++i)
            pending.push_back(fetcher.get(request, f.within(deadline_ms), [this](const Outcome& outcome) {
                outcomes.push_back(describe(outcome));
            }));
    }
};

}  // namespace

TEST_CASE("many fetches at once all come back, within the limits") {
    Fixture f;
    const LoopbackHttps server(good_identity(), respond(ok_response("x")));
    app::CurlFetcher::Options options = f.options(server.port());
    options.max_concurrent = 8;
    options.max_per_address = 5;
    app::CurlFetcher fetcher = f.fetcher(options);
    Batch batch;
    batch.start(f, fetcher, f.request(), 100, 10'000);
    std::size_t most = 0;
    f.reach([&] {
        most = std::max(most, fetcher.connections());
        return batch.outcomes.size() == 100;
    });
    CHECK(batch.outcomes == std::vector<std::string>(100, "200"));
    CHECK(most == 5);
    CHECK(server.accepted() == 100);
    CHECK(fetcher.connections() == 0);
}

TEST_CASE("a slow host takes its own share only") {
    Fixture f;
    const LoopbackHttps slow(good_identity(), [](Peer& peer) { peer.wait_until_closed(); });
    LoopbackHttps::Options elsewhere;
    elsewhere.address = "127.0.0.2";
    elsewhere.port = slow.port();
    const LoopbackHttps quick(good_identity(), respond(ok_response("x")), elsewhere);
    app::CurlFetcher::Options options = f.options(slow.port());
    options.max_concurrent = 4;
    options.max_per_address = 2;
    app::CurlFetcher fetcher = f.fetcher(options);
    Batch stuck;
    stuck.start(f, fetcher, f.request({"127.0.0.1"}), 20, 10'000);
    Batch others;
    others.start(f, fetcher, f.request({"127.0.0.2"}), 5, 10'000);
    f.reach([&] { return others.outcomes.size() == 5; });
    CHECK(others.outcomes == std::vector<std::string>(5, "200"));
    f.reach([&] { return slow.accepted() == 2; });
    CHECK(fetcher.connections() == 2);
    CHECK(fetcher.waiting() == 18);
    CHECK(stuck.outcomes.empty());

    stuck.pending.at(0).reset();  // makes room for one
    f.reach([&] { return slow.accepted() == 3; });
    CHECK(fetcher.connections() == 2);
    CHECK(fetcher.waiting() == 17);
}

TEST_CASE("a host with a crowded address is reached at its other one") {
    Fixture f;
    const LoopbackHttps slow(good_identity(), [](Peer& peer) { peer.wait_until_closed(); });
    LoopbackHttps::Options elsewhere;
    elsewhere.address = "127.0.0.2";
    elsewhere.port = slow.port();
    const LoopbackHttps quick(good_identity(), respond(ok_response("x")), elsewhere);
    app::CurlFetcher::Options options = f.options(slow.port());
    options.max_per_address = 1;
    app::CurlFetcher fetcher = f.fetcher(options);
    Batch stuck;
    stuck.start(f, fetcher, f.request({"127.0.0.1"}), 1, 10'000);
    f.reach([&] { return slow.accepted() == 1; });
    CHECK(describe(f.fetch(fetcher, f.request({"127.0.0.1", "127.0.0.2"}))) == "200");
}

TEST_CASE("the deadline runs while a fetch waits for its turn") {
    Fixture f;
    const LoopbackHttps slow(good_identity(), [](Peer& peer) { peer.wait_until_closed(); });
    app::CurlFetcher::Options options = f.options(slow.port());
    options.max_concurrent = 1;
    app::CurlFetcher fetcher = f.fetcher(options);
    Batch first;
    first.start(f, fetcher, f.request(), 1, 10'000);
    f.reach([&] { return slow.accepted() == 1; });
    CHECK(describe(f.fetch(fetcher, f.request(), 40)) == "timeout");
    CHECK(slow.accepted() == 1);
    CHECK(fetcher.waiting() == 0);
}

TEST_CASE("a CA file that is replaced counts from the next look at it") {
    Fixture f;
    const TestCa next;
    testing_support::CertificateRequest request;
    request.dns = {curl_test::kHost};
    const LoopbackHttps server(next.issue(request), respond(ok_response("x")));
    struct Moved final : base::Clock {  // a clock that the test can move on
        app::SystemClock real;
        base::Milliseconds by{0};
        base::WallTime wall() const override { return real.wall(); }
        base::MonoTime mono() const override { return real.mono() + by; }
    } clock;
    std::vector<std::string> troubles;
    app::CurlFetcher fetcher(f.loop, clock, f.options(server.port()),
                             [&](const std::string& trouble) { troubles.push_back(trouble); });
    const auto fetch = [&] {
        clock.by += std::chrono::seconds(2);
        std::optional<Outcome> outcome;
        const auto pending = fetcher.get(f.request(), {clock.mono() + std::chrono::seconds(10)},
                                         [&](Outcome o) { outcome.emplace(std::move(o)); });
        f.reach([&] { return outcome.has_value(); });
        return describe(*outcome);
    };
    CHECK(fetch() == "tls-untrusted 20");
    f.ca_file.replace(next.pem());
    CHECK(fetch() == "200");
    CHECK(troubles.empty());
    f.ca_file.replace("nothing\n");
    CHECK(fetch() == "200");
    CHECK(fetch() == "200");
    CHECK(troubles.size() == 1);
}

TEST_CASE("settings are taken whole or not at all") {
    Fixture f;
    const LoopbackHttps server(good_identity(), respond(ok_response("x")));
    app::CurlFetcher fetcher = f.fetcher(f.options(1));
    app::CurlFetcher::Options options = f.options(server.port());
    options.ca_file = "/nonexistent/ca.pem";
    CHECK(app::CurlFetcher::check(options).has_value());
    CHECK(fetcher.reload(options).has_value());
    CHECK(describe(f.fetch(fetcher, f.request())) == "connect");  // still port 1

    CHECK(app::CurlFetcher::check(f.options(server.port())) == std::nullopt);
    CHECK(fetcher.reload(f.options(server.port())) == std::nullopt);
    CHECK(describe(f.fetch(fetcher, f.request())) == "200");
}

TEST_CASE("a CA file that cannot be used is told before the first fetch") {
    Fixture f;
    app::CurlFetcher::Options options = f.options(443);
    options.ca_file = "/nonexistent/ca.pem";
    app::CurlFetcher fetcher = f.fetcher(options);
    CHECK(fetcher.trust().empty());
    CHECK_THROWS_AS(fetcher.read_certificates(), std::runtime_error);
    CHECK_THROWS_AS(static_cast<void>(f.fetch(fetcher, f.request())), std::runtime_error);
}
