# SPDX-License-Identifier: MIT
"""DANE: the names under which keys are looked for, and the forms in which they are published."""
from world import tlsa
from world.case import case
from world.dane import Both, ask, signed
from world.mail import NO_POLICY
from world.process import expect_equal

DANE, DANE_ONLY = "OK dane", "OK dane-only"


@case("each form of TLSA record: what is usable to us is usable to Postfix, and the other way round")
def forms(world):
    for usage, selector, matching in ((3, 1, 1), (3, 0, 1), (3, 1, 2), (3, 1, 0), (3, 0, 0), (2, 0, 1), (2, 1, 1)):
        domain = signed(world, f"form-{usage}-{selector}-{matching}", None)
        domain.tlsa("mx0", [tlsa.record(domain.hosts["mx0"].certificate, usage, selector, matching)])
        world.apply()
        expect_equal(ask(world, domain), DANE_ONLY, f"reply for {domain}")
        Both(world, domain).deliver()
    for number, record in enumerate(("3 0 0 deadbeef", "3 1 1 0000", "3 1 9 00", "3 9 1 " + 64 * "0", "0 0 1 " + 64 * "0")):
        domain = signed(world, f"no-form-{number}", [record])
        world.apply()
        expect_equal(ask(world, domain), DANE, f"reply with TLSA {record}")
        Both(world, domain).deliver("Trusted")


@case("no MX records, but TLSA for the domain's own address: dane-only")
def implicit_mx(world):
    domain = world.domain("implicit", under="signed.test")
    domain.mx(name=domain.name, certificate="self-signed")
    domain.tlsa()
    world.dns.set(domain.name + ".", "MX")
    world.apply()
    expect_equal(ask(world, domain), DANE_ONLY, "reply")
    Both(world, domain).deliver()


@case("the MX host's name is an alias, its key published under either name: dane-only")
def alias(world):
    for label, owner in (("alias-target", "target"), ("alias-original", "mx")):
        domain = world.domain(label, under="signed.test")
        host = domain.mx(certificate="self-signed")
        domain.tlsa()
        world.dns.set(host.name + ".", "A")
        world.dns.set(host.name + ".", "CNAME", f"target.{domain.name}.")
        world.dns.set(f"target.{domain.name}.", "A", host.address)
        if owner == "target":
            world.dns.move(f"_25._tcp.{host.name}.", f"_25._tcp.target.{domain.name}.", "TLSA")
        world.apply()
        expect_equal(ask(world, domain), DANE_ONLY, f"reply with the key at {owner}")
        Both(world, domain).deliver()


@case("[host] and [host]:587: no MX lookup, and the key of that port")
def smart_host(world):
    domain = signed(world, "dane-smart", "good", None)
    domain.tlsa("mx1", port=587)
    world.apply()
    for number, port, reply in ((0, "", DANE_ONLY), (0, ":587", NO_POLICY), (1, ":587", DANE_ONLY), (1, "", NO_POLICY)):
        expect_equal(ask(world, f"[mx{number}.{domain.name}]{port}"), reply, f"reply for mx{number}{port}")


@case("the MX host's name is a signed alias of an unsigned host, the key is at the signed name: dane-only")
def alias_of_unsigned(world):
    domain = world.domain("alias-of-unsigned", under="signed.test")
    host = domain.mx(certificate="self-signed")
    domain.tlsa()
    world.dns.set(host.name + ".", "A")
    world.dns.set(host.name + ".", "CNAME", "target.alias-of-unsigned.test.")
    world.dns.set("target.alias-of-unsigned.test.", "A", host.address)
    world.apply()
    expect_equal(ask(world, domain), DANE_ONLY, "reply")
    Both(world, domain).deliver()


@case("the TLSA record is an alias: it counts if its target is signed too")
def tlsa_alias(world):
    for under, reply, tls in (("signed.test", DANE_ONLY, "Verified"), ("test", NO_POLICY, "Untrusted")):
        domain = world.domain("tlsa-alias-in-" + under.split(".", maxsplit=1)[0], under="signed.test")
        host = domain.mx(certificate="self-signed")
        world.dns.set(f"_25._tcp.{host.name}.", "CNAME", f"keys.tlsa-alias.{under}.")
        world.dns.set(f"keys.tlsa-alias.{under}.", "TLSA", tlsa.record(host.certificate))
        world.apply()
        expect_equal(ask(world, domain), reply, f"reply with the target in {under}")
        Both(world, domain).deliver(tls)


@case("40 MX hosts, and 40 TLSA records at the first: answers too long for UDP count as any")
def many(world):
    domain = signed(world, "many-mx-hosts-whose-names-are-long", *(["good"] * 40))
    first = [tlsa.record(domain.hosts["mx0"].certificate)]
    domain.tlsa("mx0", first + [f"3 1 1 {number:064x}" for number in range(40)])
    domain.publish("enforce")
    expect_equal(ask(world, domain), DANE_ONLY, "reply")
    expect_equal({host["status"] for host in world.daemon.explain(domain.name)["survey"]["hosts"]}, {"usable"},
                 "the states of the hosts")
    Both(world, domain).deliver()
