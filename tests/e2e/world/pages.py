# SPDX-License-Identifier: MIT
"""The documentation's pages and what stands in them: fenced blocks, tables, code in the text.

The word after the three backticks says what a block is, and so what a test does with it:

    console               commands after "$ ", each followed by what it prints; run, output and exit status compared
    sh                    commands that print nothing of interest; run, the exit status must be 0
    main.cf, main.cf 3.10 lines for Postfix's main.cf, for any Postfix or from that version on
    yaml FILE             settings or overrides as FILE would have them (mta-stsd.yml, overrides.yml), or alerts and
                          scrape settings for Prometheus (prometheus.yml)
    ini UNIT              lines for a drop-in of that systemd unit
    postfix-log           lines of Postfix's log, which a mail of the tests causes
    text                  no command, no configuration: drawings

In a console block "..." stands for whatever, in a line or as a line. A command whose exit status is not 0 says so:
"# exit status 1", or "# exit status 0 or 1" where that depends on the host.
"""
import pathlib
import re

from .unpack import TOP

KINDS = {"console", "sh", "main.cf", "yaml", "ini", "postfix-log", "text"}


class Block:
    def __init__(self, page, line, info, text):
        self.page, self.line, self.text = page, line, text
        self.kind, *self.words = info.split() or [""]

    def __str__(self):
        return f"{self.page.relative_to(TOP)}:{self.line}"


class Step:
    """One command of a console block and what the page says that it does."""

    def __init__(self, command, line):
        told = re.search(r"\s+# exit status (\d)( or (\d))?$", command)
        self.statuses = {int(status) for status in told.group(1, 3) if status} if told else {0}
        self.command, self.line, self.output = command[:told.start()] if told else command, line, []


def pages():
    return [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]


def page(name):
    return TOP / "docs" / name


def blocks(path):
    """The fenced blocks of a page, and those that are indented by four spaces, as "indented"."""
    found, inside, start, before = [], None, 0, ""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if inside is not None:
            if line.strip() == "```":
                found.append(Block(path, start, inside[0], "\n".join(inside[1:]) + "\n"))
                inside = None
            else:
                inside.append(line)
        elif line.lstrip().startswith("```"):
            inside, start = [line.strip()[3:]], number
        elif line.startswith("    ") and not before.strip() and line.strip():
            found.append(Block(path, number, "indented", line))
        before = line
    if inside is not None:
        found.append(Block(path, start, "unclosed", ""))
    return found


def steps(block):
    """The commands of a console block; of a block of kind sh: one, the block."""
    if block.kind == "sh":
        return [Step(block.text.strip(), block.line)]
    found = []
    for number, line in enumerate(block.text.splitlines(), block.line + 1):
        if line.startswith("$ "):
            found.append(Step(line[2:], number))
        elif found and found[-1].command.endswith("\\"):
            found[-1].command += "\n" + line
        elif found:
            found[-1].output.append(line)
    return found


VARIABLE = [(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", r"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ"),
            (r"took_ms=\d+", r"took_ms=\\d+"), (r"(_s|_ms|uptime_s): \d+", r"\1: -?\\d+"),
            (r"pid=\d+", r"pid=\\d+")]


def pattern_of(line):
    """A line as a page shows it, as a regular expression: "..." for anything, times and durations for any."""
    expression = re.escape(line).replace(re.escape("..."), ".*").replace("\\-", "-").replace("\\ ", " ")
    for shown, any_of_them in VARIABLE:
        expression = re.sub(shown, any_of_them, expression)
    return expression


def differs(shown, printed):
    """The first line shown that is not there; None where the output is as the page says."""
    at = 0
    skipping = False
    for line in shown:
        if line.strip() == "...":
            skipping = True
            continue
        while at < len(printed) and not re.fullmatch(pattern_of(line.rstrip()), printed[at].rstrip()):
            if not skipping:
                return f"the page says {line!r}, the command {printed[at]!r}"
            at += 1
        if at == len(printed):
            return f"the page says {line!r}, which the command does not print"
        at += 1
        skipping = False
    if at < len(printed) and not skipping:
        return f"the command prints {printed[at]!r} too"
    return None


def table(path, mark):
    """The rows of the table that follows "<!-- tested: MARK -->", each a list of cells."""
    text = path.read_text()
    start = text.index(f"<!-- tested: {mark} -->")
    rows = []
    for line in text[start:].splitlines()[1:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return rows[2:]


def code_in(text):
    """Code within the text of a page, outside of fenced blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE))


def commands_of(usage):
    """The commands in `mta-stsctl --help`, each as a tuple of words, and whether it needs arguments."""
    lines = usage.split("\n\n")[1].splitlines()
    found = [re.match(r"  ([a-z -]+?)(?:  | ([A-Z]))", line) for line in lines]
    return {tuple(one.group(1).split()): bool(one.group(2)) for one in found if one}


def relative(path):
    return pathlib.Path(path).relative_to(TOP)
