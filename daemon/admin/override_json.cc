// SPDX-License-Identifier: MIT
#include "daemon/admin/override_json.h"

#include "daemon/admin/utc_text.h"

namespace app {

using Json = nlohmann::ordered_json;

Json override_json(const policy::Overrides& all, const policy::Override& entry, base::WallTime now) {
    Json out;
    out["domain"] = (entry.below ? "*." : "") + entry.domain.text();
    out["action"] = policy::to_string(entry.action);
    if (!entry.mx.empty()) out["mx"] = entry.mx;
    if (entry.until) out["until"] = utc_text(*entry.until);
    out["expired"] = !entry.active(now);
    out["hits"] = all.hits(entry);
    if (!entry.comment.empty()) out["comment"] = entry.comment;
    return out;
}

Json overrides_json(const policy::Overrides& all, base::WallTime now) {
    std::size_t expired = 0;
    Json listed = Json::array();
    for (const policy::Override& entry : all.entries()) {
        if (!entry.active(now)) ++expired;
        if (listed.size() < kMaxListedOverrides) listed.push_back(override_json(all, entry, now));
    }
    return {{"entries", all.entries().size()}, {"expired", expired}, {"list", std::move(listed)}};
}

}  // namespace app
