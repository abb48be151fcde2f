// SPDX-License-Identifier: MIT
#pragma once
#include <array>
#include <cstddef>
#include <string_view>

namespace base {

/// A set of bytes as a table: asking costs one load, whatever the set is. To be made `constexpr`, from what
/// holds for its members; fits Scanner::take_while(). Not copied: an algorithm of the standard library would
/// do so at each call.
class CharSet {
  public:
    template <class Holds>
    explicit constexpr CharSet(Holds holds) {
        for (std::size_t c = 0; c < has_.size(); ++c)
            has_[c] = holds(static_cast<char>(c));
    }
    CharSet(const CharSet&) = delete;
    CharSet& operator=(const CharSet&) = delete;

    constexpr bool operator()(char c) const { return has_[static_cast<unsigned char>(c)]; }
    /// True of the empty text.
    constexpr bool has_all_of(std::string_view text) const {
        for (const char c : text)
            if (!(*this)(c)) return false;
        return true;
    }

  private:
    std::array<bool, 256> has_{};
};

}  // namespace base
