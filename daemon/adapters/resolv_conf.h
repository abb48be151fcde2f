// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dns/address.h"

namespace app {

/// A DNS server to ask, by UDP and TCP.
struct DnsServer {
    dns::Address address;
    std::uint16_t port = 53;

    bool is_loopback() const;
    /// "127.0.0.1:53", "[::1]:53".
    std::string text() const;
    friend bool operator==(const DnsServer&, const DnsServer&) = default;
};

/// "192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:5353"; nothing for anything
/// else (host names, scopes, port 0).
std::optional<DnsServer> parse_dns_server(std::string_view text);

/// What we take from resolv.conf(5).
struct ResolvConf {
    /// In the order of the file, as libc at most three; 127.0.0.1 where there is none.
    std::vector<DnsServer> servers;
    /// `options trust-ad`: the operator vouches for these servers and the way to them.
    bool trust_ad = false;

    friend bool operator==(const ResolvConf&, const ResolvConf&) = default;
};

/// Never fails: lines it does not know, and servers with a scope (fe80::1%eth0), are left out.
ResolvConf parse_resolv_conf(std::string_view text);

/// Follows the file: reads it again when it has been replaced or written.
class ResolvConfFile {
  public:
    explicit ResolvConfFile(std::string path) : path_(std::move(path)) {}

    /// True if the contents are other than at the last call; always true the first time. A missing file
    /// counts as an empty one; one that cannot be read changes nothing. One stat(2) where the file is as it
    /// was.
    bool refresh();
    const ResolvConf& contents() const { return contents_; }

  private:
    struct Stamp {
        std::int64_t modified_s = -1, modified_ns = -1, size = -1;
        std::uint64_t inode = 0, device = 0;
        friend bool operator==(const Stamp&, const Stamp&) = default;
    };
    std::optional<std::string> read() const;

    std::string path_;
    std::optional<Stamp> stamp_;
    bool known_ = false;
    ResolvConf contents_;
};

}  // namespace app
