// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "daemon/admin/log.h"
#include "lib/policy/events.h"
#include "lib/policy/surveyor.h"

namespace app {

/// One log line for each lookup, each survey and each alarm of the engine, and their counts. Engine's thread
/// only.
class FlightLog {
  public:
    explicit FlightLog(Log& log) : log_(log) {}

    void flight(const policy::FlightReport& report);
    void survey(const policy::SurveyReport& report);
    void alarm(const policy::Alarm& alarm);

    /// Lookups by effect ("new", "kept" ...), failures by reason word, alarms by kind.
    const std::map<std::string, std::uint64_t>& effects() const { return effects_; }
    const std::map<std::string, std::uint64_t>& failures() const { return failures_; }
    /// Surveys by what they found ("all", "none" ...).
    const std::map<std::string, std::uint64_t>& surveys() const { return surveys_; }
    const std::map<std::string, std::uint64_t>& alarms() const { return alarms_; }

  private:
    void verdict_change(const policy::FlightReport& report);

    Log& log_;
    std::map<std::string, std::uint64_t> effects_, failures_, surveys_, alarms_;
};

}  // namespace app
