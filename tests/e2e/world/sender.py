# SPDX-License-Identifier: MIT
"""The sending side: Debian's Postfixes, each with a configuration and queue of its own."""
import os
import pathlib
import re
import shutil
import smtplib
import subprocess
from email.message import EmailMessage

from . import postfix_conf, process

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

    def __init__(self, home, ca, ipv6, port=10025, root=None, tlsrpt_socket=None):
        """`root`: where the Postfix is, if it is not in /usr; it has to see `home` at the same path."""
        self._home, self._ca, self._ipv6, self._submission = home, ca, ipv6, ("127.0.0.1", port)
        self._into = ["chroot", root] if root else []
        self._tlsrpt_socket = tlsrpt_socket
        self.log = home / "mail.log"
        self.conf, self.queue = home / "conf", home / "queue"
        self.version = ""
        self._master = None

    def start(self):
        queue, data = self.queue, self._home / "data"
        self._home.mkdir(parents=True)
        self._make_spool(queue, data)
        postfix_conf.write(self.conf, self._submission[1], self._tlsrpt_socket, queue=queue, data=data, log=self.log,
                           state=self._home, ca=self._ca, protocols="all" if self._ipv6 else "ipv4")
        out = self._home / "out"
        self._master = process.start("Postfix", [*self._into, "/usr/lib/postfix/sbin/master", "-c", self.conf], out,
                                     dict(os.environ, MAIL_CONFIG=str(self.conf)))
        self.version = self._tool("postconf", "-c", self.conf, "-h", "mail_version").stdout.strip()
        process.wait_for_port(self._master, "Postfix", *self._submission, self.log)

    def _tool(self, *command):
        return subprocess.run([*self._into, *command], capture_output=True, text=True)

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
        # What a confined delivery agent reads, as Debian's postfix copies it there.
        (queue / "etc").mkdir()
        for name in ("resolv.conf", "hosts", "nsswitch.conf", "services"):
            if pathlib.Path("/etc", name).exists():
                shutil.copy(f"/etc/{name}", queue / "etc")
        data.mkdir(mode=0o700)
        shutil.chown(data, "postfix")

    def send(self, recipient):
        """Hands one mail to Postfix and returns its queue id."""
        message = EmailMessage()
        message["From"], message["Subject"] = "tester@sender.test", "test"
        message.set_content("One mail of the end-to-end tests.\n")
        utf8 = [] if recipient.isascii() else ["SMTPUTF8"]
        with smtplib.SMTP(*self._submission) as smtp:
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
                if " to=<" in line:
                    return None
        return None

    def confined(self):
        """How many delivery agents run that see nothing but the queue directory."""
        return sum(1 for process_folder in pathlib.Path("/proc").glob("[0-9]*")
                   if self._is(process_folder, "smtp") and os.readlink(process_folder / "root") == str(self.queue))

    @staticmethod
    def _is(process_folder, name):
        try:
            return (process_folder / "comm").read_text().strip() == name
        except OSError:   # it has just ended
            return False

    def logged(self):
        """What its delivery agents have logged so far, without time and process."""
        if not self.log.exists():
            return []
        return [line.split("]: ", 1)[1] for line in self.log.read_text(errors="replace").splitlines()
                if " postfix/smtp[" in line]

    def warnings(self):
        """The warnings in the log so far."""
        return [line for line in self.log.read_text(errors="replace").splitlines() if " warning: " in line]

    def postconf_with(self, lines):
        """What postconf says of main.cf with these lines at its end: ({parameter: value}, complaints)."""
        folder = self._home / "checked"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.conf, folder)
        with (folder / "main.cf").open("a") as out:
            out.write(lines)
        os.utime(folder / "main.cf", (0, 0))   # Postfix waits until a new file has cooled down
        run = self._tool("postconf", "-c", folder, "-n")
        told = dict(line.split(" = ", 1) for line in run.stdout.splitlines() if " = " in line)
        complaints = [line for line in run.stderr.splitlines() if "overriding earlier entry" not in line]
        return told, "\n".join(complaints)

    def postmap(self, key, table="socketmap:inet:127.0.0.1:8461:postfix"):
        """(stdout, stderr) of postmap asking a table, by default the one that main.cf names."""
        run = self._tool("postmap", "-c", self.conf, "-q", key, table)
        return run.stdout.strip(), run.stderr.strip()


