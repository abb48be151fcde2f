// SPDX-License-Identifier: MIT
#include "lib/sts/policy.h"

#include <algorithm>
#include <optional>
#include <set>

#include "lib/base/ascii.h"
#include "lib/base/scanner.h"
#include "lib/sts/field_name.h"
#include "lib/sts/mx_pattern.h"
#include "lib/sts/policy_text.h"

namespace sts {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kFewMx = 8;          // as most policies have: compared one by one
constexpr std::size_t kMaxAgeDigits = 10;  // RFC 8461 3.2: 1*10(DIGIT)

using Kind = PolicyError::Kind;
using Fault = std::optional<Kind>;  // nothing: as it should be

struct LessNoCase {
    bool operator()(std::string_view a, std::string_view b) const {
        return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
            return base::to_lower(x) < base::to_lower(y);
        });
    }
};

std::string_view trim_right(std::string_view text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

Fault text_fault(std::string_view value) {
    switch (check_text(value)) {
        case TextFault::kNone:
            return {};
        case TextFault::kControl:
            return Kind::kSyntax;
        case TextFault::kBadUtf8:
            return Kind::kBadUtf8;
    }
    return Kind::kSyntax;
}

// Reads a body from top to bottom. Used once.
class Parser {
  public:
    explicit Parser(std::string_view body) : body_(body) {}

    base::Result<Policy, PolicyError> parse() {
        base::Scanner in(body_);
        if (in.literal(kByteOrderMark)) add_lax(LaxReason::Kind::kByteOrderMark, 1);
        while (!in.at_end()) {
            ++line_;
            std::string_view text = in.take_until('\n');
            // RFC 8461 3.2: sts-policy-term = LF / CRLF (erratum 6253), optional after the last line.
            if (in.literal('\n') && !text.empty() && text.back() == '\r') text.remove_suffix(1);
            if (const Fault fault = on_line(text)) return base::Unexpected(PolicyError{*fault, line_});
        }
        if (const Fault fault = on_end()) return base::Unexpected(PolicyError{*fault, 0});
        return std::move(policy_);
    }

  private:
    Fault on_line(std::string_view text) {
        base::Scanner in(text);
        const std::string_view name = take_field_name(in);
        if (name.empty() && trim_right(text).empty()) {
            add_lax(LaxReason::Kind::kBlankLine, line_);
            return {};
        }
        // RFC 8461 3.2: sts-policy-field-delim = ":" *WSP
        if (name.empty() || !in.literal(':')) return Kind::kSyntax;
        in.skip_wsp();
        return on_field(name, trim_right(in.rest()));
    }

    // RFC 8461 3.2: field names are case-sensitive, their order is free.
    Fault on_field(std::string_view name, std::string_view value) {
        if (name == "mx") return on_mx(value);
        // RFC 8461 3.2: of a repeated field other than "mx" all entries but the first are ignored, whatever
        // they hold.
        if (name == "version") return has_version_ ? Fault{} : on_version(value);
        if (name == "mode") return has_mode_ ? Fault{} : on_mode(value);
        if (name == "max_age") return has_max_age_ ? Fault{} : on_max_age(value);
        // RFC 8461 3.2: sts-policy-extension; unknown fields are ignored, but they must be fields.
        return value.empty() ? Fault{Kind::kSyntax} : text_fault(value);
    }

    Fault on_version(std::string_view value) {
        has_version_ = true;
        return value == "STSv1" ? Fault{} : Kind::kBadVersion;
    }

    Fault on_mode(std::string_view value) {
        has_mode_ = true;
        for (const Mode mode : {Mode::kEnforce, Mode::kTesting, Mode::kNone}) {
            if (value != to_string(mode)) continue;
            policy_.mode = mode;
            return {};
        }
        return Kind::kBadMode;
    }

    Fault on_max_age(std::string_view value) {
        has_max_age_ = true;
        base::Scanner in(value);
        const auto seconds = in.take_number<std::uint64_t>(kMaxAgeDigits);
        if (!seconds || !in.at_end()) return Kind::kBadMaxAge;
        // RFC 8461 3.2 gives a maximum and a grammar that exceeds it (erratum 7282). To cap keeps the
        // protection.
        policy_.max_age = static_cast<std::uint32_t>(std::min<std::uint64_t>(*seconds, kMaxMaxAge));
        return {};
    }

    Fault on_mx(std::string_view value) {
        switch (judge_mx(value)) {
            case MxVerdict::kUsable:
                break;
            case MxVerdict::kFinalDot:
                value.remove_suffix(1);
                add_lax(LaxReason::Kind::kFinalDot, line_);
                break;
            case MxVerdict::kUnusable:
                // What is usable is good text: letters, digits, '-', '.' and '*' alone.
                if (const Fault fault = text_fault(value)) return fault;
                add_lax(LaxReason::Kind::kUnusableMx, line_);
                return {};
        }
        if (is_new(value)) {
            if (policy_.mx.empty()) policy_.mx.reserve(kFewMx);
            // Both fit: a usable value has at most 253 bytes and begins before the last of 65,536.
            policy_.mx.push_back(MxSpan{static_cast<std::uint16_t>(value.data() - body_.data()),
                                        static_cast<std::uint16_t>(value.size())});
        }
        return {};
    }

    bool is_new(std::string_view mx) {
        const auto is_it = [&](const MxSpan& span) { return base::equal_nocase(span.in(body_), mx); };
        if (policy_.mx.size() < kFewMx) return std::none_of(policy_.mx.begin(), policy_.mx.end(), is_it);
        if (seen_.empty())
            for (const MxSpan& span : policy_.mx)
                seen_.insert(span.in(body_));
        return seen_.insert(mx).second;
    }

    // RFC 8461 3.2: what is required. "mx" is not for "none".
    Fault on_end() const {
        if (!has_version_) return Kind::kNoVersion;
        if (!has_mode_) return Kind::kNoMode;
        if (!has_max_age_) return Kind::kNoMaxAge;
        if (policy_.mx.empty() && policy_.mode != Mode::kNone) return Kind::kNoUsableMx;
        return {};
    }

    void add_lax(LaxReason::Kind kind, std::uint32_t line) {
        if (policy_.lax.size() < kMaxLaxReasons) policy_.lax.push_back(LaxReason{kind, line});
    }

    std::string_view body_;
    std::uint32_t line_ = 0;
    bool has_version_ = false, has_mode_ = false, has_max_age_ = false;
    // Of more than kFewMx. Ordered, not hashed: the values are a stranger's, and so would be the collisions.
    std::set<std::string_view, LessNoCase> seen_;
    Policy policy_;
};

std::string_view text_of(Kind kind) {
    switch (kind) {
        case Kind::kTooLong:
            return "longer than 65536 bytes";
        case Kind::kSyntax:
            return "outside the grammar";
        case Kind::kBadUtf8:
            return "not UTF-8";
        case Kind::kNoVersion:
            return "no version";
        case Kind::kBadVersion:
            return "version is not STSv1";
        case Kind::kNoMode:
            return "no mode";
        case Kind::kBadMode:
            return "mode is not enforce, testing or none";
        case Kind::kNoMaxAge:
            return "no max_age";
        case Kind::kBadMaxAge:
            return "max_age is not a number of 1 to 10 digits";
        case Kind::kNoUsableMx:
            return "no usable mx";
    }
    return "invalid";
}

std::string_view text_of(LaxReason::Kind kind) {
    switch (kind) {
        case LaxReason::Kind::kBlankLine:
            return "blank line";
        case LaxReason::Kind::kByteOrderMark:
            return "byte order mark";
        case LaxReason::Kind::kFinalDot:
            return "mx with a final dot";
        case LaxReason::Kind::kUnusableMx:
            return "mx dropped, not a host name";
    }
    return "lax";
}

std::string at_line(std::uint32_t line, std::string_view text) {
    return "line " + std::to_string(line) + ": " + std::string(text);
}

}  // namespace

std::string describe(const PolicyError& error) {
    const std::string_view text = text_of(error.kind);
    return error.line == 0 ? std::string(text) : at_line(error.line, text);
}

std::string describe(const LaxReason& reason) {
    return at_line(reason.line, text_of(reason.kind));
}

base::Result<Policy, PolicyError> parse_policy(std::string_view body) {
    if (body.size() > kMaxPolicyBytes) return base::Unexpected(PolicyError{Kind::kTooLong, 0});
    return Parser(body).parse();
}

}  // namespace sts
