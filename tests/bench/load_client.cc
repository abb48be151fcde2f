// SPDX-License-Identifier: MIT
#include "tests/bench/load_client.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <deque>

#include "lib/socketmap/netstring.h"
#include "tests/bench/endpoint.h"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kMaxReply = 200000;

std::uint64_t since(Clock::time_point then) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - then).count());
}

class Run {
  public:
    explicit Run(const Load& load) : load_(load), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
        connections_.resize(load.connections);
        for (std::size_t i = 0; i < connections_.size(); ++i) {
            connections_[i].descriptor = connect_to(load.endpoint);
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.u64 = i;
            ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[i].descriptor, &event);
        }
    }
    ~Run() {
        for (const Connection& connection : connections_)
            if (connection.descriptor >= 0) ::close(connection.descriptor);
        ::close(epoll_);
    }
    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    Outcome go() {
        began_ = Clock::now();
        for (Connection& connection : connections_)
            for (std::uint32_t i = 0; i < load_.pipeline; ++i)
                ask(connection);
        std::array<epoll_event, 256> events;
        while (outstanding_ > 0) {
            const int n = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 60000);
            if (n <= 0) break;
            for (int i = 0; i < n; ++i)
                on_readable(connections_[events[static_cast<std::size_t>(i)].data.u64]);
        }
        outcome_.errors += outstanding_;
        outcome_.seconds = static_cast<double>(since(began_)) / 1e9;
        return std::move(outcome_);
    }

  private:
    struct Connection {
        int descriptor = -1;
        std::string in;
        std::deque<Clock::time_point> asked;
    };

    bool more() const {
        if (load_.each_once) return asked_ < load_.domains;
        if (load_.requests > 0) return asked_ < load_.requests;
        return static_cast<double>(since(began_)) < load_.seconds * 1e9;
    }
    std::string next_request() {
        std::string number = std::to_string(load_.first + asked_++ % load_.domains);
        number.insert(0, number.size() < 7 ? 7 - number.size() : 0, '0');
        std::string key = load_.key;
        if (const std::size_t at = key.find('%'); at != std::string::npos) key.replace(at, 1, number);
        std::string frame;
        socketmap::append_netstring(frame, load_.map + " " + key);
        return frame;
    }
    void ask(Connection& connection) {
        if (!more()) return;
        const std::string frame = next_request();
        connection.asked.push_back(Clock::now());
        ++outstanding_;
        // A request is small and the socket's buffer is empty: it goes out whole.
        const ssize_t sent = ::send(connection.descriptor, frame.data(), frame.size(), MSG_NOSIGNAL);
        if (sent != static_cast<ssize_t>(frame.size())) drop(connection);
    }
    void drop(Connection& connection) {
        ::close(connection.descriptor);
        connection.descriptor = -1;
        outstanding_ -= connection.asked.size();
        outcome_.errors += connection.asked.size();
        connection.asked.clear();
    }
    void on_readable(Connection& connection) {
        std::array<char, 65536> buffer;
        const ssize_t n = ::recv(connection.descriptor, buffer.data(), buffer.size(), 0);
        if (n <= 0) return drop(connection);
        connection.in.append(buffer.data(), static_cast<std::size_t>(n));
        std::size_t used = 0;
        for (;;) {
            const auto frame = socketmap::next_frame(std::string_view(connection.in).substr(used), kMaxReply);
            if (frame.state == socketmap::Frame::State::kPartial) break;
            if (frame.state != socketmap::Frame::State::kWhole || connection.asked.empty())
                return drop(connection);
            outcome_.latency.add(since(connection.asked.front()));
            connection.asked.pop_front();
            --outstanding_;
            ++outcome_.replies[std::string(frame.payload.substr(0, frame.payload.find(' ')))];
            used += frame.size;
            ask(connection);
            if (connection.descriptor < 0) return;
        }
        connection.in.erase(0, used);
    }

    const Load& load_;
    int epoll_;
    std::vector<Connection> connections_;
    Clock::time_point began_;
    std::uint64_t asked_ = 0, outstanding_ = 0;
    Outcome outcome_;
};

}  // namespace

Outcome run_load(const Load& load, const std::function<void()>& started) {
    Run run(load);
    started();
    return run.go();
}

}  // namespace bench
