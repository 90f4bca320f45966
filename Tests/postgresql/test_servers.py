#!/usr/bin/env python3
"""Servers that share one PostgreSQL: each sees what the others take, and none gives a position away twice.

    python3 Tests/postgresql/test_servers.py PATH-OF-AMBIT      (built with --traits PostgreSQL)
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "Tests/support")]
from cluster import Cluster  # noqa: E402
from farm import Balancer, Server  # noqa: E402
from laptop import Laptop  # noqa: E402
from waiting import HANGS, eventually  # noqa: E402

AMBIT = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ""


class Servers(unittest.TestCase):
    """Three servers on one database for all tests, each with a data folder of its own, and nginx before them."""

    @classmethod
    def setUpClass(cls):
        cls.home = pathlib.Path(tempfile.mkdtemp(prefix="ambit-servers."))
        cls.cluster = Cluster()
        cls.cluster.make()
        cls.store = cls.cluster.address
        cls.servers = [Server(AMBIT, cls.home / f"data-{number}", cls.store, "--rate", "all=off") for number in range(3)]
        cls.data = [server.data for server in cls.servers]
        cls.answer("agenda", "create", "proef", "--title", "Proef", "--data", cls.data[0], "--store", cls.store)
        for server in cls.servers[1:]:
            server.take_over(cls.data[0])
        for server in cls.servers:
            server.start()
        cls.urls = [server.url for server in cls.servers]
        cls.balancer = Balancer(cls.home / "nginx", [server.port for server in cls.servers])

    @classmethod
    def tearDownClass(cls):
        cls.balancer.stop()
        codes = [server.stop() for server in cls.servers]
        cls.cluster.remove()
        shutil.rmtree(cls.home)
        assert codes == [0, 0, 0], f"the servers ended with {codes}"

    @staticmethod
    def run_ambit(*arguments):
        words = [AMBIT, *map(str, arguments), "--json"]
        return subprocess.run(words, capture_output=True, text=True, timeout=HANGS, env={**os.environ, "LC_ALL": "C.UTF-8"})

    @classmethod
    def answer(cls, *arguments):
        done = cls.run_ambit(*arguments)
        assert done.returncode == 0, (arguments, done.returncode, done.stderr)
        return json.loads(done.stdout)

    def clone(self, url, name, invite=None):
        invite = invite or self.invite()
        folder = self.home / name
        self.answer("clone", f"{url}/agendas/proef", folder, "--invite", invite, "--name", name, "--device", name)
        return folder

    def invite(self):
        return self.answer("invite", "--role", "admin", *self.on_database())["invite"]

    def on_database(self):
        return "--data", self.data[0], "--agenda", "proef", "--store", self.store

    def record(self, folder, text):
        self.answer("record", "theme.opened", f"title={text}", "-C", folder)

    def test_an_agenda_is_listed_with_its_size(self):
        listed = self.answer("agenda", "list", "--data", self.data[0], "--store", self.store)
        self.assertEqual([agenda["agenda"] for agenda in listed], ["proef"])
        self.assertGreater(listed[0]["size"], 0)
        again = self.run_ambit("agenda", "create", "proef", "--title", "P", "--data", self.home / "other", "--store", self.store)
        self.assertEqual(json.loads(again.stderr)["error"], "already-exists", again.stderr)

    def test_what_one_server_takes_the_other_shows(self):
        first, second = self.clone(self.urls[0], "een"), self.clone(self.urls[1], "twee")
        self.record(first, "Eerste")
        self.assertEqual(self.answer("sync", "-C", first)["accepted"], 1)
        self.assertTrue(eventually(lambda: self.answer("sync", "-C", second) and "Eerste" in self.shown(second)))
        self.record(second, "Tweede")
        self.assertEqual(self.answer("sync", "-C", second)["accepted"], 1)
        self.assertTrue(eventually(lambda: self.answer("sync", "-C", first) and "Tweede" in self.shown(first)))

    def shown(self, folder):
        return json.dumps(self.answer("show", "--kind", "theme", "-C", folder))

    def test_laptops_push_to_all_at_once_and_every_event_stands_in_the_log_once(self):
        laptops = [self.clone(self.urls[number % 3], f"gelijk-{number}") for number in range(4)]
        accepted = [0] * len(laptops)

        def work(number):
            for count in range(5):
                self.record(laptops[number], f"Thema {number} {count}")
                accepted[number] += self.answer("sync", "-C", laptops[number])["accepted"]

        threads = [threading.Thread(target=work, args=(number,)) for number in range(len(laptops))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(accepted, [5] * len(laptops))
        digests = set()
        for laptop in laptops:
            self.answer("sync", "-C", laptop)
            shown = self.shown(laptop)
            for number in range(len(laptops)):
                for count in range(5):
                    self.assertEqual(shown.count(f"Thema {number} {count}"), 1)
            digests.add(json.dumps(self.answer("verify", laptop).get("size")))
        self.assertEqual(len(digests), 1, digests)

    def test_invites_and_refusals_are_the_same_on_all(self):
        invite = self.answer("invite", "--role", "recorder", *self.on_database())["invite"]
        folder = self.clone(self.urls[1], "genodigd", invite)
        again = self.run_ambit("clone", f"{self.urls[0]}/agendas/proef", self.home / "nooit", "--invite", invite)
        self.assertEqual(again.returncode, 77, again.stderr)
        self.assertEqual(self.run_ambit("sync", "-C", folder).returncode, 0)

    def test_servers_that_are_killed_one_after_the_other_cost_laptops_a_retry(self):
        laptops = [Laptop(AMBIT, self.clone(self.balancer.url, f"sterk-{number}"), number) for number in range(4)]
        for laptop in laptops:
            laptop.start()
        try:
            for server in self.servers * 2:
                server.kill()
                self.expect_progress(laptops)
                server.start()
                self.expect_progress(laptops)
        finally:
            for laptop in laptops:
                laptop.end()
        for laptop in laptops:
            self.assertTrue(eventually(laptop.sync), laptop.said)
            self.assertEqual(laptop.failures, [])
        shown = self.shown(self.clone(self.balancer.url, "na-afloop"))
        for laptop in laptops:
            for title in laptop.titles:
                self.assertEqual(shown.count(title), 1, title)

    def expect_progress(self, laptops):
        before = [laptop.accepted for laptop in laptops]
        self.assertTrue(eventually(lambda: all(laptop.accepted > count for laptop, count in zip(laptops, before))),
                        [laptop.said for laptop in laptops])

    def test_who_comes_with_each_request_to_another_server_holds_a_log_that_is_sound(self):
        laptop = self.clone(self.balancer.url, "rondom")
        for count in range(6):
            self.record(laptop, f"Rondom {count}.")
            self.assertEqual(self.answer("sync", "-C", laptop)["accepted"], 1)
        self.answer("verify", laptop)
        shown = self.shown(laptop)
        for count in range(6):
            self.assertEqual(shown.count(f"Rondom {count}."), 1)

    def test_history_is_not_rewritten_in_the_database(self):
        for change in ("UPDATE commits SET entries = ''", "DELETE FROM runs", "TRUNCATE checkpoints", "DELETE FROM agendas",
                       "UPDATE agendas SET size = 0", "UPDATE agendas SET size = 10", "DELETE FROM rejections; DELETE FROM runs"):
            with self.assertRaises(RuntimeError, msg=change):
                self.cluster.sql(change)

    def test_a_server_needs_no_more_than_to_read_and_write_rows(self):
        # As SECURITY.md says it.
        self.cluster.sql("CREATE ROLE server LOGIN; GRANT USAGE ON SCHEMA public TO server; "
                         "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO server")
        server = Server(AMBIT, self.home / "data-role", self.store.replace("ambit@", "server@"))
        server.take_over(self.data[0])
        server.start()
        try:
            laptop = self.clone(server.url, "rol")
            self.record(laptop, "Met weinig rechten")
            self.assertEqual(self.answer("sync", "-C", laptop)["accepted"], 1)
        finally:
            self.assertEqual(server.stop(), 0)
        for change in ("ALTER TABLE commits DISABLE TRIGGER ALL", "TRUNCATE tokens", "DROP TABLE commits", "DROP TRIGGER runs_are_kept ON runs"):
            with self.assertRaisesRegex(RuntimeError, "must be owner|permission denied", msg=change):
                self.cluster.sql(f"SET ROLE server; {change}")

    def test_the_address_says_by_whom_the_database_must_be_vouched_for(self):
        def certificate(name):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                            "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"],
                           check=True, capture_output=True)

        with Cluster() as cluster:
            folder = cluster.folder
            certificate("own")
            certificate("other")
            if cluster.user:
                os.chown(folder / "own.key", cluster.user.pw_uid, cluster.user.pw_gid)
            for name, value in (("ssl_cert_file", folder / "own.pem"), ("ssl_key_file", folder / "own.key"), ("ssl", "on")):
                cluster.set(name, value)
            address = f"postgresql://ambit@localhost:{cluster.port}/ambit?sslmode=verify-full&sslrootcert={folder}"
            data = self.home / "data-tls"
            self.assertTrue(eventually(lambda: self.run_ambit("agenda", "create", "tls", "--title", "T", "--data", data, "--store",
                                                              f"{address}/own.pem").returncode == 0))
            refused = self.run_ambit("agenda", "list", "--data", data, "--store", f"{address}/other.pem")
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn("certificate verify failed", refused.stderr)

    def test_a_password_is_shown_to_nobody(self):
        done = subprocess.run([AMBIT, "config", "--store", "postgresql://a:geheim@h/d?password=geheim"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("postgresql://a:***@h/d?password=***", done.stdout)
        self.assertNotIn("geheim", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
