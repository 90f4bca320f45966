#!/usr/bin/env python3
"""ambit verify on a server's data, replicas, mirrors and checkpoints kept elsewhere: sound ones, and ones of which something
was changed, cut off, or made anew.

    python3 Tests/command-line/test_verify.py PATH-OF-AMBIT
"""
import base64
import hashlib
import json
import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import unittest

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from test_command_line import AMBIT, ambit
from test_conflicts import Agenda

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "audit"))
import logs  # noqa: E402

DUTCH = {"LC_ALL": "nl_NL.UTF-8"}


class Verify(Agenda):
    """A log with a segment, a conflict and a redaction, on a server and on two laptops."""

    def setUp(self):
        super().setUp()
        self.project = self.split_phase()
        events = os.path.join(self.home, "events.ndjson")
        with open(events, "w") as file:
            for number in range(300):
                file.write(json.dumps({"type": "project.revised", "subject": self.project, "data": {"title": f"Titel {number}"}}) + "\n")
        self.answer("import", events, "-C", self.one)
        self.sync(self.one)
        self.answer("redact", "7", "--reason", "Verzonnen", "--yes", "-C", self.one)
        self.sync(self.one, self.two)
        for folder in (self.one, self.two, self.one):
            self.answer("sign", "-C", folder)
        self.server = os.path.join(self.data, "agendas", "proef")
        self.mirror = os.path.join(self.home, "mirror")
        self.answer("mirror", f"{self.url}/agendas/proef", self.mirror, "-C", self.one)
        self.key = self.sound(self.server)["verifierKey"]

    def sound(self, folder, *words):
        answer = self.answer("verify", folder, *words)
        self.assertEqual(list(answer), sorted(answer))
        return answer

    def differs(self, folder, *words, place):
        message = self.fails(2, "difference", "verify", folder, *words)
        self.assertIn(place, message)
        self.assertIn("Keep a copy", message)
        return message

    def copy(self, folder):
        other = os.path.join(self.home, f"copy-{random.randrange(1 << 40)}")
        shutil.copytree(folder, other, ignore=lambda _, names: [n for n in names if n.endswith(".lock")])
        return other

    @staticmethod
    def tamper(folder, *statements, file="log.sqlite"):
        """Changes a file as no Ambit would, and puts its triggers back."""
        database = sqlite3.connect(os.path.join(folder, file))
        triggers = database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            database.execute(f"DROP TRIGGER {name}")
        changed = sum(database.execute(statement).rowcount for statement in statements)
        for _, sql in triggers:
            database.execute(sql)
        database.commit()
        database.close()
        assert changed > 0, statements


class Sound(Verify):
    def test_everywhere_while_it_is_used(self):
        found = [self.sound(self.server), self.sound(self.one), self.sound(self.two), self.sound(self.mirror, "--key", self.key)]
        self.assertEqual([f["kind"] for f in found], ["server", "replica", "replica", "mirror"])
        for name in ("size", "root", "digest", "origin", "verifierKey", "erased"):
            self.assertEqual(len({f[name] for f in found}), 1, name)
        self.assertEqual((found[0]["erased"], found[0]["kept"]), (1, 0))
        self.assertEqual(found[0]["digest"], self.status(self.one)["digest"])
        self.assertEqual([f["pinned"] for f in found], [False, False, False, True])
        self.assertEqual([f.get("readModels") for f in found[:2]], ["sound", "sound"])
        self.record(self.two, "project.revised", self.project, "title=Nog niet verzonden")
        self.assertEqual(self.sound(self.two, "--key", self.key)["outbox"], 1)
        text = ambit("verify", self.one).stdout
        for words in ("sound", "replica of", "erased", "because of a redaction", "the one that is stored with it"):
            self.assertIn(words, text)
        self.assertGreater(found[0]["signatures"], 0)
        self.assertEqual(found[0]["unsigned"], [])
        self.assertIn("of devices", ambit("verify", self.server).stdout)
        here = subprocess.run([AMBIT, "verify", "--json"], cwd=self.one, capture_output=True, text=True)
        self.assertEqual(here.returncode, 0, here.stderr)

    def test_it_is_said_in_the_readers_language(self):
        self.record(self.two, "project.revised", self.project, "title=Nog niet verzonden")
        for folder, words, kind in ((self.two, (), "replica van"), (self.server, (), "server van"),
                                    (self.mirror, ("--key", self.key), "spiegel van")):
            done = ambit("verify", folder, *words, **DUTCH)
            self.assertEqual(done.returncode, 0, done.stderr)
            for said in (kind, "gebeurtenissen", "wortel", "1, elk op grond van een gebeurtenis in het logboek", "van apparaten"):
                self.assertIn(said, done.stdout)
            for english in ("sound", "entries", "root", "erased", "signed for", "stored", "given", "events", "of devices"):
                self.assertNotRegex(done.stdout, rf"\b{english}\b")
            self.assertEqual(ambit("verify", folder, *words, "--json", **DUTCH).stdout,
                             ambit("verify", folder, *words, "--json").stdout)
        said = ambit("verify", self.two, **DUTCH).stdout
        for words in ("die erbij is opgeslagen", "elk getekend voor deze gebeurtenissen", "1 niet in het logboek"):
            self.assertIn(words, said)

    def test_a_log_that_was_put_back_and_healed(self):
        data = os.path.join(self.home, "data2")
        old = os.path.join(data, "agendas", "proef")
        os.makedirs(old)
        self.answer("agenda", "backup", "proef", os.path.join(old, "log.sqlite"), "--data", self.data)
        shutil.copy(os.path.join(self.server, "log.key"), old)
        project = self.record(self.two, "project.started", "title=Van later", "phase=idea")
        self.sync(self.two, self.one)
        self.answer("redact", str(self.sound(self.one)["size"] - 1), "--reason", "Verzonnen", "--yes", "-C", self.one)
        self.sync(self.one, self.two)
        server = self.sound(self.server)
        self.assertLess(self.sound(old)["size"], server["size"])
        self.answer("heal", "--data", data, "--agenda", "proef", "--from", self.two)
        healed = self.sound(old)
        for name in ("size", "root", "digest", "erased", "kept"):
            self.assertEqual(healed[name], server[name], name)
        self.assertIn(project, ambit("show", "-C", self.one).stdout)

    def test_what_no_device_has_signed_is_counted_and_listed(self):
        size = self.sound(self.server)["size"]
        os.unlink(os.path.join(self.two, "device.key"))
        for title in ("Een", "Twee"):
            self.record(self.two, "project.started", f"title={title}", "phase=idea")
        self.sync(self.two, self.one)
        for folder in (self.server, self.one):
            (found,) = self.sound(folder)["unsigned"]
            self.assertEqual((found["count"], found["position"], found["hasKey"]), (2, size, True))
            self.assertRegex(ambit("verify", folder).stdout, rf"2 .*{found['device']}.*{size}.*{found['since']}")

    def test_laptops_that_share_an_identity_and_part_ways(self):
        copy = self.copy(self.one)
        for folder, title in ((self.one, "Van de een"), (copy, "Van de kopie")):
            self.record(folder, "project.started", f"title={title}", "phase=idea")
        self.sync(self.one)
        self.assertIn("formerDevice", self.sync(copy))
        self.sync(self.one)
        self.assertEqual(self.sound(copy)["root"], self.sound(self.one)["root"])

    def test_what_is_not_there(self):
        self.assertEqual(self.fails(1, "not-a-log", "verify", self.home)[:1], "/")
        self.fails(1, "not-a-log", "verify", os.path.join(self.home, "nergens"))
        self.fails(1, "no-key", "verify", self.mirror)
        self.fails(1, "input-output", "verify", self.one, "--checkpoint", os.path.join(self.home, "nergens"))
        for words in (["--key", "onzin"], ["--witness", "onzin"], ["--quorum", "1"]):
            self.assertEqual(ambit("verify", self.one, *words).returncode, 64, words)
        empty = os.path.join(self.home, "leeg")
        os.mkdir(empty)
        with open(os.path.join(empty, "log.sqlite"), "w") as file:
            file.write("geen log")
        self.fails(1, "corrupt", "verify", empty)


class Changed(Verify):
    def test_a_log_in_which_something_was_changed(self):
        for folder, statement, place in [
            (self.server, "UPDATE segments SET run = zeroblob(length(run))", "segment 0"),
            (self.server, "UPDATE checkpoints SET note = replace(note, 'A', 'B')", "checkpoint of size"),
            (self.server, "UPDATE members SET role = 'admin' WHERE role = 'editor'", "row member/"),
            (self.server, "UPDATE runs SET position = position + 1", "run of"),
            (self.server, "DELETE FROM creations", "entry"),
            (self.server, "UPDATE erasures SET redaction = redaction + 1", "row 7 of erasures"),
            (self.one, "UPDATE commits SET entries = zeroblob(length(entries))", "row 256 of commits"),
            (self.one, "UPDATE replica SET value = '1' WHERE key = 'next-counter'", "next-counter"),
        ]:
            copy = self.copy(folder)
            self.tamper(copy, statement)
            self.assertIn("first difference is at", self.differs(copy, place=place))
            done = ambit("verify", copy)
            self.assertEqual((done.returncode, done.stdout), (2, ""))

    def test_the_difference_is_said_in_the_readers_language(self):
        for folder, file, statement, said in [
            (self.server, "log.sqlite", "UPDATE segments SET run = zeroblob(length(run))", "segment 0: de ingepakte bytes hebben de CRC-32"),
            (self.server, "log.sqlite", "UPDATE members SET role = 'admin' WHERE role = 'editor'", "ervan maken"),
            (self.server, "log.sqlite", "UPDATE runs SET position = position + 1", "vanaf 1: staat er tot en met"),
            (self.server, "log.sqlite", "UPDATE erasures SET redaction = redaction + 1", "rij 7 van erasures: noemt gebeurtenis"),
            (self.server, "log.sqlite", "UPDATE checkpoints SET recorded = recorded + 1", "het tijdstip is niet dat van gebeurtenis"),
            (self.one, "log.sqlite", "UPDATE commits SET entries = zeroblob(length(entries))", "rij 256 van commits: de gebeurtenissen hebben"),
            (self.one, "log.sqlite", "UPDATE replica SET value = 'x' WHERE key = 'next-counter'", "rij next-counter van replica: is geen teller"),
            (self.one, "state.sqlite", "DELETE FROM conflicts", "tabel conflicts: het conflict over /phase"),
            (self.one, "state.sqlite", "UPDATE meta SET size = size | 4096", "tabel meta: de rij is niet zoals hij geschreven is"),
        ]:
            copy = self.copy(folder)
            self.tamper(copy, statement, file=file)
            done = ambit("verify", copy, **DUTCH)
            self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
            for words in (f"{copy} klopt niet. Het eerste verschil is bij ", said, "ewaar een kopie"):
                self.assertIn(words, done.stderr)
            for english in ("is not", "it says", "the", "entries have", "Keep", "Nothing"):
                self.assertNotRegex(done.stderr, rf"\b{english}\b")

    def test_pipes_and_folders_in_place_of_files(self):
        for name, code, word in [("log.sqlite", 1, "corrupt"), ("state.sqlite", 2, "difference")]:
            for make in (os.mkfifo, os.mkdir):
                copy = self.copy(self.server)
                os.unlink(os.path.join(copy, name))
                make(os.path.join(copy, name))
                self.assertIn(name, self.fails(code, word, "verify", copy))
                self.assertEqual(ambit("doctor", copy).returncode, 1)

    def test_a_journal_that_would_roll_the_file_back(self):
        copy = self.copy(self.server)
        path = os.path.join(copy, "log.sqlite")
        database = sqlite3.connect(path)
        database.execute("PRAGMA journal_mode = DELETE")
        database.close()
        self.sound(copy)
        with open(path, "rb") as file:
            good = file.read()
        self.tamper(copy, "UPDATE members SET role = 'reader'")
        # Somebody who was going to change it back, and was interrupted.
        subprocess.run([sys.executable, "-c", f"""
import os, sqlite3
database = sqlite3.connect({path!r}, isolation_level=None)
database.execute("PRAGMA cache_size = 1")
database.execute("BEGIN")
database.execute("CREATE TABLE x (y)")
database.execute("UPDATE members SET role = 'admin'")
database.execute("INSERT INTO x VALUES (zeroblob(1000000))")
os._exit(0)
"""], check=True)
        self.assertGreater(os.path.getsize(f"{path}-journal"), 512)
        with open(path, "wb") as file:
            file.write(good)
        # The bytes of the file are sound, and whoever opens it to write gets what the journal says.
        self.fails(1, "read-only", "verify", copy)

    def test_read_models_in_which_something_was_changed(self):
        copy = self.copy(self.one)
        self.tamper(copy, "UPDATE subjects SET registers = CAST(replace(CAST(registers AS TEXT), 'Titel 299', 'Titel 298') AS BLOB)", file="state.sqlite")
        self.assertIn("it is made anew", self.differs(copy, place=f"document of {self.project}"))
        os.remove(os.path.join(copy, "state.sqlite"))
        for suffix in ("-wal", "-shm"):
            if os.path.exists(os.path.join(copy, "state.sqlite" + suffix)):
                os.remove(os.path.join(copy, "state.sqlite" + suffix))
        self.assertEqual(self.sound(copy)["readModels"], "missing")

    def test_a_mirror_in_which_something_was_changed(self):
        names = [os.path.relpath(os.path.join(folder, name), self.mirror)
                 for folder, _, files in os.walk(self.mirror) for name in files if not name.startswith(".")]
        self.assertGreaterEqual(len(names), 5)
        for name in names:
            path = os.path.join(self.mirror, name)
            with open(path, "rb") as file:
                good = file.read()
            for bad in (good[:-1], good + b"x", good[:7] + bytes([good[7] ^ 1]) + good[8:], b""):
                with open(path, "wb") as file:
                    file.write(bad)
                self.differs(self.mirror, "--key", self.key, place=name)
            os.remove(path)
            done = ambit("verify", self.mirror, "--key", self.key, "--json")
            self.assertNotEqual(done.returncode, 0, name)
            with open(path, "wb") as file:
                file.write(good)
        self.sound(self.mirror, "--key", self.key)

    def test_another_key_and_another_history(self):
        other = self.answer("agenda", "create", "ander", "--title", "Ander", "--data", self.data)["verifierKey"]
        self.differs(self.server, "--key", other, place="verifier")
        self.differs(self.mirror, "--key", other, place="checkpoint")
        kept = os.path.join(self.home, "kept")
        shutil.copy(os.path.join(self.mirror, "checkpoint"), kept)
        size = self.sound(self.server, "--checkpoint", kept)["extends"]
        self.record(self.one, "project.revised", self.project, "title=Later")
        old = self.copy(self.server)
        self.sync(self.one)
        answer = self.sound(self.one, "--checkpoint", kept)
        self.assertEqual((answer["extends"], answer["size"]), (size, size + 1))
        # An older state of the log is sound by itself, and not for who has seen a later one.
        self.answer("mirror", f"{self.url}/agendas/proef", self.mirror, "-C", self.one)
        self.sound(old)
        self.differs(old, "--checkpoint", os.path.join(self.mirror, "checkpoint"), place=f"entry {size}: is missing")
        # A laptop, or a mirror, that is only behind is as it should be.
        behind = os.path.join(self.home, "behind")
        self.answer("mirror", f"{self.url}/agendas/proef", behind, "-C", self.one)
        self.record(self.one, "project.revised", self.project, "title=Nog later")
        self.sync(self.one)
        self.answer("mirror", f"{self.url}/agendas/proef", self.mirror, "-C", self.one)
        newer = os.path.join(self.mirror, "checkpoint")
        for folder, words, step in ((self.two, (), "Sync,"), (behind, ("--key", self.key), "Mirror again,")):
            message = self.fails(1, "behind-checkpoint", "verify", folder, *words, "--checkpoint", newer)
            self.assertIn("cannot be told yet", message)
            self.assertIn(step, message)
        self.sync(self.two)
        self.sound(self.two, "--checkpoint", newer)
        self.fails(2, "bad-checkpoint", "verify", self.one, "--checkpoint", os.path.join(self.home, "events.ndjson"))


class Witnessed(Verify):
    def test_witnesses_that_must_have_cosigned(self):
        keys, lines = [], []
        with open(os.path.join(self.mirror, "checkpoint")) as file:
            note = file.read()
        text = note[:note.rindex("\n\n") + 1]
        for seed in range(3):
            name, key = f"getuige.voorbeeld.nl/{seed}", Ed25519PrivateKey.from_private_bytes(bytes([seed + 1]) * 32)
            public = b"\4" + key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
            ident = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
            keys += ["--witness", f"{name}+{ident.hex()}+{base64.b64encode(public).decode()}"]
            signed = key.sign(f"cosignature/v1\ntime 1800000000\n{text}".encode())
            lines.append(f"\u2014 {name} {base64.b64encode(ident + struct.pack('>Q', 1800000000) + signed).decode()}\n")
        held = os.path.join(self.home, "held")

        def hold(*numbers, change=lambda text: text):
            with open(held, "w") as file:
                file.write(note + "".join(change(lines[n]) for n in numbers))

        hold(0, 2)
        given = [*keys, "--checkpoint", held]
        self.assertEqual(self.sound(self.server, *given, "--quorum", "2")["cosigned"],
                         [{"name": f"getuige.voorbeeld.nl/{n}", "time": 1800000000} for n in (0, 2)])
        self.fails(2, "not-cosigned", "verify", self.server, *given)
        self.assertEqual(self.sound(self.mirror, "--key", self.key, *given, "--quorum", "1")["extends"], self.status(self.one)["size"])
        hold(0, 1, 2, change=lambda line: line[:-20] + ("B" if line[-20] == "A" else "A") + line[-19:])
        self.fails(2, "bad-signature", "verify", self.server, *given, "--quorum", "1")
        self.fails(2, "not-cosigned", "verify", self.mirror, "--key", self.key, *keys)
        self.fails(1, "no-cosignatures", "verify", self.server, *keys)


class Made(unittest.TestCase):
    """Mirrors of logs that nobody's server made: whatever stands in them is signed by the log's own key."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="ambit-verify.")
        self.addCleanup(shutil.rmtree, self.folder)

    def verify(self, entries, leaves=None, code=0):
        shutil.rmtree(self.folder)
        logs.write(self.folder, entries, leaves=leaves)
        done = ambit("verify", self.folder, "--key", logs.Signer().vkey, "--json")
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout or done.stderr)

    def test_entries_that_were_erased(self):
        whole = [*logs.entries(3), logs.redaction(3, 1)]
        leaves = [hashlib.sha256(b"\0" + one).digest() for one in whole]
        left = [whole[0], logs.tombstone(whole[1], 3), *whole[2:]]
        self.assertEqual(self.verify(whole)["kept"], 1)
        found = self.verify(left, leaves)
        self.assertEqual((found["erased"], found["kept"]), (1, 0))
        for bad in ([whole[0], logs.tombstone(whole[1], 2), *whole[2:]], [logs.tombstone(whole[0], 3), *whole[1:]]):
            self.assertIn("erased without a redaction", self.verify(bad, leaves, 2)["message"])

    def test_a_log_that_signs_a_size_that_no_log_has(self):
        for size in (2**63 - 1, 2**62, 10**12):
            shutil.rmtree(self.folder)
            logs.write(self.folder, logs.entries(3), note=logs.Signer().note(size, bytes(32)))
            done = ambit("verify", self.folder, "--key", logs.Signer().vkey, "--json")
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
            self.assertIn("tile/entries/000", json.loads(done.stderr)["message"])

    def test_what_is_no_file_is_not_waited_for(self):
        for name in ("checkpoint", "tile/entries/000.p/3", "tile/0/000.p/3", "tile/0/000.p/2"):
            shutil.rmtree(self.folder)
            logs.write(self.folder, logs.entries(3))
            path = os.path.join(self.folder, name)
            if os.path.exists(path):
                os.unlink(path)
            os.mkfifo(path)
            done = ambit("verify", self.folder, "--key", logs.Signer().vkey, "--json")
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(name, json.loads(done.stderr)["message"])

    def test_tiles_behind_a_link_are_looked_at_as_well(self):
        shutil.rmtree(self.folder)
        logs.write(self.folder, logs.entries(3))
        tiles = os.path.join(self.folder, "tile")
        os.rename(tiles, f"{tiles}s")
        os.symlink("tiles", tiles)
        vkey = logs.Signer().vkey
        self.assertEqual(ambit("verify", self.folder, "--key", vkey).returncode, 0)
        with open(os.path.join(tiles, "0", "000.p", "2"), "wb") as file:
            file.write(bytes(64))
        done = ambit("verify", self.folder, "--key", vkey, "--json")
        self.assertEqual(done.returncode, 2)
        self.assertIn("tile/0/000.p/2", json.loads(done.stderr)["message"])

    def test_signatures_of_devices(self):
        key, device = Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32), "device/k3j9x2"
        public = logs.b64(key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw))
        enrolled = logs.entry(0, source="server", type_="device.enrolled", subject=device,
                              data={"member": "member/iemand", "name": "laptop", "key": public})
        notes = [logs.entry(1), logs.entry(2)]
        leaves = b"".join(hashlib.sha256(b"\0" + one).digest() for one in notes)

        def signed(origin=logs.ORIGIN, through=3):
            text = f"ambit-device-signature/v1\n{origin}\n{device}\n2\n3\n{logs.b64(hashlib.sha256(leaves).digest())}\n"
            return logs.entry(3, type_="device.signed", subject=device, data={
                "from": 2, "through": through, "count": 2, "signature": logs.b64(key.sign(text.encode()))})

        found = self.verify([enrolled, *notes, signed(), logs.entry(4)])
        self.assertEqual(found["signatures"], 1)
        self.assertEqual([(u["device"], u["count"], u["position"], u["hasKey"]) for u in found["unsigned"]], [(device, 1, 4, True)])
        self.assertEqual(self.verify([enrolled, *notes])["unsigned"][0]["count"], 2)
        for bad, fault in [(signed(origin="log.voorbeeld.nl/ander"), "does-not-hold"), (signed(through=4), "other-entries")]:
            message = self.verify([enrolled, *notes, bad], code=2)["message"]
            self.assertIn("entry 3", message)
            self.assertIn(fault, message)
        # Without its key nobody can say; that the key was erased is no fault of the signature.
        self.assertIn("no-key", self.verify([logs.entry(0, source="server"), *notes, signed()], code=2)["message"])
        erased = [enrolled, *notes, signed(), logs.redaction(4, 0)]
        whole = [hashlib.sha256(b"\0" + one).digest() for one in erased]
        left = json.loads(logs.tombstone(enrolled, 4))
        left["erased"] = ["/key", "/member", "/name"]
        erased[0] = json.dumps(left, separators=(",", ":")).encode()
        found = self.verify(erased, whole)
        self.assertEqual((found["signatures"], found["unverifiable"], found["erased"]), (0, 1, 1))


if __name__ == "__main__":
    unittest.main(verbosity=2)
