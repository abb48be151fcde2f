// SPDX-License-Identifier: MIT
#include <cstdio>
#include <stdexcept>

#include "ctl/migration.h"
#include "ctl/print_answer.h"
#include "ctl/read_input.h"
#include "daemon/settings.h"

namespace ctl {
namespace {

void print_json(const Migration& migration, const std::string& settings) {
    Json out = {{"plugin", migration.plugin()}, {"settings", settings}, {"notes", Json::array()}};
    for (const Migration::Note& note : migration.notes())
        out["notes"].push_back({{"key", note.key}, {"text", note.text}, {"lost", note.lost}});
    std::printf("%s\n", out.dump(-1, ' ', true, Json::error_handler_t::replace).c_str());
}

}  // namespace

int migrate(const Invocation& invocation) {
    const std::string& file = invocation.arguments[0];
    const auto migration = Migration::of(read_input(file));
    if (!migration) throw std::runtime_error(input_name(file) + ": " + migration.error());
    const std::string settings = migration->settings_text(printable(file));
    const auto check = app::parse_settings(settings, "migrated settings");
    if (!check) throw std::runtime_error(check.error().text());
    bool lost = false;
    for (const Migration::Note& note : migration->notes()) {
        lost = lost || note.lost;
        if (!invocation.json) {
            std::fprintf(stderr, "%s%s%s%s\n", note.lost ? "not taken over: " : "",
                         printable(note.key).c_str(), note.key.empty() ? "" : ": ",
                         printable(note.text).c_str());
        }
    }
    if (invocation.json) {
        print_json(*migration, settings);
    } else {
        std::fputs(settings.c_str(), stdout);
    }
    return lost ? kFoundWrong : kFine;
}

}  // namespace ctl
