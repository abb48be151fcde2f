// SPDX-License-Identifier: MIT
#include "daemon/settings/addresses.h"

#include "lib/base/scanner.h"

namespace app {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
    base::Scanner in(text);
    const auto port = in.take_number<std::uint16_t>(5);
    if (!port || *port == 0 || !in.at_end()) return std::nullopt;
    return port;
}

struct HostPort {
    std::string_view host;  // without brackets
    bool brackets = false;
    std::optional<std::string_view> port;
};

// "HOST", "HOST:PORT", "[HOST]:PORT", "[HOST]"; an address with several colons outside brackets has no port.
std::optional<HostPort> split(std::string_view text) {
    HostPort out;
    if (!text.empty() && text.front() == '[') {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        out.host = text.substr(1, end - 1);
        out.brackets = true;
        text.remove_prefix(end + 1);
        if (text.empty()) return out;
        if (text.front() != ':') return std::nullopt;
        out.port = text.substr(1);
        return out;
    }
    const std::size_t colon = text.find(':');
    out.host = text;
    if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos) return out;
    out.host = text.substr(0, colon);
    out.port = text.substr(colon + 1);
    return out;
}

std::string with_port(const dns::Address& address, std::uint16_t port) {
    const bool v6 = address.family() == dns::Family::kV6;
    return (v6 ? "[" : "") + address.text() + (v6 ? "]:" : ":") + std::to_string(port);
}

std::optional<ListenAddress> parse_inet(std::string_view text) {
    const auto parts = split(text);
    if (!parts || !parts->port) return std::nullopt;
    const auto port = parse_port(*parts->port);
    const bool local = !parts->brackets && parts->host == "localhost";
    const auto address = dns::Address::parse(local ? "127.0.0.1" : parts->host);
    if (!port || !address || parts->brackets != (address->family() == dns::Family::kV6)) return std::nullopt;
    ListenAddress out;
    out.host = address->text();
    out.port = *port;
    return out;
}

}  // namespace

std::optional<ListenAddress> ListenAddress::parse(std::string_view text) {
    base::Scanner in(text);
    if (in.literal(std::string_view("inet:"))) return parse_inet(in.rest());
    if (!in.literal(std::string_view("unix:"))) return std::nullopt;
    const std::string_view path = in.rest();
    if (path.size() < 2 || path.size() > kMaxPath || path.front() != '/') return std::nullopt;
    ListenAddress out;
    out.kind = Kind::kUnix;
    out.path = path;
    return out;
}

std::string ListenAddress::text() const {
    if (kind == Kind::kUnix) return "unix:" + path;
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? "inet:[" : "inet:") + host + (v6 ? "]:" : ":") + std::to_string(port);
}

std::optional<ServerAddress> ServerAddress::parse(std::string_view text) {
    const auto parts = split(text);
    if (!parts) return std::nullopt;
    const auto address = dns::Address::parse(parts->host);
    if (!address || (parts->brackets && address->family() != dns::Family::kV6)) return std::nullopt;
    ServerAddress out{*address};
    if (!parts->port) return out;
    const auto port = parse_port(*parts->port);
    if (!port) return std::nullopt;
    out.port = *port;
    return out;
}

std::string ServerAddress::text() const {
    return port == kDnsPort ? address.text() : with_port(address, port);
}

}  // namespace app
