// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json.hpp>
#include <optional>

#include "lib/base/clock.h"
#include "lib/dane/survey.h"
#include "lib/policy/verdict.h"

namespace app {

/// A survey as `explain` shows it: what DNSSEC says of each MX host and of all together. `until`: when a new
/// one is due, where this one is in the cache.
nlohmann::ordered_json survey_json(const dane::Findings& findings, std::optional<base::MonoTime> until,
                                   base::MonoTime now);

/// The cell of the table of DANE beside MTA-STS that a verdict came from, and what was given up; null where
/// DANE was not looked at.
nlohmann::ordered_json dane_cell_json(const policy::Verdict& verdict);

}  // namespace app
