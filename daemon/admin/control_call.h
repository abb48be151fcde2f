// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "lib/base/pending.h"

namespace app {

/// One command on the control socket, from its line to its `status`. A command answers with any number of
/// lines and then exactly one ok() or fail(), in its call or later. When the client hangs up the call is
/// destroyed, and with it what it keeps. Engine's thread only.
class ControlCall {
  public:
    using Json = nlohmann::ordered_json;

    /// `send` takes finished lines, `done` is called after the last one and destroys the call.
    ControlCall(Json request, std::function<void(std::string&&)> send, std::function<void()> done)
        : request_(std::move(request)), send_(std::move(send)), done_(std::move(done)) {}
    ControlCall(const ControlCall&) = delete;
    ControlCall& operator=(const ControlCall&) = delete;

    const Json& request() const { return request_; }
    /// A text argument; nothing where it is missing or no text.
    std::optional<std::string> text(const char* key) const;

    void line(const Json& object);
    /// The last line; the call is gone when it returns.
    void ok(Json fields = Json::object());
    void fail(const std::string& error);

    /// An operation that the command waits for.
    void keep(base::Pending pending) { pending_ = std::move(pending); }
    /// A long list: `next` is called whenever there is room, writes some lines and says whether there are
    /// more; after the last it must call ok() or fail() itself and return false.
    using Next = std::function<bool(ControlCall&)>;
    void stream(Next next) { next_ = std::move(next); }
    bool streaming() const { return next_ != nullptr; }
    /// Asks a stream for more. False: it has ended, and the call may be gone.
    bool more() { return next_(*this); }

  private:
    void finish(const Json& last);

    Json request_;
    std::function<void(std::string&&)> send_;
    std::function<void()> done_;
    base::Pending pending_;
    Next next_;
};

}  // namespace app
