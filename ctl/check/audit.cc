// SPDX-License-Identifier: MIT
#include "ctl/check/audit.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <iterator>
#include <memory>
#include <stdexcept>

#include "ctl/check/witness.h"
#include "daemon/adapters/system_clock.h"
#include "daemon/component_options.h"
#include "lib/dane/survey.h"
#include "lib/sts/mx_pattern.h"

namespace ctl {
namespace {

/// A server that hangs up in the middle of a write is a fact, not the end of this program.
class NoPipeSignal {
  public:
    NoPipeSignal() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
    ~NoPipeSignal() { std::signal(SIGPIPE, before_); }
    NoPipeSignal(const NoPipeSignal&) = delete;
    NoPipeSignal& operator=(const NoPipeSignal&) = delete;

  private:
    void (*before_)(int);
};

/// What to call ourselves in EHLO.
std::string own_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return "localhost";
    const auto parsed = dns::Name::parse(name.data());
    return parsed ? parsed->text() : "localhost";
}

class Audit {
  public:
    Audit(const dns::Name& domain, const AuditOptions& options, const OnProgress& on_progress)
        : options_(options),
          on_progress_(on_progress),
          facts_(domain),
          resolver_(loop_, clock_, app::resolver_options(options.settings)),
          seen_(resolver_),
          fetcher_(loop_, clock_, app::fetcher_options(options.settings), {}),
          fetched_(fetcher_),
          queue_(loop_, {kProbes, kProbesPerAddress}) {
        fetcher_.read_certificates();
        facts_.smtp_port = options.smtp_port;
        discovery_options_.dns_time = options.time;
        discovery_options_.fetch_time = options.time;
        discovery_options_.allow_networks = options.settings.https.allow_networks;
    }

    CheckFacts run() {
        test_resolver();
        look_up_policy();
        look_up_hosts();
        look_up_reports();
        tell();
        loop_.run();
        facts_.now = clock_.wall();
        if (is_dead())
            throw std::runtime_error("the DNS does not answer: " + describe(facts_.record.error()));
        return std::move(facts_);
    }

  private:
    static constexpr std::size_t kAddressesPerHost = 4;
    static constexpr std::size_t kProbes = dane::Survey::kMaxHosts * kAddressesPerHost, kProbesPerAddress = 4;

    base::Deadline deadline() const { return base::Deadline{clock_.mono() + options_.time}; }

    void test_resolver() {
        dns::SelfTest::Options test = app::resolver_watch_options(options_.settings).test;
        if (!test.signed_name && !test.bogus_name) return;
        test.time = options_.time;
        ++all_;
        self_test_.emplace(clock_, resolver_, test, [this](dns::SelfTest::Outcome outcome) {
            facts_.resolver = std::move(outcome);
            one_done();
        });
    }

    void look_up_policy() {
        ++all_;
        sts::Discovery::Task task{facts_.domain, "", "", true};
        discovery_.emplace(sts::Discovery::Services{clock_, loop_, seen_, fetched_}, discovery_options_,
                           std::move(task), [this](sts::Found found) { on_policy(std::move(found)); });
    }

    void look_up_hosts() {
        ++all_;
        dane::Survey::Options survey{options_.time, 3 * options_.time};
        survey_.emplace(dane::Survey::Services{clock_, loop_, seen_}, survey,
                        dane::Survey::Task{facts_.domain, options_.smtp_port, true},
                        [this](dane::Findings findings) { on_hosts(std::move(findings)); });
    }

    void look_up_reports() {
        const auto name = facts_.domain.with_prefix("_smtp._tls");
        if (!name) return;
        ++all_;
        reports_ = seen_.txt(*name, deadline(), [this](dns::Lookup<dns::Txt> answer) {
            facts_.reports = std::move(answer);
            one_done();
        });
    }

    void on_policy(sts::Found found) {
        facts_.found = std::move(found);
        if (const auto name = facts_.domain.with_prefix("_mta-sts"))
            if (const auto* answer = seen_.txt_of(*name)) facts_.record = *answer;
        if (const auto& outcome = fetched_.outcome()) {
            if (*outcome) {
                facts_.response = **outcome;
            } else {
                facts_.fetch_text = outcome->error().text;
            }
        }
        if (const auto host = facts_.domain.with_prefix("mta-sts")) {
            facts_.policy_host = addresses_of(*host);
            // Where a proxy is needed to reach it, the fetch has to say it all.
            if (options_.settings.https.proxy.empty())
                probe(host->text(), facts_.policy_host.usable, options_.settings.https.port, false,
                      facts_.policy_probe);
        }
        one_done();
    }

    void on_hosts(dane::Findings findings) {
        facts_.mx_secure = findings.mx_secure;
        if (const auto* answer = seen_.mx_of(facts_.domain)) {
            facts_.mx = *answer;
        } else if (findings.error) {
            facts_.mx = base::Unexpected(*findings.error);
        }
        for (dane::Host& host : findings.hosts)
            facts_.hosts.push_back(host_facts(std::move(host)));
        for (MailHostFacts& host : facts_.hosts)
            probe_each(host);
        one_done();
    }

    void probe_each(MailHostFacts& host) {
        for (const dns::Address& address : app::connect_order(host.addresses.usable))
            if (host.probes.size() < kAddressesPerHost) host.probes.push_back({address, {}});
        for (AddressProbe& one : host.probes)
            probe(host.survey.name, {one.address}, options_.smtp_port, true, one.result);
    }

    MailHostFacts host_facts(dane::Host host) {
        MailHostFacts facts;
        const auto name = dane::host_name(host.name);
        facts.is_name = name && !name->is_numeric() && name->label_count() > 1;
        if (facts.is_name) facts.addresses = addresses_of(*name);
        if (const auto base = dane::host_name(host.base_domain)) {
            const auto owner = base->with_prefix("_" + std::to_string(options_.smtp_port) + "._tcp");
            const auto* answer = owner ? seen_.tlsa_of(*owner) : nullptr;
            if (answer != nullptr && *answer) facts.tlsa = (*answer)->records;
        }
        facts.survey = std::move(host);
        return facts;
    }

    AddressFacts addresses_of(const dns::Name& host) {
        AddressFacts facts;
        for (const dns::Family family : {dns::Family::kV4, dns::Family::kV6}) {
            const auto* answer = seen_.addresses_of(host, family);
            if (answer == nullptr) continue;
            if (!*answer) {
                facts.error = answer->error();
                continue;
            }
            facts.all.insert(facts.all.end(), (*answer)->records.begin(), (*answer)->records.end());
            if (!(*answer)->canonical.empty()) facts.alias = (*answer)->canonical;
        }
        std::copy_if(facts.all.begin(), facts.all.end(), std::back_inserter(facts.usable),
                     [this](const dns::Address& address) { return may_connect(address); });
        return facts;
    }

    bool may_connect(const dns::Address& address) const {
        const auto& allowed = options_.settings.https.allow_networks;
        return dns::is_globally_reachable(address) ||
               std::any_of(allowed.begin(), allowed.end(),
                           [&](const dns::Network& network) { return network.contains(address); });
    }

    void probe(const std::string& host, const std::vector<dns::Address>& addresses, std::uint16_t port,
               bool smtp, ProbeResult& into) {
        if (addresses.empty()) return;
        ++all_;
        TlsProbe::Task task{
            host, addresses, port, smtp, own_name(), options_.time, options_.settings.https.source_address};
        probes_.push_back(
            std::make_unique<TlsProbe>(TlsProbe::Services{loop_, clock_, queue_, fetcher_.trust()},
                                       std::move(task), [this, &into](ProbeResult result) {
                                           into = std::move(result);
                                           one_done();
                                       }));
    }

    void one_done() {
        ++done_;
        tell();
        if (done_ == all_) loop_.stop();
    }

    void tell() {
        if (on_progress_) on_progress_(done_, all_);
    }

    /// Nothing came for any of three names, nor for the names that the resolver is tested with.
    bool is_dead() const {
        const auto silent = [](const auto& answer) {
            using Kind = dns::LookupError::Kind;
            return !answer &&
                   (answer.error().kind == Kind::kTimeout || answer.error().kind == Kind::kUnreachable);
        };
        const bool knows_something =
            facts_.resolver && facts_.resolver->verdict != dns::SelfTest::Verdict::kUnclear;
        return silent(facts_.record) && silent(facts_.mx) && silent(facts_.reports) && !knows_something;
    }

    const AuditOptions& options_;
    const OnProgress& on_progress_;
    CheckFacts facts_;
    std::size_t done_ = 0, all_ = 0;
    app::SystemClock clock_;
    app::EventLoop loop_;
    app::AresResolver resolver_;
    WitnessResolver seen_;
    app::CurlFetcher fetcher_;
    WitnessFetcher fetched_;
    app::FetchQueue queue_;
    sts::Discovery::Options discovery_options_;
    std::optional<dns::SelfTest> self_test_;
    std::optional<sts::Discovery> discovery_;
    std::optional<dane::Survey> survey_;
    base::Pending reports_;
    std::vector<std::unique_ptr<TlsProbe>> probes_;
};

}  // namespace

bool CheckFacts::covered(const std::string& host) const {
    return std::any_of(found.policy.mx.begin(), found.policy.mx.end(), [&](const sts::MxSpan& pattern) {
        return sts::mx_matches(pattern.in(found.body), host);
    });
}

CheckFacts look_at(const dns::Name& domain, const AuditOptions& options, const OnProgress& on_progress) {
    const NoPipeSignal quiet;
    return Audit(domain, options, on_progress).run();
}

}  // namespace ctl
