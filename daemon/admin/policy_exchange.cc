// SPDX-License-Identifier: MIT
#include "daemon/admin/policy_exchange.h"

#include <algorithm>

#include "daemon/admin/utc_text.h"
#include "daemon/overrides_file.h"
#include "lib/base/ascii.h"
#include "lib/policy/key.h"
#include "lib/sts/policy.h"

namespace app {
namespace {

using Json = nlohmann::ordered_json;

constexpr base::Seconds kDay{24 * 3600};

bool is_utf8(const std::string& text) {
    try {
        static_cast<void>(Json(text).dump());
        return true;
    } catch (const Json::type_error&) {
        return false;
    }
}

std::string to_hex(const std::string& bytes) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        out += kHex[static_cast<unsigned char>(c) >> 4];
        out += kHex[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

int digit(char c) {
    if (base::is_digit(c)) return c - '0';
    const char lower = base::to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> from_hex(const std::string& text) {
    if (text.size() % 2 != 0) return std::nullopt;
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit(text[i]), low = digit(text[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
    }
    return out;
}

std::optional<std::string> text_of(const Json& entry, const char* key) {
    const auto found = entry.find(key);
    if (found == entry.end() || !found->is_string()) return std::nullopt;
    return found->get<std::string>();
}

std::optional<std::string> body_of(const Json& entry) {
    if (auto body = text_of(entry, "body")) return body;
    const auto hex = text_of(entry, "body_hex");
    return hex ? from_hex(*hex) : std::nullopt;
}

bool is_id(const std::string& id) {
    return !id.empty() && id.size() <= 32 && std::all_of(id.begin(), id.end(), base::is_alnum);
}

}  // namespace

Json exported_policy(const policy::PolicyRecord& record) {
    Json out;
    out["domain"] = record.domain.text();
    out["mode"] = sts::to_string(record.mode);
    out["id"] = record.id;
    out["max_age"] = record.max_age;
    out["fetched"] = utc_text(record.fetched);
    out["asked"] = utc_text(base::WallTime{record.asked_day * kDay}).substr(0, 10);
    if (is_utf8(record.body)) {
        out["body"] = record.body;
    } else {
        out["body_hex"] = to_hex(record.body);
    }
    return out;
}

base::Result<policy::PolicyRecord, std::string> imported_policy(const Json& entry) {
    const auto wrong = [](const std::string& text) { return base::Unexpected<std::string>(text); };
    if (!entry.is_object()) return wrong("is no JSON object");
    const auto domain = text_of(entry, "domain");
    if (!domain) return wrong("has no domain");
    const auto key = policy::parse_key(*domain);
    if (!key || key->smart_host) return wrong(*domain + ": no domain that can have a policy");
    const auto id = text_of(entry, "id");
    if (!id || !is_id(*id)) return wrong(*domain + ": id is missing or bad");
    const auto fetched_text = text_of(entry, "fetched");
    const auto fetched = fetched_text ? parse_until(*fetched_text) : std::nullopt;
    if (!fetched) return wrong(*domain + ": fetched is missing or no time");
    auto body = body_of(entry);
    if (!body) return wrong(*domain + ": body is missing or bad");
    auto policy = sts::parse_policy(*body);
    if (!policy) return wrong(*domain + ": " + sts::describe(policy.error()));

    policy::PolicyRecord record{key->domain};
    record.id = *id;
    record.mode = policy->mode;
    record.lax = !policy->lax.empty();
    record.max_age = policy->max_age;
    record.fetched = *fetched;
    record.body = *std::move(body);
    record.mx = std::move(policy->mx);
    if (const auto asked = text_of(entry, "asked")) {
        // A day's text stands for its end.
        if (const auto day = parse_until(*asked))
            record.asked_day = static_cast<std::int32_t>(day->time_since_epoch() / kDay) - 1;
    }
    return record;
}

}  // namespace app
