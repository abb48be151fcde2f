// SPDX-License-Identifier: MIT
// mta-stsctl check as a program: its lines, its exit status, and what strangers can put on a terminal.
#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "tests/ctl/running_daemon.h"

using testing_support::ctl;
using testing_support::DaemonWorld;
using testing_support::Ended;
using testing_support::LoopbackHttps;
using testing_support::Peer;

namespace {

/// The domain itself is the mail host, at this port.
Ended check(const DaemonWorld& world, const LoopbackHttps& mail, std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"check", "b.example", "--port", std::to_string(mail.port())};
    words.insert(words.end(), more.begin(), more.end());
    return ctl(world, words);
}

testing_support::Identity identity(const testing_support::TestCa& ca) {
    testing_support::CertificateRequest request;
    request.dns = {"b.example"};
    return ca.issue(request);
}

}  // namespace

TEST_CASE("five columns a line, hostile words escaped, nothing on standard error") {
    const DaemonWorld world;
    const testing_support::TestCa ca;
    const LoopbackHttps mail(identity(ca), [](Peer& peer) {
        peer.send_raw("554 \x1b[31m\tgo\xff away\r\n");
        peer.wait_until_closed();
    });
    const Ended ended = check(world, mail);
    CHECK(ended.err == "");
    CHECK(ended.status == 1);  // the policy allows another host
    std::istringstream lines(ended.out);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        CAPTURE(line);
        CHECK(std::count(line.begin(), line.end(), '\t') == 4);
        for (const char c : line)
            CHECK((c == '\t' || (c >= 0x20 && c < 0x7f)));
    }
    CHECK(count > 8);
    CHECK(ended.out.find("554 \\x1b[31m\\x09go\\xff away") != std::string::npos);
    CHECK(ended.out.find("wrong\tmx-policy\tb.example\tthe policy does not allow b.example") !=
          std::string::npos);
}

TEST_CASE("certificates are trusted as --ca-file says") {
    const DaemonWorld world;
    const testing_support::TestCa ca;
    world.write("mail-ca.pem", ca.pem());
    const LoopbackHttps mail(identity(ca), [](Peer& peer) {
        peer.send_raw("220 b.example\r\n");
        peer.read_raw(6);
        peer.send_raw("250-b.example\r\n250 STARTTLS\r\n");
        for (std::string word, byte = " "; !byte.empty() && word.find("STARTTLS\r\n") == std::string::npos;)
            word += byte = peer.read_raw(1);
        peer.send_raw("220 go\r\n");
        if (peer.handshake()) peer.wait_until_closed();
    });
    const std::string trusted = "ok\tmx-certificate\t", untrusted = "wrong\tmx-certificate\t",
                      host_untrusted = "wrong\tcertificate\t";
    const std::string before = check(world, mail).out;
    CHECK(before.find(untrusted) != std::string::npos);
    CHECK(before.find(host_untrusted) == std::string::npos);
    const std::string after = check(world, mail, {"--ca-file", world.folder.file("mail-ca.pem")}).out;
    CHECK(after.find(trusted) != std::string::npos);
    CHECK(after.find(host_untrusted) != std::string::npos);
}

TEST_CASE("options that are no good, and domains that are none: 2") {
    const DaemonWorld world;
    const std::vector<std::vector<std::string>> rows = {
        {"check", "b.example", "--timeout", "0"},
        {"check", "b.example", "--timeout", "1s"},
        {"check", "b.example", "--port", "65536"},
        {"check", "b.example", "--resolver", "dns.example"},
        {"check", "b.example", "--ca-file", "/none"},
        {"check", "192.0.2.1"},
        {"check", "example"},
        {"check", "[b.example]:25"},
    };
    for (const auto& words : rows) {
        CAPTURE(words.back());
        const Ended ended = ctl(world, words);
        CHECK(ended.status == 2);
        CHECK(ended.out == "");
        CHECK(ended.err.find("mta-stsctl: ") == 0);
    }
}

TEST_CASE("no DNS at all: 2, and it is said") {
    const DaemonWorld world;
    const Ended ended = ctl(
        world, {"check", "b.example", "--resolver", testing_support::closed_dns_port(), "--timeout", "2"});
    CHECK(ended.status == 2);
    CHECK(ended.err.find("the DNS does not answer") != std::string::npos);
}
