// SPDX-License-Identifier: MIT
#include "daemon/monitor/status_page.h"

#include <algorithm>

#include "daemon/monitor/html.h"
#include "daemon/monitor/status_charts.h"
#include "daemon/monitor/status_domains.h"
#include "lib/base/ascii.h"

namespace app {
namespace {

std::string card(std::string_view name, std::string_view value) {
    return "<div class=\"card\"><b>" + escape_html(value) + "</b>" + escape_html(name) + "</div>";
}

std::string card(std::string_view name, std::uint64_t value) {
    return card(name, std::to_string(value));
}

std::string share(std::uint64_t part, std::uint64_t rest) {
    if (part + rest == 0) return "-";
    return std::to_string(100 * part / (part + rest)) + " %";
}

std::string numbers_html(const MonitorSources& sources) {
    const policy::Cache::Stats cache = sources.status.cache.stats();
    const auto mode = [&cache](sts::Mode m) { return cache.by_mode[static_cast<std::size_t>(m)]; };
    const auto count = [&sources](Counters::Counter Counters::*c) { return sum_of(sources, c); };
    std::string out = "<div class=\"cards\">";
    out += card("policies enforced", mode(sts::Mode::kEnforce));
    out += card("in testing", mode(sts::Mode::kTesting));
    out += card("of mode none", mode(sts::Mode::kNone));
    out += card("domains known without", cache.negative);
    out += card("answered secure", count(&Counters::answers_secure));
    out += card("answered dane, dane-only",
                count(&Counters::answers_dane) + count(&Counters::answers_dane_only));
    out += card("answered not found", count(&Counters::answers_notfound));
    out += card("answered temp", count(&Counters::answers_temp));
    out += card("from the cache", share(count(&Counters::hits), count(&Counters::misses)));
    out += card("connections", count(&Counters::connections_open));
    out += card("running for", span_text(sources.status.uptime));
    return out + "</div>";
}

/// What is wrong, one HTML line each; `bad`: more than a warning.
std::vector<std::string> concerns(const StatusPage& page, bool& bad) {
    std::vector<std::string> out;
    for (const std::string& trouble : page.troubles)
        out.push_back(escape_html(trouble));
    const auto report = status_report(page.sources.status);
    const std::string health = report.value("health", "ok");
    if (health != "ok") out.push_back(escape_html(health));
    bad = !out.empty();
    std::size_t near_expiry = 0;
    for (const auto& entry : page.sources.failing.list(page.sources.status.cache, page.sources.now))
        near_expiry += entry.near_expiry ? 1 : 0;
    if (near_expiry > 0) {
        out.push_back(std::to_string(near_expiry) +
                      " of the policies below expire soon and cannot be fetched again");
    }
    if (const std::uint64_t dropped = page.sources.status.log.dropped(); dropped > 0)
        out.push_back(std::to_string(dropped) + " log lines were lost: the log is too slow");
    return out;
}

std::string health_html(const StatusPage& page) {
    bool bad = false;
    const std::vector<std::string> found = concerns(page, bad);
    if (found.empty()) return "<div class=\"health\" id=\"health\"><b>All is well</b></div>";
    std::string out = std::string("<div class=\"health ") + (bad ? "bad" : "warn") + "\" id=\"health\"><b>" +
                      (bad ? "Something is wrong" : "Worth a look") + "</b><ul>";
    for (const std::string& line : found)
        out += "<li>" + line + "</li>";
    return out + "</ul></div>";
}

bool is_looking(const DomainWalk::Query& query) {
    return !query.part.empty() || query.mode || !query.after.empty();
}

}  // namespace

DomainWalk::Query domain_query(const HttpRequest& request) {
    DomainWalk::Query query;
    std::string part(request.param("q"));
    const std::size_t begin = part.find_first_not_of(" \t");
    part = begin == std::string::npos ? "" : part.substr(begin, part.find_last_not_of(" \t") - begin + 1);
    // What is typed with other letters is stored in its ASCII form.
    const auto name = dns::Name::parse(part);
    const bool ascii = std::all_of(part.begin(), part.end(), base::is_ascii);
    for (const char c : !ascii && name ? name->text() : part)
        query.part += base::to_lower(c);
    for (const sts::Mode mode : {sts::Mode::kEnforce, sts::Mode::kTesting, sts::Mode::kNone})
        if (request.param("mode") == sts::to_string(mode)) query.mode = mode;
    query.after = request.param("after");
    return query;
}

std::string StatusPage::html() const {
    std::string body;
    if (is_looking(query)) {
        body = domains_html(*this);
    } else {
        body = health_html(*this) + numbers_html(sources) + failing_html(*this) +
               charts_html(history, history_totals(sources)) + domains_html(*this);
    }
    return html_page("mta-stsd", body);
}

}  // namespace app
