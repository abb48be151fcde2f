// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/dns/name.h"
#include "lib/dns/records.h"

namespace dane {

/// One MX host, or what stands in its place.
struct MxHost {
    std::uint16_t preference = 0;
    /// Canonical where it is a host name, else as in the record.
    std::string text;
    /// Nothing where it is no name of a host that a sender could contact: bad characters, an address, a
    /// single label.
    std::optional<dns::Name> name;
};

/// The hosts of an MX RRset: the most preferred first (RFC 5321 5.1), by name where the preference is the
/// same, each host once, at most `limit`. The root is no host, neither alone (the null MX of RFC 7505) nor
/// beside others.
std::vector<MxHost> mx_hosts(const std::vector<dns::Mx>& records, std::size_t limit);

}  // namespace dane
