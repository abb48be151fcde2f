// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "daemon/settings/addresses.h"

namespace app {

/// A listening socket of the socketmap server: non-blocking, close-on-exec, shared by all serving threads.
/// Opened at start, before privileges are dropped; errors are exceptions (std::runtime_error that says what,
/// where and what to do).
class ListenSocket {
  public:
    /// Owner and permissions of a unix socket; nothing to do with inet ones.
    struct Access {
        std::uint32_t mode = 0660;
        std::string owner, group;  ///< name or number; empty: as the process
    };

    /// A stale unix socket (nobody listens on it) is replaced; one that answers, or a file of another kind,
    /// is an error.
    static ListenSocket open(const ListenAddress& address, const Access& access);
    /// Takes over a socket that systemd passed. Not unlinked at the end, owner and mode as they are.
    static ListenSocket adopt(int descriptor, const ListenAddress& address);

    ListenSocket(ListenSocket&& other) noexcept;
    ListenSocket& operator=(ListenSocket&&) = delete;
    ListenSocket(const ListenSocket&) = delete;
    /// Closes; a unix socket that open() made is unlinked, unless another has taken its place.
    ~ListenSocket();

    int descriptor() const { return descriptor_; }
    const ListenAddress& address() const { return address_; }
    bool adopted() const { return adopted_; }

  private:
    ListenSocket(int descriptor, ListenAddress address, bool adopted);
    void bind_unix(const Access& access);
    void bind_inet();

    int descriptor_;
    ListenAddress address_;
    bool adopted_;
    std::uint64_t inode_ = 0;  // of the unix socket's file
};

/// The sockets that systemd passed to this process (LISTEN_PID, LISTEN_FDS), with the addresses they are
/// bound to; the environment variables are removed. Empty without socket activation. Throws where one is no
/// listening stream socket.
std::vector<std::pair<int, ListenAddress>> inherited_sockets();

/// All listening sockets of the server: those inherited, and those of `listen` that are not among them.
std::vector<ListenSocket> open_listeners(const std::vector<ListenAddress>& listen,
                                         const ListenSocket::Access& access);

}  // namespace app
