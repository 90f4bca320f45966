#!/usr/bin/env python3
"""Backups of a log in PostgreSQL: taken under load, put back, and nothing lost that laptops have.

    python3 Tests/postgresql/test_backups.py PATH-OF-AMBIT      (built with --traits PostgreSQL)
"""
import json
import os
import pathlib
import shutil
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[0] / "support")]
from cluster import Cluster  # noqa: E402
from farm import Server  # noqa: E402
from laptop import Laptop, run  # noqa: E402
from waiting import HANGS, eventually  # noqa: E402

AMBIT = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ""


class Backups(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="ambit-backups."))
        self.addCleanup(shutil.rmtree, self.home)
        self.cluster = Cluster()
        self.addCleanup(self.cluster.remove)
        self.cluster.make()
        self.store = "--store", self.cluster.address
        self.data, self.folder = self.home / "data-0", self.home / "backups"
        self.answer("agenda", "create", "proef", "--title", "Proef", "--data", self.data, *self.store)

    def answer(self, *arguments, code=0):
        done = run(AMBIT, *arguments)
        self.assertEqual(done.returncode, code, (arguments, done.stderr))
        return json.loads(done.stdout)

    def fails(self, word, *arguments):
        done = run(AMBIT, *arguments)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertEqual(json.loads(done.stderr)["error"], word, done.stderr)

    def serve(self, number, *options):
        server = Server(AMBIT, self.home / f"data-{number}", self.cluster.address, "--rate", "all=off", *options)
        if not server.data.exists():
            server.take_over(self.data)
        self.addCleanup(server.stop)
        server.start()
        return server

    def clone(self, server, number, role="admin"):
        invite = self.answer("invite", "--role", role, "--data", self.data, "--agenda", "proef", *self.store)["invite"]
        folder = self.home / f"laptop-{number}"
        self.answer("clone", f"{server.url}/agendas/proef", folder, "--invite", invite, "--name", f"P {number}", "--device", "d")
        return Laptop(AMBIT, folder, number)

    def files(self):
        return set((self.folder / "proef").glob("*.sqlite"))

    def is_ready(self, server):
        try:
            with urllib.request.urlopen(f"{server.url}/v1/agendas/proef/ready", timeout=HANGS) as response:
                return response.status == 200
        except urllib.error.HTTPError as error:
            with error:
                return False

    def findings(self, *arguments, code=1):
        found = self.answer("doctor", self.data, *arguments, code=code)["findings"]
        return {finding["finding"]: finding for finding in found}

    def test_one_of_them_is_put_back_with_nothing_lost_that_laptops_have(self):
        servers = [self.serve(0, "--backup", self.folder, "--every", "1s", "--keep", "60m"), self.serve(1)]
        laptops = [self.clone(servers[number], number) for number in range(2)]
        for laptop in laptops:
            laptop.start()
        try:
            # One that knows both laptops, and is made while they push to both servers.
            known = self.files()
            self.assertTrue(eventually(lambda: len(self.files() - known) > 1), "no backups are made")
            copy = shutil.copy(sorted(self.files() - known)[0], self.home / "kept.sqlite")
            before = [laptop.accepted for laptop in laptops]
            self.assertTrue(eventually(lambda: all(laptop.accepted > count for laptop, count in zip(laptops, before))))
        finally:
            for laptop in laptops:
                laptop.end()
        for laptop in laptops + laptops:
            self.assertTrue(laptop.sync(), laptop.said)
            self.assertEqual(laptop.failures, [])
        self.assertNotIn("failed", pathlib.Path(f"{servers[0].data}.log").read_text())
        size = self.answer("status", "-C", laptops[0].folder)["size"]
        self.assertEqual(self.findings(*self.store, code=0), {})
        self.assertEqual([server.stop() for server in servers], [0, 0])

        restored = self.answer("agenda", "restore", "proef", "--from", copy, "--data", self.data, *self.store)
        self.assertLess(restored["size"], size)
        missing = self.findings(*self.store, "--backup", self.folder)["entries-missing"]
        self.assertIn(f"lacks {size - restored['size']}", missing["what"])
        for server in servers:
            server.start()
            self.assertFalse(self.is_ready(server), "a log that went back is served as if nothing were")
        laptops[1].record()
        self.assertFalse(laptops[1].sync(), "a position is given away twice")
        laptops[1].failures.clear()
        self.answer("heal", "-C", laptops[0].folder)
        for server in servers:
            self.assertTrue(eventually(lambda server=server: self.is_ready(server)))
        for laptop in laptops + laptops:
            self.assertTrue(eventually(laptop.sync), laptop.said)
            self.assertEqual(laptop.failures, [])
        fresh = self.clone(servers[1], "fresh").folder
        shown = json.dumps(self.answer("show", "--kind", "theme", "-C", fresh))
        for laptop in laptops:
            for title in laptop.titles:
                self.assertEqual(shown.count(title), 1, title)
        self.answer("verify", fresh)
        self.assertEqual(self.findings(*self.store, code=0), {})

    def test_a_copy_goes_from_the_database_into_a_folder_and_back(self):
        server = self.serve(0)
        laptop = self.clone(server, 0)
        laptop.record()
        self.assertTrue(laptop.sync(), laptop.said)
        backup = self.home / "backup.sqlite"
        size = self.answer("agenda", "backup", "proef", backup, "--data", self.data, *self.store)["size"]
        self.assertEqual(backup.stat().st_mode & 0o777, 0o600)
        self.assertEqual([path.name for path in self.home.glob("backup.sqlite*")], ["backup.sqlite"])
        self.fails("already-exists", "agenda", "backup", "proef", backup, "--data", self.data, *self.store)
        before = backup.read_bytes()
        key = self.data / "agendas/proef/log.key"
        elsewhere = "--data", self.home / "elsewhere"
        self.assertEqual(self.answer("agenda", "restore", "proef", "--from", backup, "--key", key, *elsewhere)["size"], size)
        self.answer("verify", self.home / "elsewhere/agendas/proef")
        self.fails("already-exists", "agenda", "restore", "proef", "--from", backup, *elsewhere, *self.store)
        # A server that has lost its disk: key and log are put back, and nothing says how much was shown.
        server.stop()
        shutil.rmtree(self.data)
        self.fails("not-found", "agenda", "restore", "proef", "--from", backup, "--data", self.data, *self.store)
        kept = self.home / "elsewhere/agendas/proef/log.key"
        self.answer("agenda", "restore", "proef", "--from", backup, "--key", kept, "--data", self.data, *self.store)
        self.assertEqual(backup.read_bytes(), before)
        self.assertEqual(list(self.findings(*self.store)), ["nothing-noted"])
        self.answer("heal", "--data", self.data, "--agenda", "proef", *self.store, "--from", laptop.folder)
        self.answer("agenda", "accept-loss", "proef", "--data", self.data, *self.store, "--yes")
        server.start()
        laptop.record()
        self.assertTrue(eventually(laptop.sync), laptop.said)
        self.assertEqual(laptop.failures, [])

    def test_what_is_wrong_beside_a_database_is_said_with_what_mends_it(self):
        folder = self.data / "agendas/proef"
        key = shutil.copy(folder / "log.key", self.home / "log.key")
        self.assertEqual(self.findings(*self.store, code=0), {})
        self.assertIn("--store", self.findings()["log-missing"]["meaning"])
        (folder / "log.key").unlink()
        self.assertIn("--store postgresql://", self.findings(*self.store)["key-missing"]["command"])
        self.answer("agenda", "restore", "proef", "--key", key, "--data", self.data, *self.store)
        self.assertEqual(self.findings(*self.store, code=0), {})
        # One that is in the folder alone, and one that was moved.
        self.answer("agenda", "create", "tweede", "--title", "Tweede", "--data", self.data)
        found = self.findings(*self.store)["log-missing"]
        self.assertTrue(found["command"].startswith("ambit agenda move tweede --data"), found)
        self.answer("agenda", "move", "tweede", "--data", self.data, "--to", self.cluster.address)
        self.assertEqual(self.findings(*self.store, code=0), {})
        moved = run(AMBIT, "doctor", self.data / "agendas/tweede")
        self.assertIn("--store", json.loads(moved.stdout)["findings"][0]["command"])
        self.cluster.sql("ALTER TABLE members DISABLE TRIGGER ALL; UPDATE members SET role = 'auditor'")
        self.cluster.sql("INSERT INTO members (agenda, subject, role, active) SELECT id, 'member/nobody00', 'admin', true FROM agendas")
        self.assertIn("member/nobody00", self.findings(*self.store)["log-damaged"]["what"])
        self.fails("difference", "agenda", "backup", "proef", self.home / "unsound.sqlite", "--data", self.data, *self.store)
        self.assertFalse((self.home / "unsound.sqlite").exists())
        self.cluster.stop()
        found = self.findings(*self.store)
        self.assertEqual(list(found), ["store-unreachable"])


if __name__ == "__main__":
    unittest.main()
