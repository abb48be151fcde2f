// SPDX-License-Identifier: MIT
#include "ctl/check/route.h"

#include <sys/socket.h>

#include "daemon/adapters/fetch_socket.h"

namespace ctl {

bool has_route(const dns::Address& address) {
    const bool v4 = address.family() == dns::Family::kV4;
    // Connecting a datagram socket looks the route up, and that is all.
    const app::FetchSocket socket(::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (socket.get() < 0) return false;
    constexpr std::uint16_t kDiscard = 9;
    return app::start_connect(socket, address, kDiscard) == 0;
}

}  // namespace ctl
