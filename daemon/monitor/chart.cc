// SPDX-License-Identifier: MIT
#include "daemon/monitor/chart.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "daemon/monitor/html.h"

namespace app {
namespace {

constexpr double kWidth = 260, kHeight = 110, kTop = 14, kBottom = 96;

std::string number(double value) {
    const auto tenths = std::llround(value * 10);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::string whole(double value) {
    return std::to_string(std::llround(value));
}

std::size_t bars_of(const Chart& chart) {
    std::size_t bars = 0;
    for (const Chart::Series& series : chart.series)
        bars = std::max(bars, series.values.size());
    return bars;
}

double value_at(const Chart::Series& series, std::size_t bar) {
    return bar < series.values.size() ? series.values[bar] : 0;
}

double height_of(const Chart& chart, std::size_t bar) {
    double sum = 0;
    double most = 0;
    for (const Chart::Series& series : chart.series) {
        sum += value_at(series, bar);
        most = std::max(most, value_at(series, bar));
    }
    return chart.kind == Chart::Kind::kStacked ? sum : most;
}

std::string rectangle(double x, double width, double bottom, double height, int color) {
    return "<rect x=\"" + number(x) + "\" y=\"" + number(bottom - height) + "\" width=\"" + number(width) +
           "\" height=\"" + number(height) + "\" class=\"s" + std::to_string(color) + "\"/>";
}

std::string bar_parts(const Chart& chart, std::size_t bar, double step, double scale) {
    std::string parts;
    std::string tip;
    double bottom = kBottom;
    for (const Chart::Series& series : chart.series) {
        const double value = value_at(series, bar);
        if (value <= 0) continue;
        // What is there must be seen.
        const double height = std::max(value * scale, 0.6);
        parts += rectangle(static_cast<double>(bar) * step, std::max(step - 0.8, 0.8), bottom, height,
                           series.color);
        if (chart.kind == Chart::Kind::kStacked) bottom -= height;
        tip += (tip.empty() ? "" : ", ") + std::string(series.name) + " " +
               (chart.text ? chart.text(value) : whole(value));
    }
    return parts.empty() ? parts : "<g><title>" + escape_html(tip) + "</title>" + parts + "</g>";
}

std::string legend(const Chart& chart) {
    std::string out = "<div class=\"legend\">";
    for (const Chart::Series& series : chart.series) {
        out +=
            "<span><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect width=\"10\" height=\"10\" "
            "class=\"s" +
            std::to_string(series.color) + "\"/></svg>" + escape_html(series.name) + "</span>";
    }
    return out + "</div>";
}

}  // namespace

std::string chart_figure(const Chart& chart) {
    const std::size_t bars = bars_of(chart);
    double most = 0;
    for (std::size_t bar = 0; bar < bars; ++bar)
        most = std::max(most, height_of(chart, bar));
    const double step = kWidth / static_cast<double>(std::max<std::size_t>(bars, 1));
    const double scale = most > 0 ? (kBottom - kTop) / most : 0;

    std::string out = "<figure><figcaption>" + escape_html(chart.title) +
                      "</figcaption><svg role=\"img\" aria-label=\"" + escape_html(chart.title) +
                      "\" viewBox=\"0 0 " + whole(kWidth) + " " + whole(kHeight) + "\">";
    for (std::size_t bar = 0; bar < bars; ++bar)
        out += bar_parts(chart, bar, step, scale);
    out += "<path class=\"axis\" d=\"M0 " + number(kBottom) + "H" + whole(kWidth) + "\"/>";
    out += "<text x=\"0\" y=\"10\">" +
           escape_html(most > 0 ? "up to " + (chart.text ? chart.text(most) : whole(most)) : "nothing yet") +
           "</text><text x=\"0\" y=\"108\">" + escape_html(chart.since) + "</text><text x=\"" +
           whole(kWidth) + "\" y=\"108\" text-anchor=\"end\">now</text></svg>";
    return out + legend(chart) + "</figure>";
}

}  // namespace app
