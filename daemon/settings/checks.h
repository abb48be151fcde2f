// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <string>
#include <vector>

#include "daemon/settings.h"

namespace app {

/// The line on which each key was set; keys not in the file are not in it.
using SettingsLines = std::map<std::string, int>;

/// Finds what single values cannot show: bounds that cross, the same path twice.
void check_settings(const Settings& settings, const SettingsLines& lines,
                    std::vector<SettingsErrors::Error>& errors);

/// A profile where nothing is set.
policy::Profile default_profile();

}  // namespace app
