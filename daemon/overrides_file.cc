// SPDX-License-Identifier: MIT
#include "daemon/overrides_file.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>

#include "daemon/admin/utc_text.h"
#include "daemon/settings/suggest.h"
#include "daemon/settings/yaml_document.h"
#include "lib/base/scanner.h"
#include "lib/sts/mx_pattern.h"

namespace app {
namespace {

using Kind = YamlNode::Kind;
using Action = policy::Override::Action;

constexpr std::array<Action, 4> kActions = {Action::kIgnore, Action::kEnforce, Action::kPin, Action::kDefer};
constexpr std::string_view kKeys[] = {"domain", "action", "mx", "until", "comment"};

std::optional<unsigned> digits(base::Scanner& in, std::size_t count) {
    const std::string_view text = in.take_while(base::is_digit, count);
    return text.size() == count ? base::Scanner(text).take_number<unsigned>(count) : std::nullopt;
}

std::optional<std::chrono::sys_days> take_date(base::Scanner& in) {
    const auto year = digits(in, 4);
    if (!year || *year < 1970 || !in.literal('-')) return std::nullopt;
    const auto month = digits(in, 2);
    if (!month || !in.literal('-')) return std::nullopt;
    const auto day = digits(in, 2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)},
                                           std::chrono::month{*month}, std::chrono::day{*day}};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date);
}

std::optional<base::Seconds> take_time(base::Scanner& in) {
    const auto hour = digits(in, 2);
    if (!hour || *hour > 23 || !in.literal(':')) return std::nullopt;
    const auto minute = digits(in, 2);
    if (!minute || *minute > 59 || !in.literal(':')) return std::nullopt;
    const auto second = digits(in, 2);
    if (!second || *second > 59) return std::nullopt;
    return base::Seconds{(*hour * 60 + *minute) * 60 + *second};
}

std::string in_quotes(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

class Reader {
  public:
    Reader(const std::string& file, base::WallTime now) : now_(now) { errors_.file = file; }

    base::Result<OverridesFile, SettingsErrors> read(const YamlNode& root) {
        if (root.kind != Kind::kNull && root.kind != Kind::kList)
            error(root.line, "", "is not a list; allowed: entries that begin with \"- domain:\"");
        for (const YamlNode& item : root.items)
            if (root.kind == Kind::kList) entry(item);
        if (!errors_.errors.empty()) return base::Unexpected(std::move(errors_));
        return OverridesFile{policy::Overrides(std::move(entries_)), std::move(expired_)};
    }

    base::Unexpected<SettingsErrors> fail(int line, std::string message) {
        error(line, "", std::move(message));
        return base::Unexpected(std::move(errors_));
    }

  private:
    void error(int line, std::string_view domain, std::string message) {
        errors_.errors.push_back({line, std::string(domain), std::move(message)});
    }

    void entry(const YamlNode& item) {
        if (item.kind != Kind::kMap) {
            error(item.line, "", "is no entry; allowed: lines of \"key: value\" with domain and action");
            return;
        }
        const std::map<std::string_view, const YamlNode*> values = values_of(item);
        const auto value = [&values](std::string_view key) -> const YamlNode* {
            const auto found = values.find(key);
            return found == values.end() ? nullptr : found->second;
        };
        const std::size_t errors_before = errors_.errors.size();
        auto out = domain(item, value("domain"));
        const std::string shown = out ? shown_domain(*out) : std::string();
        const auto wanted = action(item, value("action"), shown);
        if (!out || !wanted) return;
        out->action = *wanted;
        mx(item, value("mx"), shown, *out);
        until(value("until"), shown, *out);
        comment(value("comment"), shown, *out);
        if (errors_.errors.size() == errors_before) keep(*std::move(out), item.line, shown);
    }

    std::map<std::string_view, const YamlNode*> values_of(const YamlNode& item) {
        std::map<std::string_view, const YamlNode*> values;
        for (std::size_t i = 0; i < item.keys.size(); ++i) {
            const YamlNode& key = item.keys[i];
            if (std::find(std::begin(kKeys), std::end(kKeys), key.text) == std::end(kKeys)) {
                const std::string_view near = nearest_of(kKeys, key.text);
                error(key.line, "",
                      in_quotes(key.text) +
                          " is an unknown key; allowed: domain, action, mx, until, comment" +
                          (near.empty() ? "" : "; did you mean " + std::string(near) + "?"));
            } else if (!values.insert({key.text, &item.items[i]}).second) {
                error(key.line, "", key.text + " is set twice");
            }
        }
        return values;
    }

    static std::string shown_domain(const policy::Override& entry) {
        return (entry.below ? "*." : "") + entry.domain.text();
    }

    std::optional<policy::Override> domain(const YamlNode& item, const YamlNode* value) {
        constexpr const char* kAllowed =
            "allowed: a domain name such as example.com, or \"*.example.com\" for all names below it";
        if (value == nullptr || value->kind != Kind::kScalar) {
            error(value == nullptr ? item.line : value->line, "",
                  std::string("domain is missing; ") + kAllowed);
            return std::nullopt;
        }
        std::string_view text = value->text;
        const bool below = text.substr(0, 2) == "*.";
        if (below) text.remove_prefix(2);
        const auto name = dns::Name::parse(text);
        // Such keys are answered before any override is looked at.
        if (!name || name->is_numeric() || (!below && name->label_count() < 2)) {
            error(value->line, "", "domain " + in_quotes(value->text) + " is no mail domain; " + kAllowed);
            return std::nullopt;
        }
        return policy::Override{*name, below, Action::kIgnore, {}, {}, {}};
    }

    std::optional<Action> action(const YamlNode& item, const YamlNode* value, const std::string& shown) {
        constexpr const char* kAllowed = "; allowed: ignore, enforce, pin or defer";
        if (value == nullptr || value->kind != Kind::kScalar) {
            error(value == nullptr ? item.line : value->line, shown,
                  std::string("action is missing") + kAllowed);
            return std::nullopt;
        }
        for (const Action known : kActions)
            if (value->text == policy::to_string(known)) return known;
        error(value->line, shown, "action " + in_quotes(value->text) + " is unknown" + kAllowed);
        return std::nullopt;
    }

    void mx(const YamlNode& item, const YamlNode* value, const std::string& shown, policy::Override& out) {
        constexpr const char* kAllowed =
            "; allowed: a list of host names, one per line, such as mx1.example.net or \"*.example.net\"";
        if (out.action != Action::kPin) {
            if (value != nullptr) error(value->line, shown, "mx is for action pin only");
            return;
        }
        if (value == nullptr || value->kind != Kind::kList || value->items.empty()) {
            error(value == nullptr ? item.line : value->line, shown,
                  std::string("mx is missing or no list") + kAllowed);
            return;
        }
        for (const YamlNode& host : value->items) {
            const auto verdict = sts::judge_mx(host.text);
            if (host.kind != Kind::kScalar || verdict == sts::MxVerdict::kUnusable) {
                error(host.line, shown, "mx " + in_quotes(host.text) + " is no usable host name" + kAllowed);
                continue;
            }
            std::string pattern = base::to_lower(host.text);
            if (verdict == sts::MxVerdict::kFinalDot) pattern.pop_back();
            if (std::find(out.mx.begin(), out.mx.end(), pattern) != out.mx.end()) {
                error(host.line, shown, "mx " + in_quotes(host.text) + " is listed twice");
                continue;
            }
            out.mx.push_back(std::move(pattern));
        }
    }

    void until(const YamlNode* value, const std::string& shown, policy::Override& out) {
        if (value == nullptr) return;
        out.until = parse_until(value->text);
        if (value->kind != Kind::kScalar || !out.until)
            error(
                value->line, shown,
                "until " + in_quotes(value->text) +
                    " is no time; allowed: 2026-03-01 (to the end of that day, UTC) or 2026-03-01T12:00:00Z");
    }

    void comment(const YamlNode* value, const std::string& shown, policy::Override& out) {
        if (value == nullptr || value->kind == Kind::kNull) return;
        if (value->kind != Kind::kScalar) error(value->line, shown, "comment is no text");
        out.comment = value->text;
    }

    void keep(policy::Override&& entry, int line, const std::string& shown) {
        const auto [first, fresh] = seen_.insert({shown, line});
        if (!fresh) {
            error(line, shown, "has two entries; first on line " + std::to_string(first->second));
            return;
        }
        if (!entry.active(now_))
            expired_.push_back(errors_.file + ":" + std::to_string(line) + ": " + shown +
                               ": inactive since " + utc_text(*entry.until));
        entries_.push_back(std::move(entry));
    }

    base::WallTime now_;
    SettingsErrors errors_;
    std::vector<policy::Override> entries_;
    std::vector<std::string> expired_;
    std::map<std::string, int> seen_;  // line of each domain's entry
};

}  // namespace

std::optional<base::WallTime> parse_until(std::string_view text) {
    base::Scanner in(text);
    const auto date = take_date(in);
    if (!date) return std::nullopt;
    const base::WallTime day{base::Seconds{date->time_since_epoch()}};
    if (in.at_end()) return day + std::chrono::hours(24);
    if (!in.literal('T') && !in.literal(' ')) return std::nullopt;
    const auto time = take_time(in);
    if (!time || (!in.literal('Z') && !in.literal(std::string_view("+00:00"))) || !in.at_end())
        return std::nullopt;
    return day + *time;
}

base::Result<OverridesFile, SettingsErrors> parse_overrides(std::string_view text,
                                                            const std::string& file_name,
                                                            base::WallTime now) {
    Reader reader(file_name, now);
    const auto root = parse_yaml(text);
    if (!root) return reader.fail(root.error().line, root.error().text);
    return reader.read(*root);
}

base::Result<OverridesFile, SettingsErrors> load_overrides(const std::string& path, base::WallTime now) {
    if (path.empty()) return OverridesFile{};
    const auto text = read_file(path);
    if (text) return parse_overrides(*text, path, now);
    if (path == kDefaultOverridesFile && text.error().missing) return OverridesFile{};
    return Reader(path, now).fail(0, "cannot be read: " + text.error().text);
}

}  // namespace app
