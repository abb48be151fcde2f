// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/adapters/acceptor.h"
#include "daemon/adapters/event_loop.h"
#include "daemon/admin/control_call.h"

namespace app {

/// The operator's socket: a unix stream socket on which a client sends one JSON object per line,
/// `{"v":1,"command":"explain","domain":"example.com"}`, and gets JSON lines back, the last of which has
/// `status`: `{"status":"ok"}` or
/// `{"status":"error","error":"..."}`. Commands of one connection run one after the other.
/// It can purge and reload, so it is apart from the socket that Postfix asks. Engine's thread only.
/// A client that shuts down its sending side gets the answers of what it has sent.
/// Limits: 32 connections, of which the one that has been idle for longest makes room for a new one; 1 MiB
/// per line; a client that does not read its lists is waited for, not buffered for.
class ControlServer {
  public:
    static constexpr int kVersion = 1;
    using Command = std::function<void(ControlCall&)>;

    /// `listener`: a non-blocking listening socket, owned by the caller.
    ControlServer(EventLoop& loop, int listener);
    ~ControlServer();
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;

    void add(const std::string& name, Command command) { commands_[name] = std::move(command); }

  private:
    class Connection;
    void on_accepted(int descriptor);
    bool make_room();
    void run(ControlCall& call) const;

    EventLoop& loop_;
    std::map<std::string, Command, std::less<>> commands_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
    std::uint64_t last_id_ = 0;
    std::uint64_t last_command_ = 0;  // counts up: what is smaller was longer ago
    Acceptor acceptor_;
};

}  // namespace app
