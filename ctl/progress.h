// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>

namespace ctl {

/// A bar on standard error, where that is a terminal; else nothing at all. One thread at a time.
class Progress {
  public:
    explicit Progress(std::size_t total);
    ~Progress();  ///< takes the bar away
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void set(std::size_t done);

  private:
    std::size_t total_, shown_ = ~std::size_t{0};
    bool visible_;
};

}  // namespace ctl
