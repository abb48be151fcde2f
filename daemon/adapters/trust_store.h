// SPDX-License-Identifier: MIT
#pragma once
#include <openssl/x509_vfy.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "lib/base/clock.h"
#include "lib/base/result.h"

namespace app {

struct X509StoreFree {
    void operator()(X509_STORE* store) const noexcept { X509_STORE_free(store); }
};
/// One reference to a store: OpenSSL counts them, so that a connection keeps the store it began with.
using X509StorePtr = std::unique_ptr<X509_STORE, X509StoreFree>;

/// The CA certificates that policy hosts are verified against: one PEM bundle file, read once into one store
/// that all connections share (reading costs about 15 ms of CPU), and read again when the file has changed. A
/// file that cannot be used never takes away the certificates that are there. Never a hashed directory: that
/// would be read in the middle of handshakes. Loop thread only; reading the file blocks.
class TrustStore {
  public:
    /// The bundle to use: `configured`; else SSL_CERT_FILE of the environment; else the first of the
    /// distributions' bundle files that exists. Empty where there is none.
    static std::string find_file(const std::string& configured);

    /// Reads a bundle without keeping anything: nothing, or one line that says what is wrong.
    static std::optional<std::string> check(const std::string& file);

    /// Without certificates before reload().
    TrustStore() = default;
    /// Throws std::runtime_error where the file cannot be used.
    explicit TrustStore(const std::string& file);

    bool empty() const { return !store_; }

    /// Reads `file` (the present one or another) now. Nothing where it is in use from now on; else one line
    /// that says what is wrong, and everything stays as it was.
    [[nodiscard]] std::optional<std::string> reload(const std::string& file);

    /// Reads the file again if it has changed; looks at most once a second. One line where a changed file
    /// cannot be used: reported once, not again before the file changes again.
    [[nodiscard]] std::optional<std::string> refresh(base::MonoTime now);

    /// A reference of the caller's own to the store in use: not of an empty one.
    X509StorePtr share() const;
    const std::string& file() const { return file_; }
    /// Certificates in the store.
    int size() const { return size_; }

  private:
    /// What tells one version of a file from the next; all zero without a file.
    struct Stamp {
        dev_t device = 0;
        ino_t inode = 0;
        off_t size = 0;
        std::int64_t modified_ns = 0;
        std::int64_t changed_ns = 0;
        friend bool operator==(const Stamp&, const Stamp&) = default;
    };
    struct Loaded {
        X509StorePtr store;
        int size = 0;
    };
    static Stamp stamp_of(const std::string& file);
    static base::Result<Loaded, std::string> load(const std::string& file);

    std::string file_;
    Stamp seen_;
    X509StorePtr store_;
    int size_ = 0;
    std::optional<base::MonoTime> looked_;
};

}  // namespace app
