// SPDX-License-Identifier: MIT
// IANA's special-purpose address registries (RFC 6890, RFC 8190), as of 2025-10-09, in the order in which
// they decide.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "lib/dns/address.h"

namespace dns {
namespace {

/// What is said of a block's addresses.
enum class Reach : std::uint8_t {
    kGlobal,
    kNotGlobal,
    kAsNat64,   ///< as the IPv4 address in the last four bytes (RFC 6052 2.2)
    kAs6to4,    ///< as the IPv4 address after the first two bytes (RFC 3056 2)
    kAsTeredo,  ///< as the server and the client, whose bits are inverted (RFC 4380 4)
};

struct Row {
    std::string_view block;
    Reach reach;
};

// The first row that fits decides: exceptions stand before the block they are in. The registries' "N/A"
// counts as the address that is embedded, where there is one, else as not reachable.
constexpr Row kRows[] = {
    // IPv4
    {"0.0.0.0/8", Reach::kNotGlobal},        // this network, RFC 791 3.2
    {"10.0.0.0/8", Reach::kNotGlobal},       // private use, RFC 1918
    {"100.64.0.0/10", Reach::kNotGlobal},    // shared, RFC 6598
    {"127.0.0.0/8", Reach::kNotGlobal},      // loopback, RFC 1122 3.2.1.3
    {"169.254.0.0/16", Reach::kNotGlobal},   // link-local, RFC 3927
    {"172.16.0.0/12", Reach::kNotGlobal},    // private use, RFC 1918
    {"192.0.0.9/32", Reach::kGlobal},        // port control anycast, RFC 7723
    {"192.0.0.10/32", Reach::kGlobal},       // TURN anycast, RFC 8155
    {"192.0.0.0/24", Reach::kNotGlobal},     // IETF protocol assignments, RFC 6890 2.1
    {"192.0.2.0/24", Reach::kNotGlobal},     // documentation, RFC 5737
    {"192.88.99.0/24", Reach::kNotGlobal},   // 6to4 relay anycast, deprecated: RFC 7526
    {"192.168.0.0/16", Reach::kNotGlobal},   // private use, RFC 1918
    {"198.18.0.0/15", Reach::kNotGlobal},    // benchmarking, RFC 2544
    {"198.51.100.0/24", Reach::kNotGlobal},  // documentation, RFC 5737
    {"203.0.113.0/24", Reach::kNotGlobal},   // documentation, RFC 5737
    {"224.0.0.0/4", Reach::kNotGlobal},      // multicast, RFC 5771
    {"240.0.0.0/4", Reach::kNotGlobal},      // reserved and broadcast, RFC 1112 4
    {"0.0.0.0/0", Reach::kGlobal},
    // IPv6
    {"64:ff9b::/96", Reach::kAsNat64},     // RFC 6052
    {"2001::/32", Reach::kAsTeredo},       // RFC 4380
    {"2001:1::1/128", Reach::kGlobal},     // port control anycast, RFC 7723
    {"2001:1::2/128", Reach::kGlobal},     // TURN anycast, RFC 8155
    {"2001:1::3/128", Reach::kGlobal},     // SRP anycast, RFC 9665
    {"2001:3::/32", Reach::kGlobal},       // AMT, RFC 7450
    {"2001:4:112::/48", Reach::kGlobal},   // AS112, RFC 7535
    {"2001:20::/28", Reach::kGlobal},      // ORCHIDv2, RFC 7343
    {"2001:30::/28", Reach::kGlobal},      // drone remote ids, RFC 9374
    {"2001::/23", Reach::kNotGlobal},      // IETF protocol assignments, RFC 2928
    {"2001:db8::/32", Reach::kNotGlobal},  // documentation, RFC 3849
    {"2002::/16", Reach::kAs6to4},         // RFC 3056
    {"3fff::/20", Reach::kNotGlobal},      // documentation, RFC 9637
    {"2000::/3", Reach::kGlobal},          // all global unicast that IANA has given out
    // RFC 4291 2.4 and 2.5: loopback, unspecified, v4-mapped, v4-compatible, local NAT64, discard, SRv6 SIDs,
    // unique local,
    // link-local, site-local, multicast, and what is not assigned.
    {"::/0", Reach::kNotGlobal},
};

struct Block {
    Network network;
    Reach reach;
};

std::vector<Block> parse_rows() {
    std::vector<Block> blocks;
    for (const Row& row : kRows) {
        const auto network = Network::parse(row.block);
        blocks.push_back(Block{*network, row.reach});
    }
    return blocks;
}

/// The IPv4 address that `from` holds at byte `at`, its bits flipped where `mask` says.
Address embedded(const Address& from, std::size_t at, std::uint8_t mask) {
    std::array<std::uint8_t, 4> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(from.bytes()[at + i] ^ mask);
    return Address::v4(bytes);
}

}  // namespace

bool is_globally_reachable(const Address& address) {
    static const std::vector<Block> blocks = parse_rows();
    const auto found = std::find_if(blocks.begin(), blocks.end(),
                                    [&](const Block& block) { return block.network.contains(address); });
    switch (found->reach) {  // the last rows of the families hold every address
        case Reach::kGlobal:
            return true;
        case Reach::kNotGlobal:
            return false;
        case Reach::kAsNat64:
            return is_globally_reachable(embedded(address, 12, 0));
        case Reach::kAs6to4:
            return is_globally_reachable(embedded(address, 2, 0));
        case Reach::kAsTeredo:
            return is_globally_reachable(embedded(address, 4, 0)) &&
                   is_globally_reachable(embedded(address, 12, 0xFF));
    }
    return false;
}

}  // namespace dns
