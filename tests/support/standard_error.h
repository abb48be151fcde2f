// SPDX-License-Identifier: MIT
#pragma once
#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "tests/support/in_child.h"

namespace testing_support {

/// What `work` writes to standard error. In a process of its own, which has another one.
inline std::string standard_error_of(const std::function<void()>& work) {
    char name[] = "/tmp/mta-stsd-stderr-XXXXXX";
    const int file = ::mkstemp(name);
    REQUIRE(file >= 0);
    ::unlink(name);
    const int status = in_child([&] {
        ::dup2(file, STDERR_FILENO);
        work();
        return 7;
    });
    std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
    const ssize_t read = ::pread(file, text.data(), text.size(), 0);
    ::close(file);
    REQUIRE(status == 7);
    REQUIRE(read == static_cast<ssize_t>(text.size()));
    return text;
}

}  // namespace testing_support
