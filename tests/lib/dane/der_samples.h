// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "lib/base/scanner.h"

namespace dane_test {

/// DER with the shortest definite length.
inline std::string element(char tag, const std::string& contents) {
    std::string length;
    std::size_t left = contents.size();
    for (; left > 0; left >>= 8)
        length.insert(length.begin(), static_cast<char>(left & 0xff));
    if (contents.size() < 0x80) {
        length.assign(1, static_cast<char>(contents.size()));
    } else {
        length.insert(length.begin(), static_cast<char>(0x80 | length.size()));
    }
    return tag + length + contents;
}
inline std::string sequence(const std::string& contents) {
    return element('\x30', contents);
}
/// A BIT STRING of whole octets.
inline std::string bit_string(const std::string& octets) {
    return element('\x03', std::string(1, '\0') + octets);
}

inline std::string from_hex(std::string_view hex) {
    const auto value = [](char c) { return base::is_digit(c) ? c - '0' : c - 'a' + 10; };
    std::string out;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        out.push_back(static_cast<char>(value(hex[i]) * 16 + value(hex[i + 1])));
    return out;
}

/// A P-256 key as OpenSSL writes it.
inline std::string spki() {
    return from_hex(
        "3059301306072a8648ce3d020106082a8648ce3d0301070342000431229dbb27b9d27bab6f971342d69bd555e7a41dbd"
        "82c59d277d0a63711d8238923d2ab9a33c7df45ca4f36cb6f456564c2c5ad6f672cf50b8a241e0d557a083");
}
/// Its self-signed certificate.
inline std::string certificate() {
    return from_hex(
        "3082016e30820113a00302010202144c27c34195ed5a9d03815d96dd510ff5a367bc90300a06082a8648ce3d04030230"
        "0c310a300806035504030c0161301e170d3236313132323035323235355a170d3236313232323035323235355a300c31"
        "0a300806035504030c01613059301306072a8648ce3d020106082a8648ce3d0301070342000431229dbb27b9d27bab6f"
        "971342d69bd555e7a41dbd82c59d277d0a63711d8238923d2ab9a33c7df45ca4f36cb6f456564c2c5ad6f672cf50b8a2"
        "41e0d557a083a3533051301d0603551d0e0416041404a361c88df8c3ea46d5b1b15643166f74bf9b17301f0603551d23"
        "04183016801404a361c88df8c3ea46d5b1b15643166f74bf9b17300f0603551d130101ff040530030101ff300a06082a"
        "8648ce3d0403020349003046022100d650232418356ffa8f0aa48e172127eb4cb403d352e8389771395d0e3cbc8b7002"
        "21008061644138c7d4bd7e9903232209b6974dc63834e11a82f3f778aad3dc2c72bd");
}

}  // namespace dane_test
