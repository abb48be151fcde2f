// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string_view>

#include "lib/dns/records.h"

namespace dane {

/// Why an SMTP client cannot use a TLSA record (RFC 7672 3.1). Only a record that is kUsable obliges it to
/// authenticate the server.
enum class Usability : std::uint8_t {
    kUsable,
    kUsage,     ///< neither DANE-TA(2) nor DANE-EE(3)
    kSelector,  ///< neither Cert(0) nor SPKI(1)
    kMatching,  ///< neither Full(0), SHA2-256(1) nor SHA2-512(2)
    kLength,    ///< a digest that is not as long as its kind
    kData,      ///< Full(0), but not whole DER of a certificate, or for SPKI(1) of a SubjectPublicKeyInfo
};

/// Judges one record, by shape only: no certificate is parsed, no signature looked at.
Usability usability(const dns::Tlsa& record);

/// "usable", "certificate usage", "selector", "matching type", "length", "data".
std::string_view to_string(Usability usability);

}  // namespace dane
