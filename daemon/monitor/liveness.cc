// SPDX-License-Identifier: MIT
#include "daemon/monitor/liveness.h"

namespace app {

void Liveness::look(const std::vector<std::uint64_t>& heartbeats, base::MonoTime now) {
    // Where this thread itself has stood still (a stopped process), the others get their time again.
    const bool late = now - looked_ >= kStandstill;
    looked_ = now;
    if (beats_.size() != heartbeats.size()) beats_.assign(heartbeats.size(), Beat{0, now});
    for (std::size_t i = 0; i < beats_.size(); ++i) {
        if (late || beats_[i].count != heartbeats[i]) beats_[i] = {heartbeats[i], now};
    }
}

std::vector<std::string> Liveness::troubles(base::MonoTime now) const {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < beats_.size(); ++i) {
        const base::Milliseconds still = now - beats_[i].changed;
        if (still < kStandstill) continue;
        out.push_back("serving thread " + std::to_string(i + 1) + " has stood still for " +
                      std::to_string(still.count() / 1000) + " s");
    }
    return out;
}

}  // namespace app
