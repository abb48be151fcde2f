// SPDX-License-Identifier: MIT
// A key that is looked up names a domain that can have a policy, and means the same in every way of writing
// it.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/policy/key.h"

namespace {

void require(bool holds) {
    if (!holds) __builtin_trap();
}

void check_spelling(const std::string& text, const policy::Key& wanted, bool bracketed) {
    const auto key = policy::parse_key(text);
    require(key && key->domain == wanted.domain && key->port == wanted.port && key->bracketed == bracketed);
    require(key->smart_host);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto key = policy::parse_key(input);
    if (!key) return 0;

    require(key->domain.label_count() >= 2 && !key->domain.is_numeric() && key->port != 0);
    for (const char* reserved : {"invalid", "localhost", "onion"})
        require(!key->domain.is_within(reserved));
    require(key->smart_host == (input.front() == '[' || input.find(':') != std::string_view::npos));
    require(key->bracketed == (input.front() == '['));

    const std::string port = ":" + std::to_string(key->port);
    check_spelling("[" + key->domain.text() + "]" + port, *key, true);
    check_spelling(key->domain.text() + port, *key, false);
    require(!policy::parse_key("." + key->domain.text()));
    require(!policy::parse_key(key->domain.text() + " "));
    return 0;
}
