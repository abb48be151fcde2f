// SPDX-License-Identifier: MIT
#include "lib/dane/tlsa.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/lib/dane/der_samples.h"

using dane::Usability;
using dane::usability;
using dane_test::bit_string;
using dane_test::certificate;
using dane_test::element;
using dane_test::sequence;
using dane_test::spki;

namespace {

const std::string kSha256(32, '\xa5');
const std::string kSha512(64, '\xa5');

Usability judge(int usage, int selector, int matching, std::string data) {
    return usability(dns::Tlsa{static_cast<std::uint8_t>(usage), static_cast<std::uint8_t>(selector),
                               static_cast<std::uint8_t>(matching), std::move(data)});
}

// What is right for this selector and matching type, so that only the fields decide.
std::string right_data(int selector, int matching) {
    if (matching == 1) return kSha256;
    if (matching == 2) return kSha512;
    return selector == 1 ? spki() : certificate();
}

struct Shape {
    const char* what;
    std::string data;
    bool is_certificate;
    bool is_spki;
};

}  // namespace

TEST_CASE("RFC 6698 2.1, RFC 7672 3.1: the three fields, with data that fits them") {
    for (const int usage : {0, 1, 2, 3, 4, 255})
        for (const int selector : {0, 1, 2, 3, 4, 255})
            for (const int matching : {0, 1, 2, 3, 4, 255}) {
                CAPTURE(usage);
                CAPTURE(selector);
                CAPTURE(matching);
                const bool usage_known = usage == 2 || usage == 3;
                const bool selector_known = selector == 0 || selector == 1;
                const bool matching_known = matching >= 0 && matching <= 2;
                const Usability expected = !usage_known      ? Usability::kUsage
                                           : !selector_known ? Usability::kSelector
                                           : !matching_known ? Usability::kMatching
                                                             : Usability::kUsable;
                CHECK(judge(usage, selector, matching, right_data(selector, matching)) == expected);
            }
}

TEST_CASE("RFC 6698 2.1.3: a digest is as long as its kind") {
    struct Case {
        int matching;
        std::size_t size;
        Usability expected;
    };
    const std::vector<Case> cases{
        {1, 0, Usability::kLength},  {1, 1, Usability::kLength},  {1, 20, Usability::kLength},
        {1, 31, Usability::kLength}, {1, 32, Usability::kUsable}, {1, 33, Usability::kLength},
        {1, 64, Usability::kLength}, {2, 0, Usability::kLength},  {2, 32, Usability::kLength},
        {2, 63, Usability::kLength}, {2, 64, Usability::kUsable}, {2, 65, Usability::kLength},
        {2, 128, Usability::kLength}};
    for (const Case& c : cases)
        for (const int usage : {2, 3})
            for (const int selector : {0, 1}) {
                CAPTURE(c.matching);
                CAPTURE(c.size);
                CHECK(judge(usage, selector, c.matching, std::string(c.size, '\x5a')) == c.expected);
            }
    CHECK(judge(3, 1, 1, std::string(32, '\0')) == Usability::kUsable);
}

TEST_CASE("RFC 6698 2.1.3: Full(0) is a whole certificate, or for SPKI(1) a whole SubjectPublicKeyInfo") {
    const std::string algorithm = sequence("\x06\x03\x2b\x65\x70");
    const std::string key = bit_string("key");
    const std::string nul(1, '\0');
    // Of 200 bytes inside: the length takes two octets at least.
    const std::string long_key = bit_string(std::string(191, 'k'));
    const std::string long_spki = algorithm + long_key;
    REQUIRE(long_spki.size() == 7 + 2 + 1 + 192);

    const std::vector<Shape> shapes{
        {"a real certificate", certificate(), true, false},
        {"a real SubjectPublicKeyInfo", spki(), false, true},
        {"smallest certificate", sequence(sequence("") + sequence("") + bit_string("")), true, false},
        {"smallest SubjectPublicKeyInfo", sequence(sequence("") + bit_string("")), false, true},
        {"one length octet of 0x81", sequence(long_spki), false, true},
        {"two length octets", sequence(algorithm + bit_string(std::string(300, 'k'))), false, true},
        {"the longest that fits a record", sequence(algorithm + bit_string(std::string(65000, 'k'))), false,
         true},

        {"nothing", "", false, false},
        {"3 0 0 deadbeef", "\xde\xad\xbe\xef", false, false},
        {"a tag alone", "\x30", false, false},
        {"an empty SEQUENCE", sequence(""), false, false},
        {"only one SEQUENCE", sequence(algorithm), false, false},
        {"only a BIT STRING", sequence(key), false, false},
        {"the wrong order", sequence(key + algorithm), false, false},
        {"three SEQUENCEs and no BIT STRING", sequence(algorithm + algorithm + algorithm), false, false},
        {"a certificate with a part more", sequence(algorithm + algorithm + algorithm + key), false, false},
        {"a part behind the BIT STRING", sequence(algorithm + key + key), false, false},
        {"a certificate and a part behind it", sequence(algorithm + algorithm + key + sequence("")), false,
         false},
        {"SET for SEQUENCE", element('\x31', algorithm + key), false, false},
        {"primitive SEQUENCE", element('\x10', algorithm + key), false, false},
        {"OCTET STRING for BIT STRING", sequence(algorithm + element('\x04', nul + "key")), false, false},
        {"constructed BIT STRING", sequence(algorithm + element('\x23', key)), false, false},
        {"BIT STRING without its first octet", sequence(algorithm + element('\x03', "")), false, false},
        {"BIT STRING with 7 unused bits", sequence(algorithm + element('\x03', "\x07\x80")), false, true},
        {"BIT STRING with 8 unused bits", sequence(algorithm + element('\x03', "\x08\x80")), false, false},
        {"inner SET for the algorithm", sequence(element('\x31', "") + key), false, false},

        {"a byte behind", sequence(algorithm + key) + nul, false, false},
        {"a second one behind", sequence(algorithm + key) + sequence(algorithm + key), false, false},
        {"a byte before", nul + sequence(algorithm + key), false, false},
        {"the last byte missing", sequence(algorithm + key).substr(0, 13), false, false},
        {"outer length one too long", std::string("\x30\x0e") + algorithm + key, false, false},
        {"outer length one too short", std::string("\x30\x0c") + algorithm + key, false, false},
        {"inner length that passes the outer", std::string("\x30\x0d") + algorithm + "\x03\x05" + nul + "key",
         false, false},
        {"indefinite length", std::string("\x30\x80") + algorithm + key + nul + nul, false, false},
        {"0x80, were it 128", "\x30\x80" + algorithm + bit_string(std::string(118, 'k')), false, false},
        {"inner indefinite length", sequence("\x30\x80" + nul + nul + key), false, false},
        {"0x81 where a short length would do", std::string("\x30\x81\x0d") + algorithm + key, false, false},
        {"0x81 for 127, which is short still", "\x30\x81\x7f" + algorithm + bit_string(std::string(117, 'k')),
         false, false},
        {"0x82 where one octet would do", std::string("\x30\x82") + nul + '\xca' + long_spki, false, false},
        {"0x83 with a leading zero",
         std::string("\x30\x83") + nul + "\x01\x36" + algorithm + bit_string(std::string(298, 'k')), false,
         false},
        {"0x84, more than a record holds", "\x30\x84\xff\xff\xff\xff" + algorithm + key, false, false},
        {"0x88, as long as an integer", "\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff" + algorithm + key, false,
         false},
        {"the reserved 0xff", "\x30\xff" + std::string(127, '\x01') + algorithm + key, false, false},
        {"length octets missing", "\x30\x82", false, false},
        {"a length octet missing", "\x30\x82\x01", false, false},
    };
    for (const Shape& shape : shapes) {
        CAPTURE(shape.what);
        for (const int usage : {2, 3}) {
            CHECK(judge(usage, 0, 0, shape.data) ==
                  (shape.is_certificate ? Usability::kUsable : Usability::kData));
            CHECK(judge(usage, 1, 0, shape.data) == (shape.is_spki ? Usability::kUsable : Usability::kData));
        }
    }
}

TEST_CASE("no piece of a whole certificate or key is whole") {
    for (const std::string& whole : {certificate(), spki()}) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            CAPTURE(size);
            for (const int selector : {0, 1}) {
                CHECK(judge(3, selector, 0, whole.substr(0, size)) == Usability::kData);
                CHECK(judge(3, selector, 0, whole.substr(whole.size() - size)) == Usability::kData);
            }
        }
    }
    // The key in it is whole, but no record says Full(0) Cert(0) with a key.
    CHECK(judge(3, 0, 0, spki()) == Usability::kData);
    CHECK(judge(3, 1, 0, certificate()) == Usability::kData);
}

TEST_CASE("the words for people") {
    const std::vector<std::pair<Usability, std::string>> words{
        {Usability::kUsable, "usable"},     {Usability::kUsage, "certificate usage"},
        {Usability::kSelector, "selector"}, {Usability::kMatching, "matching type"},
        {Usability::kLength, "length"},     {Usability::kData, "data"},
    };
    for (const auto& [usability, word] : words)
        CHECK(dane::to_string(usability) == word);
}
