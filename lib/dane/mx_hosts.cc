// SPDX-License-Identifier: MIT
#include "lib/dane/mx_hosts.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace dane {
namespace {

bool can_be_contacted(const dns::Name& name) {
    return !name.is_numeric() && name.label_count() > 1;
}

MxHost read(const dns::Mx& record) {
    MxHost host{record.preference, record.host, std::nullopt};
    if (auto name = dns::Name::parse(record.host); name && can_be_contacted(*name)) {
        host.text = name->text();
        host.name = std::move(*name);
    }
    return host;
}

}  // namespace

std::vector<MxHost> mx_hosts(const std::vector<dns::Mx>& records, std::size_t limit) {
    std::vector<MxHost> all;
    for (const dns::Mx& record : records)
        if (!record.host.empty()) all.push_back(read(record));
    std::sort(all.begin(), all.end(), [](const MxHost& a, const MxHost& b) {
        return std::tie(a.preference, a.text) < std::tie(b.preference, b.text);
    });

    std::set<std::string_view> seen;
    std::vector<MxHost> hosts;
    for (const MxHost& host : all) {
        if (hosts.size() == limit) break;
        if (seen.insert(host.text).second) hosts.push_back(host);
    }
    return hosts;
}

}  // namespace dane
