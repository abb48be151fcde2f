// SPDX-License-Identifier: MIT
#pragma once
#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "daemon/settings/values.h"

namespace app {

/// How one setting's text becomes a field of Owner and back. Made by scalar(), list() and the others below
/// from a field and a format; knows no YAML.
template <class Owner>
struct Codec {
    bool is_list = false;
    bool is_secret = false;  ///< may hold a password: shown only through redact_url()
    std::string allowed;     ///< for people: "a duration from 1s to 1d, such as ..."
    /// Sets the field, for a list adds one item. What is wrong with the text, or empty.
    std::function<std::string(std::string_view, Owner&)> read;
    std::function<void(Owner&)> clear;                            ///< lists only: no item
    std::function<std::vector<std::string>(const Owner&)> write;  ///< one text; for a list one per item
};

// ---- formats: `allowed`, parse(text) -> Parsed<T>, print(value) ----

template <class T>
struct Format {
    std::string allowed;
    std::function<Parsed<T>(std::string_view)> parse;
    std::function<std::string(const T&)> print;
};

template <class T>
Format<T> number(T min, T max) {
    return {"a whole number from " + std::to_string(min) + " to " + std::to_string(max),
            [min, max](std::string_view text) -> Parsed<T> {
                const auto value = parse_number(text);
                if (!value) return base::Unexpected<std::string>(value.error());
                if (*value < min || *value > max) return base::Unexpected<std::string>("is out of bounds");
                return static_cast<T>(*value);
            },
            [](const T& value) { return std::to_string(value); }};
}

/// T is base::Milliseconds or base::Seconds; the latter takes whole seconds only.
template <class T>
Format<T> duration(T min, T max) {
    return {"a duration from " + print_duration(min) + " to " + print_duration(max) + ", such as " +
                (std::is_same_v<T, base::Milliseconds> ? "250ms, 5s, 10m, 1h" : "5s, 10m, 1h, 30d"),
            [min, max](std::string_view text) -> Parsed<T> {
                const auto value = parse_duration(text);
                if (!value) return base::Unexpected<std::string>(value.error());
                if (*value < min || *value > max) return base::Unexpected<std::string>("is out of bounds");
                const T out = std::chrono::duration_cast<T>(*value);
                if (out != *value) return base::Unexpected<std::string>("is not a whole number of seconds");
                return out;
            },
            [](const T& value) { return print_duration(value); }};
}

inline Format<std::uint64_t> size(std::uint64_t min, std::uint64_t max) {
    return {"a size from " + print_size(min) + " to " + print_size(max) + ", such as 64KiB, 16MiB, 1GiB",
            [min, max](std::string_view text) -> Parsed<std::uint64_t> {
                const auto value = parse_size(text);
                if (value && (*value < min || *value > max))
                    return base::Unexpected<std::string>("is out of bounds");
                return value;
            },
            print_size};
}

inline Format<bool> yes_no() {
    return {"yes or no", parse_bool, [](const bool& value) { return std::string(value ? "yes" : "no"); }};
}

inline Format<std::uint32_t> mode() {
    return {"octal permissions from 0000 to 0777, such as 0660", parse_mode,
            [](const std::uint32_t& value) { return print_mode(value); }};
}

/// One of some words.
template <class T>
Format<T> choice(std::vector<std::pair<std::string_view, T>> words) {
    std::string allowed;
    for (std::size_t i = 0; i < words.size(); ++i)
        allowed += std::string(i == 0                 ? ""
                               : i + 1 < words.size() ? ", "
                                                      : " or ") +
                   std::string(words[i].first);
    return {std::move(allowed),
            [words](std::string_view text) -> Parsed<T> {
                for (const auto& [word, value] : words)
                    if (word == text) return T{value};
                return base::Unexpected<std::string>("is not one of the known words");
            },
            [words](const T& value) {
                const auto it = std::find_if(words.begin(), words.end(),
                                             [&value](const auto& word) { return word.second == value; });
                return it == words.end() ? std::string() : std::string(it->first);
            }};
}

/// A text that `good` accepts; `wrong` is said of others: "is no absolute path".
inline Format<std::string> text(std::string_view wrong, std::string allowed, bool (*good)(std::string_view)) {
    return {std::move(allowed),
            [good, wrong](std::string_view value) -> Parsed<std::string> {
                if (!good(value)) return base::Unexpected<std::string>(std::string(wrong));
                return std::string(value);
            },
            [](const std::string& value) { return value; }};
}

/// A type with `static optional<T> parse(text)` and `text()`.
template <class T>
Format<T> parsed_by_type(std::string_view wrong, std::string allowed) {
    return {std::move(allowed),
            [wrong](std::string_view value) -> Parsed<T> {
                auto out = T::parse(value);
                if (!out) return base::Unexpected<std::string>(std::string(wrong));
                return std::move(*out);
            },
            [](const T& value) { return value.text(); }};
}

// ---- codecs: a format and a field, given as `[](auto& s) -> auto& { return s.group.field; }` ----

template <class Owner, class Field, class T>
Codec<Owner> scalar(Field field, Format<T> format) {
    Codec<Owner> codec;
    codec.allowed = format.allowed;
    codec.read = [field, parse = format.parse](std::string_view value, Owner& owner) -> std::string {
        auto parsed = parse(value);
        if (!parsed) return parsed.error();
        field(owner) = *std::move(parsed);
        return {};
    };
    codec.write = [field, print = format.print](const Owner& owner) {
        return std::vector<std::string>{print(field(owner))};
    };
    return codec;
}

/// A list; the same item twice is an error.
template <class Owner, class Field, class T>
Codec<Owner> list(Field field, Format<T> format) {
    Codec<Owner> codec;
    codec.is_list = true;
    codec.allowed = format.allowed;
    codec.read = [field, format](std::string_view value, Owner& owner) -> std::string {
        auto parsed = format.parse(value);
        if (!parsed) return parsed.error();
        const std::string canonical = format.print(*parsed);
        for (const T& item : field(owner))
            if (format.print(item) == canonical) return "is listed twice";
        field(owner).push_back(*std::move(parsed));
        return {};
    };
    codec.clear = [field](Owner& owner) { field(owner).clear(); };
    codec.write = [field, print = format.print](const Owner& owner) {
        std::vector<std::string> out;
        for (const T& item : field(owner))
            out.push_back(print(item));
        return out;
    };
    return codec;
}

/// A setting whose feature does not exist yet: takes its default only.
template <class Owner>
Codec<Owner> not_built(std::string_view fallback) {
    Codec<Owner> codec;
    codec.allowed = yaml_scalar(fallback) + " (anything else is not available in this version)";
    codec.read = [fallback](std::string_view value, Owner&) -> std::string {
        return value == fallback ? "" : "is not available in this version";
    };
    codec.write = [fallback](const Owner&) { return std::vector<std::string>{std::string(fallback)}; };
    return codec;
}

}  // namespace app
