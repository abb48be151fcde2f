// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "daemon/admin/service_notify.h"

namespace {

/// The service manager's end: a datagram socket in the abstract namespace, named after this process.
class Manager {
  public:
    Manager()
        : name_("@mta-stsd-test-" + std::to_string(::getpid())),
          descriptor_(::socket(AF_UNIX, SOCK_DGRAM, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path + 1, name_.data() + 1, name_.size() - 1);
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
        REQUIRE(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
        ::setenv("NOTIFY_SOCKET", name_.c_str(), 1);
        ::setenv("WATCHDOG_USEC", "30000000", 1);
    }
    ~Manager() {
        ::unsetenv("NOTIFY_SOCKET");
        ::unsetenv("WATCHDOG_USEC");
        ::unsetenv("WATCHDOG_PID");
        ::close(descriptor_);
    }
    std::string message() const {
        char buffer[512];
        const ssize_t n = ::recv(descriptor_, buffer, sizeof buffer, MSG_DONTWAIT);
        return n < 0 ? "(nothing)" : std::string(buffer, static_cast<std::size_t>(n));
    }

  private:
    std::string name_;
    int descriptor_;
};

}  // namespace

TEST_CASE("the service manager is told each change, word for word") {
    const Manager manager;
    app::ServiceNotify notify;
    notify.ready("3 policies");
    CHECK(manager.message() == "READY=1\nSTATUS=3 policies");
    notify.reloading();
    CHECK(manager.message().rfind("RELOADING=1\nMONOTONIC_USEC=", 0) == 0);
    notify.status("fine");
    CHECK(manager.message() == "STATUS=fine");
    notify.watchdog();
    CHECK(manager.message() == "WATCHDOG=1");
    notify.extend_timeout(base::Milliseconds{1500});
    CHECK(manager.message() == "EXTEND_TIMEOUT_USEC=1500000");
    notify.stopping();
    CHECK(manager.message() == "STOPPING=1\nSTATUS=Stopping");
}

TEST_CASE("the watchdog is fed at half its period, and only by the process it is meant for") {
    const Manager manager;
    CHECK(app::ServiceNotify().watchdog_interval() == base::Milliseconds{15000});
    ::setenv("WATCHDOG_PID", "1", 1);
    CHECK_FALSE(app::ServiceNotify().watchdog_interval());
    ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
    CHECK(app::ServiceNotify().watchdog_interval());
}

TEST_CASE("without a service manager nothing happens") {
    app::ServiceNotify notify;
    notify.ready("x");
    CHECK_FALSE(notify.watchdog_interval());
}
