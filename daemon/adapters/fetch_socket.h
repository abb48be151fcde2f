// SPDX-License-Identifier: MIT
#pragma once
#include <unistd.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "lib/dns/address.h"

namespace app {

/// Owns a descriptor; -1 is none.
class FetchSocket {
  public:
    FetchSocket() = default;
    explicit FetchSocket(int descriptor) : descriptor_(descriptor) {}
    FetchSocket(FetchSocket&& other) noexcept : descriptor_(other.release()) {}
    FetchSocket& operator=(FetchSocket&& other) noexcept {
        if (this != &other) {
            close();
            descriptor_ = other.release();
        }
        return *this;
    }
    ~FetchSocket() { close(); }

    int get() const { return descriptor_; }
    int release() { return std::exchange(descriptor_, -1); }

  private:
    void close() noexcept {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    int descriptor_ = -1;
};

/// A non-blocking TCP socket (AF_INET or AF_INET6), bound to the first of `sources` that has its family; to
/// none, where the kernel chooses. On failure an empty one, and errno says why.
FetchSocket open_fetch_socket(int family, const std::vector<dns::Address>& sources);

/// Starts to connect. 0 when connected at once, else errno; EINPROGRESS is the normal case.
int start_connect(const FetchSocket& socket, const dns::Address& address, std::uint16_t port);

/// What became of it, once the socket is writable: 0 when connected, else an errno value.
int connect_outcome(const FetchSocket& socket);

}  // namespace app
