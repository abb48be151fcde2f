// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/adapters/curl_fetcher.h"
#include "daemon/adapters/system_clock.h"
#include "tests/support/drive_loop.h"
#include "tests/support/loopback_https.h"
#include "tests/support/test_ca.h"

namespace curl_test {

using Outcome = base::Result<https::Response, https::FetchError>;

/// The name that every request asks for.
inline constexpr const char* kHost = "mta-sts.example.test";

/// One authority for all tests of the program: what is trusted unless a test says otherwise.
const testing_support::TestCa& trusted_ca();
/// A certificate for kHost from it.
testing_support::Identity good_identity();

/// A file that is gone with it.
class TemporaryFile {
  public:
    explicit TemporaryFile(const std::string& content);
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    const std::string& path() const { return path_; }
    /// Replaces the file by another one under the same name, as an update of the package does.
    void replace(const std::string& content) const;

  private:
    std::string path_;
};

/// A loop, a clock and a CA file, and what most tests do with them.
struct Fixture {
    app::EventLoop loop;
    app::SystemClock clock;
    TemporaryFile ca_file{trusted_ca().pem()};
    std::vector<std::string> ca_troubles;

    Fixture();
    app::CurlFetcher::Options options(std::uint16_t port) const;
    app::CurlFetcher fetcher(const app::CurlFetcher::Options& options);
    https::Request request(const std::vector<std::string>& addresses = {"127.0.0.1"}) const;
    base::Deadline within(int milliseconds) const;

    /// Turns the loop until `there` holds; a guard against broken code fails the test.
    void reach(const std::function<bool()>& there);

    /// Fetches and waits for the outcome.
    Outcome fetch(app::CurlFetcher& fetcher, const https::Request& request, int deadline_ms = 10'000);
    /// The same with a fetcher for this one fetch.
    Outcome fetch(const app::CurlFetcher::Options& options, const https::Request& request);
    Outcome fetch(const testing_support::LoopbackHttps& server);
};

/// In one word, for tables: "200", "404", "connect", "timeout", "tls-untrusted 18", "too-large", "http".
std::string describe(const Outcome& outcome);

}  // namespace curl_test
