# SPDX-License-Identifier: MIT
"""The systemd units, and what declares the user and the folders."""
import pathlib
import re
import shutil

from .common import case, expect, expect_equal, fine, run

SERVICE, SOCKET = "lib/systemd/system/mta-stsd.service", "lib/systemd/system/mta-stsd.socket"
EXPOSURE = 1.2


@case(f"systemd-analyze security: at most {EXPOSURE}")
def security(package, _):
    out = fine("systemd-analyze", "security", "--no-pager", "--offline=true", f"--threshold={int(EXPOSURE * 10)}",
               package.path(SERVICE))
    found = re.search(r"exposure level for mta-stsd.service: ([0-9.]+)", out)
    expect(found and float(found.group(1)) <= EXPOSURE, f"exposure: {out[-300:]}")


@case("systemd-analyze verify has nothing to say")
def verify(package, home):
    # The units, with the program where it was unpacked, and without the manual pages, which are not installed.
    for name in (SERVICE, SOCKET):
        text = package.path(name).read_text().replace("/usr/sbin/", f"{package.root}/usr/sbin/")
        (home / pathlib.Path(name).name).write_text(text)
    for name in ("mta-stsd.service", "mta-stsd.socket"):
        status, out, err = run("systemd-analyze", "verify", "--man=no", home / name)
        expect_equal((status, out, err), (0, "", ""), name)


def folder(root, name):
    """(mode, owner, group) of a folder in a root, by the root's own user numbers."""
    users = {line.split(":")[2]: line.split(":")[0] for line in (root / "etc/passwd").read_text().splitlines()}
    status = (root / name).stat()
    return oct(status.st_mode & 0o7777), users.get(str(status.st_uid)), users.get(str(status.st_gid))


@case("sysusers.d makes a locked user, tmpfiles.d its folders, in an empty root")
def user_and_folders(package, home):
    root = home / "empty"
    for name in ("sysusers.d", "tmpfiles.d"):
        (root / "usr/lib" / name).mkdir(parents=True)
        shutil.copy(package.root / "usr/lib" / name / "mta-stsd.conf", root / "usr/lib" / name)
    (root / "etc").mkdir()
    for name in ("var/lib", "run"):
        (root / name).mkdir(parents=True)
    fine("systemd-sysusers", f"--root={root}", "mta-stsd.conf")
    expect_equal(re.sub(r":\d+:\d+:", ":N:N:", (root / "etc/passwd").read_text()).replace("/usr/sbin/", "/sbin/"),
                 "mta-stsd:x:N:N:MTA-STS policies for Postfix:/nonexistent:/sbin/nologin\n", "passwd")
    expect(re.match(r"mta-stsd:!\*?:", (root / "etc/shadow").read_text()), "the user is not locked")
    status, out, err = run("systemd-tmpfiles", f"--root={root}", "--create", "mta-stsd.conf")
    expect_equal((status, out, err), (0, "", ""), "systemd-tmpfiles")
    expect_equal([folder(root, name) for name in ("var/lib/mta-stsd", "run/mta-stsd")],
                 [("0o750", "mta-stsd", "mta-stsd"), ("0o755", "mta-stsd", "mta-stsd")], "the folders")


@case("the unit's user, state and runtime folder are those of sysusers.d and tmpfiles.d")
def same_names(package, _):
    unit = dict(re.findall(r"(?m)^(\w+)=(.*)$", package.path(SERVICE).read_text()))
    lines = [(package.root / f"usr/lib/{name}.d/mta-stsd.conf").read_text() for name in ("sysusers", "tmpfiles")]
    users = re.findall(r"(?m)^u (\S+)", lines[0])
    folders = re.findall(r"(?m)^d (\S+) (\d+) (\S+) (\S+)", lines[1])
    expect_equal(users, [unit["User"]], "users")
    expect_equal(folders, [(f"/var/lib/{unit['StateDirectory']}", unit["StateDirectoryMode"], unit["User"], unit["Group"]),
                           (f"/run/{unit['RuntimeDirectory']}", "0755", unit["User"], unit["Group"])], "folders")
