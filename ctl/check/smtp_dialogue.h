// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ctl {

/// A client's side of SMTP from the greeting to where TLS begins, without a socket: bytes in, what to do out.
/// The server may be hostile: what it may send is limited, and nothing of it is believed but the codes.
class SmtpDialogue {
  public:
    static constexpr std::size_t kMaxLine = 2048;  ///< RFC 5321 4.5.3.1.5 says 512
    static constexpr std::size_t kMaxLines = 100;  ///< of one reply

    enum class Step : std::uint8_t {
        kRead,      ///< more bytes are needed
        kSend,      ///< send command(), then read on
        kStartTls,  ///< the handshake is next
        kFailed,    ///< failure(), text()
    };
    enum class Failure : std::uint8_t {
        kNone,
        kNotSmtp,     ///< bytes that are no reply
        kTooLong,     ///< a line or a reply without an end
        kTurnedAway,  ///< a greeting of 4xx or 5xx: to us, not to everybody
        kEhlo,        ///< EHLO is refused
        kNoStartTls,  ///< STARTTLS is not offered
        kRefused,     ///< it is offered, and refused when asked for
        kInjected,    ///< more came in clear text behind the reply to STARTTLS
    };

    /// `own_name`: for EHLO.
    explicit SmtpDialogue(std::string own_name) : own_name_(std::move(own_name)) {}

    /// Takes what has arrived. After kStartTls and kFailed it is over.
    Step take(std::string_view bytes);
    /// With CRLF.
    const std::string& command() const { return command_; }
    Failure failure() const { return failure_; }
    /// The last line of what failed, without its end: any bytes, at most kMaxLine.
    const std::string& text() const { return text_; }

  private:
    enum class State : std::uint8_t { kGreeting, kEhlo, kStartTls };
    Step on_line(std::string_view line);
    Step on_reply(int code);
    Step fail(Failure failure);

    const std::string own_name_;
    State state_ = State::kGreeting;
    Failure failure_ = Failure::kNone;
    std::string buffer_, command_, text_;
    std::size_t lines_ = 0;  ///< of the present reply
    bool offered_ = false;
};

}  // namespace ctl
