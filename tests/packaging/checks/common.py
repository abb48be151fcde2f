# SPDX-License-Identifier: MIT
"""What the checks share: the built package, its files, and words for what is expected."""
import io
import os
import pathlib
import re
import subprocess
import tarfile

TOP = pathlib.Path(__file__).resolve().parents[3]
VERSION = re.search(r"^project\(mta-stsd VERSION ([0-9.]+)", (TOP / "CMakeLists.txt").read_text(), re.M).group(1)


#: Where Debian has them.
DOCUMENTS = "usr/share/doc/mta-stsd"


def documents():
    """What is installed below DOCUMENTS as it lies here."""
    names = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs", "conf", "packaging/monitoring",
             "systemd/mta-stsd.service", "systemd/mta-stsd.socket")
    return fine("git", "ls-files", *names, cwd=TOP).split()


class Failed(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise Failed(message)


def expect_equal(found, wanted, what):
    expect(found == wanted, f"{what}: {found!r}, not {wanted!r}")


def run(*command, **options):
    """(exit status, standard output, standard error)"""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300,
                          env=dict(os.environ, LC_ALL="C.UTF-8"), **options)
    return done.returncode, done.stdout, done.stderr


def fine(*command, **options):
    status, out, err = run(*command, **options)
    expect(status == 0, f"{' '.join(map(str, command))}: status {status}: {out}{err}")
    return out


class Package:
    """The built package, and its files in a directory."""

    def __init__(self, deb, root):
        self.deb, self.root = deb, root
        fine("dpkg-deb", "-x", deb, root)
        tar = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(deb)], capture_output=True, check=True).stdout
        with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
            self.members = {re.sub(r"^usr/lib/systemd/", "lib/systemd/", member.name.removeprefix("./")): member
                            for member in archive if not member.isdir()}

    def path(self, name):
        path = self.root / name
        return path if path.exists() else self.root / "usr" / name

    def changes(self):
        """The file that lists all that was built."""
        return next(self.deb.parent.glob("*.changes"))

    def field(self, name):
        return fine("dpkg-deb", "-f", self.deb, name).strip()

    def script(self, name):
        """A control file; empty where there is none of that name."""
        status, out, _ = run("dpkg-deb", "-I", self.deb, name)
        return out if status == 0 else ""


#: (sentence, function of the package and a folder for its files), in the order of their making.
CASES = []


def case(name):
    def register(function):
        CASES.append((name, function))
        return function
    return register
