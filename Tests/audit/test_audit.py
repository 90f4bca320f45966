#!/usr/bin/env python3
"""Proofs and mirrors end to end: the program's own commands, and Tools/verify.py against a real server and what it gave.

    python3 Tests/audit/test_audit.py PATH-OF-AMBIT
"""
import contextlib
import functools
import http.server
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

import logs
from logs import protocol
from waiting import HANGS, eventually

AMBIT = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ""
VERIFY = pathlib.Path(__file__).resolve().parents[2] / "Tools/verify.py"
OTHER_KEY = logs.Signer(seed=9).vkey
EVENTS = 600


def run(*command):
    return subprocess.run([str(part) for part in command], capture_output=True, timeout=HANGS)


class Audit(unittest.TestCase):
    """One server and one laptop for all tests."""

    @classmethod
    def setUpClass(cls):
        cls.home = pathlib.Path(tempfile.mkdtemp(prefix="ambit-audit."))
        cls.data, cls.laptop = cls.home / "data", cls.home / "laptop"
        made = cls.answer("agenda", "create", "proef", "--title", "Proef", "--data", cls.data)
        cls.key = made["verifierKey"]
        cls.log = open(cls.home / "server.log", "w")
        cls.server = subprocess.Popen([AMBIT, "serve", "--data", cls.data, "--listen", "127.0.0.1:0", "--json"],
                                      stdout=subprocess.PIPE, stderr=cls.log, text=True)
        cls.url = json.loads(cls.server.stdout.readline())["url"] + "/agendas/proef"
        cls.answer("clone", cls.url, cls.laptop, "--invite", made["invite"], "--name", "Proef", "--device", "een")
        cls.record(EVENTS)

    @classmethod
    def tearDownClass(cls):
        cls.server.send_signal(signal.SIGTERM)
        code = cls.server.wait(HANGS)
        cls.server.stdout.close()
        cls.log.close()
        shutil.rmtree(cls.home)
        assert code == 0, f"the server ended with {code}"

    @classmethod
    def answer(cls, *arguments):
        done = run(AMBIT, *arguments, "--json")
        assert done.returncode == 0, (arguments, done.returncode, done.stderr)
        return json.loads(done.stdout)

    @classmethod
    def record(cls, count):
        lines = "".join(json.dumps({"type": "theme.opened", "as": f"t{n}", "data": {"title": f"Thema {n} – groen"}}) + "\n"
                        for n in range(count))
        file = cls.home / "import.ndjson"
        file.write_text(lines, "utf-8")
        cls.answer("import", file, "-C", cls.laptop)
        cls.size = cls.answer("sync", "-C", cls.laptop)["size"]

    def fails(self, code, word, *arguments):
        done = run(AMBIT, *arguments, "--json")
        self.assertEqual((done.returncode, done.stdout), (code, b""), done.stderr)
        error = json.loads(done.stderr.splitlines()[-1])
        self.assertEqual(error["error"], word)
        self.assertGreater(len(error["message"]), 10)

    def verified(self, *arguments, key=None):
        done = run(sys.executable, VERIFY, *arguments, "--key", key or self.key)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode()

    def refused(self, code, *arguments, key=None):
        done = run(sys.executable, VERIFY, *arguments, "--key", key or self.key)
        self.assertEqual((done.returncode, done.stdout), (code, b""), done.stderr)

    def folder(self, name):
        folder = self.home / name
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        return folder

    def entries(self):
        return run(AMBIT, "log", "--json", "-C", self.laptop).stdout.splitlines()

    # --- Evidence ---

    def test_every_way_to_prove_an_entry_gives_what_both_checkers_accept(self):
        entries, file = self.entries(), self.home / "evidence"
        for position in (0, 1, 255, 256, 511, self.size - 1):
            for place in (["-C", self.laptop], ["--data", self.data, "--agenda", "proef"]):
                found = self.answer("prove", position, "-o", file, *place)
                self.assertEqual((found["position"], found["size"], found["verifierKey"]), (position, self.size, self.key))
                self.assertEqual(run(AMBIT, "prove", position, *place).stdout, file.read_bytes())
                checked = self.answer("check", file, "--key", self.key)
                self.assertEqual(checked["entry"].encode(), entries[position])
                self.assertEqual((checked["position"], checked["size"]), (position, self.size))
                self.assertEqual(checked["recordedtime"], json.loads(entries[position])["recordedtime"])
                self.assertIn(f"entry {position} of", self.verified("evidence", file))
                shown = protocol.check_evidence(file.read_text("utf-8"), self.key)
                self.assertEqual(shown, (position, self.size, entries[position]))

    def test_evidence_has_the_word_of_the_device(self):
        self.record(1)
        position, file, bad = self.size - 1, self.home / "evidence", self.home / "bad"
        entry = self.entries()[position]
        self.assertEqual(json.loads(entry)["type"], "theme.opened")
        # The laptop has not signed it yet: it does so before it gives evidence, and the server does not know.
        self.assertFalse(self.answer("prove", position, "-o", file, "--data", self.data, "--agenda", "proef")["signed"])
        self.assertNotIn("signed", self.answer("check", file, "--key", self.key))
        self.assertTrue(self.answer("prove", position, "-o", file, "-C", self.laptop)["signed"])
        device = json.loads(entry)["source"]
        self.assertEqual(self.answer("check", file, "--key", self.key)["signed"], device)
        self.assertIn(f"signed by {device}", self.verified("evidence", file))
        type(self).size = self.answer("sign", "-C", self.laptop)["size"]
        self.assertTrue(self.answer("prove", position, "-o", file, "--data", self.data, "--agenda", "proef")["signed"])
        self.assertIn(f"signed by {device}", self.verified("evidence", file))
        # Others of its entries are not shown to be signed by what is said of this one.
        inside, word = protocol.from_base64(file.read_text("utf-8").split("\n")[1][len("extra "):]).split(b"\n")
        word = json.loads(word)
        for name, other in {
                "leaves": logs.b64(b"\1" * 32), "enrolled": {**word["enrolled"], "index": 0},
                "signature": {**word["signature"], "through": word["signature"]["through"] + 1}}.items():
            lines = file.read_text("utf-8").split("\n")
            lines[1] = "extra " + logs.b64(inside + b"\n" + json.dumps({**word, name: other}).encode())
            bad.write_text("\n".join(lines), "utf-8")
            self.fails(2, "not-proven", "check", bad, "--key", self.key)
            self.refused(2, "evidence", bad)
        # What the server recorded is signed with the log.
        self.assertFalse(self.answer("prove", 0, "-o", file, "-C", self.laptop)["signed"])

    def test_positions_that_the_log_does_not_have(self):
        for position in (self.size, 10 ** 15):
            self.fails(1, "invalid-range", "prove", position, "-C", self.laptop)
        for position in ("-1", "x", "1.5", str(2 ** 63)):
            self.assertEqual(run(AMBIT, "prove", position, "-C", self.laptop).returncode, 64)
        self.fails(1, "not-a-replica", "prove", 0, "-C", self.home)

    def test_evidence_that_was_changed(self):
        file, bad = self.home / "evidence", self.home / "bad"
        self.answer("prove", 300, "-o", file, "-C", self.laptop)
        whole = file.read_text("utf-8")
        lines = whole.split("\n")
        extra = protocol.from_base64(lines[1][len("extra "):])
        entry = extra.partition(b"\n")[0]
        changed = {
            ("not-proven", 2): [whole.replace(lines[1], "extra " + logs.b64(extra.replace(b"groen", b"rood "))),
                                whole.replace("index 300", "index 301"), whole.replace("index 300", "index 300000"),
                                whole.replace(lines[3] + "\n", ""), whole.replace(lines[3], lines[4])],
            ("bad-signature", 2): [whole.replace(f"\n{self.size}\n", f"\n{self.size + 1}\n")],
            ("malformed", 1): ["", whole[:100], whole[:-5], whole[:whole.index("\n\n") + 2], whole[1:], "x" * 300_000,
                               whole.replace("index 300", "index 0300")],
        }
        for (word, code), texts in changed.items():
            for text in texts:
                bad.write_text(text, "utf-8")
                self.fails(code, word, "check", bad, "--key", self.key)
                self.refused(code, "evidence", bad)
        # A key that is not the pinned one, also one that is called the same.
        name = self.key.split("+")[0]
        for key in (OTHER_KEY, logs.Signer(name, seed=3).vkey):
            self.fails(2, "bad-signature", "check", file, "--key", key)
            self.refused(2, "evidence", file, key=key)
        for key in ("", "x", self.key[:-3], self.key.replace("+", "+1", 1)):
            self.assertEqual(run(AMBIT, "check", file, "--key", key).returncode, 64)
        # The entry from elsewhere counts, whatever the file holds.
        given = self.home / "entry"
        for text, code in ((entry, 0), (entry + b"\n", 0), (entry + b" ", 2), (entry + b"\n\n", 2), (b"", 2)):
            given.write_bytes(text)
            for evidence in (whole, whole.replace(lines[1] + "\n", ""), whole.replace(lines[1], "extra AAAA")):
                bad.write_text(evidence, "utf-8")
                done = run(AMBIT, "check", bad, "--key", self.key, "--entry", given)
                self.assertEqual(done.returncode, code, done.stderr)
                done = run(sys.executable, VERIFY, "evidence", bad, "--key", self.key, "--entry", given)
                self.assertEqual(done.returncode, code, done.stderr)
        bad.write_text(whole.replace(lines[1] + "\n", ""), "utf-8")
        self.fails(1, "no-entry", "check", bad, "--key", self.key)
        self.fails(1, "input-output", "check", self.home / "none", "--key", self.key)

    # --- Servers ---

    def test_a_c2sp_client_verifies_the_server(self):
        token = ["--token", self.laptop / "token"]
        self.assertIn(f"{self.size} entries", self.verified("server", self.url, *token))
        self.refused(77, "server", self.url)
        self.refused(2, "server", self.url, *token, key=OTHER_KEY)
        self.refused(1, "server", self.url + "x", *token)

    # --- Exports ---

    def test_an_export_is_held_against_its_manifest(self):
        file, manifest, note = (self.home / name for name in ("log.ndjson", "manifest.json", "checkpoint"))
        export = ("export", "--format", "ndjson", "-o", file, "--manifest", manifest)
        for place in (["-C", self.laptop], ["--data", self.data, "--agenda", "proef"]):
            self.answer(*export, *place)
            self.assertIn(f"{self.size} entries", self.verified("export", file, "--checkpoint", manifest))
        self.assertEqual(json.loads(manifest.read_text())["digest"], self.answer("replay", "-C", self.laptop)["digest"])
        note.write_text(json.loads(manifest.read_text("utf-8"))["checkpoint"], "utf-8")
        self.verified("export", file, "--checkpoint", note)
        self.refused(2, "export", file, "--checkpoint", note, key=OTHER_KEY)
        file.write_bytes(file.read_bytes()[:-100])
        self.refused(1, "export", file, "--checkpoint", note)
        # No checkpoint was made within a push, so that this says so instead of being half true.
        self.answer(*export, "-C", self.laptop, "--at", self.size - 5)
        self.refused(1, "export", file, "--checkpoint", manifest)

    # --- Mirrors ---

    def test_a_mirror_is_whole_and_grows(self):
        mirror = self.folder("mirror")
        found = self.answer("mirror", self.url, mirror, "-C", self.laptop)
        self.assertEqual(found, {"added": self.size, "erased": 0, "folder": str(mirror), "size": self.size, "unerased": 0})
        self.assertIn(f"{self.size} entries", self.verified("mirror", mirror))
        files = {path: (mirror / path).read_bytes() for path, _ in protocol.tiles(self.entries())}
        self.assertEqual(files, dict(protocol.tiles(self.entries())))
        self.assertEqual(self.answer("mirror", self.url, mirror, "-C", self.laptop)["added"], 0)
        self.record(300)
        self.assertEqual(self.answer("mirror", self.url, mirror, "-C", self.laptop)["added"], 301)  # With a signature on the others.
        self.assertIn(f"{self.size} entries", self.verified("mirror", mirror))
        # Any web server gives it out, to any C2SP client, and to another mirror.
        with static(self.home) as base:
            self.assertIn(f"{self.size} entries", self.verified("server", f"{base}/mirror"))
            (self.home / "v1/agendas").mkdir(parents=True)
            (self.home / "v1/agendas/kopie").symlink_to(mirror)
            copy = self.folder("copy")
            self.assertEqual(self.answer("mirror", f"{base}/agendas/kopie", copy, "--key", self.key)["size"], self.size)
        self.assertIn(f"{self.size} entries", self.verified("mirror", copy))

    def test_a_mirror_cut_off_half_way_goes_on(self):
        mirror = self.folder("half")
        self.answer("mirror", self.url, mirror, "-C", self.laptop)
        (mirror / "checkpoint").unlink()
        (mirror / "tile/entries/001").unlink()
        self.refused(1, "mirror", mirror)
        self.assertEqual(self.answer("mirror", self.url, mirror, "-C", self.laptop)["added"], self.size)
        self.verified("mirror", mirror)
        tile = next((mirror / "tile/1").rglob("000.p/*"))
        whole = tile.read_bytes()
        tile.write_bytes(whole[:-1])
        self.fails(1, "corrupt", "mirror", self.url, mirror, "-C", self.laptop)
        self.refused(1, "mirror", mirror)
        tile.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        self.fails(1, "corrupt", "mirror", self.url, mirror, "-C", self.laptop)
        self.refused(2, "mirror", mirror)

    def test_keys_and_tokens_of_mirrors(self):
        mirror, token = self.folder("keys"), ["--token-file", self.laptop / "token"]
        self.fails(77, "unauthenticated", "mirror", self.url, mirror, "--key", self.key)
        self.fails(2, "bad-checkpoint", "mirror", self.url, mirror, "--key", OTHER_KEY, *token)
        self.fails(1, "not-found", "mirror", self.url + "x", mirror, "--key", self.key, *token)
        self.fails(1, "invalid-address", "mirror", "https://voorbeeld.nl/agendas/proef", mirror, "-C", self.laptop)
        self.fails(1, "invalid-address", "mirror", "ftp://voorbeeld.nl/agendas/proef", mirror, "--key", self.key)
        self.fails(1, "not-a-replica", "mirror", self.url, mirror, "-C", self.home)
        self.assertFalse((mirror / "checkpoint").exists())
        for wrong in (["--key", "x"], token, ["--key", self.key, "-C", self.laptop]):
            self.assertEqual(run(AMBIT, "mirror", self.url, mirror, *wrong).returncode, 64)
        self.assertEqual(self.answer("mirror", self.url, mirror, "--key", self.key, *token)["size"], self.size)
        self.fails(2, "bad-checkpoint", "mirror", self.url, mirror, "--key", OTHER_KEY, *token)
        self.verified("mirror", mirror)

    def test_a_mirror_of_a_public_log_needs_no_token(self):
        self.answer("agenda", "open", "proef", "--public-log", "--data", self.data)
        self.addCleanup(self.answer, "agenda", "open", "proef", "--members", "--data", self.data)
        mirror = self.folder("public")
        # The server takes it over within about a second.
        def answers():
            self.done = run(AMBIT, "mirror", self.url, mirror, "--key", self.key)
            return self.done.returncode != 77

        eventually(answers)
        self.assertEqual(self.done.returncode, 0, self.done.stderr)
        self.verified("mirror", mirror)
        self.verified("server", self.url)


@contextlib.contextmanager
def static(folder):
    """Python's own web server."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    unittest.main()
