// SPDX-License-Identifier: MIT
// An address or network that parses is found again from its text; a network holds its own base; no address
// that only wraps a private IPv4 address counts as reachable.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lib/dns/address.h"

namespace {

void require(bool holds) {
    if (!holds) __builtin_trap();
}

void check_address(const dns::Address& address) {
    const auto again = dns::Address::parse(address.text());
    require(again && *again == address);
    const auto alone = dns::Network::parse(address.text());
    require(alone && alone->contains(address));
    if (address.family() != dns::Family::kV4) return;

    // NAT64 is reachable exactly where what it embeds is; v4-mapped never is.
    std::array<std::uint8_t, 16> nat64{0x00, 0x64, 0xff, 0x9b};
    std::array<std::uint8_t, 16> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    std::copy_n(address.bytes().begin(), 4, nat64.begin() + 12);
    std::copy_n(address.bytes().begin(), 4, mapped.begin() + 12);
    require(dns::is_globally_reachable(dns::Address::v6(nat64)) == dns::is_globally_reachable(address));
    require(!dns::is_globally_reachable(dns::Address::v6(mapped)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    if (size >= 16) {
        std::array<std::uint8_t, 16> bytes{};
        std::copy_n(data, bytes.size(), bytes.begin());
        check_address(dns::Address::v6(bytes));
        check_address(dns::Address::v4({bytes[0], bytes[1], bytes[2], bytes[3]}));
        dns::is_globally_reachable(dns::Address::v6(bytes));
    }
    if (const auto address = dns::Address::parse(input)) check_address(*address);
    if (const auto network = dns::Network::parse(input)) {
        const auto again = dns::Network::parse(network->text());
        require(again && again->text() == network->text());
        const auto base = dns::Address::parse(input.substr(0, input.find('/')));
        require(base && network->contains(*base));
    }
    return 0;
}
