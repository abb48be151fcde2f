// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

namespace app {

/// What the process may still touch once it is restricted. Folders, never files: a file that is replaced is
/// another one for the kernel. Each is taken as its real path; one that does not exist is left out.
struct SandboxPaths {
    std::vector<std::string> read;   ///< may be read, with all below
    std::vector<std::string> write;  ///< may be changed too
};

/// Gives up, for good and for all threads started later, what the daemon never needs: files outside `paths`
/// (Landlock), other programs, tracing, mounting, kernel interfaces and socket families other than unix, IP
/// and netlink (seccomp). Call it after opening sockets and before the first thread. Returns what the kernel
/// could not do, a line each; never an error, since the daemon is right without it too.
std::vector<std::string> enter_sandbox(const SandboxPaths& paths);

/// The folder that a file is in.
std::string folder_of(const std::string& file);

/// The file is there, but this process may not read it: another user's, or outside the sandbox.
bool is_out_of_reach(const std::string& file);

}  // namespace app
