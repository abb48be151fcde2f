# SPDX-License-Identifier: MIT
"""What the DANE cases say of domains, replies and mail."""
from . import mail

MAP = "postfix-dane"


def signed(world, label, *kinds, certificate="good"):
    """A domain of the signed zone with the MX hosts mx0, mx1 ..., one for each kind of TLSA (see Domain.tlsa)."""
    domain = world.domain(label, under="signed.test")
    for number, kind in enumerate(kinds):
        domain.mx(f"mx{number}", certificate)
        domain.tlsa(f"mx{number}", kind)
    return domain


def ask(world, key):
    return world.daemon.ask(str(key), MAP)


class Both:
    """A domain as the older Postfix and the newer one see it, when both ask the same map."""

    def __init__(self, world, domain, agent=MAP, senders=None):
        self._world, self._domain, self._agent = world, domain, agent
        self._senders = senders or [world.sender, world.newer_sender]

    def deliver(self, tls="Verified", host=None):
        """Each delivers a mail, to `host` if one is given."""
        for sender in self._senders:
            if host:
                mail.delivered_by(self._world, self._domain, host, tls, agent=self._agent, sender=sender)
            else:
                mail.delivered(self._world, self._domain, tls, agent=self._agent, sender=sender)

    def refuse(self, *others):
        """Each defers a mail, which arrives nowhere, not at the hosts of `others` either."""
        for sender in self._senders:
            mail.refused(self._world, self._domain, *others, agent=self._agent, sender=sender)
