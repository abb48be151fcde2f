// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "daemon/adapters/event_loop.h"
#include "daemon/serving/engine_port.h"
#include "lib/policy/responder.h"

namespace app {

/// The requests that a turn of the loop has received, each on a connection of its own, and not answered yet.
/// First all that is there is received and read, then all of it is looked up and sent: so the memory of what
/// is known of one domain loads while others are read, and the kernel's way in and its way out each run many
/// times in a row. They are answered at the end of the turn; before that when kMost are there, or the buffer
/// is half full. One per serving thread, on whose thread it lives.
class RequestBatch {
  public:
    static constexpr std::size_t kMost = 32;
    static constexpr std::size_t kBufferBytes = std::size_t{64} * 1024;

    struct Received {
        Ticket ticket;            ///< of the session; its sequence is not used
        std::string_view behind;  ///< what came behind the request; in the batch's buffer
        std::uint64_t began = 0;  ///< if its time is to be taken
        policy::Responder::Request request;
    };
    using Answer = std::function<void(Received&)>;

    /// `answer` is called for each request, in the order in which they came, and must not add to the batch.
    RequestBatch(EventLoop& loop, const policy::Responder& responder, Answer answer);
    RequestBatch(const RequestBatch&) = delete;
    RequestBatch& operator=(const RequestBatch&) = delete;

    /// Where the next bytes are to be received: at least half of kBufferBytes.
    std::span<char> room() { return std::span(*buffer_).subspan(used_); }
    /// Takes a request that stands, with what is behind it, at the beginning of room(). May answer all.
    void add(const Ticket& from, std::string_view payload, std::string_view behind, std::uint64_t began,
             const policy::Rules& rules);
    /// Answers all that is there now. Due before anything changes of what answers depend on.
    void answer();

  private:
    const policy::Responder& responder_;
    Answer answer_;
    EndOfTurn end_of_turn_;
    std::unique_ptr<std::array<char, kBufferBytes>> buffer_;
    std::size_t used_ = 0;
    std::array<Received, kMost> received_;
    std::size_t count_ = 0;
};

}  // namespace app
