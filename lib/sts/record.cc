// SPDX-License-Identifier: MIT
#include "lib/sts/record.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "lib/base/ascii.h"
#include "lib/base/scanner.h"
#include "lib/sts/field_name.h"

namespace sts {
namespace {

// RFC 8461 3.1: sts-version, case-sensitive.
constexpr std::string_view kVersion = "v=STSv1";
constexpr std::size_t kMaxId = 32;

// RFC 8461 3.1: sts-ext-value, printable but "=", ";" and space.
bool is_value_char(char c) {
    return c > ' ' && c <= '~' && c != '=' && c != ';';
}

// RFC 8461 3.1: sts-id, 1*32(ALPHA / DIGIT).
bool is_id(std::string_view value) {
    return !value.empty() && value.size() <= kMaxId &&
           std::all_of(value.begin(), value.end(), base::is_alnum);
}

}  // namespace

std::string_view to_string(RecordError error) {
    switch (error) {
        case RecordError::kNone:
            return "no record";
        case RecordError::kSeveral:
            return "more than one record";
        case RecordError::kSyntax:
            return "record outside the grammar";
        case RecordError::kNoId:
            return "record without id";
        case RecordError::kBadId:
            return "record with a bad id";
    }
    return "no record";
}

bool claims_stsv1(std::string_view text) {
    // RFC 8461 3.1: what does not begin with "v=STSv1;" is discarded. The grammar of the same section allows
    // white space before the ";" (erratum 6285 points at the contradiction): a record that fits it is a
    // record.
    base::Scanner in(text);
    if (!in.literal(kVersion)) return false;
    in.skip_wsp();
    return in.literal(';');
}

base::Result<Record, RecordError> parse_record(std::string_view text) {
    base::Scanner in(text);
    if (!in.literal(kVersion)) return base::Unexpected(RecordError::kNone);
    std::optional<std::string_view> id;
    while (!in.at_end()) {
        // RFC 8461 3.1: sts-field-delim = *WSP ";" *WSP
        in.skip_wsp();
        if (!in.literal(';')) return base::Unexpected(RecordError::kSyntax);
        in.skip_wsp();
        if (in.at_end()) break;  // the final delimiter, which is optional

        const std::string_view name = take_field_name(in);
        if (name.empty() || !in.literal('=')) return base::Unexpected(RecordError::kSyntax);
        const std::string_view value = in.take_while(is_value_char);
        if (name == "id" && !id) {
            if (!is_id(value)) return base::Unexpected(RecordError::kBadId);
            id = value;
        } else if (value.empty()) {
            // RFC 8461 3.2: fields that are unknown or repeated are ignored, but they are fields: name and
            // value.
            return base::Unexpected(RecordError::kSyntax);
        }
    }
    if (!id) return base::Unexpected(RecordError::kNoId);
    return Record{std::string(*id)};
}

base::Result<Record, RecordError> select_record(const std::vector<dns::Txt>& records) {
    // RFC 8461 3.1: if the number of resulting records is not one, the domain has no live policy.
    const dns::Txt* found = nullptr;
    for (const dns::Txt& record : records) {
        if (!claims_stsv1(record.text)) continue;
        if (found != nullptr) return base::Unexpected(RecordError::kSeveral);
        found = &record;
    }
    if (found == nullptr) return base::Unexpected(RecordError::kNone);
    return parse_record(found->text);
}

}  // namespace sts
