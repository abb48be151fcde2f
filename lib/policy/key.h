// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/dns/name.h"

namespace policy {

/// A socketmap key as Postfix sends it, understood: the policy domain, and how the next hop was written.
struct Key {
    dns::Name domain;  ///< the policy domain (RFC 8461 3.4 for smart hosts)
    std::uint16_t port = 25;
    bool bracketed = false;   ///< "[host]": Postfix asks for no MX
    bool smart_host = false;  ///< brackets or a port: the profile's `smart_hosts` decides
};

/// The name by which a next hop's survey is known: `example.com`, `[example.com]` and `example.com:26` share
/// a policy, but not their MX hosts or TLSA records. Mostly the domain's own text; else it is made in
/// `buffer`.
std::string_view survey_name(const Key& key, std::string& buffer);

/// Nothing for a key that has no policy whatever the DNS says, and must not be looked up: a parent probe
/// (".example.com"), IP literal, single label, numeric last label, path, empty or malformed text, over 253
/// bytes, under .invalid, .localhost, .onion.
std::optional<Key> parse_key(std::string_view key);

}  // namespace policy
