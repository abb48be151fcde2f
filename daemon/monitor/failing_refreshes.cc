// SPDX-License-Identifier: MIT
#include "daemon/monitor/failing_refreshes.h"

#include <algorithm>

namespace app {

void FailingRefreshes::note(const policy::FlightReport& report, base::WallTime now) {
    const bool in_force = report.after && *report.after != sts::Mode::kNone;
    if (report.fetched || !in_force) {
        failures_.erase(report.domain);
    } else if (report.fetch_failed) {
        const auto known = failures_.find(report.domain);
        if (known != failures_.end()) {
            known->second.reason = report.reason;
        } else if (failures_.size() < kMax) {
            failures_.emplace(report.domain, Failure{now, report.reason});
        }
    }
}

std::vector<FailingRefreshes::Entry> FailingRefreshes::list(const policy::Cache& cache, base::WallTime now) {
    std::vector<Entry> out;
    for (auto it = failures_.begin(); it != failures_.end();) {
        const auto known = cache.peek(it->first);
        if (!known || known->record.expires() <= now) {
            it = failures_.erase(it);
            continue;
        }
        const policy::PolicyRecord& record = known->record;
        const bool near_expiry = record.expires() - now < base::Seconds{record.max_age} / 4;
        out.push_back(
            {it->first, record.mode, it->second.since, record.expires(), it->second.reason, near_expiry});
        ++it;
    }
    std::sort(out.begin(), out.end(), [](const Entry& a, const Entry& b) {
        return a.expires != b.expires ? a.expires < b.expires : a.domain.text() < b.domain.text();
    });
    return out;
}

}  // namespace app
