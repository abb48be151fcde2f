// SPDX-License-Identifier: MIT
// ares_send() is deprecated in 1.34 for an API that 1.18 does not have.
#define CARES_NO_DEPRECATED 1
#include "daemon/adapters/ares_channel.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "daemon/adapters/dns_message.h"

namespace app {

namespace {

// ares_timeout() costs 0.2 ms at 10,000 questions in 1.18: a fixed tick instead, while questions are out.
constexpr base::Milliseconds kTick{50};

// The owner decides when a lookup ends; a reply that comes just then must still find its question.
constexpr base::Milliseconds kGrace{500};

// All versions are one ABI: the library may be newer than the headers, and must be told all the same not to
// cache, which it does by itself from 1.31 on. Options are appended to the struct: those that these headers
// do not know are zero, and that is no cache. What an older library does not know it leaves alone.
#ifdef ARES_OPT_QUERY_CACHE
constexpr int kOptQueryCache = ARES_OPT_QUERY_CACHE;
#else
constexpr int kOptQueryCache = 1 << 21;
#endif
struct AllOptions {
    ares_options known{};
    std::array<unsigned char, 512> appended{};
};

// From 1.32 on c-ares shortens the timeout to five times the mean latency (at least 250 ms) and doubles it
// from try to try; before, it waits for exactly what it is told.
int tries() {
    int version = 0;
    ares_version(&version);
    return version >= 0x012000 ? 4 : 1;
}

int open_channel(ares_channel* channel, const AresChannel::Options& wanted, ares_sock_state_cb on_state,
                 void* arg) {
    char lookups[] = "b";
    in_addr nobody{htonl(INADDR_LOOPBACK)};
    AllOptions all;
    ares_options& options = all.known;
    // NOCHECKRESP: SERVFAIL comes as a reply; without it 1.18 says that no server could be reached.
    options.flags = ARES_FLAG_EDNS | ARES_FLAG_NOCHECKRESP | ARES_FLAG_STAYOPEN | ARES_FLAG_NOSEARCH |
                    ARES_FLAG_NOALIASES;
    options.timeout =
        static_cast<int>(std::clamp<std::int64_t>((wanted.patience + kGrace).count(), 1, 600'000));
    options.tries = tries();
    // 1.18 takes a UDP reply over 512 bytes as truncated unless the channel itself does EDNS.
    options.ednspsz = kDnsUdpSize;
    options.socket_receive_buffer_size =
        1 << 20;  // a thousand replies may wait while the loop does other things
    options.sock_state_cb = on_state;
    options.sock_state_cb_data = arg;
    // All that resolv.conf and the environment could say is set, so that c-ares reads neither.
    options.lookups = lookups;
    options.ndots = 1;
    options.servers = &nobody;
    options.nservers = 1;
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ |
               ARES_OPT_SOCK_RCVBUF | ARES_OPT_SOCK_STATE_CB | ARES_OPT_LOOKUPS | ARES_OPT_NDOTS |
               ARES_OPT_SERVERS | ARES_OPT_DOMAINS | ARES_OPT_SORTLIST | ARES_OPT_NOROTATE | kOptQueryCache;
#ifdef ARES_OPT_MAXTIMEOUTMS
    options.maxtimeout = options.timeout;
    mask |= ARES_OPT_MAXTIMEOUTMS;
#endif
#ifdef ARES_OPT_UDP_MAX_QUERIES
    options.udp_max_queries = 64;  // then another source port
    mask |= ARES_OPT_UDP_MAX_QUERIES;
#endif
    return ares_init_options(channel, &options, mask);
}

AresChannel::Status failure(int status) {
    if (status == ARES_ETIMEOUT) return AresChannel::Status::kTimeout;
    // Only from 1.34, which parses replies itself and hands over what it has made of them: bytes behind a
    // name in a record are gone, and with a TLSA record without data the reply is refused.
    if (status == ARES_EBADRESP || status == ARES_EFORMERR) return AresChannel::Status::kMalformed;
    return AresChannel::Status::kUnreachable;
}

void set_source(ares_channel channel, const AresChannel::Options& options) {
    if (options.source_v4) {
        const auto& b = options.source_v4->bytes();
        ares_set_local_ip4(channel, static_cast<unsigned>(b[0]) << 24 | static_cast<unsigned>(b[1]) << 16 |
                                        static_cast<unsigned>(b[2]) << 8 | b[3]);
    }
    if (options.source_v6) ares_set_local_ip6(channel, options.source_v6->bytes().data());
}

}  // namespace

AresChannel::AresChannel(EventLoop& loop, const Options& options, Arrived arrived, Settled settled)
    : loop_(loop), options_(options), arrived_(std::move(arrived)), settled_(std::move(settled)) {
    if (open_channel(&channel_, options_, on_socket_state, this) != ARES_SUCCESS)
        throw std::runtime_error("cannot set up c-ares");
    if (ares_set_servers_ports_csv(channel_, options_.server.text().c_str()) != ARES_SUCCESS) {
        ares_destroy(channel_);
        throw std::runtime_error("c-ares refuses the DNS server " + options_.server.text());
    }
    set_source(channel_, options_);
}

AresChannel::~AresChannel() {
    closing_ = true;
    ares_destroy(channel_);  // calls back for each question under way, and closes its sockets
}

void AresChannel::send(Token token, std::span<const unsigned char> query) {
    auto sent = std::make_unique<Sent>(Sent{this, token});
    ++in_flight_;
    ares_send(channel_, query.data(), static_cast<int>(query.size()), on_reply, sent.release());
    keep_ticking();
}

void AresChannel::on_reply(void* sent, int status, int, unsigned char* packet, int length) noexcept {
    const std::unique_ptr<Sent> done(static_cast<Sent*>(sent));
    AresChannel& self = *done->channel;
    --self.in_flight_;
    if (self.closing_) return;
    if (status == ARES_SUCCESS && packet != nullptr && length > 0) {
        self.arrived_(done->token, Status::kReply, {packet, static_cast<std::size_t>(length)},
                      self.options_.trusted);
    } else {
        self.arrived_(done->token, failure(status), {}, self.options_.trusted);
    }
}

void AresChannel::on_socket_state(void* self, ares_socket_t socket, int readable, int writable) noexcept {
    auto& channel = *static_cast<AresChannel*>(self);
    if (readable == 0 && writable == 0) {
        channel.watches_.erase(socket);
        return;
    }
    const Interest interest =
        readable != 0 ? (writable != 0 ? Interest::kReadWrite : Interest::kRead) : Interest::kWrite;
    const auto found = channel.watches_.find(socket);
    if (found != channel.watches_.end()) {
        found->second.set(interest);
        return;
    }
    // A descriptor that cannot be watched is one whose replies never come: the lookup ends by its time.
    try {
        struct Ready {
            AresChannel* channel;
            ares_socket_t socket;
            void operator()(Readiness ready) const {
                channel->process(ready.read ? socket : ARES_SOCKET_BAD,
                                 ready.write ? socket : ARES_SOCKET_BAD);
            }
        };
        channel.watches_.emplace(
            std::piecewise_construct, std::forward_as_tuple(socket),
            std::forward_as_tuple(channel.loop_, socket, interest, Ready{&channel, socket}));
    } catch (const std::runtime_error&) {
    }
}

// The Watch that called may be gone when c-ares returns.
void AresChannel::process(ares_socket_t readable, ares_socket_t writable) {
    ares_process_fd(channel_, readable, writable);
    settled_();
}

void AresChannel::keep_ticking() {
    if (tick_ || in_flight_ == 0) return;
    tick_ = loop_.after(kTick, [this] {
        tick_.reset();
        ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
        keep_ticking();
        settled_();
    });
}

}  // namespace app
