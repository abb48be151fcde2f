// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/dns/records.h"

namespace dane {

/// What DNSSEC says of a next hop's MX hosts, all together (RFC 7672 2.2): the rows of the decision table.
enum class State : std::uint8_t {
    kAll,         ///< MX RRset secure, every reachable host has usable TLSA records
    kSome,        ///< MX RRset secure, some hosts have usable TLSA records
    kUnusable,    ///< MX RRset secure, there are TLSA records but none is usable
    kInsecureMx,  ///< MX RRset insecure, hosts with TLSA records
    kNone,        ///< no TLSA records, or insecure ones; or no host with an address; or a null MX
    kUnknown,     ///< a host's lookup failed, and there may be TLSA records that bind us
    kMxFailed,    ///< the MX lookup itself failed
    kIrrelevant,  ///< a host's lookup failed, but nothing there could bind us
};
/// "all", "some", "unusable", "insecure-mx", "none", "unknown", "mx-failed", "irrelevant".
std::string_view to_string(State state);

/// What was found at one MX host.
struct Host {
    enum class Status : std::uint8_t {
        kUsable,     ///< at least one usable TLSA record at `base_domain`
        kUnusable,   ///< TLSA records, none usable
        kNoTlsa,     ///< denied, or insecure and so as good as denied
        kInsecure,   ///< its addresses are insecure: TLSA records were not asked for
        kNoAddress,  ///< denied, or no name of a host that a sender could contact
        kFailed,     ///< a lookup failed: `error`
    };
    std::string name;  ///< canonical; where the MX record has no host name, as in the record
    std::uint16_t preference = 0;
    Status status = Status::kFailed;
    bool may_bind = false;    ///< kFailed: its addresses are not known to be insecure
    std::string base_domain;  ///< the TLSA base domain, where TLSA records were found
    dns::LookupError error;   ///< for kFailed
};
/// "usable", "unusable", "no-tlsa", "insecure", "no-address", "failed".
std::string_view to_string(Host::Status status);

/// The outcome of one survey.
struct Findings {
    State state = State::kMxFailed;
    bool mx_secure = false;
    /// Smallest TTL among all the answers it rests on, denials included; zero where there was none.
    base::Seconds ttl{0};
    std::vector<Host> hosts;                ///< in order of preference
    bool left_out = false;                  ///< a host failed and was left out, since another decides
    std::optional<dns::LookupError> error;  ///< for kMxFailed

    /// True where a lookup failed on which the outcome depends.
    bool failed() const { return state >= State::kUnknown; }
};

}  // namespace dane
