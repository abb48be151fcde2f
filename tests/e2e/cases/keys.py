# SPDX-License-Identifier: MIT
"""The forms in which Postfix names a destination."""
from world.case import case
from world.mail import NO_POLICY, delivered, refused, secure
from world.process import expect, expect_equal


@case("[smart.host] and [smart.host]:587: the host's own policy counts")
def smart_host(world):
    host = world.domain("mail.smart")
    host.mx(name="mail.smart.test")
    host.publish("enforce")
    delivered(world, host, to="via-smart.test")
    delivered(world, host, to="via587-smart.test")
    for key in ("[mail.smart.test]", "[mail.smart.test]:587", "[mail.smart.test]:submission", "mail.smart.test:26"):
        expect_equal(world.daemon.ask(key), secure("mail.smart.test"), "reply for " + key)


@case("[smart.host] with a bad certificate: refused")
def smart_host_bad(world):
    host = world.domain("mail.badsmart")
    host.mx(name="mail.badsmart.test", certificate="wrong-name")
    host.publish("enforce")
    refused(world, host, to="via-badsmart.test")


@case("an internationalised domain, as U-label and as A-label: delivered, verified")
def idn(world):
    domain = world.domain("xn--bcher-kva")
    domain.mx()
    domain.publish("enforce")
    delivered(world, domain, to="bücher.test")
    delivered(world, domain)
    for key in ("bücher.test", "BÜCHER.test", "xn--bcher-kva.test"):
        expect_equal(world.daemon.ask(key), secure("mx.xn--bcher-kva.test"), "reply for " + key)


@case("upper case and a final dot: the same domain, fetched once")
def case_and_dot(world):
    domain = world.domain("case-and-dot")
    domain.mx()
    domain.publish("enforce")
    delivered(world, domain, to="Case-AND-dot.TEST")
    for key in ("case-and-dot.test", "CASE-AND-DOT.TEST", "case-and-dot.test."):
        expect_equal(world.daemon.ask(key), secure("mx." + domain.name), "reply for " + key)
    expect_equal(len(domain.requests()), 1, "fetches of the policy")


@case("keys that are no domains: NOTFOUND at once")
def no_domains(world):
    for key in (".test", "[203.0.113.1]", "203.0.113.1", "[IPv6:2001:db8::1]", "[2001:db8::1]:25", "localhost",
                "/var/mail", "", "a..test", " test.test", "x" * 300 + ".test", "a.invalid", "a.localhost", "a.onion"):
        expect_equal(world.daemon.ask(key), NO_POLICY, f"reply for {key!r}")


@case("an unknown map name: PERM, and Postfix's postmap reports an error")
def unknown_map(world):
    reply = world.daemon.ask("example.test", map_name="postfx")
    expect(reply.startswith('PERM unknown map "postfx"'), f"reply: {reply}")
