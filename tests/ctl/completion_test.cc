// SPDX-License-Identifier: MIT
// The completions of bash, run, and of zsh, read, against the table of commands.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "ctl/command.h"
#include "tests/support/run_program.h"

namespace {

using Words = std::set<std::string>;

const std::string kFolder = SOURCE_DIR "/packaging/completion/";

Words words_of(const std::string& text) {
    std::istringstream in(text);
    return {std::istream_iterator<std::string>(in), {}};
}

/// What bash offers for the word after these.
Words offered(const std::string& typed, const std::string& begun) {
    const auto ended = testing_support::run_program(
        {"/bin/bash", "--norc", "-c",
         "source " + kFolder + "mta-stsctl.bash; COMP_WORDS=(mta-stsctl " + typed + " '" + begun +
             "'); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _mta_stsctl; printf '%s\\n' \"${COMPREPLY[@]}\""});
    CHECK(ended.err == "");
    return words_of(ended.out);
}

std::string first_word(std::string_view name) {
    return std::string(name.substr(0, name.find(' ')));
}

}  // namespace

TEST_CASE("bash completes every command and its options, and no others") {
    Words first;
    for (const ctl::Command& command : ctl::commands()) {
        CAPTURE(command.name);
        const std::string name(command.name);
        first.insert(first_word(name));
        Words options = {"--config", "--help", "--json", "--version"};
        for (const ctl::Option& option : command.options)
            options.insert("--" + std::string(option.name));
        CHECK(offered(name, "--") == options);
        if (name.find(' ') == std::string::npos) continue;
        Words second;
        for (const ctl::Command& other : ctl::commands()) {
            if (first_word(other.name) == first_word(name))
                second.insert(std::string(other.name.substr(other.name.find(' ') + 1)));
        }
        CHECK(offered(first_word(name), "") == second);
    }
    CHECK(offered("", "") == first);
    CHECK(offered("--json", "") == first);
    CHECK(offered("-c /x", "re") == Words{"refresh", "reload"});
    CHECK(offered("override add a.example", "") == Words{"ignore", "enforce", "pin", "defer"});
    CHECK(offered("override add a.example pin --mx", "") == Words{});
    CHECK(offered("migrate", kFolder + "_mta") == Words{kFolder + "_mta-stsctl"});
}

TEST_CASE("zsh's file names every command and option") {
    std::ifstream in(kFolder + "_mta-stsctl");
    const std::string text(std::istreambuf_iterator<char>(in), {});
    for (const ctl::Command& command : ctl::commands()) {
        CAPTURE(command.name);
        const std::string name(command.name);
        CHECK(text.find("'" + first_word(name) + ":") != std::string::npos);
        if (const std::size_t space = name.find(' '); space != std::string::npos) {
            const std::size_t at = text.find("_values '" + name.substr(0, space) + " command'");
            REQUIRE(at != std::string::npos);
            CHECK(words_of(text.substr(at, text.find('\n', at) - at)).count(name.substr(space + 1)) == 1);
        }
        for (const ctl::Option& option : command.options)
            CHECK(text.find("--" + std::string(option.name) + "[") != std::string::npos);
    }
}
