// SPDX-License-Identifier: MIT
#include "daemon/adapters/dns_message.h"

#include <arpa/nameser.h>
#include <resolv.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "lib/base/ascii.h"

namespace app {

namespace {

// A reply with more records than this in one section is nonsense, and reading it would hold up the loop.
constexpr int kMaxRecords = 1000;
constexpr unsigned kFlagRecursionAvailable = 0x0080;
constexpr unsigned kFlagAuthenticData = 0x0020;

void put16(std::vector<unsigned char>& out, unsigned value) {
    out.push_back(static_cast<unsigned char>(value >> 8));
    out.push_back(static_cast<unsigned char>(value & 0xff));
}

base::Seconds seconds(std::uint32_t ttl) {
    return base::Seconds(ttl > 0x7fffffffU ? 0 : ttl);
}

std::string_view without_final_dot(std::string_view name) {
    if (name == ".") return {};
    return name;
}

bool same_name(std::string_view a, std::string_view b) {
    return base::equal_nocase(without_final_dot(a), without_final_dot(b));
}

// Names are compared as text: libresolv escapes every dot inside a label, so a dot is a border.
bool is_within(std::string_view name, std::string_view zone) {
    zone = without_final_dot(zone);
    if (zone.empty()) return true;
    if (name.size() < zone.size() || !base::equal_nocase(name.substr(name.size() - zone.size()), zone))
        return false;
    if (name.size() == zone.size()) return true;
    const std::size_t dot = name.size() - zone.size() - 1;
    return name[dot] == '.' && (dot == 0 || name[dot - 1] != '\\');
}

/// One reply on its way to a DnsReply: the question's name is followed from record to record.
class ReplyReader {
  public:
    explicit ReplyReader(const DnsQuestion& question) : question_(question), current_(question.name) {}

    DnsReply read(std::span<const unsigned char> packet) {
        if (open(packet)) {
            if (reply_.rcode != ns_r_noerror && reply_.rcode != ns_r_nxdomain) {
                reply_.kind = DnsReply::Kind::kServerFailure;
            } else if (follow()) {
                conclude();
            }
        }
        if (reply_.kind != DnsReply::Kind::kRecords) reply_.rdata.clear();
        return std::move(reply_);
    }

  private:
    using Kind = DnsReply::Kind;

    bool open(std::span<const unsigned char> packet) {
        if (packet.size() > NS_MAXMSG ||
            ns_initparse(packet.data(), static_cast<int>(packet.size()), &message_) != 0)
            return false;
        if (ns_msg_getflag(message_, ns_f_qr) != 1 || ns_msg_getflag(message_, ns_f_opcode) != ns_o_query ||
            ns_msg_getflag(message_, ns_f_tc) != 0 || ns_msg_count(message_, ns_s_qd) != 1)
            return false;
        if (ns_parserr(&message_, ns_s_qd, 0, &record_) != 0 || ns_rr_type(record_) != question_.type ||
            ns_rr_class(record_) != ns_c_in || !same_name(ns_rr_name(record_), question_.name))
            return false;
        flags_ = ns_get16(packet.data() + 2);
        reply_.rcode = ns_msg_getflag(message_, ns_f_rcode);
        if ((flags_ & kFlagAuthenticData) != 0) reply_.authentic = dns::Authentic::kYes;
        return ns_msg_count(message_, ns_s_an) <= kMaxRecords &&
               ns_msg_count(message_, ns_s_ns) <= kMaxRecords;
    }

    // From the question's name to the wanted records or to the last CNAME. False where that makes no sense.
    bool follow() {
        for (;;) {
            std::string next;
            if (!collect_at_current(next)) return false;
            if (next.empty()) return true;
            if (!reply_.rdata.empty() || ++reply_.cnames > kMaxCnames)
                return false;  // or records beside a CNAME
            current_ = std::move(next);
        }
    }

    // Keeps the wanted records at the current name; `next` is where a CNAME there leads.
    bool collect_at_current(std::string& next) {
        const int count = ns_msg_count(message_, ns_s_an);
        for (int i = 0; i < count; ++i) {
            if (ns_parserr(&message_, ns_s_an, i, &record_) != 0) return false;
            const bool wanted = ns_rr_type(record_) == question_.type;
            if (ns_rr_class(record_) != ns_c_in || (!wanted && ns_rr_type(record_) != ns_t_cname)) continue;
            if (!same_name(ns_rr_name(record_), current_)) continue;
            if (wanted) {
                if (!keep_rdata()) return false;
            } else {
                std::string target;
                if (!read_name(ns_rr_rdata(record_), ns_rr_rdlen(record_), target) || target.empty())
                    return false;
                if (!next.empty() && !same_name(next, target)) return false;
                next = std::move(target);
            }
            lower_ttl(seconds(ns_rr_ttl(record_)));
        }
        return true;
    }

    void conclude() {
        if (reply_.cnames > 0) reply_.canonical = current_;
        if (!reply_.rdata.empty()) {
            reply_.kind = reply_.rcode == ns_r_noerror ? Kind::kRecords : Kind::kMalformed;
            return;
        }
        reply_.rcode |= extended_rcode();
        if (reply_.rcode > 0xf) {
            reply_.kind = Kind::kServerFailure;
            return;
        }
        bool referral = false;
        const bool has_soa = read_authority(referral);
        if (reply_.rcode == ns_r_noerror && !has_soa) {
            if (reply_.cnames > 0) {
                reply_.kind = Kind::kAlias;
                return;
            }
            if (referral && (flags_ & kFlagRecursionAvailable) == 0) {
                reply_.kind = Kind::kServerFailure;
                return;
            }
        }
        reply_.kind = Kind::kDenial;
        if (!has_soa) reply_.ttl = base::Seconds(0);
    }

    // The upper bits of the rcode (BADVERS, BADCOOKIE) are in the OPT record, beside a lower half that may
    // say NOERROR.
    int extended_rcode() {
        const int count = std::min<int>(ns_msg_count(message_, ns_s_ar), kMaxRecords);
        for (int i = 0; i < count; ++i) {
            if (ns_parserr(&message_, ns_s_ar, i, &record_) != 0) return 0;
            if (ns_rr_type(record_) == ns_t_opt) return static_cast<int>(ns_rr_ttl(record_) >> 24) << 4;
        }
        return 0;
    }

    // True with the SOA of a zone that the current name is in: then the reply speaks of that name.
    bool read_authority(bool& referral) {
        const int count = ns_msg_count(message_, ns_s_ns);
        for (int i = 0; i < count; ++i) {
            if (ns_parserr(&message_, ns_s_ns, i, &record_) != 0) return false;
            if (ns_rr_type(record_) == ns_t_ns) referral = true;
            if (ns_rr_type(record_) != ns_t_soa || ns_rr_class(record_) != ns_c_in) continue;
            if (!is_within(current_, ns_rr_name(record_))) continue;
            const auto minimum = soa_minimum();
            if (!minimum) continue;
            lower_ttl(seconds(ns_rr_ttl(record_)));
            lower_ttl(*minimum);
            return true;
        }
        return false;
    }

    // Two names and five numbers; the last is the minimum.
    std::optional<base::Seconds> soa_minimum() const {
        const unsigned char* at = ns_rr_rdata(record_);
        const unsigned char* const end = at + ns_rr_rdlen(record_);
        if (ns_name_skip(&at, end) != 0 || ns_name_skip(&at, end) != 0 || end - at != 20) return std::nullopt;
        return seconds(static_cast<std::uint32_t>(ns_get32(at + 16)));
    }

    // False where the name in it cannot be read, or does not end with the record.
    bool keep_rdata() {
        const unsigned char* const rdata = ns_rr_rdata(record_);
        const std::size_t length = ns_rr_rdlen(record_);
        const std::size_t before_name = question_.type == ns_t_mx ? 2 : 0;
        std::string& out = reply_.rdata.emplace_back(reinterpret_cast<const char*>(rdata), length);
        if (question_.type != ns_t_mx && question_.type != ns_t_ns && question_.type != ns_t_cname)
            return true;
        if (length <= before_name) return false;
        std::array<unsigned char, NS_MAXCDNAME> name;
        const int used = ns_name_unpack(ns_msg_base(message_), ns_msg_end(message_), rdata + before_name,
                                        name.data(), name.size());
        if (used < 0 || static_cast<std::size_t>(used) != length - before_name) return false;
        const unsigned char* end = name.data();
        if (ns_name_skip(&end, name.data() + name.size()) != 0) return false;
        out.replace(before_name, std::string::npos, reinterpret_cast<const char*>(name.data()),
                    static_cast<std::size_t>(end - name.data()));
        return true;
    }

    // A compressed name that fills its rdata exactly.
    bool read_name(const unsigned char* rdata, std::size_t length, std::string& out) const {
        std::array<char, NS_MAXDNAME> text;
        const int used =
            ns_name_uncompress(ns_msg_base(message_), ns_msg_end(message_), rdata, text.data(), text.size());
        if (used < 0 || static_cast<std::size_t>(used) != length) return false;
        out = without_final_dot(text.data());
        return true;
    }

    void lower_ttl(base::Seconds ttl) {
        reply_.ttl = has_ttl_ ? std::min(reply_.ttl, ttl) : ttl;
        has_ttl_ = true;
    }

    const DnsQuestion& question_;
    std::string current_;
    ns_msg message_{};
    ns_rr record_;
    unsigned flags_ = 0;
    bool has_ttl_ = false;
    DnsReply reply_;
};

}  // namespace

bool build_dns_query(std::uint16_t id, const DnsQuestion& question, Edns edns,
                     std::vector<unsigned char>& out) {
    std::array<unsigned char, NS_MAXCDNAME> name;
    if (question.name.empty() || ns_name_pton(question.name.c_str(), name.data(), name.size()) < 0)
        return false;
    const unsigned char* end = name.data();
    if (ns_name_skip(&end, name.data() + name.size()) != 0) return false;
    out.clear();
    put16(out, id);
    put16(out, 0x0120);  // RD, AD
    put16(out, 1);
    put16(out, 0);
    put16(out, 0);
    put16(out, edns == Edns::kYes ? 1 : 0);
    out.insert(out.end(), name.cbegin(), name.cbegin() + (end - name.data()));
    put16(out, question.type);
    put16(out, ns_c_in);
    if (edns == Edns::kYes) {
        // c-ares 1.18 cuts 11 bytes off the end when it falls back to plain DNS: the OPT record is last and
        // has no options.
        out.push_back(0);
        put16(out, ns_t_opt);
        put16(out, kDnsUdpSize);
        put16(out, 0);
        put16(out, 0);
        put16(out, 0);
    }
    return true;
}

DnsReply parse_dns_reply(std::span<const unsigned char> packet, const DnsQuestion& question) {
    return ReplyReader(question).read(packet);
}

}  // namespace app
