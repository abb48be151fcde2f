// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/https/fetcher.h"
#include "tests/support/manual_loop.h"

namespace testing_support {

/// The HTTPS servers of the world for tests, in virtual time. A host nobody spoke of refuses the connection.
/// What it says is settled when the request comes; the answer comes `delay` later, or kTimeout at the
/// deadline if that is earlier. Host names are given as text in canonical form ("mta-sts.example.com"). Must
/// outlive its Pendings.
class FakeFetcher : public https::Fetcher {
  public:
    struct Logged {
        https::Request request;
        base::MonoTime at;
    };

    explicit FakeFetcher(ManualLoop& loop) : loop_(loop) {}

    // What the world serves. A later call for the same host replaces the earlier one.

    /// 200, text/plain, with this body.
    void serve(const std::string& host, std::string body) {
        respond(host, https::Response{200, "text/plain", "", std::move(body)});
    }
    void respond(const std::string& host, https::Response response) {
        hosts_[host] = Reply{std::move(response), std::nullopt, false, std::nullopt};
    }
    void fail(const std::string& host, https::FetchError error) { hosts_[host].error = std::move(error); }
    void fail(const std::string& host, https::FetchError::Kind kind) {
        fail(host, https::FetchError{kind, 0, "as the test says"});
    }
    /// Accepts the connection and never answers: kTimeout at the deadline.
    void silence(const std::string& host) { hosts_[host].silent = true; }
    /// This host's answers come later than the others'.
    void delay(const std::string& host, base::Milliseconds delay) { hosts_[host].delay = delay; }

    // What holds for all hosts.

    void fail_all(std::optional<https::FetchError> error) { error_ = std::move(error); }
    void set_delay(base::Milliseconds delay) { delay_ = delay; }

    // What was asked for.

    const std::vector<Logged>& requests() const { return requests_; }
    std::size_t count(std::string_view host) const {
        return static_cast<std::size_t>(
            std::count_if(requests_.begin(), requests_.end(),
                          [&](const Logged& logged) { return logged.request.host.text() == host; }));
    }
    void forget_requests() { requests_.clear(); }

    base::Pending get(const https::Request& request, base::Deadline deadline, Done done) override {
        requests_.push_back(Logged{request, loop_.mono()});
        Reply reply;
        if (const auto found = hosts_.find(request.host.text()); found != hosts_.end()) {
            reply = found->second;
        } else {
            reply.error = https::FetchError{https::FetchError::Kind::kConnect, 0, "nobody listens"};
        }
        if (error_) reply.error = error_;
        if (!reply.error && reply.response.body.size() > request.body_limit)
            reply.error = https::FetchError{https::FetchError::Kind::kTooLarge, 0, "body too large"};

        base::Milliseconds wait = reply.delay.value_or(delay_);
        const base::Milliseconds left = deadline.at - loop_.mono();
        if (reply.silent || wait > left) {
            wait = left;
            reply.error = https::FetchError{https::FetchError::Kind::kTimeout, 0, "too late"};
        }
        return loop_.after(wait, [done = std::move(done), reply = std::move(reply)] {
            if (reply.error) return done(base::Unexpected(*reply.error));
            done(reply.response);
        });
    }

  private:
    struct Reply {
        https::Response response;
        std::optional<https::FetchError> error;
        bool silent = false;
        std::optional<base::Milliseconds> delay;
    };

    ManualLoop& loop_;
    std::map<std::string, Reply> hosts_;
    std::optional<https::FetchError> error_;
    base::Milliseconds delay_{10};
    std::vector<Logged> requests_;
};

}  // namespace testing_support
