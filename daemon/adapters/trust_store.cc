// SPDX-License-Identifier: MIT
#include "daemon/adapters/trust_store.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pemerr.h>
#include <openssl/x509.h>
#include <openssl/x509err.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace app {

namespace {

constexpr base::Milliseconds kLookEvery = std::chrono::seconds(1);

constexpr const char* kDistributionBundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",    // Fedora, RHEL
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",  // openSUSE
    "/etc/ssl/cert.pem",
};

bool exists(const char* file) {
    struct stat info {};
    return ::stat(file, &info) == 0;
}

std::string openssl_reason() {
    const unsigned long code = ERR_peek_last_error();
    ERR_clear_error();
    const bool nothing_found =
        (ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE) ||
        (ERR_GET_LIB(code) == ERR_LIB_X509 && ERR_GET_REASON(code) == X509_R_NO_CERTIFICATE_FOUND);
    if (code == 0 || nothing_found) return "no certificate in it";
    const char* reason = ERR_reason_error_string(code);
    return reason != nullptr ? reason : "cannot be parsed";
}

}  // namespace

std::string TrustStore::find_file(const std::string& configured) {
    if (!configured.empty()) return configured;
    if (const char* from_environment = std::getenv("SSL_CERT_FILE");
        from_environment != nullptr && *from_environment != '\0')
        return from_environment;
    for (const char* file : kDistributionBundles)
        if (exists(file)) return file;
    return {};
}

std::optional<std::string> TrustStore::check(const std::string& file) {
    auto loaded = load(file);
    if (loaded) return std::nullopt;
    return std::move(loaded.error());
}

TrustStore::TrustStore(const std::string& file) {
    if (auto problem = reload(file)) throw std::runtime_error(*problem);
}

std::optional<std::string> TrustStore::reload(const std::string& file) {
    // The stamp is older than what is read: a file replaced in between is noticed by the next look.
    const Stamp stamp = stamp_of(file);
    auto loaded = load(file);
    if (!loaded) return std::move(loaded.error());
    file_ = file;
    seen_ = stamp;
    store_ = std::move(loaded->store);
    size_ = loaded->size;
    return std::nullopt;
}

std::optional<std::string> TrustStore::refresh(base::MonoTime now) {
    if (looked_ && now - *looked_ < kLookEvery) return std::nullopt;
    looked_ = now;
    const Stamp stamp = stamp_of(file_);
    if (stamp == seen_) return std::nullopt;
    seen_ = stamp;
    return reload(file_);
}

X509StorePtr TrustStore::share() const {
    X509_STORE_up_ref(store_.get());
    return X509StorePtr(store_.get());
}

TrustStore::Stamp TrustStore::stamp_of(const std::string& file) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) return {};
    const auto ns = [](const timespec& t) { return t.tv_sec * std::int64_t{1'000'000'000} + t.tv_nsec; };
    Stamp stamp;
    stamp.device = info.st_dev;
    stamp.inode = info.st_ino;
    stamp.size = info.st_size;
    stamp.modified_ns = ns(info.st_mtim);
    stamp.changed_ns = ns(info.st_ctim);
    return stamp;
}

base::Result<TrustStore::Loaded, std::string> TrustStore::load(const std::string& file) {
    const auto bad = [&file](const std::string& why) {
        return base::Unexpected("CA file " + file + ": " + why);
    };
    if (file.empty()) return base::Unexpected(std::string("no CA file: set https.ca_file"));
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) return bad(std::generic_category().message(errno));
    if (!S_ISREG(info.st_mode)) return bad("not a regular file");
    // OpenSSL would tell that it may not be read in words of its own.
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return bad(std::generic_category().message(errno));
    ::close(descriptor);

    Loaded loaded;
    loaded.store.reset(X509_STORE_new());
    X509_LOOKUP* lookup =
        loaded.store ? X509_STORE_add_lookup(loaded.store.get(), X509_LOOKUP_file()) : nullptr;
    if (lookup == nullptr) return bad("out of memory");
    ERR_clear_error();
    // Adds every certificate, or stops at the first that it cannot parse: half a bundle is not used.
    loaded.size = X509_load_cert_file(lookup, file.c_str(), X509_FILETYPE_PEM);
    if (loaded.size <= 0) return bad(openssl_reason());
    ERR_clear_error();
    return loaded;
}

}  // namespace app
