#!/usr/bin/env python3
"""Puts logs of real servers back, cuts their journals off and takes their notes away: nothing is signed twice.

    python3 Tests/command-line/test_guard.py PATH-OF-AMBIT
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/support"))
from waiting import HANGS, eventually  # noqa: E402

AMBIT = os.path.abspath(sys.argv.pop(1) if len(sys.argv) > 1 else ".build/debug/ambit")


def run(*arguments, stdin=None):
    return subprocess.run([AMBIT, *arguments, "--json"], capture_output=True, text=True, input=stdin, timeout=HANGS)


def fetch(url, token=None, body=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, headers=headers, data=body)
    try:
        with urllib.request.urlopen(request, timeout=HANGS) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


class Guarded(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="ambit-guard.")
        self.data, self.folder = self.path("data"), self.path("data/agendas/assen")
        self.processes = []
        self.made = self.answer("agenda", "create", "assen", "--title", "Proef", "--data", self.data,
                                "--origin", "localhost/agendas/assen")

    def tearDown(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(HANGS)
            process.stdout.close()
        shutil.rmtree(self.home)

    def path(self, name):
        return os.path.join(self.home, name)

    def answer(self, *arguments, code=0):
        done = run(*arguments)
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout) if done.stdout else {}

    def fails(self, code, word, *arguments, stdin=None):
        done = run(*arguments, stdin=stdin)
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        error = json.loads(done.stderr.strip().splitlines()[-1])
        self.assertEqual(error["error"], word, done.stderr)
        return done.stderr

    def start(self, *arguments):
        log = open(self.path("log"), "a")
        process = subprocess.Popen([AMBIT, *arguments, "--json"], stdout=subprocess.PIPE, stderr=log, text=True)
        log.close()
        self.processes.append(process)
        line = process.stdout.readline()
        self.assertTrue(line, self.log())
        return process, json.loads(line)["url"]

    def serve(self, *arguments):
        self.server, url = self.start("serve", "--data", self.data, "--listen", "127.0.0.1:0", *arguments)
        self.url, self.agenda = url, f"{url}/agendas/assen"

    def stop(self, how=signal.SIGTERM):
        self.server.send_signal(how)
        self.server.wait(HANGS)

    def log(self):
        with open(self.path("log")) as file:
            return file.read()

    def clone(self, name):
        self.answer("clone", self.agenda, self.path(name), "--invite", self.invite(name), "--name", "Voorbeeld",
                    "--device", name)
        return self.path(name)

    def invite(self, name):
        if not hasattr(self, "first"):
            self.first = name
            return self.made["invite"]
        return self.answer("invite", "--data", self.data, "--agenda", "assen", "--role", "admin")["invite"]

    def record(self, laptop, title="Voorbeeld"):
        self.answer("record", "theme.opened", f"title={title}", "-C", laptop)

    def sync(self, laptop, code=0):
        return self.answer("sync", "-C", laptop, "--url", self.agenda, code=code)

    def checkpoint(self, laptop):
        with open(os.path.join(laptop, "token")) as file:
            status, _, note = fetch(f"{self.agenda}/checkpoint", file.read().strip())
        self.assertEqual(status, 200, note)
        return note

    def put_back(self, backup):
        for suffix in ("", "-wal", "-shm"):
            path = os.path.join(self.folder, "log.sqlite" + suffix)
            if os.path.exists(path):
                os.remove(path)
        shutil.copy(backup, os.path.join(self.folder, "log.sqlite"))

    def expect_standing(self, word):
        # The server opens its agendas beside the first requests, and looks once a second what others have written.
        self.assertTrue(eventually(lambda: (fetch(f"{self.agenda}/ready")[0] == 200) == (word == "complete")), self.log())
        status, _, text = fetch(f"{self.url}/readyz")
        self.assertEqual((status, text.splitlines()[0]), (200, "ready") if word == "complete" else (503, "not ready"))
        status, _, text = fetch(f"{self.agenda}/ready")
        self.assertEqual(status, 200 if word == "complete" else 503, text)
        _, _, metrics = fetch(f"{self.url}/metrics")
        self.assertIn(f'ambit_agenda_state{{state="{word}"}} 1\n', metrics)

    def test_a_log_that_was_put_back_under_a_witness_waits_to_be_healed(self):
        key = self.answer("witness", "create", "w.example/1", "--data", self.path("witness"))["verifierKey"]
        _, witness = self.start("witness", "run", "--data", self.path("witness"), "--log", self.made["verifierKey"],
                                "--listen", "127.0.0.1:0")
        self.serve("--witness", f"{key}={witness}")
        laptop, other = self.clone("laptop"), self.clone("other")
        for number in range(3):
            self.record(laptop, f"Thema {number}")
        self.sync(laptop)
        self.sync(other)
        self.answer("agenda", "backup", "assen", self.path("backup"), "--data", self.data)
        self.record(laptop, "Na de kopie")
        size = self.sync(laptop)["size"]
        note = self.checkpoint(laptop)
        self.stop()
        self.put_back(self.path("backup"))
        self.serve("--witness", f"{key}={witness}")
        self.expect_standing("behind")
        self.assertIn("critical", self.log())
        # Who had synced no further than the backup, and would notice nothing.
        self.record(other, "Van iemand die niets merkt")
        self.fails(69, "unavailable", "sync", "-C", other, "--url", self.agenda)
        self.fails(1, "read-only", "invite", "--data", self.data, "--agenda", "assen", "--role", "admin")
        self.assertLess(int(self.checkpoint(other).split("\n")[1]), size)
        self.assertEqual(self.answer("heal", "--data", self.data, "--agenda", "assen", "--from", laptop)["size"], size)
        self.expect_standing("complete")
        self.assertEqual(self.checkpoint(laptop).split("\n")[:5], note.split("\n")[:5])
        self.assertGreater(self.sync(other)["size"], size)
        self.assertEqual(self.sync(laptop)["refused"], 0)

    def test_a_journal_that_was_cut_off_is_not_signed_over(self):
        self.serve()
        laptop = self.clone("laptop")
        for number in range(8):
            self.record(laptop, f"Thema {number}")
            size = self.sync(laptop)["size"]
        with open(os.path.join(laptop, "token")) as file:
            status, _, _ = fetch(f"{self.agenda}/state", file.read().strip())
        self.assertEqual(status, 200)
        self.stop(signal.SIGKILL)
        journal = os.path.join(self.folder, "log.sqlite-wal")
        os.truncate(journal, os.path.getsize(journal) * 8 // 10)
        self.assertIn("log.seen", self.fails(2, "difference", "verify", self.folder, "--key", self.made["verifierKey"]))
        self.serve()
        self.expect_standing("behind")
        self.record(laptop)
        self.sync(laptop, code=2)
        # What it remembers is not thrown away.
        with open(os.path.join(laptop, "token")) as file:
            status, headers, _ = fetch(f"{self.agenda}/state", file.read().strip())
        self.assertEqual((status, headers["Ambit-Standing"]), (200, "behind"))
        self.assertIn("log.seen", self.fails(2, "difference", "verify", self.folder, "--key", self.made["verifierKey"]))
        self.assertGreater(self.answer("heal", "-C", laptop)["size"], size)
        self.expect_standing("complete")
        self.stop()
        self.answer("verify", self.folder, "--key", self.made["verifierKey"])

    def test_only_a_state_file_that_remembers_more_stops_it_too(self):
        self.serve()
        laptop = self.clone("laptop")
        self.answer("agenda", "backup", "assen", self.path("backup"), "--data", self.data)
        shutil.copy(os.path.join(self.folder, "log.seen"), self.path("seen"))
        self.record(laptop)
        self.sync(laptop)
        with open(os.path.join(laptop, "token")) as file:
            fetch(f"{self.agenda}/state", file.read().strip())
        self.stop()
        self.put_back(self.path("backup"))
        shutil.copy(self.path("seen"), os.path.join(self.folder, "log.seen"))
        self.serve()
        self.expect_standing("behind")
        # Having looked at the log again, for a laptop that knows more, it says the same.
        for _ in range(3):
            self.record(laptop)
            self.sync(laptop, code=2)
            self.expect_standing("behind")

    def test_a_laptop_that_knows_more_tells_a_server_that_does_not(self):
        self.serve()
        laptop = self.clone("laptop")
        self.answer("agenda", "backup", "assen", self.path("backup"), "--data", self.data)
        for name in ("log.seen", "state.sqlite"):
            if os.path.exists(os.path.join(self.folder, name)):
                shutil.copy(os.path.join(self.folder, name), self.path(name))
        self.record(laptop)
        self.sync(laptop)
        self.stop()
        # A copy of everything from before: nothing here tells it.
        self.put_back(self.path("backup"))
        for name in ("state.sqlite", "state.sqlite-wal", "state.sqlite-shm"):
            if os.path.exists(os.path.join(self.folder, name)):
                os.remove(os.path.join(self.folder, name))
        shutil.copy(self.path("log.seen"), os.path.join(self.folder, "log.seen"))
        self.serve()
        self.expect_standing("complete")
        self.sync(laptop, code=2)
        self.expect_standing("behind")
        self.answer("heal", "-C", laptop)
        self.expect_standing("complete")

    def test_without_its_note_a_log_is_read_until_somebody_has_decided(self):
        self.serve()
        laptop = self.clone("laptop")
        self.stop()
        os.remove(os.path.join(self.folder, "log.seen"))
        self.serve()
        self.expect_standing("unproven")
        self.sync(laptop)
        self.record(laptop)
        self.fails(69, "unavailable", "sync", "-C", laptop)
        self.expect_standing("unproven")
        self.fails(1, "not-confirmed", "agenda", "accept-loss", "assen", "--data", self.data, stdin="nee\n")
        self.answer("agenda", "accept-loss", "assen", "--data", self.data, "--yes")
        self.assertTrue(eventually(lambda: fetch(f"{self.agenda}/ready")[0] == 200), self.log())
        self.sync(laptop)
        self.expect_standing("complete")

    def test_a_witness_that_knew_the_log_confirms_it(self):
        key = self.answer("witness", "create", "w.example/1", "--data", self.path("witness"))["verifierKey"]
        _, witness = self.start("witness", "run", "--data", self.path("witness"), "--log", self.made["verifierKey"],
                                "--listen", "127.0.0.1:0")
        self.serve("--witness", f"{key}={witness}")
        laptop = self.clone("laptop")
        with open(os.path.join(laptop, "token")) as file:
            token = file.read().strip()
        self.assertTrue(eventually(lambda: fetch(f"{self.agenda}/checkpoint?cosignatures=1", token)[0] == 200), self.log())
        self.stop()
        os.remove(os.path.join(self.folder, "log.seen"))
        self.serve("--witness", f"{key}={witness}")
        self.assertTrue(eventually(lambda: fetch(f"{self.agenda}/ready")[0] == 200), self.log())
        self.record(laptop)
        self.sync(laptop)

    def test_what_is_given_up_stands_in_the_log(self):
        self.serve()
        laptop = self.clone("laptop")
        kept = self.answer("agenda", "backup", "assen", self.path("backup"), "--data", self.data)["size"]
        self.record(laptop)
        self.sync(laptop)
        shown = int(self.checkpoint(laptop).split("\n")[1])
        self.stop()
        self.put_back(self.path("backup"))
        done = self.answer("agenda", "accept-loss", "assen", "--data", self.data, "--yes")
        self.assertEqual(done, {"agenda": "assen", "size": kept + 1, "lost": shown - kept})
        self.assertEqual(self.answer("agenda", "accept-loss", "assen", "--data", self.data)["lost"], 0)
        self.serve()
        self.expect_standing("complete")
        other = self.clone("other")
        self.assertIn("loss.accepted", run("log", "-C", other).stdout)
        # Its laptop has another history: it stops, keeps everything, and no longer stops the server.
        self.sync(laptop, code=2)
        self.expect_standing("complete")

    def test_notes_that_are_none_change_nothing(self):
        self.serve()
        laptop = self.clone("laptop")
        with open(os.path.join(laptop, "token")) as file:
            token = file.read().strip()
        note = self.checkpoint(laptop)
        self.assertEqual(fetch(f"{self.agenda}/checkpoint", token, note.encode())[0], 204)
        self.assertEqual(fetch(f"{self.agenda}/checkpoint", None, note.encode())[0], 401)
        for wrong in (b"", b"\xff" * 100, note.replace("\n3\n", "\n9\n").encode(), b"x" * 65537):
            self.assertIn(fetch(f"{self.agenda}/checkpoint", token, wrong)[0], (413, 422))
        self.expect_standing("complete")


if __name__ == "__main__":
    unittest.main()
