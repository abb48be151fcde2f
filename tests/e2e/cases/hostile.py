# SPDX-License-Identifier: MIT
"""Policies that try to say something to Postfix: nothing of it arrives."""
from world.case import case
from world.mail import NO_POLICY, delivered, secure
from world.process import expect, expect_equal

#: Values of mx that must never reach Postfix, whatever stands beside them.
EVIL_MX = ["a.example servername=evil", "a.example\tevil.example", "{evil.example}", "evil.example:", "*.*.evil.example",
           "a.example,evil.example", "a.example:evil.example", "evil.*", "*", "*evil.example", "evil", "127.0.0.1",
           "evil.example=", "evil.example|x", "-evil.example", "evil_host.example", "evil..example", "é.evil.example",
           "\x01evil.example", "evil.example\x7f", "hostname", "nexthop", "dot-nexthop", ".evil.example"]

EVIL_LINES = ["note: } servername=evil {", "note: { evil", "note: evil }", "note: evil\x01", "note: \x1b[31mevil"]


@case("unusable mx values beside a good one: only the good one arrives, and mail flows")
def evil_mx(world):
    for number, evil in enumerate(EVIL_MX):
        domain = world.domain(f"evil-mx-{number}")
        domain.mx()
        domain.record()
        domain.host()
        domain.policy(text=f"version: STSv1\nmode: enforce\nmx: {evil}\nmx: mx.{domain.name}\nmax_age: 86400\n")
        world.apply()
        reply = world.daemon.ask(domain.name)
        expect(reply in (secure("mx." + domain.name), NO_POLICY), f"mx {evil!r}: reply {reply!r}")
    delivered(world, domain)


@case("only unusable mx values: no policy")
def only_evil_mx(world):
    domain = world.domain("only-evil-mx")
    domain.publish("enforce", mx=EVIL_MX[:3])
    expect_equal(world.daemon.ask(domain.name), NO_POLICY, "reply")
    expect_equal(len(domain.requests()), 1, "fetches of the policy")


@case("a policy file with lines for another parser: not in the reply, TLSRPT attributes included")
def evil_lines(world):
    for number, evil in enumerate(EVIL_LINES):
        domain = world.domain(f"other-lines-{number}")
        domain.mx()
        domain.record()
        domain.host()
        domain.policy(text=f"version: STSv1\nmode: enforce\n{evil}\nmx: mx.{domain.name}\nmax_age: 86400\n")
        world.apply()
        expect(world.daemon.ask(domain.name) in (secure("mx." + domain.name), NO_POLICY), f"line {evil!r}")
        reply = world.daemon.ask(domain.name, map_name="postfix-tlsrpt")
        expect(reply.startswith(("OK secure ", NO_POLICY)) and "evil" not in reply, f"line {evil!r}: reply {reply!r}")


@case("with TLSRPT attributes: policy type, domain, patterns and lines as Postfix 3.10 wants them")
def tlsrpt(world):
    domain = world.domain("tlsrpt")
    domain.publish("enforce", mx=["mx.tlsrpt.test", "*.tlsrpt.test"])
    expect_equal(world.daemon.ask(domain.name, map_name="postfix-tlsrpt"),
                 "OK secure match=mx.tlsrpt.test:.tlsrpt.test servername=hostname"
                 " policy_type=sts policy_domain=tlsrpt.test"
                 " mx_host_pattern=mx.tlsrpt.test mx_host_pattern=*.tlsrpt.test"
                 " { policy_string = version: STSv1 } { policy_string = mode: enforce }"
                 " { policy_string = mx: mx.tlsrpt.test } { policy_string = mx: *.tlsrpt.test }"
                 " { policy_string = max_age: 604800 }", "reply")


@case("1,000 mx lines: all of them arrive, and Postfix delivers")
def thousand_mx(world):
    domain = world.domain("thousand")
    domain.mx("mx0700")
    names = [f"mx{number:04}.thousand.test" for number in range(1000)]
    domain.publish("enforce", mx=names)
    expect_equal(world.daemon.ask(domain.name), secure(*names), "reply")
    delivered(world, domain)


@case("a wildcard in the policy: its hosts are verified")
def wildcard(world):
    domain = world.domain("wildcard")
    domain.mx("a")
    domain.publish("enforce", mx=["*.wildcard.test"])
    expect_equal(world.daemon.ask(domain.name), secure(".wildcard.test"), "reply")
    delivered(world, domain)


@case("a policy file over 64 KiB: no policy")
def too_large(world):
    domain = world.domain("too-large")
    domain.mx()
    domain.record()
    domain.host()
    domain.policy(text=f"version: STSv1\nmode: enforce\nmx: mx.{domain.name}\nmax_age: 86400\n" + "x: y\n" * 16384)
    world.apply()
    expect_equal(world.daemon.ask(domain.name), NO_POLICY, "reply")
