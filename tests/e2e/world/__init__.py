# SPDX-License-Identifier: MIT
"""A small Internet on one machine: DNS, policy hosts, MX hosts, a sending Postfix and mta-stsd.

Everything runs in namespaces of its own (namespace.py); the servers are Debian's, unpacked and not
installed (unpack.py).
"""
