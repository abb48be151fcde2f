// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "daemon/serving/histogram.h"

namespace app {

/// Writes metrics in Prometheus' text format, version 0.0.4. Begin a family, then add its samples; families
/// must not be mixed. Names are ours and correct by construction; label values and help texts are escaped.
class MetricsText {
  public:
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    /// `type`: "counter", "gauge" or "histogram". The prefix "mta_stsd_" is put before the name.
    void family(std::string_view name, std::string_view type, std::string_view help);
    void sample(Labels labels, std::uint64_t value) { line("", labels, std::to_string(value)); }
    void sample(std::uint64_t value) { sample({}, value); }
    void seconds(std::int64_t value) { line("", {}, std::to_string(value)); }
    /// A histogram in seconds. `unit`: seconds of the first bound; `sum_unit`: seconds of one in the sum;
    /// `bounds`: how many of them are shown (what is above the last shown counts as longer than all).
    void histogram(const Histogram::Reading& reading, double unit, double sum_unit, std::size_t bounds);

    const std::string& text() const { return text_; }

  private:
    void line(std::string_view suffix, Labels labels, std::string_view value);

    std::string text_;
    std::string family_;
};

/// A number as Prometheus reads it, with as many digits as it needs: "0.0001", "12.5".
std::string metric_number(double value);

}  // namespace app
