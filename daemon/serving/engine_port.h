// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <unordered_map>

#include "daemon/adapters/event_loop.h"
#include "lib/base/pending.h"
#include "lib/dns/name.h"
#include "lib/policy/engine.h"
#include "lib/policy/lookups.h"
#include "lib/policy/surveyor.h"

namespace app {

/// Names a request of one session: the slot, and which session in it. A ticket whose session is gone leads
/// nowhere.
struct Ticket {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;
    std::uint32_t sequence = 0;
};

/// The one way between serving threads and the engine: questions there, evidence back, as messages on the two
/// loops. A client that hangs up does not stop its lookup; the answer that comes too late finds nobody and is
/// dropped. ask(), recheck() and renew() from serving threads. Must outlive them, and be destroyed before the
/// engine.
class EnginePort {
  public:
    using Deliver = std::function<void(Ticket, const policy::Evidence&)>;

    EnginePort(EventLoop& engine_loop, policy::Engine& engine, policy::Surveyor& surveyor,
               policy::Lookups& lookups)
        : loop_(engine_loop), engine_(engine), surveyor_(surveyor), lookups_(lookups) {}
    EnginePort(const EnginePort&) = delete;
    EnginePort& operator=(const EnginePort&) = delete;

    /// Asks for a next hop's evidence, with or without the survey of its MX hosts. `deliver` runs later on
    /// `asking` loop's thread, which must not end before.
    void ask(EventLoop& asking, Ticket ticket, const policy::Key& key, bool with_survey,
             const Deliver& deliver);
    /// Tells the engine that a policy's recheck is due.
    void recheck(const dns::Name& domain);
    /// Tells it that a survey is in the last tenth of its time.
    void renew(const policy::Key& key);

  private:
    void start(EventLoop& asking, Ticket ticket, const policy::Key& key, bool with_survey,
               const Deliver& deliver);

    EventLoop& loop_;
    policy::Engine& engine_;
    policy::Surveyor& surveyor_;
    policy::Lookups& lookups_;
    std::unordered_map<std::uint64_t, base::Pending> under_way_;  // engine's thread
    std::uint64_t last_id_ = 0;
};

}  // namespace app
