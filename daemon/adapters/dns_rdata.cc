// SPDX-License-Identifier: MIT
#include "daemon/adapters/dns_rdata.h"

#include <arpa/nameser.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace app {

namespace {

std::uint8_t byte(char c) {
    return static_cast<std::uint8_t>(c);
}

// Labels without compression, the root's last, and nothing behind it.
bool is_one_name(std::string_view rdata) {
    if (rdata.size() > NS_MAXCDNAME) return false;
    for (std::size_t at = 0; at < rdata.size();) {
        const std::size_t length = byte(rdata[at]);
        if (length == 0) return at + 1 == rdata.size();
        if (length > NS_MAXLABEL) return false;
        at += 1 + length;
    }
    return false;
}

}  // namespace

std::optional<dns::Txt> txt_from_rdata(std::string_view rdata) {
    if (rdata.empty()) return std::nullopt;
    dns::Txt txt;
    txt.text.reserve(rdata.size() - 1);
    while (!rdata.empty()) {
        const std::size_t length = static_cast<unsigned char>(rdata.front());
        if (length >= rdata.size()) return std::nullopt;
        txt.text.append(rdata.substr(1, length));
        rdata.remove_prefix(1 + length);
    }
    return txt;
}

std::optional<dns::Address> address_from_rdata(std::string_view rdata, dns::Family family) {
    if (family == dns::Family::kV4) {
        std::array<std::uint8_t, 4> bytes;
        if (rdata.size() != bytes.size()) return std::nullopt;
        std::memcpy(bytes.data(), rdata.data(), bytes.size());
        return dns::Address::v4(bytes);
    }
    std::array<std::uint8_t, 16> bytes;
    if (rdata.size() != bytes.size()) return std::nullopt;
    std::memcpy(bytes.data(), rdata.data(), bytes.size());
    return dns::Address::v6(bytes);
}

std::optional<dns::Mx> mx_from_rdata(std::string_view rdata) {
    if (rdata.size() < 2) return std::nullopt;
    auto host = name_from_rdata(rdata.substr(2));
    if (!host) return std::nullopt;
    const auto preference = static_cast<std::uint16_t>(byte(rdata[0]) << 8 | byte(rdata[1]));
    return dns::Mx{preference, std::move(*host)};
}

std::optional<dns::Tlsa> tlsa_from_rdata(std::string_view rdata) {
    if (rdata.size() < 3) return std::nullopt;
    return dns::Tlsa{byte(rdata[0]), byte(rdata[1]), byte(rdata[2]), std::string(rdata.substr(3))};
}

std::optional<std::string> name_from_rdata(std::string_view rdata) {
    if (!is_one_name(rdata)) return std::nullopt;
    std::array<char, NS_MAXDNAME> text;
    if (ns_name_ntop(reinterpret_cast<const unsigned char*>(rdata.data()), text.data(), text.size()) < 0)
        return std::nullopt;
    std::string name(text.data());
    if (name == ".") name.clear();
    return name;
}

}  // namespace app
