#!/usr/bin/env python3
"""Holds the sources against Package.swift, names against what they name, and functions against a bound.

    Tools/check_targets.py        says what is wrong, and ends with 1 when anything is

A target declares each module that it imports, the package's own and others', and imports each that it declares. SwiftPM
checks the first only for modules of this package. A file is named after a type in it, or `Type+Role` where it extends
that type. A function has at most two parameters without a label, apart from a closure that comes last. A constant that
bounds something is named `maximum…`, as everywhere.
"""
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]

# What comes with Swift or the system, and cannot be declared.
SYSTEM = {"Darwin", "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Musl", "PackageDescription", "Swift", "Synchronization", "Testing"}

# Files that are named after no type, and why.
UNNAMED = {}

# How many parameters may have no label, and the files whose functions make the rows of a table, column by column.
MAXIMUM_UNLABELLED = 2
TABLES = {"Sources/AgendaModel/Catalogue/Catalogue+Building.swift", "Sources/Snapshots/Tables/Column.swift"}

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:struct|class|enum|actor|protocol|typealias|func|let|var)\s+)?(\w+)", re.MULTILINE)
TYPE = re.compile(r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:\w+)\s+)*?(?:struct|class|enum|actor|protocol|typealias)\s+(\w+)", re.MULTILINE)
EXTENSION = re.compile(r"^(?:@\w+\s+)*(?:(?:\w+)\s+)?extension\s+(\[?[\w.]+)", re.MULTILINE)

BOUND = re.compile(r"\bstatic\s+let\s+`?((?:most|longest|greatest)(?![a-z])\w*)")

FUNCTION = re.compile(r"\b(?:func\s+(\w+)|(init)[?!]?)\s*(?:<[^>(]*>)?\(")


def code(text):
    """The text without comments: a word in them is no declaration."""
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)


def files_of(target, root):
    """A target's Swift files."""
    usual = {"test": "Tests", "plugin": "Plugins"}.get(target["type"], "Sources")
    folder = root / (target.get("path") or f"{usual}/{target['name']}")
    roots = [folder / source for source in target.get("sources") or ["."]]
    excluded = [folder / path for path in target.get("exclude", [])]
    for file in sorted(file for place in roots for file in ([place] if place.is_file() else place.rglob("*.swift"))):
        if not any(file.is_relative_to(path) for path in excluded):
            yield file


def declared(target):
    """The modules that a target declares: a product is taken to have the name of its module."""
    for dependency in target["dependencies"]:
        (value,) = dependency.values()
        yield value[0]


def wrong_imports(manifest, root):
    """What targets import and do not declare, or the other way round."""
    for target in manifest["targets"]:
        if target["type"] in ("system", "binary", "plugin"):
            continue
        imported = {}
        for file in files_of(target, root):
            for module in IMPORT.findall(code(file.read_text())):
                imported.setdefault(module, file)
        names = set(declared(target))
        for module in sorted(imported.keys() - names - SYSTEM):
            yield f"{imported[module].relative_to(root)}: imports {module}, which {target['name']} does not declare"
        for module in sorted(names - imported.keys()):
            yield f"Package.swift: {target['name']} declares {module}, which it does not import"


def wrong_names(manifest, root, unnamed=frozenset(UNNAMED)):
    """Files that are named after nothing in them."""
    for target in manifest["targets"]:
        if target["type"] in ("system", "binary", "plugin"):
            continue
        for file in files_of(target, root):
            path = str(file.relative_to(root))
            if path in unnamed:
                continue
            text = code(file.read_text())
            name, plus, role = file.stem.partition("+")
            extended = {part for type in EXTENSION.findall(text) for part in (type, *type.lstrip("[").split("."))}
            if not plus and name not in TYPE.findall(text):
                yield f"{path}: has no type {name}; name it after a type in it"
            if plus and (not role or name not in extended):
                yield f"{path}: does not extend {name}"


def parameters(text, start):
    """The parameters of a function, from behind its opening parenthesis."""
    depth, begin = 0, start
    for place in range(start, len(text)):
        character = text[place]
        if depth == 0 and character in ",)":
            yield text[begin:place].strip()
            begin = place + 1
            if character == ")":
                return
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1


def crowded(manifest, root, tables=frozenset(TABLES)):
    """Functions of the product with more parameters without a label than a reader keeps apart."""
    for target in manifest["targets"]:
        if target["type"] in ("system", "binary", "plugin", "test"):
            continue
        for file in files_of(target, root):
            path = file.relative_to(root)
            if path.parts[0] != "Sources" or str(path) in tables:
                continue
            text = code(file.read_text())
            for found in FUNCTION.finditer(text):
                given = list(parameters(text, found.end()))
                if given and "->" in given[-1]:
                    given.pop()
                unlabelled = sum(bool(re.match(r"(?:@\w+\s+)*_\s+\w+\s*:", one)) for one in given)
                if unlabelled > MAXIMUM_UNLABELLED:
                    yield f"{path}: {found[1] or found[2]} has {unlabelled} parameters without a label; label them"


def wrong_bounds(manifest, root):
    """Constants that bound something, and have another name for that than the rest."""
    for target in manifest["targets"]:
        if target["type"] in ("system", "binary", "plugin"):
            continue
        for file in files_of(target, root):
            for name in BOUND.findall(code(file.read_text())):
                yield f"{file.relative_to(root)}: a constant is named {name}; name it maximum…"


def main():
    manifest = json.loads(subprocess.run(["swift", "package", "dump-package"], cwd=ROOT, check=True, capture_output=True).stdout)
    found = [*wrong_imports(manifest, ROOT), *wrong_names(manifest, ROOT), *crowded(manifest, ROOT), *wrong_bounds(manifest, ROOT)]
    for line in found:
        print(line)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
