// SPDX-License-Identifier: MIT
// Whatever a mail host says, in pieces of any size, the dialogue ends the same way and never asks for more
// than its two commands.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ctl/check/smtp_dialogue.h"

namespace {

using ctl::SmtpDialogue;
using Step = SmtpDialogue::Step;

void require(bool holds) {
    if (!holds) __builtin_trap();
}

/// The end; kRead where there was none.
Step talk(std::string_view text, std::size_t size) {
    SmtpDialogue dialogue("client.example");
    Step last = Step::kRead;
    int commands = 0;
    for (std::size_t at = 0; at < text.size() || last == Step::kSend; at += size) {
        last = dialogue.take(at < text.size() ? text.substr(at, size) : std::string_view());
        if (last == Step::kSend) require(++commands <= 2);
        if (last == Step::kStartTls) require(commands == 2);
        require((dialogue.failure() != SmtpDialogue::Failure::kNone) == (last == Step::kFailed));
        if (last == Step::kStartTls || last == Step::kFailed) return last;
    }
    return Step::kRead;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Step whole = talk(text, std::max<std::size_t>(size, 1));
    const Step bytes = talk(text, 1);
    // What comes behind the answer to STARTTLS is injected only if it comes with it.
    require(whole == bytes || (whole == Step::kFailed && bytes == Step::kStartTls));
    return 0;
}
