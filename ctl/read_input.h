// SPDX-License-Identifier: MIT
#pragma once
#include <string>

namespace ctl {

/// A whole file, or standard input for "-". Throws std::runtime_error where it cannot be read.
std::string read_input(const std::string& path);

}  // namespace ctl
