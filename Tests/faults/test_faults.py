#!/usr/bin/env python3
"""Kills the real server and real laptops at any moment, breaks their connections, and compares what is left.

    python3 Tests/faults/test_faults.py PATH-OF-AMBIT [--seed N] [--rounds N] [--long] [NAME-OF-A-TEST …]

A seed gives the same choices again, though not the same instants. `--long` is for people: 30 rounds, each longer, with
a new seed every time unless one is given. A test that fails leaves its folder behind and prints its path.
"""
import argparse
import contextlib
import dataclasses
import json
import os
import random
import shutil
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "support"))
import checker  # noqa: E402
import clocks  # noqa: E402
import moments  # noqa: E402
from checker import check_everything  # noqa: E402
from proxy import UP, Treatment, chosen  # noqa: E402
from storm import Storm, project, settle  # noqa: E402
from world import Failed, World, require  # noqa: E402

OPTIONS = argparse.Namespace(ambit=None, seed=20261112, rounds=2, operations=25)


class WithWorld(unittest.TestCase):
    @contextlib.contextmanager
    def world(self, laptops=1):
        home, begun = tempfile.mkdtemp(prefix="ambit-faults."), time.monotonic()
        world = None
        try:
            world = World(OPTIONS.ambit, home)
            world.start()
            for number in range(laptops):
                world.clone(f"l{number}")
            yield world
        except BaseException:
            print(f"\n{self.id()} failed with seed {OPTIONS.seed}; what it left is in {home}", file=sys.stderr)
            raise
        else:
            print(f"{self._testMethodName}: {time.monotonic() - begun:.1f} s, {world.counts()}", flush=True)
            shutil.rmtree(home)
        finally:
            if world:
                world.close()


class Storms(WithWorld):
    def test_nothing_acknowledged_is_lost_doubled_or_moved(self):
        with self.world(laptops=3) as world:
            world.project = project(world.laptops[0])
            settle(world)
            for number in range(OPTIONS.rounds):
                Storm(world, f"{OPTIONS.seed}/{number}", OPTIONS.operations).run()
                settle(world)
                entries = check_everything(world)
                print(f"round {number + 1}: {len(entries)} entries on {len(world.laptops)} laptops and the server agree, "
                      f"{world.acknowledged} events acknowledged, faults so far {world.counts()}", flush=True)


class Moments(WithWorld):
    def agree(self, world):
        settle(world)
        check_everything(world)

    def random(self):
        return random.Random(f"{OPTIONS.seed}/{self.id()}")

    def test_a_server_killed_while_large_pushes_arrive_are_committed_or_answered(self):
        with self.world(laptops=2) as world:
            moments.kill_server_during_pushes(world, world.laptops[0], self.random())
            self.agree(world)

    def test_a_server_killed_right_after_commits_while_segments_are_sealed(self):
        with self.world(laptops=2) as world:
            moments.kill_server_while_sealing(world, world.laptops[0], self.random())
            self.agree(world)

    def test_a_server_killed_while_it_starts_and_while_it_stops(self):
        with self.world(laptops=2) as world:
            moments.kill_server_at_its_ends(world, world.laptops[0], self.random())
            self.agree(world)

    def test_a_sync_killed_at_every_stage(self):
        with self.world(laptops=2) as world:
            moments.kill_client_between_stages(world, *world.laptops)
            self.agree(world)

    def test_a_clone_killed_before_and_after_the_answer_to_the_enrolment(self):
        with self.world(laptops=1) as world:
            require(world.laptops[0].load(3000) and world.laptops[0].sync(), "the log was not filled")
            moments.kill_clone(world)
            self.agree(world)

    def test_recording_killed_at_any_moment(self):
        with self.world(laptops=1) as world:
            moments.kill_recording(world.laptops[0], self.random())
            self.agree(world)

    def test_two_syncs_at_once_on_one_replica(self):
        with self.world(laptops=2) as world:
            laptop = world.laptops[0]
            for _ in range(8):
                require(laptop.load(400), "the import failed")
                attempts = len(laptop.attempts)
                both = [world.begin("sync", "-C", laptop.folder) for _ in range(2)]
                done = [world.end(process) for process in both]
                found = [(one.code, one.error) for one in done]
                # One of them may find the other at work, and say so.
                require(sorted(found, key=str)[0] == (0, None) and set(found) <= {(0, None), (1, "sync-running")},
                        f"two syncs at once: {done}")
                laptop.settled.append((attempts, max(one.json()["size"] for one in done if one.code == 0)))
            self.agree(world)

    def test_a_server_put_back_from_a_backup_and_healed_through_kills(self):
        with self.world(laptops=2) as world:
            moments.put_back_a_backup(world, *world.laptops)
            self.agree(world)

    def test_a_laptop_that_was_copied_and_one_that_was_put_back(self):
        with self.world(laptops=2) as world:
            moments.copy_a_laptop(world, world.laptops[0])
            self.agree(world)

    def test_a_laptop_whose_clock_is_years_off(self):
        if not clocks.CAN_BE_SET_OFF:
            self.skipTest("setting a program's clock off needs Linux and a C compiler")
        with self.world(laptops=2) as world:
            (laptop, other), shim = world.laptops, clocks.shim(world.home)
            for years in (-20, 20):
                laptop.before = ["env", *(f"{name}={value}" for name, value in clocks.off(shim, years * clocks.YEAR).items())]
                require(laptop.record() and laptop.load(300), f"recording with a clock that is {years} years off")
                pending = laptop.command("status", "--pending").json()["events"]
                year = time.gmtime().tm_year
                require(all(abs(int(json.loads(line)["time"][:4]) - year - years) <= 1 for line in pending),
                        "the clock was not off")
                require(laptop.sync() and other.record() and other.sync() and laptop.sync(), "syncing")
            laptop.before = []
            self.agree(world)


class Watching(WithWorld):
    """`ambit sync --watch` goes on through whatever happens to the server and to what is in between."""

    @contextlib.contextmanager
    def watching(self, world, laptop):
        asked = []
        world.watch = lambda direction, data: asked.append(data) if direction == UP else None
        process = world.begin("sync", "--watch", "-C", laptop.folder)
        try:
            yield asked
            require(process.poll() is None, "the watch ended by itself")
            process.terminate()
            done = world.end(process)
            require(done.code == 0, f"the watch ended with {done} on SIGTERM")
        finally:
            process.kill()
            process.communicate()

    def follows(self, world, laptop, other):
        """What the other one sends arrives here, and what is recorded here is sent, with nobody doing anything."""
        require(other.record(), "the other laptop did not record")
        world.eventually(lambda: (answer := other.sync()) and self.has(laptop, answer["size"]), "followed")
        require(laptop.record(), "the laptop did not record")
        world.eventually(lambda: laptop.command("status").json()["pending"] == 0, "sent")

    def has(self, laptop, size):
        return laptop.command("status").json()["size"] >= size

    def test_a_watch_follows_through_kills_of_the_server(self):
        with self.world(laptops=2) as world:
            with self.watching(world, world.laptops[0]) as asked:
                self.follows(world, *world.laptops)
                for _ in range(3):
                    world.kill()
                    require(world.laptops[1].record(), "recording needs no server")
                    world.start()
                    self.follows(world, *world.laptops)
                require(any(b"text/event-stream" in data for data in asked), "no live stream was asked for")
            settle(world)
            check_everything(world)

    def test_a_watch_follows_through_a_proxy_that_holds_answers_back(self):
        with self.world(laptops=2) as world:
            laptop, other = world.laptops
            world.proxy.proxy.treat = lambda number: Treatment(whole_answers=True)
            with self.watching(world, laptop) as asked:
                self.follows(world, laptop, other)
                self.follows(world, laptop, other)
                require(any(b"wait=" in data for data in asked), "it did not fall back to waiting")
            world.calm()
            settle(world)
            check_everything(world)

    def test_a_watch_follows_through_broken_connections(self):
        with self.world(laptops=2) as world:
            world.proxy.proxy.treat = chosen(OPTIONS.seed, 0.5)
            with self.watching(world, world.laptops[0]):
                for _ in range(4):
                    self.follows(world, *world.laptops)
            world.calm()
            settle(world)
            check_everything(world)


class Canaries(WithWorld):
    """The checks themselves: on what is not right they must fail, and for that reason."""

    def views(self, world):
        world.project = project(world.laptops[0])
        for laptop in world.laptops:
            for _ in range(4):
                laptop.record()
            laptop.load(20)
        settle(world)
        world.laptops[0].look()
        world.laptops[0].see_checkpoint()
        views = [checker.view_of_server(world), *map(checker.view_of_laptop, world.laptops)]
        note = world.notes[-1]
        check_everything(world, views, note)
        return views, note

    def test_a_log_that_was_tampered_with_is_noticed(self):
        with self.world(laptops=2) as world:
            views, note = self.views(world)
            lines = checker.entries_of(views[0].log)
            at = next(i for i, line in enumerate(lines) if b'"source":"device/' in line) + 3
            foreign = lines[at].replace(b"verzonnen l", b"verzonnen x")
            end = max(i for i, line in enumerate(lines) if b'"type":"device.signed"' not in line)
            origin = checker.protocol.read_verifier_key(world.key)[0]
            for name, tampered, complaint in (
                ("dropped", lines[:at] + lines[at + 1:], "is next|were acknowledged"),
                ("dropped at the end", lines[:end], "were acknowledged"),
                ("doubled", lines[:at] + [lines[at]] + lines[at:], "is next|twice"),
                ("reordered", lines[:at] + [lines[at + 1], lines[at]] + lines[at + 2:], "is next|go back"),
                ("altered", lines[:at] + [lines[at].replace(b"registered", b"revised")] + lines[at + 1:], "instead of"),
                ("foreign", lines[:at] + [foreign] + lines[at + 1:], "nobody recorded"),
            ):
                with self.subTest(name):
                    # By each check on its own: the first one that fails must not hide that others cannot.
                    log = b"".join(line + b"\n" for line in tampered)
                    self.assertRaisesRegex(Failed, complaint, checker.check_ledger, tampered, world.laptops)
                    if name != "dropped at the end":
                        self.assertRaisesRegex(Failed, "do not hold|not signed", checker.check_signed, tampered, origin,
                                               world.laptops)
                    self.assertRaisesRegex(Failed, "do not lead|is for", checker.check_proof, tampered, note, world.key,
                                           views[0])
                    self.assertRaisesRegex(Failed, "once verified", checker.check_seen, tampered, world.laptops, [],
                                           world.key)
                    self.assertRaisesRegex(Failed, "does not hold", checker.check_seen, tampered, [], [note], world.key)
                    one_of_them = [views[0], dataclasses.replace(views[1], log=log), *views[2:]]
                    self.assertRaisesRegex(Failed, "differ", checker.check_same, one_of_them)
                    self.assertRaises(Failed, check_everything, world, one_of_them, note)

    def test_a_server_put_back_from_an_older_copy_is_noticed(self):
        with self.world(laptops=2) as world:
            self.views(world)
            world.stop()
            older, newer = (os.path.join(world.home, name) for name in ("older", "newer"))
            shutil.copytree(world.data, older)
            world.start()
            require(world.laptops[0].record() and world.laptops[0].sync(), "nothing was sent")
            world.stop()
            os.rename(world.data, newer)
            os.rename(older, world.data)
            world.start()
            self.assertRaisesRegex(Failed, "the logs of server and l0 differ", check_everything, world)
            only_server = [checker.view_of_server(world)]
            self.assertRaisesRegex(Failed, "were acknowledged", check_everything, world, only_server)
            self.assertRaisesRegex(Failed, "code=2.*server-behind", world.laptops[0].sync)
            world.stop()
            shutil.rmtree(world.data)
            os.rename(newer, world.data)
            world.start()
            settle(world)
            check_everything(world)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ambit")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--long", action="store_true")
    options, rest = parser.parse_known_args()
    OPTIONS.ambit = os.path.abspath(options.ambit)
    if options.long:
        OPTIONS.rounds, OPTIONS.operations, OPTIONS.seed = 30, 100, random.randrange(1 << 32)
    OPTIONS.seed = OPTIONS.seed if options.seed is None else options.seed
    OPTIONS.rounds = options.rounds or OPTIONS.rounds
    print(f"seed {OPTIONS.seed}", flush=True)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
