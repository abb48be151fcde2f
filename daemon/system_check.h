// SPDX-License-Identifier: MIT
#pragma once
#include <vector>

#include "daemon/settings.h"

namespace app {

/// What the settings name on this system and the daemon cannot start without: users, groups, the CA
/// certificates. Looked for as this process is, which may be another user than the daemon's. Empty: all is
/// there. Blocks; for --check-config, since a start finds the same one by one.
std::vector<SettingsErrors::Error> check_system(const Settings& settings);

}  // namespace app
