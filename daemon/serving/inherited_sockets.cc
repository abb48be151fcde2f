// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "daemon/admin/environment.h"
#include "daemon/serving/listen_socket.h"

namespace app {
namespace {

constexpr int kFirstDescriptor = 3;  // SD_LISTEN_FDS_START

ListenAddress address_of(int descriptor) {
    sockaddr_storage name{};
    socklen_t size = sizeof name;
    int type = 0;
    int listening = 0;
    socklen_t int_size = sizeof type;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&name), &size) != 0 ||
        ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &int_size) != 0 || type != SOCK_STREAM ||
        ::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &int_size) != 0 || listening == 0) {
        throw std::runtime_error(
            "inherited descriptor " + std::to_string(descriptor) +
            " is no listening stream socket; check the ListenStream= lines of the socket unit");
    }
    ListenAddress address;
    char text[INET6_ADDRSTRLEN] = "";
    if (name.ss_family == AF_UNIX) {
        const auto& local = reinterpret_cast<const sockaddr_un&>(name);
        address.kind = ListenAddress::Kind::kUnix;
        address.path = local.sun_path;
    } else if (name.ss_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(name);
        address.host = ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
        address.port = ntohs(v6.sin6_port);
    } else {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(name);
        address.host = ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
        address.port = ntohs(v4.sin_port);
    }
    return address;
}

}  // namespace

std::vector<std::pair<int, ListenAddress>> inherited_sockets() {
    std::vector<std::pair<int, ListenAddress>> sockets;
    const auto process = environment_number("LISTEN_PID");
    const auto count = environment_number("LISTEN_FDS");
    const bool ours = process && *process == ::getpid() && count && *count > 0;
    ::unsetenv("LISTEN_PID");
    ::unsetenv("LISTEN_FDS");
    ::unsetenv("LISTEN_FDNAMES");
    if (!ours) return sockets;
    for (int i = 0; i < static_cast<int>(*count); ++i) {
        const int descriptor = kFirstDescriptor + i;
        sockets.emplace_back(descriptor, address_of(descriptor));
    }
    return sockets;
}

}  // namespace app
