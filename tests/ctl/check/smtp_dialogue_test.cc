// SPDX-License-Identifier: MIT
// What a mail host may say before TLS, and what is made of it.
#include "ctl/check/smtp_dialogue.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using ctl::SmtpDialogue;
using Failure = SmtpDialogue::Failure;
using Step = SmtpDialogue::Step;

namespace {

struct Outcome {
    Step last = Step::kRead;
    Failure failure = Failure::kNone;
    std::string sent;
};

/// The whole text in pieces of `size` bytes. What comes before a question is its answer too.
Outcome talk(const std::string& text, std::size_t size) {
    SmtpDialogue dialogue("client.example");
    Outcome out;
    for (std::size_t at = 0; at < text.size() || out.last == Step::kSend; at += size) {
        out.last =
            dialogue.take(at < text.size() ? std::string_view(text).substr(at, size) : std::string_view());
        if (out.last == Step::kSend) out.sent += dialogue.command();
        if (out.last == Step::kStartTls || out.last == Step::kFailed) break;
    }
    out.failure = dialogue.failure();
    return out;
}

std::string repeated(const std::string& text, std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i)
        out += text;
    return out;
}

}  // namespace

TEST_CASE("from the greeting to TLS, or to why not") {
    const std::string hello = "220 mx.example ESMTP\r\n",
                      offer = "250-mx.example\r\n250-SIZE 1\r\n250 STARTTLS\r\n", go = "220 go\r\n";
    struct Row {
        const char* what;
        std::string text;
        Step last;
        Failure failure;
    };
    const std::vector<Row> rows = {
        {"as it should be", hello + offer + go, Step::kStartTls, Failure::kNone},
        {"LF, lower case, a parameter", "220 x\n250-x\n250 starttls now\n220\n", Step::kStartTls,
         Failure::kNone},
        {"a greeting of many lines", "220-a\r\n220-b\r\n" + hello + offer + go, Step::kStartTls,
         Failure::kNone},
        {"turned away", "554 no service\r\n", Step::kFailed, Failure::kTurnedAway},
        {"turned away for now", "421 later\r\n", Step::kFailed, Failure::kTurnedAway},
        {"no greeting", "354 go on\r\n", Step::kFailed, Failure::kNotSmtp},
        {"HTTP", "HTTP/1.1 400 Bad Request\r\n", Step::kFailed, Failure::kNotSmtp},
        {"SSH", "SSH-2.0-OpenSSH\r\n", Step::kFailed, Failure::kNotSmtp},
        {"a code of four digits", "2200 x\r\n", Step::kFailed, Failure::kNotSmtp},
        {"an empty line", "\r\n", Step::kFailed, Failure::kNotSmtp},
        {"no EHLO", hello + "502 what\r\n", Step::kFailed, Failure::kEhlo},
        {"no offer", hello + "250-mx.example\r\n250 SIZE\r\n", Step::kFailed, Failure::kNoStartTls},
        {"a name like the offer", hello + "250 STARTTLS\r\n", Step::kFailed, Failure::kNoStartTls},
        {"almost the offer", hello + "250-x\r\n250 STARTTLSX\r\n", Step::kFailed, Failure::kNoStartTls},
        {"an offer in the greeting only", "220-x\r\n220 STARTTLS\r\n250 x\r\n", Step::kFailed,
         Failure::kNoStartTls},
        {"refused for now", hello + offer + "454 no key\r\n", Step::kFailed, Failure::kRefused},
        {"refused", hello + offer + "501 no\r\n", Step::kFailed, Failure::kRefused},
        {"an endless line", hello + std::string(3000, 'x'), Step::kFailed, Failure::kTooLong},
        {"a huge line", "220 " + std::string(3000, 'x') + "\r\n", Step::kFailed, Failure::kTooLong},
        {"an endless greeting", repeated("220-x\r\n", 200), Step::kFailed, Failure::kTooLong},
        {"an endless offer", hello + repeated("250-x\r\n", 200), Step::kFailed, Failure::kTooLong},
        {"half a greeting", "220 mx", Step::kRead, Failure::kNone},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
            CAPTURE(size);
            const Outcome outcome = talk(row.text, size);
            CHECK(outcome.last == row.last);
            CHECK(outcome.failure == row.failure);
        }
    }
    CHECK(talk(hello + offer + go, 1).sent == "EHLO client.example\r\nSTARTTLS\r\n");
    CHECK(talk(hello + offer + go + "250 injected\r\n", 100'000).failure == Failure::kInjected);
    CHECK(talk(hello + offer + "220 go\r\nx", 100'000).failure == Failure::kInjected);
}
