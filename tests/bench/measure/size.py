# SPDX-License-Identifier: MIT
"""Memory and restart with many policies, and many connections."""

import socket
import time

from .hot import cores
from .programs import Daemon, load, resident_kib, world
from .table import print_table


def memory(folder, quick):
    counts = (2_000, 10_000) if quick else (10_000, 50_000)
    rows, known, before = [], 0, None
    with world(folder, addresses=250):
        with Daemon(folder) as ours:
            before = resident_kib(ours.pid)
            for count in counts:
                load(ours.tcp, m="postfix", o=True, f=known, d=count - known, c=128)
                known = count
        for count in counts[-1:]:
            began = time.monotonic()
            with Daemon(folder) as ours:
                start = time.monotonic() - began
                now = resident_kib(ours.pid)
                database = sum(f.stat().st_size for f in folder.glob("policies.db*"))
                rows.append([str(count), f"{(now - before) * 1024 / count:.0f}", f"{database / count:.0f}",
                             start * 1000])
    print_table("Policies, after a restart", ["policies", "bytes each in memory", "bytes each on disk",
                                              "ms from start to first answer"], rows)


def connections(folder, quick):
    count = 2_000 if quick else 10_000
    server, client = cores()
    with world(folder), Daemon(folder, server) as ours:
        load(ours.tcp, m="postfix", o=True, d=100, c=16)
        before = resident_kib(ours.pid)
        idle = [socket.create_connection(("127.0.0.1", 8461)) for _ in range(count)]
        result = load(ours.tcp, client, ours.pid, m="postfix", d=100, c=16, s=1)
        rows = [[str(count), f"{(resident_kib(ours.pid) - before) * 1024 / count:.0f}", result["per_second"],
                 result["p99_us"]]]
        for connection in idle:
            connection.close()
    print_table("Idle connections", ["idle", "bytes each", "answers/s beside them", "p99 us"], rows)
