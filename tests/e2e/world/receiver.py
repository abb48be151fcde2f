# SPDX-License-Identifier: MIT
"""The MX hosts: one SMTP server on ports 25 and 587 of all addresses, which behaves as each address was told.

It speaks as much SMTP as Postfix needs, keeps what it got, and stores nothing.
"""
import itertools
import socket
import ssl
import threading


class Mailhost:
    """One MX host: its name, address and certificate, and the mail that arrived there."""

    def __init__(self, name, address, certificate):
        self.name, self.address, self.certificate = name, address, certificate
        self.mails = []       # (recipient, TLS version or None, SNI or None)
        self.connections = 0
        self._tls = None
        self._names = {}      # SNI of each TLS connection in progress, by its socket
        if certificate:
            self.present(certificate)

    def present(self, certificate):
        """Takes another certificate, from a file."""
        self.certificate = certificate
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate)
        self._tls.sni_callback = lambda connection, name, _: self._names.__setitem__(id(connection), name)

    def converse(self, plain):
        """Speaks with one client until it goes away."""
        self.connections += 1
        connection, tls, sni, recipients = plain, None, None, []
        stream = connection.makefile("rwb")

        def say(*lines):
            for number, line in enumerate(lines, 1):
                code, text = line.split(" ", 1)
                stream.write(f"{code}{' ' if number == len(lines) else '-'}{text}\r\n".encode())
            stream.flush()

        say(f"220 {self.name} ESMTP")
        while True:
            line = stream.readline(4096)
            if not line:
                return
            verb = line.decode("utf-8", "replace").strip().upper()
            if verb.startswith("EHLO"):
                offers = ["250 SMTPUTF8", "250 8BITMIME"] + (["250 STARTTLS"] if self._tls and not tls else [])
                say(f"250 {self.name}", *offers)
            elif verb == "STARTTLS" and self._tls and not tls:
                say("220 go ahead")
                connection = self._tls.wrap_socket(plain, server_side=True)
                tls, sni = connection.version(), self._names.pop(id(connection), None)
                stream = connection.makefile("rwb")
            elif verb.startswith("RCPT TO:"):
                recipients.append(line.decode("utf-8", "replace").split("<", 1)[1].split(">", 1)[0])
                say("250 ok")
            elif verb == "DATA":
                say("354 go ahead")
                while stream.readline(4096) not in (b".\r\n", b""):
                    pass
                self.mails += [(recipient, tls, sni) for recipient in recipients]
                recipients = []
                say("250 taken")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")


class Receiver:
    """Accepts on ports 25 and 587 and hands each connection to the Mailhost of the address it came to."""

    def __init__(self, ipv6):
        self._hosts = {}
        self._ipv6 = ipv6

    def add(self, host):
        self._hosts[host.address] = host

    def start(self):
        families = [(socket.AF_INET, "0.0.0.0")] + ([(socket.AF_INET6, "::")] if self._ipv6 else [])
        for (family, address), port in itertools.product(families, (25, 587)):
            listener = socket.create_server((address, port), family=family, backlog=128)
            threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            connection.settimeout(30)
            host = self._hosts.get(connection.getsockname()[0])
            if host is None:
                return
            try:
                host.converse(connection)
            except (OSError, ValueError, IndexError):
                pass   # a client that refuses the certificate ends here
