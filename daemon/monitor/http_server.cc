// SPDX-License-Identifier: MIT
#include "daemon/monitor/http_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <string_view>
#include <utility>

#include "lib/base/ascii.h"
#include "lib/dns/address.h"

namespace app {
namespace {
constexpr base::Milliseconds kLinger{2'000};
constexpr std::size_t kMaxIgnored = 64 * 1024;  // of what a client sends behind its request
}  // namespace

/// One client. Destroyed through the server's table, later (never inside its own functions).
class HttpServer::Connection final : public HttpServer::Call {
  public:
    Connection(HttpServer& server, std::uint64_t id, int descriptor)
        : server_(server),
          id_(id),
          descriptor_(descriptor),
          watch_(std::in_place, server.loop_, descriptor, Interest::kRead,
                 [this](Readiness ready) { on_ready(ready); }) {
        timer_ = server_.loop_.after(server_.options_.head_time,
                                     [this] { refuse(408, "the request did not come in time"); });
    }
    ~Connection() override {
        work_ = {};
        watch_.reset();
        ::close(descriptor_);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    bool reading() const { return state_ == State::kReading; }
    std::uint64_t id() const { return id_; }

    const HttpRequest& request() const override { return request_; }
    void keep(base::Pending pending) override { work_ = std::move(pending); }
    void respond(HttpResponse response) override {
        if (state_ == State::kSending || state_ == State::kLeaving) return;
        state_ = State::kSending;
        work_ = {};
        output_ = render_http_response(response, request_.head, server_.clock_.wall());
        timer_ = server_.loop_.after(server_.options_.answer_time, [this] { leave(); });
        watch_->set(Interest::kWrite);
    }

  private:
    enum class State : std::uint8_t { kReading, kAnswering, kSending, kLeaving };

    void on_ready(Readiness ready) {
        if (state_ == State::kSending) {
            if (ready.write) send_some();
        } else if (ready.read) {
            read_some();
        }
    }

    void read_some() {
        std::array<char, 4096> buffer;
        const ssize_t n = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        // The end of what it sends: whether it is still there shows when the answer is sent.
        if (n == 0 && state_ == State::kAnswering) return static_cast<void>(watch_->set(Interest::kNone));
        if (n <= 0) return leave();
        received_ += static_cast<std::size_t>(n);
        if (state_ == State::kReading) {
            head_.append(buffer.data(), static_cast<std::size_t>(n));
            on_head();
        } else if (received_ > kMaxIgnored) {
            leave();
        }
    }

    void on_head() {
        const std::size_t end = http_head_end(head_);
        if (end > kMaxHttpHead && (end != std::string::npos || head_.size() >= kMaxHttpHead))
            return refuse(431, "the request is too long");
        if (end == std::string::npos) return;
        auto parsed = parse_http_request(std::string_view(head_).substr(0, end));
        if (!parsed) return refuse(parsed.error(), parsed.error() == 405 ? "only GET and HEAD" : "no good");
        request_ = std::move(*parsed);
        head_ = {};
        if (!server_.knows_host(request_.host)) {
            return refuse(421, "this address is asked for under its number or as localhost only");
        }
        state_ = State::kAnswering;
        timer_ = server_.loop_.after(server_.options_.answer_time, [this] { leave(); });
        server_.handler_(*this);
    }

    void refuse(int status, std::string_view why) { respond(HttpResponse::plain(status, why)); }

    void send_some() {
        while (sent_ < output_.size()) {
            const ssize_t n =
                ::send(descriptor_, output_.data() + sent_, output_.size() - sent_, MSG_NOSIGNAL);
            if (n < 0 && errno == EINTR) continue;
            if (n < 0 && errno == EAGAIN) return;
            if (n < 0) return leave();
            sent_ += static_cast<std::size_t>(n);
        }
        // Closed with unread input the kernel would reset the connection, and the answer with it.
        output_ = {};
        state_ = State::kLeaving;
        ::shutdown(descriptor_, SHUT_WR);
        watch_->set(Interest::kRead);
        timer_ = server_.loop_.after(kLinger, [this] { leave(); });
    }

    void leave() {
        watch_->set(Interest::kNone);
        work_ = {};
        HttpServer& server = server_;
        end_ =
            server.loop_.after(base::Milliseconds{0}, [&server, id = id_] { server.connections_.erase(id); });
    }

    HttpServer& server_;
    std::uint64_t id_;
    int descriptor_;
    State state_ = State::kReading;
    std::string head_;
    std::size_t received_ = 0;
    HttpRequest request_;
    std::string output_;
    std::size_t sent_ = 0;
    base::Pending timer_, work_, end_;
    std::optional<Watch> watch_;
};

HttpServer::HttpServer(EventLoop& loop, const base::Clock& clock, int listener, const Options& options,
                       Handler handler)
    : loop_(loop),
      clock_(clock),
      options_(options),
      handler_(std::move(handler)),
      acceptor_(loop, listener, [this](int descriptor) { on_accepted(descriptor); }) {}

HttpServer::~HttpServer() = default;

void HttpServer::on_accepted(int descriptor) {
    if (connections_.size() >= kMaxConnections && !make_room()) {
        ::close(descriptor);
        return;
    }
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // fails on unix sockets, rightly
    const std::uint64_t id = ++last_id_;
    connections_[id] = std::make_unique<Connection>(*this, id, descriptor);
}

// Whoever holds connections open and asks for nothing must not lock the monitoring out.
bool HttpServer::make_room() {
    auto oldest = connections_.end();
    for (auto it = connections_.begin(); it != connections_.end(); ++it) {
        if (!it->second->reading()) continue;
        if (oldest == connections_.end() || it->first < oldest->first) oldest = it;
    }
    if (oldest == connections_.end()) return false;
    connections_.erase(oldest);
    return true;
}

bool HttpServer::knows_host(const std::string& host) const {
    if (!options_.local_names_only || host.empty()) return true;
    std::string_view name = host;
    const std::size_t colon = name.rfind(':');
    const bool v6 = name.front() == '[';
    if (colon != std::string_view::npos && (!v6 || name[colon - 1] == ']')) name = name.substr(0, colon);
    if (v6 && name.size() > 2 && name.back() == ']') name = name.substr(1, name.size() - 2);
    return base::equal_nocase(name, "localhost") || dns::Address::parse(name).has_value();
}

}  // namespace app
