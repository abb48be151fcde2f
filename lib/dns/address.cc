// SPDX-License-Identifier: MIT
#include "lib/dns/address.h"

#include <arpa/inet.h>
#include <algorithm>
#include <cstddef>

#include "lib/base/scanner.h"

namespace dns {
namespace {

constexpr unsigned bits_of(Family family) {
    return family == Family::kV4 ? 32 : 128;
}

}  // namespace

Address Address::v4(const std::array<std::uint8_t, 4>& bytes) {
    std::array<std::uint8_t, 16> all{};
    std::copy(bytes.begin(), bytes.end(), all.begin());
    return Address(Family::kV4, all);
}

Address Address::v6(const std::array<std::uint8_t, 16>& bytes) {
    return Address(Family::kV6, bytes);
}

std::optional<Address> Address::parse(std::string_view text) {
    // inet_pton takes a C string: a copy that fits, and nothing behind a NUL.
    std::array<char, INET6_ADDRSTRLEN> copy{};
    if (text.size() >= copy.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
    std::copy(text.begin(), text.end(), copy.begin());

    std::array<std::uint8_t, 16> bytes{};
    if (inet_pton(AF_INET, copy.data(), bytes.data()) == 1) return Address(Family::kV4, bytes);
    bytes = {};
    if (inet_pton(AF_INET6, copy.data(), bytes.data()) == 1) return Address(Family::kV6, bytes);
    return std::nullopt;
}

std::string Address::text() const {
    std::array<char, INET6_ADDRSTRLEN> out{};
    inet_ntop(family_ == Family::kV4 ? AF_INET : AF_INET6, bytes_.data(), out.data(), out.size());
    return out.data();
}

std::optional<Network> Network::parse(std::string_view text) {
    base::Scanner scanner(text);
    const auto base = Address::parse(scanner.take_until('/'));
    if (!base) return std::nullopt;
    const unsigned bits = bits_of(base->family());
    if (scanner.at_end()) return Network(*base, bits);

    scanner.literal('/');
    if (scanner.peek() == '0' && scanner.rest() != "0") return std::nullopt;
    const auto prefix = scanner.take_number<unsigned>(3);
    if (!prefix || !scanner.at_end() || *prefix > bits) return std::nullopt;
    for (unsigned bit = *prefix; bit < bits; ++bit)
        if ((base->bytes()[bit / 8] & (0x80U >> (bit % 8))) != 0) return std::nullopt;
    return Network(*base, *prefix);
}

bool Network::contains(const Address& address) const {
    if (address.family() != base_.family()) return false;
    const std::size_t whole = prefix_ / 8;
    const auto& a = address.bytes();
    const auto& b = base_.bytes();
    if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) return false;
    if (prefix_ % 8 == 0) return true;
    const unsigned mask = 0xFF00U >> (prefix_ % 8);
    return ((a[whole] ^ b[whole]) & mask & 0xFFU) == 0;
}

std::string Network::text() const {
    return base_.text() + "/" + std::to_string(prefix_);
}

}  // namespace dns
