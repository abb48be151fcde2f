# SPDX-License-Identifier: MIT
"""A policy that was once answered stays in force, whatever is out of reach."""
import time

from world.case import case
from world.mail import NO_POLICY, delivered, holds, refused, secure
from world.process import expect, expect_equal, until


def known(world, label, daemon):
    domain = world.domain(label)
    domain.mx()
    domain.publish("enforce")
    expect_equal(daemon.ask(domain.name), secure("mx." + domain.name), "first reply")
    return domain


@case("the policy host goes away, with a new id in DNS: the cached policy holds for mail")
def policy_host_gone(world):
    domain = known(world, "policy-host-gone", world.daemon)
    domain.record("2")
    domain.host_gone()
    bad = domain.mx("mx", certificate="self-signed")
    world.apply()
    holds(lambda: world.daemon.ask(domain.name), secure("mx." + domain.name), 4, "reply without the policy host")
    refused(world, domain)
    expect_equal(bad.connections, 1, "connections to the MX host")


@case("the policy file goes away: the cached policy holds")
def policy_file_gone(world):
    domain = known(world, "policy-file-gone", world.daemon)
    domain.record("2")
    (world.web.host(domain.policy_host) / ".well-known" / "mta-sts.txt").unlink()
    world.apply()
    until(lambda: world.daemon.ask(domain.name) and len(domain.requests()) == 2, "a fetch for the new id")
    holds(lambda: world.daemon.ask(domain.name), secure("mx." + domain.name), 1, "reply after status 404")


@case("the new policy is not valid: the cached policy holds")
def policy_invalid(world):
    domain = known(world, "policy-invalid", world.daemon)
    domain.record("2")
    domain.policy(text="version: STSv1\nmode: none\n")
    world.apply()
    until(lambda: world.daemon.ask(domain.name) and len(domain.requests()) == 2, "a fetch for the new id")
    holds(lambda: world.daemon.ask(domain.name), secure("mx." + domain.name), 1, "reply after an invalid policy")


@case("DNS is silent: the cached policy holds and answers at once; an unknown domain gets NOTFOUND in time")
def dns_silent(world):
    domain = known(world, "dns-silent", world.daemon)
    other = world.domain("dns-silent-other")
    other.mx()
    other.publish("enforce")
    world.dns.silence_resolver()
    holds(lambda: world.daemon.ask(domain.name), secure("mx." + domain.name), 5, "reply while DNS is silent")
    started = time.monotonic()
    expect_equal(world.daemon.ask(other.name), NO_POLICY, "reply for an unknown domain")
    expect(time.monotonic() - started < 20, "the reply for the unknown domain came late")
    expect_equal(world.sender.postmap(domain.name), (secure("mx." + domain.name)[3:], ""), "what postmap sees")
    world.dns.wake_resolver()
    until(lambda: world.daemon.ask(other.name) == secure("mx." + other.name),
          "the unknown domain's policy once DNS is back", 20)


@case("the resolver is gone: the cached policy holds, and mail flows once it is back")
def dns_gone(world):
    domain = known(world, "dns-gone", world.daemon)
    world.dns.stop_resolver()
    try:
        holds(lambda: world.daemon.ask(domain.name), secure("mx." + domain.name), 4, "reply without a resolver")
    finally:
        world.dns.start_resolver()
    delivered(world, domain)


@case("restarted without a network: the policy holds")
def restart(world):
    daemon = world.own_daemon()
    domain = known(world, "restart", daemon)
    expect_equal(daemon.stop(), 0, "exit status after SIGTERM")
    offline(world, daemon, domain)


@case("killed right after the first reply and started without a network: the policy holds")
def kill(world):
    daemon = world.own_daemon()
    domain = known(world, "kill", daemon)
    daemon.kill()
    offline(world, daemon, domain)


def offline(world, daemon, domain):
    domain.host_gone()
    world.apply()
    world.dns.silence_resolver()
    daemon.start()
    holds(lambda: daemon.ask(domain.name), secure("mx." + domain.name), 3, "reply after a start without a network")
    expect_equal(daemon.ask(domain.name, "postfix-dane"), secure("mx." + domain.name), "the same with a DANE profile")
    world.dns.wake_resolver()
    domain.mx("mx", certificate="self-signed")
    world.apply()
    expect_equal(daemon.ask(domain.name), secure("mx." + domain.name), "reply with DNS back")
