// SPDX-License-Identifier: MIT
#include "lib/policy/key.h"

#include <utility>

#include "lib/base/ascii.h"
#include "lib/base/scanner.h"

namespace policy {
namespace {

/// The service names that mail knows, with their ports as IANA has assigned them (RFC 5321 4.5.4.2, RFC
/// 6409 3.1, RFC 8314 3.3, RFC 2033 5). There is no look into /etc/services: a key means the same on every
/// machine.
struct Service {
    std::string_view name;
    std::uint16_t port;
};
constexpr Service kServices[] = {{"smtp", 25}, {"submission", 587}, {"submissions", 465}, {"lmtp", 24}};

std::optional<std::uint16_t> parse_port(std::string_view text) {
    for (const Service& service : kServices)
        if (base::equal_nocase(text, service.name)) return service.port;
    base::Scanner scanner(text);
    const auto number = scanner.take_number<std::uint16_t>(5);
    if (!number || *number == 0 || !scanner.at_end()) return std::nullopt;
    return number;
}

/// A key taken apart: `[host]`, `[host]:port`, `host` or `host:port`.
struct Parts {
    std::string_view host;
    std::optional<std::string_view> port;
    bool bracketed = false;
};

std::optional<Parts> split(std::string_view key) {
    Parts parts;
    base::Scanner scanner(key);
    parts.bracketed = scanner.literal('[');
    parts.host = scanner.take_until(parts.bracketed ? ']' : ':');
    if (parts.bracketed && !scanner.literal(']')) return std::nullopt;
    if (scanner.at_end()) return parts;
    if (!scanner.literal(':')) return std::nullopt;
    parts.port = scanner.rest();
    return parts;
}

/// Whether a name can have a policy at all.
bool can_have_policy(const dns::Name& name) {
    // RFC 8461 3.1: the policy domain has a TXT record and a web host below it. No top-level domain and no
    // address literal has; RFC 3696 2: a top-level domain is never all digits.
    const std::string_view last = name.last_label();
    if (last.size() == name.text().size() || name.is_numeric()) return false;
    // RFC 6761 6.3 and 6.4, RFC 7686 2: names that are not to be asked for in the DNS.
    return last != "invalid" && last != "localhost" && last != "onion";
}

}  // namespace

std::optional<Key> parse_key(std::string_view key) {
    const auto parts = split(key);
    if (!parts) return std::nullopt;
    const std::optional<std::uint16_t> port = parts->port ? parse_port(*parts->port) : 25;
    if (!port) return std::nullopt;
    auto name = dns::Name::parse(parts->host);
    if (!name || !can_have_policy(*name)) return std::nullopt;
    return Key{std::move(*name), *port, parts->bracketed, parts->bracketed || parts->port.has_value()};
}

std::string_view survey_name(const Key& key, std::string& buffer) {
    const std::string& domain = key.domain.text();
    if (!key.bracketed && key.port == 25) return domain;
    buffer = key.bracketed ? "[" + domain + "]" : domain;
    buffer.append(":").append(std::to_string(key.port));
    return buffer;
}

}  // namespace policy
