# SPDX-License-Identifier: MIT
"""What Postfix tells a TLSRPT collector (RFC 8460) about each TLS session, as libtlsrpt sends it."""
import json
import socket
import threading


class Reports:
    """Takes the datagrams that arrive at the socket `path`."""

    def __init__(self, path):
        self.path = path
        self._received = []

    def start(self):
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        listener.bind(str(self.path))
        self.path.chmod(0o666)   # Postfix sends as its own user
        threading.Thread(target=self._receive, args=(listener,), daemon=True).start()

    def _receive(self, listener):
        while True:
            self._received.append(json.loads(listener.recv(65536)))

    def of(self, domain):
        """The reports about the mail to a domain."""
        return [report for report in self._received if report.get("d") == domain]
