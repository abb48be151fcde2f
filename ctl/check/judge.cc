// SPDX-License-Identifier: MIT
#include "ctl/check/judge.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ctl {
namespace {

constexpr std::pair<std::string_view, std::string_view> kHeadings[] = {
    {"record", "Record"},
    {"policy-host", "Policy host"},
    {"certificate", "Policy host"},
    {"policy-file", "Policy host"},
    {"policy", "Policy"},
    {"mode", "Policy"},
    {"max-age", "Policy"},
    {"pattern", "Policy"},
    {"mx", "Mail hosts"},
    {"mx-host", "Mail hosts"},
    {"mx-policy", "Mail hosts"},
    {"starttls", "TLS of the mail hosts"},
    {"mx-certificate", "TLS of the mail hosts"},
    {"tlsrpt", "Reports"},
    {"resolver", "DANE"},
    {"dane", "DANE"}};

}  // namespace

Findings judge(const CheckFacts& facts) {
    Findings all;
    for (const auto judge_group : {judge_record, judge_policy_host, judge_policy, judge_mail_hosts,
                                   judge_starttls, judge_reports, judge_dane}) {
        Findings some = judge_group(facts);
        std::move(some.begin(), some.end(), std::back_inserter(all));
    }
    return all;
}

std::string_view heading_of(std::string_view point) {
    const auto* found = std::find_if(std::begin(kHeadings), std::end(kHeadings),
                                     [&](const auto& row) { return row.first == point; });
    return found == std::end(kHeadings) ? std::string_view() : found->second;
}

std::string remedy_for_no_route(const std::vector<dns::Address>& addresses) {
    const bool v6_only = std::all_of(addresses.begin(), addresses.end(), [](const dns::Address& address) {
        return address.family() == dns::Family::kV6;
    });
    return v6_only ? "run this where there is IPv6; an IPv4 address would help senders without it too"
                   : "run this from a host that has a way there";
}

std::string text_of(const std::vector<dns::Address>& addresses) {
    std::string out;
    for (const dns::Address& address : addresses)
        out += (out.empty() ? "" : ", ") + address.text();
    return out;
}

std::string some_of(const std::vector<std::string>& names) {
    constexpr std::size_t kShown = 5;
    std::string out;
    for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i)
        out += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > kShown) out += " and " + std::to_string(names.size() - kShown) + " more";
    return out;
}

}  // namespace ctl
