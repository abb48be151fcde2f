// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "ctl/command.h"
#include "tests/support/run_program.h"

using testing_support::Ended;
using testing_support::run_program;

TEST_CASE("an option is for its commands only, wherever it stands") {
    const Ended ended = run_program({MTA_STSCTL, "--until", "2090-01-01", "check-record", "v=STSv1; id=1"});
    CHECK(ended.status == 2);
    CHECK(ended.err == "mta-stsctl: --until is no option of \"check-record\". Try \"mta-stsctl --help\".\n");
    CHECK(run_program({MTA_STSCTL, "check-record", "v=STSv1; id=1", "--json"}).out ==
          "{\"valid\":true,\"id\":\"1\"}\n");
}

TEST_CASE("what is no command is said so, and help names every command and option") {
    CHECK(run_program({MTA_STSCTL, "override", "frobnicate"}).err ==
          "mta-stsctl: unknown command \"override frobnicate\". Try \"mta-stsctl --help\".\n");
    CHECK(run_program({MTA_STSCTL}).status == 2);
    const Ended help = run_program({MTA_STSCTL, "--help"});
    CHECK(help.status == 0);
    for (const ctl::Command& command : ctl::commands()) {
        CAPTURE(command.name);
        CHECK(help.out.find("\n  " + std::string(command.name) + " ") != std::string::npos);
        for (const ctl::Option& option : command.options)
            CHECK(help.out.find("--" + std::string(option.name) + " ") != std::string::npos);
    }
    const Ended one = run_program({MTA_STSCTL, "override", "add", "--help"});
    CHECK(one.status == 0);
    CHECK(one.out.find("--until TIME") != std::string::npos);
    CHECK(one.out.find("--map") == std::string::npos);
}
