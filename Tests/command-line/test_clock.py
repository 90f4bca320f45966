#!/usr/bin/env python3
"""Servers and laptops whose clocks are wrong, as the programs that they are: no wrong time gets into a log unasked.

    python3 Tests/command-line/test_clock.py PATH-OF-AMBIT
"""
import datetime
import http.cookiejar
import json
import os
import pathlib
import shutil
import subprocess
import unittest
import unittest.mock
import urllib.request

from test_guard import AMBIT, HANGS, Site, eventually, fetch, run  # which finds Tests/support
import clocks

YEARS = 40 * clocks.YEAR


@unittest.skipUnless(clocks.CAN_BE_SET_OFF, "setting a program's clock off needs Linux and a C compiler")
class WrongClocks(Site):
    def setUp(self):
        super().setUp()
        self.shim = clocks.shim(self.home)
        self.serve()
        self.laptop = self.clone("laptop")
        self.record(self.laptop, "Toen de klok goed was")
        self.sync(self.laptop)

    def serve_off(self, seconds, *arguments):
        self.machine = clocks.off(self.shim, seconds)
        with unittest.mock.patch.dict(os.environ, self.machine):
            self.serve("--log-format", "json", *arguments)

    def restart(self, seconds, *arguments):
        self.stop()
        self.serve_off(seconds, *arguments)

    def expect_refusal(self):
        """Whoever writes is told; nothing is lost."""
        self.record(self.laptop)
        before = self.answer("status", "-C", self.laptop)
        said = self.fails(69, "unavailable", "sync", "-C", self.laptop, "--url", self.agenda)
        self.assertIn("--accept-clock", said)
        after = self.answer("status", "-C", self.laptop)
        self.assertEqual((after["pending"], after["size"]), (before["pending"], before["size"]))
        self.assertIn("--accept-clock", self.log())

    def expect_refusal_everywhere(self):
        """What the log itself shows of the clock is told to whoever looks at the server, too."""
        self.expect_refusal()
        with unittest.mock.patch.dict(os.environ, self.machine):
            self.fails(1, "read-only", "invite", "--data", self.data, "--agenda", "assen", "--role", "recorder")
        with open(os.path.join(self.laptop, "token")) as file:
            token = file.read().strip()
        self.assertIn("--accept-clock", self.expect_status(503, f"{self.agenda}/ready", token))
        # Who is no member is told that, and not why.
        self.assertNotIn("clock", self.expect_status(503, f"{self.agenda}/ready"))
        self.expect_status(503, f"{self.url}/readyz")

    def sends(self):
        self.sync(self.laptop)
        self.assertEqual(self.answer("status", "-C", self.laptop)["pending"], 0)

    def expect_status(self, code, url, token=None):
        status, _, text = fetch(url, token)
        self.assertEqual(status, code, text)
        return text

    def expect_all_is_well(self):
        self.assertTrue(eventually(lambda: fetch(f"{self.agenda}/ready")[0] == 200), self.log())
        self.sends()
        self.assertEqual(fetch(f"{self.agenda}/ready")[0], 200)

    def last_time(self):
        entries = [json.loads(line) for line in run("log", "-C", self.laptop).stdout.splitlines()]
        return max(entry["recordedtime"] for entry in entries)

    def test_one_that_is_far_ahead_takes_nothing_until_it_is_right(self):
        for ahead in (2 * clocks.DAY, YEARS):
            with self.subTest(ahead=ahead):
                self.restart(ahead)
                # A laptop whose clock is wrong takes no server down: within a year only who writes can tell.
                if ahead < clocks.YEAR:
                    self.expect_refusal()
                    self.expect_status(200, f"{self.agenda}/ready")
                else:
                    self.expect_refusal_everywhere()
                self.restart(0)
                self.expect_all_is_well()
                self.assertLess(self.last_time(), f"{datetime.date.today() + datetime.timedelta(1)}T99")

    def test_a_day_ahead_is_no_reason_to_stop_anybody(self):
        self.restart(clocks.DAY - 3_600)
        self.record(self.laptop)
        self.expect_all_is_well()

    def test_a_summer_without_work_stops_nobody(self):
        # Both clocks have gone on for five months.
        summer = 150 * clocks.DAY
        self.restart(summer)
        with unittest.mock.patch.dict(os.environ, clocks.off(self.shim, summer)):
            self.record(self.laptop, "Na de zomer")
            self.sends()

    def test_one_that_was_accepted_leaves_a_log_that_goes_on(self):
        self.restart(YEARS, "--accept-clock")
        self.record(self.laptop, "Uit de toekomst")
        self.expect_all_is_well()
        ahead = self.last_time()
        year = str(datetime.date.today().year + 39)
        self.assertGreater(ahead, year)

        # The right clock is now behind the log: nothing is taken, and it is said everywhere, until somebody decides.
        self.restart(0)
        self.expect_refusal_everywhere()
        found = self.answer("doctor", self.data, code=1)["findings"]
        self.assertEqual([finding["finding"] for finding in found], ["clock-ahead"], found)
        self.restart(0, "--accept-clock")
        self.expect_all_is_well()

        # Laptops say so, in both languages.
        for command in (("status",), ("sync", "--url", self.agenda)):
            for language, words in (("nl_NL.UTF-8", "ver voor op de klok"), ("en_GB.UTF-8", "far ahead of this laptop's clock")):
                done = subprocess.run([AMBIT, *command, "-C", self.laptop], capture_output=True, text=True,
                                      env={**os.environ, "LC_ALL": language})
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(words, done.stderr)

        # An invite that is made now can be used now, and is not spoilt by the log's time.
        other = self.path("other")
        place = ("--data", self.data, "--agenda", "assen", "--role", "recorder")
        self.fails(1, "read-only", "invite", *place)
        invite = self.answer("invite", *place, "--accept-clock")["invite"]
        self.answer("clone", self.agenda, other, "--invite", invite, "--name", "Voorbeeld", "--device", "other")

        # No day finds what came after it; a size does, and that is said.
        size = self.answer("status", "-C", self.laptop)["size"]
        today = str(datetime.date.today())
        for language, words in (("nl_NL.UTF-8", "tijden uit de toekomst"), ("en_GB.UTF-8", "times from the future")):
            done = subprocess.run([AMBIT, "show", "--kind", "theme", "--at", today, "-C", self.laptop], capture_output=True,
                                  text=True, env={**os.environ, "LC_ALL": language})
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(words, done.stderr)
            self.assertNotIn("Uit de toekomst", done.stdout)
        found = run("show", "--kind", "theme", "--at", str(size), "-C", self.laptop)
        self.assertIn("Uit de toekomst", found.stdout)
        self.assertNotIn("future", found.stderr)
        future = self.answer("verify", self.laptop)
        self.assertEqual(future["size"], self.answer("status", "-C", self.laptop)["size"])

    def test_the_pages_of_a_laptop_say_so_too(self):
        def shown():
            program, url = self.start("ui", "--no-open", "-C", self.laptop)
            browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
            # As when somebody opens it from a terminal.
            browser.addheaders = [("Sec-Fetch-Site", "none")]
            with browser.open(url, timeout=HANGS) as answer:
                address = answer.url
            found = []
            for language in ("nl", "en"):
                with browser.open(f"{address}/sync?language={language}", timeout=HANGS) as answer:
                    found.append(answer.read().decode())
                self.assertIn(f'<html lang="{language}">', found[-1])
            # It syncs by itself, and no other sync of the laptop goes on meanwhile.
            self.end(program)
            return found
        for page, words in zip(shown(), ("ver voor op de klok", "far ahead of this laptop")):
            self.assertNotIn(words, page)
        with unittest.mock.patch.dict(os.environ, clocks.off(self.shim, 10 * clocks.YEAR)):
            self.sync(self.laptop)
            for page, words in zip(shown(), ("liep de klok van deze laptop 3650 dagen voor", "this laptop&#39;s clock was 3650 days ahead")):
                self.assertIn(words, page)
        self.restart(YEARS, "--accept-clock")
        self.record(self.laptop, "Uit de toekomst")
        self.sends()
        self.restart(0, "--accept-clock")
        for page, words in zip(shown(), ("ver voor op de klok", "far ahead of this laptop")):
            self.assertIn(words, page)

    def test_laptops_vouch_for_what_they_recorded_in_a_log_with_times_from_the_future(self):
        def signs():
            self.record(self.laptop)
            self.sends()
            # A quarter of an hour later by the laptop's clock.
            with unittest.mock.patch.dict(os.environ, clocks.off(self.shim, 1200)):
                self.sync(self.laptop)
                self.sync(self.laptop)
            self.assertNotIn("unsigned", self.answer("status", "-C", self.laptop))
        signs()
        self.restart(YEARS, "--accept-clock")
        self.record(self.laptop, "Uit de toekomst")
        self.sends()
        self.restart(0, "--accept-clock")
        signs()

    def test_an_agenda_begins_at_no_time_that_can_hardly_be(self):
        def create(name, *arguments):
            return ("agenda", "create", name, "--title", "Verzonnen", "--data", self.data, "--origin", f"localhost/agendas/{name}", *arguments)
        for off in (YEARS, -2 * clocks.DAY):
            with self.subTest(off=off), unittest.mock.patch.dict(os.environ, clocks.off(self.shim, off)):
                self.assertIn("--accept-clock", self.fails(1, "implausible-clock", *create("nieuw")))
                self.assertFalse(os.path.exists(os.path.join(self.data, "agendas/nieuw")))
        # Nobody has written all summer.
        with unittest.mock.patch.dict(os.environ, clocks.off(self.shim, 150 * clocks.DAY)):
            begins = self.answer(*create("zomer"))["begins"]
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.assertLessEqual(abs((datetime.date.fromisoformat(begins[:10]) - today).days - 150), 1)
        shutil.rmtree(os.path.join(self.data, "agendas/zomer"))
        for name, language, words in (("een", "nl_NL.UTF-8", "De agenda begint op "), ("twee", "en_GB.UTF-8", "The agenda begins at ")):
            done = subprocess.run([AMBIT, *create(name)], capture_output=True, text=True, env={**os.environ, "LC_ALL": language})
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(words, done.stdout)
        with unittest.mock.patch.dict(os.environ, clocks.off(self.shim, -2 * clocks.DAY)):
            begins = self.answer(*create("toch", "--accept-clock"))["begins"]
        self.assertLess(begins, str(datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(1)))

    def test_a_log_that_begins_in_the_future_is_told_of_by_whoever_looks(self):
        # Nothing there says what time it is.
        self.data = self.path("toekomst")
        with unittest.mock.patch.dict(os.environ, clocks.off(self.shim, YEARS)):
            begins = self.answer("agenda", "create", "later", "--title", "Verzonnen", "--data", self.data)["begins"]
        self.answer("agenda", "create", "nu", "--title", "Verzonnen", "--data", self.data, "--accept-clock")
        listed = {item["agenda"]: item for item in self.answer("agenda", "list", "--data", self.data)}
        self.assertEqual(listed["later"]["recordedAhead"], begins)
        self.assertNotIn("recordedAhead", listed["nu"])
        for language, words in (("nl_NL.UTF-8", "Er wordt niets"), ("en_GB.UTF-8", "Nothing is taken")):
            done = subprocess.run([AMBIT, "agenda", "list", "--data", self.data], capture_output=True, text=True,
                                  env={**os.environ, "LC_ALL": language})
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("later: ", done.stderr)
            self.assertIn(words, done.stderr)
        self.stop()
        before = len(self.log())
        self.serve("--log-format", "json")

        def told():
            whole = [line for line in self.log()[before:].splitlines(keepends=True) if line.startswith("{") and line.endswith("\n")]
            lines = [json.loads(line) for line in whole]
            return [line for line in lines if "--accept-clock" in json.dumps(line)]
        self.assertTrue(eventually(told), self.log())
        self.assertIn("later", json.dumps(told()))
        self.assertNotIn('"nu"', json.dumps(told()))

    def test_no_backup_is_taken_away_and_none_put_off_by_one_that_is_far_ahead(self):
        folder = os.path.join(self.path("backups"), "assen")
        arguments = ("--backup", self.path("backups"), "--every", "1h")

        def made():
            names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
            return [name for name in names if not name.startswith(".")]
        # What is due is looked for once a minute.
        looks = 6000
        self.restart(0, *arguments)
        self.assertTrue(eventually(made, looks), self.log())
        first = made()
        self.restart(YEARS, *arguments)
        self.assertTrue(eventually(lambda: len(made()) > len(first), looks), self.log())
        self.assertLessEqual(set(first), set(made()))
        # With the clock right again, the hour since the first one counts, and not what comes from the future.
        there = made()
        self.restart(0, *arguments)
        self.assertTrue(eventually(lambda: fetch(f"{self.agenda}/ready")[0] == 200), self.log())
        shown = fetch(f"{self.url}/metrics")[2]
        year = datetime.datetime.now().timestamp() + clocks.YEAR
        times = [float(line.split()[-1]) for line in shown.splitlines() if line.startswith("ambit_last_backup_timestamp")]
        self.assertTrue(times and all(0 < time < year for time in times), shown)
        self.assertEqual(made(), there)

    def test_a_loss_is_accepted_at_no_time_that_cannot_be(self):
        self.stop()
        os.remove(os.path.join(self.folder, "log.seen"))
        command = ("agenda", "accept-loss", "assen", "--data", self.data, "--yes")
        with unittest.mock.patch.dict(os.environ, clocks.off(self.shim, YEARS)):
            self.fails(1, "read-only", *command)
        self.answer(*command)
        self.serve()
        self.expect_all_is_well()
        self.assertLess(self.last_time(), f"{datetime.date.today() + datetime.timedelta(1)}T99")

    def test_a_laptop_that_is_far_ahead_alone_is_taken(self):
        with unittest.mock.patch.dict(os.environ, clocks.off(self.shim, YEARS)):
            self.record(self.laptop, "Van een laptop met een klok die voorloopt")
            self.sends()
        self.assertLess(self.last_time(), f"{datetime.date.today() + datetime.timedelta(1)}T99")

    def said(self, *command, language="en_GB.UTF-8"):
        done = subprocess.run([AMBIT, *command, "-C", self.laptop], capture_output=True, text=True, timeout=HANGS,
                              env={**os.environ, "LC_ALL": language})
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stderr

    def test_a_laptop_that_is_far_ahead_is_told_so_and_its_days_are_doubted(self):
        self.answer("record", "indicator.defined", "name=Nieuwe woningen", "unit=woningen", "aggregation=sum", "-C", self.laptop)
        self.answer("record", "project.started", "title=Warmtenet", "-C", self.laptop)
        measured = ("record", "measurement", "Warmtenet", "woningen", "25")
        languages = (("nl_NL.UTF-8", "liep de klok van deze laptop 3650 dagen voor", "een dag die nog moet komen"),
                     ("en_GB.UTF-8", "this laptop's clock was 3650 days ahead", "a day that has not come yet"))
        # Nobody has said so yet, and neither is a summer offline any reason to.
        for off in (10 * clocks.YEAR, 150 * clocks.DAY):
            with unittest.mock.patch.dict(os.environ, clocks.off(self.shim, off)):
                self.assertNotIn("has not come yet", self.said(*measured))
        with unittest.mock.patch.dict(os.environ, clocks.off(self.shim, 10 * clocks.YEAR)):
            for language, words, doubt in languages:
                with self.subTest(language=language):
                    self.assertIn(words, self.said("sync", "--url", self.agenda, language=language))
                    self.assertIn(words, self.said("status", language=language))
                    told = self.said(*measured, language=language)
                    self.assertIn(doubt, told)
                    self.assertIn(words, told)
        # Put right, it is believed at once.
        for command in (("status",), measured, ("sync", "--url", self.agenda)):
            told = self.said(*command)
            self.assertNotIn("ahead", told)
            self.assertNotIn("has not come yet", told)

    def test_a_token_lasts_by_the_servers_clock(self):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        for off in (YEARS, -20 * clocks.YEAR):
            with self.subTest(off=off), unittest.mock.patch.dict(os.environ, clocks.off(self.shim, off)):
                made = self.answer("token", "create", "--name", "Verzonnen taak", "--expires", "30d", "-C", self.laptop)
                days = (datetime.date.fromisoformat(made["expires"]) - today).days
                self.assertIn(days, (30, 31))
                day = str(today + datetime.timedelta(3))
                made = self.answer("token", "create", "--name", "Nog een", "--expires", day, "-C", self.laptop)
                self.assertEqual(made["expires"], day)
                done = run("token", "create", "--name", "Te laat", "--expires", "2020-01-01", "-C", self.laptop)
                self.assertEqual(done.returncode, 64, done.stderr)
                self.assertEqual(self.answer("invite", "list", "-C", self.laptop), [])

    def test_canary_a_server_that_accepts_every_clock_takes_the_wrong_time(self):
        self.restart(YEARS, "--accept-clock")
        with self.assertRaises(AssertionError):
            self.expect_refusal()


if __name__ == "__main__":
    unittest.main(verbosity=2)
