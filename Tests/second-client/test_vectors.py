#!/usr/bin/env python3
"""Holds Protocol/Vectors, by which the Swift sources are tested too, against the second implementation.

Usage: python3 -m unittest discover -s Tests/second-client -p 'test_*.py'
"""
import base64
import json
import pathlib
import unittest

import ambit_protocol as protocol
from ambit_protocol import Mismatch

VECTORS = pathlib.Path(__file__).resolve().parents[2] / "Protocol/Vectors"


def vectors(name):
    return json.loads((VECTORS / name).read_text("utf-8"))


def folded(entries):
    state = protocol.State()
    for entry in entries:
        state.fold(entry)
    return state


class Vectors(unittest.TestCase):
    def test_canonical_values(self):
        for case in vectors("digest/values.json"):
            self.assertEqual(protocol.canonical(json.loads(case["json"])), case["canonical"], case["json"])

    def test_digests(self):
        for case in vectors("digest/digests.json"):
            state = folded(case["entries"])
            self.assertEqual(protocol.sha256(case["input"].encode()).hex(), case["sha256"], case["name"])
            self.assertEqual(state.digest(), case["sha256"], case["name"])

    def test_folds(self):
        for case in vectors("fold/logs.json"):
            state = folded(case["entries"])
            documents = {subject: protocol.canonical(state.document(subject)) for subject in state.subjects}
            self.assertEqual(documents, case["documents"], case["name"])
            conflicts = [(conflict["subject"], conflict["path"]) for conflict in case["conflicts"]]
            self.assertEqual(state.conflicts(), sorted(conflicts), case["name"])

    def test_tree(self):
        case = vectors("tree/roots.json")
        for leaf in case["leaves"]:
            self.assertEqual(protocol.sha256(b"\0" + leaf["entry"].encode()).hex(), leaf["hash"])
        for root in case["roots"]:
            entries = [f"entry {position}".encode() for position in range(root["size"])]
            self.assertEqual(protocol.root(entries).hex(), root["root"], root["size"])

    def test_erased_entries(self):
        case = vectors("erasure/entries.json")
        for one in case["tombstones"]:
            entry, left = one["entry"].encode(), one["tombstone"].encode()
            self.assertEqual(protocol.tombstone(entry, one["redaction"]), left, one["name"])
            self.assertEqual(protocol.read_tombstone(left), one["redaction"], one["name"])
            self.assertEqual(protocol.leaf(left), protocol.sha256(b"\0" + entry), one["name"])
            self.assertEqual(protocol.leaf(left), base64.b64decode(one["leaf"]), one["name"])
            with self.assertRaises(Mismatch):
                protocol.tombstone(left, one["redaction"])
        for one in case["invalid"]:
            with self.subTest(one["name"]), self.assertRaises((Mismatch, ValueError)):
                protocol.read_tombstone(one["line"].encode())

    def test_logs_with_erased_entries(self):
        for case in vectors("erasure/entries.json")["logs"]:
            before, after = ([entry.encode() for entry in case[name]] for name in ("entries", "after"))
            for erased in case["erased"]:
                position = erased["position"]
                self.assertEqual(after[position], protocol.tombstone(before[position], erased["redaction"]))
            self.assertEqual(protocol.check_erasures(after), len(case["erased"]), case["name"])
            self.assertEqual(protocol.root(before).hex(), case["root"], case["name"])
            self.assertEqual(protocol.root(after).hex(), case["root"], case["name"])
            state = folded(case["after"])
            documents = {subject: protocol.canonical(state.document(subject)) for subject in state.subjects}
            self.assertEqual(documents, case["documents"], case["name"])
            paths = {subject: state.erased(subject) for subject in state.subjects if state.erased(subject)}
            self.assertEqual(paths, case["erasedPaths"], case["name"])
            conflicts = [(conflict["subject"], conflict["path"]) for conflict in case["conflicts"]]
            self.assertEqual(state.conflicts(), conflicts, case["name"])
            self.assertEqual(state.digest(), case["digest"], case["name"])

    def test_erasures_need_their_redaction(self):
        case = vectors("erasure/entries.json")["logs"][0]
        after = [entry.encode() for entry in case["after"]]
        for altered in (after[:-1], after[:1] + after[1:2] * 2, after[1:]):
            with self.assertRaises(Mismatch):
                protocol.check_erasures(altered)

    def test_consistency_proofs(self):
        for case in vectors("tree/consistency.json")["proofs"]:
            first, second = (base64.b64decode(case[name]) for name in ("fromRoot", "toRoot"))
            hashes = [base64.b64decode(text) for text in case["hashes"]]

            def holds(hashes):
                return protocol.is_consistent(case["from"], first, case["to"], second, hashes)

            self.assertTrue(holds(hashes), case)
            self.assertFalse(holds(hashes + [first]), case)
            for index in range(len(hashes)):
                self.assertFalse(holds(hashes[:index] + hashes[index + 1:]), case)
                self.assertFalse(holds(hashes[:index] + [b"\0" * 32] + hashes[index + 1:]), case)

    def test_inclusion_proofs(self):
        for case in vectors("tree/inclusion.json")["proofs"]:
            position, size, root = case["position"], case["size"], base64.b64decode(case["root"])
            hashes = [base64.b64decode(text) for text in case["hashes"]]
            leaves = [protocol.sha256(f"\0entry {number}".encode()) for number in range(size)]
            self.assertEqual(protocol.inclusion_proof(leaves, position), hashes, case)

            def holds(hashes, position=position, size=size):
                return protocol.leads_to_root(leaves[case["position"]], position, size, root, hashes)

            self.assertTrue(holds(hashes), case)
            self.assertFalse(holds(hashes + [root]), case)
            self.assertFalse(holds(hashes, position + 1), case)
            self.assertFalse(holds(hashes, size), case)
            for index in range(len(hashes)):
                self.assertFalse(holds(hashes[:index] + hashes[index + 1:]), case)
                self.assertFalse(holds(hashes[:index] + [b"\0" * 32] + hashes[index + 1:]), case)

    def test_tile_paths(self):
        case = vectors("tiles/paths.json")
        for path in case["valid"]:
            content = path["content"] if path["content"] == "entries" else int(path["content"])
            parts = content, path["index"], path["width"]
            self.assertEqual(protocol.tile_path(*parts), path["path"])
            self.assertEqual(protocol.read_tile_path(path["path"]), parts, path["path"])
        for path in case["invalid"]:
            found = protocol.read_tile_path(path)
            # An index that no log can have is a number too; see test_tiles.
            self.assertTrue(found is None or found[1] >= 2 ** 55 - 1, path)

    def test_tiles(self):
        for log in vectors("tiles/tiles.json")["logs"]:
            entries = [f"entry {position}".encode() for position in range(log["size"])]
            self.assertEqual(protocol.root(entries), base64.b64decode(log["root"]), log["size"])
            tiles = dict(protocol.tiles(entries))
            counts = {}
            for path in tiles:
                content = path.split("/")[1]
                counts[content] = counts.get(content, 0) + 1
            self.assertEqual(counts, log["counts"], log["size"])
            for tile in log["tiles"]:
                data = tiles[tile["path"]]
                self.assertEqual((len(data), protocol.sha256(data).hex()), (tile["length"], tile["sha256"]), tile)
            for path in log["missing"]:
                self.assertNotIn(path, tiles, log["size"])

    def test_evidence_against_a_log(self):
        case = vectors("witness/evidence.json")
        for vector in case["valid"]:
            self.assertEqual(protocol.check_evidence_against(vector["evidence"]), vector["evidence"]["kind"], vector["name"])
        for vector in case["invalid"]:
            with self.subTest(vector["name"]), self.assertRaises((protocol.Mismatch, ValueError)):
                protocol.check_evidence_against(vector["evidence"])

    def test_evidence(self):
        for case in (vectors("tiles/evidence.json"), vectors("authorship/evidence.json")):
            for file in case["valid"]:
                entry = base64.b64decode(file["entry"]) if "entry" in file else None
                found = protocol.check_evidence(file["file"], case["vkey"], entry)
                self.assertEqual(found[:2], (file["position"], file["size"]), file["name"])
            for file in case["invalid"]:
                with self.subTest(file["name"]), self.assertRaises((Mismatch, ValueError)):
                    protocol.check_evidence(file["file"], case["vkey"])

    def test_checkpoints(self):
        case = vectors("checkpoints/notes.json")
        for note in case["valid"]:
            found = protocol.verify_checkpoint(note["note"], case["vkey"])
            self.assertEqual(found, (note["size"], bytes.fromhex(note["root"])), note["name"])
        for note in case["invalid"]:
            with self.subTest(note["name"]), self.assertRaises((Mismatch, ValueError)):
                protocol.verify_checkpoint(note["note"], case["vkey"])
        for key in case["invalidKeys"]:
            with self.subTest(key["name"]), self.assertRaises((Mismatch, ValueError)):
                protocol.read_verifier_key(key["vkey"])

    def test_authorship(self):
        file = vectors("authorship/logs.json")
        for case in file["logs"]:
            check = protocol.Authorship(file["origin"])
            for entry in case["entries"]:
                check.add(entry.encode())
            faults = [(fault["position"], fault["device"], fault["fault"]) for fault in case["faults"]]
            self.assertEqual(check.faults, faults, case["name"])
            unsigned = [(item["device"], item["hasKey"], item["count"], item["position"], item["recordedtime"])
                        for item in case["unsigned"]]
            self.assertEqual(check.unsigned(), unsigned, case["name"])
            self.assertEqual(check.unverifiable, case.get("unverifiable", 0), case["name"])

    def test_device_signatures_are_made_as_the_vector_was(self):
        file = vectors("authorship/logs.json")
        example, covered = file["example"], []
        for entry in example["entries"]:
            covered.append((int(json.loads(entry)["id"]), protocol.sha256(b"\0" + entry.encode())))
        seed = bytes.fromhex(example["seed"])
        self.assertEqual(protocol.ed25519_public_key(seed), base64.b64decode(example["key"]))
        message = protocol.signed_message(file["origin"], example["device"], covered)
        self.assertEqual(message.decode(), example["message"])
        data = protocol.sign(file["origin"], example["device"], covered, seed)
        self.assertEqual(data, json.loads(example["data"]))

    def test_segment_members(self):
        position = 0
        for first, entries in protocol.segment_members(base64.b64decode(vectors("gzip/members.json")["stream"])):
            self.assertEqual(first, position)
            for entry in entries:
                self.assertEqual(json.loads(entry)["id"], str(position + 1))
                position += 1
        self.assertGreater(position, 256)


if __name__ == "__main__":
    unittest.main()
