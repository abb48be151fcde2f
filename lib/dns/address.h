// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dns {

enum class Family : std::uint8_t { kV4, kV6 };

/// An IPv4 or IPv6 address as a value. No port, no scope.
class Address {
  public:
    /// Four or sixteen bytes in network order.
    static Address v4(const std::array<std::uint8_t, 4>& bytes);
    static Address v6(const std::array<std::uint8_t, 16>& bytes);
    /// The strict textual forms of inet_pton; nothing for anything else ("127.1", scopes, brackets).
    static std::optional<Address> parse(std::string_view text);

    Family family() const { return family_; }
    /// 4 or 16 bytes are meaningful.
    const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
    /// Canonical text: "192.0.2.1", "2001:db8::1".
    std::string text() const;

    friend bool operator==(const Address&, const Address&) = default;
    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 minds the 0 that the compiler writes for a < b.
    friend std::strong_ordering operator<=>(const Address&, const Address&) = default;

  private:
    Address(Family f, const std::array<std::uint8_t, 16>& b) : family_(f), bytes_(b) {}
    Family family_;
    std::array<std::uint8_t, 16> bytes_;  // the unused tail is zero
};

/// A block of addresses: "203.0.113.0/24", "2001:db8::/32", or a bare address.
class Network {
  public:
    /// Nothing for bad syntax, a prefix that is too long, or host bits set.
    static std::optional<Network> parse(std::string_view text);
    bool contains(const Address& address) const;
    std::string text() const;

  private:
    Network(const Address& base, unsigned prefix) : base_(base), prefix_(prefix) {}
    Address base_;
    unsigned prefix_;
};

/// True if IANA's special-purpose address registries (RFC 6890) call the address globally reachable unicast.
/// False for loopback, private, shared 100.64/10, link-local, benchmarking, documentation, multicast,
/// reserved, unspecified, fc00::/7, and for v4-mapped, NAT64, 6to4 and Teredo forms, whatever they embed that
/// is not global itself.
bool is_globally_reachable(const Address& address);

}  // namespace dns
