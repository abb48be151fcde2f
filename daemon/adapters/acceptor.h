// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>

#include "daemon/adapters/event_loop.h"

namespace app {

/// Accepts the clients of a listening socket of the operator's, one a turn of the loop. Out of descriptors or
/// memory it pauses half a second: who waits keeps the listener ready, and the loop must not spin on it.
/// Engine's thread only.
class Acceptor {
  public:
    /// `listener`: a non-blocking listening socket, owned by the caller. `accepted` owns the descriptor that
    /// it is given, which is non-blocking.
    Acceptor(EventLoop& loop, int listener, std::function<void(int descriptor)> accepted);
    Acceptor(const Acceptor&) = delete;
    Acceptor& operator=(const Acceptor&) = delete;

  private:
    void on_acceptable();

    EventLoop& loop_;
    int listener_;
    std::function<void(int)> accepted_;
    std::optional<Watch> watch_;
    base::Pending again_;
};

}  // namespace app
