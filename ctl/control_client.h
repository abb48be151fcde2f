// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
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
    /// Longer than any lookup takes.
    static constexpr std::chrono::milliseconds kPatience{120'000};

    /// A daemon that stands still is given up after `patience` without a word.
    explicit ControlClient(const std::string& socket_path, std::chrono::milliseconds patience = kPatience);
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
/// (`status` and its fields). Throws std::runtime_error where the daemon cannot be reached,
/// breaks off or stands still.
Json run_command(const std::string& socket_path, Json request, const std::function<void(const Json&)>& line);

}  // namespace ctl
