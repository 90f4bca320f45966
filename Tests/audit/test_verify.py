#!/usr/bin/env python3
"""Tools/verify.py against logs of every shape, good and bad, as files and over HTTP. Needs no server of ours.

    python3 Tests/audit/test_verify.py
"""
import contextlib
import importlib.util
import io
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import logs
from logs import protocol

ROOT = pathlib.Path(__file__).resolve().parents[2]
VERIFY = ROOT / "Tools/verify.py"
SIGNER = logs.Signer()

spec = importlib.util.spec_from_file_location("verify", VERIFY)
verify = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify)


class Case(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="ambit-verify."))
        self.addCleanup(shutil.rmtree, self.home)

    def run_main(self, *arguments):
        """Exit code, standard output and standard error of a run."""
        out, err, before = io.StringIO(), io.StringIO(), sys.argv
        sys.argv = ["verify.py", *map(str, arguments)]
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = verify.main()
        except SystemExit as exit_:
            code = exit_.code
        finally:
            sys.argv = before
        return code, out.getvalue(), err.getvalue()

    def holds(self, *arguments, key=SIGNER.vkey):
        code, out, err = self.run_main(*arguments, "--key", key)
        self.assertEqual((code, err), (0, ""), arguments)
        self.assertTrue(out.startswith("verified: "), out)
        return out

    def fails(self, code, words, *arguments, key=SIGNER.vkey):
        """Ends with this code, says these words, and not a word of something being verified."""
        found, out, err = self.run_main(*arguments, "--key", key)
        self.assertEqual(found, code, err or out)
        self.assertEqual(out, "")
        self.assertRegex(err, words)

    def mirror(self, shown, name="mirror", **more):
        folder = self.home / name
        shutil.rmtree(folder, ignore_errors=True)
        logs.write(folder, shown, SIGNER, **more)
        return folder


class Mirrors(Case):
    def test_logs_of_all_sizes(self):
        for size in [*range(1, 6), 255, 256, 257, 511, 512, 513, 700]:
            with self.subTest(size):
                out = self.holds("mirror", self.mirror(logs.entries(size)))
                self.assertIn(f"{size} entries of {logs.ORIGIN}", out)
                self.assertIn(logs.b64(protocol.root(logs.entries(size))), out)
        self.assertIn("0 entries", self.holds("mirror", self.mirror([])))

    def test_a_log_with_a_third_level(self):
        folder = self.mirror(logs.entries(65536 + 300))
        self.assertIn("65836 entries", self.holds("mirror", folder))
        for path in ("tile/2/000.p/1", "tile/1/000", "tile/1/001.p/1", "tile/0/257.p/44", "tile/entries/200"):
            data = (folder / path).read_bytes()
            (folder / path).write_bytes(data[:20] + bytes([data[20] ^ 1]) + data[21:])
            self.fails(2, "verify.py", "mirror", folder)
            (folder / path).write_bytes(data)
        self.holds("mirror", folder)

    def test_every_flipped_byte_is_found(self):
        folder = self.mirror(logs.entries(300))
        for size in (1, 100, 256):  # What earlier runs of a mirror left is checked too.
            for path, data in protocol.tiles(logs.entries(size)):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(data)
        self.holds("mirror", folder)
        key, seed = verify.Key(SIGNER.vkey), random.randrange(2 ** 32)
        chance = random.Random(seed)
        for file in [file for file in folder.rglob("*") if file.is_file()]:
            whole = file.read_bytes()
            for _ in range(12):
                at = chance.randrange(len(whole))
                changed = bytearray(whole)
                changed[at] ^= 1 << chance.randrange(8)
                file.write_bytes(changed)
                with self.assertRaises(verify.Failure, msg=f"{file} byte {at}, seed {seed}"):
                    verify.verify_tiles(verify.Folder(folder), key)
            for length in {0, 1, len(whole) - 1, chance.randrange(len(whole))}:
                file.write_bytes(whole[:length])
                with self.assertRaises(verify.Failure, msg=f"{file} cut to {length}, seed {seed}"):
                    verify.verify_tiles(verify.Folder(folder), key)
            file.write_bytes(whole + b"\0")
            with self.assertRaises(verify.Failure, msg=f"{file} with a byte more"):
                verify.verify_tiles(verify.Folder(folder), key)
            file.write_bytes(whole)
        self.holds("mirror", folder)

    def test_a_mirror_cut_off_half_way(self):
        folder = self.mirror(logs.entries(600))
        (folder / "tile/entries/001").unlink()
        self.fails(1, "tile/entries/001 is missing", "mirror", folder)
        folder = self.mirror(logs.entries(600))
        (folder / "tile/1/000.p/2").unlink()
        self.fails(1, "tile/1/000.p/2 is missing", "mirror", folder)
        (folder / "checkpoint").unlink()
        self.fails(1, "no checkpoint", "mirror", folder)
        self.fails(1, "not a folder", "mirror", self.home / "none")
        # New files of a run that did not come to its end, and the checkpoint of the one before: that is a whole mirror.
        folder = self.mirror(logs.entries(300))
        for path, data in list(protocol.tiles(logs.entries(900)))[:4]:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        self.assertIn("300 entries", self.holds("mirror", folder))

    def test_what_is_no_file_is_not_waited_for(self):
        for name in ("checkpoint", "tile/entries/001", "tile/0/001", "tile/0/001.p/9"):
            folder = self.mirror(logs.entries(600))
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if os.path.exists(path):
                os.unlink(path)
            os.mkfifo(path)
            self.fails(1, name, "mirror", folder)

    def test_a_partial_tile_may_be_gone_where_the_full_one_is_there(self):
        folder = self.mirror(logs.entries(100))
        whole = dict(protocol.tiles(logs.entries(256)))
        for content in ("entries", "0"):
            (folder / f"tile/{content}/000.p/100").unlink()
            (folder / f"tile/{content}/000").write_bytes(whole[f"tile/{content}/000"])
        self.holds("mirror", folder)

    def test_entries_that_were_erased(self):
        original = logs.entries(400) + [logs.redaction(400, 3), logs.redaction(401, 399)] + [logs.entry(402)]
        leaves = [protocol.sha256(b"\0" + one) for one in original]
        shown = list(original)
        shown[3], shown[399] = logs.tombstone(original[3], 400), logs.tombstone(original[399], 401)
        self.assertIn("erased: 2", self.holds("mirror", self.mirror(shown, leaves=leaves)))
        bad = {
            "another redaction": (3, logs.tombstone(original[3], 401)),
            "an entry that is no redaction": (3, logs.tombstone(original[3], 5)),
            "beyond the log": (3, logs.tombstone(original[3], 403)),
            "itself": (3, logs.tombstone(original[3], 3)),
            "another leaf": (3, logs.tombstone(original[3], 400, leaf=logs.b64(leaves[4]))),
            "no leaf": (3, logs.tombstone(original[3], 400, leaf=None)),
            "a leaf of 31 bytes": (3, logs.tombstone(original[3], 400, leaf=logs.b64(leaves[3][:31]))),
            "a redaction that is no number": (3, logs.tombstone(original[3], "400")),
            "true for a redaction": (3, logs.tombstone(original[3], True)),
            "data that is still there": (3, logs.tombstone(original[3], 400, data={})),
            "a salt that is still there": (3, logs.tombstone(original[3], 400, salt="x")),
            "nothing erased": (3, logs.tombstone(original[3], 400, erased=None)),
            "another entry erased without a word": (7, logs.tombstone(original[7], 400)),
            "an earlier time": (399, logs.tombstone(original[399], 401).replace(b"2026-11-12T00", b"2025-11-12T00")),
            "the redaction itself is erased": (400, logs.tombstone(original[400], 402)),
            "an attribute more": (3, logs.tombstone(original[3], 400, note="x")),
            "an attribute less": (3, logs.tombstone(original[3], 400, basis=None)),
            "pointers out of order": (3, logs.tombstone(original[3], 400, erased=["/text", "/about"])),
            "a pointer twice": (3, logs.tombstone(original[3], 400, erased=["/text", "/text"])),
            "what is no pointer": (3, logs.tombstone(original[3], 400, erased=["text"])),
            "the pointer of the whole": (3, logs.tombstone(original[3], 400, erased=[""])),
            "a needless escape": (3, logs.tombstone(original[3], 400).replace(b'"/text"', b'"/te\\u0078t"')),
            "white space at the end": (3, logs.tombstone(original[3], 400).replace(b',"leaf":', b', "leaf":')),
            "white space before": (3, logs.tombstone(original[3], 400).replace(b',"basis":', b', "basis":')),
        }
        for name, (position, entry) in bad.items():
            with self.subTest(name):
                self.assertNotEqual(shown[position], entry)
                self.fails(2, "verify.py", "mirror", self.mirror(shown[:position] + [entry] + shown[position + 1:], leaves=leaves))

    def test_an_entry_that_is_erased_while_a_server_is_read(self):
        original = logs.entries(5) + [logs.redaction(5, 2)]
        leaves = [protocol.sha256(b"\0" + one) for one in original]
        shown = original[:2] + [logs.tombstone(original[2], 5)] + original[3:]
        earlier = logs.write(self.home / "earlier", shown[:5], SIGNER, leaves=leaves[:5])
        later = logs.write(self.home / "later", shown, SIGNER, leaves=leaves)
        files = {**later, **earlier}
        server = logs.StaticServer(files)
        self.addCleanup(server.__exit__)
        # A server that goes on to say so, and never shows the entry that did it.
        self.fails(2, "beyond the checkpoint", "server", server.url)
        self.assertGreater(server.asked.count("/logs/proef/checkpoint"), 1)

        def answer(name, *answer):
            if name.startswith("tile/entries/"):
                files["checkpoint"] = later["checkpoint"]
            return answer
        server = logs.StaticServer(files, answer=answer)
        self.addCleanup(server.__exit__)
        self.assertIn("6 entries", self.holds("server", server.url))
        self.assertEqual(server.asked.count("/logs/proef/checkpoint"), 2)

    def test_an_export_of_a_size_before_an_erasure(self):
        original = logs.entries(5) + [logs.redaction(5, 2)]
        leaves = [protocol.sha256(b"\0" + one) for one in original]
        shown = original[:2] + [logs.tombstone(original[2], 5)] + original[3:]
        export, checkpoint = self.home / "log.ndjson", self.home / "checkpoint"
        for size, code in ((5, 1), (6, 0)):
            export.write_bytes(b"".join(one + b"\n" for one in shown[:size]))
            checkpoint.write_text(SIGNER.note(size, protocol.tree_root(leaves[:size])), "utf-8")
            if code:
                self.fails(1, "export a later size", "export", export, "--checkpoint", checkpoint)
            else:
                self.assertIn("erased: 1", self.holds("export", export, "--checkpoint", checkpoint))

    def test_what_a_log_must_never_have(self):
        good = logs.entries(300)
        for name, position, entry, words in (
            ("an earlier time", 200, logs.entry(200, second=100), "before the one in front of it"),
            ("an identity twice", 280, logs.entry(280, id_=7), "ids only grow"),
            ("the last identity twice", 280, logs.entry(280, id_=280), "ids only grow"),
            ("no recorded time", 50, good[50].replace(b"recordedtime", b"recordedtimes"), "recorded time"),
            ("something after the recorded time", 50, good[50][:-1] + b',"x":1}', "recorded time"),
            ("no JSON", 50, b"{" + good[50], "not JSON"),
            ("a name twice", 50, good[50].replace(b'{"spec', b'{"id":"3","spec', 1), "not JSON"),
            ("no event", 50, b"[]", "not an event"),
            ("no bytes", 50, b"", "not JSON"),
            ("no counter", 50, logs.entry(50, id_="x"), "no counter"),
            ("a counter that is too great", 50, logs.entry(50, id_=1 << 53), "no counter"),
            *(("a basis that is none", 50, good[50].replace(b'"basis":0', b'"basis":' + basis), "no size of a log")
              for basis in (b"-1", b"1e3", b"9007199254740992", b'"0"', b"true")),
        ):
            with self.subTest(name):
                self.fails(2, words, "mirror", self.mirror(good[:position] + [entry] + good[position + 1:]))
        # Gaps, and other devices with the same counters, are no fault.
        fine = [logs.entry(n, id_=i) for n, i in enumerate([1, 5, 6, 7, 9, 100])]
        fine += [logs.entry(6, source="device/p7w2mq", id_=5), logs.entry(7, source="server", id_=5, second=6)]
        self.holds("mirror", self.mirror(fine))
        for used in (6, 8, 100):
            self.fails(2, "ids only grow", "mirror", self.mirror(fine + [logs.entry(9, id_=used)]))


class Signatures(Case):
    """What devices sign. The mirrors' entries are of a device that never enrolled: it has no key."""
    SEED, DEVICE = bytes(range(32)), "device/k3j9x2"

    def setUp(self):
        super().setUp()
        self.key = logs.b64(protocol.ed25519_public_key(self.SEED))

    def log(self, *steps, key=None):
        """Numbers are events with that counter; pairs are a signature: (counter, positions of what it covers)."""
        shown = [logs.entry(0, source="server", id_=1, type_="device.enrolled", subject=self.DEVICE,
                            data={"member": "member/m1", **({"key": key or self.key} if key != "" else {})})]
        for step in steps:
            number = len(shown)
            if isinstance(step, int):
                shown.append(logs.entry(number, id_=step))
            else:
                shown.append(logs.entry(number, id_=step[0], type_="device.signed", subject=self.DEVICE,
                                        data=self.signature(shown, step[1])))
        return shown

    def signature(self, shown, places):
        covered = [(int(json.loads(shown[p])["id"]), protocol.sha256(b"\0" + shown[p])) for p in places]
        return protocol.sign(logs.ORIGIN, self.DEVICE, covered, self.SEED)

    def test_vectors(self):
        vectors = json.loads((ROOT / "Protocol/Vectors/authorship/logs.json").read_text("utf-8"))
        for case in vectors["logs"]:
            check = verify.Authorship(vectors["origin"])
            for position, text in enumerate(case["entries"]):
                check.add(json.loads(text), protocol.sha256(b"\0" + text.encode()), position)
            found = [int(text.split(",")[0].removeprefix("entry ")) for text in check.bad]
            self.assertEqual(found, [fault["position"] for fault in case["faults"]], case["name"])
            self.assertEqual(check.unverifiable, case.get("unverifiable", 0), case["name"])
            told = check.told().split("\n")[1:]
            self.assertEqual(told, [
                f"not signed: {item['count']} of {item['device']}, since entry {item['position']} of {item['recordedtime']}"
                + ("" if item["hasKey"] else "; it has no key") for item in case["unsigned"]], case["name"])

    def test_signatures_that_hold_and_entries_without(self):
        out = self.holds("mirror", self.mirror(self.log(1, 2, (3, [1, 2]), 4, 5)))
        self.assertIn("signatures of devices: 1\n", out)
        self.assertIn(f"not signed: 2 of {self.DEVICE}, since entry 4 of 2026-11-12T00:00:04.000Z\n", out)
        out = self.holds("mirror", self.mirror(self.log(1, 2, 4, (5, [1, 2]), (6, [3]))))
        self.assertIn("signatures of devices: 2\n", out)
        self.assertNotIn("not signed", out)
        out = self.holds("mirror", self.mirror(self.log(1, 2, key="")))
        self.assertIn(f"not signed: 2 of {self.DEVICE}, since entry 1 of 2026-11-12T00:00:01.000Z; it has no key\n", out)

    def test_how_much_one_signature_may_cover(self):
        many = list(range(1, 1002))
        self.fails(2, "entry 1002, by .* too many", "mirror", self.mirror(self.log(*many, (1002, many))))
        self.holds("mirror", self.mirror(self.log(*many, (1002, many[:1000]), (1003, many[1000:]))))

    def test_a_server_that_altered_added_or_left_out_an_entry_is_caught(self):
        """It signs the checkpoint of whatever it makes of the log: only the device's signature is in its way."""
        good = self.log(1, 2, 3, (4, [1, 2, 3]))
        self.holds("mirror", self.mirror(good))
        altered = list(good)
        altered[2] = altered[2].replace(b"Aantekening", b"aantekening")
        later = list(good)
        later[3] = later[3].replace(b"00:00:03", b"00:00:04")
        inserted = self.log(1, 3, 4, (5, [1, 2, 3]))
        inserted[2:2] = [logs.entry(2, id_=2, second=1)]
        left_out = good[:2] + good[3:]
        for name, shown, words in (
            ("altered", altered, "entry 4, by device/k3j9x2: the device's key did not sign"),
            ("recorded at another time", later, "did not sign"),
            ("left out", left_out, "counters and count are not those"),
            ("added in between", inserted, "counters and count are not those"),
            ("signed twice", good + [good[4].replace(b'"id":"4"', b'"id":"5"')], "counters and count are not those"),
            ("another key", self.log(1, (2, [1]), key=logs.b64(protocol.ed25519_public_key(b"x" * 32))), "did not sign"),
        ):
            with self.subTest(name):
                self.fails(2, words, "mirror", self.mirror(shown))
        # What is put behind all that the device has signed is told, and cannot be more than that.
        self.assertIn("not signed: 1 of", self.holds("mirror", self.mirror(good + [logs.entry(5, id_=50)])))

    def test_an_erased_entry_stays_signed(self):
        original = self.log(1, 2, (3, [1, 2]))
        original.append(logs.redaction(4, 1, source="device/p7w2mq", id_=1))
        leaves = [protocol.sha256(b"\0" + one) for one in original]
        shown = [original[0], logs.tombstone(original[1], 4), *original[2:]]
        out = self.holds("mirror", self.mirror(shown, leaves=leaves))
        self.assertIn("erased: 1", out)
        self.assertIn("signatures of devices: 1", out)
        self.assertNotIn(f"of {self.DEVICE}", out)

    def test_what_a_terminal_would_obey_is_not_printed(self):
        out = self.holds("mirror", self.mirror([logs.entry(0, source="device/\x1b[2J")]))
        self.assertNotRegex(out, "[\x1b\x7f]")


class Keys(Case):
    def test_keys_that_are_not_the_pinned_one(self):
        folder = self.mirror(logs.entries(3))
        self.fails(2, "not signed by the key", "mirror", folder, key=logs.Signer(seed=8).vkey)
        self.fails(2, "not signed by the key", "mirror", folder, key=logs.Signer("log.voorbeeld.nl/agendas/ander").vkey)
        for key in ("", "x", SIGNER.vkey[:-4], SIGNER.vkey.replace("+", "+0", 1), SIGNER.vkey.replace("log.", "lag.")):
            self.fails(1, "--key", "mirror", folder, key=key)

    def test_notes(self):
        vectors = json.loads((ROOT / "Protocol/Vectors/checkpoints/notes.json").read_text("utf-8"))
        key = verify.Key(vectors["vkey"])
        for note in vectors["valid"]:
            found = verify.verified_checkpoint(note["note"].encode(), key)
            self.assertEqual(found, (note["size"], bytes.fromhex(note["root"])), note["name"])
        for note in vectors["invalid"]:
            with self.subTest(note["name"]), self.assertRaises(verify.Failure):
                verify.verified_checkpoint(note["note"].encode(), key)
        for bad in vectors["invalidKeys"]:
            with self.subTest(bad["name"]), self.assertRaises(verify.Failure):
                verify.Key(bad["vkey"])

    def test_a_forged_checkpoint(self):
        folder = self.mirror(logs.entries(3))
        note = (folder / "checkpoint").read_text("utf-8")
        for changed, code in ((note.replace("\n3\n", "\n2\n"), 2), (note[:-9], 1), (note[:40], 1), ("", 1), (note + "\n", 1)):
            (folder / "checkpoint").write_text(changed, "utf-8")
            self.fails(code, "checkpoint", "mirror", folder)


class Cosigned(Case):
    """k of n witnesses."""

    def setUp(self):
        super().setUp()
        self.w = [logs.Witness(f"w{number}.voorbeeld.nl", 20 + number) for number in range(1, 4)]
        self.note = SIGNER.note(5, protocol.root(logs.entries(5)))
        self.other = SIGNER.note(4, protocol.root(logs.entries(4)))

    def cosigned(self, *lines):
        return self.mirror(logs.entries(5), note=self.note + "".join(lines))

    @staticmethod
    def wanted(*witnesses, quorum=None):
        options = [option for witness in witnesses for option in ("--witness", witness.vkey)]
        return options + (["--quorum", quorum] if quorum is not None else [])

    def test_k_of_n(self):
        lines = [witness.line(self.note) for witness in self.w]
        for count in range(4):
            folder = self.cosigned(*lines[:count])
            for quorum in (1, 2, 3):
                asked = ["mirror", folder, *self.wanted(*self.w, quorum=quorum)]
                if count >= quorum:
                    self.assertIn("cosigned by " + ", ".join(w.name for w in self.w[:count]), self.holds(*asked))
                else:
                    self.fails(2, f"cosigned by {count} of the 3 witnesses, and {quorum} are asked for", *asked)
            asked = ["mirror", folder, *self.wanted(*self.w)]
            self.holds(*asked) if count == 3 else self.fails(2, "and 3 are asked for", *asked)
            self.assertNotIn("cosigned", self.holds("mirror", folder))

    def test_a_witness_counts_once(self):
        one, two = self.w[0], self.w[1]
        twice = one.line(self.note, 1) + one.line(self.note, 2)
        renamed, namesake = logs.Witness("anders.voorbeeld.nl", 21), logs.Witness(one.name, 77)
        strangers = renamed.line(self.note) + namesake.line(self.note)
        folder = self.cosigned(twice, strangers)
        self.fails(2, "by 1 of the 2", "mirror", folder, *self.wanted(one, two))
        self.holds("mirror", folder, *self.wanted(one, two, quorum=1))
        for other in (one, renamed, namesake):
            self.fails(1, "counts once", "mirror", folder, *self.wanted(one, other))

    def test_a_cosignature_that_does_not_hold_makes_the_note_invalid(self):
        one, two, three = self.w
        good = one.line(self.note) + three.line(self.note)
        whole = two.line(self.note)
        for bad in (
            two.line(self.note, signed=self.other),                             # of another checkpoint
            two.line(self.note, 7).replace(logs.b64(two.id + bytes(7))[:12], logs.b64(two.id + b"\1" + bytes(6))[:12]),
            f"\u2014 {two.name} {logs.b64(two.id + bytes(72))}\n",
            f"\u2014 {two.name} {logs.b64(two.id + protocol.from_base64(whole.split(' ')[2].strip())[4:-1])}\n",
            f"\u2014 {two.name} {logs.b64(two.id + b'x')}\n",
        ):
            self.assertNotEqual(bad, whole)
            for quorum in (1, 2):
                for lines in (good + bad, bad + good, good + whole + bad):
                    self.fails(2, f"cosignature of {two.name}.*forged", "mirror", self.cosigned(lines),
                               *self.wanted(*self.w, quorum=quorum))
            # Who has not heard of the witness does not mind.
            self.holds("mirror", self.cosigned(good + bad), *self.wanted(one, three))

    def test_canary_a_verifier_that_does_not_look_takes_everything(self):
        self.addCleanup(setattr, verify.Witnesses, "check", verify.Witnesses.check)
        verify.Witnesses.check = lambda *_: None
        with self.assertRaises(AssertionError):
            self.fails(2, "asked for", "mirror", self.cosigned(), *self.wanted(*self.w))

    def test_arguments(self):
        folder = self.cosigned()
        for options in (["--quorum", "1"], ["--quorum", "0"], self.wanted(self.w[0], quorum=2), self.wanted(self.w[0], quorum=0),
                        self.wanted(self.w[0], quorum=-1)):
            self.fails(1, "--quorum", "mirror", folder, *options)
        for vkey in (SIGNER.vkey, "", "x", self.w[0].vkey[:-4], self.w[0].vkey.replace("w1.", "w9.")):
            self.fails(1, "--witness", "mirror", folder, "--witness", vkey)
        self.fails(1, "--key", "mirror", folder, key=self.w[0].vkey)
        self.assertEqual(self.run_main("mirror", folder, "--key", SIGNER.vkey, "--quorum", "x")[0], 64)

    def test_servers_are_asked_for_what_is_cosigned(self):
        files = logs.write(self.home / "served", logs.entries(5), SIGNER)
        server = logs.StaticServer(files)
        self.addCleanup(server.__exit__)
        asked = ["server", server.url, *self.wanted(*self.w, quorum=2)]
        # A log that knows nothing of it: its one checkpoint counts.
        self.fails(2, "by 0 of the 3", *asked)
        files["checkpoint"] = (self.note + self.w[0].line(self.note) + self.w[2].line(self.note)).encode()
        self.assertIn("cosigned by w1.voorbeeld.nl, w3.voorbeeld.nl", self.holds(*asked))
        # A server with other witnesses besides: more of them are asked for, until ours are among them.
        stranger = logs.Witness("vreemd.voorbeeld.nl", 99)
        files["checkpoint"] = self.note.encode()
        files["checkpoint?cosignatures=2"] = (self.note + stranger.line(self.note) + self.w[0].line(self.note)).encode()
        files["checkpoint?cosignatures=3"] = files["checkpoint?cosignatures=2"] + self.w[1].line(self.note).encode()
        self.assertIn("cosigned by w1.voorbeeld.nl, w2.voorbeeld.nl", self.holds(*asked))
        del files["checkpoint?cosignatures=3"]
        self.fails(2, "asked for", *asked)
        # The latest one that is cosigned may be an earlier one; the tiles of its size are there too.
        files.update(logs.write(self.home / "earlier", logs.entries(4), SIGNER, note=self.other))
        files["checkpoint"] = self.note.encode()
        files["checkpoint?cosignatures=2"] = (self.other + "".join(w.line(self.other) for w in self.w)).encode()
        self.assertIn("4 entries", self.holds(*asked))
        self.assertIn("5 entries", self.holds("server", server.url))

    def test_an_erasure_beyond_the_checkpoint_that_is_cosigned_is_for_later(self):
        original = logs.entries(5)
        shown = original[:2] + [logs.tombstone(original[2], 5)] + original[3:]
        leaves = [protocol.sha256(b"\0" + one) for one in original]
        folder = self.mirror(shown, leaves=leaves, note=self.note + self.w[0].line(self.note))
        self.fails(1, "verify again later", "mirror", folder, *self.wanted(self.w[0]))
        self.fails(2, "beyond the checkpoint", "mirror", folder)

    def test_a_server_with_fewer_witnesses(self):
        files = logs.write(self.home / "served", logs.entries(5), SIGNER)
        server = logs.StaticServer(files, answer=lambda name, *answer: (400, b"", {}) if "?" in name else answer)
        self.addCleanup(server.__exit__)
        self.fails(2, "by 0 of the 1", "server", server.url, *self.wanted(self.w[0]))
        self.holds("server", server.url)

    def test_exports_and_evidence(self):
        entry = logs.entry(0)
        note = SIGNER.note(1, protocol.sha256(b"\0" + entry))
        file, checkpoint, export = self.home / "file", self.home / "checkpoint", self.home / "log.ndjson"
        export.write_bytes(entry + b"\n")
        for lines, code in (("", 2), (self.w[0].line(note), 0), (self.w[0].line(note, signed=self.note), 2)):
            file.write_text(f"c2sp.org/tlog-proof@v1\nextra {logs.b64(entry)}\nindex 0\n\n{note}{lines}", "utf-8")
            checkpoint.write_text(note + lines, "utf-8")
            for asked in (["evidence", file], ["export", export, "--checkpoint", checkpoint]):
                found = self.run_main(*asked, "--key", SIGNER.vkey, *self.wanted(self.w[0]))
                self.assertEqual(found[0], code, found)

    def test_vectors(self):
        vectors = json.loads((ROOT / "Protocol/Vectors/witness/cosignature.json").read_text("utf-8"))
        key = verify.Key(vectors["logKey"])
        key.witnesses = verify.Witnesses([vectors["witnessKey"]])
        self.assertEqual(verify.verified_checkpoint(vectors["cosigned"].encode(), key)[0], len(vectors["entries"]))
        self.assertEqual(key.witnesses.found, [vectors["witnessName"]])
        with self.assertRaises(verify.NotCosigned):
            verify.verified_checkpoint(vectors["body"].partition("\n\n")[2].encode(), key)


class Exports(Case):
    def export(self, shown, **more):
        file, note = self.home / "log.ndjson", self.home / "checkpoint"
        file.write_bytes(b"".join(one + b"\n" for one in shown))
        note.write_text(SIGNER.note(len(shown), protocol.root(shown)), "utf-8")
        return "export", file, "--checkpoint", note

    def test_exports(self):
        for size in (0, 1, 256, 700):
            self.assertIn(f"{size} entries", self.holds(*self.export(logs.entries(size))))

    def test_bad_exports(self):
        arguments = self.export(logs.entries(400))
        file, whole = arguments[1], arguments[1].read_bytes()
        for changed, code, words in (
            (whole.replace(b"Aantekening 77", b"aantekening 77"), 2, "do not lead"),
            (whole[:-1], 1, "cut off"), (whole[:5000], 1, "cut off"), (whole[:whole.rindex(b"\n", 0, -1) + 1], 1, "399 entries"),
            (b"", 1, "0 entries"), (whole + logs.entry(400) + b"\n", 1, "more entries"), (whole + b"\n", 1, "more entries"),
            (whole.replace(b"\n", b"\r\n"), 2, "recorded time"), (b"{" * 70000 + whole, 1, "too long"),
            (b"\n".join(sorted(whole.splitlines(), reverse=True)) + b"\n", 2, "before the one"),
        ):
            file.write_bytes(changed)
            self.fails(code, words, *arguments)
        self.fails(1, "cannot be read", "export", self.home / "none", *arguments[2:])
        self.fails(1, "cannot be read", *arguments[:3], self.home / "none")

    def test_manifests(self):
        arguments = self.export(logs.entries(9))
        note, root = arguments[3].read_text("utf-8"), logs.b64(protocol.root(logs.entries(9)))
        manifest = {"checkpoint": note, "digest": "", "origin": logs.ORIGIN, "root": root, "size": 9, "software": "x"}
        arguments[3].write_text(json.dumps(manifest))
        self.holds(*arguments)
        for name, value, code in (("size", 8, 2), ("origin", "x", 2), ("root", "x", 2), ("checkpoint", None, 1),
                                  ("checkpoint", note.replace("\n9\n", "\n8\n"), 2)):
            arguments[3].write_text(json.dumps({**manifest, name: value}))
            self.fails(code, "verify.py", *arguments)
        arguments[3].write_text(json.dumps(manifest)[:50])
        self.fails(1, "cut off", *arguments)


class Evidence(Case):
    def test_vectors(self):
        for name in ("tiles", "authorship"):
            self.holds_and_fails(json.loads((ROOT / f"Protocol/Vectors/{name}/evidence.json").read_text("utf-8")))

    def holds_and_fails(self, vectors):
        file, entry = self.home / "file", self.home / "entry"
        for case in vectors["valid"]:
            file.write_bytes(case["file"].encode())
            arguments = ["evidence", file]
            if "entry" in case:
                entry.write_bytes(protocol.from_base64(case["entry"]) + b"\n")
                arguments += ["--entry", entry]
            out = self.holds(*arguments, key=vectors["vkey"])
            self.assertIn(f"entry {case['position']} of", out, case["name"])
            self.assertEqual(f"signed by {case.get('device')}," in out, "device" in case, case["name"])
        for case in vectors["invalid"]:
            with self.subTest(case["name"]):
                file.write_bytes(case["file"].encode())
                code = 1 if case["because"] == "malformed" else 2
                self.fails(code, "verify.py", "evidence", file, key=vectors["vkey"])

    def test_an_erased_entry_proves_nothing_by_itself(self):
        original = logs.entries(5) + [logs.redaction(5, 2)]
        leaves = [protocol.sha256(b"\0" + one) for one in original]
        hashes = "".join(logs.b64(hash_) + "\n" for hash_ in protocol.inclusion_proof(leaves, 2))
        file = self.home / "file"
        for entry, code in ((original[2], 0), (logs.tombstone(original[2], 5), 2)):
            note = SIGNER.note(6, protocol.tree_root(leaves))
            file.write_text(f"c2sp.org/tlog-proof@v1\nextra {logs.b64(entry)}\nindex 2\n{hashes}\n{note}", "utf-8")
            self.assertEqual(self.run_main("evidence", file, "--key", SIGNER.vkey)[0], code)

    def test_what_a_terminal_would_obey_is_not_printed(self):
        entry = b'{"x":"\x1b[2J\x7f"}'
        file = self.home / "file"
        note = SIGNER.note(1, protocol.sha256(b"\0" + entry))
        file.write_text(f"c2sp.org/tlog-proof@v1\nextra {logs.b64(entry)}\nindex 0\n\n{note}", "utf-8")
        self.assertNotRegex(self.holds("evidence", file), "[\x1b\x7f]")


class Servers(Case):
    def serve(self, count, **more):
        files = logs.write(self.home / "served", logs.entries(count), SIGNER)
        server = logs.StaticServer(files, **more)
        self.addCleanup(server.__exit__)
        return server

    def test_only_what_c2sp_names_is_asked_for(self):
        server = self.serve(600)
        self.assertIn("600 entries", self.holds("server", server.url))
        expected = ["checkpoint", *(path for path, _ in protocol.tiles(logs.entries(600)))]
        self.assertEqual(sorted(server.asked), sorted(f"/logs/proef/{path}" for path in expected))

    def test_tokens(self):
        server, file = self.serve(3, token="geheim"), self.home / "token"
        file.write_text("geheim\n")
        self.holds("server", server.url, "--token", file)
        self.fails(77, "token", "server", server.url)
        file.write_text("anders\n")
        self.fails(77, "token", "server", server.url, "--token", file)

    def test_answers_that_are_not_what_was_asked_for(self):
        def changed(of, change):
            return lambda name, *answer: change(*answer) if name == of else answer

        for name, words, code, answer in (
            ("a tile of another size", "bytes", 1, changed("tile/0/000", lambda s, b, h: (s, b[:-32], h))),
            ("a tile changed", "does not fit", 2, changed("tile/0/001", lambda s, b, h: (s, b[:99] + b"x" + b[100:], h))),
            ("a bundle that is not gzip", "not gzip", 1, changed("tile/entries/000", lambda s, b, h: (s, b[9:], h))),
            ("a bundle cut off", "cut off", 1, changed("tile/entries/000", lambda s, b, h: (s, b[:-20], h))),
            ("a bundle that is plain and cut off", "cut off", 1,
             changed("tile/entries/000", lambda s, b, h: (s, verify.zlib.decompress(b, 31)[:-20], {}))),
            ("a bomb", "longer than", 1,
             changed("tile/entries/000", lambda s, b, h: (s, logs.gzip.compress(bytes(1 << 25)), h))),
            ("a long tile", "longer than", 1, changed("tile/0/000", lambda s, b, h: (s, b + bytes(1 << 20), h))),
            ("a coding nobody asked for", "coding", 1,
             changed("tile/0/000", lambda s, b, h: (s, b, {"Content-Encoding": "br"}))),
            ("a checkpoint that is a page", "checkpoint", 1, changed("checkpoint", lambda s, b, h: (s, b"<html>", h))),
            ("a redirect", "status 302", 69, changed("tile/0/000", lambda s, b, h: (302, b"", {"Location": "/"}))),
            ("a tile that is missing", "missing", 1, changed("tile/1/000.p/2", lambda s, b, h: (404, b"", {}))),
            ("no log", "no checkpoint", 1, lambda *_: (404, b"", {})),
            ("a failing server", "status 500", 69, lambda *_: (500, b"", {})),
        ):
            with self.subTest(name):
                server = self.serve(600, answer=answer)
                self.fails(code, words, "server", server.url)

    def test_a_server_that_is_busy_is_asked_again(self):
        busy = iter([True, False, True, True])
        server = self.serve(3, answer=lambda name, *answer: (429, b"", {"Retry-After": "0"}) if next(busy, False) else answer)
        self.holds("server", server.url)

    def test_addresses_where_nothing_is(self):
        server = self.serve(3)
        self.fails(1, "no checkpoint", "server", server.url + "/other")
        server.__exit__()
        self.fails(69, "Refused", "server", server.url)
        for url in ("ftp://voorbeeld.nl/x", "voorbeeld.nl", "http://", "http://a@b/c", "http://b/c?d"):
            self.fails(1, "address", "server", url)


class Arguments(Case):
    def test_wrong_arguments(self):
        for arguments in ([], ["mirror"], ["mirror", "x"], ["what", "x"], ["export", "x", "--key", "k"]):
            self.assertEqual(self.run_main(*arguments)[0], 64, arguments)

    def test_help_as_a_program(self):
        done = subprocess.run([sys.executable, VERIFY, "--help"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0)
        self.assertTrue(re.search("Exit codes", done.stdout))


if __name__ == "__main__":
    unittest.main()
