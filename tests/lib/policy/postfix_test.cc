// SPDX-License-Identifier: MIT
// Replies to the byte: Postfix's smtp_tls_policy_maps and its TLSRPT attributes.
#include <doctest/doctest.h>

#include "lib/policy/verdict.h"
#include "lib/socketmap/protocol.h"
#include "tests/lib/policy/policy_records.h"

using namespace testing_support;
using policy::Override;
using policy::Profile;
using policy::Reason;
using Level = policy::Verdict::Level;
using Source = policy::Verdict::Source;

namespace {

Profile tlsrpt_profile() {
    Profile profile;
    profile.tlsrpt = true;
    return profile;
}

std::string render(const std::string& body, const Profile& profile = {},
                   std::string_view domain = "example.com") {
    const auto record = policy_record(domain, body);
    const policy::PolicyView view = record.view();
    std::string out;
    policy::to_postfix(out, {Level::kSecure, Source::kPolicy, {}}, record.domain, &view, nullptr, profile);
    return out;
}

std::string render_temp(const Reason& reason) {
    std::string out;
    policy::to_postfix(out, {Level::kTemp, Source::kNoPolicy, false, {}, reason}, name("example.com"),
                       nullptr, nullptr, {});
    return out;
}

std::size_t count(std::string_view text, std::string_view part) {
    std::size_t n = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size()))
        ++n;
    return n;
}

const std::string kRfcExample =  // RFC 8461 3.2
    "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\n"
    "mx: backupmx.example.com\r\nmax_age: 604800\r\n";

}  // namespace

TEST_CASE("an enforced policy") {
    CHECK(render(kRfcExample) ==
          "OK secure match=mail.example.com:.example.net:backupmx.example.com servername=hostname");
    Profile without_sni;
    without_sni.sni = false;
    CHECK(render(kRfcExample, without_sni) ==
          "OK secure match=mail.example.com:.example.net:backupmx.example.com");
}

TEST_CASE("with the TLSRPT attributes of Postfix 3.10") {
    CHECK(
        render(kRfcExample, tlsrpt_profile()) ==
        "OK secure match=mail.example.com:.example.net:backupmx.example.com servername=hostname"
        " policy_type=sts policy_domain=example.com"
        " mx_host_pattern=mail.example.com mx_host_pattern=*.example.net mx_host_pattern=backupmx.example.com"
        " { policy_string = version: STSv1 } { policy_string = mode: enforce }"
        " { policy_string = mx: mail.example.com } { policy_string = mx: *.example.net }"
        " { policy_string = mx: backupmx.example.com } { policy_string = max_age: 604800 }");
}

TEST_CASE("the policy domain is an A-label") {
    const std::string reply = render(kRfcExample, tlsrpt_profile(), "B\u00fccher.Example");
    CHECK(reply.find(" policy_domain=xn--bcher-kva.example ") != std::string::npos);
}

TEST_CASE("names are in lower case, without final dot, once each and in the policy's order") {
    const std::string body =
        "version: STSv1\nmode: enforce\nmx: MX2.Example.Com\nmx: mx1.example.com.\nmx: *.EXAMPLE.net\n"
        "mx: mx2.example.com\nmax_age: 1\n";
    CHECK(render(body) == "OK secure match=mx2.example.com:mx1.example.com:.example.net servername=hostname");
    CHECK(render(body, tlsrpt_profile())
              .find(" mx_host_pattern=mx2.example.com mx_host_pattern=mx1.example.com "
                    "mx_host_pattern=*.example.net {") != std::string::npos);
}

TEST_CASE("a line that cannot stand in braces is left out of policy_string") {
    const std::string head = "version: STSv1\nmode: enforce\nmx: mx1.example.com\nmax_age: 1\n";
    struct Row {
        std::string line;
        bool kept;
    };
    const Row rows[] = {
        {"note: plain, with = and | and \\ and \" too", true},
        {"note: b\u00fccher", true},
        {"note: } tafile=/dev/zero { x = y", false},
        {"note: {", false},
        {"note: }", false},
        {"note: a } { b", false},
        {"note:\ttab", false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.line);
        const std::string reply = render(head + row.line + "\n", tlsrpt_profile());
        CHECK(count(reply, " { policy_string = ") == (row.kept ? 5 : 4));
        CHECK((reply.find("{ policy_string = " + row.line + " }") != std::string::npos) == row.kept);
        CHECK(reply.find("tafile") == std::string::npos);
    }
}

TEST_CASE("control characters and bad UTF-8 never reach Postfix, whatever the body holds") {
    auto record = policy_record("example.com", policy_text("enforce"));
    record.body += "x: \x01\ny: \xff\nz: \x7f\nw: \xc0\xaf\nv: a\rb\n";
    record.body.append("u: \0\n", 5);
    const policy::PolicyView view = record.view();
    std::string out;
    policy::to_postfix(out, {Level::kSecure, Source::kPolicy, {}}, record.domain, &view, nullptr,
                       tlsrpt_profile());
    CHECK(count(out, "policy_string") == 4);
    for (const char c : out)
        CHECK((c >= ' ' && c <= '~'));
}

TEST_CASE(
    "without any line that could stay, no TLSRPT attribute is given: Postfix 3.10.0 needs one of each") {
    const std::string body = "version:\tSTSv1\nmode:\tenforce\nmx:\tmx1.example.com\nmax_age:\t1\n";
    CHECK(render(body, tlsrpt_profile()) == "OK secure match=mx1.example.com servername=hostname");
}

TEST_CASE("a reply never passes Postfix's limit: policy_string lines go first, from the end") {
    std::string body = "version: STSv1\nmode: enforce\nmax_age: 1\nmx: mx1.example.com\n";
    const std::size_t fixed = 4;
    std::size_t lines = 0;
    while (body.size() + 8 < sts::kMaxPolicyBytes)
        body += "x: y\n", ++lines;
    const std::string reply = render(body, tlsrpt_profile());
    CHECK(reply.size() <= socketmap::kMaxReply);
    CHECK(reply.size() + 40 > socketmap::kMaxReply);
    CHECK(reply.find("{ policy_string = mx: mx1.example.com }") != std::string::npos);
    CHECK(count(reply, "policy_string") > 1000);
    CHECK(count(reply, "policy_string") < lines + fixed);
    CHECK(reply.substr(reply.size() - 2) == " }");
}

TEST_CASE("the limit is met exactly") {
    // One last line, long enough to fill the reply to the byte, or by one byte too long.
    std::string body = "version: STSv1\nmode: enforce\nmax_age: 1\n";
    for (int i = 0; i < 600; ++i)
        body += "mx: mx" + std::to_string(i) + ".some-longer-domain.example\n";
    const std::string without = render(body, tlsrpt_profile());
    REQUIRE(without.size() < socketmap::kMaxReply);
    const std::size_t left = socketmap::kMaxReply - without.size();
    const std::size_t frame = std::string_view(" { policy_string =  }").size();
    REQUIRE(left > frame + 3);
    const std::string filler(left - frame - 3, 'x');
    REQUIRE(body.size() + filler.size() + 4 <= sts::kMaxPolicyBytes);
    CHECK(render(body + "x: " + filler + "\n", tlsrpt_profile()).size() == socketmap::kMaxReply);
    CHECK(render(body + "x: " + filler + "x\n", tlsrpt_profile()) == without);

    SUBCASE("what is in the buffer already does not count") {
        const auto record = policy_record("example.com", body + "x: " + filler + "\n");
        const policy::PolicyView view = record.view();
        std::string out = "earlier reply";
        policy::to_postfix(out, {Level::kSecure, Source::kPolicy, {}}, record.domain, &view, nullptr,
                           tlsrpt_profile());
        CHECK(out.size() == socketmap::kMaxReply + 13);
        CHECK(out.substr(0, 16) == "earlier replyOK ");
    }
}

TEST_CASE("if even one policy_string does not fit, all TLSRPT attributes go") {
    std::string body = "version: STSv1\nmode: enforce\nmax_age: 1\n";
    for (int i = 0; body.size() + 24 < sts::kMaxPolicyBytes; ++i)
        body += "mx:m" + std::to_string(i) + ".x\n";
    const std::string plain = render(body);
    REQUIRE(plain.size() <= socketmap::kMaxReply);
    CHECK(render(body, tlsrpt_profile()) == plain);
}

TEST_CASE("a pin has the operator's names and no TLSRPT attributes") {
    const Override pin{
        name("example.com"), false, Override::Action::kPin, {"*.hoster.example", "mx.example.com"}, {}, ""};
    const auto record = policy_record("example.com", kRfcExample);
    const policy::PolicyView view = record.view();
    for (const policy::PolicyView* policy : {static_cast<const policy::PolicyView*>(nullptr), &view}) {
        std::string out;
        policy::to_postfix(out, {Level::kSecure, Source::kPin, {}}, name("example.com"), policy, &pin,
                           tlsrpt_profile());
        CHECK(out == "OK secure match=.hoster.example:mx.example.com servername=hostname");
    }
}

TEST_CASE("match= is never empty: what cannot be said defers") {
    auto record = policy_record("example.com", policy_text("enforce"));
    record.mx.clear();
    const policy::PolicyView view = record.view();
    std::string out;
    policy::to_postfix(out, {Level::kSecure, Source::kPolicy, {}}, record.domain, &view, nullptr,
                       tlsrpt_profile());
    CHECK(out == "TEMP no mx patterns");
}

TEST_CASE("no policy, and not now") {
    std::string out;
    policy::to_postfix(out, {Level::kNotFound, Source::kNoPolicy, {}}, name("example.com"), nullptr, nullptr,
                       {});
    CHECK(out == "NOTFOUND ");
    CHECK(render_temp({Reason::Kind::kOverloaded}) == "TEMP overloaded");
    CHECK(render_temp(Reason::of(dns::LookupError{dns::LookupError::Kind::kTimeout, 0})) ==
          "TEMP DNS lookup failed: timeout");
    CHECK(render_temp(Reason::of(sts::FetchFailure{sts::FetchFailure::Class::kHttpStatus, 404})) ==
          "TEMP policy fetch failed: http-status: 404");
    out.clear();
    policy::to_postfix(out, {Level::kTemp, Source::kOverride, {}}, name("example.com"), nullptr, nullptr, {});
    CHECK(out == "TEMP deferred by an override");
}
