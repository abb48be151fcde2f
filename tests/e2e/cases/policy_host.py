# SPDX-License-Identifier: MIT
"""Policy hosts as they are on the Internet: behind a CDN, over two address families, badly set up."""
from world import namespace
from world.case import case
from world.mail import NO_POLICY, delivered, secure
from world.process import expect, expect_equal, until

DAY = 86400


@case("a CDN (SNI required, HTTP/2, compression, IPv6 and IPv4, a redirect on port 80): one fetch, verified mail")
def cdn(world):
    domain = world.domain("cdn")
    domain.mx()
    domain.record()
    domain.host(ipv6=world.ipv6)
    domain.policy("enforce")
    world.apply()
    delivered(world, domain)
    expect_equal([request[:2] for request in domain.requests()], [("/.well-known/mta-sts.txt", "200")], "requests")


@case("IPv6 leads nowhere, IPv4 works: the policy is found")
def ipv6_broken(world):
    domain = world.domain("ipv6-broken")
    domain.mx()
    domain.publish("enforce")
    world.dns.set(domain.policy_host + ".", "AAAA", "2001:db9::1")
    world.apply()
    expect_equal(world.daemon.ask(domain.name), secure("mx." + domain.name), "reply")


@case("IPv6 only: the policy is found")
def ipv6_only(world):
    if not world.ipv6:
        return
    domain = world.domain("ipv6-only")
    domain.mx()
    domain.record()
    domain.host(ipv6=True)
    domain.policy("enforce")
    world.dns.set(domain.policy_host + ".", "A")
    world.apply()
    expect_equal(world.daemon.ask(domain.name), secure("mx." + domain.name), "reply")


@case("two IPv4 addresses, one leads nowhere: the policy is found")
def one_address_dead(world):
    domain = world.domain("one-address-dead")
    domain.mx()
    domain.publish("enforce")
    world.dns.set(domain.policy_host + ".", "A", namespace.GONE, world.new_address())
    world.apply()
    expect_equal(world.daemon.ask(domain.name), secure("mx." + domain.name), "reply")


@case("the record and the policy host are CNAMEs of a provider: followed")
def provider(world):
    domain, host = world.domain("provider-customer"), world.domain("provider")
    domain.mx()
    domain.host()
    domain.policy("enforce")
    world.dns.set("_mta-sts." + domain.name + ".", "CNAME", "_mta-sts.customers.provider.test.")
    world.dns.set("_mta-sts.customers.provider.test.", "TXT", '"v=STSv1; id=1"')
    world.dns.set(domain.policy_host + ".", "A")
    world.dns.set(domain.policy_host + ".", "CNAME", f"web.{host.name}.")
    world.dns.set(f"web.{host.name}.", "A", world.new_address())
    world.apply()
    expect_equal(world.daemon.ask(domain.name), secure("mx." + domain.name), "reply")


@case("a redirect: not followed, no policy")
def redirect(world):
    domain = world.domain("redirect")
    domain.publish("enforce", mx=["mx.redirect.test"])
    folder = world.web.host(domain.policy_host)
    (folder / "redirect").touch()
    www = world.web.host("www." + domain.policy_host)
    (www / ".well-known" / "mta-sts.txt").write_text((folder / ".well-known" / "mta-sts.txt").read_text())
    world.dns.set(f"www.{domain.policy_host}.", "A", world.new_address())
    world.apply()
    expect_equal(world.daemon.ask(domain.name), NO_POLICY, "reply")
    expect_equal([request[1] for request in domain.requests()], ["301"], "statuses")
    expect_equal(world.web.requests("www." + domain.policy_host), [], "requests to the target")


@case("certificates of the policy host that do not count: no policy")
def bad_certificates(world):
    for label, options in (("self-signed", {"self_signed": True}), ("expired", {"days": -1}),
                           ("wrong-name", {"certificate_for": "www.host-wrong-name.test"})):
        domain = world.domain("host-" + label)
        domain.mx()
        domain.record()
        domain.host(**options)
        domain.policy("enforce")
        world.apply()
        expect_equal(world.daemon.ask(domain.name), NO_POLICY, "reply with certificate " + label)
        expect_equal(domain.requests(), [], "requests with certificate " + label)


@case("the CDN still serves the old file under a new id: fetched again after ten minutes")
def old_file(world):
    daemon = world.own_daemon(clock=True)
    domain = world.domain("old-file")
    domain.mx()
    domain.publish("enforce", mx=["old.old-file.test"])
    expect_equal(daemon.ask(domain.name), secure("old.old-file.test"), "reply")
    domain.record("2")
    world.apply()
    until(lambda: daemon.ask(domain.name) and len(domain.requests()) == 2, "a fetch for the new id")
    domain.policy("enforce", mx=["new.old-file.test"])
    expect_equal(daemon.ask(domain.name), secure("old.old-file.test"), "reply with the old file")
    questions = world.dns.questions("_mta-sts." + domain.name)
    daemon.advance(9 * 60)
    until(lambda: daemon.ask(domain.name) and world.dns.questions("_mta-sts." + domain.name) > questions, "a recheck")
    expect_equal(len(domain.requests()), 2, "fetches before ten minutes are over")
    daemon.advance(2 * 60)
    until(lambda: daemon.poke() or daemon.ask(domain.name) == secure("new.old-file.test"), "the new policy", 20)


@case("policy host and record gone for days: the policy holds until max_age is over, and not longer")
def gone_for_days(world):
    daemon = world.own_daemon(clock=True)
    domain = world.domain("gone-for-days")
    domain.mx()
    domain.publish("enforce", max_age=10 * DAY)
    expect_equal(daemon.ask(domain.name), secure("mx." + domain.name), "reply")
    domain.host_gone()
    domain.record(None)
    world.apply()
    for day in range(1, 10):
        daemon.advance(DAY)
        expect_equal(daemon.ask(domain.name), secure("mx." + domain.name), f"reply after {day} days")
    daemon.advance(DAY)
    expect_equal(daemon.ask(domain.name), NO_POLICY, "reply after max_age")


@case("the file changes and the id does not: the daily refresh finds it")
def refresh(world):
    daemon = world.own_daemon(clock=True)
    domain = world.domain("refresh")
    domain.mx()
    domain.publish("enforce", mx=["old.refresh.test"])
    expect_equal(daemon.ask(domain.name), secure("old.refresh.test"), "reply")
    domain.policy("enforce", mx=["new.refresh.test"])
    daemon.advance(DAY + 60)
    until(lambda: daemon.poke() or daemon.ask(domain.name) == secure("new.refresh.test"), "the new policy", 20)
    expect(len(domain.requests()) >= 2, "the policy was fetched again")
