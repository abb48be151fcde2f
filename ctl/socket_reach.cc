// SPDX-License-Identifier: MIT
#include "ctl/socket_reach.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace ctl {
namespace {

/// `bits`: as for others (1 to pass through a folder, 2 to write).
bool may(const Account& account, const struct stat& of, unsigned bits) {
    if (account.user == 0) return true;
    unsigned shift = 0;
    if (account.user == of.st_uid) {
        shift = 6;
    } else if (std::find(account.groups.begin(), account.groups.end(), of.st_gid) != account.groups.end()) {
        shift = 3;
    }
    return (of.st_mode & (bits << shift)) != 0;
}

}  // namespace

std::optional<Account> find_account(const std::string& name) {
    const passwd* entry = ::getpwnam(name.c_str());
    if (entry == nullptr) return std::nullopt;
    Account account{entry->pw_uid, std::vector<gid_t>(64)};
    auto count = static_cast<int>(account.groups.size());
    if (::getgrouplist(name.c_str(), entry->pw_gid, account.groups.data(), &count) < 0) {
        account.groups.resize(static_cast<std::size_t>(count));
        ::getgrouplist(name.c_str(), entry->pw_gid, account.groups.data(), &count);
    }
    account.groups.resize(static_cast<std::size_t>(std::max(count, 0)));
    return account;
}

std::string cannot_connect(const Account& account, const std::string& path) {
    struct stat info {};
    for (std::size_t slash = path.find('/', 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
        const std::string folder = path.substr(0, slash);
        if (::stat(folder.c_str(), &info) != 0) return folder + ": " + std::system_category().message(errno);
        if (!may(account, info, 1)) return "it may not pass through " + folder;
    }
    if (::stat(path.c_str(), &info) != 0) return path + ": " + std::system_category().message(errno);
    if (!S_ISSOCK(info.st_mode)) return path + " is no socket";
    if (!may(account, info, 2)) return "it may not write to " + path;
    return {};
}

}  // namespace ctl
