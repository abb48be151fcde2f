// SPDX-License-Identifier: MIT
#pragma once
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <span>
#include <string_view>

namespace app {

// recv(2) and send(2) without thread cancellation, which nothing here uses: in a process with threads glibc's
// own pay for it with two locked instructions each, about a twentieth of a cached answer (perf shows them as
// __pthread_enable_asynccancel and __pthread_disable_asynccancel).

/// As recv(descriptor, ..., 0): bytes, 0 at the end, -1 with errno.
inline ssize_t receive(int descriptor, std::span<char> into) {
    return ::syscall(SYS_recvfrom, descriptor, into.data(), into.size(), 0, nullptr, nullptr);
}

/// As send(descriptor, ..., MSG_NOSIGNAL).
inline ssize_t send_some(int descriptor, std::string_view bytes) {
    return ::syscall(SYS_sendto, descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL, nullptr, 0);
}

}  // namespace app
