// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

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
    /// Lookups by cause and effect.
    const std::map<std::pair<std::string, std::string>, std::uint64_t>& causes() const { return causes_; }
    /// Fetches by outcome: "ok", or the class of the failure.
    const std::map<std::string, std::uint64_t>& fetches() const { return fetches_; }
    /// Fetched policies that were read leniently.
    std::uint64_t lax() const { return lax_; }

  private:
    void count(const policy::FlightReport& report);
    void verdict_change(const policy::FlightReport& report);

    Log& log_;
    std::map<std::string, std::uint64_t> effects_, failures_, surveys_, alarms_, fetches_;
    std::map<std::pair<std::string, std::string>, std::uint64_t> causes_;
    std::uint64_t lax_ = 0;
};

}  // namespace app
