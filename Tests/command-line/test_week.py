#!/usr/bin/env python3
"""A week of somebody in the field, and a day of an auditor: in Dutch, through a pseudo-terminal, with no id typed.

    python3 Tests/command-line/test_week.py PATH-OF-AMBIT
"""
import csv
import datetime
import io
import os
import re
import shlex
import signal
import sys
import tempfile
import unittest
import unittest.mock

from test_command_line import AMBIT, ambit
from test_conflicts import Agenda
from test_people import Terminal
import clocks
from waiting import HANGS

# A subject, or what stands behind its slash, or somebody's device.
IDENTIFIER = re.compile(r"\b[a-z]+/[a-z0-9]{6,}|\b[a-z0-9]{8}-\d+\b")


class Person:
    """Somebody at a terminal, who types command lines and answers."""

    def __init__(self, home, test):
        self.home, self.test = home, test
        self.strokes = 0

    def types(self, line, *answers, code=0):
        """Types a line, answers what is asked, and gives what was shown."""
        self.test.assertIsNone(IDENTIFIER.search(line), "an id was typed")
        words = shlex.split(line)
        self.test.assertEqual(words[0], "ambit")
        terminal = Terminal(*words[1:], AMBIT_DIR=self.home)
        for question, answer in answers:
            self.test.assertIsNone(IDENTIFIER.search(answer), "an id was typed")
            terminal.answer(question, answer)
        shown_code = terminal.end()
        self.test.assertEqual(shown_code, code, f"{line}\n{terminal.shown}")
        self.strokes = len(line) + 1 + sum(len(answer) + 1 for _, answer in answers)
        return terminal.shown.replace("\r\n", "\n")


class Working(Agenda):
    def setUp(self):
        super().setUp()
        theme = self.record(self.one, "theme.opened", "title=Wonen")
        self.indicator = self.record(self.one, "indicator.defined", "name=Nieuwe woningen", "unit=woningen", "aggregation=sum")
        self.ambition = self.record(
            self.one, "ambition.proposed", f"theme={theme}", "title=Meer woningen in Assen",
            f"targets.{self.indicator}.quantity=5000", f"targets.{self.indicator}.due=2040-12-31")
        for title in ("Warmtenet Noord", "Warmtenet Zuid"):
            self.record(self.one, "project.started", f"title={title}", f"theme={theme}", f"ambitions.{self.ambition}=true")
        self.sync(self.one)
        self.days = [datetime.date.today() - datetime.timedelta(days=back) for back in range(4, -1, -1)]

    def joins(self, role, name):
        link = self.answer("invite", "--role", role, "-C", self.one)["link"]
        person = Person(os.path.join(self.home, name.replace(" ", "-")), self)
        person.types(f"ambit clone '{link}' --name '{name}' --device laptop")
        return person


class FieldWorker(Working):
    def test_a_week(self):
        ada = self.joins("editor", "Verzonnen Ada")
        # Five days without a network.
        for number, day in enumerate(self.days):
            when = day.strftime("%d-%m-%Y")
            for place in ("noord", "zuid"):
                shown = ada.types(f"ambit record meting {place} won {number + 10} op={when}")
                self.assertIn("Nieuwe woningen", shown)
                shown = ada.types(
                    "ambit record", ("Wat ", "1"), ("project: ", place), ("ambitie: ", ""), ("indicator: ", "won"),
                    ("waarde (woningen): ", f"{number + 20},5"), ("op (", when), ("bron: ", ""))
                self.assertIn(f"waarde {number + 20},5", shown)
            ada.types(f"ambit record mijlpaal noord 'Stap {number + 1}' {when}")
            ada.types(f"ambit record mijlpaal.bereikt 'Stap {number + 1}' bereikt-op={when}")
            ada.types(f"ambit record notitie noord 'Verzonnen: dag {number + 1} ging goed'")
        status = ada.types("ambit status")
        self.assertIn("35 gebeurtenissen; ambit sync verstuurt ze", status)

        # A measurement is little to type, in either way.
        shown = ada.types("ambit record meting noord won 52")
        self.assertIn("waarde 52", shown)
        self.assertLessEqual(ada.strokes, 35)
        # A typo: 25 was meant.
        self.assertIn("waarde 52", ada.types("ambit undo"))
        ada.types(
            "ambit record", ("Wat ", "1"), ("project: ", "noord"), ("ambitie: ", ""), ("indicator: ", "won"),
            ("waarde (woningen): ", "25"), ("op (", ""), ("bron: ", ""))
        self.assertLessEqual(ada.strokes, 35)
        self.assertNotIn("waarde 52", ada.types("ambit status --pending"))

        # Meanwhile somebody else has changed what Ada changes too, and an admin has taken her role away.
        ada.types("ambit record project.ging-naar-een-fase 'warmtenet zuid' fase=realisatie reden='Verzonnen: begonnen'")
        zuid = next(item["subject"] for item in self.answer("find", "Zuid", "-C", self.one))
        self.record(self.one, "project.advanced", zuid, "phase=preparation")
        self.sync(self.one)
        synced = ada.types("ambit sync")
        self.assertIn("37 verstuurd", synced)
        self.assertIn("in conflict: fase, project Warmtenet Zuid", synced)
        self.assertIn("in conflict", ada.types("ambit show --kind projecten"))
        self.assertIn("realisatie", ada.types("ambit conflicts 'warmtenet zuid'"))
        number = 1 if "realisatie  (nu getoond)" in ada.types("ambit conflicts zuid") else 2
        self.assertIn("realisatie", ada.types(f"ambit settle 'warmtenet zuid' --all --take {number}"))
        ada.types("ambit sync")
        self.assertIn("geen conflicten", ada.types("ambit conflicts"))

        # One that was sent already is corrected: undo says how, in a new event.
        shown = ada.types("ambit record notitie zuid 'Verzonnen: de bewoners zijn bij'")
        ada.types("ambit sync")
        ada.types("ambit record notitie.herzien 'de bewoners zijn bij' tekst='Verzonnen: de bewoners zijn blij'")
        ada.types("ambit sync")
        self.assertIn("de bewoners zijn blij", ada.types("ambit show 'warmtenet zuid'"))

        # Refused, and put right: her role is another one by now, and what was to be a theme becomes a project.
        member = next(item["member"] for item in self.answer("member", "list", "-C", self.one) if item["name"] == "Verzonnen Ada")
        ada.types("ambit record meting zuid won 8")
        ada.types("ambit record thema.geopend titel='Speelplein Oost'")
        self.answer("member", "grant", member, "recorder", "-C", self.one)
        self.assertIn("de server weigerde 1 gebeurtenis", ada.types("ambit sync", code=3))
        self.assertIn("vraagt de rol redacteur", ada.types("ambit refused"))
        self.assertIn("opnieuw vastgelegd", ada.types("ambit refused correct --type project.gestart"))
        self.assertIn("1 verstuurd", ada.types("ambit sync"))
        self.assertIn("er is niets geweigerd", ada.types("ambit refused"))
        self.assertIn("Speelplein Oost", ada.types("ambit find speelplein"))

        # How far it has come: ten times 10 to 14, ten times 20,5 to 24,5, 25 and 8.
        total = 2 * sum(range(10, 15)) + 2 * sum(value + 0.5 for value in range(20, 25)) + 25 + 8
        self.assertIn(f"{total:.0f} van 5.000 woningen", ada.types("ambit progress"))
        project = ada.types("ambit show 'warmtenet noord'")
        for said in ("mijlpalen:", "Stap 1", "metingen:", "25 woningen", "notities:", "dag 5 ging goed"):
            self.assertIn(said, project)


class Auditor(Working):
    """What there is to look at began in March: until then all programs have their clock set off."""

    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="ambit-clock."))
        self.now, self.year = datetime.datetime.now(), datetime.date.today().year - (datetime.date.today().month < 5)
        self.enterContext(unittest.mock.patch.dict(os.environ, clocks.off(clocks.shim(folder), 0)))
        self.set_clock(1)
        super().setUp()

    def set_clock(self, day):
        """A day of March for what is started from now on; None for what the clock says."""
        then = datetime.datetime(self.year, 3, day, 12) if day else self.now
        os.environ["CLOCK_OFFSET"] = str(round((then - self.now).total_seconds()))

    def goes_on(self, day):
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(HANGS)
        self.set_clock(day)
        self.serve(self.url.removeprefix("http://"))

    def test_a_day(self):
        bo = self.joins("recorder", "Verzonnen Bo")
        bo.types("ambit record notitie noord 'Verzonnen: gebeld met Verzonnen Cor'")
        bo.types("ambit record meting noord won 12")
        bo.types("ambit sync")
        bo.types("ambit sign")
        self.sync(self.one)
        self.record(self.one, "ambition.targeted", self.ambition, f"targets.{self.indicator}.quantity=4000", "reason=Verzonnen: te hoog")
        member = next(item["member"] for item in self.answer("member", "list", "-C", self.one) if item["name"] == "Verzonnen Bo")
        self.goes_on(20)
        self.answer("member", "grant", member, "editor", "-C", self.one)
        self.sync(self.one)
        self.goes_on(None)
        cor = self.joins("auditor", "Verzonnen Cor")

        # Who changed the target, from what to what, and why.
        shown = cor.types("ambit log --subject 'meer woningen' --type 'ambitie doelen gesteld'")
        for said in ("Voorbeeldbeheerder", "5.000 → 4.000", "te hoog"):
            self.assertIn(said, shown)
        self.assertIn("Voorbeeldbeheerder", cor.types("ambit blame 'meer woningen'"))
        self.assertNotIn("tekende", cor.types("ambit log --last 5"))
        self.assertEqual(len(re.findall(r"(?m)^\d+ ", cor.types("ambit log --last 5"))), 5)
        self.assertIn("tekende", cor.types("ambit log --signatures"))

        # Who had which role in March, before and after it, and who let them in.
        shown = cor.types(f"ambit members --at 31-03-{self.year}")
        for said in ("Verzonnen Bo", "invoerder sinds", "redacteur sinds", "uitgenodigd door Voorbeeldbeheerder"):
            self.assertIn(said, shown)
        self.assertNotIn("Verzonnen Cor", shown)
        shown = cor.types(f"ambit members --at 10-03-{self.year}")
        bos = shown[shown.index("Verzonnen Bo"):]
        self.assertIn("invoerder sinds", bos)
        self.assertNotIn("redacteur sinds", bos)
        self.assertNotIn("Verzonnen Bo", cor.types(f"ambit members --at 28-02-{self.year}"))
        self.assertIn("Verzonnen Cor", cor.types("ambit members --at vandaag"))

        # All that one person wrote, and where somebody is named.
        shown = cor.types("ambit person 'verzonnen bo'")
        self.assertIn("schreef (2):", shown)
        self.assertIn("notitie", shown)
        self.assertIn("genoemd in", shown)
        self.assertIn("Verzonnen: gebeld met", cor.types("ambit person cor"))

        # A table for the council.
        table = cor.types(f"ambit log --since 01-03-{self.year} --format csv")
        rows = list(csv.reader(io.StringIO(table[table.index("gebeurtenis,"):])))
        self.assertEqual(rows[0][0], "gebeurtenis")
        self.assertTrue(any("Verzonnen Bo" in row and "12" in row for row in rows), rows[:3])
        page = ambit("log", "--format", "html", "-C", cor.home, LC_ALL="nl_NL.UTF-8").stdout
        self.assertTrue(page.startswith("<!doctype html>\n<html lang=\"nl\">") and page.endswith("</html>\n"))
        self.assertIn("<td>Verzonnen: te hoog</td>", page)


if __name__ == "__main__":
    if not AMBIT:
        sys.exit(__doc__)
    unittest.main()
