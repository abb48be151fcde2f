// SPDX-License-Identifier: MIT
#include "daemon/adapters/fetch_connect.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "daemon/adapters/curl_errors.h"

namespace app {

namespace {

constexpr base::Milliseconds kStagger{250};
constexpr std::size_t kMostAddresses = 32;

std::string reason(int error) {
    return std::generic_category().message(error);
}

}  // namespace

std::vector<dns::Address> connect_order(const std::vector<dns::Address>& addresses) {
    std::vector<dns::Address> v6;
    std::vector<dns::Address> v4;
    for (const dns::Address& address : addresses) {
        auto& list = address.family() == dns::Family::kV6 ? v6 : v4;
        if (list.size() < kMostAddresses && std::find(list.begin(), list.end(), address) == list.end())
            list.push_back(address);
    }
    std::vector<dns::Address> order;
    for (std::size_t i = 0; i < std::max(v6.size(), v4.size()); ++i) {
        if (i < v6.size()) order.push_back(v6[i]);
        if (i < v4.size()) order.push_back(v4[i]);
    }
    if (order.size() > kMostAddresses) order.erase(order.begin() + kMostAddresses, order.end());
    return order;
}

ConnectRace::ConnectRace(EventLoop& loop, const base::Clock& clock, FetchQueue& queue,
                         const ConnectSettings& settings, std::vector<dns::Address> order, Done done)
    : loop_(loop),
      clock_(clock),
      queue_(queue),
      settings_(settings),
      order_(std::move(order)),
      done_(std::move(done)) {
    start_next();
}

void ConnectRace::start_next() {
    Try& attempt = tries_.emplace_back(order_[next_++]);
    if (next_ < order_.size()) stagger_ = loop_.after(kStagger, [this] { start_next(); });
    // Waiting for a slot counts for the 250 ms but not for the timeout: a crowded address is passed by, not
    // given up.
    attempt.waiting = queue_.take(
        attempt.address, [this, &attempt](FetchQueue::Slot slot) { on_slot(attempt, std::move(slot)); });
}

void ConnectRace::on_slot(Try& attempt, FetchQueue::Slot slot) {
    attempt.slot = std::move(slot);
    attempt.began = clock_.mono();
    const int family = attempt.address.family() == dns::Family::kV4 ? AF_INET : AF_INET6;
    attempt.socket = open_fetch_socket(family, settings_.sources);
    if (attempt.socket.get() < 0) return fail(attempt, reason(errno));
    const int error = start_connect(attempt.socket, attempt.address, settings_.port);
    if (error == 0) return succeed(attempt);
    if (error != EINPROGRESS) return fail(attempt, reason(error));
    try {
        attempt.watch.emplace(loop_, attempt.socket.get(), Interest::kWrite,
                              [this, &attempt](Readiness) { on_writable(attempt); });
    } catch (const std::runtime_error& e) {  // the kernel has no memory for it
        return fail(attempt, e.what());
    }
    attempt.timeout = loop_.after(settings_.timeout, [this, &attempt] { on_timeout(attempt); });
}

void ConnectRace::on_writable(Try& attempt) {
    const int error = connect_outcome(attempt.socket);
    if (error != 0) return fail(attempt, reason(error));
    succeed(attempt);
}

void ConnectRace::on_timeout(Try& attempt) {
    timed_out_ = true;
    fail(attempt, "no answer");
}

void ConnectRace::fail(Try& attempt, const std::string& why) {
    if (!failures_.empty()) failures_ += ", ";
    failures_ += attempt.address.text() + ": " + why;
    tries_.remove_if([&attempt](const Try& t) { return &t == &attempt; });
    if (next_ < order_.size()) return start_next();
    if (!tries_.empty()) return;
    https::FetchError error;
    error.kind = timed_out_ ? https::FetchError::Kind::kTimeout : https::FetchError::Kind::kConnect;
    error.detail = timed_out_ ? CURLE_OPERATION_TIMEDOUT : CURLE_COULDNT_CONNECT;
    error.text = one_line("no connection: " + failures_);
    finish(base::Unexpected(std::move(error)));
}

void ConnectRace::succeed(Try& attempt) {
    attempt.watch.reset();
    Connected connected{std::move(attempt.slot), std::move(attempt.socket), attempt.address, attempt.began};
    finish(std::move(connected));
}

void ConnectRace::finish(Outcome outcome) {
    stagger_.reset();
    tries_.clear();
    const Done done = std::move(done_);
    done(std::move(outcome));
}

}  // namespace app
