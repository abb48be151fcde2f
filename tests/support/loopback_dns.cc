// SPDX-License-Identifier: MIT
#include "tests/support/loopback_dns.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace testing_support {

namespace {

void put(std::string& out, std::uint32_t value, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
        out += static_cast<char>(value >> shift & 0xff);
}

std::uint16_t get16(std::string_view in, std::size_t at) {
    return static_cast<std::uint16_t>(static_cast<unsigned char>(in.at(at)) << 8 |
                                      static_cast<unsigned char>(in.at(at + 1)));
}

std::string record(std::string_view name, std::uint16_t type, std::uint16_t cls, std::uint32_t ttl,
                   std::string_view rdata) {
    std::string out = dns_name(name);
    put(out, type, 2);
    put(out, cls, 2);
    put(out, ttl, 4);
    put(out, static_cast<std::uint32_t>(rdata.size()), 2);
    out += rdata;
    return out;
}

// The tests' own clients send sound queries: anything else is an exception, and the test fails.
DnsQuery read_query(std::string packet, bool tcp) {
    DnsQuery query;
    query.tcp = tcp;
    query.id = get16(packet, 0);
    query.flags = get16(packet, 2);
    std::size_t at = 12;
    while (packet.at(at) != 0) {
        const auto length = static_cast<std::size_t>(static_cast<unsigned char>(packet.at(at)));
        if (!query.name.empty()) query.name += '.';
        query.name += packet.substr(at + 1, length);
        at += 1 + length;
    }
    query.type = get16(packet, at + 1);
    at += 5;
    if (get16(packet, 10) > 0 && get16(packet, at + 1) == kOpt) {
        query.edns = true;
        query.udp_size = get16(packet, at + 3);
        query.dnssec_ok = (get16(packet, at + 7) & 0x8000) != 0;
    }
    query.packet = std::move(packet);
    return query;
}

socklen_t make_address(const char* text, std::uint16_t port, sockaddr_storage& out) {
    std::memset(&out, 0, sizeof out);
    auto* v4 = reinterpret_cast<sockaddr_in*>(&out);
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&out);
    if (::inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons(port);
        return sizeof *v4;
    }
    if (::inet_pton(AF_INET6, text, &v6->sin6_addr) != 1) throw std::runtime_error("no address");
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    return sizeof *v6;
}

std::string host_of(const sockaddr_storage& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* host = &reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr;
    if (address.ss_family == AF_INET) host = &reinterpret_cast<const sockaddr_in*>(&address)->sin_addr;
    return ::inet_ntop(address.ss_family, host, text.data(), text.size()) != nullptr ? text.data() : "";
}

std::uint16_t port_of(int descriptor) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length);
    return ntohs(address.ss_family == AF_INET ? reinterpret_cast<sockaddr_in*>(&address)->sin_port
                                              : reinterpret_cast<sockaddr_in6*>(&address)->sin6_port);
}

}  // namespace

std::string dns_name(std::string_view name) {
    std::string out;
    while (!name.empty()) {
        const std::size_t dot = std::min(name.find('.'), name.size());
        out += static_cast<char>(dot);
        out += name.substr(0, dot);
        name.remove_prefix(std::min(dot + 1, name.size()));
    }
    return out + '\0';
}

std::string txt_rdata(const std::vector<std::string>& strings) {
    std::string out;
    for (const auto& text : strings)
        out += static_cast<char>(text.size()) + text;
    return out;
}

std::string soa_rdata(std::uint32_t minimum) {
    std::string out = dns_name("ns.test") + dns_name("hostmaster.test");
    for (const std::uint32_t number : {1u, 3600u, 600u, 86400u, minimum})
        put(out, number, 4);
    return out;
}

std::string a_rdata(std::string_view address) {
    std::array<char, 4> bytes{};
    ::inet_pton(AF_INET, std::string(address).c_str(), bytes.data());
    return {bytes.data(), bytes.size()};
}

std::string aaaa_rdata(std::string_view address) {
    std::array<char, 16> bytes{};
    ::inet_pton(AF_INET6, std::string(address).c_str(), bytes.data());
    return {bytes.data(), bytes.size()};
}

std::string mx_rdata(std::uint16_t preference, std::string_view host) {
    std::string out;
    put(out, preference, 2);
    return out + dns_name(host);
}

std::string tlsa_rdata(std::uint8_t usage, std::uint8_t selector, std::uint8_t matching,
                       std::string_view data) {
    std::string out;
    for (const std::uint8_t number : {usage, selector, matching})
        put(out, number, 1);
    return out.append(data);
}

DnsReplyBuilder& DnsReplyBuilder::answer(std::string_view name, std::uint16_t type, std::uint32_t ttl,
                                         std::string_view rdata) {
    ++answers_;
    answer_ += record(name, type, 1, ttl, rdata);
    return *this;
}

DnsReplyBuilder& DnsReplyBuilder::authority(std::string_view name, std::uint16_t type, std::uint32_t ttl,
                                            std::string_view rdata) {
    ++authorities_;
    authority_ += record(name, type, 1, ttl, rdata);
    return *this;
}

DnsReplyBuilder& DnsReplyBuilder::opt(std::uint32_t ttl_field) {
    ++additionals_;
    additional_ += record("", kOpt, 1232, ttl_field, "");
    return *this;
}

std::string DnsReplyBuilder::packet() const {
    std::string out;
    for (const unsigned field :
         {unsigned{id_}, flags_, 1u, unsigned{answers_}, unsigned{authorities_}, unsigned{additionals_}})
        put(out, field, 2);
    out += dns_name(name_);
    put(out, type_, 2);
    put(out, 1, 2);
    return out + answer_ + authority_ + additional_;
}

LoopbackDns::LoopbackDns(app::EventLoop& loop, Handler handler, const char* address, std::uint16_t port)
    : loop_(loop), handler_(std::move(handler)) {
    // The kernel's UDP port may be another test's TCP port.
    for (int i = 0; i < 20 && !bind_both(address, port); ++i) {
    }
    if (tcp_ < 0) throw std::runtime_error("no port for a DNS server");
    const std::string host =
        std::strchr(address, ':') != nullptr ? "[" + std::string(address) + "]" : address;
    text_ = host + ":" + std::to_string(port_of(udp_));
    udp_watch_ =
        std::make_unique<app::Watch>(loop, udp_, app::Interest::kRead, [this](app::Readiness) { on_udp(); });
    tcp_watch_ = std::make_unique<app::Watch>(loop, tcp_, app::Interest::kRead,
                                              [this](app::Readiness) { on_accept(); });
}

LoopbackDns::~LoopbackDns() {
    udp_watch_.reset();
    tcp_watch_.reset();
    for (auto& [descriptor, connection] : connections_) {
        connection.watch.reset();
        ::close(descriptor);
    }
    ::close(udp_);
    ::close(tcp_);
}

std::uint16_t LoopbackDns::port() const {
    return port_of(udp_);
}

bool LoopbackDns::bind_both(const char* address, std::uint16_t port) {
    sockaddr_storage storage;
    socklen_t length = make_address(address, port, storage);
    udp_ = ::socket(storage.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (udp_ < 0 || ::bind(udp_, reinterpret_cast<sockaddr*>(&storage), length) != 0)
        throw std::runtime_error("cannot bind a DNS server");
    const int room = 4 << 20;
    ::setsockopt(udp_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    length = make_address(address, port_of(udp_), storage);
    tcp_ = ::socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int reuse = 1;  // another server may just have left the port
    ::setsockopt(tcp_, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
    if (::bind(tcp_, reinterpret_cast<sockaddr*>(&storage), length) == 0 && ::listen(tcp_, 64) == 0)
        return true;
    ::close(udp_);
    ::close(tcp_);
    tcp_ = -1;
    return false;
}

DnsReaction LoopbackDns::react(std::string packet, bool tcp, std::string from) {
    DnsQuery query = read_query(std::move(packet), tcp);
    query.from = std::move(from);
    ++count_;
    DnsReaction reaction = handler_(query);
    if (keep_) queries_.push_back(std::move(query));
    return reaction;
}

void LoopbackDns::on_udp() {
    std::array<char, 4096> buffer;
    for (;;) {
        sockaddr_storage from{};
        socklen_t length = sizeof from;
        auto* peer = reinterpret_cast<sockaddr*>(&from);
        const ssize_t got = ::recvfrom(udp_, buffer.data(), buffer.size(), 0, peer, &length);
        if (got < 0) return;
        const auto reaction = react({buffer.data(), static_cast<std::size_t>(got)}, false, host_of(from));
        for (const std::string& packet : reaction.packets) {
            if (reaction.after > base::Milliseconds{0}) {
                send_later(packet, {reinterpret_cast<const char*>(peer), length}, reaction.after);
            } else {
                ::sendto(udp_, packet.data(), packet.size(), 0, peer, length);
            }
        }
    }
}

void LoopbackDns::send_later(std::string packet, const std::string& peer, base::Milliseconds after) {
    const std::uint64_t id = ++last_later_;
    later_[id] = loop_.after(after, [this, id, packet = std::move(packet), peer] {
        sockaddr_storage to{};
        std::memcpy(&to, peer.data(), peer.size());
        ::sendto(udp_, packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&to),
                 static_cast<socklen_t>(peer.size()));
        later_.erase(id);
    });
}

void LoopbackDns::on_accept() {
    const int descriptor = ::accept4(tcp_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor < 0) return;
    Connection& connection = connections_[descriptor];
    connection.descriptor = descriptor;
    connection.watch = std::make_unique<app::Watch>(
        loop_, descriptor, app::Interest::kRead, [this, descriptor](app::Readiness) { on_tcp(descriptor); });
}

void LoopbackDns::on_tcp(int descriptor) {
    Connection& connection = connections_.at(descriptor);
    std::array<char, 4096> buffer;
    const ssize_t got = ::recv(descriptor, buffer.data(), buffer.size(), 0);
    bool close = got <= 0;
    if (got > 0) connection.in.append(buffer.data(), static_cast<std::size_t>(got));
    while (!close && connection.in.size() >= 2 && connection.in.size() >= 2u + get16(connection.in, 0)) {
        const std::size_t size = get16(connection.in, 0);
        const auto reaction = react(connection.in.substr(2, size), true, "");
        connection.in.erase(0, 2 + size);
        for (const std::string& packet : reaction.packets) {
            std::string frame;
            put(frame, static_cast<std::uint32_t>(packet.size()), 2);
            frame += packet;
            // Replies fit the kernel's buffer.
            if (::send(descriptor, frame.data(), frame.size(), MSG_NOSIGNAL) < 0) close = true;
        }
        if (reaction.reset) {
            const linger now{1, 0};
            ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
            close = true;
        }
    }
    if (!close) return;
    connections_.erase(descriptor);  // with the Watch that called: its captures are not used any more
    ::close(descriptor);
}

std::string closed_dns_port() {
    app::EventLoop loop;
    return LoopbackDns(loop, [](const DnsQuery&) { return DnsReaction{}; }).text();
}

}  // namespace testing_support
