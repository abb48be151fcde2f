// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace ctl {

/// Replaces a file's text as a whole: whoever opens it finds the old text or the new, after a power loss too.
/// Mode, owner and access list stay; where the path is a symbolic link its target is replaced. A file that is
/// not there is made, with mode and owner of the file `like` (0644 where there is none). Edits of files in
/// one folder wait for one another. `edit` gets the present text; where it throws, nothing has changed.
/// Throws std::runtime_error where the file cannot be read or written.
void replace_file(const std::string& path, const std::string& like,
                  const std::function<std::string(std::string_view)>& edit);

}  // namespace ctl
