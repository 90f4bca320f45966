#!/usr/bin/env python3
"""Attacks a real server while a device pushes and a laptop syncs, and measures what that costs them.

    python3 Tests/faults/test_attacks.py PATH-OF-AMBIT [--long] [--seconds NUMBER] [NAME-OF-A-TEST …]

While an attack runs, the median of others' pushes and that of a laptop's sync are at most ten times what they are without
it, in the same run, and so is the longest of each: a median does not show a standstill, in which there are few pushes. The
figures are printed. `--long` measures for minutes instead of seconds, `--seconds` for as long as is
said. A test that fails leaves its folder behind and prints its path.
"""
import argparse
import contextlib
import html
import http.client
import json
import os
import re
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import attackers  # noqa: E402
import secured  # noqa: E402
from attackers import attacking, packed  # noqa: E402
from waiting import eventually  # noqa: E402
from world import AGENDA, World, require  # noqa: E402

OPTIONS = argparse.Namespace(ambit=None, seconds=2.0, events=2_000, pause=0.02)
FACTOR = 10
LEAST = 0.01
"""Seconds: what takes less is not told from the machine's other work."""
STANDSTILL = 2.0
"""Seconds: the same of what takes longest."""
LONGEST = ", the longest"


class Victims:
    """A device that pushes one event after the other, and a laptop that records one and syncs."""

    def __init__(self, world, device, laptop):
        self.world, self.device, self.laptop, self.number = world, device, laptop, 0
        self.keeps_connection = True  # for one push after the other
        self.acts = (self.pushes, self.checkpoints, self.syncs)

    def push(self, connection):
        self.number += 1
        connection = connection or self.device.connection()
        status, _ = self.device.push(connection, packed([self.device.line(self.number)]))
        require(status == 200, f"a victim's push was answered with {status}")
        return connection

    def pushes(self, until, times):
        connection = None
        while not until.is_set() or len(times) < 9:
            begun = time.monotonic()
            for attempt in range(10):
                try:
                    connection = self.push(connection)
                    break
                except (OSError, http.client.HTTPException):
                    # The server may close a connection that does nothing; then the next one is as good.
                    if connection:
                        connection.close()
                    connection, self.number = None, self.number - 1
                    require(attempt < 9, "a victim is not let in")
            times.append(time.monotonic() - begun)
            if not self.keeps_connection:
                connection.close()
            until.wait(OPTIONS.pause)
        connection.close()

    def checkpoints(self, until, times):
        connection = None
        while not until.is_set() or len(times) < 9:
            connection = connection or self.device.connection()
            begun = time.monotonic()
            try:
                connection.request("GET", self.device.path("/checkpoint"), headers=self.device.headers())
                answer = connection.getresponse()
                answer.read()
                # Told to come again later is an answer too; what matters is that it waits behind nobody.
                require(answer.status in (200, 429, 503), f"a checkpoint was answered with {answer.status}")
                times.append(time.monotonic() - begun)
            except (OSError, http.client.HTTPException):
                connection = None
            until.wait(OPTIONS.pause)
        if connection:
            connection.close()

    def syncs(self, until, times):
        while not until.is_set() or len(times) < 3:
            require(self.laptop.record(), "nothing was recorded")
            begun = time.monotonic()
            done = self.laptop.sync()
            require(done is not None, "a victim's sync failed")
            times.append(time.monotonic() - begun)
            until.wait(OPTIONS.pause)

    def measure(self, seconds):
        """Medians of a push, of a checkpoint and of a sync, or of some of them, and what the longest took, in seconds."""
        until, found, failures = threading.Event(), {}, []

        def run(name, act):
            found[name] = []
            try:
                act(until, found[name])
            except BaseException as error:  # noqa: B902
                failures.append(error)
        threads = [threading.Thread(target=run, args=(act.__name__, act)) for act in self.acts]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        until.set()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        return {name: statistics.median(times) for name, times in found.items()} \
            | {name + LONGEST: max(times) for name, times in found.items()}


def judge(name, quiet, under, counts):
    """Prints the figures, and gives what took too long."""
    print(f"{name}: " + ", ".join(f"{what} {1000 * quiet[what]:.0f} → {1000 * under[what]:.0f} ms" for what in quiet)
          + f"; attack {dict(counts)}", flush=True)
    return [f"{what}: {under[what]:.3f} s, {under[what] / quiet[what]:.1f} times the {quiet[what]:.3f} s without it"
            for what in quiet if under[what] > max(FACTOR * quiet[what], STANDSTILL if what.endswith(LONGEST) else FACTOR * LEAST)]


class Attacks(unittest.TestCase):
    @contextlib.contextmanager
    def world(self, *options, files=None, tls=False):
        home, world = tempfile.mkdtemp(prefix="ambit-attacks."), None
        try:
            world = World(OPTIONS.ambit, home)
            if tls:
                world.certificate, key = secured.make_certificate(home)
                options = (*options, "--tls-certificate", world.certificate, "--tls-key", key)
            world.start(*options, before=["sh", "-c", f'ulimit -n {files} && exec "$0" "$@"'] if files else ())
            world.clone("l0")
            world.victims = Victims(world, self.enrol(world, "pusher"), world.laptops[0])
            yield world
        except BaseException:
            print(f"\n{self.id()} failed; what it left is in {home}", file=sys.stderr)
            raise
        else:
            # A file may still be in the making.
            if world.server.poll() is None:
                world.kill()
            shutil.rmtree(home)
        finally:
            if world:
                world.close()

    def enrol(self, world, name):
        return attackers.enrol(world.base, AGENDA, world.invite(), name)

    def open(self, world, how):
        opened = world.run("agenda", "open", AGENDA, how, "--data", world.data)
        require(opened.code == 0, f"agenda open: {opened}")

    def event(self, device, number, type, subject=None, **data):
        """A subject, named after the event if it is not said, and the line of an event about it."""
        subject = subject or f"{type.split('.')[0]}/{device.device.split('/')[1]}-{number}"
        text = json.dumps(data, separators=(",", ":"))
        return subject, attackers.LINE.format(id=number, source=device.device, type=type, subject=subject, data=text)

    def filled(self, world, device, lines):
        with contextlib.closing(http.client.HTTPConnection(device.host, timeout=900)) as connection:
            status, answer = device.push(connection, packed(lines))
        require(status == 200, f"the attack could not be prepared: {status} {answer}")
        require(world.laptops[0].sync() is not None, "the laptop does not sync")
        return json.loads(answer)

    def holds(self, world, attack, *arguments, until=lambda counts: counts["begun"]):
        """Measures without the attack, with it once it is in full swing, and without it again; what the attack did."""
        quiet = world.victims.measure(min(OPTIONS.seconds / 2, 60))
        with attacking(attack, *arguments) as shared:
            require(eventually(lambda: until(shared)), f"the attack does nothing: {dict(shared)}")
            under = world.victims.measure(OPTIONS.seconds)
            counts = dict(shared)
        after = world.victims.measure(min(OPTIONS.seconds / 2, 60))
        # A machine that became busy in between was that with the attack, too.
        quiet = {what: max(quiet[what], after[what]) for what in quiet}
        self.assertEqual(judge(self._testMethodName, quiet, under, counts), [])
        require(world.server.poll() is None, "the server has ended")
        return counts

    def test_duplicates_with_gaps_sent_again_and_again(self):
        with self.world() as world:
            device = self.enrol(world, "attacker")
            lines = [device.line(2 * number) for number in range(1, OPTIONS.events + 1)]
            self.filled(world, device, lines)
            self.holds(world, attackers.same_push, device, packed(lines), until=lambda counts: counts.get("200", 0) > 2)

    def test_pushes_of_several_members_on_many_connections(self):
        with self.world() as world:
            pushes = []
            for number in range(4):
                device = self.enrol(world, f"a{number}")
                lines = [device.line(number) for number in range(1, OPTIONS.events + 1)]
                self.filled(world, device, lines)
                pushes.append((device, packed(lines)))
            self.holds(world, attackers.same_pushes, pushes, until=lambda counts: counts.get("200", 0) > 2)

    def test_refused_events_and_unused_counters_sent_again_and_again(self):
        with self.world() as world:
            device = self.enrol(world, "attacker")
            refused = range(1, OPTIONS.events // 2 + 1)
            lines = [device.line(number, "project.revised", f"project/geen-{number}") for number in refused]
            self.filled(world, device, lines + [device.line(20_000)])
            unused = [device.line(10_000 + number) for number in refused]
            self.holds(world, attackers.same_push, device, packed(lines + unused),
                       until=lambda counts: counts.get("200", 0) > 2)

    def test_events_about_unknown_subjects_until_no_more_are_kept_and_then_on(self):
        with self.world() as world:
            device = self.enrol(world, "attacker")
            self.holds(world, attackers.unknown_subjects, device, 1, 1_000)
            self.holds(world, attackers.unknown_subjects, device, 1_000_000, 1_000,
                       until=lambda counts: counts.get("429", 0) > 2)

    def test_subjects_revised_that_the_server_forgets_while_the_push_waits(self):
        with self.world() as world:
            maker, reviser, events = self.enrol(world, "maker"), self.enrol(world, "reviser"), 10_000
            # The server has two generations of 50,000 subjects in memory.
            with contextlib.closing(maker.connection()) as connection:
                for first in range(1, 9 * events, events):
                    status, answer = maker.push(connection, packed([maker.line(first + place) for place in range(events)]))
                    require(status == 200, f"the attack could not be prepared: {status} {answer}")
            # How long a sync takes depends on how much is made.
            world.victims.acts = (world.victims.pushes, world.victims.checkpoints)
            revisers = [reviser, *attackers.further(reviser, 9)]
            quiet = world.victims.measure(OPTIONS.seconds / 2)
            with attacking(attackers.forgotten_subjects, maker, 9 * events + 1, revisers, 1_000) as counts:
                require(eventually(lambda: counts.get("revised 200", 0) >= len(revisers)), f"the attack does nothing: {dict(counts)}")
                under = world.victims.measure(max(OPTIONS.seconds, 12))
                self.assertEqual(judge(self._testMethodName, quiet, under, counts), [])

    def test_connections_that_are_held_on_a_server_with_few_files(self):
        for files, held in (60, 200), (256, 600):
            with self.subTest(files=files):
                self.hold_connections(files, held)

    def test_thousands_of_connections_that_are_held(self):
        for tls in (False, True):
            with self.subTest(tls=tls):
                self.hold_connections(1024, 3000, tls)

    def hold_connections(self, files, held, tls=False):
        with self.world(files=files, tls=tls) as world:
            sources = [f"127.0.0.{number}" for number in (1, 2, 3)]
            self.holds(world, attackers.held_connections, world.victims.device.host, sources, held // len(sources), tls,
                       until=lambda counts: counts["begun"] >= held)

    def test_secured_connections_that_come_and_go_without_pause(self):
        """A place that is given up is there for the next one at once, whatever the other side says to it."""
        with self.world(files=1024, tls=True) as world:
            world.victims.keeps_connection = False
            sources, threads = [f"127.0.0.{number}" for number in (2, 3, 4)], 64
            self.holds(world, attackers.passing_connections, world.victims.device.host, sources, 3000 // threads,
                       until=lambda counts: counts["begun"] >= 3000)

    def test_bodies_without_an_end_and_without_a_token(self):
        for tls in (False, True):
            with self.subTest(tls=tls), self.world(tls=tls) as world:
                counts = self.holds(world, attackers.endless_bodies, world.victims.device.host, "127.0.0.2", tls)
                ended = counts["failed"]
                self.assertGreater(ended, 0, "no such connection was ended")
                self.assertLess(counts["bytes"] / ended, 32 << 20, "bytes taken of each such body")

    def test_entry_bundles_of_a_public_log(self):
        with self.world() as world:
            self.open(world, "--public-log")
            device = self.enrol(world, "writer")
            text = "".join(chr(0x100 + number * 7919 % 5000) for number in range(4000))
            for part in range(4):
                numbers = range(part * 256 + 1, part * 256 + 257)
                lines = [device.line(number, "theme.opened", summary=text) for number in numbers]
                require(not self.filled(world, device, lines)["rejected"], "the log has no long entries")
            sources = [f"127.0.0.{number}" for number in range(2, 18)]
            self.holds(world, attackers.bundles, device.host, AGENDA, sources, 4,
                       until=lambda counts: counts.get("200", 0) > 20)

    def test_reads_of_all_that_is_folded(self):
        with self.world() as world:
            device = self.enrol(world, "reader")
            lines = [device.line(number, "theme.opened") for number in range(1, OPTIONS.events + 1)]
            self.filled(world, device, lines)
            paths = ("/progress", "/state", "/conflicts", "/diff?from=1&to=1000")
            self.holds(world, attackers.reads, device, paths, until=lambda counts: counts["begun"] > 50)

    def test_pages_and_changes_of_a_public_agenda(self):
        """What anybody reads without a token, and what takes all documents of a kind to make."""
        with self.world() as world:
            self.open(world, "--public")
            device = self.enrol(world, "writer")

            def line(number, type, **data):
                return self.event(device, number, type, **data)
            theme, first = line(1, "theme.opened", title="Wonen")
            indicator, second = line(2, "indicator.defined", name="Woningen", unit="woningen", aggregation="sum")
            ambition, third = line(3, "ambition.proposed", title="Meer woningen", theme=theme,
                                   targets={indicator: {"quantity": 9000, "due": "2035-12-31"}})
            measured = [line(number, "measurement.recorded", ambition=ambition, indicator=indicator, value=number,
                             on=f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}")[1] for number in range(4, 2 * OPTIONS.events)]
            require(not self.filled(world, device, [first, second, third, *measured])["rejected"], "there is nothing to read")
            pages, api = f"/agendas/{AGENDA}", f"/v1/agendas/{AGENDA}"
            for paths in ([f"{api}/changes?since=0"], [f"{pages}/all/measurement?page=3", f"{pages}/{ambition}", f"{pages}/proof/{ambition}"]):
                with self.subTest(path=paths[0]):
                    sources = [f"127.0.0.{number}" for number in range(2, 10)]
                    self.holds(world, attackers.visits, device.host, paths, sources, until=lambda counts: counts.get("200", 0) > 2)

    def asked(self, what, host, path, seconds, headers={}):
        """How long something takes for somebody who asks for it now and then, from an address of its own: nobody is refused."""
        times, end = [], time.monotonic() + seconds
        while len(times) < 9 or time.monotonic() < end:
            begun = time.monotonic()
            with contextlib.closing(http.client.HTTPConnection(host, timeout=900, source_address=("127.0.0.8", 0))) as asker:
                asker.request("GET", path, headers=headers)
                answer = asker.getresponse()
                answer.read()
                require(answer.status == 200, f"{path} was answered with {answer.status}")
            times.append(time.monotonic() - begun)
            time.sleep(0.1)
        return {what: statistics.median(times), what + LONGEST: max(times)}

    def light_pages(self, host, seconds):
        """How long the agenda's own page takes for a visitor from another address."""
        return self.asked("pages", host, f"/agendas/{AGENDA}", seconds)

    def many_projects(self, world, device):
        """A log of twenty thousand projects."""
        for part in range(4):
            numbers = range(part * 5000 + 1, part * 5000 + 5001)
            lines = [device.line(number, "project.started", summary=f"Verzonnen {number}") for number in numbers]
            require(not self.filled(world, device, lines)["rejected"], "the log is not long")

    def test_light_pages_while_another_visitor_asks_for_heavy_ones(self):
        with self.world() as world:
            self.open(world, "--public")
            device = self.enrol(world, "writer")
            self.many_projects(world, device)
            page, api = f"/agendas/{AGENDA}", f"/v1/agendas/{AGENDA}"
            for name, paths in (("past", [f"{page}?at={size}" for size in range(19_000, 20_000)]),
                                ("find", [f"{page}/find?q=zonder-{number}" for number in range(1_000)]),
                                ("changes", [f"{api}/changes?since=0"])):
                with self.subTest(name):
                    quiet = self.light_pages(device.host, OPTIONS.seconds / 2)
                    with attacking(attackers.asked_together, device.host, [("127.0.0.9", {})], paths) as counts:
                        require(eventually(lambda: counts.get("200", 0) > 0), f"the attack does nothing: {dict(counts)}")
                        under = self.light_pages(device.host, OPTIONS.seconds)
                        self.assertEqual(judge(f"{self._testMethodName}, {name}", quiet, under, counts), [])

    def test_light_pages_while_another_visitor_asks_for_an_ambition_of_very_many_targets_and_projects(self):
        with self.world() as world:
            self.open(world, "--public")
            device, count = self.enrol(world, "writer"), 300

            def line(number, type, subject=None, **data):
                return self.event(device, number, type, subject, **data)
            theme, first = line(1, "theme.opened", title="Wonen")
            ambition, second = line(2, "ambition.proposed", title="Meer", theme=theme)
            indicators = [line(3 + number, "indicator.defined", name=f"I{number}", unit="st", aggregation="sum")
                          for number in range(count)]
            targets = {name: {"quantity": 9, "due": "2035-12-31"} for name, _ in indicators}
            projects = [line(3 + count + number, "project.started", title=f"P{number}", ambitions={ambition: True})[1]
                        for number in range(count)]
            last = line(3 + 2 * count, "ambition.targeted", ambition, targets=targets)[1]
            lines = [first, second, *(text for _, text in indicators), *projects, last]
            require(not self.filled(world, device, lines)["rejected"], "there is nothing to read")
            page = f"/agendas/{AGENDA}"
            quiet = self.light_pages(device.host, OPTIONS.seconds / 2)
            paths = [f"{page}/{ambition}", f"{page}/proof/{ambition}", f"/v1/agendas/{AGENDA}/progress"]
            with attacking(attackers.asked_together, device.host, [("127.0.0.9", {})], paths) as counts:
                require(eventually(lambda: counts.get("200", 0) > 2), f"the attack does nothing: {dict(counts)}")
                under = self.light_pages(device.host, OPTIONS.seconds)
                self.assertEqual(judge(self._testMethodName, quiet, under, counts), [])

    def pages_of_overview(self, host):
        """Each page of the overview, found by leafing through it."""
        path, pages = f"/agendas/{AGENDA}", []
        with contextlib.closing(http.client.HTTPConnection(host, timeout=900)) as connection:
            while path:
                connection.request("GET", path)
                answer = connection.getresponse()
                pages.append(answer.read().decode())
                require(answer.status == 200, f"{path} was answered with {answer.status}")
                found = re.search('rel="next" href="([^"]+)"', pages[-1])
                path = found and html.unescape(found[1])
        return pages

    def test_light_pages_while_another_visitor_asks_for_those_of_very_many_targets_and_long_series(self):
        with self.world() as world:
            self.open(world, "--public")
            device, ambitions, each = self.enrol(world, "writer"), 20, 50
            theme, first = self.event(device, 1, "theme.opened", title="Wonen")
            indicators = [self.event(device, 2 + number, "indicator.defined", name=f"I{number}", unit="st", aggregation="sum")
                          for number in range(ambitions * each)]
            number, lines, proposed = 2 + len(indicators), [first, *(text for _, text in indicators)], []
            for place in range(ambitions):
                targets = {name: {"quantity": 9} for name, _ in indicators[place * each:(place + 1) * each]}
                subject, text = self.event(device, number + place, "ambition.proposed", title=f"A{place}", theme=theme, targets=targets)
                proposed.append(subject)
                lines.append(text)
            number += ambitions
            project, text = self.event(device, number, "project.started", title="P", ambitions={proposed[0]: True})
            lines.append(text)
            for place in range(min(2 * OPTIONS.events, 8_000)):
                on = f"{2000 + place % 30}-{place % 12 + 1:02}-{place % 28 + 1:02}"
                lines.append(self.event(device, number + 1 + place, "measurement.recorded", project=project,
                                        indicator=indicators[place % 2][0], value=place, on=on)[1])
            require(not self.filled(world, device, lines)["rejected"], "there is nothing to read")
            pages = self.pages_of_overview(device.host)
            found = [re.findall('class="figure-name"><a href="/agendas/[^/]+/([^"]+)"', page) for page in pages]
            self.assertLessEqual(max(len(names) for names in found), 200, "targets on a page")
            self.assertEqual(sorted(name for names in found for name in names), sorted(name for name, _ in indicators))
            self.assertTrue(all("doelen 1.000" in page for page in pages), "a page does not say how many there are in all")
            page = f"/agendas/{AGENDA}"
            quiet = self.light_pages(device.host, OPTIONS.seconds / 2)
            for name, paths in (("targets", [f"{page}?page={number}" for number in range(1, len(pages) + 1)]),
                                ("series", [f"{page}/{proposed[0]}", f"{page}/proof/{proposed[0]}", f"{page}/{project}",
                                            f"{page}/{indicators[0][0]}"]),
                                ("lists", [f"{page}/all/measurement?page=70", f"{page}/all/indicator?page=9",
                                           f"{page}/all/measurement?of={project}&page=70"])):
                with self.subTest(name), attacking(attackers.asked_together, device.host, [("127.0.0.9", {})], paths) as counts:
                    require(eventually(lambda: counts.get("200", 0) > 2), f"the attack does nothing: {dict(counts)}")
                    under = self.light_pages(device.host, OPTIONS.seconds)
                    self.assertEqual(judge(f"{self._testMethodName}, {name}", quiet, under, counts), [])

    def test_light_pages_while_members_have_files_made_and_another_visitor_searches(self):
        with self.world() as world:
            self.open(world, "--public")
            device, readers = self.enrol(world, "writer"), [self.enrol(world, f"r{number}") for number in range(4)]
            self.many_projects(world, device)
            searches = [f"/agendas/{AGENDA}/find?q=zonder-{number}" for number in range(1_000)]
            quiet = self.light_pages(device.host, OPTIONS.seconds / 2)
            with attacking(attackers.made_files, readers, "tables.xlsx", range(15_000, 20_000)) as files, \
                    attacking(attackers.asked_together, device.host, [("127.0.0.9", {})], searches) as counts:
                require(eventually(lambda: files["begun"] >= 4 and counts.get("200", 0) > 0),
                        f"the attack does nothing: {dict(files)}, {dict(counts)}")
                under = self.light_pages(device.host, OPTIONS.seconds)
                self.assertEqual(judge(self._testMethodName, quiet, under, counts), [])

    def test_files_that_several_members_wait_for_on_many_connections(self):
        """Whoever waits for what others have begun takes no place from whoever pulls."""
        with self.world() as world:
            device, readers = self.enrol(world, "writer"), [self.enrol(world, f"r{number}") for number in range(3)]
            self.many_projects(world, device)
            clients = [("127.0.0.1", reader.headers()) for reader in readers]
            self.holds(world, attackers.awaited_files, device.host, clients, device.path("/snapshots/{}/tables.xlsx"),
                       range(19_000, 10_000, -1), until=lambda counts: counts["begun"] >= 24)

    def test_reads_while_several_members_ask_for_what_takes_long(self):
        """Whoever waits for a thread takes no place from whoever reads."""
        with self.world() as world:
            device, readers = self.enrol(world, "writer"), [self.enrol(world, f"r{number}") for number in range(3)]
            self.many_projects(world, device)
            clients, job = [("127.0.0.1", reader.headers()) for reader in readers], self.enrol(world, "job")

            def read(seconds):
                return self.asked("reads", job.host, job.path("/conflicts"), seconds, job.headers())
            quiet = read(OPTIONS.seconds / 2)
            for path in "/state?limit=1000", "/changes?since=3&limit=1000", "/state?at=15000&limit=1000", "/progress":
                with self.subTest(path), attacking(attackers.asked_together, device.host, clients, [device.path(path)]) as counts:
                    require(eventually(lambda: counts["begun"] >= 24), f"the attack does nothing: {dict(counts)}")
                    under = read(max(OPTIONS.seconds, 5))
                    self.assertEqual(judge(f"{self._testMethodName}, {path}", quiet, under, counts), [])

    def test_light_pages_and_pulls_while_several_other_visitors_wait(self):
        """However many addresses there are that wait, for their turn or for a file, whoever comes from another one does not hear of it."""
        with self.world() as world:
            self.open(world, "--public-log")
            device = self.enrol(world, "writer")
            self.many_projects(world, device)
            clients = [(f"127.0.0.{number}", {}) for number in (9, 10, 11)]
            with self.subTest("pages"):
                searches = [f"/agendas/{AGENDA}/find?q=zonder-{number}" for number in range(1_000)]
                quiet = self.light_pages(device.host, OPTIONS.seconds / 2)
                with attacking(attackers.asked_together, device.host, clients, searches) as counts:
                    require(eventually(lambda: counts["begun"] >= 24), f"the attack does nothing: {dict(counts)}")
                    under = self.light_pages(device.host, max(OPTIONS.seconds, 5))
                    self.assertEqual(judge(f"{self._testMethodName}, pages", quiet, under, counts), [])
            with self.subTest("pulls"):
                pull, file = device.path("/events?after=19990"), device.path("/snapshots/{}/public/tables.xlsx")
                quiet = self.asked("pulls", device.host, pull, OPTIONS.seconds / 2)
                with attacking(attackers.awaited_files, device.host, clients, file, range(19_000, 10_000, -1)) as counts:
                    require(eventually(lambda: counts["begun"] >= 24), f"the attack does nothing: {dict(counts)}")
                    under = self.asked("pulls", device.host, pull, max(OPTIONS.seconds, 5))
                    self.assertEqual(judge(f"{self._testMethodName}, pulls", quiet, under, counts), [])

    def test_requests_that_are_sent_at_once_on_many_connections(self):
        """What takes next to nothing to answer, in such numbers that nobody else would be looked at."""
        sources = [f"127.0.0.{number}" for number in (2, 3, 4, 5)]
        for path, reads in ("/healthz", False), ("/healthz", True), ("/x", False), ("/v1/openapi.json", False):
            with self.subTest(path=path, reads=reads), self.world() as world:
                print(f"{path}, {'read' if reads else 'unread'}", end=": ", flush=True)
                self.holds(world, attackers.pipelines, world.victims.device.host, path, sources, reads,
                           until=lambda counts: counts["begun"] >= 200)

    def test_what_operators_are_told_of_many_agendas(self):
        with self.world() as world:
            for number in range(120):
                made = world.run("agenda", "create", f"leeg-{number}", "--title", "Leeg", "--data", world.data)
                require(made.code == 0, f"agenda create: {made}")
            host = world.victims.device.host
            # Whoever lists them has them opened.
            with contextlib.closing(http.client.HTTPConnection(host, timeout=900)) as connection:
                connection.request("GET", "/v1/agendas")
                connection.getresponse().read()
            unknown = [f"/v1/agendas/geen-{number}/ready" for number in range(100)]
            for paths in (["/metrics"], ["/readyz"], unknown):
                with self.subTest(path=paths[0]):
                    self.holds(world, attackers.visits, host, paths, ["127.0.0.2"], until=lambda counts: counts["begun"] > 50)

    def test_lists_of_snapshots_and_what_they_can_be_held_against(self):
        with self.world() as world:
            self.open(world, "--public")
            device = self.enrol(world, "writer")
            text = "".join(chr(0x100 + number * 7919 % 5000) for number in range(8000))
            self.filled(world, device, [device.line(number, "theme.opened") for number in range(1, 41)])
            host, base = device.host, f"/v1/agendas/{AGENDA}/snapshots"
            sources = [f"127.0.0.{number}" for number in range(2, 18)]
            for size in range(10, 40):
                # One address has twenty made, and then some in a second.
                source = (sources[size % len(sources)], 0)
                with contextlib.closing(http.client.HTTPConnection(host, timeout=900, source_address=source)) as connection:
                    connection.request("GET", f"{base}/{size}/public/projects.geojson")
                    require(connection.getresponse().status == 200, "no file is made")
            with self.subTest("list"):
                self.holds(world, attackers.visits, host, [base], sources, until=lambda counts: counts.get("200", 0) > 20)
            lines = [device.line(number, "theme.opened", summary=text) for number in range(41, 250)]
            require(not self.filled(world, device, lines)["rejected"], "the log has no long entries")
            manifests = [f"{base}/{size}/public/manifest.json" for size in range(200, 250)]
            with self.subTest("manifest"):
                self.holds(world, attackers.visits, host, manifests, sources, until=lambda counts: counts["begun"] > 50)

    def test_what_takes_a_moment_does_not_wait_for_files_that_members_have_made(self):
        with self.world() as world:
            device, readers = self.enrol(world, "writer"), [self.enrol(world, f"r{number}") for number in range(4)]
            self.many_projects(world, device)

            def slowest(until):
                """How long one of the requests took, until enough have been made: each takes a thread of heavy work."""
                times = []
                with contextlib.closing(http.client.HTTPConnection(device.host, timeout=900)) as connection:
                    while len(times) < 20 or not until():
                        begun = time.monotonic()
                        connection.request("GET", device.path("/tile/entries/000"), headers=device.headers())
                        answer = connection.getresponse()
                        answer.read()
                        require(answer.status == 200, f"a tile was answered with {answer.status}")
                        times.append(time.monotonic() - begun)
                        time.sleep(OPTIONS.pause)
                return max(times)
            quiet = slowest(lambda: True)
            # Making one takes seconds, and longer with a longer log.
            with attacking(attackers.made_files, readers, "tables.xlsx", range(15_000, 20_000)) as counts:
                # Made, or waited for in vain for a whole turn.
                require(eventually(lambda: counts.get("200", 0) >= 1 or counts.get("503", 0) >= 8),
                        f"the attack does nothing: {dict(counts)}")
                under = slowest(lambda: counts.get("200", 0) >= 4)
            print(f"{self._testMethodName}: slowest {1000 * quiet:.0f} → {1000 * under:.0f} ms", flush=True)
            self.assertLess(under, FACTOR * max(quiet, 0.1))

    def test_refused_lines_read_again_and_again(self):
        with self.world() as world:
            device = self.enrol(world, "writer")
            made = world.run("invite", "--agenda", AGENDA, "--role", "auditor", "--data", world.data)
            require(made.code == 0, f"invite: {made}")
            auditor = attackers.enrol(world.base, AGENDA, made.json()["invite"], "auditor")
            text = "".join(chr(0x100 + number * 7919 % 5000) for number in range(8000))
            lines = [device.line(number, "project.revised", f"project/geen-{number}", summary=text) for number in range(1, 201)]
            require(len(self.filled(world, device, lines)["rejected"]) == 200, "nothing is refused")
            self.holds(world, attackers.reads, auditor, ("/rejections",), until=lambda counts: counts.get("200", 0) > 5)

    def test_live_streams_of_a_public_log_are_as_many_bytes_as_anybody_may_have(self):
        with self.world("--rate", "public-bytes=1000000/8000000") as world:
            self.open(world, "--public-log")
            device = self.enrol(world, "writer")
            text = "".join(chr(0x100 + number * 7919 % 5000) for number in range(8000))
            lines = [device.line(number, "theme.opened", summary=text) for number in range(1, 251)]
            require(not self.filled(world, device, lines)["rejected"], "the log is not long")

            def taken(accept):
                """How many bytes one address gets of the log before it is refused, from its beginning again and again."""
                total, begun = 0, time.monotonic()
                while total < 80_000_000:
                    with contextlib.closing(http.client.HTTPConnection(device.host, timeout=900)) as connection:
                        connection.request("GET", f"/v1/agendas/{AGENDA}/events?after=0", headers={"Accept": accept})
                        answer, length = connection.getresponse(), 0
                        while answer.status == 200 and length < 4_000_000 and (piece := answer.read1(65536)):
                            length += len(piece)
                        total += length
                        if answer.status == 429:
                            break
                return total - 1_000_000 * (time.monotonic() - begun)
            # The canary: what is counted is refused.
            self.assertLess(taken("application/gzip"), 20_000_000, "bytes of pulls")
            self.assertLess(taken("text/event-stream"), 20_000_000, "bytes of live streams")

    def test_one_old_checkpoint_shown_again_and_again(self):
        with self.world() as world:
            device = self.enrol(world, "shower")
            text = "".join(chr(0x100 + number * 7919 % 5000) for number in range(8000))
            lines = [device.line(number, "theme.opened", summary=text) for number in range(1, 251)]
            require(not self.filled(world, device, lines)["rejected"], "the log has no long entries")
            with contextlib.closing(http.client.HTTPConnection(device.host, timeout=900)) as connection:
                connection.request("GET", device.path("/checkpoint"), headers=device.headers())
                note = connection.getresponse().read()
            self.filled(world, device, [device.line(number, "theme.opened") for number in range(251, 260)])
            self.holds(world, attackers.old_checkpoints, device, note, until=lambda counts: counts.get("204", 0) > 5)

    def test_long_pushes_that_send_a_byte_now_and_then_hold_no_place(self):
        with self.world() as world:
            devices, honest = [self.enrol(world, f"a{number}") for number in range(2)], self.enrol(world, "honest")
            text = "".join(chr(0x100 + number * 7919 % 5000) for number in range(8000))
            number = 0
            with attacking(attackers.trickled_long_pushes, devices) as counts:
                require(eventually(lambda: counts.get("sent", 0) >= 2), f"the attack does nothing: {dict(counts)}")

                def is_taken():
                    nonlocal number
                    lines = [honest.line(number + each, "theme.opened", summary=text) for each in range(1, 101)]
                    number += 100
                    with contextlib.closing(http.client.HTTPConnection(honest.host, timeout=900)) as connection:
                        connection.request("POST", honest.path("/events"), "\n".join(lines).encode(),
                                           honest.headers(Content_Type="application/x-ndjson"))
                        return connection.getresponse().status == 200
                # Whoever holds a place gives way after five seconds; then others get it again and again.
                self.assertTrue(eventually(is_taken, looks=120), "no long push of anybody else is taken")

    def test_pulls_that_nobody_reads_and_long_pushes_that_nobody_goes_on_with(self):
        with self.world() as world:
            devices = [self.enrol(world, f"a{number}") for number in range(4)]
            text = "".join(chr(0x100 + number * 7919 % 5000) for number in range(8000))
            lines = [devices[0].line(number, "theme.opened", summary=text) for number in range(1, 501)]
            require(not self.filled(world, devices[0], lines)["rejected"], "the log is not long")
            self.holds(world, attackers.unread_pulls, devices, 8)
            self.holds(world, attackers.begun_long_pushes, devices)

    def test_pushes_that_are_begun_and_given_up_in_time(self):
        with self.world() as world:
            devices = [self.enrol(world, f"a{number}") for number in range(3)]
            for seconds in (4, 0.2):
                with self.subTest(seconds=seconds):
                    # All places of the agenda, and some more who ask.
                    self.holds(world, attackers.begun_pushes, devices, 20, seconds,
                               until=lambda counts: counts["begun"] >= 60)

    def test_pulls_that_are_given_up_in_time(self):
        with self.world() as world:
            devices = [self.enrol(world, f"a{number}") for number in range(3)]
            text = "".join(chr(0x100 + number * 7919 % 5000) for number in range(10_000))
            for part in range(4):
                lines = [devices[0].line(part * 50 + number, "theme.opened", summary=text) for number in range(1, 51)]
                require(not self.filled(world, devices[0], lines)["rejected"], "the log is not long")
            for path in ("/events", "/tile/entries/000.p/200"):
                with self.subTest(path=path):
                    self.holds(world, attackers.given_up_pulls, devices, 11, path, 4,
                               until=lambda counts: counts.get("200", 0) >= 24)

    def test_a_thousand_bodies_of_one_member_that_do_not_arrive(self):
        with self.world(files=1024) as world:
            device = self.enrol(world, "attacker")
            devices, sources = [device, *attackers.further(device, 5)], [f"127.0.0.{number}" for number in (2, 3, 4)]
            self.holds(world, attackers.unsent_bodies, devices, sources, 1_000, until=lambda counts: counts["begun"] >= 1_000)

    def test_states_of_the_past_without_pause(self):
        with self.world() as world:
            devices, honest = [self.enrol(world, f"a{number}") for number in range(2)], self.enrol(world, "honest")
            for part in range(3):
                numbers = range(part * 1000 + 1, part * 1000 + 1001)
                lines = [devices[0].line(number, "theme.opened") for number in numbers]
                require(not self.filled(world, devices[0], lines)["rejected"], "the log is not long")
            sizes = range(1500, 3000)

            def ask(seconds):
                """How long each of somebody else's requests for the past took: all of them are answered."""
                times, end = [], time.monotonic() + seconds
                with contextlib.closing(http.client.HTTPConnection(honest.host, timeout=900)) as connection:
                    while len(times) < 9 or time.monotonic() < end:
                        begun = time.monotonic()
                        size = sizes[len(times) * 7907 % len(sizes)]
                        connection.request("GET", honest.path(f"/state?at={size}&limit=1"), headers=honest.headers())
                        answer = connection.getresponse()
                        answer.read()
                        require(answer.status == 200, f"a state of the past was answered with {answer.status}")
                        times.append(time.monotonic() - begun)
                        time.sleep(OPTIONS.pause)
                return {"states": statistics.median(times), "states" + LONGEST: max(times)}
            quiet = ask(OPTIONS.seconds / 2)
            with attacking(attackers.past_states, devices, sizes) as counts:
                require(eventually(lambda: counts.get("200", 0) > 4), f"the attack does nothing: {dict(counts)}")
                under = ask(OPTIONS.seconds)
                self.assertEqual(judge(self._testMethodName, quiet, under, counts), [])
            self.holds(world, attackers.past_states, devices, sizes, until=lambda counts: counts.get("200", 0) > 4)


class Canaries(Attacks):
    """What must be noticed."""

    def meanwhile(self, world, act):
        """What the others' work takes while `act` goes on; it is given what says that it is over."""
        ended = threading.Event()
        thread = threading.Thread(target=act, args=(ended,))
        thread.start()
        try:
            return world.victims.measure(3)
        finally:
            ended.set()
            thread.join()

    def test_a_server_that_stands_still_most_of_the_time_is_noticed(self):
        with self.world() as world:
            quiet = world.victims.measure(1)

            def stand_still(ended):
                while not ended.wait(0.02):
                    world.server.send_signal(signal.SIGSTOP)
                    ended.wait(max(1.0, 12 * max(took for what, took in quiet.items() if not what.endswith(LONGEST))))
                    world.server.send_signal(signal.SIGCONT)
            slow = judge("canary", quiet, self.meanwhile(world, stand_still), {})
            self.assertTrue(slow, "nobody noticed")

    def test_a_server_that_stands_still_once_is_noticed(self):
        with self.world() as world:
            quiet = world.victims.measure(1)

            def stand_still(ended):
                ended.wait(1)
                world.server.send_signal(signal.SIGSTOP)
                ended.wait(1.5 * max(STANDSTILL, FACTOR * max(quiet.values())))
                world.server.send_signal(signal.SIGCONT)
            slow = judge("canary", quiet, self.meanwhile(world, stand_still), {})
            self.assertTrue(any(line.startswith("pushes" + LONGEST) for line in slow), "nobody noticed")
            self.assertFalse(any(line.startswith("pushes:") for line in slow), "the median shows it, so this proves nothing")


def load_tests(loader, _, __):
    """The canaries are no attacks, though they have their world."""
    suite = unittest.TestSuite(loader.loadTestsFromTestCase(Attacks))
    suite.addTest(Canaries("test_a_server_that_stands_still_most_of_the_time_is_noticed"))
    suite.addTest(Canaries("test_a_server_that_stands_still_once_is_noticed"))
    return suite


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ambit")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--seconds", type=float)
    options, rest = parser.parse_known_args()
    OPTIONS.ambit = os.path.abspath(options.ambit)
    if options.long:
        OPTIONS.seconds, OPTIONS.events = 120.0, 10_000
    OPTIONS.seconds = options.seconds or OPTIONS.seconds
    # For hours, a look now and then says as much.
    OPTIONS.pause = max(OPTIONS.pause, OPTIONS.seconds / 3600)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
