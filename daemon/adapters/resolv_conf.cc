// SPDX-License-Identifier: MIT
#include "daemon/adapters/resolv_conf.h"

#include <errno.h>
#include <sys/stat.h>

#include <array>
#include <charconv>
#include <fstream>
#include <iterator>

namespace app {

namespace {

constexpr std::size_t kMaxServers = 3;
constexpr std::size_t kMaxFile = 64 * 1024;

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

std::optional<DnsServer> server(std::string_view address, std::string_view port) {
    const auto parsed = dns::Address::parse(address);
    const auto number = port.empty() ? std::optional<std::uint16_t>(53) : parse_port(port.substr(1));
    if (!parsed || !number) return std::nullopt;
    return DnsServer{*parsed, *number};
}

std::string_view next_word(std::string_view& line) {
    constexpr std::string_view kBlank = " \t\r\f\v";
    const std::size_t begin = line.find_first_not_of(kBlank);
    if (begin == line.npos) {
        line = {};
        return {};
    }
    const std::size_t end = std::min(line.find_first_of(kBlank, begin), line.size());
    const std::string_view word = line.substr(begin, end - begin);
    line.remove_prefix(end);
    return word;
}

void read_line(std::string_view line, ResolvConf& out) {
    // As libc: a keyword or a comment stands at the start of its line.
    if (line.empty() || line[0] == '#' || line[0] == ';' || line[0] == ' ' || line[0] == '\t') return;
    const std::string_view keyword = next_word(line);
    if (keyword == "nameserver") {
        const auto found = dns::Address::parse(next_word(line));
        if (found && out.servers.size() < kMaxServers) out.servers.push_back(DnsServer{*found, 53});
    } else if (keyword == "options") {
        for (auto word = next_word(line); !word.empty(); word = next_word(line))
            if (word == "trust-ad") out.trust_ad = true;
    }
}

}  // namespace

bool DnsServer::is_loopback() const {
    static const dns::Address kLoopbackV6 = *dns::Address::parse("::1");
    return address.family() == dns::Family::kV4 ? address.bytes()[0] == 127 : address == kLoopbackV6;
}

std::string DnsServer::text() const {
    const std::string host = address.text();
    const std::string number = std::to_string(port);
    return address.family() == dns::Family::kV4 ? host + ":" + number : "[" + host + "]:" + number;
}

std::optional<DnsServer> parse_dns_server(std::string_view text) {
    if (!text.empty() && text[0] == '[') {
        const std::size_t close = text.find(']');
        if (close == text.npos) return std::nullopt;
        const std::string_view address = text.substr(1, close - 1);
        const std::string_view port = text.substr(close + 1);
        if (address.find(':') == address.npos || (!port.empty() && (port[0] != ':' || port.size() == 1)))
            return std::nullopt;
        return server(address, port);
    }
    const std::size_t colon = text.find(':');
    if (colon == text.npos || text.find(':', colon + 1) != text.npos) return server(text, {});
    if (colon + 1 == text.size()) return std::nullopt;
    return server(text.substr(0, colon), text.substr(colon));
}

ResolvConf parse_resolv_conf(std::string_view text) {
    ResolvConf out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        read_line(text.substr(0, end), out);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (out.servers.empty()) out.servers.push_back(DnsServer{dns::Address::v4({127, 0, 0, 1}), 53});
    return out;
}

bool ResolvConfFile::refresh() {
    struct stat status {};
    std::optional<Stamp> stamp;
    if (::stat(path_.c_str(), &status) == 0) {
        stamp = Stamp{status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size, status.st_ino,
                      status.st_dev};
    } else if (errno != ENOENT && known_) {
        return false;
    }
    if (known_ && stamp == stamp_) return false;
    std::string text;
    if (stamp) {
        auto contents = read();
        if (!contents && known_) return false;
        if (contents) text = std::move(*contents);
    }
    stamp_ = stamp;
    ResolvConf fresh = parse_resolv_conf(text);
    if (known_ && fresh == contents_) return false;
    known_ = true;
    contents_ = std::move(fresh);
    return true;
}

std::optional<std::string> ResolvConfFile::read() const {
    std::ifstream in(path_, std::ios::binary);
    if (!in) return std::nullopt;
    std::string text(kMaxFile, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad()) return std::nullopt;
    text.resize(static_cast<std::size_t>(in.gcount()));
    return text;
}

}  // namespace app
