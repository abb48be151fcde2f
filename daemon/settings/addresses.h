// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/dns/address.h"

namespace app {

/// Where the socketmap server listens: `inet:HOST:PORT`, `inet:[v6]:PORT` or `unix:/path`, as in Postfix.
struct ListenAddress {
    enum class Kind : std::uint8_t { kInet, kUnix };
    /// Longest path of a unix socket, in bytes.
    static constexpr std::size_t kMaxPath = 107;

    Kind kind = Kind::kInet;
    std::string host;        ///< kInet: a numeric address in canonical form, without brackets
    std::uint16_t port = 0;  ///< kInet: not 0
    std::string path;        ///< kUnix: absolute

    /// HOST is a numeric address or `localhost`, which stands for 127.0.0.1. Nothing for anything else.
    static std::optional<ListenAddress> parse(std::string_view text);
    /// In the form it is parsed from: "inet:[::1]:8461".
    std::string text() const;

    friend bool operator==(const ListenAddress&, const ListenAddress&) = default;
};

/// A DNS server: `ADDRESS`, `ADDRESS:PORT`, `[v6]:PORT`.
struct ServerAddress {
    static constexpr std::uint16_t kDnsPort = 53;

    dns::Address address;
    std::uint16_t port = kDnsPort;

    static std::optional<ServerAddress> parse(std::string_view text);
    /// "192.0.2.1", "192.0.2.1:5353", "[2001:db8::1]:5353": the port only where it is not 53.
    std::string text() const;

    friend bool operator==(const ServerAddress&, const ServerAddress&) = default;
};

}  // namespace app
