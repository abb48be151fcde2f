# SPDX-License-Identifier: MIT
"""A build does not depend on where, when, how and by whom it is done."""
import hashlib
import os
import pathlib
import subprocess
import tempfile

from .common import TOP, case, expect, expect_equal

#: Unlike those of the first build: 14 hours ahead is another day, and the compiler does all of its work.
CIRCUMSTANCES = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "LANG": "tr_TR.UTF-8", "HOME": "/nonexistent",
                 "USER": "somebody", "LOGNAME": "somebody", "CCACHE_DISABLE": "1"}


def sums(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.deb"))}


@case("built again in another folder, time zone, locale, with another umask: the same bytes")
def twice(_package, _home):
    # Next to the first one the path would be as long, and hide what is as long as a path.
    with tempfile.TemporaryDirectory(prefix="built-again-in-a-folder-of-another-name-") as folder:
        again = pathlib.Path(folder) / "deb"
        done = subprocess.run(["nice", TOP / "packaging/build-deb", "--in", again, f"-j{(os.cpu_count() or 1) + 1}"],
                              cwd=TOP, capture_output=True, text=True, umask=0o027, env=dict(os.environ, **CIRCUMSTANCES))
        expect(done.returncode == 0, f"the second build: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        expect_equal(sums(again), sums(TOP / "build/deb"), "the second build")
