// SPDX-License-Identifier: MIT
#pragma once
#include <ares.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <unordered_map>

#include "daemon/adapters/event_loop.h"
#include "daemon/adapters/resolv_conf.h"
#include "lib/base/clock.h"

namespace app {

/// One DNS server, asked through c-ares: UDP with EDNS, TCP for what is truncated, connections kept open. It
/// sends ready-made packets and hands back raw replies; what they mean, which server to ask next and when to
/// give up is its owner's business. The server's own rcodes, SERVFAIL too, are replies.
///
/// Loop thread only. Must not be destroyed from within its callbacks; destroyed, it drops what is under way.
class AresChannel {
  public:
    struct Options {
        DnsServer server;
        /// The AD bit of this server's replies may be believed.
        bool trusted = false;
        /// How long the reply to a question counts, which is longer than its owner waits before it asks
        /// again. c-ares waits a little longer than this for it, or (1.34) asks again earlier and waits about
        /// as long.
        base::Milliseconds patience{6000};
        /// Where questions come from; the system's choice by default.
        std::optional<dns::Address> source_v4, source_v6;
    };
    enum class Status : std::uint8_t { kReply, kTimeout, kUnreachable, kMalformed };
    /// Which of its owner's questions an event is about.
    struct Token {
        std::uint64_t lookup = 0;
        std::uint32_t send = 0;
    };
    /// Called from inside c-ares, maybe before send() returns: it must only take note. `packet` is empty but
    /// for kReply.
    using Arrived = std::function<void(Token, Status, std::span<const unsigned char> packet, bool trusted)>;
    /// Called from the loop once c-ares has returned and events may have been noted.
    using Settled = std::function<void()>;

    /// Questions that c-ares has under way at once. Above 65,536 1.34 would look for a free id for ever.
    static constexpr std::size_t kMaxInFlight = 1000;

    /// Throws std::runtime_error where c-ares has no memory.
    AresChannel(EventLoop& loop, const Options& options, Arrived arrived, Settled settled);
    ~AresChannel();
    AresChannel(const AresChannel&) = delete;
    AresChannel& operator=(const AresChannel&) = delete;

    /// Sends a query (whose OPT record, if any, comes last). Exactly one Arrived follows, unless the channel
    /// is destroyed. Only while not full().
    void send(Token token, std::span<const unsigned char> query);

    bool full() const { return in_flight_ >= kMaxInFlight; }
    bool idle() const { return in_flight_ == 0; }
    const Options& options() const { return options_; }

  private:
    struct Sent {
        AresChannel* channel;
        Token token;
    };

    static void on_socket_state(void* self, ares_socket_t socket, int readable, int writable) noexcept;
    static void on_reply(void* sent, int status, int timeouts, unsigned char* packet, int length) noexcept;
    void process(ares_socket_t readable, ares_socket_t writable);
    void keep_ticking();

    EventLoop& loop_;
    const Options options_;
    const Arrived arrived_;
    const Settled settled_;
    ares_channel channel_ = nullptr;
    std::unordered_map<ares_socket_t, Watch> watches_;
    std::size_t in_flight_ = 0;
    base::Pending tick_;
    bool closing_ = false;
};

}  // namespace app
