// SPDX-License-Identifier: MIT
#include "lib/dane/mx_hosts.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "lib/base/ascii.h"
#include "lib/base/scanner.h"

namespace dane {
namespace {

// RFC 1035 2.3.4.
constexpr std::size_t kMaxLabel = 63;

bool is_label(std::string_view label) {
    if (label.empty() || label.size() > kMaxLabel || label.front() == '-' || label.back() == '-')
        return false;
    return std::all_of(label.begin(), label.end(),
                       [](char c) { return base::is_alnum(c) || c == '-' || c == '_'; });
}

bool are_labels(std::string_view text) {
    base::Scanner scanner(text);
    do {
        if (!is_label(scanner.take_until('.'))) return false;
    } while (scanner.literal('.'));
    return true;
}

std::optional<dns::Name> optional_of(base::Result<dns::Name, dns::NameError> name) {
    if (!name) return std::nullopt;
    return std::move(*name);
}

bool can_be_contacted(const dns::Name& name) {
    return !name.is_numeric() && name.label_count() > 1;
}

MxHost read(const dns::Mx& record) {
    MxHost host{record.preference, record.host, std::nullopt};
    if (auto name = host_name(record.host); name && can_be_contacted(*name)) {
        host.text = name->text();
        host.name = std::move(*name);
    }
    return host;
}

}  // namespace

std::optional<dns::Name> host_name(std::string_view text) {
    const std::size_t dot = text.rfind("._");
    const std::size_t last = dot == std::string_view::npos ? 0 : dot + 1;
    if (text.substr(last, 1) != "_") return optional_of(dns::Name::parse(text));
    const std::size_t end = text.find('.', last);
    if (end == std::string_view::npos || !are_labels(text.substr(0, end))) return std::nullopt;
    const auto below = dns::Name::parse(text.substr(end + 1));
    if (!below) return std::nullopt;
    return optional_of(below->with_prefix(base::to_lower(text.substr(0, end))));
}

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
