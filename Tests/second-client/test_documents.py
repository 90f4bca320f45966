#!/usr/bin/env python3
"""Holds Protocol/'s worked examples and tables against a program that was written from them. Needs no server.

Usage: python3 -m unittest discover -s Tests/second-client -p 'test_*.py'
"""
import base64
import copy
import json
import pathlib
import random
import re
import struct
import subprocess
import sys
import unittest
import zlib

import yaml

import ambit_protocol as protocol
from ambit_protocol import Mismatch

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOG = (ROOT / "Protocol/Log.md").read_text("utf-8")
EVENTS = (ROOT / "Protocol/Events.md").read_text("utf-8")


def offences(contract):
    """What breaks the Dutch government's API Design Rules (version 2), by the names that they have there."""
    found = set()

    def hold(rule, kept):
        if not kept:
            found.add(rule)

    def resolved(value):
        while "$ref" in value:
            place = contract
            for part in value["$ref"].removeprefix("#/").split("/"):
                place = place[part]
            value = place
        return value

    hold("doc-openapi", re.match(r"3\.", contract["openapi"]))
    # Whom to ask is for whoever runs a server to say: here would be an address that nobody answers.
    hold("doc-openapi-contact", "contact" not in contract["info"])
    hold("semver", re.fullmatch(r"\d+\.\d+\.\d+", contract["info"]["version"]))
    major = contract["info"]["version"].split(".")[0]
    hold("uri-version", [server["url"] for server in contract["servers"]] == [f"/v{major}"])
    hold("publish-openapi", "/openapi.json" in contract["paths"])
    for path, item in contract["paths"].items():
        hold("no-trailing-slash", not path.endswith("/"))
        hold("path-segments-kebab-case", all(re.fullmatch(r"\{[a-z]+\}|[a-z0-9-]+(\.[a-z]+)?", part) for part in path[1:].split("/")))
        if "servers" in item:  # Of whoever runs the server: no part of the interface.
            continue
        methods = item.keys() - {"parameters", "summary", "description"}
        hold("http-methods", methods <= {"get", "put", "post", "delete", "patch", "head", "options"})
        for method in methods:
            operation = item[method]
            answers = {status: resolved(answer) for status, answer in operation["responses"].items()}
            hold("version-header", all("API-Version" in answer.get("headers", {}) for answer in answers.values()))
            given = [resolved(parameter) for parameter in item.get("parameters", []) + operation.get("parameters", [])]
            hold("query-keys-camel-case", all(re.fullmatch(r"[a-z]+([A-Z][a-z]*)*", p["name"]) for p in given if p["in"] == "query"))
            failures = {status: answer for status, answer in answers.items() if status[0] not in "123"}
            hold("problem-details", failures and all(
                answer["content"].keys() == {"application/problem+json"} for answer in failures.values()))
            hold("invalid-input", "400" in failures or not given and "requestBody" not in operation)

    def properties(schema):
        if isinstance(schema, list):
            for part in schema:
                yield from properties(part)
        elif isinstance(schema, dict):
            named = schema.get("properties", {})
            yield from named
            for part in [*named.values(), *(value for name, value in schema.items() if name != "properties")]:
                yield from properties(part)

    hold("property-names-camel-case", all(re.fullmatch(r"[a-z]+([A-Z][a-z]*)*[0-9]*", name)
                                          for name in properties(contract["components"]["schemas"])))
    return found


class Contract(unittest.TestCase):
    """openapi.yaml, as far as it repeats what stands elsewhere, and keeps to rules of others."""

    contract = json.loads((ROOT / "Protocol/openapi.json").read_text("utf-8"))

    def test_json_is_made_of_the_yaml(self):
        written = yaml.safe_load((ROOT / "Protocol/openapi.yaml").read_text("utf-8"))
        self.assertEqual(self.contract, written, "run Tools/contract")

    def test_design_rules(self):
        self.assertEqual(offences(self.contract), set())

    def test_every_broken_design_rule_is_noticed(self):
        def broken(change):
            contract = copy.deepcopy(self.contract)
            change(contract)
            return offences(contract)

        state = "/agendas/{agenda}/state"
        for rule, change in {
            "doc-openapi": lambda c: c.update(openapi="2.0"),
            "doc-openapi-contact": lambda c: c["info"].update(contact={"name": "", "url": "/"}),
            "semver": lambda c: c["info"].update(version="1"),
            "uri-version": lambda c: c.update(servers=[{"url": "/"}]),
            "publish-openapi": lambda c: c["paths"].pop("/openapi.json"),
            "no-trailing-slash": lambda c: c["paths"].update({"/x/": c["paths"][state]}),
            "path-segments-kebab-case": lambda c: c["paths"].update({"/some_thing": c["paths"][state]}),
            "http-methods": lambda c: c["paths"][state].update(trace=c["paths"][state]["get"]),
            "version-header": lambda c: c["paths"][state]["get"]["responses"]["200"].pop("headers"),
            "query-keys-camel-case": lambda c: c["paths"][state]["get"]["parameters"][1].update(name="the_kind"),
            "problem-details": lambda c: c["components"]["responses"]["Problem"].update(content={"application/json": {}}),
            "invalid-input": lambda c: c["paths"][state]["get"]["responses"].pop("400"),
            "property-names-camel-case": lambda c: c["components"]["schemas"]["Problem"]["properties"].update(retry_after={}),
        }.items():
            self.assertIn(rule, broken(change), rule)

    def test_kinds_are_those_of_the_schemas(self):
        contract = (ROOT / "Protocol/openapi.yaml").read_text("utf-8")
        kinds = re.search(r"- name: kind\n.*?enum:\s+\[(.*?)\]", contract, re.S).group(1)
        schemas = {path.name.split(".")[0] for path in (ROOT / "Protocol/Schemas").glob("*.json")}
        self.assertEqual({kind.strip() for kind in kinds.split(",")}, schemas)


class WorkedExample(unittest.TestCase):
    """The example in Log.md."""

    entries = [line.strip().encode() for line in re.findall(r"^    \{\"specversion.*$", LOG, re.M)]
    note = re.search(r"^    (log\.example.*?— [^\n]*\n)", LOG, re.M | re.S).group(1).replace("\n    ", "\n")
    verifier_key = re.search(r"^    (log\.example\S+\+\S+)$", LOG, re.M).group(1)

    def value(self, name):
        return re.search(re.escape(f"| {name} | `") + "([0-9a-f]{64})`", LOG).group(1)

    def test_lengths_are_those_in_the_text(self):
        lengths = re.search(r"three entries of (\d+), (\d+) and (\d+) bytes", LOG).groups()
        self.assertEqual([str(len(entry)) for entry in self.entries], list(lengths))

    def test_leaves_and_root(self):
        for index, entry in enumerate(self.entries):
            self.assertEqual(protocol.sha256(b"\0" + entry).hex(), self.value(f"leaf {index}"))
        self.assertEqual(protocol.root(self.entries[:2]).hex(), self.value("node(leaf 0, leaf 1)"))
        self.assertEqual(protocol.root(self.entries).hex(), self.value("root = node(that, leaf 2)"))

    def test_checkpoint_is_signed_for_the_entries(self):
        size, root = protocol.verify_checkpoint(self.note, self.verifier_key)
        self.assertEqual((size, root), (3, protocol.root(self.entries)))

    def test_evidence_is_for_the_third_entry(self):
        file = re.search(r"^    (c2sp.org/tlog-proof.*?— [^\n]*\n)", LOG, re.M | re.S).group(1).replace("\n    ", "\n")
        written = base64.b64encode(self.entries[2]).decode()
        shown = re.search("extra (.*)…", file).group(1)
        self.assertTrue(written.startswith(shown))
        found = protocol.check_evidence(file.replace(shown + "…", written), self.verifier_key)
        self.assertEqual(found, (2, 3, self.entries[2]))

    def test_tiles_of_70000_entries_are_those_in_the_text(self):
        paths = {path for path, _ in protocol.tiles([b""] * 70_000)}
        last = {"tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112"}
        self.assertLessEqual(last, paths)
        self.assertEqual(len(paths), 2 * 274 + 2 + 1)
        self.assertEqual({"tile/0/000", "tile/1/000.p/1", "tile/entries/000"}, {p for p, _ in protocol.tiles([b""] * 256)})

    def test_altered_checkpoint_is_refused(self):
        for altered in (self.note.replace("\n3\n", "\n4\n"), self.note.replace("RJnQ", "RJnR"), self.note[:-1],
                        self.note.replace("— log", "— lag"), self.note.replace("w8AZOI", "w8AZOJ")):
            with self.assertRaises((Mismatch, ValueError)):
                protocol.verify_checkpoint(altered, self.verifier_key)

    def test_altered_verifier_key_is_refused(self):
        with self.assertRaises(Mismatch):
            protocol.read_verifier_key(self.verifier_key.replace("+c3c0", "+c3c1"))

    def test_fold_and_digest(self):
        state = protocol.State()
        for entry in self.entries:
            state.fold(entry)
        self.assertEqual(state.conflicts(), [("project/k3j9x2-1", "/phase")])
        self.assertIn(f"`{protocol.canonical(state.document('project/k3j9x2-1'))}`", LOG)
        self.assertIn(f"`{state.digest()}`", LOG)


class Rules(unittest.TestCase):
    def test_canonical_numbers(self):
        for value, text in ((-0.0, "0"), (1e21, "1e+21"), (1e20, "1" + 20 * "0"), (1e-6, "0.000001"), (1e-7, "1e-7"),
                            (123.456, "123.456"), (5e-324, "5e-324"), (-1.25e-9, "-1.25e-9"), (100.0, "100"),
                            (2 ** 53 - 1, "9007199254740991"), (333333333.33333329, "333333333.3333333")):
            self.assertEqual(protocol.canonical(value), text)

    def test_canonical_names_are_sorted_by_utf16(self):
        names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\u00f6"]
        expected = ["\r", "1", "\x80", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
        self.assertEqual(list(json.loads(protocol.canonical(dict.fromkeys(names, 0)))), expected)

    def entry(self, source, counter, basis, data, time="2026-01-01T00:00:00.000Z", recorded=None):
        return json.dumps({"id": str(counter), "source": source, "subject": "project/a-1", "time": time, "basis": basis,
                           "data": data, "recordedtime": recorded or "2026-01-02T00:00:00.000Z"})

    def folded(self, *entries):
        state = protocol.State()
        for entry in entries:
            state.fold(entry)
        return state

    def test_later_author_who_had_seen_wins_whatever_the_clocks_say(self):
        state = self.folded(self.entry("device/a", 1, 0, {"x": 1}, time="2026-01-01T09:00:00.000Z"),
                            self.entry("device/b", 1, 1, {"x": 2}, time="2020-01-01T00:00:00.000Z"))
        self.assertEqual((state.document("project/a-1"), state.conflicts()), ({"x": 2}, []))

    def test_author_who_had_not_seen_conflicts_and_equal_values_do_not(self):
        first = self.entry("device/a", 1, 0, {"x": 1, "y": 1})
        state = self.folded(first, self.entry("device/b", 1, 0, {"x": 2, "y": 1.0}))
        self.assertEqual(state.conflicts(), [("project/a-1", "/x")])

    def test_ties_go_by_time_then_source_then_counter_as_a_number(self):
        late = "2026-01-01T05:00:00.000Z"
        for other, winner in ((self.entry("device/b", 1, 0, {"x": 2}), 2),
                              (self.entry("device/b", 1, 0, {"x": 2}, time="2025-01-01T00:00:00.000Z"), 1),
                              # A fast clock counts no later than its arrival.
                              (self.entry("device/0", 1, 0, {"x": 2}, time="2099-01-01T00:00:00.000Z"), 2)):
            state = self.folded(self.entry("device/a", 9, 0, {"x": 1}), other)
            self.assertEqual(state.document("project/a-1")["x"], winner)
        capped = self.folded(self.entry("device/b", 1, 0, {"x": 1}, time=late, recorded=late),
                             self.entry("device/a", 1, 0, {"x": 2}, time="2099-01-01T00:00:00.000Z", recorded=late))
        self.assertEqual(capped.document("project/a-1")["x"], 1)

    def test_absent_leaves_and_empty_objects_do_not_show(self):
        state = self.folded(self.entry("device/a", 1, 0, {"a": {"b": 1}, "c": {}, "d": [1, {"e": None}]}),
                            self.entry("device/a", 2, 1, {"a": {"b": None}}))
        self.assertEqual(protocol.canonical(state.document("project/a-1")), '{"d":[1,{"e":null}]}')

    def test_object_shows_when_a_shorter_path_has_a_value_too(self):
        state = self.folded(self.entry("device/a", 1, 0, {"a": 1}), self.entry("device/a", 2, 1, {"a": {"b": 2}}))
        self.assertEqual(state.document("project/a-1"), {"a": {"b": 2}})

    def test_stack_gives_the_root_of_the_definition(self):
        def defined(entries):
            if len(entries) < 2:
                return protocol.sha256(b"\0" + entries[0]) if entries else protocol.sha256(b"")
            half = 1 << (len(entries) - 1).bit_length() - 1
            return protocol.sha256(b"\1" + defined(entries[:half]) + defined(entries[half:]))

        entries = [str(n).encode() for n in range(70)]
        for size in range(70):
            self.assertEqual(protocol.root(entries[:size]), defined(entries[:size]))

    def test_ed25519_vectors_of_rfc_8032(self):
        for key, message, signature in (
            ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
             "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
             "d25bf5f0595bbe24655141438e7a100b"),
            ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
             "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
             "387b2eaeb4302aeeb00d291612bb0c00"),
        ):
            key, message, signature = map(bytes.fromhex, (key, message, signature))
            self.assertTrue(protocol.ed25519_verify(key, message, signature))
            self.assertFalse(protocol.ed25519_verify(key, message + b"x", signature))
            self.assertFalse(protocol.ed25519_verify(key, message, signature[:-1] + b"\x7f"))


def member(first, entries):
    text = b"".join(entry + b"\n" for entry in entries)
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    run = deflate.compress(text) + deflate.flush(zlib.Z_FULL_FLUSH) + b"\x03\x00"
    header = protocol.MEMBER_HEADER.pack(
        b"\x1f\x8b", 8, 4, 0, 0, 255, 20, b"AM", 16, 40 + len(run), first, len(entries))
    return header + run + struct.pack("<II", zlib.crc32(text), len(text))


class SegmentMembers(unittest.TestCase):
    def test_stream_is_cut_at_its_members(self):
        parts = [(0, [b"a", b"b"]), (2, [b"c"])]
        stream = b"".join(member(first, entries) for first, entries in parts)
        self.assertEqual(list(protocol.segment_members(stream)), parts)
        self.assertEqual(zlib.decompress(stream[:len(member(*parts[0]))], 31), b"a\nb\n")

    def test_any_cut_or_altered_stream_is_noticed(self):
        whole = member(0, [b"one", b"two"])
        seed = random.randrange(2 ** 32)
        chance = random.Random(seed)
        for length in range(1, len(whole)):
            with self.assertRaises((Mismatch, zlib.error), msg=f"cut at {length}"):
                list(protocol.segment_members(whole[:length]))
        for _ in range(200):
            # Not the position: that one is checked against what comes before it.
            place = chance.choice([p for p in range(len(whole)) if p not in range(4, 10) and p not in range(20, 28)])
            altered = bytearray(whole)
            altered[place] ^= 1 << chance.randrange(8)
            try:
                read = list(protocol.segment_members(bytes(altered)))
            except (Mismatch, zlib.error):
                continue
            self.assertEqual(read, [(0, [b"one", b"two"])], f"seed {seed}, byte {place}")


class Catalogue(unittest.TestCase):
    """The tables in Events.md against the schemas, which are written from the server's own table."""

    rows = [[cell.strip() for cell in row.strip("|").split("|")]
            for row in re.findall(r"^\| \*?[a-z]+\.[a-z-]+\*? \|.*$", EVENTS, re.M)]
    schemas = {file.stem: json.loads(file.read_text("utf-8"))
               for file in (ROOT / "Protocol/Schemas").glob("*.*.json")}

    @staticmethod
    def names(cell):
        plain = re.sub(r" = [^,]*| \([^)]*\)", "", cell)
        return {name.strip() for name in plain.split(",") if name.strip()}

    def test_types_are_the_same(self):
        self.assertEqual(sorted(row[0].strip("*") for row in self.rows), sorted(self.schemas))

    def test_fields_are_the_same(self):
        for type_, _, must, may in self.rows:
            data = self.schemas[type_.strip("*")]["properties"]["data"]
            self.assertEqual(set(data["properties"]), self.names(must) | self.names(may), type_)
            self.assertEqual(set(data.get("required", [])), self.names(must), type_)


class Links(unittest.TestCase):
    """What documents refer to is there: files, headings, and sections that are named in words."""

    documents = [path for path in ROOT.rglob("*.md") if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)]

    @staticmethod
    def headings(path):
        return re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.M | re.S), re.M)

    @classmethod
    def anchors(cls, path):
        """The names that a heading gets on the web: small letters, without punctuation, hyphens for spaces."""
        plain = (re.sub(r"[^\w -]", "", heading.lower()) for heading in cls.headings(path))
        return {heading.replace(" ", "-") for heading in plain}

    def links(self):
        for document in self.documents:
            text = re.sub(r"^    .*$", "", document.read_text("utf-8"), flags=re.M)
            for target in re.findall(r"\]\(([^)\s]+)\)", text):
                if not re.match(r"[a-z]+:", target):
                    yield document, target

    def test_relative_links_lead_somewhere(self):
        count = 0
        for document, target in self.links():
            path, _, anchor = target.partition("#")
            found = (document.parent / path).resolve() if path else document
            self.assertTrue(found.exists(), f"{document.relative_to(ROOT)}: {target}")
            if anchor:
                self.assertIn(anchor, self.anchors(found), f"{document.relative_to(ROOT)}: {target}")
            count += 1
        self.assertGreater(count, 50)

    def test_sections_that_are_named_are_there(self):
        named = {path.name: path for path in self.documents if path.parent in (ROOT, ROOT / "Protocol")}
        sources = [path for folder in ("Sources", "Tests", "Tools") for path in (ROOT / folder).rglob("*")
                   if path.suffix in (".swift", ".py") and path != pathlib.Path(__file__).resolve()]
        count = 0
        for source in [*self.documents, *sources]:
            text = re.sub(r"\n\s*(///?|#)?\s*", " ", source.read_text("utf-8"))
            for name, section in re.findall(r"\b(\w+\.md)\)?, \"([A-Z][^\"]+)\"", text):
                if name in named:
                    self.assertIn(section, self.headings(named[name]), f"{source.relative_to(ROOT)}: {name}")
                    count += 1
        self.assertGreater(count, 20)

    def test_what_documents_name_in_the_code_is_there(self):
        """Types, and paths of modules, folders and files, between backticks."""
        swift = "\n".join(path.read_text("utf-8") for folder in ("Sources", "Tests") for path in (ROOT / folder).rglob("*.swift"))
        declared = set(re.findall(r"\b(?:struct|class|enum|actor|protocol|extension|typealias|case|func|let|var) (\w+)", swift))
        folders = {path.name for path in (ROOT / "Sources").rglob("*") if path.is_dir()}
        for document in (ROOT / "README.md", ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md"):
            text = re.sub(r"^    .*$", "", document.read_text("utf-8"), flags=re.M)
            for name in re.findall(r"`([A-Za-z][\w./-]*)`", text):
                where = f"{document.name}: {name}"
                if re.fullmatch(r"[A-Z]\w*(\.\w+)?", name) and name not in folders and not (ROOT / name).exists():
                    self.assertTrue(set(name.split(".")) <= declared, where)
                elif "/" in name and name.split("/")[0] in {path.name for path in [*ROOT.iterdir(), *(ROOT / "Sources").iterdir()]}:
                    self.assertTrue((ROOT / name).exists() or (ROOT / "Sources" / name).exists(), where)


class Modules(unittest.TestCase):
    """The picture of the modules in ARCHITECTURE.md against Package.swift."""

    def test_modules_import_from_below_only(self):
        lines = re.search(r"A module imports only .*?\n\n((?:    .*\n)+)", (ROOT / "ARCHITECTURE.md").read_text("utf-8")).group(1)
        levels = {name: level for level, line in enumerate(lines.splitlines()) for name in re.split(r"  +", line)[-1].split(", ")}
        package = (ROOT / "Package.swift").read_text("utf-8")
        targets = re.findall(r'\.(?:executableT|t)arget\(\s*name: "(\w+)",(.*?)swiftSettings', package, re.S)
        modules = {name: set(re.findall(r'"(\w+)"', rest)) for name, rest in targets if "path:" not in rest}
        self.assertEqual(set(modules), set(levels))
        for name, imports in modules.items():
            for other in imports & set(levels):
                self.assertGreater(levels[other], levels[name], f"{name} imports {other}")


class Examples(unittest.TestCase):
    def check(self, *files):
        command = [sys.executable, ROOT / "Tools/check_examples.py", *files]
        return subprocess.run(command, capture_output=True, text=True)

    def test_examples_pass_their_check(self):
        check = self.check()
        self.assertEqual(check.returncode, 0, check.stderr)

    def test_fieldwork_alone_does_not(self):
        check = self.check(ROOT / "Protocol/Examples/fieldwork.ndjson")
        self.assertEqual(check.returncode, 1)
        self.assertIn("is not defined above this line", check.stderr)


if __name__ == "__main__":
    unittest.main()
