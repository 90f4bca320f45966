#!/usr/bin/env python3
"""What a person types and reads, in Dutch, through a pseudo-terminal where the program asks.

    python3 Tests/command-line/test_people.py PATH-OF-AMBIT
"""
import json
import os
import pty
import select
import subprocess
import sys
import time
import unittest

from test_command_line import AMBIT, ambit
from test_conflicts import Agenda
from waiting import HANGS


class Terminal:
    """A program with a pseudo-terminal, and somebody who answers its questions."""

    def __init__(self, *arguments, **variables):
        self.strokes = len(" ".join(("ambit", *(word for word in arguments if word != "-C" and not word.startswith("/"))))) + 1
        self.shown = ""
        self.child, self.file = pty.fork()
        if self.child == 0:
            os.execve(AMBIT, [AMBIT, *arguments], {**os.environ, "LC_ALL": "nl_NL.UTF-8", "TZ": "Europe/Amsterdam", **variables})

    def read(self, until=None):
        """Reads up to a text, or to the end."""
        end = time.monotonic() + HANGS
        start = len(self.shown)
        while until is None or until not in self.shown[start:]:
            ready, _, _ = select.select([self.file], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise AssertionError(f"no {until!r} in {self.shown!r}")
            try:
                some = os.read(self.file, 65536)
            except OSError:
                some = b""
            if not some:
                if until is None:
                    return self.shown
                raise AssertionError(f"no {until!r} in {self.shown!r}")
            self.shown += some.decode()
        return self.shown

    def answer(self, question, text):
        self.read(question)
        self.strokes += len(text) + 1
        os.write(self.file, (text + "\n").encode())

    def end(self):
        self.read()
        os.close(self.file)
        return os.waitstatus_to_exitcode(os.waitpid(self.child, 0)[1])


class People(Agenda):
    """An agenda with little in it, and somebody in Assen who speaks Dutch."""

    def setUp(self):
        super().setUp()
        theme = self.record(self.one, "theme.opened", "title=Wonen")
        self.indicator = self.record(self.one, "indicator.defined", "name=Nieuwe woningen", "unit=woningen", "aggregation=sum")
        self.ambition = self.record(self.one, "ambition.proposed", f"theme={theme}", "title=Meer woningen in Assen")
        self.project = self.record(self.one, "project.started", "title=Warmtenet Noord", f"theme={theme}")
        self.other = self.record(self.one, "project.started", "title=Warmtenet Zuid", f"theme={theme}")
        self.sync(self.one)

    def dutch(self, *words, **variables):
        return ambit(*words, "-C", self.one, **{"LC_ALL": "nl_NL.UTF-8", "TZ": "Europe/Amsterdam", **variables})

    def test_help_is_in_the_readers_language(self):
        for words, english, dutch in ((("record", "--help"), "Record an event, offline or not", "Leg een gebeurtenis vast"),
                                      (("help",), "Show a guide", "Toon een handleiding"),
                                      (("import", "--help"), "its rows are new events", "de rijen zijn nieuwe"),
                                      (("agenda", "create", "--help"), "The title that people read", "De titel die mensen lezen")):
            for said, language in ((english, "en"), (dutch, "nl")):
                shown = ambit(*words, AMBIT_LANGUAGE=language).stdout
                self.assertIn(said, " ".join(shown.split()), words)

    def test_types_are_explained_in_the_readers_language(self):
        dutch = {"LC_ALL": "nl_NL.UTF-8"}
        types, listed = json.loads(ambit("types", "--json", **dutch).stdout), ambit("types", **dutch).stdout
        self.assertEqual(types, json.loads(ambit("types", "--json").stdout))
        for item in types:
            self.assertIn(item["type"], listed)
            self.assertNotIn(item["meaning"], listed)
        for said in ("Er kwam een project in de agenda.", "invoerder, redacteur voor wat anderen schreven", "het apparaat zelf", "de server"):
            self.assertIn(said, listed)
        for name, words in (
                ("project.started", ("vastgelegd door: invoerder", "onderwerp:       ontstaat door het vast te leggen", "title=TEKST (verplicht)",
                                     "Hoe het project heet.", "phase=idee|voorbereiding|realisatie", "Hoe ver het is.")),
                ("measurement.voided", ("onderwerp:       measurement/…", "voided=ja (verplicht)", "Waarom, in een zin.")),
                ("note.added", ("(verplicht, persoonlijk)",)), ("device.signed", ("het apparaat zelf",))):
            shown = ambit("types", name, **dutch).stdout
            for said in words:
                self.assertIn(said, shown)
            self.assertNotRegex(shown, r"\b(written|subject:|required|personal|the|The|What|Whether)\b")
        self.assertIn("written by: recorder", ambit("types", "project.started").stdout)
        self.assertEqual(ambit("types", "project.started", "--json", **dutch).stdout, ambit("types", "project.started", "--json").stdout)

    def test_lists_of_people_and_devices_are_in_the_readers_language(self):
        self.assertIn("beheerder", self.dutch("member", "list").stdout)
        self.assertIn("admin", self.dutch("member", "list", LC_ALL="en_GB.UTF-8").stdout)
        made = self.dutch("invite", "--role", "invoerder")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn("voor een invoerder, tot ", made.stderr)
        self.assertRegex(self.dutch("invite", "list").stdout, "invoerder +tot 2[^ ]+ +door device/")
        self.assertIn("er is geen rol baas; de rollen zijn controleur, ", self.dutch("invite", "--role", "baas").stderr)

    def test_a_doctor_speaks_the_readers_language(self):
        sound = ambit("doctor", self.one, LC_ALL="nl_NL.UTF-8")
        self.assertEqual((sound.returncode, sound.stdout), (0, f"{self.one}: aan deze replica mankeert niets\n"))
        os.unlink(os.path.join(self.one, "device.key"))
        found = ambit("doctor", self.one, LC_ALL="nl_NL.UTF-8")
        self.assertEqual(found.returncode, 1)
        for said in ("device.key ontbreekt\n", "Deze laptop kan niet tekenen voor wat hij heeft vastgelegd. Al het andere werkt."):
            self.assertIn(said, found.stdout)

    def test_a_measurement_in_one_line(self):
        done = self.dutch("record", "meting", "ambitie=woningen", "indicator=woningen", "waarde=1.250,5", "op=12-11-2026")
        self.assertEqual(done.returncode, 0, done.stderr)
        subject = done.stdout.strip()
        self.assertEqual(
            self.document(self.one, subject),
            {"ambition": self.ambition, "indicator": self.indicator, "value": 1250.5, "on": "2026-11-12"})
        for said in ("meting", "vastgelegd", "waarde 1.250,5", "op 12-11-2026", "Meer woningen in Assen"):
            self.assertIn(said, done.stderr)

    def test_a_number_with_two_readings_records_nothing(self):
        before = self.status(self.one)["pending"]
        line = ("record", "meting", "ambitie=woningen", "indicator=woningen", "op=vandaag")
        for language, number, readings in (("nl_NL.UTF-8", "10.000", ("10000", "10")), ("nl_NL.UTF-8", "1,234", ("1,2340", "1234")),
                                           ("en_GB.UTF-8", "10.000", ("10", "10000")), ("en_GB.UTF-8", "1,234", ("1234", "1.2340"))):
            done = self.dutch(*line, f"waarde={number}", LC_ALL=language)
            self.assertEqual((done.returncode, done.stdout), (1, ""), done.stderr)
            for reading in readings:
                self.assertIn(f" {reading}", done.stderr)
        self.assertEqual(self.dutch("record", "project.herzien", "Warmtenet Noord", "budget=12500").returncode, 1)
        self.assertEqual(self.status(self.one)["pending"], before)
        self.answer("record", "project.revised", self.project, "budget=12500", "-C", self.one)
        self.assertEqual(self.document(self.one, self.project)["budget"], 12500)
        self.assertEqual(self.dutch("record", "project.herzien", "Warmtenet Noord", "budget=€ 10.000").returncode, 0)
        self.assertEqual(self.document(self.one, self.project)["budget"], 1_000_000)

    def test_what_is_asked_for(self):
        terminal = Terminal("record", "-C", self.one)
        terminal.answer("Wat ", "1")
        terminal.answer("project: ", "noord")
        terminal.answer("ambitie: ", "")
        terminal.answer("indicator: ", "won")
        terminal.answer("waarde (woningen): ", "25")
        terminal.answer("op (", "")
        terminal.answer("bron: ", "")
        self.assertEqual(terminal.end(), 0, terminal.shown)
        self.assertLessEqual(terminal.strokes, 35)
        self.assertIn("waarde 25", terminal.shown)
        measurement = self.answer("show", "--kind", "measurement", "-C", self.one)[0]["document"]
        self.assertEqual((measurement["project"], measurement["value"]), (self.project, 25))

    def test_a_wrong_answer_is_explained_and_asked_again(self):
        terminal = Terminal("record", "-C", self.one)
        terminal.answer("Wat ", "projectje stilgelegd")
        terminal.answer("Wat ", "project stilgelegd")
        self.assertIn("Er is geen type", terminal.shown)
        terminal.answer("project: ", "warmtenet")
        terminal.answer("project: ", "zuid")
        self.assertIn("Warmtenet Noord", terminal.shown)
        terminal.answer("reden: ", "Verzonnen: de aannemer is failliet")
        self.assertEqual(terminal.end(), 0, terminal.shown)
        self.assertEqual(self.document(self.one, self.other)["phase"], "halted")

    def test_nothing_is_asked_where_nobody_is(self):
        self.assertEqual(ambit("record", "-C", self.one, stdin="1\n").returncode, 64)
        self.assertEqual(ambit("record", "--json", "-C", self.one, stdin="1\n").returncode, 64)

    def test_subjects_by_title(self):
        self.assertIn("Warmtenet Noord", self.dutch("show", "warmtenet n").stdout)
        several = self.dutch("show", "warmtenet")
        self.assertEqual(several.returncode, 1)
        self.assertTrue("Warmtenet Noord" in several.stderr and "Warmtenet Zuid" in several.stderr, several.stderr)
        self.fails(1, "wrong-kind", "record", "project.revised", self.project, "theme=Warmtenet Noord", "-C", self.one)
        self.fails(1, "ambiguous-subject", "record", "note.added", "about=warmtenet", "text=x", "-C", self.one)
        self.fails(1, "unknown-subject", "show", "kasteel", "-C", self.one)
        found = self.answer("find", "NOORD", "warmte", "-C", self.one)
        self.assertEqual([item["subject"] for item in found], [self.project])
        self.assertEqual(self.answer("find", "kasteel", "-C", self.one), [])
        self.assertEqual(len(self.answer("find", "", "--kind", "projecten", "-C", self.one)), 2)

    def test_how_it_stands_in_words(self):
        self.record(self.one, "note.added", f"about={self.project}", "text=Verzonnen: de buurt is blij")
        status = self.dutch("status", "--pending").stdout
        for said in ("beheerder", "1 gebeurtenis; ambit sync verstuurt haar", "gebeurtenis", "tekst Verzonnen: de buurt is blij"):
            self.assertIn(said, status)
        self.assertNotIn("{", status)
        self.assertIn("1 verstuurd, 0 ontvangen", self.dutch("sync").stdout)
        self.assertIn("niets", self.dutch("status").stdout)

    def test_a_typo_is_taken_back_before_it_is_sent(self):
        self.record(self.one, "measurement.recorded", f"ambition={self.ambition}", f"indicator={self.indicator}", "value=52", "on=2026-11-12")
        done = self.dutch("undo")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("teruggenomen: meting", done.stdout)
        self.assertIn("waarde 52", done.stdout)
        self.fails(1, "nothing-to-undo", "undo", "-C", self.one)
        # Others rest on it: elsewhere than at a terminal it takes a word.
        project = self.record(self.one, "project.started", "title=Vergissing")
        self.record(self.one, "note.added", f"about={project}", "text=Ook")
        number = str(json.loads(self.answer("status", "--pending", "-C", self.one)["events"][0])["id"])
        self.assertEqual(ambit("undo", number, "-C", self.one).returncode, 64)
        terminal = Terminal("undo", number, "-C", self.one)
        terminal.answer("Doorgaan?", "nee")
        self.assertEqual(terminal.end(), 64)
        self.assertEqual(self.status(self.one)["pending"], 2)
        terminal = Terminal("undo", number, "-C", self.one)
        terminal.answer("Doorgaan?", "ja")
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(self.status(self.one)["pending"], 0)
        self.assertEqual(self.sync(self.one)["accepted"], 0)
        # What was sent is corrected.
        self.record(self.one, "project.revised", self.project, "title=Warmtenet Noord-West")
        self.sync(self.one)
        self.fails(1, "nothing-to-undo", "undo", "-C", self.one)

    def test_rows_of_a_spreadsheet_become_events(self):
        folder = os.path.join(self.home, "rijen")
        os.makedirs(folder)
        path = os.path.join(folder, "metingen.csv")

        def rows(text, code=0, encoding="utf-8"):
            with open(path, "wb") as file:
                file.write(text.encode(encoding))
            done = self.dutch("import", path, "--type", "meting")
            self.assertEqual(done.returncode, code, done.stderr)
            return done

        header = "project;indicator;waarde;op;bron\r\n"
        done = rows("\ufeff" + header + "Warmtenet Noord;Nieuwe woningen;1.250,5;12-11-2026;\r\n" + "Warmtenet Zuid;Nieuwe woningen;3;gisteren;telling\r\n")
        self.assertIn("2 gebeurtenissen vastgelegd", done.stdout)
        self.assertEqual(self.status(self.one)["pending"], 2)
        made = [json.loads(event)["data"] for event in self.answer("status", "--pending", "-C", self.one)["events"]]
        self.assertEqual([(data["project"], data["value"]) for data in made], [(self.project, 1250.5), (self.other, 3)])
        # Every wrong cell is named, and nothing is recorded.
        done = rows(header + "Warmtenet Noord;Nieuwe woningen;10.000;12-11-2026;\r\n" + "Warmtenet;Nieuwe woningen;veel;32-11-2026;\r\n", 1)
        for said in ("metingen, rij 2, kolom waarde", "10.000", "metingen, rij 3", "Er is niets vastgelegd"):
            self.assertIn(said, done.stderr)
        self.assertGreaterEqual(len(done.stderr.splitlines()), 3, "a line for each wrong cell")
        self.assertIn("row 3", self.fails(1, "invalid-import", "import", path, "--type", "measurement.recorded", "-C", self.one))
        self.assertIn("kolom kleur", rows("project;kleur\r\nWarmtenet Noord;rood\r\n", 1).stderr)
        self.assertIn("rij 2", rows("project;indicator;waarde\r\nWarmtenet Noord;Nieuwe woningen;3\r\n", 1).stderr)
        beside = rows(header + "Warmtenet Noord;Nieuwe woningen;3;12-11-2026;telling;meer\r\n", 1).stderr
        self.assertIn("metingen, rij 2: ", beside)
        self.assertNotRegex(beside, r"\brow\b")
        rows(header + "Warmtenet Noord;Nieuwe woningen;3;12-11-2026;\u00e9\r\n", 1, "latin-1")
        self.assertEqual(self.status(self.one)["pending"], 2)
        # What is unlikely is told row by row, and recorded.
        found = rows(header + "Warmtenet Noord;Nieuwe woningen;-1;12-11-2026;\r\n" + "Warmtenet Noord;Nieuwe woningen;8;12-11-2026;\r\n" * 2
                     + "Warmtenet Noord;Nieuwe woningen;9;12-11-2999;\r\n").stderr
        for said in ("metingen, rij 2: Klopt dit?", "metingen, rij 3: Klopt dit? Dezelfde waarde", "rij 4: Klopt dit? Dezelfde",
                     "metingen, rij 5: Klopt dit?", "ambit undo"):
            self.assertIn(said, found)
        self.assertEqual(len(self.dutch("undo").stdout.splitlines()), 4)
        self.assertIn("en nog ", rows(header + "Warmtenet Noord;Nieuwe woningen;-1;12-11-2026;\r\n" * 21).stderr)
        self.assertEqual(len(self.dutch("undo").stdout.splitlines()), 21)
        # What came in one go is taken back in one go.
        rows(header + "Warmtenet Noord;Nieuwe woningen;1;12-11-2026;\r\n" * 30)
        self.assertEqual(len(self.dutch("status", "--pending").stdout.splitlines()), 8 + 32)
        self.assertEqual(len(self.dutch("undo").stdout.splitlines()), 30)
        self.assertEqual(self.status(self.one)["pending"], 2)
        # In a file nobody sees what a part of a title was taken for.
        ten = self.record(self.one, "project.started", "title=Fase 10")
        advanced = "subject;fase\r\n{};realisatie\r\n"
        with open(path, "w") as file:
            file.write(advanced.format("fase 1"))
        done = self.dutch("import", path, "--type", "project.advanced")
        self.assertEqual(done.returncode, 1, done.stdout)
        for said in ("metingen, rij 2, kolom subject: ", '"fase 1"', '"Fase 10"', ten, "Schrijf de hele titel"):
            self.assertIn(said, done.stderr)
        self.assertIn("whole title", self.fails(1, "invalid-import", "import", path, "--type", "project.advanced", "-C", self.one))
        self.assertIn("kolom indicator: ", rows(header + "Warmtenet Noord;woningen;1;12-11-2026;\r\n", 1).stderr)
        for name in ("fase 10", ten, ten.split("/")[1]):
            with open(path, "w") as file:
                file.write(advanced.format(name))
            done = self.dutch("import", path, "--type", "project.advanced")
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.document(self.one, ten)["phase"], "realisation")

    def test_a_link_and_the_usual_folder(self):
        made = self.answer("invite", "--role", "recorder", "-C", self.one)
        self.assertEqual(made["link"], f"{self.url}/agendas/proef#invite={made['invite']}")
        outside, home = os.path.join(self.home, "elders"), os.path.join(self.home, "thuis")
        os.makedirs(outside)
        variables = {"LC_ALL": "nl_NL.UTF-8", "AMBIT_DIR": home}
        link = f"{self.url}/agendas/proef#invite=" + "-".join(made["invite"].upper()[start:start + 5] for start in range(0, 26, 5))
        done = ambit("clone", link, "--name", "Verzonnen Ada", "--device", "laptop", **variables)
        self.assertEqual(done.returncode, 0, done.stderr)
        for folder in (outside, "/"):
            done = subprocess.run([AMBIT, "status", "--json"], cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True, timeout=HANGS)
            self.assertEqual((done.returncode, json.loads(done.stdout)["role"]), (0, "recorder"), done.stderr)
        done = ambit("doctor", **variables)
        self.assertEqual((done.returncode, done.stdout.split(":")[0]), (0, home), done.stderr)
        # Without a folder of its own it is below what the shell calls ~.
        elsewhere = {"HOME": self.home, "AMBIT_DIR": "", "XDG_DATA_HOME": ""}
        invite = self.answer("invite", "--role", "recorder", "-C", self.one)["link"]
        self.assertEqual(ambit("clone", invite, "--name", "Verzonnen Bo", "--device", "laptop", **elsewhere).returncode, 0)
        self.assertTrue(os.path.exists(os.path.join(self.home, ".local", "share", "ambit", "log.sqlite")))
        # A replica that one stands in comes first.
        done = subprocess.run([AMBIT, "status", "--json"], cwd=self.one, env={**os.environ, **variables}, capture_output=True, text=True, timeout=HANGS)
        self.assertEqual(json.loads(done.stdout)["role"], "admin")
        self.assertEqual(ambit("clone", f"{self.url}/agendas/proef", **variables).returncode, 64)

    def test_names_are_words_that_can_be_seen_with_one_space_between_them(self):
        invite = self.answer("invite", "--role", "recorder", "-C", self.one)["link"]
        folder = os.path.join(self.home, "naam")
        for number, name in enumerate(("Verzonnen\u2800", "\u2800", "Verzonnen\u202e", "Verzonnen\u3164Ada")):
            for names in (["--name", name, "--device", "laptop"], ["--name", "Verzonnen Ada", "--device", name]):
                done = ambit("clone", invite, folder, *names, LC_ALL="nl_NL.UTF-8")
                self.assertNotEqual(done.returncode, 0, names)
                self.assertIn("die te zien zijn", done.stderr)
            done = self.dutch("record", "member.joined", f"member/lid{number}", f"name={name}", "role=editor")
            self.assertNotEqual(done.returncode, 0, name)
        self.assertIn("die te zien zijn", self.dutch("record", "member.joined", "member/lid", "name=Verzonnen  Ada", "role=editor").stderr)
        # Spaces of whatever kind are mended where they are typed.
        self.answer("clone", invite, folder, "--name", " Verzonnen\u00a0 Ada\u2003", "--device", "lap  top ")
        self.sync(self.one)
        names = {found["name"] for kind in ("member", "device") for found in self.answer(kind, "list", "-C", self.one) if "name" in found}
        self.assertLessEqual({"Verzonnen Ada", "lap top"}, names)

    def test_how_far_targets_have_come(self):
        self.assertEqual(self.answer("progress", "-C", self.one)["progress"], [])
        self.record(self.one, "ambition.targeted", self.ambition, f"targets.{self.indicator}.quantity=10000", f"targets.{self.indicator}.due=2040-12-31")
        self.record(self.one, "measurement.recorded", f"ambition={self.ambition}", f"indicator={self.indicator}", "value=2500.5", "on=2026-11-12")
        found, = self.answer("progress", "-C", self.one)["progress"]
        self.assertEqual((found["value"], found["target"], found["unit"], found["due"], found["course"]), (2500.5, 10000, "woningen", "2040-12-31", "running"))
        shown = self.dutch("progress", "woningen").stdout
        for said in ("Meer woningen in Assen", "2.500,5 van 10.000 woningen", "#####...............", "25 %", "onderweg", "uiterlijk 31-12-2040"):
            self.assertIn(said, shown)
        agenda = self.answer("show", "--kind", "agenda", "-C", self.one)[0]["subject"]
        for start, due, course in (("2026-01-01", "2040-12-31", "on-course"), ("2000-01-01", "2040-12-31", "behind"), ("2000-01-01", "2026-01-01", "missed")):
            self.record(self.one, "agenda.revised", agenda, f"from={start}")
            self.record(self.one, "ambition.targeted", self.ambition, f"targets.{self.indicator}.due={due}")
            self.assertEqual(self.answer("progress", "-C", self.one)["progress"][0]["course"], course)
        self.record(self.one, "ambition.targeted", self.ambition, f"targets.{self.indicator}.quantity=2500")
        self.assertEqual(self.answer("progress", self.ambition, "-C", self.one)["progress"][0]["course"], "reached")
        self.fails(1, "unknown-subject", "progress", "kasteel", "-C", self.one)

    def test_what_went_wrong_is_told_in_the_readers_language(self):
        def told(*words, code=1):
            done = self.dutch(*words)
            self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
            return done.stderr

        self.assertIn("er is geen onderwerp kasteel, niet van een sync", told("show", "kasteel"))
        self.assertIn("Geef een van --keep, --take en --value.", told("settle", self.project, "/title", code=64))
        self.assertIn("geen geweigerde gebeurtenis heeft het nummer 99", told("refused", "discard", "99"))
        self.assertIn("niet te lezen", told("import", os.path.join(self.home, "nergens.ndjson")))
        path = os.path.join(self.home, "regels.ndjson")
        with open(path, "w") as file:
            file.write('{"type":"theme.opened","data":{"title":"Zorg"}}\n{"type":"theme.opened","data":{"title":7}}\n')
        self.assertIn("regel 2: data/title: moet ", told("import", path))
        self.assertIn("Er is niets vastgelegd.", told("import", path))
        # What the server says of a refusal, kept in English as it came.
        member = self.status(self.two)["member"]
        self.record(self.two, "theme.opened", "title=Te laat")
        self.answer("member", "grant", member, "recorder", "-C", self.one)
        self.sync(self.two, code=3)
        refused = ambit("refused", "-C", self.two, LC_ALL="nl_NL.UTF-8").stdout
        self.assertIn("theme.opened vraagt de rol", refused)

    def test_what_is_unlikely_is_recorded_and_told(self):
        def doubts(*words):
            return [item["doubt"] for item in self.answer("record", *words, "-C", self.one).get("doubts", [])]

        measured = ("measurement.recorded", f"ambition={self.ambition}", f"indicator={self.indicator}")
        self.assertEqual(doubts(*measured, "value=3", "on=2026-01-02"), ["counts-for-nothing"])
        self.record(self.one, "ambition.targeted", self.ambition, f"targets.{self.indicator}.quantity=100")
        self.assertEqual(doubts(*measured, "value=4", "on=2026-01-02"), [])
        self.assertEqual(doubts(*measured, "value=4", "on=2026-01-02"), ["twice"])
        self.assertEqual(doubts(*measured, "value=-4", "on=2026-01-02"), ["negative"])
        self.assertEqual(doubts(*measured, "value=5", "on=2999-01-02"), ["future"])
        self.assertEqual(doubts("milestone.planned", f"project={self.project}", "title=Ooit", "due=2999-01-01"), ["far-future"])
        self.assertEqual(doubts("milestone.planned", f"project={self.project}", "title=Straks", "due=2039-01-01"), [])
        for project, latitude, longitude, found in (
                (self.project, 52.99, 6.56, []), (self.other, 6.55, 53.01, ["exchanged"]), (self.other, 38.7, -9.1, ["far-away"]),
                (self.other, 53.01, 6.55, [])):
            place = (f"location.latitude={latitude}", f"location.longitude={longitude}")
            self.assertEqual(doubts("project.revised", project, *place), found)
        pending = self.status(self.one)["pending"]
        done = self.dutch("record", "meting", "nieuwe", "woningen", "waarde=-4", "02-01-2026")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Klopt dit? \"waarde\" is -4, minder dan niets.", done.stderr)
        self.assertIn("ambit undo neemt het terug", done.stderr)
        self.assertEqual(self.status(self.one)["pending"], pending + 1)
        self.assertIn("eerder vastgelegd", self.dutch("record", "meting", "nieuwe", "woningen", "waarde=-4", "02-01-2026").stderr)
        english = ambit("record", "measurement", "nieuwe", "woningen", "1", "on=2999-01-02", "-C", self.one, LC_ALL="C")
        self.assertIn("a day that has not come yet", english.stderr)

    def test_what_is_created_needs_no_keys(self):
        def made(*words):
            done = self.dutch("record", *words)
            self.assertEqual(done.returncode, 0, done.stderr)
            return self.document(self.one, done.stdout.strip())

        today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 0))
        measured = made("meting", "noord", "won", "2,5")
        self.assertEqual((measured["project"], measured["indicator"], measured["value"]), (self.project, self.indicator, 2.5))
        self.assertLessEqual(abs(int(measured["on"][-2:]) - int(today[-2:])), 30)
        planned = made("mijlpaal", "zuid", "Vergunning binnen", "31-12-2030")
        self.assertEqual(planned, {"project": self.other, "title": "Vergunning binnen", "due": "2030-12-31"})
        self.assertEqual(made("notitie", "noord", "Verzonnen: gebeld")["about"], self.project)
        self.assertEqual(made("meting", "waarde=7", "noord", "won")["value"], 7)
        # A whole name says what it is of.
        measured = made("meting", self.project, "won", "8")
        self.assertEqual((measured["project"], measured["indicator"], measured["value"]), (self.project, self.indicator, 8))
        pending = self.status(self.one)["pending"]
        for words in (("meting", "noord", "won", "10.000"), ("meting", "warmtenet", "won", "1"), ("meting", "noord", "won", "1", "2", "3", "4"),
                      ("project", self.ambition)):
            self.assertEqual(self.dutch("record", *words).returncode, 1, words)
        self.assertEqual(self.status(self.one)["pending"], pending)

    def test_lists_say_what_there_is_to_know(self):
        measured = ("measurement.recorded", f"project={self.project}", f"indicator={self.indicator}", "on=2026-01-02")
        self.record(self.one, *measured, "value=1200")
        wrong = self.record(self.one, *measured, "value=13")
        self.record(self.one, "measurement.voided", wrong)
        self.record(self.one, "milestone.planned", f"project={self.project}", "title=Schop in de grond", "due=2020-01-01")
        note = self.record(self.one, "note.added", f"about={self.project}", "text=Verzonnen: gebeld")
        self.record(self.one, "note.retracted", note)
        shown = self.dutch("show", "warmtenet noord").stdout
        for said in ("mijlpalen:", "Schop in de grond", "te laat", "metingen:", "1.200 woningen", "02-01-2026", "vervallen",
                     "notities:", "Verzonnen: gebeld", "teruggenomen"):
            self.assertIn(said, shown)
        self.assertNotIn("Schop", self.dutch("show", "warmtenet zuid").stdout)
        listed = self.dutch("show", "--kind", "metingen").stdout
        for said in ("Nieuwe woningen, Warmtenet Noord", "1.200 woningen", "02-01-2026"):
            self.assertIn(said, listed)
        self.sync(self.one)
        then = self.dutch("show", "warmtenet noord", "--at", "vandaag").stdout
        self.assertIn("1.200 woningen", then)

    def test_a_sync_tells_of_the_conflicts_that_it_brought(self):
        self.sync(self.two)
        self.record(self.one, "project.advanced", self.project, "phase=preparation")
        self.record(self.two, "project.advanced", self.project, "phase=realisation")
        self.sync(self.two)
        answer = self.answer("sync", "-C", self.one)
        self.assertEqual(answer["conflicts"], [{"path": "/phase", "subject": self.project}])
        self.assertNotIn("conflicts", self.answer("sync", "-C", self.one))
        told = ambit("sync", "-C", self.two, LC_ALL="nl_NL.UTF-8").stderr
        self.assertIn("1 veld is sinds deze sync in conflict: fase, project Warmtenet Noord", told)

    def test_a_reason_goes_with_what_it_explains(self):
        self.record(self.one, "project.halted", self.project, "reason=Verzonnen: geen geld")
        self.assertIn("geen geld", self.dutch("show", "warmtenet noord").stdout)
        self.record(self.one, "project.resumed", self.project, "phase=realisation")
        shown = self.dutch("show", "warmtenet noord").stdout
        self.assertTrue("realisatie" in shown and "geen geld" not in shown, shown)

    def test_erasing_is_asked_first_and_keeps_the_role(self):
        ada = self.clone("drie", self.invite("recorder"), "Verzonnen Ada")
        note = self.record(ada, "note.added", f"about={self.project}", "text=Verzonnen: gebeld")
        self.record(ada, "note.added", f"about={self.other}", "text=Verzonnen: gemaild")
        self.sync(ada, self.one)
        log = [json.loads(line) for line in ambit("log", "--json", "-C", self.one).stdout.splitlines()]
        place = {entry["subject"]: number for number, entry in reversed(list(enumerate(log)))}
        terminal = Terminal("redact", str(place[note]), "--reason", "Verzoek", "-C", self.one)
        terminal.answer("Doorgaan?", "nee")
        self.assertEqual(terminal.end(), 64)
        self.assertEqual(self.status(self.one)["pending"], 0)
        looked = self.answer("redact", "--by", "ada", "--dry-run", "-C", self.one)
        self.assertEqual([item["type"] for item in looked], ["note.added", "note.added"])
        terminal = Terminal("redact", "--by", "ada", "--reason", "Verzoek", "-C", self.one)
        terminal.answer("Doorgaan?", "ja")
        self.assertEqual(terminal.end(), 0, terminal.shown)
        self.assertEqual(self.status(self.one)["pending"], 2)
        # The name goes; that somebody is a recorder stays in the record, in one transaction.
        member = self.status(ada)["member"]
        done = self.answer("redact", str(place[member]), "--reason", "Verzoek", "--yes", "-C", self.one)
        self.assertEqual(done["granted"] + 1, done["id"])
        self.sync(self.one, ada)
        self.assertEqual(self.document(self.one, member), {"active": True, "role": "recorder"})
        self.record(ada, "note.added", f"about={self.project}", "text=Verzonnen: nog eens")
        self.assertEqual(self.sync(ada)["refused"], 0)
        self.assertEqual(self.answer("verify", self.one)["kind"], "replica")
        found = next(item for item in self.answer("members", "-C", self.one)["members"] if item["member"] == member)
        self.assertEqual((found.get("name"), found["role"], found["active"]), (None, "recorder", True))

    def test_what_a_shell_completes(self):
        def offered(*words):
            line = " ".join(("ambit", *words))
            script = (f"source <('{AMBIT}' --generate-completion-script bash); COMP_WORDS=('{AMBIT}' \"$@\"); COMP_CWORD=$#; "
                      f"COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}; _ambit ambit \"${{@: -1}}\" \"${{@: -2:1}}\"; "
                      "printf '%s\\n' \"${COMPREPLY[@]}\"")
            done = subprocess.run(
                ["bash", "-c", script, "bash", *words], capture_output=True, text=True, timeout=HANGS,
                env={**os.environ, "LC_ALL": "nl_NL.UTF-8", "AMBIT_DIR": self.one})
            return done.stdout.splitlines()

        self.assertIn("meting", offered("record", "met"))
        self.assertIn("project.gestart", offered("record", "project.ges"))
        self.assertIn("indicator=", offered("record", "meting", "ind"))
        self.assertIn("waarde=", offered("record", "meting", "wa"))
        self.assertEqual(offered("record", "project.herzien", "Warmtenet N"), ["Warmtenet Noord"])
        self.assertIn("realisatie", offered("record", "project.ging-naar-een-fase", "x", "fase", "=", "rea"))
        self.assertIn("Warmtenet Zuid", offered("record", "meting", "project", "=", "Warm"))
        self.assertIn("vandaag", offered("record", "meting", "op", "=", "v"))
        self.assertIn("Warmtenet Noord", offered("show", "Warm"))
        self.assertIn("projecten", offered("show", "--kind", "pro"))

    def test_filters_do_not_lie(self):
        self.record(self.two, "note.added", f"about={self.record(self.two, 'theme.opened', 'title=Zorg')}", "text=x")
        self.sync(self.two, self.one)
        names = {member["name"]: member["member"] for member in self.answer("member", "list", "-C", self.one)}
        name = next(iter(names))
        for by in (name, name.upper(), name[1:], names[name]):
            lines = ambit("log", "--by", by, "--json", "-C", self.one)
            self.assertEqual(lines.returncode, 0, lines.stderr)
            self.assertTrue(lines.stdout)
        both = ambit("log", "--type", "theme.opened", "--type", "note.added", "--json", "-C", self.one).stdout.splitlines()
        self.assertEqual({json.loads(line)["type"] for line in both}, {"theme.opened", "note.added"})
        place = ("--data", self.data, "--agenda", "proef")
        for where in (("-C", self.one), place):
            self.fails(1, "unknown-subject", "log", "--by", "Nergens", *where)
            self.fails(1, "unknown-subject", "log", "--subject", "project/aaaaaaaa-99", *where)
            self.fails(1, "unknown-type", "log", "--type", "project.geschilderd", *where)

    def test_a_whole_subject_is_meant_also_where_it_is_somebodys_name(self):
        self.sync(self.one, self.two)
        note = self.record(self.two, "note.added", f"about={self.project}", "text=Verzonnen")
        self.sync(self.two, self.one)
        member, device = self.status(self.two)["member"], self.status(self.two)["device"]
        for number, name in enumerate((member, device, "server")):
            self.sync(self.clone(f"naamgenoot-{number}", self.invite("recorder"), name))
        self.sync(self.one)
        self.assertEqual(self.answer("person", member, "-C", self.one)["person"]["member"], member)
        for by in (member, device):
            lines = ambit("log", "--by", by, "--json", "-C", self.one).stdout.splitlines()
            self.assertIn(note, [json.loads(line)["subject"] for line in lines], by)
            looked = self.answer("redact", "--by", by, "--dry-run", "-C", self.one)
            self.assertIn("note.added", [item["type"] for item in looked])
        sources = {json.loads(line)["source"] for line in ambit("log", "--by", "server", "--json", "-C", self.one).stdout.splitlines()}
        self.assertEqual(sources, {"server"})

    def test_days_are_those_of_the_laptop(self):
        done = self.dutch("show", "--at", "vandaag", "--kind", "projecten")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("(Europe/Amsterdam) eindigt na", done.stderr)
        self.assertIn("(UTC) eindigt na", self.dutch("show", "--at", "vandaag", "--utc").stderr)
        self.assertEqual(self.dutch("show", "--at", "31-02-2026").returncode, 1)
        moments = self.dutch("log", "--last", "1").stdout
        self.assertNotIn("UTC", moments)
        self.assertIn("UTC", self.dutch("log", "--last", "1", "--utc").stdout)

    def test_today_is_the_day_that_the_system_shows(self):
        # It is another day than in UTC in the first zone after 10:00, in the second before 12:00.
        for zones in ((":Pacific/Kiritimati", "/usr/share/zoneinfo/Pacific/Kiritimati", "XXX-14", "UTC-14", "GMT-14"),
                      (":Etc/GMT+12", "/usr/share/zoneinfo/Etc/GMT+12", "XXX12", "UTC+12", "GMT+12")):
            for zone in zones:
                def today():
                    return subprocess.run(["date", "+%F"], env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True).stdout.strip()
                before = today()
                done = self.dutch("record", "project.started", f"title=In zone {zone}", "start=vandaag", TZ=zone)
                self.assertEqual(done.returncode, 0, done.stderr)
                found = self.document(self.one, done.stdout.strip())["start"]
                self.assertIn(found, (before, today()), zone)


if __name__ == "__main__":
    if not AMBIT:
        sys.exit(__doc__)
    unittest.main()
