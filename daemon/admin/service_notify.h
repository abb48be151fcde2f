// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/clock.h"

namespace app {

/// Tells the service manager how the daemon is (the datagram protocol of sd_notify(3)). Without NOTIFY_SOCKET
/// in the environment every call does nothing. Never blocks, never fails: nobody would be there to hear of
/// it. Construct it once, before the first thread; use it on one thread.
class ServiceNotify {
  public:
    ServiceNotify();
    ~ServiceNotify();
    ServiceNotify(const ServiceNotify&) = delete;
    ServiceNotify& operator=(const ServiceNotify&) = delete;

    void ready(std::string_view status);
    void reloading();
    void stopping();
    void status(std::string_view text);
    void watchdog();
    /// More time for a long start.
    void extend_timeout(base::Milliseconds time);
    /// How often the manager wants watchdog(): half of WATCHDOG_USEC. Nothing: it does not.
    std::optional<base::Milliseconds> watchdog_interval() const { return watchdog_interval_; }

  private:
    void send(const std::string& message);

    int descriptor_ = -1;
    std::string address_;  // sockaddr_un, as bytes
    std::optional<base::Milliseconds> watchdog_interval_;
};

}  // namespace app
