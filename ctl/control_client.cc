// SPDX-License-Identifier: MIT
#include "ctl/control_client.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "daemon/admin/control_server.h"

namespace ctl {
namespace {
constexpr const char* kStandsStill = "the daemon does not answer: it stands still, or is stopped";
}  // namespace

class ControlClient::Connection {
  public:
    Connection(const std::string& path, std::chrono::milliseconds patience)
        : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        if (path.size() >= sizeof name.sun_path)
            throw std::runtime_error(path + ": the path is too long for a socket");
        path.copy(name.sun_path, path.size());
        const auto seconds = std::chrono::floor<std::chrono::seconds>(patience);
        const timeval limit{seconds.count(), std::chrono::microseconds(patience - seconds).count()};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);  // of connect() too
        if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
            const int error = errno;
            const std::string what = path + ": " + std::strerror(error);
            ::close(descriptor_);
            if (error == EAGAIN) throw std::runtime_error(path + ": " + kStandsStill);
            if (error == ENOENT || error == ECONNREFUSED)
                throw NotRunning(what + " (is mta-stsd running? -c FILE names its settings)");
            throw std::runtime_error(what +
                                     (error == EACCES ? " (only root and the daemon's user may)" : ""));
        }
    }
    ~Connection() { ::close(descriptor_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void send(const std::string& text) const {
        std::string_view rest = text;
        while (!rest.empty()) {
            const ssize_t n = ::send(descriptor_, rest.data(), rest.size(), MSG_NOSIGNAL);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0 && errno == EAGAIN) throw std::runtime_error(kStandsStill);
            if (n < 0) throw std::runtime_error(std::string("control socket: ") + std::strerror(errno));
            rest.remove_prefix(static_cast<std::size_t>(n));
        }
    }

    std::string line() {
        for (;;) {
            const std::size_t end = received_.find('\n', scanned_);
            if (end != std::string::npos) {
                std::string found = received_.substr(0, end);
                received_.erase(0, end + 1);
                scanned_ = 0;
                return found;
            }
            scanned_ = received_.size();
            char buffer[16 * 1024];
            const ssize_t n = ::recv(descriptor_, buffer, sizeof buffer, 0);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0 && errno == EAGAIN) throw std::runtime_error(kStandsStill);
            if (n <= 0)
                throw std::runtime_error(
                    "the daemon closed the control connection before its answer was complete");
            received_.append(buffer, static_cast<std::size_t>(n));
        }
    }

  private:
    int descriptor_;
    std::string received_;
    std::size_t scanned_ = 0;
};

ControlClient::ControlClient(const std::string& socket_path, std::chrono::milliseconds patience)
    : connection_(std::make_unique<Connection>(socket_path, patience)) {}

ControlClient::~ControlClient() = default;

Json ControlClient::run(Json request, const std::function<void(const Json&)>& line) {
    request["v"] = app::ControlServer::kVersion;
    // What is typed may be no UTF-8: the daemon then says what it thinks of a name with U+FFFD in it.
    connection_->send(request.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n");
    for (;;) {
        const Json answer = Json::parse(connection_->line());
        if (answer.contains("status")) return answer;
        line(answer);
    }
}

Json run_command(const std::string& socket_path, Json request, const std::function<void(const Json&)>& line) {
    return ControlClient(socket_path).run(std::move(request), line);
}

}  // namespace ctl
