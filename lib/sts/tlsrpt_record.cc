// SPDX-License-Identifier: MIT
#include "lib/sts/tlsrpt_record.h"

#include <utility>

#include "lib/base/scanner.h"
#include "lib/sts/field_name.h"

namespace sts {
namespace {

// RFC 8460 3: tlsrpt-version, case-sensitive.
constexpr std::string_view kVersion = "v=TLSRPTv1";

// RFC 8460 3: records that do not begin with "v=TLSRPTv1;" are discarded. The grammar allows white space
// before the ";", as for the record of RFC 8461.
bool claims_tlsrpt(std::string_view text) {
    base::Scanner in(text);
    if (!in.literal(kVersion)) return false;
    in.skip_wsp();
    return in.literal(';');
}

// RFC 8460 3: tlsrpt-ext-value, printable but "=", ";" and space.
bool is_value_char(char c) {
    return c > ' ' && c <= '~' && c != '=' && c != ';';
}

// RFC 8460 3: ",", "!" and ";" of a URI are percent-encoded.
bool is_uri_char(char c) {
    return c > ' ' && c <= '~' && c != ',' && c != '!' && c != ';';
}

// RFC 8460 3: "mailto" or "https"; RFC 3986 3.1: a scheme in any case.
bool is_target(std::string_view uri) {
    base::Scanner in(uri);
    if (in.literal_nocase("mailto:")) {
        const std::string_view address = in.take_until('?');
        const std::size_t at = address.find('@');
        return at != std::string_view::npos && at > 0 && at + 1 < address.size();
    }
    return in.literal_nocase("https://") && base::is_alnum(in.peek());
}

// RFC 8460 3: tlsrpt-uri *(*WSP "," *WSP tlsrpt-uri)
base::Result<std::vector<std::string>, TlsrptError> take_uris(base::Scanner& in) {
    std::vector<std::string> uris;
    for (;;) {
        const std::string_view uri = in.take_while(is_uri_char);
        if (!is_target(uri)) return base::Unexpected(TlsrptError::kBadUri);
        uris.emplace_back(uri);
        in.skip_wsp();
        if (!in.literal(',')) return uris;
        in.skip_wsp();
    }
}

base::Result<TlsrptRecord, TlsrptError> parse(std::string_view text) {
    base::Scanner in(text);
    in.literal(kVersion);
    TlsrptRecord record;
    while (!in.at_end()) {
        // RFC 8460 3: field-delim = *WSP ";" *WSP
        in.skip_wsp();
        if (!in.literal(';')) return base::Unexpected(TlsrptError::kSyntax);
        in.skip_wsp();
        if (in.at_end()) break;  // the final delimiter, which is optional

        const std::string_view name = take_field_name(in);
        in.skip_wsp();
        if (name.empty() || !in.literal('=')) return base::Unexpected(TlsrptError::kSyntax);
        in.skip_wsp();
        if (name == "rua") {
            auto uris = take_uris(in);
            if (!uris) return base::Unexpected(uris.error());
            if (record.rua.empty()) record.rua = std::move(*uris);
        } else if (in.take_while(is_value_char).empty()) {
            return base::Unexpected(TlsrptError::kSyntax);
        }
    }
    if (record.rua.empty()) return base::Unexpected(TlsrptError::kNoRua);
    return record;
}

}  // namespace

std::string_view to_string(TlsrptError error) {
    switch (error) {
        case TlsrptError::kNone:
            return "no record";
        case TlsrptError::kSeveral:
            return "more than one record";
        case TlsrptError::kSyntax:
            return "record outside the grammar";
        case TlsrptError::kNoRua:
            return "record without rua";
        case TlsrptError::kBadUri:
            return "record whose rua is no mailto: or https: address";
    }
    return "no record";
}

base::Result<TlsrptRecord, TlsrptError> select_tlsrpt_record(const std::vector<dns::Txt>& records) {
    // RFC 8460 3: if the number of resulting records is not one, the domain does not implement TLSRPT.
    const dns::Txt* found = nullptr;
    for (const dns::Txt& record : records) {
        if (!claims_tlsrpt(record.text)) continue;
        if (found != nullptr) return base::Unexpected(TlsrptError::kSeveral);
        found = &record;
    }
    if (found == nullptr) return base::Unexpected(TlsrptError::kNone);
    return parse(found->text);
}

}  // namespace sts
