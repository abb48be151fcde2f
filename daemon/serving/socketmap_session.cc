// SPDX-License-Identifier: MIT
#include "daemon/serving/socketmap_session.h"

#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <span>
#include <utility>

#include "daemon/serving/socket_calls.h"
#include "daemon/serving/socketmap_server.h"
#include "lib/socketmap/netstring.h"
#include "lib/socketmap/protocol.h"

namespace app {
namespace {
// What one connection gets of one turn of the loop: a client that pipelines must not hold up the others.
constexpr int kRequestsPerTurn = 64;
constexpr std::size_t kReplyBytesPerTurn = 256 * 1024;
constexpr base::Milliseconds kStalledFrame{30'000};

std::uint64_t nanoseconds() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(now.tv_nsec);
}

}  // namespace

SocketmapSession::SocketmapSession(SocketmapServer& server, int descriptor, std::uint32_t slot,
                                   std::uint32_t generation)
    : server_(server),
      descriptor_(descriptor),
      slot_(slot),
      generation_(generation),
      last_activity_(server.clock().mono()) {
    want(EV_READ);
}

SocketmapSession::~SocketmapSession() {
    if (wanted_ != 0) event_del(&event_);
    ::close(descriptor_);
}

void SocketmapSession::want(short what) {
    if (what == wanted_) return;
    if (wanted_ != 0) event_del(&event_);
    wanted_ = what;
    if (what == 0) return;
    event_assign(&event_, server_.loop().base(), descriptor_, static_cast<short>(what | EV_PERSIST), on_event,
                 this);
    event_add(&event_, nullptr);
}

void SocketmapSession::on_event(evutil_socket_t, short what, void* self) noexcept {
    auto& session = *static_cast<SocketmapSession*>(self);
    // Not the tick's time: where the process has stood still, the tick that follows sees what is idle.
    session.last_activity_ = session.server_.coarse_clock().mono();
    if ((what & EV_WRITE) != 0) {
        session.process({});
    } else {
        session.on_readable();
    }
}

void SocketmapSession::on_readable() {
    const std::span<char> buffer = server_.batch().room();
    const ssize_t n = receive(descriptor_, buffer);
    if (n > 0) {
        const std::string_view input(buffer.data(), static_cast<std::size_t>(n));
        if (!put_in_batch(input)) process(input);
        return;
    }
    const bool nothing_now = n < 0 && (errno == EAGAIN || errno == EINTR);
    if (nothing_now && !end_of_input_) return;
    if (n < 0 && !nothing_now) {
        server_.remove(slot_);
        return;
    }
    end_of_input_ = true;
    process({});
}

// What is readable neither waits nor has a reply unsent. Draining reads out of turn: that the descriptor is
// readable may still be reported in this one, and would be taken for the end before the batch is answered.
bool SocketmapSession::put_in_batch(std::string_view input) {
    if (end_of_input_ || !received_.empty()) return false;
    const socketmap::Frame frame = socketmap::next_frame(input, socketmap::kMaxRequest);
    if (frame.state != socketmap::Frame::State::kWhole) return false;
    server_.batch().add({slot_, generation_, 0}, frame.payload, input.substr(frame.size),
                        server_.measure_next() ? nanoseconds() : 0, server_.rules());
    return true;
}

void SocketmapSession::answer(RequestBatch::Received& received) {
    std::string joined;
    Turn turn = Turn::kWaits;
    if (answer_request(received.request, received.began)) {
        turn = answer_frames(received.behind, kRequestsPerTurn - 1);
    }
    end_turn(turn, received.behind, joined);
}

void SocketmapSession::process(std::string_view input) {
    std::string joined;
    if (!received_.empty()) {
        joined = std::exchange(received_, {});
        joined.append(input);
        input = joined;
    }
    Turn turn = Turn::kWaits;
    if (unsent_.empty() && !waiting_) turn = answer_frames(input, kRequestsPerTurn);
    end_turn(turn, input, joined);
}

void SocketmapSession::end_turn(Turn turn, std::string_view rest, std::string& joined) {
    if (turn == Turn::kMalformed || (turn == Turn::kMoreInput && end_of_input_)) closing_ = true;
    if (closing_) rest = {};
    keep(rest, joined);
    if (turn == Turn::kMoreInput && !received_.empty() && frame_began_ == base::MonoTime{}) {
        frame_began_ = server_.clock().mono();
    }
    if (turn == Turn::kShareUsed) go_on_later();
    send_replies();
}

SocketmapSession::Turn SocketmapSession::answer_frames(std::string_view& input, int share) {
    using State = socketmap::Frame::State;
    for (;; --share) {
        const socketmap::Frame frame = socketmap::next_frame(input, socketmap::kMaxRequest);
        if (frame.state == State::kPartial) return Turn::kMoreInput;
        if (frame.state != State::kWhole) {
            Counters& counters = server_.counters();
            Counters::add(frame.state == State::kTooLong ? counters.oversized_frames
                                                         : counters.malformed_frames);
            return Turn::kMalformed;
        }
        if (share == 0 || server_.output_buffer().size() > kReplyBytesPerTurn) return Turn::kShareUsed;
        frame_began_ = {};
        const bool answered = answer_frame(frame.payload);
        input.remove_prefix(frame.size);
        if (!answered) return Turn::kWaits;
    }
}

void SocketmapSession::keep(std::string_view rest, std::string& joined) {
    if (rest.empty()) return;
    if (rest.size() == joined.size()) {
        received_ = std::move(joined);
    } else {
        received_.assign(rest);
    }
}

bool SocketmapSession::answer_frame(std::string_view payload) {
    policy::Responder::Request& request = server_.request_buffer();
    const std::uint64_t began = server_.measure_next() ? nanoseconds() : 0;
    server_.responder().read(payload, server_.rules(), request);
    server_.responder().prefetch(request);
    return answer_request(request, began);
}

bool SocketmapSession::answer_request(policy::Responder::Request& request, std::uint64_t began) {
    policy::Responder::Query& query = request.query;
    std::string& out = server_.output_buffer();
    const std::size_t begin = socketmap::begin_netstring(out);
    if (server_.responder().answer(request, server_.rules(), out) == policy::Responder::Outcome::kAnswered) {
        socketmap::finish_netstring(out, begin);
        finish_query(query, base::Milliseconds{0});
        if (began != 0 && query.cached) server_.counters().hit_times.record(nanoseconds() - began);
        return true;
    }
    out.resize(begin);
    waiting_ =
        std::make_unique<Waiting>(Waiting{std::exchange(query, {}), server_.clock().mono(), ++sequence_});
    server_.ask_engine({slot_, generation_, sequence_}, waiting_->query);
    return false;
}

void SocketmapSession::finish_query(policy::Responder::Query& query, base::Milliseconds took) {
    if (query.recheck_due) server_.tell_recheck(query.key->domain);
    if (query.renew_due) server_.tell_renew(*query.key);
    server_.query_log().answered(query, took);
}

void SocketmapSession::on_evidence(std::uint32_t sequence, const policy::Evidence& evidence) {
    if (waiting_ && waiting_->sequence == sequence) answer_waiting(&evidence);
}

void SocketmapSession::answer_waiting(const policy::Evidence* evidence) {
    const std::unique_ptr<Waiting> waiting = std::move(waiting_);
    std::string& out = server_.output_buffer();
    const std::size_t begin = socketmap::begin_netstring(out);
    if (evidence != nullptr) {
        server_.responder().respond_with(*evidence, server_.rules(), out, waiting->query);
    } else {
        server_.responder().respond_late(server_.rules(), out, waiting->query);
    }
    socketmap::finish_netstring(out, begin);
    const base::Milliseconds took = server_.clock().mono() - waiting->since;
    server_.counters().miss_times.record(static_cast<std::uint64_t>(took.count()));
    finish_query(waiting->query, took);
    last_activity_ = server_.clock().mono();
    process({});
}

void SocketmapSession::send_replies() {
    std::string& fresh = server_.output_buffer();
    if (!unsent_.empty()) {
        unsent_.append(fresh);
        fresh.clear();
    }
    std::string_view rest = unsent_.empty() ? fresh : unsent_;
    while (!rest.empty()) {
        const ssize_t n = send_some(descriptor_, rest);
        if (n >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(n));
        } else if (errno == EAGAIN) {
            break;
        } else if (errno != EINTR) {
            fresh.clear();
            server_.remove(slot_);
            return;
        }
    }
    const bool had_unsent = !unsent_.empty();
    unsent_ = std::string(rest);
    fresh.clear();
    if (!unsent_.empty()) {
        want(EV_WRITE);
    } else if (closing_) {
        server_.remove(slot_);
    } else if (waiting_) {
        want(0);
    } else {
        // Requests that stood behind the reply that had no room.
        if (had_unsent) go_on_later();
        want(resuming_ ? 0 : EV_READ);
    }
}

// Once at a time, and nothing is read meanwhile: each turn would bring more than its share answers.
void SocketmapSession::go_on_later() {
    if (std::exchange(resuming_, true)) return;
    server_.resume_later({slot_, generation_, 0});
}

void SocketmapSession::resume() {
    resuming_ = false;
    process({});
}

bool SocketmapSession::answer_if_late(std::uint32_t sequence) {
    if (!waiting_ || waiting_->sequence != sequence) return true;
    const base::MonoTime latest = waiting_->since + server_.options().answer_within;
    if (server_.tick_time() + SocketmapServer::kTick < latest) return false;
    Counters::add(server_.counters().late_answers);
    answer_waiting(nullptr);
    return true;
}

void SocketmapSession::judge_silence() {
    if (waiting_) return;
    const base::MonoTime now = server_.tick_time();
    if (frame_began_ != base::MonoTime{} && now - frame_began_ >= kStalledFrame) {
        Counters::add(server_.counters().stalled_frames);
        server_.remove(slot_);
    } else if (now - last_activity_ >= server_.options().idle_timeout) {
        server_.remove(slot_);
    }
}

void SocketmapSession::drain() {
    end_of_input_ = true;
    if ((wanted_ & EV_READ) != 0) {
        on_readable();
    } else {
        process({});
    }
}

}  // namespace app
