// SPDX-License-Identifier: MIT
#include "daemon/serving/socketmap_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace app {
namespace {
constexpr int kAcceptsPerTurn = 64;
constexpr base::Milliseconds kAcceptPause{500};
constexpr base::Milliseconds kComplainEvery{60'000};
constexpr std::size_t kJudgedAtLeast = 256;
constexpr std::size_t kOutputKept = 1024 * 1024;  // a larger output buffer is given back after use
}  // namespace

SocketmapServer::SocketmapServer(Services services, const Options& options,
                                 std::shared_ptr<const policy::Rules> rules,
                                 const std::vector<int>& listeners)
    : services_(services),
      options_(options),
      rules_(std::move(rules)),
      query_log_(services.log, services.counters, services.coarse_clock),
      tick_time_(services.clock.mono()),
      batch_(services.loop, services.responder, [this](RequestBatch::Received& received) {
          if (SocketmapSession* session = session_of(received.ticket)) session->answer(received);
      }) {
    deliver_ = [this](Ticket ticket, const policy::Evidence& evidence) {
        if (SocketmapSession* session = session_of(ticket)) session->on_evidence(ticket.sequence, evidence);
    };
    for (const int listener : listeners) {
        listeners_.push_back(
            std::make_unique<Watch>(services_.loop, listener, Interest::kRead,
                                    [this, listener](Readiness) { on_acceptable(listener); }));
    }
    tick_ = services_.loop.after(kTick, [this] { on_tick(); });
}

SocketmapServer::~SocketmapServer() {
    query_log_.flush();
}

void SocketmapServer::set_rules(std::shared_ptr<const policy::Rules> rules) {
    batch_.answer();  // requests that were read with the old ones
    rules_ = std::move(rules);
}

void SocketmapServer::set_options(const Options& options) {
    options_ = options;
    update_accepting();
}

void SocketmapServer::on_acceptable(int listener) {
    for (int i = 0; i < kAcceptsPerTurn && open_ < options_.max_connections; ++i) {
        const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            add_session(descriptor);
        } else if (errno != EINTR && errno != ECONNABORTED) {
            if (errno != EAGAIN) accept_failed(errno);
            break;
        }
    }
    update_accepting();
}

// Out of descriptors or memory: the connections that are there go on; accepting goes on in a moment.
void SocketmapServer::accept_failed(int error) {
    Counters::add(counters().accept_errors);
    const base::MonoTime now = services_.clock.mono();
    accept_again_ = now + kAcceptPause;
    if (now < complain_again_) return;
    complain_again_ = now + kComplainEvery;
    LogEntry(services_.log, LogLevel::kError, "accept-failed")
        .add("error", std::string_view(std::strerror(error)))
        .add("connections", static_cast<std::int64_t>(open_))
        .add("advice", "raise LimitNOFILE= of the service, or lower server.max_connections");
}

void SocketmapServer::add_session(int descriptor) {
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // fails on unix sockets, rightly
    std::uint32_t slot = 0;
    if (free_slots_.empty()) {
        slot = static_cast<std::uint32_t>(slots_.size());
        slots_.emplace_back();
    } else {
        slot = free_slots_.back();
        free_slots_.pop_back();
    }
    Slot& place = slots_[slot];
    ++place.generation;
    place.session = std::make_unique<SocketmapSession>(*this, descriptor, slot, place.generation);
    ++open_;
    Counters::add(counters().connections_accepted);
    Counters::add(counters().connections_open);
}

void SocketmapServer::remove(std::uint32_t slot) {
    slots_[slot].session.reset();
    free_slots_.push_back(slot);
    --open_;
    Counters::subtract(counters().connections_open);
    if (draining_) {
        if (open_ == 0 && drained_) services_.loop.post(std::exchange(drained_, nullptr));
    } else {
        update_accepting();
    }
}

void SocketmapServer::resume_later(Ticket ticket) {
    services_.loop.post([this, ticket] {
        if (SocketmapSession* session = session_of(ticket)) session->resume();
    });
}

SocketmapSession* SocketmapServer::session_of(const Ticket& ticket) {
    if (ticket.slot >= slots_.size()) return nullptr;
    Slot& place = slots_[ticket.slot];
    return place.generation == ticket.generation ? place.session.get() : nullptr;
}

void SocketmapServer::update_accepting() {
    const bool accept = open_ < options_.max_connections && tick_time_ >= accept_again_;
    for (const auto& listener : listeners_)
        listener->set(accept ? Interest::kRead : Interest::kNone);
}

void SocketmapServer::on_tick() {
    tick_ = services_.loop.after(kTick, [this] { on_tick(); });
    tick_time_ = services_.clock.mono();
    heartbeat_.fetch_add(1, std::memory_order_relaxed);
    answer_late();
    judge_silence();
    if (!draining_) update_accepting();
    query_log_.flush();
    if (output_.capacity() > kOutputKept) output_ = std::string();
}

// A late answer may be followed by the client's next question, which waits anew.
void SocketmapServer::answer_late() {
    for (const Ticket& ticket : std::exchange(waiting_, {})) {
        SocketmapSession* session = session_of(ticket);
        if (session != nullptr && !session->answer_if_late(ticket.sequence)) waiting_.push_back(ticket);
    }
}

// With 10,000 connections, looking at each of them at each tick would cost more than all else that is done
// for them.
void SocketmapServer::judge_silence() {
    const std::size_t turn = std::max(kJudgedAtLeast, slots_.size() / kTicksPerRound + 1);
    for (std::size_t left = std::min(turn, slots_.size()); left > 0; --left) {
        if (next_judged_ >= slots_.size()) next_judged_ = 0;
        const std::size_t slot = next_judged_++;
        if (slots_[slot].session) slots_[slot].session->judge_silence();
    }
}

void SocketmapServer::drain(std::function<void()> drained) {
    draining_ = true;
    listeners_.clear();
    drained_ = std::move(drained);
    batch_.answer();
    for (std::size_t slot = 0; slot < slots_.size(); ++slot) {
        if (slots_[slot].session) slots_[slot].session->drain();
    }
    if (open_ == 0 && drained_) services_.loop.post(std::exchange(drained_, nullptr));
}

}  // namespace app
