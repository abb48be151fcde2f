// SPDX-License-Identifier: MIT
#include "daemon/adapters/ares_servers.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace app {

namespace {

constexpr base::Milliseconds kLookInterval{1000};
constexpr base::Milliseconds kPreferenceLasts{30'000};
constexpr base::Milliseconds kRetiredInterval{1000};

}  // namespace

AresServers::AresServers(EventLoop& loop, const base::Clock& clock, Options options,
                         AresChannel::Arrived arrived, AresChannel::Settled settled)
    : loop_(loop),
      clock_(clock),
      options_(std::move(options)),
      arrived_(std::move(arrived)),
      settled_(std::move(settled)),
      resolv_conf_(options_.resolv_conf) {
    resolv_conf_.refresh();
    next_look_ = clock_.mono() + kLookInterval;
    channels_ = open_channels(options_);
}

bool AresServers::refresh() {
    if (!options_.servers.empty()) return false;
    const auto now = clock_.mono();
    if (now < next_look_) return false;
    next_look_ = now + kLookInterval;
    if (!resolv_conf_.refresh()) return false;
    try {
        replace(open_channels(options_));
    } catch (const std::runtime_error&) {
        // No memory or no usable server: the old ones are better than none.
        return false;
    }
    return true;
}

void AresServers::reconfigure(Options options) {
    ResolvConfFile before = std::exchange(resolv_conf_, ResolvConfFile(options.resolv_conf));
    resolv_conf_.refresh();
    try {
        replace(open_channels(options));
    } catch (...) {
        resolv_conf_ = std::move(before);
        throw;
    }
    options_ = std::move(options);
}

AresServers::Channels AresServers::open_channels(const Options& options) const {
    const bool configured = !options.servers.empty();
    const ResolvConf& file = resolv_conf_.contents();
    Channels channels;
    for (const DnsServer& server : configured ? options.servers : file.servers) {
        AresChannel::Options wanted{server, false, options.patience, options.source_v4, options.source_v6};
        wanted.trusted =
            options.trust_ad == TrustAd::kYes ||
            (options.trust_ad == TrustAd::kAuto && (server.is_loopback() || (!configured && file.trust_ad)));
        channels.push_back(std::make_unique<AresChannel>(loop_, wanted, arrived_, settled_));
    }
    return channels;
}

void AresServers::replace(Channels fresh) {
    std::move(channels_.begin(), channels_.end(), std::back_inserter(retired_));
    channels_ = std::move(fresh);
    ++generation_;
    preferred_ = 0;
    if (!retired_timer_) retired_timer_ = loop_.after(kRetiredInterval, [this] { drop_retired(); });
}

// From a timer: a channel must not go while it is calling back.
void AresServers::drop_retired() {
    retired_timer_.reset();
    std::erase_if(retired_, [](const auto& channel) { return channel->idle(); });
    if (!retired_.empty()) retired_timer_ = loop_.after(kRetiredInterval, [this] { drop_retired(); });
}

std::size_t AresServers::first() const {
    return preferred_ != 0 && clock_.mono() < preferred_until_ ? preferred_ : 0;
}

void AresServers::prefer(std::size_t index) {
    preferred_ = index;
    preferred_until_ = clock_.mono() + kPreferenceLasts;
}

std::vector<std::string> AresServers::texts() const {
    std::vector<std::string> out;
    for (const auto& channel : channels_)
        out.push_back(channel->options().server.text() + (channel->options().trusted ? " trusted" : ""));
    return out;
}

}  // namespace app
