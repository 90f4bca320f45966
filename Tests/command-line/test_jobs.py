#!/usr/bin/env python3
"""Jobs of others: the one of the guide, and files that are fetched from the server.

    python3 Tests/command-line/test_jobs.py PATH-OF-AMBIT
"""
import datetime
import hashlib
import http.server
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.request

import test_command_line as fixture
from waiting import HANGS

ROOT = pathlib.Path(__file__).resolve().parents[2]


def job(language):
    """The nightly job as the guide has it."""
    guide = (ROOT / f"Sources/ambit/Guides/exports.{language}.md").read_text("utf-8")
    lines = re.search(r"\n((?:    import json.*\n)(?:    .*\n)*)", guide).group(1)
    return "".join(line[4:] + "\n" for line in lines.splitlines())


class Jobs(unittest.TestCase):
    setUpClass = classmethod(fixture.CommandLine.setUpClass.__func__)
    tearDownClass = classmethod(fixture.CommandLine.tearDownClass.__func__)
    answer = classmethod(fixture.CommandLine.answer.__func__)
    fails = fixture.CommandLine.fails

    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        # A token of its own, as the guide says.
        self.made = self.answer("token", "create", "--name", "Verzonnen taak", "-C", self.laptop)
        token = self.made["token"]
        pathlib.Path(self.place.name, "token").write_text(token + "\n")
        self.headers = {"Authorization": f"Bearer {token.strip()}"}
        self.api = f"{self.url}/v1/agendas/proef"

    def run_job(self, language="en", address=None):
        text = job(language)
        self.assertIn("https://agenda.example/v1/agendas/assen", text)
        text = text.replace("https://agenda.example/v1/agendas/assen", address or self.api)
        return subprocess.run([sys.executable, "-c", text], cwd=self.place.name, capture_output=True, text=True, timeout=HANGS)

    def kept(self):
        with sqlite3.connect(os.path.join(self.place.name, "agenda.sqlite")) as database:
            rows = {subject: json.loads(document) for subject, document in database.execute("SELECT subject, document FROM s")}
            return rows, database.execute("PRAGMA user_version").fetchone()[0]

    def get(self, path, **headers):
        request = urllib.request.Request(self.api + path, headers=self.headers | {n.replace("_", "-"): v for n, v in headers.items()})
        try:
            with urllib.request.urlopen(request, timeout=HANGS) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def documents(self):
        found, after = {}, ""
        while after is not None:
            page = json.loads(self.get(f"/state?limit=100{after}")[2])
            found |= {item["subject"]: item["document"] for item in page["documents"]}
            after = f"&after={page['next']}" if "next" in page else None
        return found, page["size"]

    def record(self, title):
        self.answer("record", "project.started", f"title={title}", "-C", self.laptop)
        self.answer("sync", "-C", self.laptop)

    def test_the_job_is_short_and_the_same_in_both_languages(self):
        self.assertEqual(job("en"), job("nl"))
        statements = [line for line in job("en").splitlines() if line.strip()]
        self.assertLessEqual(len(statements), 14)

    def test_the_job_keeps_up_night_after_night(self):
        for night in range(3):
            for number in range(night + 1):
                self.record(f"Voorbeeld {night} {number}")
            done = self.run_job()
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            documents, size = self.documents()
            self.assertEqual(self.kept(), (documents, size))
        self.assertEqual(self.run_job().returncode, 0)
        self.assertEqual(self.kept(), (documents, size))
        # What the command line writes is the same.
        self.answer("sync", "-C", self.laptop)
        file = os.path.join(self.place.name, "changes.ndjson")
        self.answer("export", "--changes-since", str(size - 3), "--at", str(size), "-o", file, "-C", self.laptop)
        self.assertEqual(pathlib.Path(file).read_bytes(), self.get(f"/changes?since={size - 3}")[2])

    def test_a_job_that_is_cut_off_changes_nothing(self):
        self.record("Voorbeeld heel")
        self.assertEqual(self.run_job().returncode, 0)
        before = self.kept()
        self.record("Voorbeeld half")
        self.record("Voorbeeld later")
        whole = self.get(f"/changes?since={before[1]}")[2]
        # Two subjects and the end mark; and the laptop's own device, once it has signed.
        self.assertGreaterEqual(whole.count(b"\n"), 3)
        for length in (0, 10, whole.index(b"\n") + 1, len(whole) - 10):
            with cut(whole[:length]) as address:
                self.assertNotEqual(self.run_job(address=address).returncode, 0)
                self.assertEqual(self.kept(), before, f"cut off after {length} bytes")
        with cut(whole) as address:
            self.assertEqual(self.run_job(address=address).returncode, 0)
        self.assertEqual(self.kept()[0], self.documents()[0])

    def test_a_token_is_listed_as_a_device_may_only_read_and_ends_with_it(self):
        self.assertEqual(self.made["role"], "auditor")
        self.answer("sync", "-C", self.laptop)
        listed = {item["device"]: item for item in self.answer("device", "list", "-C", self.laptop)}
        self.assertEqual(listed[self.made["device"]]["member"], self.made["member"])
        self.assertEqual(self.run_job().returncode, 0)
        request = urllib.request.Request(self.api + "/events", data=b"", headers=self.headers | {"Content-Type": "application/x-ndjson"})
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=HANGS)
        self.assertEqual(refused.exception.code, 403)
        self.answer("device", "revoke", self.made["device"], "-C", self.laptop)
        self.assertIn("403", self.run_job().stderr)

    def test_a_token_has_a_last_day_and_may_be_for_what_is_public_only(self):
        made = self.answer("token", "create", "--name", "Kaart", "--expires", "365d", "--public-fields", "-C", self.laptop)
        day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=365)).date()
        self.assertLessEqual(abs(datetime.date.fromisoformat(made["expires"]) - day), datetime.timedelta(days=1))
        self.assertEqual(made["reads"], "public")
        everything = self.documents()[0]
        self.headers = {"Authorization": f"Bearer {made['token']}"}
        self.assertEqual({kind.split("/")[0] for kind in self.documents()[0]} & {"member", "device"}, set())
        self.assertTrue(self.documents()[0].keys() < everything.keys())
        self.assertEqual(self.get("/snapshots/latest/log.ndjson")[0], 403)
        self.assertEqual(self.get("/snapshots/latest/public/state.json")[0], 200)
        self.answer("sync", "-C", self.laptop)
        listed = {item["device"]: item for item in self.answer("device", "list", "--seen", "-C", self.laptop)}[made["device"]]
        self.assertEqual((listed["expires"], listed["reads"]), (made["expires"], "public"))
        # Of several servers, each tells what it saw itself; who asks here may have come to another one.
        if os.path.exists(os.path.join(self.data, "agendas/proef/log.sqlite")):
            used = datetime.datetime.fromisoformat(listed["lastSeen"])
            self.assertLess(abs(datetime.datetime.now(datetime.timezone.utc) - used), datetime.timedelta(hours=1))
        for wrong in ("gisteren", "2020-01-01", "0d", "365"):
            done = fixture.ambit("token", "create", "--name", "x", "--expires", wrong, "-C", self.laptop)
            self.assertEqual(done.returncode, 64, done.stderr)
            self.assertIn("--expires is a day to come", done.stderr)

    def test_no_job_is_an_agendas_last_admin(self):
        done = fixture.ambit("token", "create", "--name", "x", "--role", "admin", "--public-fields", "-C", self.laptop)
        self.assertEqual(done.returncode, 64, done.stderr)
        self.answer("token", "create", "--name", "Tijdelijk", "--role", "admin", "--expires", "30d", "-C", self.laptop)
        own = self.answer("status", "-C", self.laptop)
        for words in (("device", "revoke", own["device"]), ("member", "remove", own["member"]), ("member", "grant", own["member"], "editor")):
            done = fixture.ambit(*words, "-C", self.laptop)
            self.assertNotEqual(done.returncode, 0, words)
        self.answer("invite", "--role", "recorder", "-C", self.laptop)

    def test_a_token_that_opens_nothing_is_noticed(self):
        pathlib.Path(self.place.name, "token").write_text("verzonnen\n")
        self.assertIn("401", self.run_job().stderr)

    def test_files_of_server_and_laptop_have_the_same_hash(self):
        self.record("Voorbeeld bestand")
        self.answer("sync", "-C", self.laptop)
        size = self.answer("status", "-C", self.laptop)["size"]
        formats = {"ndjson": "log.ndjson", "json": "state.json", "tables": "tables.zip", "sqlite": "tables.sqlite",
                   "xlsx": "tables.xlsx", "geojson": "projects.geojson", "jsonld": "catalog.jsonld"}
        for name, file in formats.items():
            path = os.path.join(self.place.name, file)
            self.answer("export", "--format", name, "--at", str(size), "-o", path, "-C", self.laptop)
            with open(path, "rb") as opened:
                expected = hashlib.sha256(opened.read()).hexdigest()
            status, headers, body = self.get(f"/snapshots/{size}/{file}")
            self.assertEqual((status, hashlib.sha256(body).hexdigest()), (200, expected), file)
        manifest = json.loads(self.get(f"/snapshots/{size}/manifest.json")[2])
        for item in manifest["files"]:
            with open(os.path.join(self.place.name, item["name"]), "rb") as opened:
                self.assertEqual(hashlib.sha256(opened.read()).hexdigest(), item["sha256"])
        # The latest is found without knowing a size.
        status, headers, body = self.get("/snapshots/latest/tables.zip")
        self.assertEqual((status, headers["Ambit-Size"]), (200, str(size)))

    def test_a_file_is_held_against_the_key_of_the_log(self):
        self.record("Voorbeeld bewijs")
        self.answer("sync", "-C", self.laptop)
        size = self.answer("status", "-C", self.laptop)["size"]
        key = json.loads(self.get("")[2])["verifierKey"]
        for name in ("log.ndjson", "tables.zip", "state.json"):
            pathlib.Path(self.place.name, name).write_bytes(self.get(f"/snapshots/{size}/{name}")[2])
        manifest = pathlib.Path(self.place.name, "manifest.json")
        manifest.write_bytes(self.get(f"/snapshots/{size}/manifest.json")[2])
        for name in ("log.ndjson", "tables.zip", "state.json"):
            file = os.path.join(self.place.name, name)
            self.assertFalse(self.answer("snapshot", "verify", file, "--key", key)["replayed"])
            self.assertTrue(self.answer("snapshot", "verify", file, "--key", key, "--replay", "-C", self.laptop)["replayed"])
            data = pathlib.Path(file).read_bytes()
            for changed in (data[:-1], data[:100] + bytes([data[100] ^ 1]) + data[101:], data + b" "):
                pathlib.Path(file).write_bytes(changed)
                cut = name == "log.ndjson" and not changed.endswith(b"\n")
                self.fails(1 if cut else 2, "cut-off" if cut else "not-proven", "snapshot", "verify", file, "--key", key)
            pathlib.Path(file).write_bytes(data)
        # A manifest that somebody made for an edited file is not about what the key has signed, or the log makes another file.
        file = os.path.join(self.place.name, "state.json")
        data = pathlib.Path(file).read_bytes().replace(b"Voorbeeld", b"Verzonnen")
        pathlib.Path(file).write_bytes(data)
        known = json.loads(manifest.read_bytes())
        for item in known["files"]:
            if item["name"] == "state.json":
                item.update(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
        manifest.write_text(json.dumps(known))
        self.answer("snapshot", "verify", file, "--key", key)
        self.fails(2, "not-proven", "snapshot", "verify", file, "--key", key, "--replay", "-C", self.laptop)
        manifest.write_text(json.dumps(known | {"size": size - 1}))
        self.fails(2, "not-proven", "snapshot", "verify", file, "--key", key)
        other = self.answer("agenda", "create", "ander", "--title", "Ander", "--data", os.path.join(self.place.name, "ander"))["verifierKey"]
        manifest.write_text(json.dumps(known))
        self.fails(2, "bad-signature", "snapshot", "verify", file, "--key", other)
        manifest.write_text("{}")
        self.fails(1, "bad-manifest", "snapshot", "verify", file, "--key", key)

    def test_the_other_files_are_made_of_the_entries_alone(self):
        self.record("Voorbeeld zonder logboek")
        self.answer("sync", "-C", self.laptop)
        size = self.answer("status", "-C", self.laptop)["size"]
        key = json.loads(self.get("")[2])["verifierKey"]
        log, made = (pathlib.Path(self.place.name, name) for name in ("log.ndjson", "made"))
        for name in ("log.ndjson", "manifest.json"):
            pathlib.Path(self.place.name, name).write_bytes(self.get(f"/snapshots/{size}/{name}")[2])
        for form, name in (("tables", "tables.zip"), ("json", "state.json"), ("ndjson", "log.ndjson")):
            self.answer("export", "--from", str(log), "--key", key, "--format", form, "-o", str(made))
            self.assertEqual(made.read_bytes(), self.get(f"/snapshots/{size}/{name}")[2], form)
        entries = log.read_bytes()
        for word, changed in (("malformed", entries[:-5]), ("bad-signature", entries.replace(b"Voorbeeld", b"Verzonnen"))):
            log.write_bytes(changed)
            self.fails(1, word, "export", "--from", str(log), "--key", key, "--format", "tables", "-o", str(made))

    def test_a_server_that_was_cut_off_leaves_nothing_half_made(self):
        if not os.path.exists(os.path.join(self.data, "agendas/proef/log.sqlite")):
            self.skipTest("several servers keep such files in folders of their own")
        folder = pathlib.Path(self.data, "agendas/proef/state.sqlite.snapshots")
        self.get("/snapshots/latest/tables.sqlite")
        self.assertTrue(any(folder.iterdir()))
        self.assertEqual([path.name for path in folder.iterdir() if path.name.endswith(".new") or "ambit-" in path.name], [])


class cut:
    """A server that answers everything with these bytes."""

    def __init__(self, body):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


if __name__ == "__main__":
    unittest.main()
