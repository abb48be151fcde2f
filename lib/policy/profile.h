// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>

namespace policy {

/// What one socketmap map name stands for: which Postfix asks, and how strict its operator is.
struct Profile {
    /// How DANE beside MTA-STS is looked at (RFC 8461 2: a failing DANE check is never overridden).
    enum class Dane : std::uint8_t {
        kOff,      ///< not at all: for a Postfix that does not do DANE
        kEnforce,  ///< the survey beside discovery; "dane" and "dane-only" where they are due
        kYield,    ///< likewise, but NOTFOUND in their place: for smtp_tls_security_level = dane
    };
    enum class SmartHosts : std::uint8_t { kLookup, kIgnore };
    enum class OnLookupFailure : std::uint8_t { kOpen, kDefer };

    Dane dane = Dane::kOff;
    bool tlsrpt = false;          ///< the TLSRPT attributes of Postfix 3.10 and later
    bool strict_testing = false;  ///< mode testing counts as enforce
    bool sni = true;              ///< servername=hostname (Postfix 3.4 and later)
    SmartHosts smart_hosts = SmartHosts::kLookup;
    OnLookupFailure on_lookup_failure = OnLookupFailure::kOpen;
};

}  // namespace policy
