# SPDX-License-Identifier: MIT
"""DANE where DNS fails, changes, or cannot be trusted."""
import time

from world.case import case
from world.dane import MAP, Both, ask, signed
from world.dns import NOT_VALIDATING, RESOLVER
from world.mail import NO_POLICY, secure
from world.namespace import GONE
from world.process import expect, expect_equal, until

DANE, DANE_ONLY = "OK dane", "OK dane-only"
#: Surveys live no shorter than this, however short the TTLs.
SHORTEST_LIFE = 5


def gives_way(world, domain, last, first=DANE_ONLY):
    """The reply is `first` until it begins with `last`, which is no later than a survey lives; each comes in time."""
    end = time.monotonic() + SHORTEST_LIFE + 5
    while True:
        started = time.monotonic()
        reply = ask(world, domain)
        expect(time.monotonic() - started < 4, f"reply {reply} for {domain} took {time.monotonic() - started:.1f} s")
        if reply.startswith(last):
            return
        expect_equal(reply, first, f"reply for {domain} until it changes")
        expect(time.monotonic() < end, f"reply for {domain}: still {reply}")
        time.sleep(0.2)


@case("of three MX hosts one's TLSA cannot be had and one's address cannot: mail flows to the third")
def one_of_three(world):
    domain = signed(world, "one-of-three", "servfail", "good")
    domain.mx("lost", name="mx.one-of-three.bogus.test", priority=5)
    domain.publish("enforce")
    expect_equal(ask(world, domain), DANE_ONLY, "reply")
    Both(world, domain).deliver("Verified", domain.hosts["mx1"])


@case("the same in an unsigned zone: the policy's answer, and mail flows")
def one_of_three_unsigned(world):
    domain = world.domain("one-of-three")
    domain.mx("lost", name="mx.unsigned-one-of-three.bogus.test")
    good = domain.mx("good")
    domain.mx("other")
    domain.tlsa("other", "servfail")
    domain.publish("enforce")
    expect_equal(ask(world, domain), secure(*(host.name for host in domain.hosts.values())), "reply")
    Both(world, domain).deliver("Verified", good)


@case("unsigned zones whose name servers fail or refuse TLSA questions: nobody asks them, and mail flows")
def unsigned_without_tlsa(world):
    for label in ("tlsa-servfail", "tlsa-refused"):
        for mode in ("enforce", "none"):
            domain = world.domain(f"{label}-{mode}")
            host = domain.mx()
            if label == "tlsa-refused":
                world.dns.refuse(f"_25._tcp.{host.name}")
            else:
                domain.tlsa(kind="servfail")
            domain.publish(mode, mx=[] if mode == "none" else None)
            reply = secure(host.name) if mode == "enforce" else NO_POLICY
            expect_equal(ask(world, domain), reply, f"reply for {domain}")
            Both(world, domain).deliver("Verified" if mode == "enforce" else "Trusted")
            expect_equal(world.dns.questions(f"_25._tcp.{host.name}"), 0, f"TLSA questions for {domain}")


@case("a signed domain whose only TLSA cannot be had: TEMP with enforce, dane without, until it can be had again")
def unknown(world):
    domain = signed(world, "unknown-tlsa", "servfail").publish("enforce")
    reply = ask(world, domain)
    expect(reply.startswith("TEMP ") and reply[5:].isprintable() and len(reply) <= 205, f"reply: {reply!r}")
    Both(world, domain).refuse()
    other = signed(world, "unknown-tlsa-no-sts", "good")
    world.dns.refuse(f"_25._tcp.mx0.{other.name}")
    world.apply()
    expect_equal(ask(world, other), DANE, "reply without a policy")
    Both(world, other).refuse()
    domain.tlsa("mx0")
    world.apply()
    until(lambda: ask(world, domain) == DANE_ONLY, "dane-only once the TLSA is there")
    Both(world, domain).deliver()


@case("MX records that cannot be looked up: the policy's answer with enforce, dane without; never TEMP")
def mx_fails(world):
    for label, reply in (("mx-fails", None), ("mx-fails-sts", secure("mx.mx-fails.test"))):
        domain = world.domain(label, under="signed.test")
        world.dns.set(domain.name + ".", "CNAME", "mx.bogus.test.")
        if reply:
            domain.publish("enforce", mx=["mx.mx-fails.test"])
        world.apply()
        expect_equal(ask(world, domain), reply or DANE, f"reply for {domain}")
        Both(world, domain).refuse()


@case("TLSA records cannot be had any more: DANE holds as long as they lived, then TEMP; never less")
def tlsa_fails_later(world):
    domain = signed(world, "tlsa-fails-later", "good").publish("enforce")
    expect_equal(ask(world, domain), DANE_ONLY, "first reply")
    domain.tlsa("mx0", "servfail")
    world.apply()
    gives_way(world, domain, "TEMP ")


@case("DNS is silent: first DANE as long as it lived, then the policy's answer, each in time; DANE again with DNS")
def dns_silent(world):
    domain = signed(world, "dane-dns-silent", "good").publish("enforce")
    expect_equal(ask(world, domain), DANE_ONLY, "first reply")
    world.dns.silence_resolver()
    gives_way(world, domain, secure("mx0." + domain.name))
    world.dns.wake_resolver()
    until(lambda: ask(world, domain) == DANE_ONLY, "dane-only once DNS is back")


@case("DANE goes away, proven, and comes elsewhere: MTA-STS takes over and gives way when the TTL is over")
def comes_and_goes(world):
    going, coming = signed(world, "going", "good").publish("enforce"), signed(world, "coming", None).publish("enforce")
    expect_equal((ask(world, going), ask(world, coming)), (DANE_ONLY, secure("mx0." + coming.name)), "replies at first")
    going.tlsa("mx0", None)
    coming.tlsa("mx0", "mismatch")
    world.apply()
    gives_way(world, going, secure("mx0." + going.name))
    gives_way(world, coming, DANE_ONLY, secure("mx0." + coming.name))
    Both(world, going).deliver()
    Both(world, coming).refuse()
    expect_equal((len(going.requests()), len(coming.requests())), (1, 1), "fetches of the policies")


@case("a resolver that does not validate, or is not to be trusted: as if DANE were off, and loudly so")
def not_validating(world):
    domain = signed(world, "not-validating", "good").publish("enforce")
    other = signed(world, "not-validating-no-sts", "good")
    world.apply()
    for options in ({"resolver": NOT_VALIDATING}, {"trust_ad": "no"}):
        daemon = world.own_daemon(**options)
        expect_equal(daemon.ask(domain.name, MAP), secure("mx0." + domain.name), f"reply with {options}")
        expect_equal(daemon.ask(other.name, MAP), NO_POLICY, f"reply with {options}")
        until(lambda: "dnssec-off" in daemon.log.read_text(), f"a line in the log with {options}")
        for command in (["status"], ["explain", domain.name]):
            _, text = daemon.ctl(*command)
            expect("not validate" in text, f"{command[0]} with {options} does not tell: {text}")


@case("a reload names a resolver that validates: DANE is back, with what is cached too")
def validating_again(world):
    domain = signed(world, "validating-again", "good").publish("enforce")
    daemon = world.own_daemon(resolver=NOT_VALIDATING)
    until(lambda: "dnssec-off" in daemon.log.read_text(), "the end of the resolver's test")
    expect_equal(daemon.ask(domain.name, MAP), secure("mx0." + domain.name), "reply without DANE")
    daemon.config.write_text(daemon.config.read_text().replace(NOT_VALIDATING, RESOLVER))
    expect_equal(daemon.ctl("reload")[0], 0, "exit status of reload")
    until(lambda: daemon.ask(domain.name, MAP) == DANE_ONLY, "dane-only")
    expect_equal(len(domain.requests()), 1, "fetches of the policy")


@case("the first of two resolvers cannot be reached: the second answers for DANE, and for the resolver's test")
def second_resolver(world):
    domain = signed(world, "second-resolver", "good").publish("enforce")
    daemon = world.own_daemon(resolver=f'{GONE}", "{RESOLVER}')
    expect_equal(daemon.ask(domain.name, MAP), DANE_ONLY, "reply")
    until(lambda: "state: validates" in daemon.ctl("status")[1], "the resolver's test is passed")
    expect("dnssec-off" not in daemon.log.read_text(), "DANE is never off")
