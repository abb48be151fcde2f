// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>

namespace app {

// The words among which an operator chooses in the settings and a component acts on. They stand apart from
// both, so that the settings know no component and no component the settings.

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };
enum class LogFormat : std::uint8_t { kText, kJson };
/// kAuto: the journal where stderr is connected to it, else stderr.
enum class LogTarget : std::uint8_t { kAuto, kStderr, kSyslog, kJournal };

/// Whose AD bit is believed. kAuto: loopback servers, and those of a resolv.conf that says `options
/// trust-ad`.
enum class TrustAd : std::uint8_t { kAuto, kYes, kNo };

enum class CacheSync : std::uint8_t {
    kNormal,  ///< a power loss may cost the last commits
    kFull,    ///< each commit waits for the disk
};

}  // namespace app
