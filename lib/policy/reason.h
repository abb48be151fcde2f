// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/dns/records.h"
#include "lib/sts/failure.h"
#include "lib/sts/record.h"

namespace policy {

/// Why a domain has no usable policy: an enumerator and numbers, made into text only when shown. 8 bytes.
struct Reason {
    enum class Kind : std::uint8_t {
        kNone,         ///< there is a policy
        kNoRecord,     ///< the DNS denies the record
        kBadRecord,    ///< `code` is a sts::RecordError
        kDnsFailed,    ///< `code` is a dns::LookupError::Kind, `detail` its rcode
        kFetchFailed,  ///< `code` is a sts::FetchFailure::Class, `detail` as there
        kOverloaded,   ///< too many lookups under way (limits.lookups)
        kTooLate,      ///< not known within server.answer_within
        kDaneUnknown,  ///< there may be DANE, which a policy must not override, but a lookup for it failed
    };
    Kind kind = Kind::kNone;
    std::uint8_t code = 0;
    std::int32_t detail = 0;

    static Reason of(sts::RecordError error);
    static Reason of(const dns::LookupError& error);
    static Reason of(const sts::FetchFailure& failure);

    /// True where nothing could be found out (RFC 8461 3.3), false where there is known to be no live policy.
    bool nothing_found_out() const { return kind >= Kind::kDnsFailed; }

    /// Stable word for logs, metrics and JSON: "no-record", "bad-record", "dns", "connect", "tls-expired",
    /// "overloaded", "dane-unknown" ...
    std::string_view word() const;
    /// For people, one printable line: "policy fetch failed: http-status: 404".
    std::string text() const;

    friend bool operator==(const Reason&, const Reason&) = default;
};

}  // namespace policy
