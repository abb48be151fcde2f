// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <string>

namespace ctl {

/// A whole file, or standard input for "-". Throws std::runtime_error where it cannot be read or has more
/// than `limit` bytes.
std::string read_input(const std::string& path, std::size_t limit = std::size_t{4} << 20);
/// For messages: the path, or "standard input".
std::string input_name(const std::string& path);

}  // namespace ctl
