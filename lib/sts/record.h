// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/dns/records.h"

namespace sts {

/// The `_mta-sts` TXT record of a domain (RFC 8461 3.1 and its errata).
struct Record {
    std::string id;  ///< 1 to 32 letters and digits
};

/// Why there is no live policy although the DNS answered.
enum class RecordError : std::uint8_t {
    kNone,     ///< no TXT record begins with "v=STSv1" and ';'
    kSeveral,  ///< more than one does
    kSyntax,   ///< one does, but is outside the grammar
    kNoId,     ///< it has no id
    kBadId,    ///< its id is empty, too long or has other characters
};

/// For people: "no record", "more than one record" ...
std::string_view to_string(RecordError error);

/// True if a TXT record is to be taken for an STSv1 record, good or bad: it begins with "v=STSv1", optional
/// white space and ';' (RFC 8461 3.1). All others at the name are strangers and do not count.
bool claims_stsv1(std::string_view text);

/// Parses one record that claims to be STSv1; the whole text must fit the grammar.
base::Result<Record, RecordError> parse_record(std::string_view text);

/// Picks the record among all TXT records at `_mta-sts.<domain>`.
base::Result<Record, RecordError> select_record(const std::vector<dns::Txt>& records);

}  // namespace sts
