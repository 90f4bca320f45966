#!/usr/bin/env python3
"""Holds the sources against Package.swift, and file names against what is in the files.

    Tools/check_targets.py        says what is wrong, and ends with 1 when anything is

A target declares each module that it imports, the package's own and others', and imports each that it declares. SwiftPM
checks the first only for modules of this package. A file is named after a type in it, or `Type+Role` where it extends
that type.
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

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?"
    r"import\s+(?:(?:struct|class|enum|actor|protocol|typealias|func|let|var)\s+)?(\w+)", re.MULTILINE)
TYPE = re.compile(r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:\w+)\s+)*?(?:struct|class|enum|actor|protocol|typealias)\s+(\w+)", re.MULTILINE)
EXTENSION = re.compile(r"^(?:@\w+\s+)*(?:(?:\w+)\s+)?extension\s+(\[?[\w.]+)", re.MULTILINE)


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


def main():
    manifest = json.loads(subprocess.run(["swift", "package", "dump-package"], cwd=ROOT, check=True, capture_output=True).stdout)
    found = [*wrong_imports(manifest, ROOT), *wrong_names(manifest, ROOT)]
    for line in found:
        print(line)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
