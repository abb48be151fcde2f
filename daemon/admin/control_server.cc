// SPDX-License-Identifier: MIT
#include "daemon/admin/control_server.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <utility>

namespace app {
namespace {
constexpr std::size_t kMaxLine = 1024 * 1024;  // a policy to import, escaped, and more
constexpr std::size_t kMaxConnections = 32;
constexpr std::size_t kRoom = 256 * 1024;  // a stream or a next command comes while less than this is unsent
}  // namespace

/// One client. Destroyed through the server's table, later (never inside its own functions).
class ControlServer::Connection {
  public:
    Connection(ControlServer& server, std::uint64_t id, int descriptor)
        : server_(server),
          id_(id),
          descriptor_(descriptor),
          watch_(std::in_place, server.loop_, descriptor, Interest::kRead,
                 [this](Readiness ready) { on_ready(ready); }) {}
    ~Connection() {
        watch_.reset();
        ::close(descriptor_);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Nothing runs, nothing is unsent.
    bool idle() const { return !call_ && output_.empty(); }
    /// Of two idle connections the one with the smaller number has been so for longer.
    std::uint64_t last_command() const { return last_command_; }

  private:
    void on_ready(Readiness ready) {
        if (ready.read && !input_ended_ && !read_some()) return;
        advance();
    }

    bool read_some() {
        std::array<char, 16 * 1024> buffer;
        const ssize_t n = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return true;
        if (n == 0 && !hung_up()) {
            input_ended_ = true;
            return true;
        }
        if (n <= 0 || input_.size() + static_cast<std::size_t>(n) > kMaxLine) {
            close();
            return false;
        }
        input_.append(buffer.data(), static_cast<std::size_t>(n));
        return true;
    }

    /// After the end of what the client sends: it has gone, and not only ended its requests.
    bool hung_up() const {
        pollfd state{descriptor_, 0, 0};
        return ::poll(&state, 1, 0) != 0;
    }

    /// Starts the next command, feeds a stream, sends. The one place where state moves on.
    void advance() {
        for (;;) {
            if (!send_output()) return;
            if (output_.size() >= kRoom) break;
            if (call_ && call_->streaming()) {
                call_->more();
                continue;
            }
            if (call_) break;
            const std::size_t end = input_.find('\n');
            if (end == std::string::npos) {
                if (input_ended_ && output_.empty()) return close();
                break;
            }
            const std::string line = input_.substr(0, end);
            input_.erase(0, end + 1);
            start(line);
        }
        if (input_ended_) {
            watch_->set(output_.empty() ? Interest::kNone : Interest::kWrite);
        } else {
            watch_->set(output_.empty() ? Interest::kRead : Interest::kReadWrite);
        }
    }

    void start(const std::string& line) {
        last_command_ = ++server_.last_command_;
        auto request = ControlCall::Json::parse(line, nullptr, false);
        call_ = std::make_unique<ControlCall>(
            std::move(request), [this](std::string&& text) { send_later(std::move(text)); },
            [this] { finished_ = std::move(call_); });
        server_.run(*call_);
        finished_.reset();
    }

    // A command that ends later, outside advance(), must get its lines out too.
    void send_later(std::string&& text) {
        output_ += text;
        if (woken_) return;
        woken_ = true;
        wake_ = server_.loop_.after(base::Milliseconds{0}, [this] {
            woken_ = false;
            finished_.reset();
            advance();
        });
    }

    bool send_output() {
        std::string_view rest = output_;
        while (!rest.empty()) {
            const ssize_t n = ::send(descriptor_, rest.data(), rest.size(), MSG_NOSIGNAL);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0 && errno == EAGAIN) break;
            if (n < 0) {
                close();
                return false;
            }
            rest.remove_prefix(static_cast<std::size_t>(n));
        }
        output_.erase(0, output_.size() - rest.size());
        return true;
    }

    void close() {
        watch_->set(Interest::kNone);
        ControlServer& server = server_;
        wake_ =
            server.loop_.after(base::Milliseconds{0}, [&server, id = id_] { server.connections_.erase(id); });
        woken_ = true;
    }

    ControlServer& server_;
    std::uint64_t id_;
    int descriptor_;
    std::string input_, output_;
    bool woken_ = false, input_ended_ = false;
    std::uint64_t last_command_ = ++server_.last_command_;
    std::unique_ptr<ControlCall> call_, finished_;
    base::Pending wake_;
    std::optional<Watch> watch_;
};

ControlServer::ControlServer(EventLoop& loop, int listener)
    : loop_(loop), acceptor_(loop, listener, [this](int descriptor) { on_accepted(descriptor); }) {}

ControlServer::~ControlServer() = default;

void ControlServer::on_accepted(int descriptor) {
    if (connections_.size() >= kMaxConnections && !make_room()) {
        ::close(descriptor);
        return;
    }
    const std::uint64_t id = ++last_id_;
    connections_[id] = std::make_unique<Connection>(*this, id, descriptor);
}

// Whoever holds connections open and asks for nothing must not lock the operator out.
bool ControlServer::make_room() {
    auto oldest = connections_.end();
    for (auto it = connections_.begin(); it != connections_.end(); ++it) {
        if (!it->second->idle()) continue;
        if (oldest == connections_.end() || it->second->last_command() < oldest->second->last_command())
            oldest = it;
    }
    if (oldest == connections_.end()) return false;
    connections_.erase(oldest);
    return true;
}

void ControlServer::run(ControlCall& call) const {
    const auto& request = call.request();
    if (!request.is_object()) return call.fail("the request is no JSON object");
    const auto version = request.find("v");
    if (version == request.end() || !version->is_number_integer() || version->get<int>() != kVersion) {
        return call.fail("protocol version " + std::to_string(kVersion) +
                         " is spoken here: use the mta-stsctl of this version");
    }
    const auto name = call.text("command");
    const auto it = name ? commands_.find(*name) : commands_.end();
    if (it == commands_.end()) return call.fail("unknown command \"" + name.value_or("") + "\"");
    it->second(call);
}

}  // namespace app
