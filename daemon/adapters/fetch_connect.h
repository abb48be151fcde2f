// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "daemon/adapters/event_loop.h"
#include "daemon/adapters/fetch_queue.h"
#include "daemon/adapters/fetch_socket.h"
#include "lib/base/result.h"
#include "lib/https/fetcher.h"

namespace app {

struct ConnectSettings {
    base::Milliseconds timeout = std::chrono::seconds(5);  ///< for each address, from its first packet
    std::uint16_t port = 443;
    std::vector<dns::Address> sources;  ///< local addresses, at most one a family counts
};

/// The order in which addresses are tried: families by turns, IPv6 first, otherwise as given; without
/// duplicates, and no more than 32 (a stranger's DNS must not make a port scanner of us).
std::vector<dns::Address> connect_order(const std::vector<dns::Address>& addresses);

/// Finds the one address that accepts a TCP connection: tries the addresses in order, starting the next after
/// 250 ms, or at once when one has failed, while those before are still being tried. The first connection
/// that is made is the outcome; the others are closed unused. Each try waits for its slot of the queue first.
/// Nothing is sent over any of them. Destroying the race closes everything and calls nothing.
class ConnectRace {
  public:
    struct Connected {
        FetchQueue::Slot slot;
        FetchSocket socket;
        dns::Address address;
        base::MonoTime began;  ///< when this address was sent its first packet
    };
    using Outcome = base::Result<Connected, https::FetchError>;
    using Done = std::function<void(Outcome)>;

    /// Begins. `done` is called once, later; it may destroy the race. The error is kTimeout if any address
    /// was given up for silence, else kConnect. `settings` is read at each try. `order` is not empty.
    ConnectRace(EventLoop& loop, const base::Clock& clock, FetchQueue& queue, const ConnectSettings& settings,
                std::vector<dns::Address> order, Done done);
    ConnectRace(const ConnectRace&) = delete;
    ConnectRace& operator=(const ConnectRace&) = delete;

  private:
    struct Try {
        explicit Try(const dns::Address& a) : address(a) {}
        dns::Address address;
        base::Pending waiting;  // for its slot
        FetchQueue::Slot slot;
        FetchSocket socket;
        std::optional<Watch> watch;  // gone before the socket is closed
        base::Pending timeout;
        base::MonoTime began;
    };

    void start_next();
    void on_slot(Try& attempt, FetchQueue::Slot slot);
    void on_writable(Try& attempt);
    void on_timeout(Try& attempt);
    void fail(Try& attempt, const std::string& why);
    void succeed(Try& attempt);
    void finish(Outcome outcome);

    EventLoop& loop_;
    const base::Clock& clock_;
    FetchQueue& queue_;
    const ConnectSettings& settings_;
    const std::vector<dns::Address> order_;
    Done done_;

    std::size_t next_ = 0;
    std::list<Try> tries_;
    base::Pending stagger_;
    bool timed_out_ = false;
    std::string failures_;
};

}  // namespace app
