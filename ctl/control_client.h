// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace ctl {

using Json = nlohmann::ordered_json;

/// Nobody listens on the control socket.
class NotRunning : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Sends one command to the daemon's control socket and hands each line of the answer but the last to `line`.
/// Returns the last line
/// (`status` and its fields). Throws std::runtime_error where the daemon cannot be reached or breaks off.
Json run_command(const std::string& socket_path, Json request, const std::function<void(const Json&)>& line);

}  // namespace ctl
