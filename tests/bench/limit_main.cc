// SPDX-License-Identifier: MIT
// The ceiling: the least that a socketmap server can do. It answers every request with the same policy, from
// one thread, with one read and one write, and looks at nothing.
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <exception>
#include <string>

#include "tests/bench/endpoint.h"

namespace {

constexpr std::string_view kReply = "63:OK secure match=mx.example.com:.example.net servername=hostname,";

void watch(int epoll, int descriptor) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

// As many replies as requests end in what was read: each ends with a comma, and a key has none.
void answer(int descriptor) {
    std::array<char, 65536> buffer;
    const ssize_t n = ::recv(descriptor, buffer.data(), buffer.size(), 0);
    if (n <= 0) {
        ::close(descriptor);
        return;
    }
    std::string replies;
    for (ssize_t i = 0; i < n; ++i)
        if (buffer[static_cast<std::size_t>(i)] == ',') replies.append(kReply);
    if (::send(descriptor, replies.data(), replies.size(), MSG_NOSIGNAL) < 0) ::close(descriptor);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: socketmap_limit inet:ADDRESS:PORT | unix:PATH\n", stderr);
        return 2;
    }
    try {
        const int listener = bench::listen_at(argv[1]);
        const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
        watch(epoll, listener);
        std::array<epoll_event, 256> events;
        for (;;) {
            const int n = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
            for (int i = 0; i < n; ++i) {
                const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
                if (descriptor != listener) {
                    answer(descriptor);
                } else if (const int fresh = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
                           fresh >= 0) {
                    watch(epoll, fresh);
                }
            }
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "socketmap_limit: %s\n", error.what());
        return 2;
    }
}
