// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/dns/address.h"

namespace dns {

/// Whether the resolver that we may trust has validated the answer (AD bit); never a plain bool.
enum class Authentic : std::uint8_t { kNo, kYes };

/// One TXT record: its character-strings joined without a separator (RFC 8461 3.1). Any bytes.
struct Txt {
    std::string text;
};

/// One MX record (RFC 5321 5.1). `host` is presentation text without the final dot, special bytes escaped;
/// empty for the root. It need not be a Name.
struct Mx {
    std::uint16_t preference = 0;
    std::string host;
};

/// One TLSA record (RFC 6698 2.1) as it came. `data`: any bytes, maybe none.
struct Tlsa {
    std::uint8_t usage = 0;
    std::uint8_t selector = 0;
    std::uint8_t matching = 0;
    std::string data;
};

/// The target of a CNAME or NS record, as Mx::host.
struct Cname {
    std::string target;
};
struct Ns {
    std::string target;
};

/// What the DNS says of a name and type, CNAMEs followed. A denial (NXDOMAIN, or no such record) is an Answer
/// without records: it is knowledge, with its own time to live.
template <class Record>
struct Answer {
    std::vector<Record> records;
    Authentic authentic = Authentic::kNo;
    /// Smallest TTL on the way (CNAMEs included); for a denial the SOA's negative TTL (RFC 2308 5), 0 without
    /// SOA.
    base::Seconds ttl{0};
    /// Where CNAMEs led, as Mx::host, for records and denials alike; empty where none was followed.
    std::string canonical{};
};

/// Nothing is known: neither records nor a denial.
struct LookupError {
    enum class Kind : std::uint8_t {
        kTimeout,        ///< no answer before the deadline or the last attempt
        kServerFailure,  ///< SERVFAIL, REFUSED or another rcode that is no answer; `rcode` says which
        kUnreachable,    ///< no server could be reached
        kMalformed,      ///< an answer that cannot be read, or a CNAME loop
        kOverloaded,     ///< not asked: too many questions are under way
    };
    Kind kind = Kind::kServerFailure;
    int rcode = 0;
};

/// "timeout", "SERVFAIL", "rcode 9" ...: for reasons and logs.
std::string describe(const LookupError& error);

}  // namespace dns
