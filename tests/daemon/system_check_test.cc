// SPDX-License-Identifier: MIT
#include "daemon/system_check.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "tests/support/in_child.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_ca.h"

namespace {

class World {
  public:
    World() {
        std::ofstream(folder.file("ca.pem")) << testing_support::TestCa().pem();
        std::ofstream(folder.file("empty.pem")) << "no certificate\n";
        settings.https.ca_file = folder.file("ca.pem");
    }
    testing_support::TemporaryFolder folder;
    app::Settings settings = app::default_settings();
};

std::string errors_of(const app::Settings& settings) {
    return app::SettingsErrors{"f.yml", app::check_system(settings)}.text();
}

}  // namespace

TEST_CASE("what the settings name is looked for on this system") {
    World world;
    CHECK(errors_of(world.settings) == "");

    auto& s = world.settings;
    const std::string no_user = "there is no user \"no-such\" on this system";
    const std::string no_group = "there is no group \"no-such\" on this system";
    const struct {
        std::string* field;
        std::string value, errors;
    } rows[] = {
        {&s.server.socket_owner, "root", ""},
        {&s.server.socket_owner, "no-such", "f.yml: server.socket_owner: " + no_user},
        {&s.server.socket_group, "no-such", "f.yml: server.socket_group: " + no_group},
        {&s.control.group, "root", ""},
        {&s.control.group, "no-such", "f.yml: control.group: " + no_group},
        {&s.process.user, "nobody", ""},
        {&s.process.user, "no-such", "f.yml: process.user: " + no_user},
        {&s.process.user, "987654321", "f.yml: process.user: process.user 987654321: set process.group too"},
        {&s.process.group, "no-such", "f.yml: process.group: " + no_group},
        {&s.https.ca_file, world.folder.file("none.pem"),
         "f.yml: https.ca_file: CA file " + world.folder.file("none.pem") + ": No such file or directory"},
        {&s.https.ca_file, world.folder.file("empty.pem"),
         "f.yml: https.ca_file: CA file " + world.folder.file("empty.pem") + ": no certificate in it"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.value);
        const std::string before = *row.field;
        *row.field = row.value;
        CHECK(errors_of(s) == row.errors);
        *row.field = before;
    }
    s.process.user = "987654321";
    s.process.group = "0";
    CHECK(errors_of(s) == "");
}

TEST_CASE("CA certificates that may not be read are told so") {
    World world;
    REQUIRE(::chmod(world.settings.https.ca_file.c_str(), 0) == 0);
    REQUIRE(::chmod(world.folder.path().c_str(), 0755) == 0);
    const int status = testing_support::in_child([&] {
        if (::geteuid() == 0 && ::setuid(65534) != 0) return 1;
        return errors_of(world.settings) ==
                       "f.yml: https.ca_file: CA file " + world.settings.https.ca_file + ": Permission denied"
                   ? 7
                   : 2;
    });
    CHECK(status == 7);
}
