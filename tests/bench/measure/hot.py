# SPDX-License-Identifier: MIT
"""Cached answers beside the ceiling."""

import os

from .programs import Daemon, limit, load, world
from .table import print_table

MAPS = ("postfix", "postfix-dane")
DOMAINS = 1000
MANY_DOMAINS = 10_000  # whose entries are not in the processor's nearer caches
HEAD = ["log", "over", "connections", "map", "answers/s", "p50 us", "p99 us", "CPU us", "ceiling CPU us", "ratio"]


def cores():
    """One core for the server, another for the load, where there are two."""
    available = sorted(os.sched_getaffinity(0))
    return available[0], available[-1]


def hits(folder, quick):
    """Pairs of runs, the ceiling and ours one after the other; of five pairs the one with the median ratio."""
    server, client = cores()
    rows = []
    ceiling = {"TCP": "inet:127.0.0.1:8460", "unix": f"unix:{folder}/limit"}
    for level in ("info", "warning"):
        with world(folder), Daemon(folder, server, level) as ours:
            for name in MAPS:
                load(ours.tcp, m=name, o=True, d=DOMAINS, c=32)
            for transport, endpoint in (("TCP", ours.tcp), ("unix", ours.unix)):
                with limit(ceiling[transport], server) as least:
                    for connections in (1, 16, 128, 1000):
                        for name in MAPS:
                            rows.append(pair(level, transport, connections, name, least, ceiling[transport], ours,
                                             endpoint, client, quick))
    print_table("Cached answers, server and load each on a core of its own", HEAD, rows)
    many(folder, quick, ceiling)


def many(folder, quick, ceiling):
    server, client = cores()
    rows = []
    with world(folder), Daemon(folder, server) as ours:
        load(ours.tcp, m=MAPS[-1], o=True, d=MANY_DOMAINS, c=32)
        for transport, endpoint in (("TCP", ours.tcp), ("unix", ours.unix)):
            with limit(ceiling[transport], server) as least:
                rows.append(pair("info", transport, 128, MAPS[-1], least, ceiling[transport], ours, endpoint, client,
                                 quick, MANY_DOMAINS))
    print_table("The same with 10,000 domains", HEAD, rows)


def pair(level, transport, connections, name, least, ceiling, ours, endpoint, client, quick, domains=DOMAINS):
    runs = []
    for _ in range(1 if quick else 5):
        options = {"c": connections, "s": 0.5, "d": domains, "m": name}
        floor = load(ceiling, client, least.pid, **options)
        mine = load(endpoint, client, ours.pid, **options)
        ratio = mine["cpu_us_per_request"] / floor["cpu_us_per_request"]
        runs.append([ratio, mine["per_second"], mine["p50_us"], mine["p99_us"], mine["cpu_us_per_request"],
                     floor["cpu_us_per_request"]])
    ratio, *figures = sorted(runs)[len(runs) // 2]
    return [level, transport, str(connections), name, *figures, ratio]
