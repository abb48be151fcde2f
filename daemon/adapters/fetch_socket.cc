// SPDX-License-Identifier: MIT
#include "daemon/adapters/fetch_socket.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace app {

namespace {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress socket_address(const dns::Address& address, std::uint16_t port) {
    SocketAddress out;
    if (address.family() == dns::Family::kV4) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        std::memcpy(&v4.sin_addr, address.bytes().data(), 4);
        std::memcpy(&out.storage, &v4, sizeof v4);
        out.length = sizeof v4;
    } else {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        std::memcpy(&v6.sin6_addr, address.bytes().data(), 16);
        std::memcpy(&out.storage, &v6, sizeof v6);
        out.length = sizeof v6;
    }
    return out;
}

}  // namespace

FetchSocket open_fetch_socket(int family, const std::vector<dns::Address>& sources) {
    FetchSocket socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
    if (socket.get() < 0) return socket;
    const auto wanted = family == AF_INET ? dns::Family::kV4 : dns::Family::kV6;
    for (const dns::Address& source : sources) {
        if (source.family() != wanted) continue;
        // The port is chosen by connect(), per destination: binding does not use up the port range.
        const int on = 1;
        ::setsockopt(socket.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        const SocketAddress local = socket_address(source, 0);
        if (::bind(socket.get(), local.get(), local.length) != 0) {
            const int why = errno;
            socket = FetchSocket();
            errno = why;
        }
        break;
    }
    return socket;
}

int start_connect(const FetchSocket& socket, const dns::Address& address, std::uint16_t port) {
    const SocketAddress remote = socket_address(address, port);
    return ::connect(socket.get(), remote.get(), remote.length) == 0 ? 0 : errno;
}

int connect_outcome(const FetchSocket& socket) {
    int error = 0;
    socklen_t length = sizeof error;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) return errno;
    return error;
}

}  // namespace app
