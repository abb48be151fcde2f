// SPDX-License-Identifier: MIT
// What a cold fetch costs. Not a test: run it by hand in a release build with `daemon_tests -ns -tc="cost*"`.
#include <doctest/doctest.h>
#include <time.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <optional>

#include "tests/daemon/adapters/curl_fixture.h"

namespace {

// Of this thread alone: the server has its own.
double thread_cpu_ms() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

}  // namespace

TEST_CASE("cost of a cold fetch" * doctest::skip()) {
    curl_test::Fixture f;
    std::ifstream bundle(app::TrustStore::find_file(""));
    const std::string system{std::istreambuf_iterator<char>(bundle), {}};
    f.ca_file.replace(system + "\n" + curl_test::trusted_ca().pem());
    const testing_support::LoopbackHttps server(curl_test::good_identity(),
                                                testing_support::respond(testing_support::ok_response("x")));
    app::CurlFetcher fetcher = f.fetcher(f.options(server.port()));
    for (const int at_once : {1, 16}) {
        constexpr int kFetches = 1000;
        int started = 0;
        int done = 0;
        std::vector<base::Pending> pending(kFetches);
        std::function<void()> next = [&] {
            if (started == kFetches) return;
            const int i = started++;
            pending[static_cast<std::size_t>(i)] =
                fetcher.get(f.request(), f.within(60'000), [&](const curl_test::Outcome& outcome) {
                    REQUIRE(outcome);
                    ++done;
                    next();
                });
        };
        const double before = thread_cpu_ms();
        for (int i = 0; i < at_once; ++i)
            next();
        REQUIRE(testing_support::drive(f.loop, [&] { return done == kFetches; }));
        MESSAGE(fetcher.trust().size(), " CA certificates, ", at_once,
                " at once: ", (thread_cpu_ms() - before) / kFetches, " ms CPU per fetch");
    }
}
