#!/usr/bin/env python3
"""Whatever cells of an old export somebody edits and imports: no later write of anybody is lost.

    python3 Tests/command-line/test_edited_tables.py PATH-OF-AMBIT [SEED]
"""
import csv
import io
import json
import os
import pathlib
import random
import re
import sys
import unittest
import urllib.request
import zipfile

SEED = int(sys.argv.pop(2)) if len(sys.argv) > 2 and sys.argv[2].isdecimal() else random.randrange(1 << 32)

import test_command_line as fixture  # noqa: E402
from test_command_line import ambit  # noqa: E402
from waiting import HANGS  # noqa: E402

FIELDS = {"theme": ("title", "summary"), "project": ("title", "summary")}
ROUNDS = 12


class EditedTables(unittest.TestCase):
    setUpClass = classmethod(fixture.CommandLine.setUpClass.__func__)
    tearDownClass = classmethod(fixture.CommandLine.tearDownClass.__func__)
    answer = classmethod(fixture.CommandLine.answer.__func__)

    def revise(self, replica, subject, field, value):
        self.answer("record", f"{subject.split('/')[0]}.revised", subject, f"{field}={value}", "-C", replica)

    def sync(self, *replicas):
        for replica in replicas:
            self.answer("sync", "-C", replica)

    def values(self, subject, field):
        """All values that stand in a field: the one that is shown, and those in conflict with it."""
        token = pathlib.Path(self.laptop, "token").read_text().strip()
        request = urllib.request.Request(f"{self.url}/v1/agendas/proef/subjects/{subject}", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(request, timeout=HANGS) as answer:
            registers = json.load(answer)["registers"]
        return [head.get("value") for register in registers if register["path"] == f"/{field}" for head in register["heads"]]

    def edited(self, archive, edits):
        """The archive with other cells; of each its row and whether the cell is another now."""
        changed, places = os.path.join(self.home, "edited.zip"), {}
        with zipfile.ZipFile(archive) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                data = old.read(name).decode()
                table = name.removesuffix(".csv")
                if table in FIELDS:
                    # What stands there is kept as it is, so that nothing but the edits differs.
                    header, *rows = csv.reader(io.StringIO(data, newline=""))
                    for number, row in enumerate(rows, 2):
                        for field in FIELDS[table]:
                            if (row[0], field) in edits:
                                row[header.index(field)] = edits[row[0], field]
                                places[row[0], field] = f"{table}, row {number}, column {field}"
                    file = io.StringIO(newline="")
                    csv.writer(file, lineterminator="\r\n").writerows([header, *rows])
                    data = file.getvalue()
                new.writestr(name, data)
        self.assertEqual(places.keys(), edits.keys())
        return changed, places

    def test_no_later_write_is_lost(self):
        chosen = random.Random(SEED)
        print(f"seed {SEED}", file=sys.stderr)
        two = os.path.join(self.home, "twee")
        invite = self.answer("invite", "--role", "editor", "-C", self.laptop)["invite"]
        self.answer("clone", f"{self.url}/agendas/proef", two, "--invite", invite, "--name", "Tweede", "--device", "twee")
        def shown():
            return {kind: [item["subject"] for item in self.answer("show", "--kind", kind, "-C", self.laptop)] for kind in FIELDS}
        # Other tests have recorded, too.
        before = {subject for subjects in shown().values() for subject in subjects}
        for number in range(4):
            self.answer("record", "theme.opened", f"title=Thema {number}", "summary=Eerst", "-C", self.laptop)
            self.answer("record", "project.started", f"title=Project {number}", "summary=Eerst", "-C", self.laptop)
        self.sync(self.laptop, two)
        cells = [(subject, field) for kind, subjects in shown().items() for subject in subjects if subject not in before
                 for field in FIELDS[kind]]
        self.assertEqual(len(cells), 16)
        kept = refused = 0
        for round in range(ROUNDS):
            archive = os.path.join(self.home, "tables.zip")
            self.answer("export", "--format", "tables", "-o", archive, "-C", self.laptop)
            theirs, own = {}, {}
            for number, cell in enumerate(chosen.sample(cells, chosen.randint(0, 8))):
                theirs[cell] = f"Van een ander {round}.{number}"
                self.revise(two, *cell, theirs[cell])
            for number, cell in enumerate(chosen.sample(cells, chosen.choice((0, 0, 1)))):
                own[cell] = f"Van mijzelf {round}.{number}"
                self.revise(self.laptop, *cell, own[cell])
            self.sync(self.laptop, two, self.laptop)
            edits = {cell: f"Uit de tabel {round}.{number}" for number, cell in enumerate(chosen.sample(cells, chosen.randint(1, 8)))}
            file, places = self.edited(archive, edits)
            done = ambit("import", file, "-C", self.laptop, "--json")
            with self.subTest(round=round, seed=SEED):
                if own.keys() & edits.keys():
                    self.assertEqual(done.returncode, 1, done.stdout)
                    error = json.loads(done.stderr.splitlines()[-1])
                    self.assertEqual(error["error"], "written-here")
                    table_rows = [places[cell].rsplit(",", 1)[0] for cell in own.keys() & edits.keys()]
                    self.assertTrue(any(place in error["message"] for place in table_rows), error)
                    self.assertEqual(self.answer("status", "-C", self.laptop)["pending"], 0)
                    edits = {}
                    refused += 1
                else:
                    self.assertEqual(done.returncode, 0, done.stderr)
                self.sync(self.laptop, two, self.laptop)
                for later in (theirs, own):
                    for (subject, field), value in later.items():
                        self.assertIn(value, self.values(subject, field), f"{subject} {field}: lost")
                for (subject, field), value in edits.items():
                    found = self.values(subject, field)
                    self.assertIn(value, found, f"{subject} {field}: not taken")
                    kept += len(found) > 1
        self.assertGreater(kept, 0, "no edit ever met a later write")
        self.assertGreater(refused + ROUNDS, 0)

    def test_text_of_a_cell_is_never_read_as_another(self):
        subject = self.answer("record", "theme.opened", "title=Een thema voor de cel", "-C", self.laptop)["subject"]
        self.sync(self.laptop)
        workbook, edited = (os.path.join(self.home, name) for name in ("tables.xlsx", "edited.xlsx"))
        self.answer("export", "--format", "xlsx", "-o", workbook, "-C", self.laptop)
        pending = self.answer("status", "-C", self.laptop)["pending"]
        wrong = "Caf\u00e9".encode("latin-1")
        for content in (wrong, b"<![CDATA[" + wrong + b"]]>", b"A <![CDATA[B" + wrong + b"]]> C", b"<![CDATA[\xed\xa0\x80]]>"):
            places = 0
            with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(edited, "w") as new:
                for name in old.namelist():
                    data = old.read(name)
                    places += data.count(b">Een thema voor de cel<")
                    new.writestr(name, data.replace(b">Een thema voor de cel<", b">" + content + b"<"))
            self.assertGreater(places, 0)
            with self.subTest(content=content):
                done = ambit("import", edited, "-C", self.laptop, "--json")
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn("UTF-8", done.stderr)
                self.assertEqual(self.answer("status", "-C", self.laptop)["pending"], pending)
        # What is UTF-8 is taken, however it is written.
        with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(edited, "w") as new:
            for name in old.namelist():
                new.writestr(name, old.read(name).replace(b">Een thema voor de cel<", "><![CDATA[Caf\u00e9]]><".encode()))
        self.answer("import", edited, "-C", self.laptop)
        self.assertEqual(self.answer("show", subject, "-C", self.laptop)["document"]["title"], "Caf\u00e9")
        self.sync(self.laptop)

    def test_what_is_no_number_in_digits_is_none_in_a_workbook_either(self):
        self.answer("record", "project.started", "title=Een plek", "location.latitude=52.5", "location.longitude=6.5", "-C", self.laptop)
        self.sync(self.laptop)
        workbook, edited = (os.path.join(self.home, name) for name in ("tables.xlsx", "edited.xlsx"))
        self.answer("export", "--format", "xlsx", "-o", workbook, "-C", self.laptop)

        def imported(value):
            with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(edited, "w") as new:
                places = 0
                for name in old.namelist():
                    data = old.read(name)
                    places += data.count(b"<v>52.5</v>")
                    new.writestr(name, data.replace(b"<v>52.5</v>", f"<v>{value}</v>".encode()))
            self.assertEqual(places, 1)
            return ambit("import", edited, "--dry-run", "-C", self.laptop, "--json")
        for value in ("0x10", "0x1p4", "1e400", "nan", "inf", "52,5", "52.5.1"):
            with self.subTest(value=value):
                self.assertEqual(imported(value).returncode, 1)
        # As spreadsheets write them.
        for value, found in (("5.25E+1", 0), ("0.10000000000000001", 1), ("-0.5", 1), ("5E-2", 1)):
            with self.subTest(value=value):
                done = imported(value)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(len(json.loads(done.stdout)["events"]), found)

    def test_what_a_spreadsheet_makes_a_day_or_a_percentage_is_no_number(self):
        self.answer("record", "project.started", "title=Nog een plek", "location.latitude=51.5", "location.longitude=6.5", "-C", self.laptop)
        self.sync(self.laptop)
        workbook, edited = (os.path.join(self.home, name) for name in ("tables.xlsx", "edited.xlsx"))
        self.answer("export", "--format", "xlsx", "-o", workbook, "-C", self.laptop)

        def imported(value, form):
            with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(edited, "w") as new:
                places = 0
                for name in old.namelist():
                    data = old.read(name).decode()
                    data, count = re.subn(r' t="n"><v>51\.5</v>', f' s="3" t="n"><v>{value}</v>', data)
                    places += count
                    if name == "xl/styles.xml":
                        data = data.replace("</cellXfs>", f'<xf numFmtId="{form}" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>')
                    new.writestr(name, data)
            self.assertEqual(places, 1)
            return ambit("import", edited, "--dry-run", "-C", self.laptop, "--json")
        # 14: a day; 9: a percentage; 164: the export's own form of days; 18: a time.
        for form in (14, 9, 164, 18):
            with self.subTest(form=form):
                done = imported("46", form)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn("latitude", done.stderr)
                # Nobody has changed the number, however it is shown.
                self.assertEqual(json.loads(imported("51.5", form).stdout)["events"], [])
        # The canary: as a number it is taken.
        for form in (0, 2, 4):
            self.assertEqual(len(json.loads(imported("46", form).stdout)["events"]), 1)

    def export(self):
        """A workbook of what there is, and where to put an edited one."""
        self.sync(self.laptop)
        workbook, edited = (os.path.join(self.home, name) for name in ("tables.xlsx", "edited.xlsx"))
        self.answer("export", "--format", "xlsx", "-o", workbook, "-C", self.laptop)
        return workbook, edited

    def set_cells(self, workbook, edited, table, cells, subject=None, form=None):
        """The workbook with other cells in the row of a subject, or in a new row; each cell as its XML without its name.

        Gives the row's number. A form is the code of a format that the style with number 3 has.
        """
        with zipfile.ZipFile(workbook) as old, zipfile.ZipFile(edited, "w", zipfile.ZIP_DEFLATED) as new:
            names = re.findall(r'<sheet name="(\w+)"', old.read("xl/workbook.xml").decode())
            for name in old.namelist():
                data = old.read(name).decode()
                if name == f"xl/worksheets/sheet{names.index(table) + 1}.xml":
                    letters = {column: letter for letter, column in re.findall(r'<c r="([A-Z]+)1"[^>]*><is><t[^>]*>(\w+)<', data)}
                    rows = re.findall(r'<row r="(\d+)">(.*?)</row>', data, re.S)
                    number, row = next(((n, row) for n, row in rows if f">{subject}<" in row), (str(len(rows) + 1), ""))
                    kept = re.findall(r'<c r="[A-Z]+\d+"[^>]*>.*?</c>', row, re.S)
                    found = {re.match(r'<c r="([A-Z]+)', cell)[1]: cell for cell in kept}
                    found |= {letters[column]: f'<c r="{letters[column]}{number}"{cell}' for column, cell in cells.items()}
                    made = "".join(found[letter] for letter in sorted(found, key=lambda letter: (len(letter), letter)))
                    made = f'<row r="{number}">{made}</row>'
                    before = f'<row r="{number}">{row}</row>' if row else "</sheetData>"
                    self.assertEqual(data.count(before), 1)
                    data = data.replace(before, made if row else made + before)
                if name == "xl/styles.xml" and form:
                    data = data.replace('<numFmts count="1">', f'<numFmts count="2"><numFmt numFmtId="165" formatCode="{form}"/>')
                    data = data.replace("</cellXfs>", '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>')
                new.writestr(name, data)
        return number

    def imported(self, edited, *arguments):
        return ambit("import", edited, *arguments, "-C", self.laptop, "--json")

    def test_a_number_becomes_no_day_of_another_year_and_no_text_that_nobody_saw(self):
        subject = self.answer("record", "project.started", "title=Zonder dag", "end=2027-03-04", "-C", self.laptop)["subject"]
        workbook, edited = self.export()
        # 46338 is a day, but where it is shown as a number nobody means one; the last is the day that stood there.
        for column, value in (("start", 2027), ("start", 112027), ("start", 46338), ("end", 2028)):
            with self.subTest(column=column, value=value):
                self.set_cells(workbook, edited, "project", {column: f"><v>{value}</v></c>"}, subject)
                done = self.imported(edited, "--dry-run")
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn(f"column {column}", done.stderr)
                self.assertIn("such as 2026-11-12", done.stderr)
        # What stood there is no change, though its format is gone; and a day is one where it is shown as a day.
        self.set_cells(workbook, edited, "project", {"end": "><v>46450</v></c>"}, subject)
        self.assertEqual(json.loads(self.imported(edited, "--dry-run").stdout)["events"], [])
        for form in ("yyyy\\-mm\\-dd", "[$-413]d\\ mmmm\\ yyyy"):
            self.set_cells(workbook, edited, "project", {"start": ' s="3"><v>46338</v></c>'}, subject, form)
            self.assertIn('"start":"2026-11-12"', json.loads(self.imported(edited, "--dry-run").stdout)["events"][0])
        # A text is what a cell shows.
        for form in ("00000", "#,##0.00", "0\\ &quot;stuks&quot;"):
            with self.subTest(form=form):
                self.set_cells(workbook, edited, "project", {"summary": ' s="3"><v>42</v></c>'}, subject, form)
                done = self.imported(edited, "--dry-run")
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn("column summary", done.stderr)
        for form in ("General", "@"):
            self.set_cells(workbook, edited, "project", {"summary": ' s="3"><v>42</v></c>'}, subject, form)
            self.assertIn('"summary":"42"', json.loads(self.imported(edited, "--dry-run").stdout)["events"][0])

    def test_exports_outlive_a_redaction_and_bring_back_nothing_of_it(self):
        def text(words):
            return f' t="inlineStr"><is><t>{words}</t></is></c>'
        ours = self.answer("record", "project.started", "title=Verzonnen warmtenet", "-C", self.laptop)["subject"]
        other = self.answer("record", "project.started", "title=Verzonnen brug", "-C", self.laptop)["subject"]
        self.revise(self.laptop, ours, "summary", "Verzonnen geheim")
        workbook, edited = self.export()
        self.set_cells(workbook, edited, "project", {"title": text("Verzonnen tunnel")}, other)
        size = self.answer("status", "-C", self.laptop)["size"]
        archive = os.path.join(self.home, "before.zip")
        self.answer("export", "--format", "tables", "-o", archive, "-C", self.laptop)
        sheet = os.path.join(self.home, "project.csv")
        with zipfile.ZipFile(archive) as tables:
            data = tables.read("project.csv").decode()
        self.assertIn("Verzonnen geheim", data)
        pathlib.Path(sheet).write_bytes(data.replace("Verzonnen brug", "Verzonnen tunnel").encode())
        done = ambit("log", "--json", "--explain", "--subject", ours, "-C", self.laptop)
        position = max(json.loads(line)["position"] for line in done.stdout.splitlines())
        self.answer("redact", str(position), "--reason", "Verzonnen verzoek", "--yes", "-C", self.laptop)
        self.sync(self.laptop)
        for file, arguments in ((workbook, ()), (edited, ()), (sheet, ("--at", str(size)))):
            with self.subTest(file=file):
                done = self.imported(file, *arguments, "--dry-run")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertNotIn("geheim", done.stdout)
                answer = json.loads(done.stdout)
                self.assertEqual(len(answer["events"]), 0 if file == workbook else 1)
                self.assertEqual({(cell["table"], cell["column"]) for cell in answer["erased"]}, {("project", "summary")})
                self.assertGreater(answer["erased"][0]["row"], 1)
        told = ambit("import", edited, "-C", self.laptop, "--dry-run", LC_ALL="nl_NL.UTF-8")
        self.assertIn("is sindsdien gewist", told.stdout + told.stderr)
        # Who joins afterwards makes the same files, which come back as they are.
        fresh = os.path.join(self.home, "later")
        invite = self.answer("invite", "--role", "editor", "-C", self.laptop)["invite"]
        self.answer("clone", f"{self.url}/agendas/proef", fresh, "--invite", invite, "--name", "Later", "--device", "later")
        self.sync(self.laptop, fresh)
        made = []
        for replica in (self.laptop, fresh):
            path = os.path.join(self.home, f"made-{len(made)}.xlsx")
            self.answer("export", "--format", "xlsx", "-o", path, "-C", replica)
            made.append(pathlib.Path(path).read_bytes())
            done = ambit("import", path, "-C", replica, "--json")
            self.assertEqual((done.returncode, json.loads(done.stdout or "{}").get("events")), (0, []), done.stderr)
        self.assertEqual(*made)

    def test_a_workbook_that_is_taken_in_twice_makes_its_new_rows_once(self):
        def text(words):
            return f' t="inlineStr"><is><t>{words}</t></is></c>'
        self.answer("record", "theme.opened", "title=Een ander thema", "-C", self.laptop)
        workbook, edited = self.export()
        row = self.set_cells(workbook, edited, "theme", {"title": text("Uit het blad"), "summary": text("Nieuw")})
        done = self.imported(edited)
        self.assertEqual((done.returncode, json.loads(done.stdout)["recorded"]), (0, 1), done.stderr)
        for is_sent in (False, True):
            if is_sent:
                self.sync(self.laptop)
            for arguments in ((), ("--dry-run",)):
                with self.subTest(is_sent=is_sent, arguments=arguments):
                    done = self.imported(edited, *arguments)
                    self.assertEqual(done.returncode, 1, done.stdout)
                    error = json.loads(done.stderr.splitlines()[-1])
                    self.assertEqual(error["error"], "written-here")
                    self.assertIn(f"theme, row {row}", error["message"])
                    done = ambit("import", edited, *arguments, "-C", self.laptop, LC_ALL="nl_NL.UTF-8")
                    self.assertIn("dezelfde waarden", done.stderr)
        titles = [item["document"]["title"] for item in self.answer("show", "--kind", "theme", "-C", self.laptop)]
        self.assertEqual(titles.count("Uit het blad"), 1)
        # A later export shows the first, so one more like it is meant.
        workbook, edited = self.export()
        self.set_cells(workbook, edited, "theme", {"title": text("Uit het blad"), "summary": text("Nieuw")})
        self.assertEqual(self.imported(edited).returncode, 0)
        self.sync(self.laptop)

    def test_what_is_unlikely_of_a_workbook_is_told(self):
        def text(words):
            return f' t="inlineStr"><is><t>{words}</t></is></c>'
        made = {kind: self.answer("record", *words, "-C", self.laptop)["subject"] for kind, words in {
            "theme": ("theme.opened", "title=Twijfel"),
            "indicator": ("indicator.defined", "name=Getwijfeld", "unit=stuks", "aggregation=sum")}.items()}
        ambition = self.answer("record", "ambition.proposed", f"theme={made['theme']}", "title=Minder twijfel", "-C", self.laptop)["subject"]
        self.answer("record", "ambition.targeted", ambition, f"targets.{made['indicator']}.quantity=5", "-C", self.laptop)
        self.answer("record", "measurement.recorded", f"ambition={ambition}", f"indicator={made['indicator']}", "value=3", "on=2024-01-01",
                    "-C", self.laptop)
        workbook, edited = self.export()

        def row(value, day):
            return self.set_cells(workbook, edited, "measurement", {
                "ambition": text(ambition), "indicator": text(made["indicator"]), "value": f"><v>{value}</v></c>", "on": text(day)})
        # What record asks of the same values, before they are recorded and after.
        for value, day, doubts in (("-12.5", "2099-11-20", {"future", "negative"}), ("3", "2024-01-01", {"twice"}), ("4", "2024-01-01", set())):
            number = row(value, day)
            for arguments in (("--dry-run",), ()):
                with self.subTest(value=value, arguments=arguments):
                    done = self.imported(edited, *arguments)
                    self.assertEqual(done.returncode, 0, done.stderr)
                    found = json.loads(done.stdout).get("doubts", [])
                    self.assertEqual({doubt["doubt"] for doubt in found}, doubts)
                    self.assertTrue(all((doubt["table"], doubt["row"]) == ("measurement", int(number)) for doubt in found), found)
        row("-7", "2099-11-21")
        for arguments, end in ((("--dry-run",), False), ((), True)):
            done = ambit("import", edited, *arguments, "-C", self.laptop, LC_ALL="nl_NL.UTF-8")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertRegex(done.stderr, r"measurement, rij \d+, kolom value: Klopt dit\?.*-7")
            self.assertEqual("ambit undo" in done.stderr, end)
        self.sync(self.laptop)

    def test_texts_of_a_workbook_are_kept_as_those_that_are_typed(self):
        def text(words):
            return f' t="inlineStr"><is><t>{words}</t></is></c>'
        typed, composed = "Energietuin Ae\u0301", "Energietuin A\u00e9"
        subject = self.answer("record", "theme.opened", f"title={typed}", "-C", self.laptop)["subject"]
        self.assertEqual(self.answer("show", subject, "-C", self.laptop)["document"]["title"], composed)
        workbook, edited = self.export()
        # What differs in how it is composed alone is no change.
        self.set_cells(workbook, edited, "theme", {"title": text(typed)}, subject)
        self.assertEqual(json.loads(self.imported(edited).stdout)["events"], [])
        self.set_cells(workbook, edited, "theme", {"title": text(typed + "tje")}, subject)
        done = self.imported(edited)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.answer("show", subject, "-C", self.laptop)["document"]["title"], composed + "tje")
        # Nor is more taken than anybody can read, or nothing at all.
        for wrong in ("x" + "\u0489" * 40, "  ", "\u00a0"):
            self.set_cells(workbook, edited, "theme", {"title": text(wrong)}, subject)
            for arguments in (("--dry-run",), ()):
                done = self.imported(edited, *arguments)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn("column title", done.stderr)
        self.sync(self.laptop)


if __name__ == "__main__":
    unittest.main()
