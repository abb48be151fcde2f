// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <unistd.h>

#include <stdexcept>

#include "daemon/admin/accounts.h"
#include "tests/support/in_child.h"

using testing_support::in_child;

TEST_CASE("users and groups are found by name and number") {
    CHECK(app::user_id("root") == 0);
    CHECK(app::user_id("4711") == 4711);
    CHECK(app::group_id("root") == 0);
    CHECK_THROWS_WITH_AS(app::user_id("no-such-user"), "there is no user \"no-such-user\" on this system",
                         std::runtime_error);
}

TEST_CASE("root becomes another user for good, and another user cannot become a third") {
    const int status = in_child([] {
        if (::geteuid() == 0) {
            app::drop_privileges("nobody", "");
            if (::geteuid() == 0 || ::getegid() == 0 || ::getgroups(0, nullptr) > 1) return 1;
            if (::setuid(0) == 0) return 2;
        }
        app::drop_privileges("", "");  // no change asked for
        app::drop_privileges(std::to_string(::geteuid()), std::to_string(::getegid()));
        try {
            app::drop_privileges("daemon", "");
        } catch (const std::runtime_error&) {
            return 0;
        }
        return 3;
    });
    CHECK(status == 0);
}

TEST_CASE("the limit of open files is raised as far as allowed") {
    CHECK(app::raise_file_limit() >= 1024);
}
