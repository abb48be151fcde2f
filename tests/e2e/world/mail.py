# SPDX-License-Identifier: MIT
"""What cases say of mail and of replies."""
import time

from .process import expect, expect_equal


def secure(*hosts):
    """The reply for an enforce policy with these mx values."""
    return f"OK secure match={':'.join(hosts)} servername=hostname"


NO_POLICY = "NOTFOUND "


def _outcome(world, domain, agent="user", sender=None):
    """`agent`: one of postfix_conf.AGENTS, if not the ordinary one; `sender`: if not world.sender."""
    return (sender or world.sender).deliver(f"{agent}@{domain}")


def delivered(world, domain, tls="Verified", to=None, **options):
    """One more mail arrives, over TLS as Postfix's log names it (None: without)."""
    before = len(domain.mails())
    outcome = _outcome(world, to or domain.name, **options)
    expect_equal(outcome.status, "sent", f"mail to {domain}: {outcome}")
    expect_equal(outcome.tls, tls, f"TLS of the mail to {domain}")
    expect_equal(len(domain.mails()) - before, 1, "mails that arrived")


def delivered_by(world, domain, host, tls="Verified", **options):
    """One more mail arrives, at this host of the domain."""
    before = len(host.mails)
    delivered(world, domain, tls, **options)
    expect_equal(len(host.mails) - before, 1, f"mails that arrived at {host.name}")


def refused(world, domain, *others, to=None, **options):
    """The mail is deferred, and arrives neither at the domain's hosts nor at the others'. Returns why."""
    before = [len(one.mails()) for one in (domain, *others)]
    outcome = _outcome(world, to or domain.name, **options)
    expect_equal(outcome.status, "deferred", f"mail to {domain}: {outcome}")
    expect_equal([len(one.mails()) for one in (domain, *others)], before, "mails that arrived")
    return outcome.text


def holds(ask, reply, seconds, what):
    """Asks over and over for `seconds`; every reply must be the same, and prompt."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        started = time.monotonic()
        expect_equal(ask(), reply, what)
        expect(time.monotonic() - started < 2, f"{what}: the reply took {time.monotonic() - started:.1f} s")
        time.sleep(0.2)
