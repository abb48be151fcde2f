// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>

#include "daemon/settings/addresses.h"
#include "daemon/settings/codec.h"
#include "lib/dns/address.h"

namespace app {

// The texts that settings consist of.

Format<ListenAddress> listen_address();
/// HOST:PORT, [IPv6]:PORT or unix:/path, or empty.
Format<std::optional<ListenAddress>> http_address_or_none();
Format<ServerAddress> server_address();
Format<dns::Address> address();
Format<dns::Network> network();
/// An absolute path.
Format<std::string> path();
Format<std::string> path_or_none();
/// An absolute path that fits a unix socket's address.
Format<std::string> socket_path();
/// A user's or group's name or number, or empty.
Format<std::string> account();
/// A domain name in canonical form, or empty.
Format<std::string> domain_or_none();
Format<std::string> proxy_or_none();

}  // namespace app
