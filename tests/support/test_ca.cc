// SPDX-License-Identifier: MIT
#include "tests/support/test_ca.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <stdexcept>
#include <utility>

namespace testing_support {

namespace {

enum class Role { kRoot, kIntermediate, kServer };

void require(bool holds, const char* what) {
    if (!holds) throw std::runtime_error(what);
}

Key new_key() {
    Key key(EVP_EC_gen("P-256"));
    require(key != nullptr, "no key");
    return key;
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    require(extension != nullptr, "bad extension");
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

std::string alternative_names(const CertificateRequest& request) {
    std::string list;
    const auto add = [&list](const char* kind, const std::vector<std::string>& names) {
        for (const std::string& name : names)
            list += (list.empty() ? "" : ",") + std::string(kind) + name;
    };
    add("DNS:", request.dns);
    add("email:", request.email);
    add("IP:", request.ip);
    return list;
}

// Signed by `issuer`; by itself where that is null.
Certificate make(const CertificateRequest& request, Role role, EVP_PKEY* key, X509* issuer,
                 EVP_PKEY* issuer_key) {
    static std::atomic<long> serial{1};
    Certificate certificate(X509_new());
    X509* x = certificate.get();
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), serial++);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(request.common_name.c_str()), -1, -1,
                               0);
    X509* signer = issuer != nullptr ? issuer : x;
    X509_set_issuer_name(x, X509_get_subject_name(signer));
    X509_gmtime_adj(X509_getm_notBefore(x), 86400L * request.valid_from_days);
    X509_gmtime_adj(X509_getm_notAfter(x), 86400L * request.valid_to_days);
    X509_set_pubkey(x, key);
    add_extension(x, signer, NID_subject_key_identifier, "hash");
    if (issuer != nullptr) add_extension(x, signer, NID_authority_key_identifier, "keyid");
    if (role == Role::kServer) {
        add_extension(x, signer, NID_basic_constraints, "CA:FALSE");
        add_extension(x, signer, NID_ext_key_usage, request.for_clients ? "clientAuth" : "serverAuth");
        const std::string names = alternative_names(request);
        if (!names.empty()) add_extension(x, signer, NID_subject_alt_name, names);
    } else {
        add_extension(x, signer, NID_basic_constraints, "critical,CA:TRUE");
        add_extension(x, signer, NID_key_usage, "critical,keyCertSign,cRLSign");
    }
    require(X509_sign(x, issuer_key != nullptr ? issuer_key : key, EVP_sha256()) > 0, "cannot sign");
    return certificate;
}

CertificateRequest authority(const char* name) {
    CertificateRequest request;
    request.common_name = name;
    return request;
}

Certificate share(const Certificate& certificate) {
    X509_up_ref(certificate.get());
    return Certificate(certificate.get());
}

}  // namespace

TestCa::TestCa()
    : root_key_(new_key()),
      root_(make(authority("Test Root"), Role::kRoot, root_key_.get(), nullptr, nullptr)),
      intermediate_key_(new_key()),
      intermediate_(make(authority("Test Intermediate"), Role::kIntermediate, intermediate_key_.get(),
                         root_.get(), root_key_.get())) {}

std::string TestCa::pem() const {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(out.get(), root_.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(out.get(), &data);
    return std::string(data, static_cast<std::size_t>(size));
}

Identity TestCa::issue_without_intermediate(const CertificateRequest& request) const {
    Identity identity;
    identity.key = new_key();
    identity.certificate =
        make(request, Role::kServer, identity.key.get(), intermediate_.get(), intermediate_key_.get());
    return identity;
}

Identity TestCa::issue(const CertificateRequest& request) const {
    Identity identity = issue_without_intermediate(request);
    identity.chain.push_back(share(intermediate_));
    return identity;
}

Identity TestCa::issue_with_root(const CertificateRequest& request) const {
    Identity identity = issue(request);
    identity.chain.push_back(share(root_));
    return identity;
}

Identity TestCa::self_signed(const CertificateRequest& request) {
    Identity identity;
    identity.key = new_key();
    identity.certificate = make(request, Role::kServer, identity.key.get(), nullptr, nullptr);
    return identity;
}

}  // namespace testing_support
