// SPDX-License-Identifier: MIT
#include "ctl/check/tls_facts.h"

#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

namespace ctl {
namespace {

struct NamesFree {
    void operator()(GENERAL_NAMES* names) const noexcept { GENERAL_NAMES_free(names); }
};

base::WallTime time_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return base::WallTime(base::Seconds(::timegm(&parts)));
}

std::string text_of(const ASN1_STRING* text) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::vector<std::string> names_of(X509* certificate) {
    std::vector<std::string> out;
    const std::unique_ptr<GENERAL_NAMES, NamesFree> names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_DNS && out.size() < TlsFacts::kMaxNames)
            out.push_back(text_of(name->d.dNSName));
    }
    return out;
}

std::string common_name_of(X509* certificate) {
    const X509_NAME* subject = X509_get_subject_name(certificate);
    const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    return at < 0 ? std::string() : text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
}

template <class Encode>
std::string der_of(Encode encode) {
    const int size = encode(nullptr);
    if (size <= 0) return {};
    std::string out(static_cast<std::size_t>(size), '\0');
    auto* at = reinterpret_cast<unsigned char*>(out.data());
    encode(&at);
    return out;
}

TlsFacts::Certificate whole(X509* certificate) {
    return {
        der_of([&](unsigned char** to) { return i2d_X509(certificate, to); }),
        der_of([&](unsigned char** to) { return i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), to); })};
}

}  // namespace

TlsFacts tls_facts(SSL* ssl, const std::string& host) {
    TlsFacts facts;
    facts.version = SSL_get_version(ssl);
    facts.verify_error = static_cast<int>(SSL_get_verify_result(ssl));
    STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl);
    for (int i = 0; i < sk_X509_num(chain); ++i)
        facts.chain.push_back(whole(sk_X509_value(chain, i)));
    X509* own = SSL_get0_peer_certificate(ssl);
    if (own == nullptr) return facts;
    facts.common_name = common_name_of(own);
    facts.names = names_of(own);
    constexpr unsigned kRules = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS;
    facts.name_fits = X509_check_host(own, host.data(), host.size(), kRules, nullptr) == 1;
    facts.self_signed = X509_self_signed(own, 0) == 1;
    facts.not_before = time_of(X509_get0_notBefore(own));
    facts.not_after = time_of(X509_get0_notAfter(own));
    return facts;
}

}  // namespace ctl
