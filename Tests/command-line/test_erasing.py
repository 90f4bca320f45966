#!/usr/bin/env python3
"""Erasing an entry as people and scripts meet it, with a real server and two laptops, and a look into every file.

    python3 Tests/command-line/test_erasing.py PATH-OF-AMBIT
"""
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import unittest

from test_command_line import AMBIT, ambit
from test_conflicts import Agenda
from waiting import eventually

VERIFY = pathlib.Path(__file__).resolve().parents[2] / "Tools/verify.py"
TEXT = "Verzonnen: Jan Jansen belde"


class Erasing(Agenda):
    def holding(self):
        """The files that hold the text, of the server and of all laptops."""
        return sorted(str(path.relative_to(self.home)) for path in pathlib.Path(self.home).rglob("*")
                      if path.is_file() and TEXT.encode() in path.read_bytes())

    def assertGone(self):
        """The server clears its files a moment after it has answered."""
        eventually(lambda: not self.holding())
        self.assertEqual(self.holding(), [])

    def position(self, folder, subject):
        done = ambit("log", "--json", "-C", folder)
        lines = done.stdout.splitlines()
        return next(n for n, line in enumerate(lines) if json.loads(line)["subject"] == subject), lines

    def test_it_is_gone_everywhere(self):
        project = self.record(self.one, "project.started", "title=Voorbeeldproject")
        note = self.record(self.one, "note.added", f"about={project}", f"text={TEXT}")
        self.sync(self.one, self.two)
        position, _ = self.position(self.two, note)
        self.assertGreaterEqual(len(self.holding()), 3, self.holding())

        looked = self.answer("redact", str(position), "--dry-run", "-C", self.one)
        self.assertEqual(looked, {"erases": ["/about", "/text"], "position": position, "subject": note,
                                  "type": "note.added"})
        self.assertEqual(self.status(self.one)["pending"], 0)
        self.assertEqual(ambit("redact", str(position), "-C", self.one).returncode, 64)
        # Elsewhere than at a terminal it takes a word.
        self.assertEqual(ambit("redact", str(position), "--reason", "x", "-C", self.one).returncode, 64)
        self.assertEqual(self.status(self.one)["pending"], 0)
        self.fails(77, "not-allowed", "redact", str(position), "--reason", "x", "--yes", "-C", self.two)
        self.fails(1, "unknown-subject", "redact", "999", "--reason", "x", "--yes", "-C", self.one)
        text = ambit("redact", str(position), "--reason", "Verzoek van de betrokkene", "--law", "AVG art. 17",
                     "--yes", "-C", self.one)
        self.assertEqual(text.returncode, 0, text.stderr)
        for words in (f"entry {position}, note.added about {note}", "/text", "not sent yet"):
            self.assertIn(words, text.stdout)
        self.sync(self.one, self.two)

        redaction, lines = self.position(self.two, f"entry/{position}")
        entry = json.loads(lines[position])
        self.assertEqual((entry["erased"], entry["redaction"]), (["/about", "/text"], redaction))
        self.assertEqual(self.answer("show", note, "-C", self.two),
                         {"document": {}, "erased": ["/about", "/text"], "subject": note})
        self.assertEqual(self.answer("show", f"entry/{position}", "-C", self.two)["document"],
                         {"basislaw": "AVG art. 17", "reason": "Verzoek van de betrokkene", "redacted": True})
        self.assertIn("(erased)", ambit("show", note, "-C", self.two).stdout)
        self.assertIn(f"the values were erased by entry {redaction}", ambit("log", "-C", self.two).stdout)
        self.assertEqual(self.status(self.one)["digest"], self.status(self.two)["digest"])
        self.fails(77, "not-allowed", "redact", str(position), "--reason", "x", "--yes", "-C", self.one)
        self.fails(77, "not-allowed", "redact", str(redaction), "--reason", "x", "--yes", "-C", self.one)

        self.assertGone()
        self.sync(self.clone("drie", self.invite("recorder"), "Voorbeeldopnemer"), self.one, self.two)
        self.assertEqual(self.holding(), [])

    def test_proofs_mirrors_and_exports_go_on(self):
        project = self.record(self.one, "project.started", "title=Voorbeeldproject")
        note = self.record(self.one, "note.added", f"about={project}", f"text={TEXT}")
        self.sync(self.one, self.two)
        position, _ = self.position(self.two, note)
        mirror = os.path.join(self.home, "spiegel")
        self.answer("mirror", f"{self.url}/agendas/proef", mirror, "-C", self.one)
        evidence = os.path.join(self.home, "bewijs")
        key = self.answer("prove", str(position), "-o", evidence, "-C", self.two)["verifierKey"]
        self.answer("redact", str(position), "--reason", "Verzoek van de betrokkene", "--yes", "-C", self.one)
        self.sync(self.one, self.two)
        redaction, _ = self.position(self.two, f"entry/{position}")

        # What somebody has taken out before stays good, and outside of what can be erased.
        self.assertEqual(self.answer("check", evidence, "--key", key)["position"], position)
        os.unlink(evidence)
        self.fails(1, "not-found", "prove", str(position), "-C", self.two)
        self.answer("prove", str(redaction), "-o", evidence, "-C", self.two)
        self.answer("mirror", f"{self.url}/agendas/proef", mirror, "-C", self.one)
        export, manifest = os.path.join(self.home, "uitvoer.ndjson"), os.path.join(self.home, "manifest.json")
        self.answer("export", "--format", "ndjson", "-o", export, "--manifest", manifest, "-C", self.two)
        token = os.path.join(self.one, "token")
        for place in (["mirror", mirror], ["export", export, "--checkpoint", manifest], ["evidence", evidence],
                      ["server", f"{self.url}/agendas/proef", "--token", token]):
            done = subprocess.run([sys.executable, VERIFY, *place, "--key", key], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, (place, done.stdout, done.stderr))
            if place[0] != "evidence":
                self.assertIn("erased: 1", done.stdout)
        answer = self.answer("import", export, "-C", self.two)
        self.assertEqual((answer["events"], answer["passed"]["erased"]), (0, 0), answer)

        told = [json.loads(line) for line in ambit("log", "--explain", "--json", "-C", self.two).stdout.splitlines()]
        self.assertEqual(told[position]["redaction"], redaction)
        self.assertEqual([(change["path"], change["erased"]) for change in told[position]["changes"]],
                         [("/about", ["after", "written"]), ("/text", ["after", "written"])])
        fields = self.answer("blame", note, "-C", self.two)["fields"]
        self.assertTrue(all(write["erased"] for field in fields for write in field["writes"]), fields)
        self.assertIn("(gewist)", ambit("blame", note, "--language", "nl", "-C", self.two).stdout)
        self.assertGone()

    def test_the_names_of_devices_go_with_that_of_their_member(self):
        log = [json.loads(line) for line in ambit("log", "--json", "-C", self.one).stdout.splitlines()]
        places = {event["data"].get("name"): at for at, event in enumerate(log) if event["type"] in ("member.joined", "device.enrolled")}
        device = log[places["laptop twee"]]["subject"]
        joined = str(places["Voorbeeldredacteur"])
        looked = self.answer("redact", joined, "--dry-run", "-C", self.one)
        self.assertNotIn("others", looked, "a device that is in use keeps its name, and its key")
        self.answer("device", "revoke", device, "-C", self.one)
        found = self.answer("redact", joined, "--reason", "Verzoek van de betrokkene", "--yes", "-C", self.one)
        self.assertIn("granted", found)
        self.assertEqual([(one["position"], one["subject"]) for one in found["others"]], [(places["laptop twee"], device)])
        self.assertIn("/name", found["others"][0]["erases"])
        self.sync(self.one)
        for name in ("Voorbeeldredacteur", "laptop twee"):
            def held():
                return [path for place in (self.data, self.one) for path in pathlib.Path(place).rglob("*")
                        if path.is_file() and name.encode() in path.read_bytes()]
            eventually(lambda: not held())
            self.assertEqual(held(), [])

    def test_a_reader_delays_only_the_clearing(self):
        project = self.record(self.one, "project.started", "title=Voorbeeldproject")
        note = self.record(self.one, "note.added", f"about={project}", f"text={TEXT}")
        self.sync(self.one)
        position, _ = self.position(self.one, note)
        if not os.path.exists(f"{self.data}/agendas/proef/log.sqlite"):
            self.skipTest("the log is in no file that a reader could hold")
        readers = []
        for file in ("log.sqlite", "state.sqlite"):
            reader = sqlite3.connect(f"file:{self.data}/agendas/proef/{file}?mode=ro", uri=True, isolation_level=None)
            self.addCleanup(reader.close)
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_schema").fetchall()
            readers.append(reader)
        self.answer("redact", str(position), "--reason", "Verzoek van de betrokkene", "--yes", "-C", self.one)
        self.sync(self.one)
        self.assertNotEqual(self.holding(), [])
        for reader in readers:
            reader.execute("COMMIT")
        # Nobody has to write, or to ask for anything.
        self.assertGone()


if __name__ == "__main__":
    if not AMBIT:
        sys.exit(__doc__)
    unittest.main()
