// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <string>
#include <string_view>

namespace app {

/// The system's log daemon, spoken to over its datagram socket. Not syslog(3): that waits without end for a
/// log daemon that stands still, and so would the end of this process. Used by one thread, but for end().
/// Connects when it first has something to say, and again after the log daemon was restarted; what it does
/// not take is lost.
class SyslogSocket {
  public:
    /// `path`: normally /dev/log.
    explicit SyslogSocket(std::string path);
    ~SyslogSocket();
    SyslogSocket(const SyslogSocket&) = delete;
    SyslogSocket& operator=(const SyslogSocket&) = delete;

    /// One line of facility mail that begins with its severity, "<3>text"; without one it is information.
    /// Waits while the log daemon has no room.
    void send(std::string_view line);
    /// From now on it is waited for no longer than a second in all. Any thread.
    void end() { ending_.store(true, std::memory_order_relaxed); }

  private:
    bool connect();
    bool wait_for_room();
    void close();

    std::string path_;
    int descriptor_ = -1;
    int looks_left_;
    std::atomic<bool> ending_{false};
};

}  // namespace app
