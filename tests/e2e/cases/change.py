# SPDX-License-Identifier: MIT
"""Policies that change: a new id is seen within the recheck time."""
from world.case import case
from world.mail import NO_POLICY, delivered, refused, secure
from world.process import expect, expect_equal, until


@case("new id, other MX hosts: the new policy within the recheck time")
def new_mx(world):
    domain = world.domain("new-mx")
    domain.mx("old")
    domain.publish("enforce")
    delivered(world, domain)
    expect_equal(world.daemon.ask(domain.name), secure("old.new-mx.test"), "reply")
    domain.mx("new")
    domain.redirect_mx("new.new-mx.test")
    domain.policy("enforce", mx=["new.new-mx.test"])
    domain.record("2")
    world.apply()
    until(lambda: world.daemon.ask(domain.name) == secure("new.new-mx.test"), "the new policy")
    delivered(world, domain)


@case("testing becomes enforce: the bad MX host is refused from then on")
def testing_to_enforce(world):
    domain = world.domain("testing-to-enforce")
    domain.mx(certificate="self-signed")
    domain.publish("testing")
    delivered(world, domain, "Untrusted")
    domain.policy("enforce")
    domain.record("2")
    world.apply()
    until(lambda: world.daemon.ask(domain.name) == secure("mx." + domain.name), "the new policy")
    refused(world, domain)


@case("enforce becomes none: mail flows to the bad MX host")
def enforce_to_none(world):
    domain = world.domain("enforce-to-none")
    domain.mx(certificate="self-signed")
    domain.publish("enforce")
    refused(world, domain)
    domain.policy("none", mx=[])
    domain.record("2")
    world.apply()
    until(lambda: world.daemon.ask(domain.name) == NO_POLICY, "the policy is lifted")
    expect_equal(len(domain.requests()), 2, "fetches of the policy")


@case("the id stays: a changed file is not fetched")
def same_id(world):
    domain = world.domain("same-id")
    domain.mx()
    domain.publish("enforce")
    first = world.daemon.ask(domain.name)
    domain.policy("none", mx=[])
    queries = world.dns.questions("_mta-sts." + domain.name)
    until(lambda: world.daemon.ask(domain.name) and world.dns.questions("_mta-sts." + domain.name) > queries,
          "a recheck of the record")
    expect_equal(world.daemon.ask(domain.name), first, "reply after a recheck")
    expect_equal(len(domain.requests()), 1, "fetches of the policy")


@case("a record appears where there was none: the policy is found")
def record_appears(world):
    domain = world.domain("record-appears")
    domain.mx()
    world.apply()
    expect_equal(world.daemon.ask(domain.name), NO_POLICY, "reply without a record")
    domain.publish("enforce")
    until(lambda: world.daemon.ask(domain.name) == secure("mx." + domain.name), "the new policy")
    expect(domain.requests(), "the policy host is asked")
