# SPDX-License-Identifier: MIT
"""Domains of which nothing is known: record, addresses, fetch, and with DANE the survey beside them."""

import shutil

from .hot import MAPS, cores
from .programs import Daemon, load, world
from .table import print_table


def cold(folder, quick):
    server, client = cores()
    domains = 500 if quick else 2000
    rows = []
    for dns_delay, web_delay in ((0, 0), (20, 50)):
        for connections in (64,) if quick else (64, 1000):
            for name in MAPS:
                for leftover in folder.glob("policies.db*"):
                    leftover.unlink()
                with world(folder, client, dns_delay, web_delay, addresses=250), Daemon(folder, server) as ours:
                    result = load(ours.tcp, client, ours.pid, m=name, o=True, d=domains, c=connections)
                rows.append([f"{dns_delay} / {web_delay}", str(connections), name, result["per_second"],
                             result["seconds"], result["p50_us"] / 1000, result["p99_us"] / 1000,
                             result["cpu_us_per_request"] / 1000, str(int(result.get("OK", 0)))])
    print_table(
        f"{domains} cold domains",
        ["delay ms DNS / web", "connections", "map", "domains/s", "s", "p50 ms", "p99 ms", "CPU ms", "secure"],
        rows,
    )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
