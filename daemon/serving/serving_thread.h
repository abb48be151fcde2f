// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "daemon/adapters/event_loop.h"
#include "daemon/serving/counters.h"
#include "daemon/serving/socketmap_server.h"

namespace app {

/// A thread with a loop and a SocketmapServer on it. Owned by the engine's thread, from which every function
/// here is called.
class ServingThread {
  public:
    struct Services {
        const base::Clock& clock;
        const base::Clock& coarse_clock;
        const policy::Responder& responder;
        EnginePort& engine;
        Log& log;
    };

    /// Starts the thread; signals must be blocked by now. `listeners` are owned by the caller and outlive it.
    ServingThread(const Services& services, const SocketmapServer::Options& options,
                  std::shared_ptr<const policy::Rules> rules, const std::vector<int>& listeners);
    /// Ends the loop and joins.
    ~ServingThread();
    ServingThread(const ServingThread&) = delete;
    ServingThread& operator=(const ServingThread&) = delete;

    /// Reload: the thread changes over between two requests.
    void apply(const SocketmapServer::Options& options, const std::shared_ptr<const policy::Rules>& rules);
    /// Drains; `drained` runs on this serving thread (post to your own loop from there).
    void drain(std::function<void()> drained);

    const Counters& counters() const { return *counters_; }
    std::uint64_t heartbeat() const { return server_->heartbeat(); }

  private:
    std::unique_ptr<Counters> counters_;  // on a cache line of its own
    EventLoop loop_;
    std::unique_ptr<SocketmapServer> server_;  // on the serving thread once that runs
    std::thread thread_;
};

}  // namespace app
