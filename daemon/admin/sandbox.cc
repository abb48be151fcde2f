// SPDX-License-Identifier: MIT
#include "daemon/admin/sandbox.h"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace app {
namespace {

// Landlock's interface (Documentation/userspace-api/landlock.rst): spelled out here, because the headers of
// older distributions know only its first versions while the kernel may know more.
namespace landlock {
constexpr unsigned kGetVersion = 1;
constexpr int kRulePathBeneath = 1;
struct Ruleset {
    std::uint64_t handled_access_fs;
};
struct [[gnu::packed]] PathBeneath {
    std::uint64_t allowed_access;
    std::int32_t parent_fd;
};
constexpr std::uint64_t kExecute = 1U << 0;
constexpr std::uint64_t kReadFile = 1U << 2;
constexpr std::uint64_t kReadDir = 1U << 3;
constexpr std::uint64_t kIoctlDevice = 1U << 15;

/// All kinds of access that this version of the interface can restrict.
std::uint64_t all_access(long version) {
    std::uint64_t access = (1U << 13) - 1;
    if (version >= 2) access |= 1U << 13;  // rename and link between folders
    if (version >= 3) access |= 1U << 14;  // truncate
    if (version >= 5) access |= kIoctlDevice;
    return access;
}
}  // namespace landlock

std::string failure(const char* what) {
    return std::string(what) + ": " + std::strerror(errno);
}

void allow(int ruleset, const std::string& folder, std::uint64_t access) {
    const std::unique_ptr<char, void (*)(void*)> real(::realpath(folder.c_str(), nullptr), std::free);
    if (!real) return;
    const int descriptor = ::open(real.get(), O_PATH | O_CLOEXEC);
    if (descriptor < 0) return;
    landlock::PathBeneath rule{access, descriptor};
    ::syscall(SYS_landlock_add_rule, ruleset, landlock::kRulePathBeneath, &rule, 0);
    ::close(descriptor);
}

std::vector<std::string> restrict_files(const SandboxPaths& paths) {
    const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, landlock::kGetVersion);
    if (version < 1) return {failure("files are not restricted, this kernel has no Landlock")};
    const std::uint64_t all = landlock::all_access(version);
    const landlock::Ruleset wanted{all};
    const int ruleset = static_cast<int>(::syscall(SYS_landlock_create_ruleset, &wanted, sizeof wanted, 0));
    if (ruleset < 0) return {failure("files are not restricted")};
    for (const std::string& folder : paths.read)
        allow(ruleset, folder, landlock::kReadFile | landlock::kReadDir);
    for (const std::string& folder : paths.write) {
        allow(ruleset, folder, all & ~(landlock::kExecute | landlock::kIoctlDevice));
    }
    const long result = ::syscall(SYS_landlock_restrict_self, ruleset, 0);
    const std::string error = result != 0 ? failure("files are not restricted") : "";
    ::close(ruleset);
    if (error.empty()) return {};
    return {error};
}

// What no part of the daemon and none of its libraries has a use for.
constexpr const char* kRefused[] = {"execve",
                                    "execveat",
                                    "fork",
                                    "vfork",
                                    "ptrace",
                                    "process_vm_readv",
                                    "process_vm_writev",
                                    "mount",
                                    "umount2",
                                    "pivot_root",
                                    "chroot",
                                    "move_mount",
                                    "open_tree",
                                    "fsopen",
                                    "fsmount",
                                    "setns",
                                    "unshare",
                                    "init_module",
                                    "finit_module",
                                    "delete_module",
                                    "kexec_load",
                                    "kexec_file_load",
                                    "reboot",
                                    "swapon",
                                    "swapoff",
                                    "bpf",
                                    "perf_event_open",
                                    "userfaultfd",
                                    "io_uring_setup",
                                    "keyctl",
                                    "add_key",
                                    "request_key",
                                    "open_by_handle_at",
                                    "personality",
                                    "acct",
                                    "settimeofday",
                                    "clock_settime",
                                    "adjtimex",
                                    "sethostname",
                                    "setdomainname",
                                    "setuid",
                                    "setgid",
                                    "setresuid",
                                    "setresgid",
                                    "setgroups"};

bool is_traced_by_sanitizer() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;  // the leak check at the end traces the process and starts a tracer
#else
    return false;
#endif
}

std::vector<std::string> restrict_system_calls() {
    const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter(::seccomp_init(SCMP_ACT_ALLOW),
                                                                  ::seccomp_release);
    if (!filter) return {"system calls are not restricted: no memory"};
    for (const char* name : kRefused) {
        if (is_traced_by_sanitizer() && (std::strcmp(name, "ptrace") == 0 || std::strcmp(name, "fork") == 0))
            continue;
        const int number = ::seccomp_syscall_resolve_name(name);
        if (number >= 0) ::seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), number, 0);
    }
    // Socket families: c-ares and libcurl look at interfaces through netlink.
    const int socket_number = ::seccomp_syscall_resolve_name("socket");
    for (int family = 0; family < AF_MAX; ++family) {
        if (family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK) continue;
        // The lower half alone: the kernel shows the argument as 64 bits.
        scmp_arg_cmp is_family{};
        is_family.arg = 0;
        is_family.op = SCMP_CMP_MASKED_EQ;
        is_family.datum_a = 0xffffffffU;
        is_family.datum_b = static_cast<scmp_datum_t>(family);
        ::seccomp_rule_add_array(filter.get(), SCMP_ACT_ERRNO(EAFNOSUPPORT), socket_number, 1, &is_family);
    }
    const int error = ::seccomp_load(filter.get());
    if (error != 0) return {std::string("system calls are not restricted: ") + std::strerror(-error)};
    return {};
}

}  // namespace

std::vector<std::string> enter_sandbox(const SandboxPaths& paths) {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return {failure("no sandbox, new privileges cannot be refused")};
    std::vector<std::string> shortcomings = restrict_files(paths);
    for (std::string& text : restrict_system_calls())
        shortcomings.push_back(std::move(text));
    return shortcomings;
}

bool is_out_of_reach(const std::string& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return errno == EACCES || errno == EPERM;
    ::close(descriptor);
    return false;
}

std::string folder_of(const std::string& file) {
    const std::unique_ptr<char, void (*)(void*)> real(::realpath(file.c_str(), nullptr), std::free);
    const std::string path = real ? std::string(real.get()) : file;
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace app
