// SPDX-License-Identifier: MIT
// Prints a file that is made from the table of settings: `settings_docs sample`, `manual` or `page`.
// Part of the build, not of the package; called by tools/regenerate.
#include <cstdio>
#include <string>
#include <string_view>

#include "daemon/settings/documents.h"

int main(int argc, char** argv) {
    const std::string_view wanted = argc == 2 ? argv[1] : "";
    std::string text;
    if (wanted == "sample") text = app::sample_settings();
    if (wanted == "manual") text = app::settings_manual();
    if (wanted == "page") text = app::settings_page();
    if (text.empty()) {
        std::fputs("usage: settings_docs sample|manual|page\n", stderr);
        return 2;
    }
    return std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0 ? 1 : 0;
}
