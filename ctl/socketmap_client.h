// SPDX-License-Identifier: MIT
#pragma once
#include <string>

#include "daemon/settings/addresses.h"

namespace ctl {

/// Asks a socketmap server one question, as Postfix does, and returns the reply's payload. Throws
/// std::runtime_error where it cannot be reached, breaks off, is silent for 100 s, or answers something that
/// is no netstring.
std::string ask_socketmap(const app::ListenAddress& server, const std::string& map, const std::string& key);

}  // namespace ctl
