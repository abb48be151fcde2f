# SPDX-License-Identifier: MIT
"""What the packaged daemon does to files, networks and its user, written down by strace.

The package is installed into a copy of this system on which every change is thrown away. The daemon runs there twice:
as the unit starts it, and as root with process.user set.
"""
import re

from .common import fine

STRACE = "-f -y -qq -e trace=%file,bind,connect,sendmsg,sendto,socket,fcntl,mmap,chown,fchown,setgroups,setresgid,setresuid"

SCENE = r"""
set -eu
mount -t tmpfs tmpfs "$home"
mkdir "$home/upper" "$home/work" "$home/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$home/upper,workdir=$home/work" "$home/root"
mount --rbind /dev "$home/root/dev"
mount --rbind /proc "$home/root/proc"
mount -t tmpfs tmpfs "$home/root/run"
cp "$deb" "$home/root/tmp/mta-stsd.deb"
chroot "$home/root" sh -eu -c '
    export DEBIAN_FRONTEND=noninteractive
    dpkg -i /tmp/mta-stsd.deb >/dev/null
    cd /tmp
    cat >/etc/mta-stsd/mta-stsd.yml <<END
server:
  listen: ["inet:127.0.0.1:8461", "inet:[::1]:8461", "unix:/run/mta-stsd/socketmap", "unix:/var/spool/postfix/mta-stsd/socketmap"]
  socket_group: mta-stsd
http: {listen: "unix:/run/mta-stsd/http.sock"}
dns: {timeout: 250ms, attempts: 1}
END
    [ -e /proc/net/if_inet6 ] || sed -i "s/\"inet:\[::1\]:8461\", //" /etc/mta-stsd/mta-stsd.yml
    echo "nameserver 127.0.0.1" >/etc/resolv.conf
    mkdir -p /run/mta-stsd /run/systemd/journal /var/spool/postfix/mta-stsd
    chown mta-stsd: /run/mta-stsd /var/spool/postfix/mta-stsd
    python3 -c "
import socket, time
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(\"/run/systemd/notify\")
time.sleep(60)" &
    helper=$!
    trap "kill $helper" EXIT
    until [ -S /run/systemd/notify ]; do sleep 0.1; done
    chmod 0666 /run/systemd/notify
    export NOTIFY_SOCKET=/run/systemd/notify
    act() { # PID of strace
        for _ in $(seq 100); do
            mta-stsctl status >/dev/null 2>&1 || [ $? = 1 ] && break
            sleep 0.1
        done
        date "+{\"domain\":\"example.com\",\"id\":\"1\",\"fetched\":\"%FT%TZ\",\"asked\":\"%F\",\"body\":\"version: STSv1\\nmode: enforce\\nmx: mx.example.com\\nmax_age: 604800\\n\"}" -u |
            mta-stsctl cache import - >/dev/null
        mta-stsctl query example.com | grep -q secure
        mta-stsctl refresh example.com >/dev/null 2>&1 || true
        mta-stsctl reload >/dev/null
        mta-stsctl cache export >/dev/null
        mta-stsctl forget example.com >/dev/null
        kill -TERM $(pidof mta-stsd)
        wait $1
    }
    strace $options -o trace.1 setpriv --reuid mta-stsd --regid mta-stsd --clear-groups mta-stsd 2>log.1 &
    act $! || { cat log.1 >&2; exit 1; }
    rm -f /var/lib/mta-stsd/*
    printf "process: {user: mta-stsd}\nlog: {target: syslog}\n" >>/etc/mta-stsd/mta-stsd.yml
    strace $options -o trace.2 mta-stsd 2>log.2 &
    act $! || { cat log.2 >&2; exit 1; }
    # What came before the daemon was executed was others.
    for trace in trace.1 trace.2; do sed "0,/execve(\"[^\"]*mta-stsd\".* = 0/d" $trace; done
'
"""

#: What the run must show, or strace has seen too little.
EXPECTED = [
    ("/etc/mta-stsd/mta-stsd.yml", "r"),
    ("/etc/mta-stsd/overrides.yml", "r"),
    ("/etc/resolv.conf", "r"),
    ("/etc/ssl/certs/ca-certificates.crt", "r"),
    ("/var/lib/mta-stsd/policies.db", "rwk"),
    ("/var/lib/mta-stsd/policies.db-wal", "rw"),
    ("/run/mta-stsd/control.sock", "w"),
    ("/run/mta-stsd/socketmap", "w"),
    ("/run/mta-stsd/http.sock", "w"),
    ("/var/spool/postfix/mta-stsd/socketmap", "w"),
    ("/run/systemd/notify", "w"),
]

#: Capabilities that a call of root's needs.
CAPABILITIES = {"setgroups": "setgid", "setresgid": "setgid", "setresuid": "setuid", "chown": "chown", "fchown": "chown"}
FAMILIES = {"AF_INET": "inet", "AF_INET6": "inet6", "AF_UNIX": "unix"}


class Uses:
    """files: {(path, permissions)}; networks: {(family, type)}; capabilities: {name}."""

    def __init__(self):
        self.files, self.networks, self.capabilities = set(), set(), set()

    def line(self, text):
        found = re.match(r"\d+\s+(\w+)\((.*)\)\s+= (-?\d+)(?:<(.*)>)?", text)
        if not found or int(found.group(3)) < 0:
            return
        call, arguments, _, opened = found.groups()
        quoted = re.findall(r'"((?:[^"\\]|\\.)*)"', arguments)
        if call in ("openat", "open"):
            self._open(arguments, opened)
        elif call in ("unlink", "unlinkat", "rename", "renameat", "renameat2", "mkdir", "rmdir", "chmod", "fchmodat",
                      "chown", "fchownat", "truncate", "link", "symlink"):
            for path in quoted:
                self._add(path, "w")
        elif call in ("bind", "connect", "sendto", "sendmsg"):
            for path in re.findall(r'sun_path="([^"]*)"', arguments):
                self._add(path, "w")
        elif call == "fcntl" and re.search(r"F_(OFD_)?SETLK", arguments):
            self._add(re.match(r"\d+<(.*?)>", arguments).group(1), "k")
        elif call == "mmap" and "PROT_EXEC" in arguments:
            for path in re.findall(r"\d+<(/.*?)>", arguments):
                self._add(path, "m")
        elif call == "socket":
            family = FAMILIES.get(arguments.split(",")[0])
            kind = "stream" if "SOCK_STREAM" in arguments else "dgram" if "SOCK_DGRAM" in arguments else "raw"
            self.networks.add((family, kind))
        if call in CAPABILITIES:
            self.capabilities.add(CAPABILITIES[call])

    def _open(self, arguments, opened):
        if "O_PATH" in arguments or not opened or not opened.startswith("/"):
            return
        writes = re.search(r"O_WRONLY|O_RDWR|O_CREAT", arguments)
        reads = "O_WRONLY" not in arguments
        self._add(opened, ("r" if reads else "") + ("w" if writes else ""))

    def _add(self, path, permissions):
        if path.startswith("/"):
            self.files.add((path.removesuffix(" (deleted)").removesuffix("(deleted)"), permissions))


def uses(package, home):
    (home / "traced").mkdir()
    out = fine("unshare", "--mount", "--propagation", "private", "env", f"home={home}/traced", f"deb={package.deb}",
               f"options={STRACE}", "sh", "-c", SCENE)
    seen = Uses()
    for line in out.splitlines():
        seen.line(line)
    # AppArmor's names of folders end with a slash, strace's do not.
    folders = {path.rsplit("/", 1)[0] for path, _ in seen.files}
    seen.files = {(path + "/" if path in folders else path, permissions) for path, permissions in seen.files}
    return seen
