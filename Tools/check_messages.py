#!/usr/bin/env python3
"""Holds what the program says in errors and notes against its translations.

    Tools/check_messages.py          says what is wrong, and ends with 1 when anything is
    Tools/check_messages.py --add    adds what has no translation to the catalogues, to be filled in

What commands and options are for is told with `.told`, and `Sources/Wording/Help/help-nl.po` has it in Dutch. Errors are written in English where they happen. `Sources/Wording/Errors/nl.po`, a catalogue of gettext, has each of them
in Dutch. A message is a text of at least two words in a file of SCOPE; what stands for a value in it is a hole, `{1}`.
`Output.say` and `Output.note` translate what they are given; what else a command prints has to be in the reader's language
already, so English that is given to it is told too.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
CATALOGUE = "Sources/Wording/Errors/nl.po"
HELP = "Sources/Wording/Help/help-nl.po"

# What laptops and those who use them can be told. What is said only to who runs a server or a witness is in English.
SCOPE = [
    "SyncClient/**/*.swift", "AgendaModel/Catalogue/*.swift", "AgendaModel/Events/*.swift", "AgendaModel/Fold/*.swift",
    "AgendaModel/JSON/*.swift", "SyncProtocol/Problems/*.swift",
    "EventLog/Sequencing/*.swift", "EventLog/Administration/*.swift", "EventLog/Access/*.swift",
    "EventLog/Authorship/*.swift", "EventLog/Checking/*.swift", "EventLog/Erasing/*.swift", "EventLog/Guard/*.swift", "EventLog/**/Evidence.swift",
    "EventLog/Segments/*.swift", "EventLog/Signing/*.swift", "EventLog/Storage/*.swift", "EventLog/Tree/*.swift",
    "EventLog/Witness/CosignerKey.swift", "EventLog/Witness/WitnessRule.swift", "Deflate/*.swift",
    "EventLogSQLite/Checking/*.swift", "EventLogSQLite/Replica/*.swift", "EventLogSQLite/Store/*.swift",
    "LogClient/*.swift", "LogClient/Address/*.swift", "LogClient/Mirror/*.swift", "LogClient/Proxy/*.swift", "LogClient/Reading/*.swift",
    "LogClient/Requests/*.swift", "LogClient/Retrying/*.swift", "LogClient/Transport/*.swift",
    "Files/*.swift", "Projections/ProjectionError.swift", "Projections/Checking/*.swift", "Projections/Export/*.swift",
    "Projections/Folding/*.swift", "Projections/History/*.swift", "Projections/Past/*.swift", "Projections/StateFile/*.swift",
    "Snapshots/Database/*.swift",
    "Snapshots/Edits/*.swift", "Snapshots/Reading/*.swift", "Snapshots/Workbook/*.swift", "Snapshots/Zip/*.swift",
    "SyncServer/AccessControl/*.swift", "SyncServer/Answers/ProblemDetails*.swift", "SyncServer/Requests/Request+Body.swift",
    "SyncServer/**/RouteTable.swift", "SyncServer/**/SyncService+Answering.swift",
    "ambit/Replica/*.swift", "ambit/Reading/*.swift", "ambit/Support/*.swift", "ambit/Administration/*.swift", "ambit/Doctor/*.swift",
    "ambit/Page/*.swift", "ambit/Help/*.swift", "ambit/Proof/*.swift", "LaptopPage/DeskResponder.swift", "SyncServer/Server/ServerError+Listening.swift",
]

# How many letters a message has that begins with a hole: `TranslatedMessage.minimumLetterCount`.
SHORTEST = 6

# Calls whose words nobody is told who only uses the program: help, which is the parser's, and faults of the program itself.
SILENT = {
    "Argument", "ArgumentHelp", "CommandConfiguration", "Flag", "Option", "assert", "assertionFailure", "fatalError",
    "precondition", "preconditionFailure",
}

PROSE = re.compile(r"\b(a|[a-z]{2,})[,:;]? [a-z({]")
# Calls that print what they are given as it is, and calls whose answer is in the reader's language.
PRINTING = {"Output.line", "Output.text", "Output.table", "Output.aside"}
TRANSLATING = {"message", "words", "help", "Vocabulary.value", "Vocabulary.kind", "Vocabulary.plural", "Vocabulary.type"}
# Words, outside of holes and of commands to type.
WORDS = re.compile(r"[A-Za-z]{2,}")

# SQL, header fields, lines of formats, markup, commands to type, names in a row.
OTHER = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|DROP|ATTACH|VACUUM|WITH|BEGIN)\b|[\w/]+[;,] [\w-]+=|Bearer |cosignature/v1\n|SQLite format"
    r"|[^/]*</\w+>|[\w{}]+(, [\w{}\x22]+)+$|<\w+ |extra \{|\{1\}\n\{2\}index |ambit \w+ \{1\}( \{2\}|$)| ?--\w+ \{1\}"
    r"|ambit( [\w-]+){1,2}( (--format \w+|--?[\w-]+|[A-Z]{2,}|\{\d+\}))+$|(\{1\} &&|sudo|chmod|mv|rm|kill|psql) ")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", '"': '"', "'": "'", "\\": "\\"}


class Hole(str):
    """The Swift between `\\(` and `)`."""


def literal(source, start):
    """The parts of the string literal that begins at `start`, texts and holes, and where it ends."""
    quote = '"""' if source.startswith('"""', start) else '"'
    at, parts, text = start + len(quote), [], ""
    while not source.startswith(quote, at):
        if source.startswith("\\(", at):
            end, depth = at + 2, 1
            while depth:
                if source[end] == '"':
                    end = literal(source, end)[1]
                    continue
                depth += {"(": 1, ")": -1}.get(source[end], 0)
                end += 1
            parts += [text, Hole(source[at + 2:end - 1])]
            text, at = "", end
        elif source.startswith("\\u{", at):
            end = source.index("}", at)
            text, at = text + chr(int(source[at + 3:end], 16)), end + 1
        elif source[at] == "\\" and source[at + 1] == "\n":
            at += 2
            while source[at] == " ":
                at += 1
        elif source[at] == "\\":
            text, at = text + ESCAPES[source[at + 1]], at + 2
        else:
            text, at = text + source[at], at + 1
    parts.append(text)
    if quote == '"""':
        # The closing quotes say how far the text is indented.
        indent = re.search(r"[ ]*\Z", parts[-1]).group()
        parts = [part if isinstance(part, Hole) else part.replace("\n" + indent, "\n") for part in parts]
        parts[0] = parts[0].removeprefix("\n")
        parts[-1] = parts[-1].removesuffix("\n")
    return parts, at + len(quote)


def tokens(source):
    """Literals as lists of their parts, and names and single characters as they are."""
    at = 0
    while at < len(source):
        if source.startswith("//", at):
            at = source.find("\n", at) if "\n" in source[at:] else len(source)
        elif source.startswith("/*", at):
            at = source.index("*/", at) + 2
        elif re.match(r'#["/]', source[at:at + 2]):
            at = source.index(source[at + 1] + "#", at + 2) + 2
        elif source[at] == '"':
            parts, at = literal(source, at)
            yield parts
        elif word := re.compile(r"\w+").match(source, at):
            yield word.group()
            at = word.end()
        else:
            if not source[at].isspace():
                yield source[at]
            at += 1


def message(parts):
    """The text with its holes numbered."""
    holes = iter(range(1, len(parts) + 1))
    return "".join(f"{{{next(holes)}}}" if isinstance(part, Hole) else part for part in parts)


def messages(source):
    """All texts of a source; those that + joins are one."""
    found, calls, before, open_text = [], [], "", None

    def close():
        nonlocal open_text
        if open_text is not None and SILENT.isdisjoint(calls):
            found.append(message(open_text))
        open_text = None

    for token in tokens(source):
        if isinstance(token, list):
            if SILENT.isdisjoint(calls):
                for hole in token:
                    if isinstance(hole, Hole):
                        found += messages(hole)
            if before == "+" and open_text is not None:
                open_text = open_text + token
            else:
                close()
                open_text = token
            before = '"'
            continue
        if token == "+" and before == '"':
            before = "+"
            continue
        if before == "+" and open_text is not None:
            open_text = open_text + [Hole(token)]
        close()
        if token in "([{":
            calls.append(before if token == "(" else "")
        elif token in ")]}" and calls:
            calls.pop()
        before = token
    close()
    return found


def printed(source, around=()):
    """Texts with words that are printed as they are."""
    found, calls, last, before = [], list(around), "", ""
    for token in tokens(source):
        if isinstance(token, list):
            since = max((at for at, call in enumerate(calls) if call in PRINTING), default=None)
            if since is not None and TRANSLATING.isdisjoint(calls[since:]):
                if WORDS.search("".join(part for part in token if not isinstance(part, Hole))):
                    found.append(message(token))
                for hole in token:
                    if isinstance(hole, Hole):
                        found += printed(hole, calls)
            last = before = ""
            continue
        if token in "([{":
            calls.append(last if token == "(" else "")
        elif token in ")]}" and calls:
            calls.pop()
        if token == ".":
            before = last
        else:
            last = f"{before}.{token}" if before in ("Output", "Vocabulary") else token
            before = ""
    return found


def is_message(text):
    return bool(PROSE.search(text)) and not OTHER.match(text)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def unquoted(text):
    return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found.group(1), found.group(1)), text[1:-1])


def translations(text):
    """What a catalogue has: pairs of English and Dutch, in order."""
    pairs = []
    for line in text.splitlines():
        if line.startswith("msgid "):
            pairs.append([unquoted(line[6:]), ""])
        elif line.startswith("msgstr "):
            pairs[-1][1] = unquoted(line[7:])
    return pairs


def sources(root):
    for pattern in SCOPE:
        for path in sorted((root / "Sources").glob(pattern)):
            yield path.relative_to(root / "Sources"), path.read_text()


def helps(source):
    """What a source tells with `.told`, and what it tells otherwise that commands and options are for."""
    told, bare, calls, before, last, label = [], [], [], "", "", ""
    for token in tokens(source):
        if isinstance(token, list):
            if last == "+" and before == '"':
                found[-1] = found[-1] + token
            else:
                is_told = calls[-1:] == ["told"] and label in ("", "discussion")
                is_bare = label in ("abstract", "discussion", "help") and calls[-1:] != ["told"] or calls[-1:] == ["ArgumentHelp"] and not label
                found = told if is_told else bare if is_bare else []
                found.append(token)
            before, last = '"', '"'
            continue
        if token == ":":
            label = last
        elif token in "(,":
            label = ""
        if token in "([{":
            calls.append(last if token == "(" else "")
        elif token in ")]}" and calls:
            calls.pop()
        if token != "+":
            before = token
        last = token
    return [message(joined(parts)) for parts in told], [message(joined(parts)) for parts in bare]


def joined(parts):
    """Texts that + joins, as one."""
    whole = []
    for part in parts:
        if whole and not isinstance(part, Hole) and not isinstance(whole[-1], Hole):
            whole[-1] += part
        else:
            whole.append(part)
    return whole


def compared(catalogue, root, texts):
    """What is wrong with a catalogue, and what it does not have of (path, text, whether it has to be there)."""
    wrong, missing, used = [], [], set()
    pairs = translations((root / catalogue).read_text())
    known = dict(pairs)
    for path, text, counts in texts:
        used.add(text)
        if counts and not known.get(text) and text not in missing:
            missing.append(text)
            wrong.append(f"{path}: {quoted(text)} is not in {catalogue}")
    seen = set()
    for english, dutch in pairs:
        own = re.split(r"\{\d+\}", english)
        if len(own) > 1 and not own[0] and sum(map(len, re.findall(r"[^\W\d_]+", "".join(own)))) < SHORTEST:
            wrong.append(f"{catalogue}: {quoted(english)} has too few words of its own to be recognised; make it a Message")
        if english in seen:
            wrong.append(f"{catalogue}: {quoted(english)} is there twice")
        seen.add(english)
        if english not in used:
            wrong.append(f"{catalogue}: nothing says {quoted(english)}")
        if sorted(re.findall(r"\{\d+\}", english)) != sorted(re.findall(r"\{\d+\}", dutch)) and dutch:
            wrong.append(f"{catalogue}: {quoted(english)} has other holes than its translation")
    return wrong, missing


def check(root):
    """What is wrong, a line each, and by its catalogue what has no translation."""
    errors = [(path, text, is_message(text)) for path, source in sources(root) for text in messages(source)]
    wrong, missing = compared(CATALOGUE, root, errors)
    for path, source in sources(root):
        wrong += [f"{path}: {quoted(text)} is printed in English; say it with Output.say, or as a Message" for text in printed(source)]
    told = []
    for path in sorted((root / "Sources/ambit").rglob("*.swift")):
        texts, bare = helps(path.read_text())
        told += [(path.relative_to(root / "Sources"), text, True) for text in texts if text]
        wrong += [f"{path.relative_to(root / 'Sources')}: {quoted(text)} is help; tell it with .told" for text in bare]
    more, untold = compared(HELP, root, told)
    return wrong + more, {CATALOGUE: missing, HELP: untold}


def main():
    wrong, missing = check(ROOT)
    if "--add" in sys.argv[1:]:
        for catalogue, texts in missing.items():
            with open(ROOT / catalogue, "a") as file:
                for text in texts:
                    file.write(f"\nmsgid {quoted(text)}\nmsgstr \"\"\n")
            print(f"{len(texts)} added to {catalogue}")
        return
    for line in wrong:
        print(line)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
