// SPDX-License-Identifier: MIT
#include "ctl/print_findings.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "ctl/print_answer.h"

namespace ctl {
namespace {

constexpr const char* kSigns[] = {"\xe2\x9c\x94", "!", "\xe2\x9c\x98"};
constexpr const char* kColours[] = {"\033[32m", "\033[33m", "\033[31m"};
constexpr std::size_t kPointWidth = 8;  // at least

std::string or_dash(const std::string& text) {
    return text.empty() ? "-" : printable(text);
}

void print_columns(const Finding& finding, bool with_host) {
    const std::string host = with_host ? or_dash(finding.host) + "\t" : "";
    std::printf("%s\t%s\t%s%s\t%s\n", std::string(to_string(finding.verdict)).c_str(), finding.point.c_str(),
                host.c_str(), printable(finding.text).c_str(), or_dash(finding.remedy).c_str());
}

void print_sign(const Finding& finding, std::size_t width) {
    const auto at = static_cast<std::size_t>(finding.verdict);
    const std::string space(width - finding.point.size(), ' ');
    std::printf("%s%s%s %s%s %s\n", in_colour() ? kColours[at] : "", kSigns[at], in_colour() ? "\033[0m" : "",
                finding.point.c_str(), space.c_str(), printable(finding.text).c_str());
    if (!finding.remedy.empty())
        std::printf("%s-> %s\n", std::string(width + 3, ' ').c_str(), printable(finding.remedy).c_str());
}

}  // namespace

bool for_people() {
    return ::isatty(STDOUT_FILENO) != 0;
}

bool in_colour() {
    const char* refused = std::getenv("NO_COLOR");  // no-color.org: set, and not empty
    return for_people() && (refused == nullptr || *refused == '\0');
}

std::size_t point_width_of(const Findings& findings) {
    std::size_t width = kPointWidth;
    for (const Finding& finding : findings)
        width = std::max(width, finding.point.size());
    return width;
}

void print_findings(const Findings& findings, bool with_host, std::size_t point_width) {
    const std::size_t width = std::max(point_width, point_width_of(findings));
    for (const Finding& finding : findings) {
        if (for_people()) {
            print_sign(finding, width);
        } else {
            print_columns(finding, with_host);
        }
    }
}

Json to_json(const Findings& findings) {
    Json out = Json::array();
    for (const Finding& finding : findings) {
        Json one = {
            {"verdict", to_string(finding.verdict)}, {"point", finding.point}, {"text", finding.text}};
        if (!finding.host.empty()) one["host"] = finding.host;
        if (!finding.remedy.empty()) one["remedy"] = finding.remedy;
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace ctl
