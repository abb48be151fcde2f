// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "daemon/admin/log.h"
#include "lib/policy/events.h"

namespace app {

/// One log line for each lookup and each alarm of the engine, and their counts. Engine's thread only.
class FlightLog {
  public:
    explicit FlightLog(Log& log) : log_(log) {}

    void flight(const policy::FlightReport& report);
    void alarm(const policy::Alarm& alarm);

    /// Lookups by effect ("new", "kept" ...), failures by reason word, alarms by kind.
    const std::map<std::string, std::uint64_t>& effects() const { return effects_; }
    const std::map<std::string, std::uint64_t>& failures() const { return failures_; }
    const std::map<std::string, std::uint64_t>& alarms() const { return alarms_; }

  private:
    void verdict_change(const policy::FlightReport& report);

    Log& log_;
    std::map<std::string, std::uint64_t> effects_, failures_, alarms_;
};

}  // namespace app
