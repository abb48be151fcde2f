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
    CHECK(run_program({MTA_STSCTL, "cache"}).err ==
          "mta-stsctl: \"cache\" needs one of list, stats, export, import after it. Try \"mta-stsctl "
          "--help\".\n");
    const Ended group = run_program({MTA_STSCTL, "override", "--help"});
    CHECK(group.status == 0);
    CHECK(group.out.find("usage: mta-stsctl override list\n") != std::string::npos);
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

TEST_CASE("what could not be written is no success") {
    const std::string record = MTA_STSCTL " check-record 'v=STSv1; id=1'";
    const Ended full = run_program({"/bin/sh", "-c", record + " >/dev/full"});
    CHECK(full.status == 2);
    CHECK(full.err == "mta-stsctl: standard output: No space left on device\n");
    CHECK(run_program({"/bin/sh", "-c", record + " >/dev/null"}).status == 0);
}

TEST_CASE("who asks a daemon that is not there is told what to look at") {
    for (const char* command : {"query", "explain"}) {
        CAPTURE(command);
        const testing_support::TemporaryFolder folder;
        const std::string settings = folder.file("settings.yml");
        std::ofstream(settings) << "server: {listen: [unix:" << folder.file("none")
                                << "]}\ncontrol: {socket: " << folder.file("none2") << "}\n";
        const Ended ended = run_program({MTA_STSCTL, "-c", settings, command, "a.example"});
        CHECK(ended.status == 2);
        CHECK(ended.err.find("is mta-stsd running?") != std::string::npos);
    }
}
