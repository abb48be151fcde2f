// SPDX-License-Identifier: MIT
#include "tests/bench/endpoint.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace bench {
namespace {

struct Target {
    sockaddr_storage address{};
    socklen_t size = 0;
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
};

Target parse(const std::string& endpoint) {
    Target target;
    if (endpoint.compare(0, 5, "unix:") == 0) {
        auto* name = reinterpret_cast<sockaddr_un*>(&target.address);
        name->sun_family = AF_UNIX;
        const std::string path = endpoint.substr(5);
        if (path.size() >= sizeof name->sun_path) throw std::runtime_error("path too long: " + path);
        std::memcpy(name->sun_path, path.c_str(), path.size() + 1);
        target.size = sizeof *name;
        return target;
    }
    const std::size_t colon = endpoint.rfind(':');
    auto* name = reinterpret_cast<sockaddr_in*>(&target.address);
    name->sin_family = AF_INET;
    if (endpoint.compare(0, 5, "inet:") != 0 || colon < 6 ||
        ::inet_pton(AF_INET, endpoint.substr(5, colon - 5).c_str(), &name->sin_addr) != 1) {
        throw std::runtime_error("neither inet:ADDRESS:PORT nor unix:PATH: " + endpoint);
    }
    name->sin_port = htons(static_cast<std::uint16_t>(std::stoul(endpoint.substr(colon + 1))));
    target.size = sizeof *name;
    return target;
}

int open_socket(const Target& target, const char* what) {
    const int descriptor = ::socket(target.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
    const int on = 1;
    if (target.address.ss_family == AF_INET) {
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    }
    return descriptor;
}

[[noreturn]] void fail(int descriptor, const std::string& what) {
    const std::string reason = std::strerror(errno);
    ::close(descriptor);
    throw std::runtime_error(what + ": " + reason);
}

}  // namespace

int connect_to(const std::string& endpoint) {
    const Target target = parse(endpoint);
    const int descriptor = open_socket(target, "socket");
    if (::connect(descriptor, target.get(), target.size) != 0) fail(descriptor, "connect to " + endpoint);
    ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
    return descriptor;
}

int listen_at(const std::string& endpoint) {
    const Target target = parse(endpoint);
    const int descriptor = open_socket(target, "socket");
    if (target.address.ss_family == AF_UNIX) ::unlink(endpoint.substr(5).c_str());
    if (::bind(descriptor, target.get(), target.size) != 0 || ::listen(descriptor, 4096) != 0) {
        fail(descriptor, "listen at " + endpoint);
    }
    ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
    return descriptor;
}

}  // namespace bench
