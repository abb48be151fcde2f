// SPDX-License-Identifier: MIT
#include "lib/sts/record.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using sts::RecordError;

namespace {

std::vector<dns::Txt> published(const std::vector<std::string>& texts) {
    std::vector<dns::Txt> records;
    for (const std::string& text : texts)
        records.push_back(dns::Txt{text});
    return records;
}

const std::string k32(32, 'n');
const std::string k33(33, 'n');

}  // namespace

TEST_CASE("RFC 8461 3.1: records that fit the grammar, and their id") {
    struct Case {
        std::string text;
        std::string id;
    };
    const std::vector<Case> cases{
        {"v=STSv1; id=20160831085700Z;", "20160831085700Z"},
        // the delimiter is white space, ";", white space; the last is optional
        {"v=STSv1;id=a", "a"},
        {"v=STSv1;id=a;", "a"},
        {"v=STSv1 ; id=a ; ", "a"},
        {"v=STSv1\t;\tid=a\t;\t", "a"},
        {"v=STSv1; \t id=abc  \t;", "abc"},
        // id: 1*32(ALPHA / DIGIT)
        {"v=STSv1; id=0", "0"},
        {"v=STSv1; id=AZaz09", "AZaz09"},
        {"v=STSv1; id=" + k32, k32},
        // extensions, in any order
        {"v=STSv1; ext=2; id=a", "a"},
        {"v=STSv1; id=a; ext=2; more=3;", "a"},
        {"v=STSv1; id=a; " + k32 + "=1", "a"},
        {"v=STSv1; id=a; 0=1", "a"},
        {"v=STSv1; id=a; a_b-c.d=1", "a"},
        {"v=STSv1; id=a; a._-=1", "a"},
        {"v=STSv1; ext=https://x.example/p?q; id=a", "a"},
        {"v=STSv1; id=a; e=!\"#$%&'()*+,-./:<>?@[\\]^_`{|}~", "a"},
        {"v=STSv1; id=a; e=" + std::string(2000, 'x'), "a"},
        // field names are case-sensitive: these are extensions
        {"v=STSv1; ID=b; id=a", "a"},
        {"v=STSv1; Id=x_y; id=a", "a"},
        // of a repeated field all but the first are ignored
        {"v=STSv1; id=first; id=second", "first"},
        {"v=STSv1; id=abc; id=x-y", "abc"},
        {"v=STSv1; id=abc; id=" + k33, "abc"},
        {"v=STSv1; id=a; v=STSv2", "a"},
        {"v=STSv1; e=1; id=a; e=2", "a"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        CHECK(sts::claims_stsv1(c.text));
        const auto record = sts::parse_record(c.text);
        REQUIRE(record);
        CHECK(record->id == c.id);
    }
}

TEST_CASE("RFC 8461 3.1: records that claim to be STSv1 and are outside the grammar") {
    struct Case {
        std::string text;
        RecordError error;
    };
    const std::vector<Case> cases{
        // no id
        {"v=STSv1;", RecordError::kNoId},
        {"v=STSv1; ", RecordError::kNoId},
        {"v=STSv1; ID=abc", RecordError::kNoId},
        {"v=STSv1; ext=1;", RecordError::kNoId},
        {"v=STSv1; xid=1", RecordError::kNoId},
        // bad id; the first counts
        {"v=STSv1; id=", RecordError::kBadId},
        {"v=STSv1; id=;", RecordError::kBadId},
        {"v=STSv1; id=" + k33, RecordError::kBadId},
        {"v=STSv1; id=x-y; id=abc", RecordError::kBadId},
        {"v=STSv1; id=x_y", RecordError::kBadId},
        {"v=STSv1; id=\"abc\"", RecordError::kBadId},
        {"v=STSv1; id= abc", RecordError::kBadId},
        {"v=STSv1; id=\xC3\xBC", RecordError::kBadId},
        // fields
        {"v=STSv1; id = abc", RecordError::kSyntax},
        {"v=STSv1; id=abc def", RecordError::kSyntax},
        {"v=STSv1; id=a=b", RecordError::kSyntax},
        {"v=STSv1; id", RecordError::kSyntax},
        {"v=STSv1; bogus; id=abc", RecordError::kSyntax},
        {"v=STSv1; =x; id=abc", RecordError::kSyntax},
        {"v=STSv1; id=abc; id=", RecordError::kSyntax},
        {"v=STSv1; id=abc ext=1", RecordError::kSyntax},
        {"v=STSv1; id=abc, ext=1", RecordError::kBadId},
        // delimiters
        {"v=STSv1;; id=abc", RecordError::kSyntax},
        {"v=STSv1; ; id=abc", RecordError::kSyntax},
        {"v=STSv1; id=abc;;", RecordError::kSyntax},
        {"v=STSv1; id=abc; ;", RecordError::kSyntax},
        {"v=STSv1; id=abc ", RecordError::kSyntax},
        {"v=STSv1; id=abc\n", RecordError::kSyntax},
        {"v=STSv1; id=abc;\r\n", RecordError::kSyntax},
        {std::string("v=STSv1; id=abc;\0", 17), RecordError::kSyntax},
        {std::string("v=STSv1; id=abc\0", 16), RecordError::kSyntax},
        // extension names
        {"v=STSv1; id=a; " + k33 + "=1", RecordError::kSyntax},
        {"v=STSv1; id=a; -x=1", RecordError::kSyntax},
        {"v=STSv1; id=a; _x=1", RecordError::kSyntax},
        {"v=STSv1; id=a; .x=1", RecordError::kSyntax},
        {"v=STSv1; id=a; 1%=a", RecordError::kSyntax},
        {"v=STSv1; id=a; x y=1", RecordError::kSyntax},
        {"v=STSv1; id=a; \xC3\xBC=1", RecordError::kSyntax},
        // extension values
        {"v=STSv1; id=a; more=", RecordError::kSyntax},
        {"v=STSv1; id=a; test==", RecordError::kSyntax},
        {"v=STSv1; id=a; e=x y", RecordError::kSyntax},
        {"v=STSv1; id=a; e= x", RecordError::kSyntax},
        {"v=STSv1; id=a; e=x\x01", RecordError::kSyntax},
        {"v=STSv1; id=a; e=x\x7F", RecordError::kSyntax},
        {"v=STSv1; id=a; e=\xC3\xBC", RecordError::kSyntax},
    };
    for (const Case& c : cases) {
        CAPTURE(c.text);
        CHECK(sts::claims_stsv1(c.text));
        const auto record = sts::parse_record(c.text);
        REQUIRE_FALSE(record);
        CHECK(record.error() == c.error);
    }
}

TEST_CASE("RFC 8461 3.1: TXT records that do not begin with the version are strangers") {
    const std::vector<std::string> cases{
        "",
        "hello",
        "v=spf1 -all",
        "v=STSv1",
        "v=STSv1 id=abc",
        "v=STSv10; id=abc",
        "v=STSv2; id=abc",
        "v=stsv1; id=abc",
        "V=STSv1; id=abc",
        " v=STSv1; id=abc",
        "\"v=STSv1; id=abc\"",
        "id=abc; v=STSv1;",
        "v =STSv1; id=abc",
        "v=STSv1\n; id=abc",
    };
    for (const std::string& text : cases) {
        CAPTURE(text);
        CHECK_FALSE(sts::claims_stsv1(text));
        const auto record = sts::select_record(published({text}));
        REQUIRE_FALSE(record);
        CHECK(record.error() == RecordError::kNone);
        const auto beside = sts::select_record(published({text, "v=STSv1; id=abc"}));
        REQUIRE(beside);
        CHECK(beside->id == "abc");
    }
}

TEST_CASE("RFC 8461 3.1: exactly one record must be left") {
    struct Case {
        std::vector<std::string> texts;
        RecordError error;
    };
    const std::vector<Case> cases{
        {{}, RecordError::kNone},
        {{"hello", "world"}, RecordError::kNone},
        {{"v=STSv1; id=a", "v=STSv1; id=b"}, RecordError::kSeveral},
        {{"v=STSv1; id=a", "hello", "v=STSv1; id=a"}, RecordError::kSeveral},
        // broken ones count as well
        {{"v=STSv1; id=", "v=STSv1; id=a"}, RecordError::kSeveral},
        {{"v=STSv1; id=a", "v=STSv1;"}, RecordError::kSeveral},
        // erratum 6285: by the grammar the first is a record
        {{"v=STSv1 ; id=abc", "v=STSv1; id=def"}, RecordError::kSeveral},
        {{"v=STSv1; id=x_y", "hello"}, RecordError::kBadId},
    };
    for (const Case& c : cases) {
        CAPTURE(c.texts.size());
        const auto record = sts::select_record(published(c.texts));
        REQUIRE_FALSE(record);
        CHECK(record.error() == c.error);
    }
    const auto lone = sts::select_record(published({"google-site-verification=x", "v=STSv1 ; id=abc"}));
    REQUIRE(lone);
    CHECK(lone->id == "abc");
}

TEST_CASE("why there is no live policy, for people") {
    CHECK(sts::to_string(RecordError::kNone) == "no record");
    CHECK(sts::to_string(RecordError::kSeveral) == "more than one record");
    CHECK(sts::to_string(RecordError::kSyntax) == "record outside the grammar");
    CHECK(sts::to_string(RecordError::kNoId) == "record without id");
    CHECK(sts::to_string(RecordError::kBadId) == "record with a bad id");
}
