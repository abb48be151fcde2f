// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

namespace ctl {

/// What a program writes on standard output, at most 1 MiB within 10 s. No shell; standard input is empty,
/// standard error is dropped. Throws std::runtime_error where it cannot be run, does not end with status 0,
/// or takes too long (then it is killed).
std::string child_output(const std::vector<std::string>& words);

/// The path of a program in $PATH or one of the folders for administrators' programs; empty: there is none.
std::string find_program(const std::string& name);

}  // namespace ctl
