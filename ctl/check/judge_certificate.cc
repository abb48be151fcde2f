// SPDX-License-Identifier: MIT
#include <openssl/x509_vfy.h>

#include <algorithm>

#include "ctl/check/judge.h"
#include "daemon/admin/utc_text.h"

namespace ctl {
namespace {

using Verdict = Finding::Verdict;

constexpr base::Seconds kDay{86400};
/// A certificate is renewed in the last third of its life, at least by those who do it by machine.
constexpr std::int64_t kLastPart = 5;
constexpr std::int64_t kWarnDays = 14;

std::string day(base::WallTime time) {
    return app::utc_text(time).substr(0, 10);
}

class Judge {
  public:
    Judge(const TlsFacts& tls, const std::string& name, base::WallTime now, const std::string& point,
          const std::string& host)
        : tls_(tls), name_(name), now_(now), point_(point), host_(host) {}

    Findings findings() {
        trust();
        time();
        names();
        if (!out_.empty()) return std::move(out_);
        add(Verdict::kOk, tls_.version + ", for " + name_ + ", trusted until " + day(tls_.not_after), "");
        const base::Seconds left = tls_.not_after - now_;
        if (left < std::min((tls_.not_after - tls_.not_before) / kLastPart, kWarnDays * kDay))
            add(Verdict::kWarning, "expires soon, on " + day(tls_.not_after),
                "renew it; let a machine do that");
        return std::move(out_);
    }

  private:
    void add(Verdict verdict, std::string text, std::string remedy) {
        if (verdict != Verdict::kOk) text = "the certificate of " + name_ + " " + text;
        out_.push_back({verdict, point_, std::move(text), std::move(remedy), host_});
    }

    bool own_time_is_over() const { return tls_.not_after < now_ || tls_.not_before > now_; }

    void trust() {
        const char* public_ca = "get one from a CA that all systems trust, such as Let's Encrypt";
        switch (tls_.verify_error) {
            case X509_V_OK:
                return;
            case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
                return add(Verdict::kWrong, "is signed by itself, by no CA", public_ca);
            case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
                return add(Verdict::kWrong, "comes from a CA that is not trusted here", public_ca);
            case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
            case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
                if (tls_.chain.size() < 2)
                    return add(Verdict::kWrong, "comes alone, and no trusted CA has signed it directly",
                               "let the server send the intermediate certificates too (\"full chain\")");
                return add(Verdict::kWrong, "leads to no CA that is trusted here", public_ca);
            case X509_V_ERR_CERT_HAS_EXPIRED:
            case X509_V_ERR_CERT_NOT_YET_VALID:
                if (own_time_is_over()) return;  // time() says it better
                return add(Verdict::kWrong, "comes with an intermediate that has expired or is not valid yet",
                           "let the server send the intermediate certificates of today");
            default:
                add(Verdict::kWrong,
                    std::string("does not verify: ") + X509_verify_cert_error_string(tls_.verify_error),
                    "get another; \"openssl x509 -text\" shows what is in this one");
        }
    }

    void time() {
        if (tls_.not_after < now_)
            add(Verdict::kWrong, "has expired on " + day(tls_.not_after), "renew it; let a machine do that");
        else if (tls_.not_before > now_)
            add(Verdict::kWrong, "is not valid before " + day(tls_.not_before), "look at the clocks");
    }

    void names() {
        if (tls_.name_fits) return;
        const std::string remedy = "get one with the DNS name " + name_;
        if (!tls_.names.empty())
            return add(Verdict::kWrong, "is for other names: " + some_of(tls_.names), remedy);
        add(Verdict::kWrong,
            tls_.common_name.empty()
                ? "has no DNS names"
                : "has no DNS names (SAN), and its common name \"" + tls_.common_name + "\" does not count",
            remedy);
    }

    const TlsFacts& tls_;
    const std::string& name_;
    const base::WallTime now_;
    const std::string& point_;
    const std::string& host_;
    Findings out_;
};

}  // namespace

Findings judge_certificate(const TlsFacts& tls, const std::string& name, base::WallTime now,
                           const std::string& point, const std::string& host) {
    return Judge(tls, name, now, point, host).findings();
}

}  // namespace ctl
