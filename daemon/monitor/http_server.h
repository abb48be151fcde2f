// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "daemon/adapters/acceptor.h"
#include "daemon/adapters/event_loop.h"
#include "daemon/monitor/http_message.h"
#include "lib/base/clock.h"
#include "lib/base/pending.h"

namespace app {

/// A small HTTP server for pages that are read and nothing else: GET and HEAD, one request per connection,
/// which is then closed. Our own rather than libevent's, whose timeout a client can push on for ever with a
/// byte at a time, and whose connections cannot be counted.
///
/// Limits: 32 connections (of those that have not sent their request the oldest makes room for a new one); 8
/// KiB for the head of a request, within `head_time`; no request body; `answer_time` for the rest.
/// On a loopback address only names of this host are taken in the Host header: a page of a stranger's site,
/// whose name has been made to point here, must not read ours.
/// Engine's thread only.
class HttpServer {
  public:
    struct Options {
        bool local_names_only = true;
        base::Milliseconds head_time{10'000}, answer_time{30'000};
    };
    static constexpr std::size_t kMaxConnections = 32;

    /// One request that is being answered. When the client hangs up the call is destroyed, and with it what
    /// it keeps; otherwise respond() must come once, in the handler or later.
    class Call {
      public:
        virtual ~Call() = default;
        virtual const HttpRequest& request() const = 0;
        virtual void respond(HttpResponse response) = 0;
        /// An operation that the answer waits for.
        virtual void keep(base::Pending pending) = 0;
    };
    using Handler = std::function<void(Call&)>;

    /// `listener`: a non-blocking listening socket, owned by the caller. `handler` gets every request.
    HttpServer(EventLoop& loop, const base::Clock& clock, int listener, const Options& options,
               Handler handler);
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    std::size_t connections() const { return connections_.size(); }

  private:
    class Connection;
    void on_accepted(int descriptor);
    bool make_room();
    bool knows_host(const std::string& host) const;

    EventLoop& loop_;
    const base::Clock& clock_;
    Options options_;
    Handler handler_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
    std::uint64_t last_id_ = 0;
    Acceptor acceptor_;
};

}  // namespace app
