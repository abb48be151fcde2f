// SPDX-License-Identifier: MIT
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>

namespace app {

/// The number of a user or group given by name or number. Throws std::runtime_error for an unknown name.
/// Reads the system's databases: only at start.
uid_t user_id(const std::string& user);
gid_t group_id(const std::string& group);
/// The group that a user belongs to; throws where the number is nobody's here. `user`: the name for the
/// error.
gid_t group_of(uid_t uid, const std::string& user);

/// Becomes `user` (and `group`, or that user's own group) for good, supplementary groups dropped. Nothing
/// happens where `user` is empty. Where the process is not root it must be that user already. Throws
/// std::runtime_error.
void drop_privileges(const std::string& user, const std::string& group);

/// Raises the limit of open files as far as allowed; returns what it is then.
std::uint64_t raise_file_limit();

}  // namespace app
