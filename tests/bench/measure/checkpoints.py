# SPDX-License-Identifier: MIT
"""Checkpoints of the database again and again, by an import that changes pages all over a large one."""

import json
import random
import struct
import time

from .programs import start_import, write_policies

POLICIES = 100_000  # a database ten times as large as what one checkpoint writes


class Checkpoints:
    def prepare(self, folder):
        """An import takes what was fetched later than what is there: each policy three times, in no order."""
        self.log = folder / "policies.db-wal"
        self.file = folder / "import"
        write_policies(folder / "policies.db", POLICIES, a=7200, s=3600)
        numbers = list(range(POLICIES))
        random.seed(1)
        with self.file.open("w") as file:
            for age in (6000, 4000, 2000):
                random.shuffle(numbers)
                fetched = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - age))
                file.writelines(json.dumps(_policy(number, fetched)) + "\n" for number in numbers)

    def start(self, ours, core, nice):
        return start_import(ours, self.file, core, nice)

    def state(self):
        """How many so far. SQLite numbers the log's beginnings, and begins it anew behind a checkpoint of all of it."""
        with self.log.open("rb") as log:
            header = log.read(16)
        return struct.unpack(">I", header[12:])[0] if len(header) == 16 else 0

    def name(self, before, after):
        if after == before:
            raise RuntimeError("the database was not checkpointed while that was measured")
        return f"an import that takes {after - before} checkpoints of the database"


def _policy(number, fetched):
    domain = f"d{number:07}.test"
    body = f"version: STSv1\nmode: enforce\nmx: mx.{domain}\nmx: *.p{number % 701}.example\nmax_age: 604800\n"
    return {"domain": domain, "mode": "enforce", "id": "20260101000000Z", "max_age": 604800, "fetched": fetched,
            "asked": fetched[:10], "body": body}
