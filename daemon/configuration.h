// SPDX-License-Identifier: MIT
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "daemon/settings.h"
#include "lib/base/clock.h"
#include "lib/policy/rules.h"

namespace app {

/// Settings and overrides, read and checked as one: what a start or a reload takes over whole or not at all.
struct Configuration {
    Settings settings;
    std::shared_ptr<const policy::Rules> rules;  // shared by the engine's thread and the serving threads
    std::vector<std::string> warnings;           ///< expired overrides and the like; one line each
};

/// Reads the settings file. Throws std::runtime_error with every error in it, a line each.
Settings read_settings(const std::string& settings_file);
/// Reads the overrides that the settings name; `now` judges which of them have expired. Throws
/// std::runtime_error with every error in them, a line each. Where there are `former` rules, the overrides
/// that stay go on with their counts.
Configuration complete_configuration(Settings settings, base::WallTime now,
                                     const policy::Rules* former = nullptr);
/// Both.
Configuration load_configuration(const std::string& settings_file, base::WallTime now);

}  // namespace app
