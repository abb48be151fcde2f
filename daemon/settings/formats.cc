// SPDX-License-Identifier: MIT
#include "daemon/settings/formats.h"

#include <algorithm>

#include "lib/base/scanner.h"
#include "lib/dns/name.h"

namespace app {
namespace {

constexpr std::size_t kMaxPath = 4095;
constexpr std::size_t kMaxAccount = 64;
constexpr std::size_t kMaxUrl = 2048;

bool is_path(std::string_view value) {
    return value.size() >= 2 && value.size() <= kMaxPath && value.front() == '/' && value.back() != '/';
}

bool is_account(std::string_view value) {
    return value.size() <= kMaxAccount && (value.empty() || value.front() != '-') &&
           std::all_of(value.begin(), value.end(),
                       [](char c) { return base::is_alnum(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_port_or_nothing(std::string_view value) {
    if (value.empty()) return true;
    base::Scanner in(value);
    if (!in.literal(':')) return false;
    const auto port = in.take_number<std::uint16_t>(5);
    return port && *port != 0 && in.at_end();
}

// "HOST", "HOST:PORT", "[v6]", "[v6]:PORT"
bool is_host_and_port(std::string_view value) {
    if (!value.empty() && value.front() == '[') {
        const std::size_t end = value.find(']');
        if (end == std::string_view::npos) return false;
        const auto inner = dns::Address::parse(value.substr(1, end - 1));
        return inner && inner->family() == dns::Family::kV6 && is_port_or_nothing(value.substr(end + 1));
    }
    const std::size_t colon = std::min(value.find(':'), value.size());
    return dns::Name::parse(value.substr(0, colon)).has_value() && is_port_or_nothing(value.substr(colon));
}

bool is_proxy(std::string_view value) {
    base::Scanner in(value);
    const auto scheme = in.take_until(':');
    constexpr std::string_view kSchemes[] = {"http", "https", "socks5", "socks5h"};
    if (value.size() > kMaxUrl || !in.literal(std::string_view("://"))) return false;
    if (std::find(std::begin(kSchemes), std::end(kSchemes), scheme) == std::end(kSchemes)) return false;
    std::string_view rest = in.rest();
    if (!rest.empty() && rest.back() == '/') rest.remove_suffix(1);
    const std::size_t at = rest.rfind('@');
    const std::string_view login = at == std::string_view::npos ? "" : rest.substr(0, at);
    if (at != std::string_view::npos) rest.remove_prefix(at + 1);
    // What a login may hold unescaped is narrow on purpose: an unescaped '@' or '/' would move the host.
    if (login.find_first_of("@/?#[] ") != std::string_view::npos) return false;
    return is_host_and_port(rest);
}

}  // namespace

Format<ListenAddress> listen_address() {
    return parsed_by_type<ListenAddress>("is no listen address",
                                         "inet:HOST:PORT or inet:[IPv6]:PORT with a numeric address or "
                                         "localhost and a port from 1 to 65535, or "
                                         "unix:/path of at most 107 bytes");
}

Format<std::optional<ListenAddress>> http_address_or_none() {
    using Address = std::optional<ListenAddress>;
    static constexpr std::string_view kInet = "inet:";
    return {
        "HOST:PORT or [IPv6]:PORT with a numeric address or localhost and a port from 1 to 65535, or "
        "unix:/path of at most 107 bytes; \"\" for none",
        [](std::string_view text) -> Parsed<Address> {
            if (text.empty()) return Address();
            const bool whole = text.starts_with("unix:") || text.starts_with(kInet);
            auto address =
                ListenAddress::parse(whole ? std::string(text) : std::string(kInet) + std::string(text));
            if (!address) return base::Unexpected<std::string>("is no address to listen on");
            return Address(std::move(*address));
        },
        [](const Address& address) {
            if (!address) return std::string();
            const std::string text = address->text();
            return text.starts_with(kInet) ? text.substr(kInet.size()) : text;
        }};
}

Format<ServerAddress> server_address() {
    return parsed_by_type<ServerAddress>("is no DNS server's address",
                                         "ADDRESS, ADDRESS:PORT or [IPv6]:PORT with a numeric address");
}

Format<dns::Address> address() {
    return parsed_by_type<dns::Address>("is no IP address", "a numeric IPv4 or IPv6 address");
}

Format<dns::Network> network() {
    return parsed_by_type<dns::Network>(
        "is no network",
        "a network such as 203.0.113.0/24 or 2001:db8::/32 (no bits set behind the prefix), or an address");
}

Format<std::string> path() {
    return text("is no absolute path of a file", "an absolute path of a file", is_path);
}

Format<std::string> path_or_none() {
    return text("is no absolute path of a file", "an absolute path of a file, or \"\" for none",
                [](std::string_view value) { return value.empty() || is_path(value); });
}

Format<std::string> socket_path() {
    return text(
        "is no path for a socket", "an absolute path of at most 107 bytes",
        [](std::string_view value) { return is_path(value) && value.size() <= ListenAddress::kMaxPath; });
}

Format<std::string> account() {
    return text("is no name or number", "a name or number, or \"\" for none", is_account);
}

Format<std::string> domain_or_none() {
    Format<std::string> format;
    format.allowed = "a domain name, or \"\" for none";
    format.parse = [](std::string_view value) -> Parsed<std::string> {
        if (value.empty()) return std::string();
        const auto name = dns::Name::parse(value);
        if (!name) return base::Unexpected<std::string>("is no domain name");
        return name->text();
    };
    format.print = [](const std::string& value) { return value; };
    return format;
}

Format<std::string> proxy_or_none() {
    return text("is no proxy's URL",
                "http://[USER:PASSWORD@]HOST[:PORT], or with https, socks5 or socks5h; \"\" for none",
                [](std::string_view value) { return value.empty() || is_proxy(value); });
}

}  // namespace app
