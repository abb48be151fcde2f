// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/adapters/event_loop.h"
#include "daemon/serving/counters.h"
#include "daemon/serving/engine_port.h"
#include "daemon/serving/query_log.h"
#include "daemon/serving/request_batch.h"
#include "daemon/serving/socketmap_session.h"
#include "lib/base/clock.h"
#include "lib/policy/responder.h"
#include "lib/policy/rules.h"

namespace app {

/// Accepts socketmap connections and owns their sessions: one per serving thread, on that thread's loop.
/// Never blocks and never resolves. At its share of max_connections accepting pauses: who is not accepted
/// waits in the kernel's backlog, and nothing accepted is dropped for it. Running out of descriptors pauses
/// accepting too.
class SocketmapServer {
  public:
    /// How often it is judged which answers must go out now. Idle clients and stalled frames have their turn
    /// once in kTicksPerRound ticks.
    static constexpr base::Milliseconds kTick{200};
    static constexpr std::size_t kTicksPerRound = 5;

    struct Options {
        std::uint32_t max_connections = 4096;  ///< of this thread
        base::Milliseconds answer_within{25'000};
        base::Milliseconds idle_timeout{3'600'000};
    };
    struct Services {
        EventLoop& loop;
        const base::Clock& clock;
        const base::Clock& coarse_clock;  ///< for what is noted at every request
        const policy::Responder& responder;
        EnginePort& engine;
        Counters& counters;
        Log& log;
    };

    /// `listeners`: non-blocking listening sockets, owned by the caller, shared by all serving threads.
    SocketmapServer(Services services, const Options& options, std::shared_ptr<const policy::Rules> rules,
                    const std::vector<int>& listeners);
    ~SocketmapServer();
    SocketmapServer(const SocketmapServer&) = delete;
    SocketmapServer& operator=(const SocketmapServer&) = delete;

    /// Reload: from the next request on. Connections live on.
    void set_rules(std::shared_ptr<const policy::Rules> rules);
    void set_options(const Options& options);
    /// Stops accepting, answers what has been received and waits; `drained` is called, later, once no session
    /// is left.
    void drain(std::function<void()> drained);
    /// Turns of the tick so far: stands still when the thread hangs. From any thread.
    std::uint64_t heartbeat() const { return heartbeat_.load(std::memory_order_relaxed); }

    // ---- for the sessions ----
    EventLoop& loop() { return services_.loop; }
    const base::Clock& clock() const { return services_.clock; }
    const base::Clock& coarse_clock() const { return services_.coarse_clock; }
    const policy::Responder& responder() const { return services_.responder; }
    const policy::Rules& rules() const { return *rules_; }
    const Options& options() const { return options_; }
    Counters& counters() { return services_.counters; }
    /// Whether the next request's time is to be taken: one in Counters::kHitSample.
    bool measure_next() { return measured_++ % Counters::kHitSample == 0; }
    QueryLog& query_log() { return query_log_; }
    /// The clock as of the last tick: coarse, and free.
    base::MonoTime tick_time() const { return tick_time_; }
    RequestBatch& batch() { return batch_; }
    /// The thread's buffers: of one request, and of the replies that one session is about to send.
    policy::Responder::Request& request_buffer() { return request_; }
    std::string& output_buffer() { return output_; }
    void ask_engine(Ticket ticket, const policy::Responder::Query& query) {
        waiting_.push_back(ticket);
        services_.engine.ask(loop(), ticket, *query.key, query.with_survey, deliver_);
    }
    void tell_recheck(const dns::Name& domain) { services_.engine.recheck(domain); }
    void tell_renew(const policy::Key& key) { services_.engine.renew(key); }
    /// Destroys a session; its caller must not touch it afterwards.
    void remove(std::uint32_t slot);
    void resume_later(Ticket ticket);

  private:
    struct Slot {
        std::unique_ptr<SocketmapSession> session;
        std::uint32_t generation = 0;
    };

    void on_acceptable(int listener);
    void accept_failed(int error);
    void add_session(int descriptor);
    SocketmapSession* session_of(const Ticket& ticket);
    void on_tick();
    void answer_late();
    void judge_silence();
    void update_accepting();

    Services services_;
    Options options_;
    std::shared_ptr<const policy::Rules> rules_;  // shared with the other threads and the next reload
    QueryLog query_log_;
    EnginePort::Deliver deliver_;
    base::MonoTime tick_time_;
    std::atomic<std::uint64_t> heartbeat_{0};
    RequestBatch batch_;
    std::string output_;
    policy::Responder::Request request_;

    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::size_t next_judged_ = 0;  // slot
    std::vector<Ticket> waiting_;  // all that wait for the engine, and some that no longer do
    std::uint32_t open_ = 0;
    std::uint32_t measured_ = 0;
    std::vector<std::unique_ptr<Watch>> listeners_;
    base::MonoTime accept_again_{};  // after running out of descriptors
    base::MonoTime complain_again_{};
    std::function<void()> drained_;
    bool draining_ = false;
    base::Pending tick_;
};

}  // namespace app
