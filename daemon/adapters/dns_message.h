// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/dns/records.h"

namespace app {

/// What is asked. The name is presentation text without the final dot, special bytes escaped as libresolv
/// does (a dns::Name's text is that already; a CNAME may lead to names that are no dns::Name). Class IN.
struct DnsQuestion {
    std::string name;
    std::uint16_t type = 0;
};

enum class Edns : std::uint8_t { kYes, kNo };

/// Puts a query into `out`, replacing what was there: recursion desired, AD set (tell us whether you
/// validated), DO not set (no signatures wanted), and with `edns` an OPT record for answers of up to
/// kDnsUdpSize bytes. False where the name cannot be put into a question.
[[nodiscard]] bool build_dns_query(std::uint16_t id, const DnsQuestion& question, Edns edns,
                                   std::vector<unsigned char>& out);

/// Fits an Ethernet or IPv6 path without fragments.
inline constexpr std::uint16_t kDnsUdpSize = 1232;
/// CNAMEs followed for one question, over all replies.
inline constexpr int kMaxCnames = 16;

/// What one reply says.
struct DnsReply {
    enum class Kind : std::uint8_t {
        kRecords,        ///< `rdata` has the records, in the order of the reply
        kDenial,         ///< there is no such name or no such record
        kAlias,          ///< the reply ends with a CNAME to `canonical` and says nothing of that name
        kServerFailure,  ///< an rcode that is no answer, or a referral from a server that does not recurse
        kMalformed,      ///< not a reply to this question, unreadable, contradictory, or a CNAME loop
    };
    Kind kind = Kind::kMalformed;
    int rcode = 0;
    /// The AD bit; whether it is worth anything depends on who sent it.
    dns::Authentic authentic = dns::Authentic::kNo;
    /// As in dns::Answer. A TTL with the top bit set counts as 0.
    base::Seconds ttl{0};
    /// CNAMEs followed in this reply.
    int cnames = 0;
    /// The last name of the chain where `cnames` is not 0, without the final dot: whose records or denial
    /// this is, or for kAlias the name to ask for.
    std::string canonical;
    /// As on the wire, but the names in MX, NS and CNAME records are not compressed.
    std::vector<std::string> rdata;
};

/// Reads a reply to `question`. Hostile bytes welcome. Records count only if they belong to the question's
/// name or to the end of the chain of CNAMEs that begins there (for a question of type CNAME nothing is
/// followed).
DnsReply parse_dns_reply(std::span<const unsigned char> packet, const DnsQuestion& question);

}  // namespace app
