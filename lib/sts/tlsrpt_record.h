// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/dns/records.h"

namespace sts {

/// The `_smtp._tls` TXT record of a domain (RFC 8460 3): where senders report to how TLS went. The daemon
/// sends no reports; mta-stsctl looks whether a domain asks for them rightly.
struct TlsrptRecord {
    std::vector<std::string> rua;  ///< "mailto:..." or "https:...", at least one
};

/// Why no report is sent although the DNS answered.
enum class TlsrptError : std::uint8_t {
    kNone,     ///< no TXT record begins with "v=TLSRPTv1" and ';'
    kSeveral,  ///< more than one does
    kSyntax,   ///< one does, but is outside the grammar
    kNoRua,    ///< it does not say where to report to
    kBadUri,   ///< it does, but to no mailto: or https: URI
};

/// For people: "no record", "more than one record" ...
std::string_view to_string(TlsrptError error);

/// Picks the record among all TXT records at `_smtp._tls.<domain>` and parses it.
base::Result<TlsrptRecord, TlsrptError> select_tlsrpt_record(const std::vector<dns::Txt>& records);

}  // namespace sts
