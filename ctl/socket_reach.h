// SPDX-License-Identifier: MIT
#pragma once
#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace ctl {

struct Account {
    uid_t user = 0;
    std::vector<gid_t> groups;
};
/// An account with all its groups; nothing where there is none of that name.
std::optional<Account> find_account(const std::string& name);

/// Why a process of this account cannot connect to a unix socket, judged by the permissions of the socket and
/// the folders above it (not by access lists); empty: it can.
std::string cannot_connect(const Account& account, const std::string& path);

}  // namespace ctl
