// SPDX-License-Identifier: MIT
#include "ctl/check/tlsa_match.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "lib/dane/tlsa.h"

namespace ctl {
namespace {

constexpr std::uint8_t kDaneEe = 3, kCert = 0, kSha256 = 1, kSha512 = 2;

std::string digest(std::uint8_t kind, const std::string& data) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(data.data());
    std::array<unsigned char, SHA512_DIGEST_LENGTH> out{};
    if (kind == kSha256) {
        SHA256(bytes, data.size(), out.data());
        return {out.begin(), out.begin() + SHA256_DIGEST_LENGTH};
    }
    if (kind == kSha512) {
        SHA512(bytes, data.size(), out.data());
        return {out.begin(), out.end()};
    }
    return data;
}

bool fits(const dns::Tlsa& record, const TlsFacts::Certificate& certificate) {
    const std::string& part = record.selector == kCert ? certificate.der : certificate.spki;
    return digest(record.matching, part) == record.data;
}

}  // namespace

bool some_tlsa_fits(const std::vector<dns::Tlsa>& records, const std::vector<TlsFacts::Certificate>& chain) {
    return std::any_of(records.begin(), records.end(), [&](const dns::Tlsa& record) {
        if (chain.empty() || dane::usability(record) != dane::Usability::kUsable) return false;
        if (record.usage == kDaneEe) return fits(record, chain.front());
        return std::any_of(chain.begin(), chain.end(), [&](const auto& one) { return fits(record, one); });
    });
}

std::string fitting_tlsa(const TlsFacts::Certificate& certificate) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string out = "3 1 1 ";
    for (const char c : digest(kSha256, certificate.spki)) {
        const auto byte = static_cast<unsigned char>(c);
        out += kHex[byte >> 4];
        out += kHex[byte & 15];
    }
    return out;
}

}  // namespace ctl
