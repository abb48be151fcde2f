// SPDX-License-Identifier: MIT
#include <cstdio>
#include <optional>
#include <stdexcept>

#include "ctl/check/audit.h"
#include "ctl/check/judge.h"
#include "ctl/check/report.h"
#include "ctl/command.h"
#include "ctl/progress.h"
#include "lib/base/scanner.h"

namespace ctl {
namespace {

constexpr std::uint32_t kSeconds = 10, kMostSeconds = 600, kSmtpPort = 25, kLastPort = 65535;

std::uint32_t number(const Invocation& invocation, const std::string& option, std::uint32_t otherwise,
                     std::uint32_t most) {
    if (!invocation.has(option)) return otherwise;
    const std::string text = invocation.value(option);
    base::Scanner in(text);
    const auto value = in.take_number<std::uint32_t>(9);
    if (!value || !in.at_end() || *value == 0 || *value > most)
        throw std::runtime_error("--" + option + " takes a number from 1 to " + std::to_string(most));
    return *value;
}

AuditOptions options_of(const Invocation& invocation) {
    AuditOptions options;
    options.settings = invocation.settings;
    if (invocation.has("resolver")) {
        options.settings.dns.servers.clear();
        // Who names a resolver by hand takes its word; no mail depends on it.
        options.settings.dns.trust_ad = app::TrustAd::kYes;
    }
    for (const std::string& text : invocation.values("resolver")) {
        const auto server = app::ServerAddress::parse(text);
        if (!server) throw std::runtime_error("--resolver takes ADDRESS or ADDRESS:PORT");
        options.settings.dns.servers.push_back(*server);
    }
    options.settings.https.ca_file = invocation.value("ca-file", options.settings.https.ca_file);
    options.time = std::chrono::seconds(number(invocation, "timeout", kSeconds, kMostSeconds));
    options.smtp_port = static_cast<std::uint16_t>(number(invocation, "port", kSmtpPort, kLastPort));
    return options;
}

/// The bar begins anew when it is known how many mail hosts there are.
class Bar {
  public:
    void show(std::size_t done, std::size_t all) {
        if (all != all_) progress_.emplace(all_ = all);
        progress_->set(done);
    }

  private:
    std::size_t all_ = 0;
    std::optional<Progress> progress_;
};

CheckFacts look(const dns::Name& domain, const AuditOptions& options) {
    Bar bar;
    return look_at(domain, options, [&bar](std::size_t done, std::size_t all) { bar.show(done, all); });
}

}  // namespace

int check(const Invocation& invocation) {
    const auto domain = dns::Name::parse(invocation.arguments[0]);
    if (!domain || domain->label_count() < 2 || domain->is_numeric())
        throw std::runtime_error("that is no mail domain");
    const CheckFacts facts = look(*domain, options_of(invocation));
    const Findings findings = judge(facts);
    if (invocation.json) {
        std::printf(
            "%s\n",
            report_as_json(facts, findings).dump(-1, ' ', true, Json::error_handler_t::replace).c_str());
    } else {
        print_report(facts, findings);
    }
    const auto limit = invocation.has("strict") ? Finding::Verdict::kWarning : Finding::Verdict::kWrong;
    return worst(findings) < limit ? kFine : kFoundWrong;
}

}  // namespace ctl
