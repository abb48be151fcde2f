// SPDX-License-Identifier: MIT
#include "ctl/check/smtp_dialogue.h"

#include <algorithm>

#include "lib/base/scanner.h"

namespace ctl {
namespace {

constexpr std::size_t kCodeDigits = 3;

bool is_keyword(std::string_view line, std::string_view keyword) {
    base::Scanner in(line);
    return in.literal_nocase(keyword) && (in.at_end() || in.peek() == ' ');
}

}  // namespace

SmtpDialogue::Step SmtpDialogue::take(std::string_view bytes) {
    buffer_ += bytes;
    for (;;) {
        const std::size_t end = buffer_.find('\n');
        if (std::min(end, buffer_.size()) > kMaxLine) {
            text_ = buffer_.substr(0, kMaxLine);
            return fail(Failure::kTooLong);
        }
        if (end == std::string::npos) return Step::kRead;
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (const Step step = on_line(line); step != Step::kRead) return step;
    }
}

SmtpDialogue::Step SmtpDialogue::on_line(std::string_view line) {
    text_ = line;
    base::Scanner in(line);
    const auto code = in.take_number<int>(kCodeDigits);
    if (!code || in.position() != kCodeDigits || (!in.at_end() && in.peek() != ' ' && in.peek() != '-'))
        return fail(Failure::kNotSmtp);
    if (++lines_ > kMaxLines) return fail(Failure::kTooLong);
    const bool more = in.literal('-');
    if (!more) in.literal(' ');
    // The first line of the answer to EHLO is the server's name.
    if (state_ == State::kEhlo && lines_ > 1 && is_keyword(in.rest(), "STARTTLS")) offered_ = true;
    if (more) return Step::kRead;
    lines_ = 0;
    return on_reply(*code);
}

SmtpDialogue::Step SmtpDialogue::on_reply(int code) {
    const bool good = code >= 200 && code < 300;
    switch (state_) {
        case State::kGreeting:
            if (!good) return fail(code >= 400 ? Failure::kTurnedAway : Failure::kNotSmtp);
            state_ = State::kEhlo;
            command_ = "EHLO " + own_name_ + "\r\n";
            return Step::kSend;
        case State::kEhlo:
            if (!good) return fail(Failure::kEhlo);
            if (!offered_) return fail(Failure::kNoStartTls);
            state_ = State::kStartTls;
            command_ = "STARTTLS\r\n";
            return Step::kSend;
        case State::kStartTls:
            if (!good) return fail(Failure::kRefused);
            // A server speaks first after the handshake only: this is not part of TLS.
            return buffer_.empty() ? Step::kStartTls : fail(Failure::kInjected);
    }
    return fail(Failure::kNotSmtp);
}

SmtpDialogue::Step SmtpDialogue::fail(Failure failure) {
    failure_ = failure;
    return Step::kFailed;
}

}  // namespace ctl
