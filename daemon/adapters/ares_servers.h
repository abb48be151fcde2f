// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/adapters/ares_channel.h"
#include "daemon/adapters/event_loop.h"
#include "daemon/adapters/resolv_conf.h"
#include "daemon/choices.h"
#include "lib/base/clock.h"

namespace app {

/// The DNS servers to ask, one channel each, in order of preference. Where none are configured they are
/// resolv.conf's, which is looked at again once a second at most. A channel that is out of use lives on until
/// its questions are answered. Loop thread only; must not be destroyed from within a channel's callbacks.
class AresServers {
  public:
    struct Options {
        std::vector<DnsServer> servers;     ///< empty: from resolv.conf
        base::Milliseconds patience{6000};  ///< how long the reply to one question counts
        TrustAd trust_ad = TrustAd::kAuto;
        std::optional<dns::Address> source_v4, source_v6;
        std::string resolv_conf = "/etc/resolv.conf";
    };

    /// Throws std::runtime_error where no channel can be opened.
    AresServers(EventLoop& loop, const base::Clock& clock, Options options, AresChannel::Arrived arrived,
                AresChannel::Settled settled);
    AresServers(const AresServers&) = delete;
    AresServers& operator=(const AresServers&) = delete;

    /// Looks at resolv.conf if it is time to. True where the servers are others now.
    bool refresh();
    /// From now on with these options; what is under way ends as it began. Throws as the constructor, then
    /// unchanged.
    void reconfigure(Options options);

    /// Changes whenever the servers do: indexes from before mean nothing then.
    std::uint64_t generation() const { return generation_; }
    /// At least 1.
    std::size_t size() const { return channels_.size(); }
    AresChannel& channel(std::size_t index) { return *channels_[index]; }

    /// Where to ask first: the first server, or the one preferred in the last 30 s.
    std::size_t first() const;
    /// This one answered when the one before it did not.
    void prefer(std::size_t index);

    /// "127.0.0.1:53 trusted", "192.0.2.53:53": for people.
    std::vector<std::string> texts() const;

  private:
    using Channels = std::vector<std::unique_ptr<AresChannel>>;

    Channels open_channels(const Options& options) const;
    void replace(Channels fresh);
    void drop_retired();

    EventLoop& loop_;
    const base::Clock& clock_;
    Options options_;
    const AresChannel::Arrived arrived_;
    const AresChannel::Settled settled_;
    ResolvConfFile resolv_conf_;
    base::MonoTime next_look_{};
    Channels channels_;
    std::uint64_t generation_ = 0;
    std::size_t preferred_ = 0;
    base::MonoTime preferred_until_{};
    Channels retired_;
    base::Pending retired_timer_;
};

}  // namespace app
