// SPDX-License-Identifier: MIT
#include "daemon/monitor/metrics_text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace app {
namespace {

std::string escaped(std::string_view text, bool quotes) {
    std::string out;
    for (const char c : text) {
        if (c == '\\') {
            out += "\\\\";
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '"' && quotes) {
            out += "\\\"";
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace

std::string metric_number(double value) {
    std::array<char, 40> digits{};
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::general, 12);
    return {digits.data(), end.ptr};
}

void MetricsText::family(std::string_view name, std::string_view type, std::string_view help) {
    family_ = "mta_stsd_";
    family_.append(name);
    text_.append("# HELP ").append(family_).append(" ").append(escaped(help, false)).append("\n");
    text_.append("# TYPE ").append(family_).append(" ").append(type).append("\n");
}

void MetricsText::line(std::string_view suffix, Labels labels, std::string_view value) {
    text_.append(family_).append(suffix);
    if (labels.size() > 0) {
        char before = '{';
        for (const auto& [name, text] : labels) {
            text_ += before;
            text_.append(name).append("=\"").append(escaped(text, true)).append("\"");
            before = ',';
        }
        text_ += '}';
    }
    text_.append(" ").append(value).append("\n");
}

void MetricsText::histogram(const Histogram::Reading& reading, double unit, double sum_unit,
                            std::size_t bounds) {
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < std::min(bounds, Histogram::kBounds); ++i) {
        seen += reading.counts[i];
        const std::string le = metric_number(static_cast<double>(Histogram::bound(i)) * unit);
        line("_bucket", {{"le", le}}, std::to_string(seen));
    }
    const std::string total = std::to_string(reading.total());
    line("_bucket", {{"le", "+Inf"}}, total);
    line("_sum", {}, metric_number(static_cast<double>(reading.sum) * sum_unit));
    line("_count", {}, total);
}

}  // namespace app
