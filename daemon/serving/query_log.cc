// SPDX-License-Identifier: MIT
#include "daemon/serving/query_log.h"

#include <chrono>
#include <utility>

#include "lib/sts/mode.h"

namespace app {
namespace {
constexpr std::size_t kBlockBytes = 16 * 1024;
using Query = policy::Responder::Query;
using Level = policy::Verdict::Level;

LogLevel level_of(const Query& query) {
    return query.verdict.level == Level::kTemp ? LogLevel::kWarning : LogLevel::kInfo;
}

/// All that a query's line says after the domain, but for the time it took.
void add_rest(LogFields& fields, const Query& query) {
    fields.add("map", query.map)
        .add("verdict", policy::to_string(query.verdict.level))
        .add("source", policy::to_string(query.verdict.source))
        .add_flag("cached", query.cached);
    if (query.mode) fields.add("mode", sts::to_string(*query.mode));
    if (query.verdict.survey) fields.add("dane", dane::to_string(*query.verdict.survey));
    if (query.verdict.reason.kind != policy::Reason::Kind::kNone)
        fields.add("reason", query.verdict.reason.word());
}
}  // namespace

void QueryLog::answered(const Query& query, base::Milliseconds took) {
    count(query);
    if (query.kind == Query::Kind::kUnknownMap) {
        unknown_map(query);
    } else if (query.kind == Query::Kind::kDomain) {
        if (log_.enabled(level_of(query))) write_line(query, took);
    } else if (log_.enabled(LogLevel::kDebug)) {
        LogLine(lines_, log_.style(), LogLevel::kDebug, "refused", clock_.wall())
            .add("map", query.map)
            .add("why",
                 query.kind == Query::Kind::kMalformed ? "malformed request" : "key has no policy domain");
    }
    if (lines_.size() >= kBlockBytes) flush();
}

void QueryLog::count(const Query& query) {
    switch (query.kind) {
        case Query::Kind::kMalformed:
            Counters::add(counters_.answers_perm);
            return;
        case Query::Kind::kUnknownMap:
            Counters::add(counters_.answers_perm);
            Counters::add(counters_.unknown_maps);
            return;
        case Query::Kind::kRefusedKey:
            Counters::add(counters_.answers_notfound);
            Counters::add(counters_.refused_keys);
            return;
        case Query::Kind::kDomain:
            break;
    }
    Counters::add(query.cached ? counters_.hits : counters_.misses);
    if (query.dane_map) Counters::add(counters_.dane_queries);
    switch (query.verdict.level) {
        case Level::kNotFound:
            Counters::add(counters_.answers_notfound);
            break;
        case Level::kSecure:
            Counters::add(counters_.answers_secure);
            break;
        case Level::kTemp:
            Counters::add(counters_.answers_temp);
            Counters::add(counters_.temps[temp_reason(query.verdict)]);
            break;
        case Level::kDane:
            Counters::add(counters_.answers_dane);
            break;
        case Level::kDaneOnly:
            Counters::add(counters_.answers_dane_only);
            break;
    }
}

void QueryLog::write_line(const Query& query, base::Milliseconds took) {
    if (query.cached) {
        const CachedLine& line = line_of_cached(query);
        lines_.append(line.before).append(query.key->domain.text()).append(line.behind);
        return;
    }
    LogLine line(lines_, log_.style(), level_of(query), "query", clock_.wall());
    line.add("domain", query.key->domain);
    add_rest(line, query);
    line.add("took_ms", took.count());
}

const QueryLog::CachedLine& QueryLog::line_of_cached(const Query& query) {
    const policy::Verdict& verdict = query.verdict;
    const std::size_t kind = static_cast<std::size_t>(verdict.level) * 16 +
                             static_cast<std::size_t>(verdict.reason.kind) * 2 + query.map.size() +
                             (query.mode ? 1 + static_cast<std::size_t>(*query.mode) : 0) +
                             (verdict.survey ? 1 + static_cast<std::size_t>(*verdict.survey) : 0);
    CachedLine& cached = cached_lines_[kind % cached_lines_.size()];
    const base::WallTime second = clock_.wall();
    const bool same = cached.second == second && cached.verdict.level == verdict.level &&
                      cached.verdict.source == verdict.source && cached.verdict.reason == verdict.reason &&
                      cached.verdict.survey == verdict.survey && cached.mode == query.mode &&
                      cached.map == query.map;
    if (!same) {
        cached = {query.map, verdict, query.mode, second, {}, {}};
        const std::string& domain = query.key->domain.text();
        std::string text;
        {
            LogLine line(text, log_.style(), level_of(query), "query", second);
            line.add("domain", query.key->domain);
            // In JSON the name's closing quote comes with what is behind it.
            const std::size_t quote = log_.style().format == LogFormat::kJson ? 1 : 0;
            cached.before = text.substr(0, text.size() - quote - domain.size());
            add_rest(line, query);
        }
        cached.behind = text.substr(cached.before.size() + domain.size());
    }
    return cached;
}

// A typo in main.cf asks again for every mail: once a minute is enough to be seen.
void QueryLog::unknown_map(const Query& query) {
    const base::WallTime now = clock_.wall();
    const base::WallTime minute = std::chrono::floor<std::chrono::minutes>(now);
    if (std::exchange(unknown_map_minute_, minute) == minute) return;
    LogLine(lines_, log_.style(), LogLevel::kError, "unknown-map", now)
        .add("map", query.map)
        .add("advice", "the map name in main.cf must be one of those under maps: in mta-stsd.yml");
}

void QueryLog::flush() {
    log_.write(LogLevel::kInfo, lines_);
    lines_.clear();
}

}  // namespace app
