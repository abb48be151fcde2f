// SPDX-License-Identifier: MIT
#include "ctl/control_client.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <string>

#include "tests/support/temporary_folder.h"

namespace {

/// A daemon that stands still: the kernel lets clients connect, and nobody ever answers.
class StoppedDaemon {
  public:
    explicit StoppedDaemon(const std::string& path) : listener_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        path.copy(name.sun_path, sizeof name.sun_path - 1);
        REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0);
        REQUIRE(::listen(listener_, 0) == 0);
    }
    ~StoppedDaemon() { ::close(listener_); }
    StoppedDaemon(const StoppedDaemon&) = delete;
    StoppedDaemon& operator=(const StoppedDaemon&) = delete;

  private:
    int listener_;
};

constexpr std::chrono::milliseconds kShort{50};
constexpr const char* kStandsStill = "does not answer";

}  // namespace

TEST_CASE("a daemon that stands still is given up, and that is said") {
    const testing_support::TemporaryFolder folder;
    const std::string path = folder.path() + "/control.sock";
    const StoppedDaemon daemon(path);
    const auto ignore = [](const ctl::Json&) {};

    ctl::ControlClient first(path, kShort);
    CHECK_THROWS_WITH_AS(first.run({{"command", "status"}}, ignore), doctest::Contains(kStandsStill),
                         std::runtime_error);
    // Its queue is full now: the next ones wait for their connection already.
    CHECK_THROWS_WITH_AS(ctl::ControlClient(path, kShort), doctest::Contains(kStandsStill),
                         std::runtime_error);
}
