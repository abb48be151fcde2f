// SPDX-License-Identifier: MIT
#include "daemon/monitor/html.h"

#include <cstddef>
#include <cstdint>

namespace app {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct CodePoint {
    char32_t value = 0;
    std::size_t size = 0;  // 0: no UTF-8
};

CodePoint code_point(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    const std::size_t size = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
    if (size == 0 || size > text.size()) return {};
    if (size == 1) return {first, 1};
    char32_t value = first & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xC0) != 0x80) return {};
        value = value << 6 | (next & 0x3FU);
    }
    const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
    if (overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
    return {value, size};
}

// Controls, and what changes the direction or place of the text around it or shows as nothing.
bool is_shown(char32_t c) {
    if (c == '\n' || c == '\t') return true;
    if (c < 0x20 || (c >= 0x7F && c < 0xA0)) return false;
    if (c >= 0x200B && c <= 0x200F) return false;
    if (c >= 0x2028 && c <= 0x202E) return false;
    if (c >= 0x2060 && c <= 0x206F) return false;
    return c != 0xFEFF && c != 0x061C;
}

void append_escaped(std::string& out, char32_t value, std::string_view bytes) {
    switch (value) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#39;";
            break;
        default:
            out += is_shown(value) ? bytes : kReplacement;
    }
}

}  // namespace

std::string escape_html(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const CodePoint next = code_point(text);
        if (next.size == 0) {
            out += kReplacement;
            text.remove_prefix(1);
            continue;
        }
        append_escaped(out, next.value, text.substr(0, next.size));
        text.remove_prefix(next.size);
    }
    return out;
}

std::string span_text(base::Seconds span) {
    const std::int64_t s = span.count();
    if (s < 120) return std::to_string(s) + " s";
    if (s < 7200) return std::to_string(s / 60) + " min";
    if (s < 48 * 3600) return std::to_string(s / 3600) + " h";
    return std::to_string(s / 86400) + " d";
}

std::string relative_text(base::WallTime time, base::WallTime now) {
    if (time == now) return "now";
    return time < now ? span_text(now - time) + " ago" : "in " + span_text(time - now);
}

std::string html_page(std::string_view title, std::string_view body) {
    std::string out =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<meta name=\"robots\" content=\"noindex\"><title>";
    out.append(escape_html(title))
        .append("</title><link rel=\"stylesheet\" href=\"/style.css\"></head><body>");
    out.append("<header><a class=\"home\" href=\"/\">mta-stsd</a> <span class=\"version\">" MTASTSD_VERSION
               "</span><nav><a href=\"/#domains\">Domains</a> <a href=\"/metrics\">Metrics</a></nav></header>"
               "<main>");
    out.append(body).append("</main></body></html>\n");
    return out;
}

}  // namespace app
