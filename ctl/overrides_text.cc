// SPDX-License-Identifier: MIT
#include "ctl/overrides_text.h"

#include <algorithm>

#include "daemon/settings/yaml_document.h"
#include "lib/base/ascii.h"

namespace ctl {
namespace {

constexpr char kNotByLine[] =
    "its entries do not each begin with \"- \" on a line of their own; edit it by hand";

/// In double quotes. Control characters, which would be folded or lost, become escapes: the reader refuses
/// them.
std::string quoted(const std::string& text) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            out += "\\x";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
            continue;
        }
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

/// As it is where it is surely a text to YAML.
std::string scalar(const std::string& text) {
    const auto harmless = [](char c) { return base::is_alnum(c) || c == '.' || c == '-' || c == '_'; };
    if (!text.empty() && base::is_alnum(text[0]) && std::all_of(text.begin(), text.end(), harmless))
        return text;
    return quoted(text);
}

std::string_view without_end(std::string_view line) {
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r'))
        line.remove_suffix(1);
    return line;
}

std::size_t indent_of(std::string_view line) {
    return std::min(line.find_first_not_of(' '), line.size());
}

std::string_view trimmed(std::string_view line) {
    line = without_end(line);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    return line;
}

bool begins_entry(std::string_view line) {
    const std::string_view text = trimmed(line);
    return text == "-" || text.substr(0, 2) == "- ";
}

/// Blank, a comment that is not within an entry, or the end of the document.
bool is_between(std::string_view line, std::size_t indent) {
    const std::string_view text = trimmed(line);
    return text.empty() || text == "..." || (text[0] == '#' && indent_of(line) <= indent);
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

}  // namespace

std::string entry_text(const TypedOverride& entry, std::size_t indent, std::string_view end_of_line) {
    const std::string margin(indent, ' ');
    std::string out;
    const auto line = [&](const std::string& text) { out.append(margin).append(text).append(end_of_line); };
    line("- domain: " + scalar(entry.domain));
    line("  action: " + scalar(entry.action));
    if (!entry.mx.empty()) line("  mx:");
    for (const std::string& host : entry.mx)
        line("    - " + scalar(host));
    if (!entry.until.empty()) line("  until: " + scalar(entry.until));
    if (!entry.comment.empty()) line("  comment: " + quoted(entry.comment));
    return out;
}

base::Result<OverridesText, std::string> OverridesText::read(std::string_view text) {
    using Kind = app::YamlNode::Kind;
    const auto root = app::parse_yaml(text);
    if (!root) {
        return base::Unexpected<std::string>("line " + std::to_string(root.error().line) + " " +
                                             root.error().text);
    }
    OverridesText out;
    out.lines_ = lines_of(text);
    if (!out.lines_.empty()) {
        std::string& last = out.lines_.back();
        if (out.lines_[0].size() > 1 && out.lines_[0].compare(out.lines_[0].size() - 2, 2, "\r\n") == 0)
            out.end_of_line_ = "\r\n";
        if (last.back() != '\n') last += out.end_of_line_;
    }
    if (root->kind == Kind::kNull) return out;
    if (root->kind != Kind::kList) return base::Unexpected<std::string>("it is no list");
    std::vector<int> starts;
    for (const app::YamlNode& item : root->items)
        starts.push_back(item.line);
    if (auto error = out.find_entries(starts)) return base::Unexpected<std::string>(*std::move(error));
    return out;
}

std::optional<std::string> OverridesText::find_entries(const std::vector<int>& starts) {
    if (starts.empty()) {
        const auto list = std::find_if(lines_.begin(), lines_.end(),
                                       [](const std::string& line) { return trimmed(line) == "[]"; });
        if (list == lines_.end()) return kNotByLine;
        empty_list_ = static_cast<std::size_t>(list - lines_.begin());
        return std::nullopt;
    }
    std::size_t free = 0;  // no entry begins before this line
    for (const int start : starts) {
        // The mark is at the first key, which may stand below its dash.
        auto begin = static_cast<std::size_t>(start);
        while (begin > free && !begins_entry(lines_[begin - 1]))
            --begin;
        if (begin == free) return kNotByLine;
        --begin;
        if (entries_.empty()) indent_ = indent_of(lines_[begin]);
        if (indent_of(lines_[begin]) != indent_) return kNotByLine;
        if (!entries_.empty()) entries_.back().end = begin;
        entries_.push_back({begin, lines_.size()});
        free = begin + 1;
    }
    for (Lines& entry : entries_) {
        while (entry.end > entry.begin + 1 && is_between(lines_[entry.end - 1], indent_))
            --entry.end;
    }
    return std::nullopt;
}

std::string OverridesText::spliced(Lines out, const std::string& in) const {
    std::string text;
    for (std::size_t i = 0; i < out.begin; ++i)
        text += lines_[i];
    text += in;
    for (std::size_t i = out.end; i < lines_.size(); ++i)
        text += lines_[i];
    return text;
}

std::string OverridesText::with_added(const TypedOverride& entry) const {
    Lines place{lines_.size(), lines_.size()};
    if (empty_list_) place = {*empty_list_, *empty_list_ + 1};
    if (!entries_.empty()) place = {entries_.back().end, entries_.back().end};
    return spliced(place, entry_text(entry, indent_, end_of_line_));
}

std::string OverridesText::with_replaced(std::size_t at, const TypedOverride& entry) const {
    return spliced(entries_[at], entry_text(entry, indent_, end_of_line_));
}

std::string OverridesText::without(std::size_t at) const {
    return spliced(entries_[at], "");
}

}  // namespace ctl
