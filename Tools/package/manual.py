#!/usr/bin/env python3
"""Writes man pages of a program from what its argument parser says of itself.

ambit --experimental-dump-help | python3 manual.py FOLDER VERSION DATE

One page for each command: ambit.1, ambit-agenda.1, ambit-agenda-create.1. Nothing in them is written by hand, so that they
say what the program does.
"""

import json
import sys
from pathlib import Path

PROJECT = "Ambit"
SECTION = "1"


def text(words):
    """Plain text as troff prints it: nothing in it is taken for a request or an escape."""
    lines = words.replace("\\", "\\e").replace("-", "\\-").splitlines()
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in lines)


def argument(value):
    """Text as one argument of a request."""
    return '"' + text(value).replace('"', '\\(dq') + '"'


def paragraphs(words):
    """Each paragraph as it is; lines that begin with the program's name are examples."""
    parts = []
    for block in words.split("\n\n"):
        example = all(line.startswith("ambit ") for line in block.splitlines())
        body = ".RS 4\n.nf\n" + text(block) + "\n.fi\n.RE" if example else text(block)
        parts.append(".PP\n" + body)
    return "\n".join(parts)


def spelling(name):
    return {"long": "--", "short": "-", "longWithSingleDash": "-"}[name["kind"]] + name["name"]


def signature(item):
    """An argument as it is typed, in bold and italics."""
    value = "\\fI" + text(item["valueName"]) + "\\fR" if item.get("valueName") else ""
    if item["kind"] == "positional":
        return value
    names = ", ".join("\\fB" + text(spelling(name)) + "\\fR" for name in item["names"])
    return names + (" " + value if item["kind"] == "option" else "")


def is_of_every_command(item):
    return item.get("preferredName", {}).get("name") in ("help", "version")


def synopsis(item):
    if item["kind"] == "positional":
        shown = signature(item)
    else:
        shown = "\\fB" + text(spelling(item["preferredName"])) + "\\fR"
        shown += " \\fI" + text(item["valueName"]) + "\\fR" if item["kind"] == "option" else ""
    shown += " ..." if item["isRepeating"] else ""
    return "[" + shown + "]" if item["isOptional"] else shown


def described(item):
    words = [part for part in (item.get("abstract"), item.get("discussion")) if part]
    if item.get("allValues"):
        words.append("One of " + ", ".join(item["allValues"]) + ".")
    if item.get("defaultValue"):
        words.append("Default: " + item["defaultValue"] + ".")
    return ".TP\n" + signature(item) + "\n" + text(" ".join(" ".join(words).split()))


def shown_subcommands(command):
    """The parser adds a `help` of its own to that of the program, which comes first."""
    found = {}
    for sub in command.get("subcommands", []):
        if sub.get("shouldDisplay", True):
            found.setdefault(sub["commandName"], sub)
    return list(found.values())


def page(command, path, version, date):
    """The page of one command, whose words are `path`."""
    name = "-".join(path)
    shown = [item for item in command.get("arguments", []) if item["shouldDisplay"]]
    subcommands = shown_subcommands(command)
    parts = [
        f'.TH {argument(name.upper())} {SECTION} {argument(date)} {argument(PROJECT + " " + version)} '
        f'{argument("The agenda of a city or region")}',
        ".SH NAME",
        text(name) + " \\- " + text(command.get("abstract", "").split("; ")[0].rstrip(".")),
        ".SH SYNOPSIS",
        ".B " + text(" ".join(path)),
    ]
    parts += [synopsis(item) for item in shown if not is_of_every_command(item)]
    parts += ["\\fIcommand\\fR"] if subcommands else []
    parts += [".SH DESCRIPTION", paragraphs(command.get("abstract", ""))]
    parts += [paragraphs(command["discussion"])] if command.get("discussion") else []
    if subcommands:
        parts.append(".SH COMMANDS")
        for sub in subcommands:
            parts.append(f".TP\n\\fB{text('-'.join(path + [sub['commandName']]))}\\fR({SECTION})\n{text(sub.get('abstract', ''))}")
    if shown:
        parts.append(".SH OPTIONS")
        parts += [described(item) for item in shown]
    others = [path[:-1]] if len(path) > 1 else []
    others += [path + [sub["commandName"]] for sub in subcommands]
    if len(path) > 1:
        parts.append(".SH EXIT STATUS\nAs of \\fBambit\\fR(1).")
    if others:
        parts.append(".SH SEE ALSO\n" + ",\n".join(f"\\fB{text('-'.join(other))}\\fR({SECTION})" for other in others))
    return "\n".join(parts) + "\n"


def write(command, path, folder, version, date):
    (folder / f"{'-'.join(path)}.{SECTION}").write_text(page(command, path, version, date), encoding="utf-8")
    for sub in shown_subcommands(command):
        write(sub, path + [sub["commandName"]], folder, version, date)


def main():
    folder, version, date = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    command = json.load(sys.stdin)["command"]
    write(command, [command["commandName"]], folder, version, date)


if __name__ == "__main__":
    main()
