# SPDX-License-Identifier: MIT
"""What cases say of mail and of replies."""
import time

from .process import expect, expect_equal


def secure(*hosts):
    """The reply for an enforce policy with these mx values."""
    return f"OK secure match={':'.join(hosts)} servername=hostname"


NO_POLICY = "NOTFOUND "


def delivered(world, domain, tls="Verified", to=None):
    """One more mail arrives, over TLS as Postfix's log names it (None: without)."""
    before = len(domain.mails())
    outcome = world.sender.deliver("user@" + (to or domain.name))
    expect_equal(outcome.status, "sent", f"mail to {domain}: {outcome}")
    expect_equal(outcome.tls, tls, f"TLS of the mail to {domain}")
    expect_equal(len(domain.mails()) - before, 1, "mails that arrived")


def refused(world, domain, *others, to=None):
    """The mail is deferred, and arrives neither at the domain's hosts nor at the others'."""
    before = [len(one.mails()) for one in (domain, *others)]
    outcome = world.sender.deliver("user@" + (to or domain.name))
    expect_equal(outcome.status, "deferred", f"mail to {domain}: {outcome}")
    expect_equal([len(one.mails()) for one in (domain, *others)], before, "mails that arrived")


def holds(ask, reply, seconds, what):
    """Asks over and over for `seconds`; every reply must be the same, and prompt."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        started = time.monotonic()
        expect_equal(ask(), reply, what)
        expect(time.monotonic() - started < 2, f"{what}: the reply took {time.monotonic() - started:.1f} s")
        time.sleep(0.2)
