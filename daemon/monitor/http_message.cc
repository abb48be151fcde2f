// SPDX-License-Identifier: MIT
#include "daemon/monitor/http_message.h"

#include <array>
#include <ctime>
#include <optional>

#include "lib/base/ascii.h"
#include "lib/base/scanner.h"

namespace app {
namespace {

constexpr std::size_t kMaxTarget = 2048;

bool is_token(char c) {
    return base::is_alpha(c) || base::is_digit(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

int hex_value(char c) {
    if (base::is_digit(c)) return c - '0';
    const char lower = base::to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<std::string> decode(std::string_view text, bool plus_is_space) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0) return std::nullopt;
            out += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            out += plus_is_space && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

bool read_query(std::string_view text, HttpRequest& request) {
    base::Scanner in(text);
    while (!in.at_end()) {
        base::Scanner pair(in.take_until('&'));
        in.literal('&');
        auto name = decode(pair.take_until('='), true);
        pair.literal('=');
        auto value = decode(pair.rest(), true);
        if (!name || !value) return false;
        request.query.push_back({std::move(*name), std::move(*value)});
    }
    return true;
}

bool read_target(std::string_view target, HttpRequest& request) {
    base::Scanner in(target);
    auto path = decode(in.take_until('?'), false);
    if (!path || path->empty() || path->front() != '/') return false;
    request.path = std::move(*path);
    in.literal('?');
    return read_query(in.rest(), request);
}

// "GET /path?query HTTP/1.1"
int read_request_line(std::string_view line, HttpRequest& request) {
    base::Scanner in(line);
    const std::string_view method = in.take_while(is_token);
    if (method.empty() || !in.literal(' ')) return 400;
    const std::string_view target = in.take_while([](char c) { return c > ' ' && c < '\x7f'; });
    if (!in.literal(' ') || !in.literal(std::string_view("HTTP/"))) return 400;
    if (in.rest() != "1.1" && in.rest() != "1.0") return 505;
    if (method != "GET" && method != "HEAD") return 405;
    if (target.size() > kMaxTarget) return 414;
    request.head = method == "HEAD";
    return read_target(target, request) ? 200 : 400;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// Of the header lines only those count that say where to, or that a body follows: none is taken.
int read_header_line(std::string_view line, HttpRequest& request) {
    base::Scanner in(line);
    const std::string_view name = in.take_while(is_token);
    if (name.empty() || !in.literal(':')) return 400;
    const std::string_view value = trimmed(in.rest());
    if (base::equal_nocase(name, "transfer-encoding")) return 400;
    if (base::equal_nocase(name, "content-length") && value != "0") return 400;
    if (!base::equal_nocase(name, "host")) return 200;
    if (!request.host.empty()) return 400;
    request.host = value;
    return 200;
}

std::string_view reason_phrase(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 400:
            return "Bad Request";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 408:
            return "Request Timeout";
        case 414:
            return "URI Too Long";
        case 421:
            return "Misdirected Request";
        case 431:
            return "Request Header Fields Too Large";
        case 503:
            return "Service Unavailable";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "Error";
    }
}

// By hand: strftime would speak the language of the locale.
std::string http_date(base::WallTime now) {
    static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto seconds = static_cast<std::time_t>(now.time_since_epoch().count());
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return std::string(kDays[static_cast<std::size_t>(parts.tm_wday)]) + ", " + two(parts.tm_mday) + " " +
           kMonths[static_cast<std::size_t>(parts.tm_mon)] + " " + std::to_string(parts.tm_year + 1900) +
           " " + two(parts.tm_hour) + ":" + two(parts.tm_min) + ":" + two(parts.tm_sec) + " GMT";
}

}  // namespace

std::string_view HttpRequest::param(std::string_view name) const {
    for (const auto& [key, value] : query)
        if (key == name) return value;
    return {};
}

HttpResponse HttpResponse::plain(int status, std::string_view text) {
    HttpResponse out;
    out.status = status;
    out.body = std::string(text) + "\n";
    return out;
}

std::size_t http_head_end(std::string_view received) {
    const std::size_t end = received.find("\r\n\r\n");
    return end == std::string_view::npos ? end : end + 4;
}

base::Result<HttpRequest, int> parse_http_request(std::string_view head) {
    HttpRequest request;
    bool first = true;
    while (true) {
        const std::size_t end = head.find("\r\n");
        if (end == std::string_view::npos) return base::Unexpected(400);
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(end + 2);
        if (line.empty() && !first) return request;
        const int status = first ? read_request_line(line, request) : read_header_line(line, request);
        if (status != 200) return base::Unexpected(status);
        first = false;
    }
}

std::string render_http_response(const HttpResponse& response, bool head, base::WallTime now) {
    std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
    out.append(reason_phrase(response.status)).append("\r\nDate: ").append(http_date(now));
    out.append("\r\nContent-Type: ").append(response.content_type);
    out.append("\r\nContent-Length: ").append(std::to_string(response.body.size()));
    if (response.status == 405) out.append("\r\nAllow: GET, HEAD");
    out.append(
        "\r\nConnection: close"
        "\r\nCache-Control: no-store"
        "\r\nContent-Security-Policy: default-src 'none'; style-src 'self'; form-action 'self'; base-uri "
        "'none'; frame-ancestors 'none'"
        "\r\nX-Content-Type-Options: nosniff"
        "\r\nReferrer-Policy: no-referrer"
        "\r\nCross-Origin-Resource-Policy: same-origin"
        "\r\nCross-Origin-Opener-Policy: same-origin\r\n\r\n");
    if (!head) out.append(response.body);
    return out;
}

std::string url_encode(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (base::is_alpha(c) || base::is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        }
    }
    return out;
}

}  // namespace app
