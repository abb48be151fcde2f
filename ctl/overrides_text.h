// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace ctl {

/// An override as the operator typed it: nothing of it is checked.
struct TypedOverride {
    std::string domain, action;
    std::vector<std::string> mx;
    std::string until, comment;  ///< empty: none
};

/// The entry as lines of a block list, each behind `indent` spaces and ended by `end_of_line`. Whatever is in
/// its texts, they stay texts.
std::string entry_text(const TypedOverride& entry, std::size_t indent = 0,
                       std::string_view end_of_line = "\n");

/// Where the entries of an overrides.yml stand. Edits move whole lines and leave every other byte as it is:
/// comments, order, blank lines, line ends. Comments within an entry's lines go with it; those before and
/// after it stay.
class OverridesText {
  public:
    /// The error says why such a text cannot be edited by line: it is no YAML, or its entries do not each
    /// begin with "- " on a line of their own.
    static base::Result<OverridesText, std::string> read(std::string_view text);

    std::size_t entry_count() const { return entries_.size(); }
    std::string with_added(const TypedOverride& entry) const;
    /// `at`: of the entries in the order of the file.
    std::string with_replaced(std::size_t at, const TypedOverride& entry) const;
    std::string without(std::size_t at) const;

  private:
    struct Lines {
        std::size_t begin, end;  // of lines_
    };
    std::optional<std::string> find_entries(const std::vector<int>& starts);
    std::string spliced(Lines out, const std::string& in) const;

    std::vector<std::string> lines_;  // with their ends
    std::vector<Lines> entries_;
    std::optional<std::size_t> empty_list_;  // the line with "[]"
    std::size_t indent_ = 0;
    std::string end_of_line_ = "\n";
};

}  // namespace ctl
