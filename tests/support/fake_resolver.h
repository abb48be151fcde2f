// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/dns/resolver.h"
#include "tests/support/manual_loop.h"

namespace testing_support {

/// A DNS for tests, in virtual time. A name nobody spoke of is denied with the default negative TTL. What it
/// says is settled when the question is asked; the answer comes `delay` later, or kTimeout at the deadline if
/// that is earlier. Names are given as text in canonical form. Must outlive its Pendings.
class FakeResolver : public dns::Resolver {
  public:
    /// "TXT", "A" or "AAAA", in the order asked.
    struct Question {
        std::string type;
        std::string name;
        base::MonoTime at;
    };

    explicit FakeResolver(ManualLoop& loop) : loop_(loop) {}

    // What the world publishes. A later call for the same name and type replaces the earlier one.

    void set_txt(const std::string& name, const std::vector<std::string>& texts,
                 base::Seconds ttl = base::Seconds{300}) {
        Reply<dns::Txt> reply;
        for (const std::string& text : texts)
            reply.answer.records.push_back(dns::Txt{text});
        reply.answer.ttl = ttl;
        txt_[name] = std::move(reply);
    }
    /// Both families at once: a family without an address here is denied.
    void set_addresses(const std::string& host, const std::vector<std::string>& addresses,
                       base::Seconds ttl = base::Seconds{300}) {
        Reply<dns::Address> v4, v6;
        v4.answer.ttl = v6.answer.ttl = ttl;
        for (const std::string& text : addresses) {
            const auto address = dns::Address::parse(text);
            if (!address) throw std::logic_error("no address: " + text);
            (address->family() == dns::Family::kV4 ? v4 : v6).answer.records.push_back(*address);
        }
        v4_[host] = std::move(v4);
        v6_[host] = std::move(v6);
    }
    void deny_txt(const std::string& name, base::Seconds negative_ttl) { set_txt(name, {}, negative_ttl); }
    void deny_addresses(const std::string& host, base::Seconds negative_ttl) {
        set_addresses(host, {}, negative_ttl);
    }
    void set_authentic_txt(const std::string& name) { txt_[name].answer.authentic = dns::Authentic::kYes; }
    void fail_txt(const std::string& name, dns::LookupError error) { txt_[name].error = error; }
    void fail_addresses(const std::string& host, dns::Family family, dns::LookupError error) {
        addresses_of(family)[host].error = error;
    }
    void fail_addresses(const std::string& host, dns::LookupError error) {
        fail_addresses(host, dns::Family::kV4, error);
        fail_addresses(host, dns::Family::kV6, error);
    }
    /// Never answers: kTimeout at the deadline.
    void silence_txt(const std::string& name) { txt_[name].silent = true; }
    void silence_addresses(const std::string& host, dns::Family family) {
        addresses_of(family)[host].silent = true;
    }
    /// This name's answers come later than the others'.
    void delay_txt(const std::string& name, base::Milliseconds delay) { txt_[name].delay = delay; }
    void delay_addresses(const std::string& host, dns::Family family, base::Milliseconds delay) {
        addresses_of(family)[host].delay = delay;
    }

    // What holds for all names: the resolver itself is ill, slow or well again.

    void fail_all(std::optional<dns::LookupError> error) { error_ = error; }
    void silence_all(bool silent) { silent_ = silent; }
    void set_delay(base::Milliseconds delay) { delay_ = delay; }
    void set_negative_ttl(base::Seconds ttl) { negative_ttl_ = ttl; }

    // What was asked.

    const std::vector<Question>& questions() const { return questions_; }
    std::size_t count(std::string_view type, std::string_view name) const {
        return static_cast<std::size_t>(
            std::count_if(questions_.begin(), questions_.end(),
                          [&](const Question& q) { return q.type == type && q.name == name; }));
    }
    void forget_questions() { questions_.clear(); }

    base::Pending txt(const dns::Name& name, base::Deadline deadline, Done<dns::Txt> done) override {
        return ask("TXT", txt_, name, deadline, std::move(done));
    }
    base::Pending addresses(const dns::Name& host, dns::Family family, base::Deadline deadline,
                            Done<dns::Address> done) override {
        return ask(family == dns::Family::kV4 ? "A" : "AAAA", addresses_of(family), host, deadline,
                   std::move(done));
    }

  private:
    template <class Record>
    struct Reply {
        dns::Answer<Record> answer;
        std::optional<dns::LookupError> error;
        bool silent = false;
        std::optional<base::Milliseconds> delay;
    };
    template <class Record>
    using Zone = std::map<std::string, Reply<Record>>;

    Zone<dns::Address>& addresses_of(dns::Family family) { return family == dns::Family::kV4 ? v4_ : v6_; }

    template <class Record>
    base::Pending ask(const char* type, const Zone<Record>& zone, const dns::Name& name,
                      base::Deadline deadline, Done<Record> done) {
        questions_.push_back(Question{type, name.text(), loop_.mono()});
        Reply<Record> reply;
        reply.answer.ttl = negative_ttl_;
        if (const auto found = zone.find(name.text()); found != zone.end()) reply = found->second;
        if (error_) reply.error = error_;

        base::Milliseconds wait = reply.delay.value_or(delay_);
        const base::Milliseconds left = deadline.at - loop_.mono();
        if (reply.silent || silent_ || wait > left) {
            wait = left;
            reply.error = dns::LookupError{dns::LookupError::Kind::kTimeout, 0};
        }
        return loop_.after(wait, [done = std::move(done), reply = std::move(reply)] {
            if (reply.error) return done(base::Unexpected(*reply.error));
            done(reply.answer);
        });
    }

    ManualLoop& loop_;
    Zone<dns::Txt> txt_;
    Zone<dns::Address> v4_, v6_;
    std::optional<dns::LookupError> error_;
    bool silent_ = false;
    base::Milliseconds delay_{1};
    base::Seconds negative_ttl_{300};
    std::vector<Question> questions_;
};

}  // namespace testing_support
