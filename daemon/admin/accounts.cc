// SPDX-License-Identifier: MIT
#include "daemon/admin/accounts.h"

#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <stdexcept>

namespace app {
namespace {

std::optional<unsigned> as_number(const std::string& text) {
    unsigned value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return {};
    return value;
}

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

}  // namespace

uid_t user_id(const std::string& user) {
    if (const auto number = as_number(user)) return *number;
    const passwd* entry = ::getpwnam(user.c_str());
    if (entry == nullptr) throw std::runtime_error("there is no user \"" + user + "\" on this system");
    return entry->pw_uid;
}

gid_t group_id(const std::string& group) {
    if (const auto number = as_number(group)) return *number;
    const ::group* entry = ::getgrnam(group.c_str());
    if (entry == nullptr) throw std::runtime_error("there is no group \"" + group + "\" on this system");
    return entry->gr_gid;
}

gid_t group_of(uid_t uid, const std::string& user) {
    const passwd* entry = ::getpwuid(uid);
    if (entry == nullptr) throw std::runtime_error("process.user " + user + ": set process.group too");
    return entry->pw_gid;
}

void drop_privileges(const std::string& user, const std::string& group) {
    if (user.empty()) return;
    const uid_t uid = user_id(user);
    const gid_t gid = group.empty() ? group_of(uid, user) : group_id(group);
    if (::geteuid() != 0) {
        if (::geteuid() == uid) return;
        throw std::runtime_error("process.user is \"" + user + "\", but only root can become another user");
    }
    if (::setgroups(1, &gid) != 0) fail("setgroups");
    if (::setresgid(gid, gid, gid) != 0) fail("setresgid");
    if (::setresuid(uid, uid, uid) != 0) fail("setresuid");
    if (::setuid(0) == 0) throw std::runtime_error("privileges could be taken back after dropping them");
}

std::uint64_t raise_file_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
    if (::geteuid() == 0 && limit.rlim_max < 65536) limit.rlim_max = 65536;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

}  // namespace app
