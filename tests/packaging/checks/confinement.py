# SPDX-License-Identifier: MIT
"""The AppArmor profile: that it can be parsed, and that it allows what the daemon is seen to do.

The kernel need not have AppArmor: what the daemon does is written down by strace, while it runs from the places that
the package gives it, and compared with the rules as apparmor_parser has read them. That shows what the profile lacks,
not how a kernel enforces it.
"""
import re

from . import traced
from .common import case, expect, expect_equal, fine, run

PROFILE = "etc/apparmor.d/usr.sbin.mta-stsd"

#: What a run here does not show, because nothing listens there: (path, permissions).
UNSEEN = [
    ("/dev/log", "w"),
    ("/run/systemd/journal/dev-log", "w"),
    ("/run/systemd/journal/stdout", "w"),
    ("/run/systemd/resolve/stub-resolv.conf", "r"),
    ("/run/systemd/resolve/resolv.conf", "r"),
    ("/run/NetworkManager/resolv.conf", "r"),
    ("/run/resolvconf/resolv.conf", "r"),
    ("/etc/ssl/certs/ISRG_Root_X1.pem", "r"),
    ("/usr/local/share/ca-certificates/own.crt", "r"),
    ("/etc/hosts", "r"),
    ("/etc/nsswitch.conf", "r"),
    ("/etc/gai.conf", "r"),
    ("/etc/host.conf", "r"),
    ("/var/lib/mta-stsd/policies.db.damaged-20260101", "rw"),
]

#: What it must not be able to do, whatever else is allowed.
NEVER = [
    ("/etc/shadow", "r"), ("/root/.ssh/id_ed25519", "r"), ("/home/someone/mail", "r"), ("/etc/mta-stsd/mta-stsd.yml", "w"),
    ("/var/spool/postfix/active/ABCDEF", "r"), ("/usr/sbin/mta-stsd", "w"), ("/bin/sh", "x"), ("/proc/1/environ", "r"),
    ("/var/lib/mta-stsd/policies.db", "x"), ("/etc/ssl/private/key.pem", "r"),
]


def without_variables(glob, variables):
    """The pattern for each value of its variables."""
    found = re.search(r"@\{(\w+)\}", glob)
    if not found:
        return [re.sub(r"/+", "/", glob)]
    return [one for value in variables[found.group(1)]
            for one in without_variables(glob[:found.start()] + value + glob[found.end():], variables)]


def regex_of(glob):
    """AppArmor's pattern as a regular expression."""
    out, depth, at = "", 0, 0
    while at < len(glob):
        sign = glob[at]
        if sign == "*":
            end = at + 2 if glob.startswith("**", at) else at + 1
            # A whole name is not empty: /folder/** does not mean /folder/ itself.
            whole = out.endswith("/") and (end == len(glob) or glob[end] == "/")
            out += ("[^/]" if whole else "") + (".*" if end == at + 2 else "[^/]*")
            at = end - 1
        elif sign == "?":
            out += "[^/]"
        elif sign == "[":
            end = glob.index("]", at)
            out, at = out + glob[at:end + 1], end
        elif sign == "{":
            out, depth = out + "(?:", depth + 1
        elif sign == "}":
            out, depth = out + ")", depth - 1
        elif sign == "," and depth:
            out += "|"
        elif sign == "\\":
            out, at = out + re.escape(glob[at + 1]), at + 1
        else:
            out += re.escape(sign)
        at += 1
    return re.compile(out)


class Profile:
    """The rules of a profile, its includes among them, as far as they are about files, networks and capabilities."""

    def __init__(self, text):
        text = re.sub(r"(?m)^\s*#.*$", "", text)
        variables = {}
        for name, values in re.findall(r"(?m)^\s*@\{(\w+)\}\s*\+?=\s*(.*)$", text):
            variables.setdefault(name, []).extend(values.replace('"', "").split())
        self.allowed, self.denied = [], []
        rule = r'(?m)^\s*((?:(?:owner|audit|allow|deny|file)\s+)*)"?([/@]\S*?)"?\s+([rwaklmxiPpCcUu]+)(?:\s+->[^,]*)?,\s*(?:#.*)?$'
        for words, path, permissions in re.findall(rule, text):
            if not path.startswith(("/", "@{")):
                continue
            known = self.denied if "deny" in words else self.allowed
            known.extend((regex_of(glob), permissions.replace("a", "w")) for glob in without_variables(path, variables))
        self.networks = set(re.findall(r"(?m)^\s*network\s+(\w+)\s+(\w+)\s*,", text))
        self.capabilities = set(re.findall(r"(?m)^\s*capability\s+(\w+)\s*,", text))

    def lacks(self, path, wanted):
        """Those of the wanted permissions that no rule gives, or one refuses."""
        def of(rules):
            return {sign for regex, permissions in rules if regex.fullmatch(path) for sign in permissions}
        return set(wanted) - (of(self.allowed) - of(self.denied))


def profile_of(package):
    return Profile(fine("apparmor_parser", "-p", "-b", "/etc/apparmor.d", package.root / PROFILE))


@case("the AppArmor profile can be parsed and compiled")
def parsed(package, home):
    status, out, err = run("apparmor_parser", "-Q", "-K", package.root / PROFILE)
    expect_equal((status, out), (0, ""), f"apparmor_parser: {err}")
    expect("error" not in err.lower(), err)
    broken = home / "broken"
    broken.write_text((package.root / PROFILE).read_text().replace("/etc/mta-stsd/** r,", "/etc/mta-stsd/** r"))
    expect(run("apparmor_parser", "-Q", "-K", broken)[0] != 0, "apparmor_parser takes everything")


@case("the AppArmor profile allows what is seen of the daemon, and no more than it should")
def covered(package, home):
    profile = profile_of(package)
    seen = traced.uses(package, home)
    expect(len(seen.files) > 30, f"strace has seen too little: {seen.files}")
    for path, wanted in [*traced.EXPECTED, *UNSEEN]:
        lacking = profile.lacks(path, wanted)
        expect(not lacking, f"{path}: the profile lacks {''.join(sorted(lacking))}")
    for path, wanted in sorted(seen.files):
        lacking = profile.lacks(path, wanted)
        expect(not lacking, f"{path}: the profile lacks {''.join(sorted(lacking))}, which strace has seen")
    expect(seen.networks <= profile.networks, f"networks: {seen.networks - profile.networks}")
    expect(seen.capabilities <= profile.capabilities, f"capabilities: {seen.capabilities - profile.capabilities}")
    for path, wanted in traced.EXPECTED:
        expect(any(path == one and sign in permissions for one, permissions in seen.files for sign in wanted),
               f"the run has not shown {wanted} of {path}")
    for path, refused in NEVER:
        expect(profile.lacks(path, refused) == set(refused), f"{path}: the profile gives {refused}")
