# SPDX-License-Identifier: MIT
"""What README and docs/ say to type, do and expect: each block of each page is run, or checked as what it is.

world/pages.py tells how a page is written, world/guide.py what the commands meet.
"""
import contextlib
import pathlib
import re
import time

from world import pages, unpack
from world.case import case
from world.dns import NOT_VALIDATING
from world.guide import Guide
from world.process import Failed, expect, expect_equal

#: Commands that are not run here, why, and what is checked instead: that these files of the tree exist.
NOT_RUN = [
    (r"packaging/build-deb\b.*", "tests/packaging builds the package", ["packaging/build-deb", "tests/packaging/run"]),
    (r"(git archive|rpmbuild) .*mta-stsd\b.*", "tests/packaging builds the RPM package", ["packaging/rpm/mta-stsd.spec"]),
    (r"(sudo )?apt install \./build/deb/mta-stsd_\*\.deb", "tests/packaging installs it", ["tests/packaging/run"]),
    (r"tools/(run|test|bench)\b.*", "builds for itself; tools/fresh runs it", ["tools/run", "tools/test", "tools/bench"]),
    (r"postfix-tlspol .*", "another program, which is not here", ["docs/migration.md"]),
    (r"systemctl (edit|enable|disable)\b.*", "there is no systemd in the tests' world", ["systemd/mta-stsd.socket"]),
]


def not_run(command):
    """The reason why a command is not run here, with what it names checked; None: it is run."""
    for pattern, reason, files in NOT_RUN:
        if re.fullmatch(pattern, command):
            for file in files:
                expect((unpack.TOP / file).exists(), f"there is no {file}")
            return reason
    return None


def wrong_with(guide, block, step, command):
    """Runs it; what is not as the page says, or None."""
    status, output = guide.run(command)
    told = f"{pages.relative(block.page)}:{step.line}: {step.command}\n{output}"
    if status not in step.statuses:
        return f"exit status {status} of {told}"
    problem = pages.differs(step.output, output.splitlines()) if block.kind == "console" else None
    return problem and f"{problem}\n{told}"


def run_steps(guide, block):
    for step in pages.steps(block):
        lines = step.command.splitlines()
        if all(not_run(line) for line in lines):
            continue
        command = "\n".join(line for line in lines if not not_run(line))
        problem = wrong_with(guide, block, step, command)
        end = time.monotonic() + 10
        while problem and "journalctl" in command and time.monotonic() < end:   # logs are written a little later
            time.sleep(0.1)
            problem = wrong_with(guide, block, step, command)
        expect(not problem, problem)


def postconf(world, block):
    """Postfix of either version takes each line, and a map that an older one does not take is marked as for 3.10."""
    newer_only = block.words == ["3.10"]
    for sender in [world.newer_sender] if newer_only else [world.sender, world.newer_sender]:
        told, complaints = sender.postconf_with(block.text)
        expect(not complaints, f"{block}: Postfix {sender.version}: {complaints}")
        for line in filter(None, block.text.splitlines()):
            if not line.startswith((" ", "#")):
                name, _, value = (part.strip() for part in line.partition("="))
                expect(told.get(name, "").startswith(value), f"{block}: Postfix {sender.version}: {line}")
    if not newer_only:
        expect(not re.search(r":(postfix-tlsrpt|postfix-dane-tlsrpt|QUERYwithTLSRPT)$", block.text, re.MULTILINE),
               f"{block}: a map for Postfix 3.10 in lines for any")
    for name in re.findall(r"socketmap:inet:127\.0\.0\.1:8461:(\S+)", block.text):
        reply = world.newer_sender.postmap("example.com", f"socketmap:inet:127.0.0.1:8461:{name}")
        expect(reply[0].startswith("secure match=mx1.example.com:"), f"{block}: the map {name} says {reply}")


def settings(guide, block):
    """Settings and overrides that mta-stsd takes."""
    file = guide.folder / "checked.yml"
    if block.words == ["prometheus.yml"]:   # promtool checks the rules that it names: tests/monitoring
        expect((unpack.TOP / "packaging/monitoring/alerts.yml").exists(), f"{block}: there are no rules")
        return
    expect(block.words in (["mta-stsd.yml"], ["overrides.yml"]), f"{block}: which file is this?")
    text = block.text
    if block.words == ["overrides.yml"]:
        (guide.folder / "overrides.yml").write_text(text)
        text = f"overrides: {guide.folder}/overrides.yml\n"
    file.write_text(text)
    status, output = guide.run(f"mta-stsd --check-config -c {file}")
    expect_equal(status, 0, f"{block}: {output}")


def unit(block):
    """A drop-in: its unit is there, and systemd knows its keys."""
    expect(len(block.words) == 1, f"{block}: of which unit?")
    path = unpack.TOP / "systemd" / block.words[0]
    expect(path.exists(), f"{block}: there is no unit {block.words[0]}")
    known = {"Socket": {"ListenStream", "SocketUser", "SocketGroup", "SocketMode", "DirectoryMode"},
             "Service": {"LimitNOFILE", "Environment", "ReadWritePaths"}}
    section = None
    for line in filter(None, block.text.splitlines()):
        if line.startswith("["):
            section = line.strip("[]")
            expect(section in known, f"{block}: {line}")
        else:
            expect(line.split("=")[0] in known[section], f"{block}: {line}")


CHECKS = {
    "console": lambda world, guide, block: run_steps(guide, block),
    "sh": lambda world, guide, block: run_steps(guide, block),
    "main.cf": lambda world, guide, block: postconf(world, block),
    "yaml": lambda world, guide, block: settings(guide, block),
    "ini": lambda world, guide, block: unit(block),
    "text": lambda world, guide, block: listed(block),
}


def check(world, path):
    """Every block of a page; all that is wrong with them is told."""
    problems = []
    with Guide.of(world) as guide:
        for block in pages.blocks(path):
            try:
                expect(block.kind in pages.KINDS, f"{block}: a block of kind {block.kind!r}: neither run nor checked")
                CHECKS.get(block.kind, lambda *_: None)(world, guide, block)
            except Failed as failure:
                problems.append(str(failure))
    expect(not problems, "\n".join(problems))


#: Blocks of the kind text, of which nothing is checked, and why.
UNCHECKED = {"docs/architecture.md": "arrows between folders",
             "docs/troubleshooting.md": "a line that Postfix writes after 100 seconds"}


def listed(block):
    expect(str(pages.relative(block.page)) in UNCHECKED, f"{block}: a block of text that is not listed with a reason")


def register(path):
    def page_holds(world):
        check(world, path)
    page_holds.__name__ = path.stem.lower().replace("-", "_")
    case(f"{pages.relative(path)}: each command does what the page says, each configuration is taken")(page_holds)


for page in pages.pages():
    register(page)


#: What stands for something in a command within the text.
PLACEHOLDERS = {"DOMAIN": "example.com", "FILE": "/etc/mta-sts-daemon.yml"}


def commands_in_text(guide):
    """Whole commands in the text of the pages: not the mere name of one that needs more."""
    known = pages.commands_of(guide.run("mta-stsctl --help")[1])
    for code in sorted({code for path in pages.pages() for code in pages.code_in(path.read_text())}):
        program, *words = code.split() or [""]
        if program not in ("mta-stsctl", "mta-stsd", "postconf", "postfix", "postqueue", "systemctl") or not words:
            continue
        bare = program == "mta-stsctl" and known.get(tuple(words), False)
        if bare or words in (["--json"], ["-c"]) or not_run(code):
            continue
        yield code, " ".join([program, *(PLACEHOLDERS.get(word, word) for word in words)])


@case("README and docs/: commands within the text can be typed as they stand there")
def in_text(world):
    problems = []
    with Guide.of(world) as guide:
        for code, command in commands_in_text(guide):
            status, output = guide.run(command)
            if status not in (0, 1):
                problems.append(f"{code}: exit status {status}: {output}")
    expect(not problems, "\n".join(problems))


@case("docs/: the metrics that are told are those that there are")
def metrics(world):
    with Guide.of(world) as guide:
        known = {line.split()[2] for line in guide.metrics().splitlines() if line.startswith("# TYPE ")}
    table = pages.table(pages.page("operating.md"), "metrics")
    for name, told in (("operating.md", {row[0].strip("`") for row in table}),
                       ("monitoring.md", set(re.findall(r"`(mta_stsd_\w+)`", pages.page("monitoring.md").read_text())))):
        expect(told == known, f"docs/{name} and /metrics differ: {sorted(told ^ known)}")


#: The mails whose lines of Postfix's log the pages show: to whom, and by the newer Postfix.
MAILS = [("user@example.com", False), ("user@wrong-name.example", False), ("user@self-signed.example", True),
         ("user@expired.example", False), ("user@no-starttls.example", True), ("old-tls@example.com", False),
         ("postfix-tlsrpt@moved.example", True), ("postfix-tlsrpt@example.com", False), ("no-ca@example.com", False),
         ("unknown-map@example.com", False), ("no-socket@example.com", True), ("forbidden-socket@example.com", False),
         ("no-dnssec@example.net", False), ("postfix-dane@wrong-key.example.net", True), ("user@partner.example", False),
         ("postfix-dane@no-tlsa-answer.example.net", False), ("postfix-dane@tlsa-fails.example.net", True),
         ("postfix-dane@some.example.net", True)]


@contextlib.contextmanager
def other_resolver():
    """Postfix asks a resolver that does not validate."""
    conf = pathlib.Path("/etc/resolv.conf")
    before = conf.read_text()
    conf.write_text(f"nameserver {NOT_VALIDATING}\n")
    try:
        yield
    finally:
        conf.write_text(before)


def send_all(world, mails):
    queued = [((world.newer_sender if newer else world.sender), recipient, newer) for recipient, newer in mails]
    queued = [(sender, sender.send(recipient)) for sender, recipient, _ in queued]
    return [sender.outcome(queue_id) for sender, queue_id in queued]


@case("docs/: the lines of Postfix's log are those of Postfix, and no reason why these mails wait is left out")
def postfix_log(world):
    before = {sender: len(sender.logged()) for sender in (world.sender, world.newer_sender)}
    with Guide.of(world) as guide:
        guide.run("mta-stsctl override add partner.example defer")
        outcomes = send_all(world, MAILS)
        with other_resolver():
            outcomes += send_all(world, [("other-resolver@example.net", False)])
        guide.daemon.stop()
        outcomes += send_all(world, [("user@example.net", False)])
    logged = [line for sender, lines in before.items() for line in sender.logged()[lines:]]
    shown = [(block, line) for path in pages.pages() for block in pages.blocks(path) if block.kind == "postfix-log"
             for line in block.text.splitlines()]
    expect(shown, "no page shows a line of Postfix's log")
    missing = [f"{block}: not in Postfix's log: {line}" for block, line in shown
               if not any(re.fullmatch(pages.pattern_of(line), one) for one in logged)]
    patterns = [pages.pattern_of(line) for _, line in shown]
    untold = [f"not in docs/troubleshooting.md: {outcome}" for outcome in outcomes if outcome.status != "sent"
              and not any(re.fullmatch(pattern, f" status=deferred ({outcome.text})") for pattern in patterns)]
    expect(not missing + untold, "\n".join(missing + untold))
