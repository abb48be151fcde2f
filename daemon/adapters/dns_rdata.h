// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "lib/dns/address.h"
#include "lib/dns/records.h"

namespace app {

// Records from their rdata, as DnsReply::rdata has it: names are not compressed. Hostile bytes welcome;
// nothing where the rdata is not exactly one record of its type.

/// The character-strings of a TXT record, joined; there is at least one.
std::optional<dns::Txt> txt_from_rdata(std::string_view rdata);
/// The address in an A (4 bytes) or AAAA (16 bytes) record.
std::optional<dns::Address> address_from_rdata(std::string_view rdata, dns::Family family);
std::optional<dns::Mx> mx_from_rdata(std::string_view rdata);
/// Any three numbers and any data, none too.
std::optional<dns::Tlsa> tlsa_from_rdata(std::string_view rdata);
/// The name that is all of an NS or CNAME record, as dns::Mx::host.
std::optional<std::string> name_from_rdata(std::string_view rdata);

}  // namespace app
