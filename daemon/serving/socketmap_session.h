// SPDX-License-Identifier: MIT
#pragma once
#include <event2/event.h>
#include <event2/event_struct.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/serving/engine_port.h"
#include "daemon/serving/request_batch.h"
#include "lib/base/clock.h"
#include "lib/policy/responder.h"

namespace app {

class SocketmapServer;

/// One socketmap connection: frames in, replies out, in order. While a request waits for the engine nothing
/// more is read, so pipelined requests keep their order; while a reply is not wholly sent likewise. An idle
/// session owns no buffer: input is read into the thread's, and only a partial frame or an unsent reply is
/// kept. Owned by its SocketmapServer, on whose thread it lives; tells it when it is over, and is then
/// destroyed.
class SocketmapSession {
  public:
    /// Takes the descriptor over; it is closed with the session.
    SocketmapSession(SocketmapServer& server, int descriptor, std::uint32_t slot, std::uint32_t generation);
    ~SocketmapSession();
    SocketmapSession(const SocketmapSession&) = delete;
    SocketmapSession& operator=(const SocketmapSession&) = delete;

    std::uint32_t generation() const { return generation_; }

    /// The engine's answer to request `sequence`; ignored unless that one is waited for.
    void on_evidence(std::uint32_t sequence, const policy::Evidence& evidence);
    /// Answers request `sequence` if it waits for the engine and must be answered now; false if it goes on
    /// waiting. May end this object.
    bool answer_if_late(std::uint32_t sequence);
    /// Answers a request of the batch, and what came behind it. May end this object.
    void answer(RequestBatch::Received& received);
    /// Judges the long time limits: a stalled frame, a silent client. May end this object.
    void judge_silence();
    /// Goes on with requests that were left for a later turn.
    void resume();
    /// The daemon ends: answers what has been received, then closes as soon as nothing waits. May end this
    /// object.
    void drain();

  private:
    struct Waiting {
        policy::Responder::Query query;
        base::MonoTime since;
        std::uint32_t sequence;
    };

    static void on_event(evutil_socket_t, short what, void* self) noexcept;
    void on_readable();
    /// Gives a request that is whole, and begins where a request may begin, to the batch.
    bool put_in_batch(std::string_view input);
    /// Answers whole frames of what is kept and `input` until one must wait, the turn's share is used up, or
    /// there is none; keeps the rest and sends the replies. May end this object.
    void process(std::string_view input);
    /// How far a turn got through its input.
    enum class Turn : std::uint8_t { kMoreInput, kWaits, kShareUsed, kMalformed };
    Turn answer_frames(std::string_view& input, int share);
    bool answer_frame(std::string_view payload);                                    // false: it waits
    bool answer_request(policy::Responder::Request& request, std::uint64_t began);  // false: it waits
    /// Keeps what is left of the input and sends the replies: the end of each turn. May end this object.
    void end_turn(Turn turn, std::string_view rest, std::string& joined);
    void keep(std::string_view rest, std::string& joined);
    /// Sends what the turn has rendered; waits for room, for more input, or closes.
    void send_replies();
    void finish_query(policy::Responder::Query& query, base::Milliseconds took);
    /// Answers the request that waits: from `evidence`, or where that is null with what is known by now.
    void answer_waiting(const policy::Evidence* evidence);
    void want(short what);
    void go_on_later();

    SocketmapServer& server_;
    event event_{};
    int descriptor_;
    std::uint32_t slot_;
    std::uint32_t generation_;
    std::uint32_t sequence_ = 0;
    short wanted_ = 0;
    bool end_of_input_ = false;
    bool resuming_ = false;  ///< resume() is posted
    bool closing_ = false;   ///< close once everything is sent
    base::MonoTime last_activity_;
    base::MonoTime frame_began_{};
    std::string received_;  ///< the partial frame, or requests behind the one that waits
    std::string unsent_;
    std::unique_ptr<Waiting> waiting_;
};

}  // namespace app
