// SPDX-License-Identifier: MIT
#include "daemon/monitor/status_charts.h"

#include <array>
#include <cmath>

#include "daemon/monitor/chart.h"
#include "daemon/monitor/status_page.h"

namespace app {
namespace {

using Sample = HistoryRing::Sample;
using Samples = std::vector<Sample>;

template <class Value>
std::vector<double> values(const Samples& samples, Value value) {
    std::vector<double> out;
    for (const Sample& sample : samples)
        out.push_back(static_cast<double>(value(sample)));
    return out;
}

std::string answers_chart(const Samples& samples, std::string_view since) {
    static constexpr std::array<std::string_view, 6> kKinds{"secure",    "dane", "dane-only",
                                                            "not found", "temp", "perm"};
    Chart chart{"Answers", since, Chart::Kind::kStacked, {}, {}};
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
        chart.series.push_back({kKinds[i], static_cast<int>(i),
                                values(samples, [i](const Sample& sample) { return sample.answers[i]; })});
    }
    return chart_figure(chart);
}

std::string fetches_chart(const Samples& samples, std::string_view since) {
    Chart chart{"Fetches of policies", since, Chart::Kind::kStacked, {}, {}};
    chart.series.push_back({"good", 0, values(samples, [](const Sample& s) { return s.fetches; })});
    chart.series.push_back({"failed", 5, values(samples, [](const Sample& s) { return s.failed_fetches; })});
    return chart_figure(chart);
}

std::string microseconds(double units) {
    const auto tenths = std::llround(units);  // a unit is 100 ns
    return tenths < 100 ? std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " \u00b5s"
                        : std::to_string(tenths / 10) + " \u00b5s";
}

std::string milliseconds(double units) {
    return std::to_string(std::llround(units)) + " ms";
}

std::string hits_chart(const Samples& samples, std::string_view since) {
    Chart chart{"Answers from the cache took", since, Chart::Kind::kOverlaid, {}, microseconds};
    chart.series.push_back(
        {"99 of 100 less than", 3, values(samples, [](const Sample& s) { return s.hit_slow; })});
    chart.series.push_back(
        {"half less than", 0, values(samples, [](const Sample& s) { return s.hit_median; })});
    return chart_figure(chart);
}

std::string misses_chart(const Samples& samples, std::string_view since) {
    Chart chart{"Answers after a lookup took", since, Chart::Kind::kOverlaid, {}, milliseconds};
    chart.series.push_back(
        {"99 of 100 less than", 3, values(samples, [](const Sample& s) { return s.miss_slow; })});
    chart.series.push_back(
        {"half less than", 1, values(samples, [](const Sample& s) { return s.miss_median; })});
    return chart_figure(chart);
}

std::string charts(const Samples& samples, std::string_view since) {
    return "<div class=\"charts\">" + answers_chart(samples, since) + hits_chart(samples, since) +
           misses_chart(samples, since) + fetches_chart(samples, since) + "</div>";
}

}  // namespace

HistoryRing::Totals history_totals(const MonitorSources& sources) {
    HistoryRing::Totals totals;
    static constexpr std::array<Counters::Counter Counters::*, 6> kAnswers{
        &Counters::answers_secure,   &Counters::answers_dane, &Counters::answers_dane_only,
        &Counters::answers_notfound, &Counters::answers_temp, &Counters::answers_perm};
    for (std::size_t i = 0; i < kAnswers.size(); ++i)
        totals.answers[i] = sum_of(sources, kAnswers[i]);
    for (const auto& [result, count] : sources.status.flights.fetches())
        (result == "ok" ? totals.fetches : totals.failed_fetches) += count;
    totals.hits = sum_of(sources, &Counters::hit_times);
    totals.misses = sum_of(sources, &Counters::miss_times);
    return totals;
}

std::string charts_html(const HistoryRing& history, const HistoryRing::Totals& now) {
    return "<h2>The last hour</h2>" + charts(history.stretches(60, 1, now), "1 h ago") +
           "<h2>The last day</h2>" + charts(history.stretches(72, 20, now), "1 d ago");
}

}  // namespace app
