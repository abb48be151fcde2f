// SPDX-License-Identifier: MIT
#include "daemon/admin/syslog_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>

namespace app {
namespace {

constexpr int kLookEveryMs = 100;  // while there is no room
constexpr int kLastLooks = 10;     // as often once the daemon ends
constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// What log daemons expect before the text: "<19>Nov  2 05:30:00 mta-stsd[17]: ".
std::string head(int severity) {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    ::localtime_r(&now, &local);
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(),
                                   "<%d>%s %2d %02d:%02d:%02d mta-stsd[%d]: ", LOG_MAIL | severity,
                                   kMonths[static_cast<std::size_t>(local.tm_mon)], local.tm_mday,
                                   local.tm_hour, local.tm_min, local.tm_sec, static_cast<int>(::getpid()));
    return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

SyslogSocket::SyslogSocket(std::string path) : path_(std::move(path)), looks_left_(kLastLooks) {}

SyslogSocket::~SyslogSocket() {
    close();
}

void SyslogSocket::send(std::string_view line) {
    int severity = LOG_INFO;
    if (line.size() >= 3 && line[0] == '<' && line[1] >= '0' && line[1] <= '7' && line[2] == '>') {
        severity = line[1] - '0';
        line.remove_prefix(3);
    }
    const std::string message = head(severity).append(line);
    for (int tries = 0; tries < 2; ++tries) {
        if (descriptor_ < 0 && !connect()) return;
        while (wait_for_room()) {
            if (::send(descriptor_, message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return;
            if (errno == EMSGSIZE) return;
            if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS) break;
        }
        if (looks_left_ <= 0) return;
        close();  // the log daemon has gone; perhaps another has come
    }
}

bool SyslogSocket::connect() {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    if (path_.size() >= sizeof name.sun_path) return false;
    path_.copy(name.sun_path, path_.size());
    descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor_ >= 0 &&
        ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0)
        return true;
    close();
    return false;
}

bool SyslogSocket::wait_for_room() {
    for (;;) {
        pollfd room{descriptor_, POLLOUT, 0};
        const int ready = ::poll(&room, 1, looks_left_ > 0 ? kLookEveryMs : 0);
        if (ready > 0 || (ready < 0 && errno != EINTR)) return true;  // room, or an error for send to tell
        if (ready == 0 && ending_.load(std::memory_order_relaxed) && --looks_left_ <= 0) return false;
    }
}

void SyslogSocket::close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

}  // namespace app
