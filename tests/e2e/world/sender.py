# SPDX-License-Identifier: MIT
"""The sending side: Debian's Postfix with a configuration and queue of its own."""
import os
import re
import shutil
import smtplib
import subprocess
from email.message import EmailMessage

from . import process

SUBMISSION = ("127.0.0.1", 10025)

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
meta_directory = {conf}
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = {log}
maillog_file_prefixes = {state}
inet_interfaces = 127.0.0.1
inet_protocols = {protocols}
myhostname = sender.test
mydestination =
local_recipient_maps =
alias_maps =
relay_domains =
mynetworks = 127.0.0.0/8
biff = no
smtp_address_preference = ipv4
transport_maps = texthash:{conf}/transport
smtp_tls_security_level = may
smtp_tls_policy_maps = socketmap:inet:127.0.0.1:8461:postfix
smtp_tls_CAfile = {ca}
smtp_tls_loglevel = 1
smtp_connect_timeout = 3s
smtp_connection_cache_on_demand = no
"""

MASTER_CF = """\
127.0.0.1:10025 inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""

#: Domains whose mail goes through a smart host.
TRANSPORT = """\
via-smart.test smtp:[mail.smart.test]
via587-smart.test smtp:[mail.smart.test]:587
via-badsmart.test smtp:[mail.badsmart.test]
"""

#: Spool directories that belong to postfix alone.
SPOOL = ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace"]


class Outcome:
    """What became of one mail: status (sent, deferred, bounced), text, TLS (Verified, Trusted, Untrusted, None)."""

    def __init__(self, status, text, tls, relay):
        self.status, self.text, self.tls, self.relay = status, text, tls, relay

    def __str__(self):
        return f"{self.status} via {self.relay} ({self.tls or 'no TLS'}): {self.text}"


class Sender:
    """Takes mail by SMTP and tells from its log what became of it."""

    def __init__(self, state, ca, ipv6):
        self._state, self._ca, self._ipv6 = state, ca, ipv6
        self.log = state / "mail.log"
        self.conf = state / "postfix"
        self._master = None

    def start(self):
        queue, data = self._state / "queue", self._state / "postfix-data"
        self._make_spool(queue, data)
        self.conf.mkdir()
        (self.conf / "main.cf").write_text(MAIN_CF.format(
            queue=queue, data=data, conf=self.conf, log=self.log, state=self._state, ca=self._ca,
            protocols="all" if self._ipv6 else "ipv4"))
        (self.conf / "transport").write_text(TRANSPORT)
        (self.conf / "master.cf").write_text(MASTER_CF)
        (self.conf / "dynamicmaps.cf").touch()   # no tables beyond those built in
        out = self._state / "postfix.out"
        self._master = process.start("Postfix", ["/usr/lib/postfix/sbin/master", "-c", self.conf], out,
                                     dict(os.environ, MAIL_CONFIG=str(self.conf)))
        process.wait_for_port(self._master, "Postfix", *SUBMISSION, self.log)

    @staticmethod
    def _make_spool(queue, data):
        queue.mkdir()
        (queue / "pid").mkdir()
        for name in SPOOL:
            (queue / name).mkdir(mode=0o700)
            shutil.chown(queue / name, "postfix")
        for name, mode in (("maildrop", 0o1730), ("public", 0o2710)):
            (queue / name).mkdir()
            shutil.chown(queue / name, "postfix", "postdrop")
            (queue / name).chmod(mode)
        data.mkdir(mode=0o700)
        shutil.chown(data, "postfix")

    def send(self, recipient):
        """Hands one mail to Postfix and returns its queue id."""
        message = EmailMessage()
        message["From"], message["Subject"] = "tester@sender.test", "test"
        message.set_content("One mail of the end-to-end tests.\n")
        utf8 = [] if recipient.isascii() else ["SMTPUTF8"]
        with smtplib.SMTP(*SUBMISSION) as smtp:
            smtp.ehlo()
            smtp.command_encoding = "utf-8"
            smtp.mail("tester@sender.test", utf8)
            code, text = smtp.rcpt(recipient)
            if code != 250:
                raise process.Failed(f"Postfix does not take a mail to {recipient}: {text!r}")
            _, text = smtp.data(message.as_bytes())
        queued = re.search(rb"queued as (\w+)", text)
        if not queued:
            raise process.Failed(f"Postfix did not queue the mail: {text!r}")
        return queued.group(1).decode()

    def outcome(self, queue_id, seconds=40.0):
        """Waits for the (first) outcome of a mail."""
        return process.until(lambda: self._find(queue_id), lambda: f"an outcome of mail {queue_id}", seconds)

    def deliver(self, recipient):
        return self.outcome(self.send(recipient))

    def _find(self, queue_id):
        lines = self.log.read_text(errors="replace").splitlines()
        for at, line in enumerate(lines):
            found = re.search(rf"(postfix/\w+\[\d+\]): {queue_id}: to=<.*relay=([^,]+),.*status=(\w+) \((.*)\)$", line)
            if found:
                who, relay, status, text = found.groups()
                return Outcome(status, text, self._tls_of(who, lines[:at]), relay)
        return None

    @staticmethod
    def _tls_of(who, earlier):
        """The last TLS connection that this delivery agent logged before its outcome, if it belongs to this mail."""
        for line in reversed(earlier):
            if who in line:
                found = re.search(r"(\w+) TLS connection established to", line)
                if found:
                    return found.group(1)
                if "status=" in line:
                    return None
        return None

    def postmap(self, key, table="socketmap:inet:127.0.0.1:8461:postfix"):
        """(stdout, stderr) of postmap asking a table, by default the one that main.cf names."""
        run = subprocess.run(["postmap", "-c", self.conf, "-q", key, table],
                             capture_output=True, text=True)
        return run.stdout.strip(), run.stderr.strip()


