// SPDX-License-Identifier: MIT
#pragma once
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

namespace testing_support {

struct KeyFree {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
struct CertificateFree {
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
};
using Key = std::unique_ptr<EVP_PKEY, KeyFree>;
using Certificate = std::unique_ptr<X509, CertificateFree>;

/// What is to stand in a certificate. Days count from now.
struct CertificateRequest {
    std::string common_name = "test";
    std::vector<std::string> dns;
    std::vector<std::string> email;
    std::vector<std::string> ip;
    int valid_from_days = -1;
    int valid_to_days = 30;
    bool for_clients = false;  ///< extended key usage clientAuth in place of serverAuth
};

/// What a server shows: its key and certificate, and the certificates that it sends behind it.
struct Identity {
    Key key;
    Certificate certificate;
    std::vector<Certificate> chain;
};

/// A certification authority with a root and an intermediate, made at run time (P-256).
class TestCa {
  public:
    TestCa();
    /// The root, in PEM: what a client trusts.
    std::string pem() const;
    /// Signed by the intermediate, which is sent along.
    Identity issue(const CertificateRequest& request) const;
    /// As issue(), but the server sends nothing but its own certificate.
    Identity issue_without_intermediate(const CertificateRequest& request) const;
    /// As issue(), and the server sends the root too.
    Identity issue_with_root(const CertificateRequest& request) const;
    /// Signed by its own key.
    static Identity self_signed(const CertificateRequest& request);

  private:
    Key root_key_;
    Certificate root_;
    Key intermediate_key_;
    Certificate intermediate_;
};

}  // namespace testing_support
