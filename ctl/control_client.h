// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace ctl {

using Json = nlohmann::ordered_json;

/// Nobody listens on the control socket.
class NotRunning : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A connection for several commands, one after another.
class ControlClient {
  public:
    explicit ControlClient(const std::string& socket_path);
    ~ControlClient();
    ControlClient(const ControlClient&) = delete;
    ControlClient& operator=(const ControlClient&) = delete;

    /// As run_command().
    Json run(Json request, const std::function<void(const Json&)>& line);

  private:
    class Connection;
    std::unique_ptr<Connection> connection_;
};

/// Sends one command to the daemon's control socket and hands each line of the answer but the last to `line`.
/// Returns the last line
/// (`status` and its fields). Throws std::runtime_error where the daemon cannot be reached or breaks off.
Json run_command(const std::string& socket_path, Json request, const std::function<void(const Json&)>& line);

}  // namespace ctl
