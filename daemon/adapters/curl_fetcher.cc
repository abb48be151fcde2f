// SPDX-License-Identifier: MIT
#include "daemon/adapters/curl_fetcher.h"

#include <algorithm>
#include <new>
#include <utility>

#include "daemon/adapters/curl_errors.h"
#include "daemon/adapters/curl_transfer.h"

namespace app {

using Outcome = base::Result<https::Response, https::FetchError>;

/// One fetch, from get() to its callback.
class CurlFetcher::Fetch {
  public:
    Fetch(CurlFetcher& owner, std::uint64_t id, const https::Request& request, base::Deadline deadline,
          Done done)
        : owner_(owner),
          id_(id),
          host_(request.host.text()),
          path_(request.path),
          body_limit_(request.body_limit),
          proxy_(owner.options_.proxy),
          order_(connect_order(request.addresses)),
          done_(std::move(done)) {
        const auto left = std::max(deadline.at - owner_.clock_.mono(), base::Milliseconds(0));
        deadline_ = owner_.loop_.after(left, [this] { on_deadline(); });
        if (order_.empty())
            fail(https::FetchError::Kind::kConnect, "no address");
        else if (proxy_.empty())
            race_.emplace(owner_.loop_, owner_.clock_, owner_.queue_, owner_.connect_, order_,
                          [this](ConnectRace::Outcome outcome) { on_connected(std::move(outcome)); });
        else
            ask_proxy();
    }

  private:
    void on_connected(ConnectRace::Outcome outcome) {
        if (!outcome) return finish(base::Unexpected(std::move(outcome.error())));
        ConnectRace::Connected connected = std::move(outcome).value();
        race_.reset();
        slot_ = std::move(connected.slot);
        const auto spent = owner_.clock_.mono() - connected.began;
        transfer(connected.address, std::move(connected.socket), owner_.connect_.timeout - spent);
    }

    void ask_proxy() {
        const dns::Address& address = order_[next_];
        waiting_ = owner_.queue_.take(address, [this](FetchQueue::Slot slot) {
            slot_ = std::move(slot);
            transfer(order_[next_++], FetchSocket(), owner_.connect_.timeout);
        });
    }

    void transfer(const dns::Address& address, FetchSocket socket, base::Milliseconds connect_timeout) {
        CurlTransfer::Settings settings{host_,
                                        path_,
                                        owner_.connect_.port,
                                        address,
                                        body_limit_,
                                        connect_timeout,
                                        owner_.fresh_trust(),
                                        proxy_,
                                        owner_.connect_.sources};
        try {
            transfer_.emplace(owner_.multi_, std::move(settings), std::move(socket),
                              [this](CurlTransfer::Outcome outcome) { on_transferred(std::move(outcome)); });
        } catch (const std::bad_alloc&) {
            fail(https::FetchError::Kind::kConnect, "out of memory");
        }
    }

    void on_transferred(CurlTransfer::Outcome outcome) {
        if (!outcome.address_failed || next_ >= order_.size()) return finish(std::move(outcome.result));
        transfer_.reset();
        slot_.reset();
        ask_proxy();
    }

    void on_deadline() { fail(https::FetchError::Kind::kTimeout, "deadline passed"); }

    void fail(https::FetchError::Kind kind, const char* text) {
        https::FetchError error;
        error.kind = kind;
        error.text = text;
        finish(base::Unexpected(std::move(error)));
    }

    // Ends the connection at once; the caller hears of it in a turn of its own, when neither libcurl nor the
    // queue is on the stack.
    void finish(Outcome outcome) {
        race_.reset();
        transfer_.reset();
        waiting_.reset();
        slot_.reset();
        outcome_.emplace(std::move(outcome));
        deadline_ = owner_.loop_.after(base::Milliseconds(0), [this] { deliver(); });
    }

    void deliver() {
        const Done done = std::move(done_);
        Outcome outcome = std::move(*outcome_);
        owner_.fetches_.erase(std::uint64_t{id_});  // destroys this; the key is a copy
        done(std::move(outcome));
    }

    CurlFetcher& owner_;
    const std::uint64_t id_;
    const std::string host_;
    const std::string path_;
    const std::size_t body_limit_;
    const std::string proxy_;  // as it was at the start: reload is for later fetches
    const std::vector<dns::Address> order_;
    Done done_;

    std::size_t next_ = 0;  // of order_, through a proxy
    base::Pending waiting_;
    FetchQueue::Slot slot_;  // given back after the connection is closed
    std::optional<ConnectRace> race_;
    std::optional<CurlTransfer> transfer_;
    std::optional<Outcome> outcome_;
    base::Pending deadline_;  // then the delivery
};

namespace {

ConnectSettings connect_settings(const CurlFetcher::Options& options) {
    return {options.connect_timeout, options.port, options.source_addresses};
}

FetchQueue::Limits limits(const CurlFetcher::Options& options) {
    return {options.max_concurrent, options.max_per_address};
}

}  // namespace

CurlFetcher::CurlFetcher(EventLoop& loop, const base::Clock& clock, Options options,
                         OnCaTrouble on_ca_trouble)
    : loop_(loop),
      clock_(clock),
      options_(std::move(options)),
      connect_(connect_settings(options_)),
      on_ca_trouble_(std::move(on_ca_trouble)),
      queue_(loop, limits(options_)),
      multi_(loop) {}

CurlFetcher::~CurlFetcher() = default;

void CurlFetcher::read_certificates() {
    trust_ = TrustStore(TrustStore::find_file(options_.ca_file));
}

base::Pending CurlFetcher::get(const https::Request& request, base::Deadline deadline, Done done) {
    if (trust_.empty()) read_certificates();
    const std::uint64_t id = ++last_id_;
    fetches_.emplace(id, std::make_unique<Fetch>(*this, id, request, deadline, std::move(done)));
    return base::Pending(this, cancel, id);
}

void CurlFetcher::cancel(void* self, std::uint64_t id) noexcept {
    auto* fetcher = static_cast<CurlFetcher*>(self);
    const auto found = fetcher->fetches_.find(id);
    if (found == fetcher->fetches_.end()) return;
    const auto fetch = std::move(found->second);  // what its callback owns may end up here again
    fetcher->fetches_.erase(found);
}

std::optional<std::string> CurlFetcher::check(const Options& options) {
    return TrustStore::check(TrustStore::find_file(options.ca_file));
}

std::optional<std::string> CurlFetcher::reload(const Options& options) {
    if (auto problem = trust_.reload(TrustStore::find_file(options.ca_file))) return problem;
    options_ = options;
    connect_ = connect_settings(options_);
    queue_.set_limits(limits(options_));
    return std::nullopt;
}

X509StorePtr CurlFetcher::fresh_trust() {
    if (const auto problem = trust_.refresh(clock_.mono()); problem && on_ca_trouble_)
        on_ca_trouble_(*problem);
    return trust_.share();
}

}  // namespace app
