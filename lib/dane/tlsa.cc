// SPDX-License-Identifier: MIT
#include "lib/dane/tlsa.h"

#include <cstddef>
#include <optional>

#include "lib/base/scanner.h"

namespace dane {
namespace {

// RFC 6698 2.1 with the names of RFC 7218.
constexpr std::uint8_t kDaneTa = 2, kDaneEe = 3;
constexpr std::uint8_t kCert = 0, kSpki = 1;
constexpr std::uint8_t kFull = 0, kSha256 = 1, kSha512 = 2;
constexpr std::size_t kSha256Bytes = 32, kSha512Bytes = 64;

constexpr char kSequence = 0x30, kBitString = 0x03;
// No record is longer than 65535 bytes.
constexpr std::size_t kMaxLengthBytes = 2;
constexpr unsigned kMaxUnusedBits = 7;

/// Takes one octet as a number.
std::optional<std::size_t> take_octet(base::Scanner& der) {
    const auto octet = der.next();
    if (!octet) return std::nullopt;
    return static_cast<unsigned char>(*octet);
}

/// Takes a length in the one form that DER allows: definite, and as short as can be (X.690 8.1.3, 10.1).
std::optional<std::size_t> take_length(base::Scanner& der) {
    const auto first = take_octet(der);
    if (!first || *first < 0x80) return first;
    const std::size_t count = *first - 0x80;
    if (count == 0 || count > kMaxLengthBytes) return std::nullopt;
    std::size_t length = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto octet = take_octet(der);
        if (!octet) return std::nullopt;
        length = length << 8 | *octet;
    }
    const std::size_t shortest = count == 1 ? 0x80 : 0x100;
    if (length < shortest) return std::nullopt;
    return length;
}

/// Takes an element with this tag that is there as a whole; its contents.
std::optional<std::string_view> take_element(base::Scanner& der, char tag) {
    if (!der.literal(tag)) return std::nullopt;
    const auto length = take_length(der);
    if (!length || der.rest().size() < *length) return std::nullopt;
    return der.take_while([](char) { return true; }, *length);
}

bool take_sequence(base::Scanner& der) {
    return take_element(der, kSequence).has_value();
}

/// X.690 8.6.2: the first octet of the contents is the number of unused bits in the last.
bool take_bit_string(base::Scanner& der) {
    const auto contents = take_element(der, kBitString);
    return contents && !contents->empty() && static_cast<unsigned char>(contents->front()) <= kMaxUnusedBits;
}

/// RFC 5280 4.1: Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm SEQUENCE,
/// signatureValue BIT STRING }; SubjectPublicKeyInfo ::= SEQUENCE { algorithm SEQUENCE, subjectPublicKey BIT
/// STRING }. Nothing behind it, nothing missing.
bool is_whole(std::string_view data, std::uint8_t selector) {
    base::Scanner der(data);
    const auto contents = take_element(der, kSequence);
    if (!contents || !der.at_end()) return false;
    base::Scanner parts(*contents);
    if (selector == kCert && !take_sequence(parts)) return false;
    return take_sequence(parts) && take_bit_string(parts) && parts.at_end();
}

}  // namespace

Usability usability(const dns::Tlsa& record) {
    // RFC 7672 3.1.3: for SMTP nobody may publish PKIX-TA(0) and PKIX-EE(1), and a client may take them for
    // unusable. RFC 6698 4.1: a value that the client does not know makes the record unusable.
    if (record.usage != kDaneTa && record.usage != kDaneEe) return Usability::kUsage;
    if (record.selector != kCert && record.selector != kSpki) return Usability::kSelector;
    switch (record.matching) {
        case kFull:
            return is_whole(record.data, record.selector) ? Usability::kUsable : Usability::kData;
        case kSha256:
            return record.data.size() == kSha256Bytes ? Usability::kUsable : Usability::kLength;
        case kSha512:
            return record.data.size() == kSha512Bytes ? Usability::kUsable : Usability::kLength;
        default:
            return Usability::kMatching;
    }
}

std::string_view to_string(Usability usability) {
    switch (usability) {
        case Usability::kUsable:
            return "usable";
        case Usability::kUsage:
            return "certificate usage";
        case Usability::kSelector:
            return "selector";
        case Usability::kMatching:
            return "matching type";
        case Usability::kLength:
            return "length";
        case Usability::kData:
            return "data";
    }
    return "unknown";
}

}  // namespace dane
