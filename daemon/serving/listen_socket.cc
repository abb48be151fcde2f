// SPDX-License-Identifier: MIT
#include "daemon/serving/listen_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "daemon/admin/accounts.h"

namespace app {
namespace {

constexpr int kBacklog =
    4096;  // the kernel cuts it at net.core.somaxconn; a full backlog defers mail on unix sockets

[[noreturn]] void fail(const ListenAddress& address, const std::string& what, int error) {
    throw std::runtime_error("listen " + address.text() + ": " + what + (error != 0 ? ": " : "") +
                             (error != 0 ? std::strerror(error) : ""));
}

sockaddr_un unix_address(const std::string& path) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    return name;
}

/// True if somebody listens at the path; false if a socket file is there that nobody serves.
bool answers(const sockaddr_un& name) {
    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0) return true;  // cannot tell: leave it alone
    const int result = ::connect(probe, reinterpret_cast<const sockaddr*>(&name), sizeof name);
    const int error = errno;
    ::close(probe);
    return result == 0 || error != ECONNREFUSED;
}

std::uint64_t inode_of(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode) ? status.st_ino : 0;
}

void remove_stale(const ListenAddress& address, const sockaddr_un& name) {
    struct stat status {};
    if (::lstat(address.path.c_str(), &status) != 0) return;
    if (!S_ISSOCK(status.st_mode)) fail(address, "a file that is no socket is in the way; move it away", 0);
    if (answers(name)) fail(address, "another process listens there; is mta-stsd running already?", 0);
    if (::unlink(address.path.c_str()) != 0) fail(address, "cannot remove the stale socket", errno);
}

}  // namespace

ListenSocket::ListenSocket(int descriptor, ListenAddress address, bool adopted)
    : descriptor_(descriptor), address_(std::move(address)), adopted_(adopted) {}

ListenSocket::ListenSocket(ListenSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      address_(std::move(other.address_)),
      adopted_(other.adopted_),
      inode_(other.inode_) {}

ListenSocket::~ListenSocket() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (!adopted_ && inode_ != 0 && inode_of(address_.path) == inode_) ::unlink(address_.path.c_str());
}

ListenSocket ListenSocket::open(const ListenAddress& address, const Access& access) {
    const bool local = address.kind == ListenAddress::Kind::kUnix;
    const bool v6 = address.host.find(':') != std::string::npos;
    const int family = local ? AF_UNIX : (v6 ? AF_INET6 : AF_INET);
    const int descriptor = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) fail(address, "cannot create a socket", errno);
    ListenSocket self(descriptor, address, false);
    if (local) {
        self.bind_unix(access);
    } else {
        self.bind_inet();
    }
    if (::listen(descriptor, kBacklog) != 0) fail(address, "cannot listen", errno);
    return self;
}

void ListenSocket::bind_unix(const Access& access) {
    const sockaddr_un name = unix_address(address_.path);
    remove_stale(address_, name);
    // Nobody gets in between bind and chmod: the file starts without permissions for anyone but us.
    const mode_t old_mask = ::umask(0177);
    const int result = ::bind(descriptor_, reinterpret_cast<const sockaddr*>(&name), sizeof name);
    const int error = errno;
    ::umask(old_mask);
    if (result != 0)
        fail(address_, "cannot bind (does the directory exist, and may this user write to it?)", error);
    inode_ = inode_of(address_.path);
    if (!access.owner.empty() || !access.group.empty()) {
        const uid_t owner = access.owner.empty() ? static_cast<uid_t>(-1) : user_id(access.owner);
        const gid_t group = access.group.empty() ? static_cast<gid_t>(-1) : group_id(access.group);
        if (::chown(address_.path.c_str(), owner, group) != 0)
            fail(address_, "cannot change the socket's owner", errno);
    }
    if (::chmod(address_.path.c_str(), access.mode) != 0)
        fail(address_, "cannot change the socket's mode", errno);
}

void ListenSocket::bind_inet() {
    const int on = 1;
    ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_storage name{};
    socklen_t size = 0;
    if (address_.host.find(':') != std::string::npos) {
        ::setsockopt(descriptor_, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
        auto& v6 = reinterpret_cast<sockaddr_in6&>(name);
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(address_.port);
        ::inet_pton(AF_INET6, address_.host.c_str(), &v6.sin6_addr);
        size = sizeof v6;
    } else {
        auto& v4 = reinterpret_cast<sockaddr_in&>(name);
        v4.sin_family = AF_INET;
        v4.sin_port = htons(address_.port);
        ::inet_pton(AF_INET, address_.host.c_str(), &v4.sin_addr);
        size = sizeof v4;
    }
    if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&name), size) != 0)
        fail(address_, "cannot bind", errno);
}

ListenSocket ListenSocket::adopt(int descriptor, const ListenAddress& address) {
    const int flags = ::fcntl(descriptor, F_GETFL);
    if (flags < 0 || ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0)
        fail(address, "inherited socket", errno);
    ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return ListenSocket(descriptor, address, true);
}

std::vector<ListenSocket> open_listeners(const std::vector<ListenAddress>& listen,
                                         const ListenSocket::Access& access) {
    std::vector<ListenSocket> all;
    for (const auto& [descriptor, address] : inherited_sockets())
        all.push_back(ListenSocket::adopt(descriptor, address));
    const std::size_t inherited = all.size();
    for (const ListenAddress& address : listen) {
        const auto end = all.begin() + static_cast<std::ptrdiff_t>(inherited);
        const bool passed =
            std::any_of(all.begin(), end, [&](const ListenSocket& s) { return s.address() == address; });
        if (!passed) all.push_back(ListenSocket::open(address, access));
    }
    return all;
}

}  // namespace app
