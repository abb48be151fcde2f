// SPDX-License-Identifier: MIT
#include "ctl/overrides_text.h"

#include <doctest/doctest.h>

#include "daemon/overrides_file.h"

using ctl::OverridesText;
using ctl::TypedOverride;

namespace {

const TypedOverride kNew{"new.example", "ignore", {}, "", ""};
const std::string kNewText = "- domain: new.example\n  action: ignore\n";

const std::string kTwo =
    "# Ours.\n"
    "\n"
    "# a: ticket 12\n"
    "- domain: a.example   # the customer's\n"
    "  action: ignore\n"
    "  # until they answer\n"
    "\n"
    "# b\n"
    "-\n"
    "  # with its dash alone\n"
    "  domain: b.example\n"
    "  action: pin\n"
    "  mx:\n"
    "  - mx.b.example\n"
    "\n"
    "# the end\n";

OverridesText read(const std::string& text) {
    auto read = OverridesText::read(text);
    REQUIRE_MESSAGE(read.has_value(), read.error());
    return *read;
}

}  // namespace

TEST_CASE("an entry comes after the last one, and every other byte stays") {
    struct Row {
        const char* what;
        std::string before, after;
    };
    const std::vector<Row> rows = {
        {"no text", "", kNewText},
        {"comments only", "# one\n\n# two", "# one\n\n# two\n" + kNewText},
        {"an empty list", "# one\n[]\n# two\n", "# one\n" + kNewText + "# two\n"},
        {"entries and what follows them", kTwo,
         kTwo.substr(0, kTwo.find("\n# the end")) + kNewText + "\n# the end\n"},
        {"no line end at the end", "- {domain: a.example, action: defer}",
         "- {domain: a.example, action: defer}\n" + kNewText},
        {"an indented list", "---\n  - domain: a.example\n    action: defer\n...\n",
         "---\n  - domain: a.example\n    action: defer\n  - domain: new.example\n    action: ignore\n...\n"},
        {"line ends of another system", "- domain: a.example\r\n  action: defer\r\n",
         "- domain: a.example\r\n  action: defer\r\n- domain: new.example\r\n  action: ignore\r\n"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        const std::string after = read(row.before).with_added(kNew);
        CHECK(after == row.after);
        CHECK(app::parse_overrides(after, "test", {}).has_value());
    }
}

TEST_CASE("an entry goes with its own lines, comments before and after it stay") {
    const OverridesText text = read(kTwo);
    REQUIRE(text.entry_count() == 2);
    CHECK(text.without(0) == "# Ours.\n\n# a: ticket 12\n" + kTwo.substr(kTwo.find("\n# b")));
    CHECK(text.without(1) == kTwo.substr(0, kTwo.find("-\n")) + "\n# the end\n");
    CHECK(text.with_replaced(0, kNew) ==
          "# Ours.\n\n# a: ticket 12\n" + kNewText + kTwo.substr(kTwo.find("\n# b")));
}

TEST_CASE("what looks like an entry within a text is none") {
    const std::string text =
        "- domain: a.example\n  action: ignore\n  comment: >-\n    see\n    - domain: no.example\n"
        "- {domain: b.example,\n  action: ignore}\n";
    CHECK(read(text).without(0) == "- {domain: b.example,\n  action: ignore}\n");
    CHECK(read(text).without(1) == text.substr(0, text.find("- {")));
}

TEST_CASE("entries that do not begin on lines of their own are not edited") {
    for (const std::string text :
         {"[{domain: a.example, action: ignore}, {domain: b.example, action: ignore}]\n",
          "[\n  {domain: a.example, action: ignore}\n]\n", "[ ]\n", "a: b\n", "[{\n"}) {
        CAPTURE(text);
        CHECK(!OverridesText::read(text).has_value());
    }
}

TEST_CASE("whatever is typed stays a text") {
    for (const std::string& comment : {std::string("plain"), std::string("*alias: &x # no comment"),
                                       std::string("say \"no\" \\ 'yes'"), std::string("- [x, {y}] !tag %"),
                                       std::string("b\xc3\xbc"
                                                   "cher"),
                                       std::string("null"), std::string(" spaces ")}) {
        CAPTURE(comment);
        const TypedOverride typed{
            "*.a.example", "pin", {"*.mx.example", "mx.example."}, "2030-01-01T12:00:00Z", comment};
        const auto read = app::parse_overrides(ctl::entry_text(typed, 2), "test", {});
        REQUIRE(read.has_value());
        const policy::Override& entry = read->overrides.entries().at(0);
        CHECK(entry.comment == comment);
        CHECK(entry.below);
        CHECK(entry.mx == std::vector<std::string>{"*.mx.example", "mx.example"});
        CHECK(entry.until.has_value());
    }
}
