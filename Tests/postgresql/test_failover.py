#!/usr/bin/env python3
"""Kills the primary again and again while laptops push to servers on it, and promotes the standby.

    python3 Tests/postgresql/test_failover.py PATH-OF-AMBIT [ROUNDS] [LAPTOPS]      (built with --traits PostgreSQL)

What a laptop was told is accepted is in the log afterwards, once, and no laptop ever sees a log that contradicts what it saw.
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

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[0] / "support")]
from cluster import Cluster  # noqa: E402
from farm import Server  # noqa: E402
from laptop import Laptop, run  # noqa: E402
from waiting import HANGS, eventually  # noqa: E402

AMBIT = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ""
ROUNDS = int(sys.argv.pop(1)) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 5
LAPTOPS = int(sys.argv.pop(1)) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 4
SERVERS = 3


def answer(*arguments):
    done = run(AMBIT, *arguments)
    assert done.returncode == 0, (arguments, done.returncode, done.stderr)
    return json.loads(done.stdout)


class Site(unittest.TestCase):
    """A primary, a standby, and servers with an agenda on them; each test has its own."""

    # Whether a commit waits for the standby.
    synchronous = True

    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="ambit-failover."))
        self.addCleanup(shutil.rmtree, self.home)
        self.clusters = [Cluster(["wal_keep_size=256MB", "fsync=off"]) for _ in range(2)]
        for cluster in self.clusters:
            self.addCleanup(cluster.remove)
        # Nothing is confirmed before there is a standby.
        self.clusters[0].make()
        if self.synchronous:
            for cluster in self.clusters:
                cluster.settings.append("synchronous_standby_names=*")
        self.clusters[1].follow(self.clusters[0])
        if self.synchronous:
            self.clusters[0].set("synchronous_standby_names", "*")
            self.expect_followed()
        self.store = self.address(self.clusters)
        answer("agenda", "create", "proef", "--title", "Proef", "--data", self.home / "data-0", "--store", self.store)
        self.place = "--data", self.home / "data-0", "--agenda", "proef", "--store", self.store

    @staticmethod
    def address(clusters, settings=""):
        return f"postgresql://ambit@{','.join(f'127.0.0.1:{cluster.port}' for cluster in clusters)}/ambit{settings}"

    def expect_followed(self):
        self.assertTrue(eventually(self.clusters[0].is_followed), "the standby does not follow")

    def serve(self, number, store=None):
        server = Server(AMBIT, self.home / f"data-{number}", store or self.store, "--rate", "all=off")
        if not server.data.exists():
            server.take_over(self.home / "data-0")
        self.addCleanup(server.stop)
        server.start()
        return server

    def clone(self, server, number, role="editor"):
        invite = answer("invite", "--role", role, *self.place)["invite"]
        folder = self.home / f"laptop-{number}"
        answer("clone", f"{server.url}/agendas/proef", folder, "--invite", invite, "--name", f"P {number}", "--device", "d")
        return Laptop(AMBIT, folder, number)

    @staticmethod
    def is_ready(server):
        """Whether the agenda takes entries."""
        try:
            with urllib.request.urlopen(f"{server.url}/v1/agendas/proef/ready", timeout=HANGS) as response:
                return response.status == 200
        except urllib.error.HTTPError as error:
            with error:
                return False

    def fail_over(self):
        """The standby takes the primary's place, which comes back as a standby."""
        primary, standby = self.clusters
        primary.kill()
        standby.promote()
        primary.follow(standby)
        self.clusters.reverse()

    def in_database(self, store=None):
        """The log's entries, as the database has them."""
        done = run(AMBIT, "log", *self.place[:-1], store or self.store)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def expect_all(self, text, laptops):
        """All that the laptops recorded is in what is shown, once."""
        for laptop in laptops:
            self.assertEqual(laptop.failures, [])
            for title in laptop.titles:
                self.assertEqual(text.count(title), 1, f"laptop {laptop.number}: {title}")

    def expect_whole(self, server, laptops):
        """All that the laptops recorded is in the log, once, for somebody new."""
        fresh = self.clone(server, "fresh").folder
        self.expect_all(json.dumps(answer("show", "--kind", "theme", "-C", fresh)), laptops)
        answer("verify", fresh)


class Failover(Site):
    def test_what_was_accepted_is_in_the_log_after_every_failover(self):
        servers = [self.serve(number) for number in range(SERVERS)]
        laptops = [self.clone(servers[number % SERVERS], number) for number in range(LAPTOPS)]
        for laptop in laptops:
            laptop.start()
        try:
            for _ in range(ROUNDS):
                before = [laptop.accepted for laptop in laptops]
                self.assertTrue(eventually(lambda: any(laptop.accepted > count for laptop, count in zip(laptops, before))),
                                f"nothing gets through after a failover: {[laptop.said for laptop in laptops]}")
                self.fail_over()
                self.expect_followed()
        finally:
            for laptop in laptops:
                laptop.ends.set()
            for laptop in laptops:
                laptop.join()
        for laptop in laptops:
            self.assertTrue(eventually(laptop.sync), f"a laptop does not get through any more: {laptop.said}")
        self.expect_whole(servers[0], laptops)
        print(f"{ROUNDS} rounds: {sum(len(laptop.titles) for laptop in laptops)} events, "
              f"{sum(laptop.retries for laptop in laptops)} syncs that had to be tried again")

    def test_a_commit_that_was_cancelled_while_it_waited_is_not_believed(self):
        server = self.serve(0)
        laptop = self.clone(server, 0)
        laptop.record()
        self.assertTrue(laptop.sync())
        primary, standby = self.clusters
        standby.stop()
        laptop.record()
        sync = subprocess.Popen([AMBIT, "sync", "-C", laptop.folder, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(sync.kill)
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'ambit'"
        self.assertTrue(eventually(lambda: primary.sql(waiting) != "0"), "the commit does not wait for the standby")
        # PostgreSQL says that this worked, with a warning; the entry is on no standby.
        primary.sql("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        self.assertTrue(eventually(lambda: primary.sql(f"{waiting} AND state = 'active'") != "0"), "it is believed without another write")
        self.assertIsNone(sync.poll(), "the laptop was told before the standby had it")
        standby.start()
        said, failed = sync.communicate(timeout=HANGS)
        self.assertIn(sync.returncode, (0, 69), failed)
        self.assertTrue(eventually(laptop.sync), laptop.said)
        # And so it outlives the primary.
        self.fail_over()
        self.expect_followed()
        self.expect_whole(server, [laptop])

    def test_a_server_that_wakes_up_after_a_failover_gives_no_position_away_twice(self):
        asleep, awake = self.serve(0), self.serve(1)
        sleeper, other = self.clone(asleep, 0), self.clone(awake, 1)
        sleeper.start()
        try:
            self.assertTrue(eventually(lambda: sleeper.accepted > 0), sleeper.said)
            # In the middle of whatever it does.
            asleep.process.send_signal(signal.SIGSTOP)
            self.fail_over()
            self.expect_followed()
            for _ in range(3):
                other.record()
                self.assertTrue(eventually(other.sync), other.said)
            asleep.process.send_signal(signal.SIGCONT)
            before = sleeper.accepted
            self.assertTrue(eventually(lambda: sleeper.accepted > before), sleeper.said)
        finally:
            asleep.process.send_signal(signal.SIGCONT)
            sleeper.end()
        for laptop in (sleeper, other):
            self.assertTrue(eventually(laptop.sync), laptop.said)
        self.expect_whole(asleep, [sleeper, other])

    def test_a_standby_that_lags_stops_no_laptop(self):
        primary, standby = self.clusters
        first = self.serve(0)
        # Its address names the standby first, and would be content with it.
        second = self.serve(1, self.address([standby, primary], "?target_session_attrs=any"))
        laptop = self.clone(first, 0)
        standby.sql("SELECT pg_wal_replay_pause()")
        self.addCleanup(standby.sql, "SELECT pg_wal_replay_resume()")
        for _ in range(3):
            laptop.record()
            self.assertTrue(laptop.sync(), laptop.said)
            answer("sync", "-C", laptop.folder, "--url", f"{second.url}/agendas/proef")
            answer("sync", "-C", laptop.folder, "--url", f"{first.url}/agendas/proef")
        size = "SELECT size FROM agendas"
        self.assertLess(int(standby.sql(size)), int(primary.sql(size)), "the standby does not lag: this shows nothing")
        self.expect_all(self.in_database(self.address([standby, primary])), [laptop])


class Loss(Site):
    synchronous = False

    def lose(self, server):
        """A laptop whose last event was answered, and is on no database any more."""
        laptop = self.clone(server, 0, "admin")
        laptop.record()
        self.assertTrue(laptop.sync(), laptop.said)
        primary, standby = self.clusters
        self.assertTrue(eventually(lambda: standby.sql("SELECT size FROM agendas") == primary.sql("SELECT size FROM agendas")))
        standby.stop()
        laptop.record()
        self.assertTrue(laptop.sync(), "nothing is waited for here")
        primary.kill()
        standby.start()
        standby.promote()
        return laptop

    def test_what_a_failover_lost_is_seen_and_given_back(self):
        server = self.serve(0)
        # The note that it has of the log is from before.
        ignorant = self.serve(1)
        ignorant.kill()
        laptop = self.lose(server)
        self.assertTrue(eventually(lambda: not self.is_ready(server)), "a log that went back is served as if nothing were")
        with self.assertRaises(AssertionError, msg="nothing was lost: this shows nothing"):
            self.expect_all(self.in_database(), [laptop])
        # The note it is that notices: without, the position would be given away again.
        ignorant.start()
        self.assertTrue(eventually(lambda: self.is_ready(ignorant)))
        ignorant.kill()
        laptop.record()
        healed = answer("heal", "-C", laptop.folder)
        self.assertGreater(healed["given"], 0)
        self.assertTrue(eventually(laptop.sync), laptop.said)
        self.assertTrue(self.is_ready(server))
        self.expect_whole(server, [laptop])


if __name__ == "__main__":
    unittest.main()
