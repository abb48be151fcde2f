// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/dns/resolver.h"
#include "tests/support/manual_loop.h"

namespace testing_support {

/// A DNS for tests, in virtual time. A name nobody spoke of is denied with the default negative TTL. What it
/// says is settled when the question is asked; the answer comes `delay` later, or kTimeout at the deadline if
/// that is earlier. Names are given as text in canonical form, types as "TXT", "A", "AAAA", "MX", "TLSA",
/// "NS" or "CNAME". It follows no CNAME of its own: an answer says where one led if set_canonical() said so.
/// Must outlive its Pendings.
class FakeResolver : public dns::Resolver {
  public:
    /// In the order asked.
    struct Question {
        std::string type;
        std::string name;
        base::MonoTime at;
    };

    explicit FakeResolver(ManualLoop& loop) : loop_(loop) {}

    // What the world publishes. A later call for the same name and type replaces the earlier one and all that
    // was said of it. Without records: a denial.

    void set_txt(const std::string& name, const std::vector<std::string>& texts,
                 base::Seconds ttl = base::Seconds{300});
    /// Both families at once: a family without an address here is denied.
    void set_addresses(const std::string& host, const std::vector<std::string>& addresses,
                       base::Seconds ttl = base::Seconds{300});
    void set_mx(const std::string& name, const std::vector<dns::Mx>& records,
                base::Seconds ttl = base::Seconds{300});
    void set_tlsa(const std::string& name, const std::vector<dns::Tlsa>& records,
                  base::Seconds ttl = base::Seconds{300});
    void set_ns(const std::string& name, const std::vector<std::string>& targets,
                base::Seconds ttl = base::Seconds{300});
    void set_cname(const std::string& name, const std::string& target,
                   base::Seconds ttl = base::Seconds{300});
    void deny(std::string_view type, const std::string& name, base::Seconds negative_ttl);
    void deny_txt(const std::string& name, base::Seconds negative_ttl) { set_txt(name, {}, negative_ttl); }
    void deny_addresses(const std::string& host, base::Seconds negative_ttl) {
        set_addresses(host, {}, negative_ttl);
    }

    // How it says so. To be said after what is published.

    void set_authentic(std::string_view type, const std::string& name,
                       dns::Authentic authentic = dns::Authentic::kYes) {
        at(type, name).authentic = authentic;
    }
    void set_authentic_txt(const std::string& name) { set_authentic("TXT", name); }
    void set_authentic_addresses(const std::string& host, dns::Authentic authentic = dns::Authentic::kYes) {
        set_authentic("A", host, authentic);
        set_authentic("AAAA", host, authentic);
    }
    /// The records or the denial are those of `canonical`, where CNAMEs led.
    void set_canonical(std::string_view type, const std::string& name, const std::string& canonical) {
        at(type, name).canonical = canonical;
    }
    void set_canonical_addresses(const std::string& host, const std::string& canonical) {
        set_canonical("A", host, canonical);
        set_canonical("AAAA", host, canonical);
    }
    void fail(std::string_view type, const std::string& name, dns::LookupError error) {
        at(type, name).error = error;
    }
    void fail_txt(const std::string& name, dns::LookupError error) { fail("TXT", name, error); }
    void fail_addresses(const std::string& host, dns::Family family, dns::LookupError error) {
        fail(type_of(family), host, error);
    }
    void fail_addresses(const std::string& host, dns::LookupError error) {
        fail("A", host, error);
        fail("AAAA", host, error);
    }
    /// Never answers: kTimeout at the deadline.
    void silence(std::string_view type, const std::string& name) { at(type, name).silent = true; }
    void silence_txt(const std::string& name) { silence("TXT", name); }
    void silence_addresses(const std::string& host, dns::Family family) { silence(type_of(family), host); }
    /// This name's answers come later than the others'.
    void delay(std::string_view type, const std::string& name, base::Milliseconds delay) {
        at(type, name).delay = delay;
    }
    void delay_txt(const std::string& name, base::Milliseconds time) { delay("TXT", name, time); }
    void delay_addresses(const std::string& host, dns::Family family, base::Milliseconds time) {
        delay(type_of(family), host, time);
    }

    // What holds for all names: the resolver itself is ill, slow or well again.

    /// Authenticity of answers of which nothing else was said, denials of unknown names too.
    void set_all_authentic(dns::Authentic authentic = dns::Authentic::kYes) { authentic_ = authentic; }
    void fail_all(std::optional<dns::LookupError> error) { error_ = error; }
    void silence_all(bool silent) { silent_ = silent; }
    void set_delay(base::Milliseconds delay) { delay_ = delay; }
    void set_negative_ttl(base::Seconds ttl) { negative_ttl_ = ttl; }

    // What was asked.

    const std::vector<Question>& questions() const { return questions_; }
    std::size_t count(std::string_view type, std::string_view name) const;
    void forget_questions() { questions_.clear(); }

    base::Pending txt(const dns::Name& name, base::Deadline deadline, Done<dns::Txt> done) override;
    base::Pending addresses(const dns::Name& host, dns::Family family, base::Deadline deadline,
                            Done<dns::Address> done) override;
    base::Pending mx(const dns::Name& name, base::Deadline deadline, Done<dns::Mx> done) override;
    base::Pending tlsa(const dns::Name& name, base::Deadline deadline, Done<dns::Tlsa> done) override;
    base::Pending ns(const dns::Name& name, base::Deadline deadline, Done<dns::Ns> done) override;
    base::Pending cname(const dns::Name& name, base::Deadline deadline, Done<dns::Cname> done) override;

  private:
    struct Manner {
        std::optional<base::Seconds> ttl;  // none: the default negative TTL
        std::optional<dns::Authentic> authentic;
        std::string canonical;
        std::optional<dns::LookupError> error;
        bool silent = false;
        std::optional<base::Milliseconds> delay;
    };
    template <class Record>
    struct Reply : Manner {
        std::vector<Record> records;
    };
    template <class Record>
    using Zone = std::map<std::string, Reply<Record>>;

    static const char* type_of(dns::Family family) { return family == dns::Family::kV4 ? "A" : "AAAA"; }
    template <class Visit>
    void visit(std::string_view type, Visit visit);
    Manner& at(std::string_view type, const std::string& name);
    template <class Record>
    static void publish(Zone<Record>& zone, const std::string& name, std::vector<Record> records,
                        base::Seconds ttl);
    template <class Record>
    base::Pending ask(const char* type, const Zone<Record>& zone, const dns::Name& name,
                      base::Deadline deadline, Done<Record> done);

    ManualLoop& loop_;
    Zone<dns::Txt> txt_;
    Zone<dns::Address> v4_, v6_;
    Zone<dns::Mx> mx_;
    Zone<dns::Tlsa> tlsa_;
    Zone<dns::Ns> ns_;
    Zone<dns::Cname> cname_;
    dns::Authentic authentic_ = dns::Authentic::kNo;
    std::optional<dns::LookupError> error_;
    bool silent_ = false;
    base::Milliseconds delay_{1};
    base::Seconds negative_ttl_{300};
    std::vector<Question> questions_;
};

}  // namespace testing_support
