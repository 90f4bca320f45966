#!/usr/bin/env python3
"""Puts logs of real servers back, cuts their journals off and takes their notes away: nothing is signed twice.

    python3 Tests/command-line/test_guard.py PATH-OF-AMBIT
"""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
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
    # Given as people pass it on; programs ask below /v1.
    url = url.replace("/agendas/", "/v1/agendas/")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, headers=headers, data=body)
    try:
        with urllib.request.urlopen(request, timeout=HANGS) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


class Site(unittest.TestCase):
    """A data folder with one agenda, and its server."""

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
        self.end(self.server, how)

    def end(self, process, how=signal.SIGTERM):
        process.send_signal(how)
        process.wait(HANGS)

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
        # What a witness says of it may come later.
        state = f'ambit_agenda_state{{state="{word}"}} 1\n'
        self.assertTrue(eventually(lambda: state in fetch(f"{self.url}/metrics")[2]), self.log())


class Guarded(Site):
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
        self.assertEqual(run("agenda", "accept-loss", "assen", "--data", self.data, stdin="assen\n").returncode, 64)
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
        self.assertTrue(eventually(lambda: self.is_cosigned(token, self.checkpoint(laptop))), self.log())
        self.stop()
        os.remove(os.path.join(self.folder, "log.seen"))
        self.serve("--witness", f"{key}={witness}")
        self.assertTrue(eventually(lambda: fetch(f"{self.agenda}/ready")[0] == 200), self.log())
        self.record(laptop)
        self.sync(laptop)

    def lose_all_but_the_key(self, backup):
        key = self.path("key")
        shutil.copy(os.path.join(self.folder, "log.key"), key)
        shutil.rmtree(self.data)
        self.answer("agenda", "restore", "assen", "--from", backup, "--key", key, "--data", self.data)

    def findings(self):
        return [finding["finding"] for finding in json.loads(run("doctor", self.data).stdout)["findings"]]

    def test_what_one_laptop_has_shown_of_a_log_without_its_note_proves_nothing_once_it_is_put_back(self):
        self.serve()
        laptop, other = self.clone("laptop"), self.clone("other")
        for backup in ("first", "second"):
            self.record(laptop)
            self.sync(laptop)
            self.answer("agenda", "backup", "assen", self.path(backup), "--data", self.data)
        self.sync(other)
        self.record(other)
        self.sync(other)
        note = self.checkpoint(other)
        self.stop()
        self.lose_all_but_the_key(self.path("first"))
        self.serve()
        self.expect_standing("unproven")
        self.sync(laptop, code=2)
        self.expect_standing("behind")
        self.stop()
        # The laptop had not all of it: the other one has more.
        self.answer("agenda", "restore", "assen", "--from", self.path("second"), "--data", self.data)
        self.assertEqual(self.answer("agenda", "list", "--data", self.data)[0]["standing"], "unproven")
        self.assertIn("nothing-noted", self.findings())
        self.serve()
        self.expect_standing("unproven")
        self.record(laptop, "Op een plaats die al vergeven is")
        self.fails(69, "unavailable", "sync", "-C", laptop, "--url", self.agenda)
        self.sync(other, code=2)
        self.expect_standing("behind")
        self.answer("heal", "--data", self.data, "--agenda", "assen", "--from", other)
        self.expect_standing("complete")
        self.assertEqual(self.checkpoint(other).split("\n")[:3], note.split("\n")[:3])
        self.sync(laptop)
        self.stop()
        self.assertNotIn("nothing-noted", self.findings())

    def test_less_than_the_state_file_remembers_is_no_whole_repair(self):
        self.serve()
        laptop, other = self.clone("laptop"), self.clone("other")
        self.answer("agenda", "backup", "assen", self.path("backup"), "--data", self.data)
        self.record(laptop)
        self.sync(laptop)
        self.record(other)
        self.sync(other)
        with open(os.path.join(other, "token")) as file:
            fetch(f"{self.agenda}/state", file.read().strip())
        self.stop()
        self.put_back(self.path("backup"))
        os.remove(os.path.join(self.folder, "log.seen"))
        place = ("--data", self.data, "--agenda", "assen")
        self.assertGreater(self.answer("heal", *place, "--from", laptop)["given"], 0)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "log.seen")))
        self.assertEqual(self.answer("agenda", "list", "--data", self.data)[0]["standing"], "behind")
        self.answer("heal", *place, "--from", other)
        self.assertEqual(self.answer("agenda", "list", "--data", self.data)[0]["standing"], "complete")

    def test_a_note_of_another_history_lets_no_copy_of_that_go_on(self):
        self.serve()
        laptop, other = self.clone("laptop"), self.clone("other")
        self.stop()
        shutil.copytree(self.folder, self.path("copy"))

        def put(place):
            shutil.rmtree(self.folder)
            shutil.copytree(self.path(place), self.folder)
        self.serve()
        self.record(other)
        self.sync(other)
        note = self.checkpoint(other)
        self.answer("agenda", "backup", "assen", self.path("theirs"), "--data", self.data)
        self.stop()
        put("copy")
        self.serve()
        for _ in range(4):
            self.record(laptop)
            self.sync(laptop)
        with open(os.path.join(laptop, "token")) as file:
            token = file.read().strip()
        self.assertEqual(fetch(f"{self.agenda}/checkpoint", token, note.encode())[0], 204)
        self.expect_standing("forked")
        self.stop()
        key = self.made["verifierKey"]
        self.assertIn("two histories", self.fails(2, "difference", "verify", self.folder, "--key", key))
        self.assertIn("two-histories", self.findings())
        # The laptop has been shown more than that copy has, and only the server's own note says so.
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(os.path.join(self.folder, "state.sqlite" + suffix)):
                os.remove(os.path.join(self.folder, "state.sqlite" + suffix))
        self.answer("agenda", "restore", "assen", "--from", self.path("theirs"), "--data", self.data)
        self.serve()
        self.expect_standing("behind")
        self.record(other)
        self.fails(69, "unavailable", "sync", "-C", other, "--url", self.agenda)

    def is_cosigned(self, token, note):
        status, _, cosigned = fetch(f"{self.agenda}/checkpoint?cosignatures=1", token)
        return status == 200 and cosigned.split("\n")[:3] == note.split("\n")[:3]

    def test_a_witness_that_was_away_confirms_nothing_before_the_others_have_answered(self):
        keys, runs, urls = [], [], []
        for name in ("1", "2"):
            folder = self.path(f"witness{name}")
            keys.append(self.answer("witness", "create", f"w.example/{name}", "--data", folder)["verifierKey"])
            run, url = self.start("witness", "run", "--data", folder, "--log", self.made["verifierKey"], "--listen", "127.0.0.1:0")
            runs.append(run)
            urls.append(url)

        def witnesses(*places):
            return [word for place in places for word in ("--witness", f"{keys[place]}={urls[place]}")]
        self.serve(*witnesses(0, 1))
        laptop = self.clone("laptop")
        with open(os.path.join(laptop, "token")) as file:
            token = file.read().strip()
        self.assertTrue(eventually(lambda: self.is_cosigned(token, self.checkpoint(laptop))), self.log())
        # The first one goes away, and has not seen all of the backup.
        runs[0].send_signal(signal.SIGTERM)
        runs[0].wait(HANGS)
        self.record(laptop)
        self.sync(laptop)
        self.answer("agenda", "backup", "assen", self.path("backup"), "--data", self.data)
        self.record(laptop, "Na de kopie")
        self.sync(laptop)
        self.assertTrue(eventually(lambda: self.is_cosigned(token, self.checkpoint(laptop))), self.log())
        self.stop()
        self.put_back(self.path("backup"))
        for name in ("log.seen", "state.sqlite", "state.sqlite-wal", "state.sqlite-shm"):
            if os.path.exists(os.path.join(self.folder, name)):
                os.remove(os.path.join(self.folder, name))
        _, urls[0] = self.start("witness", "run", "--data", self.path("witness1"), "--log", self.made["verifierKey"],
                                "--listen", "127.0.0.1:0")
        # Alone, also with a server that starts again, it confirms nothing: what it has not seen is not shown to it.
        for _ in range(2):
            before = self.log().count("has seen less")
            self.serve(*witnesses(0))
            self.assertTrue(eventually(lambda: self.log().count("has seen less") > before), self.log())
            self.expect_standing("unproven")
            self.stop()
        self.serve(*witnesses(0, 1))
        self.expect_standing("behind")
        self.answer("heal", "--data", self.data, "--agenda", "assen", "--from", laptop)
        self.expect_standing("complete")

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

    def test_what_is_lost_after_something_was_given_up_stops_it_again(self):
        self.serve()
        laptop = self.clone("laptop")
        self.answer("agenda", "backup", "assen", self.path("backup"), "--data", self.data)
        for _ in range(15):
            self.record(laptop)
        self.sync(laptop)
        self.stop()
        self.put_back(self.path("backup"))
        self.answer("agenda", "accept-loss", "assen", "--data", self.data, "--yes")
        self.serve()
        first, second = self.clone("first"), self.clone("second")
        self.stop()
        # A copy of everything, with what it knows, in the middle of the sizes that were given up.
        shutil.copytree(self.folder, self.path("copy"))
        self.serve()
        for _ in range(4):
            self.record(first)
        self.sync(first)
        self.stop()
        shutil.rmtree(self.folder)
        shutil.copytree(self.path("copy"), self.folder)
        self.serve()
        self.sync(laptop, code=2)
        self.expect_standing("complete")
        self.sync(first, code=2)
        self.expect_standing("behind")
        self.record(second)
        self.fails(69, "unavailable", "sync", "-C", second, "--url", self.agenda)
        self.answer("heal", "-C", first)
        self.expect_standing("complete")
        self.sync(second)

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

    def go_back_to_what_only_the_state_file_remembers(self):
        """One more entry has been shown than log and note say; two laptops are enrolled."""
        self.serve()
        laptop, other = self.clone("laptop"), self.clone("other")
        self.answer("agenda", "backup", "assen", self.path("backup"), "--data", self.data)
        shutil.copy(os.path.join(self.folder, "log.seen"), self.path("seen"))
        self.record(laptop)
        size = self.sync(laptop)["size"]
        with open(os.path.join(laptop, "token")) as file:
            fetch(f"{self.agenda}/state", file.read().strip())
        note = self.checkpoint(laptop)
        self.stop()
        self.put_back(self.path("backup"))
        shutil.copy(self.path("seen"), os.path.join(self.folder, "log.seen"))
        return laptop, other, size, note

    def test_whoever_has_the_key_signs_no_position_again_that_only_the_state_file_remembers(self):
        laptop, other, size, note = self.go_back_to_what_only_the_state_file_remembers()
        place = ("--data", self.data, "--agenda", "assen")
        member, device = (self.answer("status", "-C", other)[word] for word in ("member", "device"))
        for command in (("invite", "--role", "editor"), ("member", "grant", member, "editor"), ("member", "remove", member),
                        ("device", "revoke", device)):
            with self.subTest(command=command):
                self.fails(1, "read-only", *command, *place)
                self.assertEqual(self.answer("agenda", "list", "--data", self.data)[0]["size"], size - 1)
        self.serve()
        self.expect_standing("behind")
        # Beside a server that has seen it, too.
        self.fails(1, "read-only", "member", "grant", member, "editor", *place)
        self.expect_standing("behind")
        self.answer("heal", *place, "--from", laptop)
        self.expect_standing("complete")
        self.assertEqual(self.checkpoint(laptop).split("\n")[:3], note.split("\n")[:3])
        self.answer("member", "grant", member, "editor", *place)

    def test_nobody_is_told_to_delete_what_alone_remembers_that_the_log_was_cut_back(self):
        self.go_back_to_what_only_the_state_file_remembers()
        said = self.fails(2, "difference", "verify", self.folder, "--key", self.made["verifierKey"])
        self.assertIn("ambit heal", said)
        self.assertNotIn("delete", said)
        # Nothing else has to be kept: a state file that is only damaged is made anew.
        self.answer("agenda", "accept-loss", "assen", "--data", self.data, "--yes")
        for suffix in ("-wal", "-shm"):
            if os.path.exists(os.path.join(self.folder, "state.sqlite" + suffix)):
                os.remove(os.path.join(self.folder, "state.sqlite" + suffix))
        with open(os.path.join(self.folder, "state.sqlite"), "wb") as file:
            file.write(b"\0" * 4096)
        self.assertIn("delete", self.fails(2, "difference", "verify", self.folder, "--key", self.made["verifierKey"]))

    def test_a_damaged_row_of_the_state_file_is_no_sign_of_a_loss(self):
        self.serve()
        laptop = self.clone("laptop")
        self.record(laptop)
        self.sync(laptop)
        with open(os.path.join(laptop, "token")) as file:
            token = file.read().strip()
        fetch(f"{self.agenda}/state", token)
        self.stop()
        for word in ("complete", "unproven"):
            if word == "unproven":
                os.remove(os.path.join(self.folder, "log.seen"))
            with contextlib.closing(sqlite3.connect(os.path.join(self.folder, "state.sqlite"))) as database:
                self.assertEqual(database.execute("UPDATE meta SET size = size | 4096").rowcount, 1)
                database.commit()
            self.assertIn("delete", self.fails(2, "difference", "verify", self.folder, "--key", self.made["verifierKey"]))
            self.assertIn("read-models-damaged" if word == "complete" else "nothing-noted", self.findings())
            self.assertNotIn("entries-missing", self.findings())
            self.serve()
            self.expect_standing(word)
            # It is made anew.
            self.assertEqual(fetch(f"{self.agenda}/state", token)[0], 200)
            self.stop()
            self.assertEqual(self.findings(), [] if word == "complete" else ["nothing-noted"])

    def test_a_laptop_that_a_copy_of_everything_does_not_know_tells_it_too(self):
        self.serve()
        laptop, invites = self.clone("laptop"), [self.invite(name) for name in ("other", "again")]
        self.stop()
        shutil.copytree(self.folder, self.path("copy"))

        def put_back_the_copy():
            shutil.rmtree(self.folder)
            shutil.copytree(self.path("copy"), self.folder)
        self.serve()
        other = self.path("other")
        self.answer("clone", self.agenda, other, "--invite", invites[0], "--name", "Voorbeeld", "--device", "other")
        self.record(other)
        self.sync(other)
        note = self.checkpoint(other)
        self.stop()
        put_back_the_copy()
        self.serve()
        self.expect_standing("complete")
        # It asks to be let in anew, and holds what the server's own key has signed.
        self.fails(2, "server-behind", "rejoin", "--invite", invites[1], "--name", "Voorbeeld", "--device", "other",
                   "--url", self.agenda, "-C", other)
        self.expect_standing("behind")
        self.answer("heal", "--data", self.data, "--agenda", "assen", "--from", other)
        self.assertEqual(self.checkpoint(laptop).split("\n")[:3], note.split("\n")[:3])

    def test_whoever_brings_a_note_of_more_than_there_is_needs_no_token(self):
        self.serve()
        laptop = self.clone("laptop")
        self.stop()
        shutil.copytree(self.folder, self.path("copy"))
        self.serve()
        self.record(laptop)
        self.sync(laptop)
        note = self.checkpoint(laptop)
        self.stop()
        shutil.rmtree(self.folder)
        shutil.copytree(self.path("copy"), self.folder)
        self.serve()
        self.expect_standing("complete")
        for wrong in (b"", b"\xff" * 100, note.replace(note.split("\n")[1], "99").encode()):
            self.assertIn(fetch(f"{self.agenda}/checkpoint", None, wrong)[0], (401, 422))
        self.expect_standing("complete")
        self.assertEqual(fetch(f"{self.agenda}/checkpoint", None, note.encode())[0], 204)
        self.expect_standing("behind")


class Restored(Site):
    """A log that is put back is the one that was checked, and what was put back stays as it was."""

    def grown(self, how=signal.SIGTERM):
        self.serve()
        laptop = self.clone("laptop")
        self.answer("agenda", "backup", "assen", self.path("backup"), "--data", self.data)
        for number in range(8):
            self.record(laptop, f"Thema {number}")
            size = self.sync(laptop)["size"]
        self.stop(how)
        return size

    def size(self):
        return self.answer("agenda", "list", "--data", self.data)[0]["size"]

    def restore(self, file):
        done = self.answer("agenda", "restore", "assen", "--from", file, "--data", self.data)
        self.assertEqual(self.size(), done["size"])
        return done

    def test_what_a_restore_put_aside_can_be_put_back_with_its_journal(self):
        size = self.grown(signal.SIGKILL)
        aside = self.restore(self.path("backup"))["replaced"]
        self.assertLess(self.size(), size)
        # The canary: without its journal it has less, so the journal is what this is about.
        self.assertGreater(os.path.getsize(aside + "-wal"), 0)
        self.assertEqual(self.restore(aside)["size"], size)
        self.serve()
        self.expect_standing("complete")

    def test_a_restore_that_was_cut_off_loses_nothing_of_what_it_puts_aside(self):
        size = self.grown(signal.SIGKILL)
        log = os.path.join(self.folder, "log.sqlite")
        self.assertGreater(os.path.getsize(log + "-wal"), 0)
        whole = self.path("whole")
        shutil.copytree(self.data, whole)
        # After each of the steps in which the log and its journal go aside.
        steps = (("", ".replacing"), ("-wal", ".replaced-1-wal"))
        for count in range(len(steps) + 1):
            for opened in (False, True):
                with self.subTest(count=count, opened=opened):
                    shutil.rmtree(self.data)
                    shutil.copytree(whole, self.data)
                    for name, to in steps[:count]:
                        os.rename(log + name, log + to)
                    if opened and count:
                        # Nobody takes what is left for the log, or touches the journal.
                        done = run("invite", "--data", self.data, "--agenda", "assen")
                        self.assertNotEqual(done.returncode, 0, done.stdout)
                    aside = self.restore(self.path("backup"))["replaced"]
                    self.assertLess(self.size(), size)
                    self.assertGreater(os.path.getsize(aside + "-wal"), 0)
                    self.assertEqual(self.restore(aside)["size"], size)

    def test_a_copy_of_the_files_is_put_back_with_its_journal(self):
        size = self.grown(signal.SIGKILL)
        copy = self.path("copy")
        shutil.copytree(self.folder, copy)
        self.assertGreater(os.path.getsize(os.path.join(copy, "log.sqlite-wal")), 0)
        self.assertEqual(self.restore(os.path.join(copy, "log.sqlite"))["size"], size)
        self.answer("verify", self.folder, "--key", self.made["verifierKey"])

    def test_nothing_is_taken_into_a_log_that_was_replaced_under_its_server(self):
        self.grown()
        self.serve()
        laptop = self.clone("other")
        self.stop()
        copy = self.path("copy")
        shutil.copytree(self.folder, copy)
        self.serve()
        self.record(laptop, "Nog in het goede bestand")
        size = self.sync(laptop)["size"]
        shutil.rmtree(self.folder)
        shutil.copytree(copy, self.folder)
        self.record(laptop, "In het verkeerde bestand")
        done = run("sync", "-C", laptop, "--url", self.agenda)
        self.assertEqual(done.returncode, 69, done.stdout + done.stderr)
        self.assertEqual(self.answer("status", "-C", laptop)["pending"], 1)
        # The canary: started again, the server lacks what the other file had.
        self.stop()
        self.serve()
        done = run("sync", "-C", laptop, "--url", self.agenda)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertLess(self.size(), size)

    def test_another_log_takes_the_place_of_nothing(self):
        self.grown()
        other = self.path("other")
        self.answer("agenda", "create", "assen", "--title", "Proef", "--data", other, "--origin", "test.example/agendas/assen")
        self.answer("agenda", "backup", "assen", self.path("theirs"), "--data", other)
        theirs, key = os.path.join(other, "agendas", "assen", "log.key"), os.path.join(self.folder, "log.key")
        own = pathlib.Path(key).read_bytes()
        before = sorted(os.listdir(self.folder))
        self.fails(1, "bad-signature", "agenda", "restore", "assen", "--from", self.path("theirs"), "--key", theirs, "--data",
                   self.data)
        self.assertEqual((pathlib.Path(key).read_bytes(), sorted(os.listdir(self.folder))), (own, before))
        # Where it is only the key that is another log's, the log says so, and what was there is kept.
        shutil.copy(key, self.path("copy"))
        shutil.copy(theirs, key)
        kept = self.answer("agenda", "restore", "assen", "--key", self.path("copy"), "--data", self.data)["replacedKey"]
        self.assertEqual(pathlib.Path(key).read_bytes(), own)
        self.assertEqual(pathlib.Path(kept).read_bytes(), pathlib.Path(theirs).read_bytes())

    def test_a_log_that_is_being_written_is_no_backup(self):
        self.grown()
        self.serve()
        self.expect_standing("complete")
        other = self.path("other")
        os.mkdir(other)
        self.fails(1, "locked", "agenda", "restore", "assen", "--from", os.path.join(self.folder, "log.sqlite"), "--key",
                   os.path.join(self.folder, "log.key"), "--data", other)
        self.assertEqual(os.listdir(other), [])
        self.expect_standing("complete")

    def test_nothing_is_left_beside_a_backup_that_was_put_back_or_refused(self):
        self.grown()
        place = self.path("backups")
        os.mkdir(place)
        shutil.move(self.path("backup"), os.path.join(place, "backup"))
        self.restore(os.path.join(place, "backup"))
        self.assertEqual(os.listdir(place), ["backup"])
        with open(os.path.join(place, "backup"), "r+b") as file:
            data = file.read()
            file.seek(data.index(b'"agenda.founded"'))
            file.write(b'"agenda.fOunded"')
        self.assertNotEqual(run("agenda", "restore", "assen", "--from", os.path.join(place, "backup"), "--data",
                                self.data).returncode, 0)
        self.assertEqual(os.listdir(place), ["backup"])

    def test_a_backup_is_no_part_of_another_database(self):
        self.grown()
        # Nor does it take a name of Ambit's own, where there is no such file at the moment.
        for name in ("log.sqlite-wal", "log.sqlite-journal", "log.sqlite-shm", "state.sqlite", "devices.seen", "log.sqlite.restoring",
                     "log.sqlite.arriving", "log.sqlite.replacing"):
            path = os.path.join(self.folder, name)
            if os.path.exists(path):
                os.remove(path)
            with self.subTest(name=name):
                self.fails(1, "own-file", "agenda", "backup", "assen", path, "--data", self.data)
                self.assertFalse(os.path.exists(path))
        for suffix in ("-wal", "-shm", "-journal"):
            place = self.path(f"beside{suffix}")
            pathlib.Path(place + suffix).write_bytes(b"Of a file that is gone.")
            with self.subTest(suffix=suffix):
                self.fails(1, "already-exists", "agenda", "backup", "assen", place, "--data", self.data)
                self.assertFalse(os.path.exists(place))

    def deep(self, name, length):
        """A folder of which the path has so many bytes."""
        path = self.path(name)
        while len(path) < length:
            path += "/" + "d" * min(100, max(1, length - len(path) - 1))
        os.makedirs(path)
        return path

    def test_nothing_is_put_where_sqlite_cannot_open_it(self):
        self.grown()
        key = self.path("key")
        shutil.copy(os.path.join(self.folder, "log.key"), key)
        counts = {True: 0, False: 0}
        for length in (300, 440, 460, 470, 475, 480, 485, 490, 500, 600):
            data = self.deep(f"deep{length}", length)
            with self.subTest(length=length):
                done = run("agenda", "restore", "assen", "--from", self.path("backup"), "--key", key, "--data", data)
                if done.returncode == 0:
                    self.assertEqual(self.answer("agenda", "list", "--data", data)[0]["size"], json.loads(done.stdout)["size"])
                else:
                    self.assertIn("of which the path has", done.stderr)
                    self.assertEqual([name for _, _, names in os.walk(data) for name in names], [])
                counts[done.returncode == 0] += 1
                done = run("agenda", "backup", "assen", os.path.join(data, "backup"), "--data", self.data)
                if done.returncode != 0:
                    self.assertIn("of which the path has", done.stderr)
                    self.assertFalse(os.path.exists(os.path.join(data, "backup")))
        self.assertTrue(all(counts.values()), counts)


class Kept(Site):
    """Finished files of snapshots, which a server keeps."""

    def test_what_a_disk_has_changed_in_a_kept_file_is_given_to_nobody(self):
        self.serve()
        laptop = self.clone("laptop")
        self.record(laptop, "Een titel waarin iets omvalt")
        size = self.sync(laptop)["size"]
        with open(os.path.join(laptop, "token")) as file:
            token = file.read().strip()
        address = f"/snapshots/{size}/state.json"
        status, _, sound = fetch(self.agenda + address, token)
        self.assertEqual(status, 200, sound)
        self.stop()
        kept = [path for path in pathlib.Path(self.folder, "state.sqlite.snapshots").rglob("*-state.json")]
        self.assertEqual(len(kept), 1, kept)
        data = bytearray(kept[0].read_bytes())
        data[data.index(b"omvalt")] ^= 1
        kept[0].write_bytes(data)
        self.serve()
        self.assertEqual(fetch(self.agenda + address, token)[::2], (200, sound))


if __name__ == "__main__":
    unittest.main()
