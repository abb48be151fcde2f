// SPDX-License-Identifier: MIT
#include "daemon/monitor/history_ring.h"

#include <algorithm>

namespace app {
namespace {

std::uint32_t difference(std::uint64_t now, std::uint64_t before) {
    return static_cast<std::uint32_t>(now - before);
}

std::uint32_t quantile(const Histogram::Reading& reading, double share) {
    return static_cast<std::uint32_t>(reading.quantile(share));
}

}  // namespace

void HistoryRing::Sample::add(const Sample& other) {
    for (std::size_t i = 0; i < answers.size(); ++i)
        answers[i] += other.answers[i];
    fetches += other.fetches;
    failed_fetches += other.failed_fetches;
    hit_median = std::max(hit_median, other.hit_median);
    hit_slow = std::max(hit_slow, other.hit_slow);
    miss_median = std::max(miss_median, other.miss_median);
    miss_slow = std::max(miss_slow, other.miss_slow);
}

HistoryRing::Sample HistoryRing::since_last(const Totals& totals) const {
    Sample sample;
    for (std::size_t i = 0; i < sample.answers.size(); ++i)
        sample.answers[i] = difference(totals.answers[i], last_.answers[i]);
    sample.fetches = difference(totals.fetches, last_.fetches);
    sample.failed_fetches = difference(totals.failed_fetches, last_.failed_fetches);
    const Histogram::Reading hits = totals.hits.since(last_.hits);
    const Histogram::Reading misses = totals.misses.since(last_.misses);
    sample.hit_median = quantile(hits, 0.5);
    sample.hit_slow = quantile(hits, 0.99);
    sample.miss_median = quantile(misses, 0.5);
    sample.miss_slow = quantile(misses, 0.99);
    return sample;
}

void HistoryRing::end_minute(const Totals& totals) {
    samples_.push_back(since_last(totals));
    if (samples_.size() > kMinutes) samples_.pop_front();
    last_ = totals;
}

std::vector<HistoryRing::Sample> HistoryRing::stretches(std::size_t count, std::size_t minutes,
                                                        const Totals& now) const {
    std::vector<Sample> out(count);
    out.back() = since_last(now);
    // The running minute is the first of its stretch, counted back.
    std::size_t back = 1;
    for (auto it = samples_.rbegin(); it != samples_.rend() && back < count * minutes; ++it, ++back)
        out[count - 1 - back / minutes].add(*it);
    return out;
}

}  // namespace app
