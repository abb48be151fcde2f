// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/dns/name.h"
#include "lib/dns/records.h"

namespace dane {

/// The name of a host as a DNS record has it (dns::Mx::host), where a sender could look it up. Wider than
/// dns::Name::parse(): a label may begin with '_'. RFC 952 knows no such host, but hosters hand out MX
/// records with them, and Postfix delivers there. Nothing for other characters, the root, or a name that is
/// too long.
std::optional<dns::Name> host_name(std::string_view text);

/// One MX host, or what stands in its place.
struct MxHost {
    std::uint16_t preference = 0;
    /// Canonical where it is a host name, else as in the record.
    std::string text;
    /// Nothing where it is no name of a host that a sender could contact: no host_name(), an address, a
    /// single label.
    std::optional<dns::Name> name;
};

/// The hosts of an MX RRset: the most preferred first (RFC 5321 5.1), by name where the preference is the
/// same, each host once, at most `limit`. The root is no host, neither alone (the null MX of RFC 7505) nor
/// beside others.
std::vector<MxHost> mx_hosts(const std::vector<dns::Mx>& records, std::size_t limit);

}  // namespace dane
