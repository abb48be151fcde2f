// SPDX-License-Identifier: MIT
// A verdict in the words of Postfix's smtp_tls_policy_maps (TLS_README, TLSRPT_README), appended in place:
// the hot path.
#include <cstddef>

#include "lib/base/ascii.h"
#include "lib/policy/verdict.h"
#include "lib/socketmap/protocol.h"
#include "lib/sts/policy_text.h"

namespace policy {
namespace {

constexpr std::string_view kLineBegin = " { policy_string = ";
constexpr std::string_view kLineEnd = " }";

void append_lower(std::string& out, std::string_view text) {
    const std::size_t begin = out.size();
    out.resize(begin + text.size());
    base::copy_lower(text, out.data() + begin);
}

template <class F>
void for_each_pattern(const PolicyView& policy, F&& pattern) {
    for (const sts::MxSpan& span : policy.mx)
        pattern(span.in(policy.body));
}

/// One element of `match=`. Postfix knows no "*." there; ".x" is the nearest it has, any name below x.
void append_match(std::string& out, std::string_view pattern, bool first) {
    if (!first) out.push_back(':');
    if (pattern.substr(0, 2) == "*.") pattern.remove_prefix(1);
    append_lower(out, pattern);
}

/// Appends all elements of `match=`; false if there are none.
bool append_matches(std::string& out, const PolicyView* policy, const Override* pin) {
    bool first = true;
    const auto append = [&](std::string_view pattern) {
        append_match(out, pattern, first);
        first = false;
    };
    if (pin != nullptr) {
        for (const std::string& pattern : pin->mx)
            append(pattern);
    } else if (policy != nullptr) {
        for_each_pattern(*policy, append);
    }
    return !first;
}

/// Whether a policy's line can stand in braces as it is: there is no escape.
bool fits_in_braces(std::string_view line) {
    return line.find('{') == std::string_view::npos && line.find('}') == std::string_view::npos &&
           sts::check_text(line) == sts::TextFault::kNone;
}

/// The attributes from which Postfix 3.10 and later makes TLSRPT reports, and by which later ones check MX
/// names. Without any policy_string some of these versions crash, so all the attributes are left out then;
/// `end` is the size not to be passed.
void append_tlsrpt(std::string& out, const dns::Name& domain, const PolicyView& policy, std::size_t end) {
    const std::size_t begin = out.size();
    out.append(" policy_type=sts policy_domain=").append(domain.text());
    for_each_pattern(policy, [&](std::string_view pattern) {
        out.append(" mx_host_pattern=");
        append_lower(out, pattern);
    });
    bool any = false, full = false;
    sts::for_each_policy_line(policy.body, [&](std::string_view line) {
        if (full || !fits_in_braces(line)) return;
        full = out.size() + kLineBegin.size() + line.size() + kLineEnd.size() > end;
        if (full) return;
        out.append(kLineBegin).append(line).append(kLineEnd);
        any = true;
    });
    if (!any) out.resize(begin);
}

void append_temp(std::string& out, const Verdict& verdict) {
    const bool by_override = verdict.source == Verdict::Source::kOverride;
    socketmap::append_refusal(out, socketmap::kTemp,
                              by_override ? std::string("deferred by an override") : verdict.reason.text());
}

void append_secure(std::string& out, const Verdict& verdict, const dns::Name& domain,
                   const PolicyView* policy, const Override* override_entry, const Profile& profile) {
    const std::size_t begin = out.size(), end = begin + socketmap::kMaxReply;
    const bool pinned = verdict.source == Verdict::Source::kPin;
    out.append(socketmap::kOk).append("secure match=");
    const bool any = append_matches(out, policy, pinned ? override_entry : nullptr);
    if (profile.sni) out.append(" servername=hostname");  // RFC 8461 7.1: SNI with the MX host's name
    if (!any || out.size() > end) {
        // No parsed policy is like this. What it asks for cannot be said, so nothing is delivered meanwhile.
        out.resize(begin);
        return socketmap::append_refusal(out, socketmap::kTemp,
                                         any ? "too many mx patterns" : "no mx patterns");
    }
    if (profile.tlsrpt && !pinned && policy != nullptr) append_tlsrpt(out, domain, *policy, end);
}

}  // namespace

void to_postfix(std::string& out, const Verdict& verdict, const dns::Name& domain, const PolicyView* policy,
                const Override* override_entry, const Profile& profile) {
    switch (verdict.level) {
        case Verdict::Level::kNotFound:
            out.append(socketmap::kNotFound);
            return;
        case Verdict::Level::kTemp:
            return append_temp(out, verdict);
        case Verdict::Level::kDane:
            out.append(socketmap::kOk).append("dane");
            return;
        case Verdict::Level::kDaneOnly:
            out.append(socketmap::kOk).append("dane-only");
            return;
        case Verdict::Level::kSecure:
            return append_secure(out, verdict, domain, policy, override_entry, profile);
    }
}

}  // namespace policy
