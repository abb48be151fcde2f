// SPDX-License-Identifier: MIT
#include "ctl/socketmap_client.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "lib/socketmap/netstring.h"
#include "lib/socketmap/protocol.h"

namespace ctl {
namespace {

constexpr timeval kPatience{100, 0};  // Postfix's own

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return number_; }

  private:
    int number_;
};

[[noreturn]] void cannot_connect(const app::ListenAddress& server, int error) {
    const bool absent = error == ENOENT || error == ECONNREFUSED;
    throw std::runtime_error(server.text() + ": " + std::strerror(error) +
                             (absent ? " (is mta-stsd running? -c FILE names its settings)"
                              : error == EACCES
                                  ? " (server.socket_mode, socket_owner and socket_group say who may)"
                                  : ""));
}

[[noreturn]] void fail(const app::ListenAddress& server, const std::string& what) {
    throw std::runtime_error(server.text() + ": " + what);
}

int open_connection(const app::ListenAddress& server) {
    if (server.kind == app::ListenAddress::Kind::kUnix) {
        const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        server.path.copy(name.sun_path, sizeof name.sun_path - 1);
        if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0)
            return descriptor;
        const int error = errno;
        ::close(descriptor);
        cannot_connect(server, error);
    }
    // A daemon that listens on every address is asked on the loopback one.
    std::string host = server.host;
    if (host == "0.0.0.0") host = "127.0.0.1";
    if (host == "::") host = "::1";
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), std::to_string(server.port).c_str(), &hints, &found) != 0)
        fail(server, "bad address");
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
    const int descriptor = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(descriptor, found->ai_addr, found->ai_addrlen) == 0) return descriptor;
    const int error = errno;
    ::close(descriptor);
    cannot_connect(server, error);
}

}  // namespace

std::string ask_socketmap(const app::ListenAddress& server, const std::string& map, const std::string& key) {
    const Descriptor connection(open_connection(server));
    ::setsockopt(connection.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    std::string request;
    socketmap::append_netstring(request, map + " " + key);
    if (::send(connection.get(), request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size())) {
        fail(server, std::strerror(errno));
    }
    std::string received;
    for (;;) {
        const socketmap::Frame frame = socketmap::next_frame(received, socketmap::kMaxReply);
        if (frame.state == socketmap::Frame::State::kWhole) return std::string(frame.payload);
        if (frame.state != socketmap::Frame::State::kPartial) fail(server, "the answer is no netstring");
        char buffer[16 * 1024];
        const ssize_t n = ::recv(connection.get(), buffer, sizeof buffer, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail(server, errno == EAGAIN ? "no answer within 100 s" : std::strerror(errno));
        if (n == 0) fail(server, "the connection was closed without an answer");
        received.append(buffer, static_cast<std::size_t>(n));
    }
}

}  // namespace ctl
