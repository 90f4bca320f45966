#!/usr/bin/env python3
"""Backups that a server makes: taken under load, checked, thinned out, and put back with nothing lost.

    python3 Tests/operations/test_backups.py PATH-OF-AMBIT
"""
import contextlib
import glob
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import unittest

from servers import Site, eventually, fetch


class Imports(Site):
    """An agenda that is made of an export, with a copy of its key."""

    def setUp(self):
        super().setUp()
        self.serve()
        self.laptop = self.clone("laptop")
        for number in range(3):
            self.record(self.laptop, f"Voorbeeld {number}")
        # More than one segment.
        with open(self.path("many.ndjson"), "w") as file:
            for number in range(600):
                file.write(json.dumps({"type": "theme.opened", "data": {"title": f"Thema {number}"}}) + "\n")
        self.answer("import", self.path("many.ndjson"), "-C", self.laptop)
        self.sync(self.laptop)
        token = self.token(self.laptop)
        self.checkpoint = fetch(f"{self.url}/v1/agendas/assen/checkpoint?fresh", token)[2]
        self.size = int(self.checkpoint.splitlines()[1])
        self.sync(self.laptop)
        self.answer("export", "--format", "ndjson", "--at", str(self.size), "-o", self.path("log.ndjson"), "--manifest",
                    self.path("manifest.json"), "-C", self.laptop)
        self.key = shutil.copy2(os.path.join(self.folder(), "log.key"), self.path("log.key"))
        self.new = self.path("new")
        self.stop()

    def arguments(self, **changed):
        given = {"from": self.path("log.ndjson"), "key": self.key, "data": self.new} | changed
        return [word for name, value in given.items() for word in (f"--{name}", value)]

    def test_it_goes_on_with_the_same_log(self):
        made = self.answer("agenda", "import", "assen", *self.arguments())
        self.assertEqual((made["size"], made["origin"]), (self.size, "localhost/agendas/assen"))
        self.assertEqual(os.listdir(os.path.join(self.new, "agendas")), ["assen"])
        # It may be older than what has been shown since: nothing is signed until somebody has said that it is not.
        self.serve(data=self.new)
        self.assertTrue(eventually(lambda: fetch(f"{self.url}/v1/agendas/assen/ready")[0] == 503), self.log())
        self.assertNotEqual(self.run_ambit("clone", f"{self.url}/agendas/assen", self.path("early"), "--invite",
                                           made["invite"], "--name", "Te vroeg").returncode, 0)
        self.answer("agenda", "accept-loss", "assen", "--data", self.new, "--yes")
        self.assertTrue(eventually(lambda: fetch(f"{self.url}/v1/agendas/assen/ready")[0] == 200), self.log())
        other = self.path("other")
        self.answer("clone", f"{self.url}/agendas/assen", other, "--invite", made["invite"], "--name", "Een ander", "--device", "nieuw")
        self.record(other, "Erna")
        self.sync(other)
        self.answer("verify", other)
        # The laptop of before goes on too, and sees that it is the same log.
        invite = self.answer("invite", "--role", "admin", "-C", other)["invite"]
        self.answer("rejoin", "--url", f"{self.url}/agendas/assen", "--invite", invite, "--name", "Weer ik", "-C", self.laptop)
        self.sync(self.laptop)
        self.sync(other)
        self.assertEqual(self.answer("replay", "--digest", "-C", self.laptop)["digest"], self.answer("replay", "--digest", "-C", other)["digest"])
        self.assertGreater(self.answer("status", "-C", self.laptop)["size"], self.size)
        self.assertEqual(self.stop(), 0)
        self.answer("verify", os.path.join(self.new, "agendas", "assen"))
        self.assertIn("already", self.fails("already-exists", "agenda", "import", "assen", *self.arguments()))

    def test_what_is_not_the_signed_log_is_refused_and_leaves_nothing(self):
        entries = pathlib.Path(self.path("log.ndjson")).read_bytes()
        lines = entries.splitlines(keepends=True)
        for name, content, word in (
                ("cut", entries[:-10], "malformed"), ("short", b"".join(lines[:-1]), "bad-signature"),
                ("edited", entries.replace(b"Voorbeeld 1", b"Voorbeeld 9"), "bad-signature"),
                ("longer", entries + lines[-1], "bad-signature"), ("swapped", b"".join([*lines[:2], lines[3], lines[2], *lines[4:]]),
                                                                 "bad-signature"), ("empty", b"", "bad-signature")):
            with self.subTest(name):
                pathlib.Path(self.path(name)).write_bytes(content)
                self.fails(word, "agenda", "import", "assen", *self.arguments(**{"from": self.path(name)}))
        self.answer("agenda", "create", "emmen", "--title", "Proef", "--data", self.path("elsewhere"), "--origin", "localhost/agendas/emmen")
        self.fails("bad-signature", "agenda", "import", "assen",
                   *self.arguments(key=self.path("elsewhere", "agendas", "emmen", "log.key")), code=2)
        self.fails("other-log", "agenda", "import", "emmen", *self.arguments())
        manifest = json.loads(pathlib.Path(self.path("manifest.json")).read_text())
        self.write("bare.json", json.dumps({name: value for name, value in manifest.items() if name != "checkpoint"}))
        self.fails("no-checkpoint", "agenda", "import", "assen", *self.arguments(manifest=self.path("bare.json")))
        self.assertEqual(glob.glob(os.path.join(self.new, "agendas", "*")), [])
        self.assertEqual(self.answer("agenda", "import", "assen", *self.arguments())["size"], self.size)


class Backups(Site):
    def setUp(self):
        super().setUp()
        self.backups = self.path("backups")

    def files(self, agenda="assen"):
        return sorted(glob.glob(os.path.join(self.backups, agenda, "*.sqlite")))

    def sizes(self):
        """How many entries the log of each backup has; of none that goes meanwhile."""
        found = {}
        for file in self.files():
            with contextlib.suppress(sqlite3.OperationalError), \
                    contextlib.closing(sqlite3.connect(f"file:{file}?immutable=1", uri=True)) as database:
                found[file] = database.execute("SELECT coalesce(max(size), 0) FROM checkpoints").fetchone()[0]
        return found

    def last(self):
        found = re.search(r"^ambit_last_backup_timestamp_seconds (\d+)", fetch(f"{self.url}/metrics")[2], re.M)
        return int(found[1]) if found else 0

    def test_one_of_them_is_put_back_with_nothing_lost_that_laptops_have(self):
        self.serve("--backup", self.backups, "--every", "1s", "--keep", "60m")
        laptops = [self.clone(f"laptop {number}") for number in range(2)]
        # While backups are made, both laptops go on writing.
        done = threading.Event()
        failures = []

        def work(laptop):
            number = 0
            while not done.is_set():
                number += 1
                try:
                    self.record(laptop, f"{os.path.basename(laptop)} {number}")
                    self.sync(laptop)
                except AssertionError as failure:
                    failures.append(failure)
                    return

        threads = [threading.Thread(target=work, args=(laptop,)) for laptop in laptops]
        for thread in threads:
            thread.start()
        try:
            # One that knows both laptops.
            known = set(self.files())
            self.assertTrue(eventually(lambda: set(self.files()) - known), self.log())
            copy = shutil.copy((set(self.files()) - known).pop(), self.path("kept.sqlite"))
            before = self.last()
            self.assertTrue(eventually(lambda: self.last() > before), self.log())
        finally:
            done.set()
            for thread in threads:
                thread.join()
        self.assertEqual(failures, [])
        self.assertNotIn("failed", self.log())
        for laptop in laptops + laptops:
            self.sync(laptop)
        size = self.answer("status", "-C", laptops[0])["size"]
        shown = self.answer("show", "--kind", "theme", "-C", laptops[0])

        # Not under a server that has the log open: what it took meanwhile would be lost.
        message = self.fails("locked", "agenda", "restore", "assen", "--from", copy, "--data", self.data)
        self.assertIn(str(self.server.pid), message)
        self.stop()

        # All of the folder is lost, but for a copy of the key and the backup.
        shutil.copy(os.path.join(self.folder(), "log.key"), self.path("key"))
        shutil.rmtree(self.folder())
        restored = self.answer("agenda", "restore", "assen", "--from", copy, "--key", self.path("key"), "--data", self.data)
        self.assertLess(restored["size"], size)
        self.assertNotIn("replaced", restored)
        self.assertEqual(self.answer("doctor", self.data, code=1)["findings"][0]["finding"], "nothing-noted")
        address = self.url.removeprefix("http://")
        self.serve("--listen", address)
        # An admin's laptop that was let in before the backup gives it all back.
        self.answer("heal", "--data", self.data, "--agenda", "assen", "--from", laptops[0])
        self.assertTrue(eventually(lambda: fetch(f"{self.url}/v1/agendas/assen/ready")[0] == 200), self.log())
        status = self.answer("verify", self.folder())
        self.assertEqual(status["size"], size)
        for laptop in laptops:
            self.record(laptop, "Na het herstel")
            self.sync(laptop)
        self.sync(laptops[0])
        now = self.answer("show", "--kind", "theme", "-C", laptops[0])
        titles = [theme["document"]["title"] for theme in now]
        for theme in shown:
            self.assertIn(theme["document"]["title"], titles)
        self.assertEqual(len(now), len(shown) + 2)

    def test_a_backup_that_is_not_sound_is_not_put_back(self):
        self.serve("--backup", self.backups, "--every", "1s")
        self.assertTrue(eventually(lambda: self.files()))
        self.stop()
        backup = self.files()[-1]
        with open(backup, "r+b") as file:
            data = file.read()
            file.seek(data.index(b"Voorbeeldpersoon") if b"Voorbeeldpersoon" in data else data.index(b"Proef"))
            file.write(b"X")
        log = os.path.join(self.folder(), "log.sqlite")
        with open(log, "rb") as file:
            before = file.read()
        done = self.run_ambit("agenda", "restore", "assen", "--from", backup, "--data", self.data)
        self.assertEqual(done.returncode, 2, done.stderr)
        with open(log, "rb") as file:
            self.assertEqual(file.read(), before)
        self.assertEqual(self.answer("doctor", self.data)["findings"], [])

    def test_those_of_another_agenda_or_a_laptop_are_not_put_back(self):
        self.create("emmen")
        self.serve()
        laptop = self.clone("laptop")
        self.stop()
        self.answer("agenda", "backup", "emmen", self.path("emmen.sqlite"), "--data", self.data)
        self.fails("bad-signature", "agenda", "restore", "assen", "--from", self.path("emmen.sqlite"), "--data", self.data)
        self.fails("malformed", "agenda", "restore", "assen", "--from", os.path.join(laptop, "log.sqlite"), "--data",
                   self.data)
        self.assertEqual(self.answer("doctor", self.data)["findings"], [])

    def test_old_ones_go_and_nothing_else_does(self):
        folder = os.path.join(self.backups, "assen")
        os.makedirs(folder)
        # Also those whose names do not say of which log they are.
        old = ["2020-01-01T00-00-00Z.sqlite", f"2020-01-01T01-00-00Z.{self.key_id()}.sqlite"]
        others = ["notes.txt", "2020-01-01.sqlite", "log.sqlite", "2020-01-01T00-00-00Z.sqlite.bak",
                  "2020-01-01T02-00-00Z.sqlite", f"2020-01-01T03-00-00Z.{self.key_id()}.sqlite"]
        for name in old:
            self.answer("agenda", "backup", "assen", os.path.join(folder, name), "--data", self.data)
        for name in others:
            with open(os.path.join(folder, name), "w") as file:
                file.write("x")
        self.serve("--backup", self.backups, "--every", "1s", "--keep", "1h")
        self.assertTrue(eventually(lambda: not set(old) & set(os.listdir(folder))), self.log())
        self.assertTrue(set(others) <= set(os.listdir(folder)))
        self.stop()
        self.assertFalse([name for name in os.listdir(folder) if name.startswith(".")])

    def key_id(self, data=None):
        """What tells the log of the agenda `assen` from others of that name."""
        log = os.path.join(data or self.data, "agendas", "assen", "log.sqlite")
        with contextlib.closing(sqlite3.connect(log)) as database:
            return database.execute("SELECT value FROM meta WHERE key = 'verifier'").fetchone()[0].split("+")[1]

    def test_a_log_that_went_back_costs_no_backup_of_what_it_lacks(self):
        options = "--backup", self.backups, "--every", "1s", "--keep", "1h"
        self.serve(*options)
        laptop = self.clone("laptop")
        less = self.answer("agenda", "backup", "assen", self.path("older"), "--data", self.data)["size"]
        self.record(laptop)
        size = self.sync(laptop)["size"]
        self.assertTrue(eventually(lambda: size in self.sizes().values()), self.log())
        self.stop()
        whole = list(self.sizes().values())
        self.answer("agenda", "restore", "assen", "--from", self.path("older"), "--data", self.data)
        for language, said in (("C.UTF-8", f"and lacks {size - less}. "), ("nl_NL.UTF-8", f"mist er {size - less}. ")):
            self.environment["LC_ALL"] = language
            copy = self.path(f"copy {language}")
            for command in (("list",), ("backup", "assen", copy)):
                with self.subTest(command=command, language=language):
                    done = self.run_ambit("agenda", *command, "--data", self.data)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    answer = json.loads(done.stdout)
                    answer = answer[0] if command == ("list",) else answer
                    self.assertEqual((answer["size"], answer["standing"]), (less, "behind"))
                    self.assertIn(said, done.stderr)
        self.environment["LC_ALL"] = "C.UTF-8"
        # What is left of it is kept as well, once, and nothing goes for it.
        for _ in range(2):
            self.serve(*options)
            # Some of those before may be of that size, too.
            kept = sorted([less] + whole)
            self.assertTrue(eventually(lambda: sorted(self.sizes().values()) == kept), self.log())
            self.stop()
            self.assertEqual(sorted(self.sizes().values()), kept)
        # Complete again, it has its backups thinned out again.
        self.answer("heal", "--data", self.data, "--agenda", "assen", "--from", laptop)
        self.serve(*options)
        self.assertTrue(eventually(lambda: set(self.sizes().values()) == {size}), self.log())
        done = self.run_ambit("agenda", "list", "--data", self.data)
        self.assertEqual(json.loads(done.stdout)[0]["standing"], "complete")
        self.assertNotIn("missing", done.stderr)

    def test_agendas_of_the_same_name_leave_each_other_their_backups(self):
        options = "--backup", self.backups, "--every", "1s", "--keep", "1h"
        other = self.path("other")
        self.answer("agenda", "create", "assen", "--title", "Proef", "--data", other, "--origin", "test.example/agendas/assen")
        keys = [self.key_id(), self.key_id(other)]
        self.serve(*options)
        self.assertTrue(eventually(self.files), self.log())
        self.stop()
        theirs = set(self.files())
        self.serve(*options, data=other)
        # Of its own, a later one has taken the place of the first.
        self.assertTrue(eventually(lambda: any(keys[1] in file for file in self.files())), self.log())
        first = next(file for file in self.files() if keys[1] in file)
        self.assertTrue(eventually(lambda: first not in self.files()), self.log())
        self.assertTrue(theirs <= set(self.files()), self.files())
        self.assertIn("not of this log", self.log())
        self.stop()
        for file in self.files():
            self.assertIn(os.path.basename(file).split(".")[1], keys)

    @unittest.skipUnless(os.geteuid() == 0, "only root mounts a disk")
    def test_a_full_disk_leaves_no_half_backup_and_stops_nothing(self):
        os.makedirs(self.backups)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", self.backups], check=True)
        try:
            with open(os.path.join(self.backups, "large"), "wb") as file:
                file.write(bytes(248 << 10))
            self.serve("--backup", self.backups, "--every", "1s", "--log-format", "json")
            failed = "a backup failed; the next one is tried in time"
            self.assertTrue(eventually(lambda: any(line["message"] == failed for line in self.lines())))
            self.assertEqual(self.last(), 0)
            laptop = self.clone("laptop")
            self.record(laptop)
            self.sync(laptop)
            self.assertEqual(self.files(), [])
            os.remove(os.path.join(self.backups, "large"))
            self.assertTrue(eventually(lambda: self.last() > 0), self.log())
            self.stop()
        finally:
            subprocess.run(["umount", self.backups], check=True)

    def test_one_that_is_cut_off_leaves_nothing_that_looks_like_one(self):
        folder = os.path.join(self.backups, "assen")
        cut_off = 0
        for _ in range(20):
            self.serve("--backup", self.backups, "--every", "1s")
            before = self.files()
            # By default one of each hour is kept: a new one takes the place of the one before.
            self.assertTrue(eventually(lambda: self.files() not in ([], before)), self.log())
            # Without a pause between two looks, since a backup of a small log takes milliseconds.
            self.assertTrue(any(self.partial(folder) for _ in range(5_000_000)), self.log())
            self.stop(signal.SIGKILL)
            cut_off += self.partial(folder)
            for file in self.files():
                self.answer("verify", self.restored(file))
            if cut_off == 3:
                break
        self.assertGreater(cut_off, 0)
        # The next backup clears up what was left.
        self.serve("--backup", self.backups, "--every", "1s")
        self.assertTrue(eventually(lambda: not self.partial(folder)))

    def partial(self, folder):
        return any(name.endswith(".partial") for name in os.listdir(folder))

    def restored(self, file):
        folder = self.path("check-" + os.path.basename(file))
        os.makedirs(folder, exist_ok=True)
        shutil.copy(file, os.path.join(folder, "log.sqlite"))
        return folder


if __name__ == "__main__":
    unittest.main(verbosity=2)
