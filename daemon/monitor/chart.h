// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace app {

/// A bar chart over time as a <figure> with an SVG and a legend: one bar for each stretch of time, the oldest
/// on the left, and in it one part for each series. Drawn with the classes s0 to s5 of the style sheet.
struct Chart {
    struct Series {
        std::string_view name;  ///< ours
        int color = 0;          ///< 0 to 5
        std::vector<double> values;
    };
    /// kStacked: the parts of a bar stand on each other. kOverlaid: behind each other, the first at the back:
    /// for a share of the one before.
    enum class Kind { kStacked, kOverlaid };

    std::string_view title;  ///< ours
    std::string_view since;  ///< of the left end: "1 h ago"
    Kind kind = Kind::kStacked;
    std::vector<Series> series;
    /// Writes a value at the axis and in the bars' titles; empty: as a whole number.
    std::function<std::string(double)> text{};
};

std::string chart_figure(const Chart& chart);

}  // namespace app
