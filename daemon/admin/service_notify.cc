// SPDX-License-Identifier: MIT
#include "daemon/admin/service_notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "daemon/admin/environment.h"

namespace app {
ServiceNotify::ServiceNotify() {
    const auto process = environment_number("WATCHDOG_PID");
    const auto period = environment_number("WATCHDOG_USEC");
    if (period && *period > 0 && (!process || *process == ::getpid())) {
        watchdog_interval_ = base::Milliseconds(*period / 1000 / 2);
    }
    const char* path = std::getenv("NOTIFY_SOCKET");
    sockaddr_un name{};
    if (path == nullptr || (path[0] != '/' && path[0] != '@')) return;
    const std::size_t size = std::strlen(path);
    if (size >= sizeof name.sun_path) return;
    name.sun_family = AF_UNIX;
    std::memcpy(name.sun_path, path, size);
    if (path[0] == '@') name.sun_path[0] = '\0';  // the abstract namespace
    address_.assign(reinterpret_cast<const char*>(&name), offsetof(sockaddr_un, sun_path) + size);
    descriptor_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

ServiceNotify::~ServiceNotify() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void ServiceNotify::send(const std::string& message) {
    if (descriptor_ < 0) return;
    ::sendto(descriptor_, message.data(), message.size(), MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(address_.data()), static_cast<socklen_t>(address_.size()));
}

void ServiceNotify::ready(std::string_view status) {
    send("READY=1\nSTATUS=" + std::string(status));
}

void ServiceNotify::reloading() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const std::int64_t usec = static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
    send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(usec));
}

void ServiceNotify::stopping() {
    send("STOPPING=1\nSTATUS=Stopping");
}
void ServiceNotify::status(std::string_view text) {
    send("STATUS=" + std::string(text));
}
void ServiceNotify::watchdog() {
    send("WATCHDOG=1");
}
void ServiceNotify::extend_timeout(base::Milliseconds time) {
    send("EXTEND_TIMEOUT_USEC=" + std::to_string(time.count() * 1000));
}

}  // namespace app
