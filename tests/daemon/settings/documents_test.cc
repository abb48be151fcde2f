// SPDX-License-Identifier: MIT
#include "daemon/settings/documents.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "daemon/settings/table.h"
#include "daemon/settings/values.h"

namespace {

std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string printed(const std::string& text) {
    const auto settings = app::parse_settings(text, "sample");
    if (!settings) FAIL_CHECK(settings.error().text());
    return settings ? app::print_settings(*settings) : std::string();
}

// Settings stand behind "#" without a space, or within a list or profile with two; words behind one space.
std::string without_comment_marks(const std::string& text) {
    std::istringstream in(text);
    std::string out, line;
    while (std::getline(in, line)) {
        const std::size_t mark = line.find_first_not_of(' ');
        if (mark != std::string::npos && line[mark] == '#') {
            const std::string rest = line.substr(mark + 1);
            if (rest.empty() || (rest[0] == ' ' && rest.substr(0, 2) != "  ")) continue;
            line = line.substr(0, mark) + rest;
        }
        out += line + "\n";
    }
    return out;
}

}  // namespace

TEST_CASE("documents: the files in the repository are what the table makes (tools/regenerate)") {
    CHECK((read(SOURCE_DIR "/conf/mta-stsd.yml") == app::sample_settings()));
    CHECK((read(SOURCE_DIR "/docs/man/mta-stsd.yml.5") == app::settings_manual()));
    CHECK((read(SOURCE_DIR "/docs/settings.md") == app::settings_page()));
}

TEST_CASE("documents: the sample means the defaults, and so does all of it without the comment marks") {
    const std::string defaults = app::print_settings(app::default_settings());
    const std::string sample = app::sample_settings();
    CHECK(printed(sample) == defaults);
    const std::string all = without_comment_marks(sample);
    CHECK(printed(all) == defaults);
    for (const auto& setting : app::settings_table()) {
        const std::string key(setting.key.substr(setting.key.rfind('.') + 1));
        CAPTURE(key);
        CHECK(all.find(key + ":") != std::string::npos);
    }
}

TEST_CASE("documents: the manual has every setting with its default") {
    const std::string manual = app::settings_manual();
    for (const auto& setting : app::settings_table()) {
        const std::string key(setting.key);
        CAPTURE(key);
        const std::size_t at = manual.find(".It Cm " + key + "\n");
        REQUIRE(at != std::string::npos);
        const std::string entry = manual.substr(at, manual.find("\n.It", at) - at);
        if (!setting.fallback.empty())
            CHECK(entry.find("Default: " + app::yaml_scalar(setting.fallback) + ".\n") != std::string::npos);
    }
}

TEST_CASE(
    "documents: the page has every setting, of profiles too, with its default, and no text that Markdown "
    "eats") {
    const std::string page = app::settings_page();
    const auto has = [&page](const std::string& key, bool is_list, std::string_view fallback) {
        CAPTURE(key);
        const std::size_t at = page.find("\n### " + key + "\n");
        REQUIRE(at != std::string::npos);
        const std::string entry = page.substr(at, page.find("\n#", at + 1) - at);
        const bool none = is_list && fallback.empty();
        CHECK(entry.find(none ? "default: none" : "default: `" + app::yaml_scalar(fallback) + "`") !=
              std::string::npos);
    };
    for (const auto& setting : app::settings_table())
        has(std::string(setting.key), setting.codec.is_list, setting.fallback);
    for (const auto& setting : app::profile_table())
        has("maps.NAME." + std::string(setting.key), setting.codec.is_list, setting.fallback);
    CHECK(page.find("\\[USER:PASSWORD@\\]HOST") != std::string::npos);
    CHECK(page.find("server.socket_\\*") != std::string::npos);
}

TEST_CASE("documents: every setting has its group, its words, and a default that its own check accepts") {
    for (const auto& setting : app::settings_table()) {
        const std::string key(setting.key);
        CAPTURE(key);
        bool grouped = false;
        for (const auto& group : app::settings_groups())
            grouped = grouped || key == group.key || key.substr(0, key.find('.')) == group.key;
        CHECK(grouped);
        CHECK(setting.brief.size() > 3);
        CHECK(setting.brief.back() != '.');
        app::Settings settings = app::default_settings();
        if (setting.codec.is_list) setting.codec.clear(settings);
        if (!setting.codec.is_list || !setting.fallback.empty())
            CHECK(setting.codec.read(setting.fallback, settings) == "");
    }
}
