// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>

namespace policy {

/// What one socketmap map name stands for: which Postfix asks, and how strict its operator is.
struct Profile {
    enum class SmartHosts : std::uint8_t { kLookup, kIgnore };
    enum class OnLookupFailure : std::uint8_t { kOpen, kDefer };

    bool tlsrpt = false;          ///< the TLSRPT attributes of Postfix 3.10 and later
    bool strict_testing = false;  ///< mode testing counts as enforce
    bool sni = true;              ///< servername=hostname (Postfix 3.4 and later)
    SmartHosts smart_hosts = SmartHosts::kLookup;
    OnLookupFailure on_lookup_failure = OnLookupFailure::kOpen;
};

}  // namespace policy
