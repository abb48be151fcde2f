// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/adapters/curl_multi.h"
#include "daemon/adapters/event_loop.h"
#include "daemon/adapters/fetch_connect.h"
#include "daemon/adapters/fetch_queue.h"
#include "daemon/adapters/trust_store.h"
#include "lib/base/clock.h"
#include "lib/https/fetcher.h"

namespace app {

/// https::Fetcher with libcurl and OpenSSL on an EventLoop. Each fetch has a connection of its own: TCP to
/// the addresses as ConnectRace tells, then one TLS handshake with the address that accepted, whose outcome
/// stands. Certificates are verified against one TrustStore, which is looked at for changes as fetches go.
/// Loop thread only. Nothing but reading the CA file blocks.
///
/// Destroying it ends all fetches and calls nothing; the Pendings must be gone by then (base::Pending).
class CurlFetcher final : public https::Fetcher {
  public:
    struct Options {
        base::Milliseconds connect_timeout = std::chrono::seconds(5);  ///< TCP and TLS, for each address
        std::string ca_file;                                           ///< empty: TrustStore::find_file()
        std::uint16_t port = 443;
        /// URL of a proxy (http, https, socks5) that is asked for each address in turn; its own name is
        /// resolved by the system. Empty: none, whatever the environment says.
        std::string proxy;
        std::size_t max_concurrent = 256;            ///< connections; more wait
        std::size_t max_per_address = 16;            ///< of them to one address
        std::vector<dns::Address> source_addresses;  ///< at most one of each family counts
    };
    /// Told one line when a CA file that has changed cannot be used. The certificates from before stay in
    /// use.
    using OnCaTrouble = std::function<void(const std::string&)>;

    /// Throws std::runtime_error where libcurl has no OpenSSL. Does not read the CA file yet.
    CurlFetcher(EventLoop& loop, const base::Clock& clock, Options options, OnCaTrouble on_ca_trouble);
    ~CurlFetcher() override;
    CurlFetcher(const CurlFetcher&) = delete;
    CurlFetcher& operator=(const CurlFetcher&) = delete;

    /// Reads the CA file; throws std::runtime_error where it cannot be used. Due before the first get(),
    /// which else does it, and throws.
    void read_certificates();

    [[nodiscard]] base::Pending get(const https::Request& request, base::Deadline deadline,
                                    Done done) override;

    /// What is wrong with `options`, in one line; nothing where reload() would take them.
    static std::optional<std::string> check(const Options& options);
    /// Reads the CA file and takes `options` for fetches from now on; nothing, or what is wrong, and then
    /// nothing has changed.
    [[nodiscard]] std::optional<std::string> reload(const Options& options);

    /// Empty before read_certificates().
    const TrustStore& trust() const { return trust_; }
    std::size_t connections() const { return queue_.in_use(); }
    std::size_t waiting() const { return queue_.waiting(); }

  private:
    class Fetch;
    static void cancel(void* self, std::uint64_t id) noexcept;
    X509StorePtr fresh_trust();

    EventLoop& loop_;
    const base::Clock& clock_;
    Options options_;
    ConnectSettings connect_;
    OnCaTrouble on_ca_trouble_;
    TrustStore trust_;
    FetchQueue queue_;
    CurlMulti multi_;
    std::uint64_t last_id_ = 0;
    std::unordered_map<std::uint64_t, std::unique_ptr<Fetch>> fetches_;
};

}  // namespace app
