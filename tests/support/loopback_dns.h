// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/adapters/event_loop.h"
#include "lib/base/clock.h"
#include "lib/base/pending.h"

namespace testing_support {

/// Record types by number, as in questions and answers.
enum DnsType : std::uint16_t {
    kA = 1,
    kNs = 2,
    kCname = 5,
    kSoa = 6,
    kMx = 15,
    kTxt = 16,
    kAaaa = 28,
    kOpt = 41,
    kTlsa = 52
};

// Uncompressed wire forms. A name's labels are parted by dots; "" is the root.
std::string dns_name(std::string_view name);
std::string txt_rdata(const std::vector<std::string>& strings);
/// SOA whose minimum field is `minimum`.
std::string soa_rdata(std::uint32_t minimum);
std::string a_rdata(std::string_view address);
std::string aaaa_rdata(std::string_view address);
std::string mx_rdata(std::uint16_t preference, std::string_view host);
std::string tlsa_rdata(std::uint8_t usage, std::uint8_t selector, std::uint8_t matching,
                       std::string_view data);

/// A question as it came off the wire.
struct DnsQuery {
    std::uint16_t id = 0;
    std::uint16_t flags = 0;
    std::string name;
    std::uint16_t type = 0;
    bool tcp = false;
    bool edns = false;
    std::uint16_t udp_size = 0;
    bool dnssec_ok = false;
    std::string packet;
    /// The address it came from, without the port; UDP only.
    std::string from;
};

/// Builds a reply piece by piece; anything may be wrong on purpose.
class DnsReplyBuilder {
  public:
    /// NOERROR with QR, RD, RA, and the query's id and question.
    explicit DnsReplyBuilder(const DnsQuery& query) : id_(query.id), name_(query.name), type_(query.type) {}
    DnsReplyBuilder(std::string name, std::uint16_t type) : name_(std::move(name)), type_(type) {}

    DnsReplyBuilder& id(std::uint16_t id) { return id_ = id, *this; }
    DnsReplyBuilder& question(std::string name, std::uint16_t type) {
        return name_ = std::move(name), type_ = type, *this;
    }
    DnsReplyBuilder& rcode(unsigned rcode) { return flags_ |= rcode, *this; }
    DnsReplyBuilder& authentic() { return flags_ |= 0x0020, *this; }
    DnsReplyBuilder& truncated() { return flags_ |= 0x0200, *this; }
    DnsReplyBuilder& without_flags(unsigned flags) { return flags_ &= ~flags, *this; }
    DnsReplyBuilder& answer(std::string_view name, std::uint16_t type, std::uint32_t ttl,
                            std::string_view rdata);
    DnsReplyBuilder& cname(std::string_view name, std::string_view target, std::uint32_t ttl) {
        return answer(name, kCname, ttl, dns_name(target));
    }
    DnsReplyBuilder& authority(std::string_view name, std::uint16_t type, std::uint32_t ttl,
                               std::string_view rdata);
    DnsReplyBuilder& opt(std::uint32_t ttl_field);
    std::string packet() const;

  private:
    std::uint16_t id_ = 0;
    unsigned flags_ = 0x8180;
    std::string name_;
    std::uint16_t type_;
    std::uint16_t answers_ = 0, authorities_ = 0, additionals_ = 0;
    std::string answer_, authority_, additional_;
};

/// What the server does about one query: packets to send in order (none: it stalls), then maybe a TCP reset.
struct DnsReaction {
    std::vector<std::string> packets;
    bool reset = false;
    base::Milliseconds after{0};  ///< UDP only: the packets come that much later
};

/// A DNS server on 127.0.0.1 (or ::1), UDP and TCP on one port of the kernel's choice, on the test's own
/// loop.
class LoopbackDns {
  public:
    using Handler = std::function<DnsReaction(const DnsQuery&)>;

    LoopbackDns(app::EventLoop& loop, Handler handler, const char* address = "127.0.0.1",
                std::uint16_t port = 0);
    ~LoopbackDns();
    LoopbackDns(const LoopbackDns&) = delete;
    LoopbackDns& operator=(const LoopbackDns&) = delete;

    /// "127.0.0.1:12345", "[::1]:12345".
    const std::string& text() const { return text_; }
    std::uint16_t port() const;
    /// All that was asked so far, in order.
    const std::vector<DnsQuery>& queries() const { return queries_; }
    /// Frees memory in tests with many questions.
    void keep_no_queries() { keep_ = false; }
    std::size_t count() const { return count_; }

  private:
    struct Connection {
        int descriptor = -1;
        std::string in;
        std::unique_ptr<app::Watch> watch;
    };

    bool bind_both(const char* address, std::uint16_t port);
    void on_udp();
    void send_later(std::string packet, const std::string& peer, base::Milliseconds after);
    void on_accept();
    void on_tcp(int descriptor);
    DnsReaction react(std::string packet, bool tcp, std::string from);

    app::EventLoop& loop_;
    Handler handler_;
    std::string text_;
    int udp_ = -1, tcp_ = -1;
    std::unique_ptr<app::Watch> udp_watch_, tcp_watch_;
    std::map<int, Connection> connections_;
    std::vector<DnsQuery> queries_;
    std::size_t count_ = 0;
    bool keep_ = true;
    std::map<std::uint64_t, base::Pending> later_;
    std::uint64_t last_later_ = 0;
};

/// "127.0.0.1:port" of a port where nobody listens: found, then let go.
std::string closed_dns_port();

}  // namespace testing_support
