// SPDX-License-Identifier: MIT
#pragma once
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace testing_support {

/// Runs `work` in a process of its own, for what cannot be undone (another user, a sandbox, a death). Returns
/// what `work` returned, 0 to 99; 100 where it threw, 101 where the process died otherwise. `meanwhile` is
/// done here before the end is waited for.
inline int in_child(
    const std::function<int()>& work, const std::function<void()>& meanwhile = [] {}) {
    const pid_t child = ::fork();
    if (child == 0) {
        int status = 100;
        try {
            status = work();
        } catch (...) {
        }
        ::_exit(status);
    }
    if (child > 0) meanwhile();
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return 101;
    return WEXITSTATUS(status);
}

}  // namespace testing_support
