// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace ctl {

using Json = nlohmann::ordered_json;

/// Sends one command to the daemon's control socket and hands each line of the answer but the last to `line`.
/// Returns the last line
/// (`status` and its fields). Throws std::runtime_error where the daemon cannot be reached or breaks off.
Json run_command(const std::string& socket_path, Json request, const std::function<void(const Json&)>& line);

}  // namespace ctl
