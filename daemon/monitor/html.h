// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <string_view>

#include "lib/base/clock.h"

namespace app {

/// A text as it may stand in HTML, between tags and in quoted attributes: markup is escaped; control
/// characters, bytes that are no UTF-8, and characters that turn or hide the text around them are replaced.
/// Everything that did not come from our own source must pass here.
std::string escape_html(std::string_view text);

/// "3 s", "5 min", "2 h", "3 d": for people, in one unit, cut down.
std::string span_text(base::Seconds span);
/// "3 h ago", "in 5 min", "now".
std::string relative_text(base::WallTime time, base::WallTime now);

/// A page of ours: head, navigation and end around `body`, which is HTML already.
std::string html_page(std::string_view title, std::string_view body);

/// The style sheet of all pages.
std::string_view style_sheet();

}  // namespace app
