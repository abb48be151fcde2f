// SPDX-License-Identifier: MIT
#pragma once
#include <string>

namespace app {

// The files that are made from the table of settings. tools/regenerate writes them; a test compares them.

/// conf/mta-stsd.yml: every setting with its default, all of it in comments, so that a new version's defaults
/// reach everybody who has not decided otherwise.
std::string sample_settings();

/// docs/man/mta-stsd.yml.5, in mdoc.
std::string settings_manual();

/// docs/settings.md: the same reference as a page, with a heading for each setting to link to.
std::string settings_page();

}  // namespace app
