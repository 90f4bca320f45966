"""The files of a snapshot, read by programs of others; each with a file that is broken on purpose and has to be noticed.

    Tests/snapshots/run PATH-OF-AMBIT
"""
import csv
import datetime
import hashlib
import io
import json
import os
import re
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest
import urllib.request
import zipfile

import duckdb
import duckdb_extension_sqlite_scanner
import frictionless
import openpyxl
import openpyxl.utils.escape
import pandas
import pyogrio
import pyshacl
import rdflib

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/support"))
from waiting import HANGS  # noqa: E402

AMBIT = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ""
EXAMPLES = [ROOT / "Protocol/Examples/assen.ndjson", ROOT / "Protocol/Examples/fieldwork.ndjson"]
# Invented; each is a text that some reader of tables is known to stumble over.
HARD_TEXTS = ["=1+1", "@SUM(A1)", "zegt \"ja\", en\nnee", " rand ", "_x000D_", "é€😀", "<b>&amp;</b>", "-12", "007", "NaN", "TRUE"]


def run(*command, code=0):
    done = subprocess.run([str(part) for part in command], capture_output=True, timeout=HANGS)
    assert done.returncode == code, (command, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


class Snapshots(unittest.TestCase):
    """One agenda for all tests: the one of Protocol/Examples, with a conflict and hard texts."""

    @classmethod
    def setUpClass(cls):
        cls.home = pathlib.Path(tempfile.mkdtemp(prefix="ambit-snapshots."))
        made = cls.answer("agenda", "create", "assen", "--title", "Proef", "--data", cls.home / "data")
        with open(cls.home / "server.log", "w") as log:
            cls.server = subprocess.Popen([AMBIT, "serve", "--data", cls.home / "data", "--listen", "127.0.0.1:0", "--json"],
                                          stdout=subprocess.PIPE, stderr=log, text=True)
        cls.addClassCleanup(cls.stop)
        cls.url = json.loads(cls.server.stdout.readline())["url"] + "/agendas/assen"
        cls.one, cls.two = cls.home / "one", cls.home / "two"
        cls.answer("clone", cls.url, cls.one, "--invite", made["invite"], "--name", "Proef", "--device", "een")
        names = cls.answer("import", *EXAMPLES, "-C", cls.one)["names"]
        invite = cls.answer("invite", "--agenda", "assen", "--role", "editor", "--data", cls.home / "data")["invite"]
        cls.answer("sync", "-C", cls.one)
        cls.answer("clone", cls.url, cls.two, "--invite", invite, "--name", "Tweede", "--device", "twee")
        project = names["energietuin"]
        lines = [{"type": "note.added", "data": {"about": project, "text": text}} for text in HARD_TEXTS]
        lines += [{"type": "project.revised", "subject": project, "data": {"location": {"latitude": 52.99, "longitude": 6.56}}}]
        lines += [{"type": "theme.opened", "data": {"title": text}} for text in HARD_TEXTS]
        (cls.home / "hard.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        cls.answer("import", cls.home / "hard.ndjson", "-C", cls.two)
        run(AMBIT, "record", "project.revised", project, "title=Een titel", "-C", cls.one)
        run(AMBIT, "record", "project.revised", project, "title=Een andere titel", "-C", cls.two)
        for replica in (cls.one, cls.two, cls.one):
            cls.answer("sync", "-C", replica)
        cls.size = cls.answer("status", "-C", cls.one)["size"]
        cls.files = cls.home / "files"
        cls.files.mkdir()
        for form, name in (("tables", "tables.zip"), ("sqlite", "tables.sqlite"), ("xlsx", "tables.xlsx"), ("geojson", "projects.geojson")):
            cls.answer("export", "--format", form, "-o", cls.files / name, "-C", cls.one)
        with zipfile.ZipFile(cls.files / "tables.zip") as archive:
            assert archive.testzip() is None
            archive.extractall(cls.files / "tables")

    @classmethod
    def stop(cls):
        cls.server.send_signal(signal.SIGTERM)
        code = cls.server.wait(HANGS)
        cls.server.stdout.close()
        shutil.rmtree(cls.home)
        assert code == 0, f"the server ended with {code}"

    @classmethod
    def answer(cls, *arguments):
        return json.loads(run(AMBIT, *arguments, "--json"))

    @classmethod
    def token(cls):
        return (cls.one / "token").read_text().strip()

    def rows(self, table):
        with open(self.files / f"tables/{table}.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def folder(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.home))
        self.addCleanup(shutil.rmtree, folder)
        return folder

    # --- The files themselves ---

    def test_two_machines_make_the_same_bytes(self):
        folder = self.folder()
        for form, name in (("tables", "tables.zip"), ("xlsx", "tables.xlsx"), ("geojson", "projects.geojson"), ("sqlite", "tables.sqlite")):
            there = ["-C", self.two], ["--data", self.home / "data", "--agenda", "assen"]
            self.answer("sync", "-C", self.two)
            for number, place in enumerate(there):
                self.answer("export", "--format", form, "--at", self.size, "-o", folder / f"{number}-{name}", *place)
                self.assertEqual(hashlib.sha256((folder / f"{number}-{name}").read_bytes()).hexdigest(),
                                 hashlib.sha256((self.files / name).read_bytes()).hexdigest(), name)
            self.assertEqual(run(AMBIT, "export", "--format", form, "--at", self.size, "-C", self.one), (self.files / name).read_bytes())
            before = run(AMBIT, "export", "--format", form, "--at", self.size - 1, "-C", self.one)
            if form != "geojson":
                self.assertNotEqual(before, (self.files / name).read_bytes())

    def test_hard_texts_come_back_as_they_were(self):
        self.assertEqual(sorted(HARD_TEXTS), sorted(row["text"] for row in self.rows("note") if row["text"] in HARD_TEXTS))
        titles = [row["title"] for row in self.rows("theme")]
        self.assertTrue(set(HARD_TEXTS) <= set(titles))

    # --- Frictionless ---

    def test_frictionless(self):
        report = frictionless.validate(str(self.files / "tables.zip"))
        self.assertTrue(report.valid, report.flatten(["type", "message"]))
        self.assertGreater(len(report.tasks), 15)

    def test_frictionless_notices(self):
        def broken(change):
            folder = self.folder()
            shutil.copytree(self.files / "tables", folder / "t")
            change(folder / "t")
            with frictionless.system.use_context(trusted=True):
                return not frictionless.validate(str(folder / "t/datapackage.json")).valid

        def replaced(name, old, new):
            def change(folder):
                text = (folder / name).read_bytes().decode()
                self.assertIn(old, text)
                (folder / name).write_bytes(text.replace(old, new, 1).encode())
            return change

        milestone = self.rows("milestone")[0]
        self.assertFalse(broken(lambda folder: None))
        self.assertTrue(broken(replaced("milestone.csv", milestone["due"], "gisteren  "[:10])))
        self.assertTrue(broken(replaced("milestone.csv", milestone["project"], milestone["project"][:-1] + "~")))
        self.assertTrue(broken(replaced("theme.csv", "subject", "onderwerp")))

    # --- SQLite ---

    def database(self, path=None):
        database = sqlite3.connect(path or self.files / "tables.sqlite")
        self.addCleanup(database.close)
        return database

    def progress(self):
        request = urllib.request.Request(self.url.replace("/agendas/", "/v1/agendas/") + "/progress", headers={"Authorization": f"Bearer {self.token()}"})
        with urllib.request.urlopen(request, timeout=HANGS) as answer:
            return json.load(answer)["progress"]

    def differences(self, database):
        """Between the view and what the server says, and everything else that is wrong."""
        found = [row for row in database.execute("PRAGMA integrity_check") if row != ("ok",)]
        found += database.execute("PRAGMA foreign_key_check").fetchall()
        shown = {(row[0], row[1]): row[2:] for row in database.execute(
            "SELECT subject, indicator, target, value, measurements, unit FROM ambition_progress")}
        for known in self.progress():
            row = shown.pop((known["ambition"], known["indicator"]), None)
            if not row or abs(row[1] - known["value"]) > 1e-9 * abs(known["value"]) or row[0] != known["target"] \
                    or row[2] != known["measurements"] or row[3] != known.get("unit"):
                found.append((known, row))
        return found + list(shown)

    def test_sqlite(self):
        database = self.database()
        self.assertEqual(self.differences(database), [])
        self.assertGreater(database.execute("SELECT count(*) FROM ambition_progress WHERE measurements > 0").fetchone()[0], 0)
        self.assertEqual(database.execute("SELECT size FROM export").fetchone(), (self.size,))
        self.assertEqual(database.execute("SELECT count(DISTINCT path) FROM open_conflicts WHERE author_name IS NOT NULL").fetchone(), (1,))
        self.assertEqual(database.execute("SELECT count(DISTINCT position) FROM history").fetchone(), (self.size,))
        for (view,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
            database.execute(f'SELECT * FROM "{view}"').fetchall()

    def test_sqlite_notices(self):
        for change in ("DELETE FROM theme WHERE subject IN (SELECT theme FROM ambition)",
                       "UPDATE measurement SET value = value + 1", "UPDATE ambition_target SET quantity = quantity + 1"):
            copy = self.folder() / "tables.sqlite"
            shutil.copy(self.files / "tables.sqlite", copy)
            database = self.database(copy)
            database.execute(change)
            self.assertNotEqual(self.differences(database), [], change)
        copy = self.folder() / "tables.sqlite"
        data = bytearray((self.files / "tables.sqlite").read_bytes())
        data[-4096 * 3:-4096 * 2] = bytes(4096)
        copy.write_bytes(data)
        with self.assertRaises(sqlite3.DatabaseError):
            found = self.database(copy).execute("PRAGMA integrity_check").fetchall()
            raise sqlite3.DatabaseError(found) if found != [("ok",)] else AssertionError(found)

    # --- DuckDB ---

    def duckdb(self):
        connection = duckdb.connect()
        self.addCleanup(connection.close)
        place = pathlib.Path(duckdb_extension_sqlite_scanner.__file__).parent
        (extension,) = place.rglob("*.duckdb_extension")
        connection.execute(f"SET extension_directory = '{self.folder()}'")
        connection.execute(f"INSTALL '{extension}'")
        return connection

    def test_duckdb(self):
        connection = self.duckdb()
        connection.execute(f"ATTACH '{self.files / 'tables.sqlite'}' AS agenda (TYPE sqlite)")
        for table in ("measurement", "project", "change", "theme"):
            counted = connection.execute(f"SELECT count(*) FROM agenda.{table}").fetchone()[0]
            read = connection.execute(f"SELECT count(*) FROM read_csv('{self.files}/tables/{table}.csv', header = true)").fetchone()[0]
            self.assertEqual((counted, read), (len(self.rows(table)),) * 2, table)
        total = connection.execute("SELECT sum(value) FROM agenda.measurement").fetchone()[0]
        self.assertAlmostEqual(total, sum(float(row["value"]) for row in self.rows("measurement")))
        parquet = self.folder() / "measurement.parquet"
        connection.execute(f"COPY agenda.measurement TO '{parquet}' (FORMAT parquet)")
        self.assertEqual(connection.execute(f"SELECT count(*) FROM '{parquet}'").fetchone()[0], len(self.rows("measurement")))

    def test_duckdb_notices(self):
        copy = self.folder() / "tables.sqlite"
        copy.write_bytes((self.files / "tables.sqlite").read_bytes()[:20_000])
        connection = self.duckdb()
        with self.assertRaises(duckdb.Error):
            connection.execute(f"ATTACH '{copy}' AS agenda (TYPE sqlite)")
            connection.execute("SELECT count(*) FROM agenda.measurement JOIN agenda.change USING (subject)").fetchone()

    # --- Datasette ---

    def datasette(self, file, path):
        done = subprocess.run([pathlib.Path(sys.executable).with_name("datasette"), file, "--get", path],
                              capture_output=True, timeout=HANGS)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def test_datasette(self):
        found = self.datasette(self.files / "tables.sqlite", "/tables/measurement.json?_shape=array&_size=max")
        self.assertEqual([row["subject"] for row in found], [row["subject"] for row in self.rows("measurement")])
        self.assertTrue(self.datasette(self.files / "tables.sqlite", "/tables/ambition_progress.json?_shape=array"))

    def test_datasette_notices(self):
        copy = self.folder() / "tables.sqlite"
        copy.write_bytes(b"no database" * 1000)
        self.assertIsNone(self.datasette(copy, "/tables/measurement.json?_shape=array"))

    # --- pandas ---

    def test_pandas(self):
        frame = pandas.read_csv(self.files / "tables/measurement.csv", parse_dates=["on"])
        self.assertEqual(str(frame["value"].dtype), "float64")
        self.assertTrue(str(frame["on"].dtype).startswith("datetime64"), frame["on"].dtype)
        with sqlite3.connect(self.files / "tables.sqlite") as database:
            total = pandas.read_sql("SELECT sum(value) AS total FROM measurement", database)["total"][0]
        database.close()
        self.assertAlmostEqual(frame["value"].sum(), total)

    def test_pandas_notices(self):
        broken = (self.files / "tables/measurement.csv").read_text().replace(self.rows("measurement")[0]["on"], "ooit", 1)
        frame = pandas.read_csv(io.StringIO(broken), parse_dates=["on"], date_format="%Y-%m-%d")
        self.assertFalse(str(frame["on"].dtype).startswith("datetime64"))

    # --- Workbooks ---

    def sheets(self, path):
        """All sheets as rows of texts, as the CSV has them."""
        values, formulas = (openpyxl.load_workbook(path, data_only=only) for only in (True, False))
        self.addCleanup(values.close)
        self.addCleanup(formulas.close)
        for sheet in formulas:
            for row in sheet.iter_rows():
                for cell in row:
                    # LibreOffice saves a truth as a formula.
                    self.assertTrue(cell.data_type != "f" or cell.value in ("=TRUE()", "=FALSE()"), cell.value)
        return {sheet.title: [[self.text(cell.value) for cell in row] for row in sheet.iter_rows()] for sheet in values}

    def text(self, value):
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, datetime.datetime):
            return value.date().isoformat()
        # openpyxl leaves the characters that XML does not have as they are written.
        return openpyxl.utils.escape.unescape(value) if isinstance(value, str) else float(value)

    def expected(self, table):
        with open(self.files / f"tables/{table}.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        schema = next(r for r in json.loads((self.files / "tables/datapackage.json").read_text())["resources"] if r["name"] == table)
        numbers = {i for i, field in enumerate(schema["schema"]["fields"]) if field["type"] in ("number", "integer")}
        return rows[:1] + [[float(text) if i in numbers and text else text for i, text in enumerate(row)] for row in rows[1:]]

    def held_against_tables(self, sheets):
        # People read a workbook, so it says there what an amount is in.
        for rows in sheets.values():
            rows[0] = ["budget" if name == "budget (euro cents)" else name for name in rows[0]]
        return [table for table, rows in sheets.items() if rows != self.expected(table)]

    def test_openpyxl(self):
        sheets = self.sheets(self.files / "tables.xlsx")
        self.assertEqual(set(sheets), {path.stem for path in (self.files / "tables").glob("*.csv")} - {"change"})
        self.assertEqual(self.held_against_tables(sheets), [])

    def test_openpyxl_notices(self):
        book = openpyxl.load_workbook(self.files / "tables.xlsx")
        book["theme"]["B2"] = "iets anders"
        copy = self.folder() / "tables.xlsx"
        book.save(copy)
        book.close()
        self.assertEqual(self.held_against_tables(self.sheets(copy)), ["theme"])

    def converted(self, path):
        """The sheets as LibreOffice saves them."""
        folder = self.folder()
        run("soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
            "--outdir", folder, path)
        return folder / "tables.xlsx"

    def test_libreoffice(self):
        # LibreOffice reads "_x005F_x000D_" as "_x000D_", and saves that as it is: as a carriage return.
        sheets = {table: [[text.replace("\r", "_x000D_") if isinstance(text, str) else text for text in row] for row in rows]
                  for table, rows in self.sheets(self.converted(self.files / "tables.xlsx")).items()}
        self.assertEqual(self.held_against_tables(sheets), [])

    def test_libreoffice_notices(self):
        copy = self.folder() / "tables.xlsx"
        with zipfile.ZipFile(self.files / "tables.xlsx") as archive, zipfile.ZipFile(copy, "w") as broken:
            for name in archive.namelist():
                content = archive.read(name)
                broken.writestr(name, content.replace(b"Proef<", b"Ander<") if name.startswith("xl/worksheets/") else content)
        self.assertNotEqual(self.held_against_tables(self.sheets(self.converted(copy))), [])

    # --- Back from a spreadsheet ---

    def edited(self, change, source="tables.xlsx"):
        """The workbook after a change."""
        book = openpyxl.load_workbook(source if isinstance(source, pathlib.Path) else self.files / source)
        change(book)
        copy = self.folder() / "tables.xlsx"
        book.save(copy)
        book.close()
        return copy

    def cell(self, book, table, subject, column):
        sheet = book[table]
        header = [cell.value for cell in sheet[1]]
        row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == subject)
        return row[header.index(column)]

    def tried(self, file, *more, replica=None):
        return self.answer("import", file, "--dry-run", *more, "-C", replica or self.one)

    def refused(self, file, *words, more=(), code="invalid-cell"):
        done = subprocess.run([AMBIT, "import", str(file), *more, "-C", str(self.one), "--json"], capture_output=True, timeout=HANGS)
        self.assertEqual((done.returncode, done.stdout), (1, b""), done.stderr)
        error = json.loads(done.stderr.splitlines()[-1])
        for word in words:
            self.assertIn(word, error["message"])
        self.assertEqual(error["error"], code, error)
        self.assertEqual(self.answer("status", "-C", self.one)["pending"], 0)

    def archive(self, change=lambda name, text: text):
        copy = self.folder() / "tables.zip"
        with zipfile.ZipFile(self.files / "tables.zip") as archive, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as other:
            for name in archive.namelist():
                other.writestr(name, change(name, archive.read(name).decode()))
        return copy

    def test_a_file_that_was_only_saved_anew_changes_nothing(self):
        files = [self.files / "tables.xlsx", self.files / "tables.zip", self.edited(lambda book: None),
                 self.converted(self.files / "tables.xlsx"), self.archive()]
        for file in files:
            self.assertEqual(self.tried(file)["events"], [], file)
        for table in ("project", "theme", "measurement"):
            self.assertEqual(self.tried(self.files / f"tables/{table}.csv", "--at", self.size)["events"], [])

    def test_every_kind_of_cell_can_be_changed(self):
        milestone, measurement, target = (self.rows(table)[0] for table in ("milestone", "measurement", "ambition_target"))
        theme = self.rows("theme")[0]
        links = {(row["subject"], row["ambition"]) for row in self.rows("project_ambition")}
        project, ambition = next((p["subject"], a["subject"]) for p in self.rows("project") for a in self.rows("ambition")
                                 if (p["subject"], a["subject"]) not in links)

        def change(book):
            self.cell(book, "milestone", milestone["subject"], "due").value = datetime.date(2031, 2, 28)
            self.cell(book, "measurement", measurement["subject"], "value").value = 12345.675
            self.cell(book, "theme", theme["subject"], "title").value = "=Een titel, met _x000D_ en\nregels"
            self.cell(book, "theme", theme["subject"], "title").data_type = "s"
            self.cell(book, "ambition_target", target["subject"], "quantity").value = 4321
            book["project_ambition"].append([project, ambition])
            book["measurement"].append([None, milestone["project"], None, measurement["indicator"], 7, datetime.date(2026, 11, 1)])

        for file in (self.edited(change), self.converted(self.edited(change))):
            events = [json.loads(line) for line in self.tried(file)["events"]]
            self.assertTrue(all(event["basis"] == self.size for event in events))
            found = {event["type"]: event for event in events}
            self.assertEqual(len(found), len(events))
            self.assertEqual(found["milestone.moved"]["data"], {"due": "2031-02-28"})
            self.assertEqual(found["measurement.corrected"]["data"], {"value": 12345.675})
            self.assertEqual(found["ambition.targeted"]["data"], {"targets": {target["indicator"]: {"quantity": 4321}}})
            self.assertEqual(found["project.linked"], found["project.linked"] | {"subject": project, "data": {"ambitions": {ambition: True}}})
            self.assertEqual(found["measurement.recorded"]["data"], {
                "project": milestone["project"], "indicator": measurement["indicator"], "value": 7, "on": "2026-11-01"})
            self.assertEqual(events[0]["type"], "measurement.recorded")
            self.assertTrue(found["theme.revised"]["data"]["title"].startswith("=Een titel, met "), found["theme.revised"])
        self.assertEqual(self.answer("status", "-C", self.one)["pending"], 0)

    def test_what_cannot_be_taken_is_named_and_nothing_is_recorded(self):
        milestone, measurement, theme = (self.rows(table)[0] for table in ("milestone", "measurement", "theme"))

        def put(table, subject, column, value):
            def change(book):
                self.cell(book, table, subject, column).value = value
            return self.edited(change)

        self.refused(put("milestone", milestone["subject"], "due", "gisteren"), "milestone, row 2, column due", "gisteren")
        self.refused(put("measurement", measurement["subject"], "value", "12,5"), "measurement, row 2, column value", "12,5")
        self.refused(put("measurement", measurement["subject"], "value", "=1+1"), "column value", "formula")
        self.refused(put("measurement", measurement["subject"], "value_position", 1), "column value_position")
        self.refused(put("measurement", measurement["subject"], "voided", "misschien"), "column voided", "misschien")
        self.refused(put("theme", theme["subject"], "title", None), "theme, row 2, column title", code="invalid-data")
        self.refused(put("project", self.rows("project")[0]["subject"], "theme", "theme/bestaat-niet"), "column theme", code="unknown-reference")
        self.refused(put("project", self.rows("project")[0]["subject"], "phase", "klaar"), "column phase", code="invalid-data")
        self.refused(put("export", self.rows("export")[0]["subject"], "size", self.size + 1), "sync first", code="other-log")
        self.refused(put("export", self.rows("export")[0]["subject"], "size", self.size - 1), "another log", code="other-log")
        self.refused(put("export", self.rows("export")[0]["subject"], "origin", "elders"), "elders", code="other-log")
        self.refused(self.edited(lambda book: book["theme"].append(["theme/nieuw-1", "Nieuw"])), "theme/nieuw-1", "empty")
        self.refused(self.edited(lambda book: book["theme"].append([None, "Nieuw", None, None, "closed"])), "theme", code="invalid-data")
        self.refused(self.edited(lambda book: book["member"].append([None, "Iemand", "admin"])), "member")
        self.refused(self.edited(lambda book: book["theme"].append([theme["subject"], "Weer"])), "twice")
        self.refused(self.edited(lambda book: book["theme"].merge_cells("A2:B2")), "A2:B2", "merged")
        self.refused(self.edited(lambda book: book["theme"].cell(1, 6, "kolom")), "column kolom")
        self.refused(self.edited(lambda book: book["theme"].cell(3, 9, "los")), "theme, row 3")
        self.refused(self.edited(lambda book: book["theme"].delete_cols(1)), "subject")
        self.refused(self.edited(lambda book: book.create_sheet("Blad1").append(["iets"])), "Blad1")
        hidden = self.edited(lambda book: setattr(book.create_sheet("Verborgen"), "sheet_state", "hidden"))
        self.assertEqual(self.tried(hidden)["events"], [])
        self.refused(self.edited(lambda book: book.remove(book["export"])), "export", "--at", code="unreadable-tables")
        data = (self.files / "tables.xlsx").read_bytes()
        for size in (0, 3, 10, 1000, len(data) // 2, len(data) - 1):
            cut = self.folder() / "tables.xlsx"
            cut.write_bytes(data[:size])
            self.refused(cut, "tables.xlsx", code="unreadable-tables")
        # A quote that is missing, one that does not end its cell, one in a cell without quotes.
        for pattern, new in (('"', ""), ('(?<!")",', '"x,'), (",", ',x"')):
            broken = self.archive(lambda name, text: re.sub(pattern, new, text, count=1) if name == "theme.csv" else text)
            self.refused(broken, "theme, row", "quote", code="unreadable-tables")
        self.refused(self.archive(lambda name, text: text.replace("title", "titel", 1) if name == "theme.csv" else text), "titel")
        self.refused(self.archive(lambda name, text: text.replace("Proef", "Ander", 1) if name == "change.csv" else text), "change, row")
        self.refused(self.files / "tables/theme.csv", "--at", code="unreadable-tables")
        self.refused(self.files / "tables/theme.csv", "entries", more=("--at", str(self.size + 5)), code="beyond-log")

    def test_what_others_wrote_meanwhile_is_kept_as_a_conflict(self):
        home = self.folder()
        self.answer("clone", self.url, home / "drie", "--invite",
                    self.answer("invite", "--agenda", "assen", "--role", "editor", "--data", self.home / "data")["invite"],
                    "--name", "Derde", "--device", "drie")
        export = home / "oud.xlsx"
        self.answer("export", "--format", "xlsx", "-o", export, "-C", home / "drie")
        theme, other = (row["subject"] for row in self.rows("theme")[:2])
        run(AMBIT, "record", "theme.revised", theme, "title=Van een ander", "-C", self.two)
        run(AMBIT, "record", "theme.revised", other, "title=Van mijzelf", "-C", home / "drie")
        for replica in (self.two, home / "drie"):
            self.answer("sync", "-C", replica)
        def change(book):
            self.cell(book, "theme", theme, "title").value = "Uit het rekenblad"
        made = self.answer("import", self.edited(change, export), "-C", home / "drie")
        self.assertEqual(made["recorded"], 1)
        self.answer("sync", "-C", home / "drie")
        conflicts = self.answer("conflicts", theme, "-C", home / "drie")
        self.assertEqual(sorted(json.loads(value["value"]) for value in conflicts[0]["values"]), ["Uit het rekenblad", "Van een ander"])
        def changed_own(book):
            self.cell(book, "theme", other, "title").value = "Toch anders"
        done = subprocess.run([AMBIT, "import", self.edited(changed_own, export), "-C", home / "drie", "--json"], capture_output=True, timeout=HANGS)
        self.assertEqual(done.returncode, 1)
        error = json.loads(done.stderr)
        self.assertEqual(error["error"], "written-here")
        self.assertIn("theme, row", error["message"])

    # --- Catalogues ---

    def catalogue_offences(self, text):
        """What pySHACL says of a catalogue."""
        graph = rdflib.Graph().parse(data=text, format="json-ld", publicID="https://agenda.example/v1/agendas/assen/snapshots/1/catalog.jsonld")
        kept, _, report = pyshacl.validate(graph, shacl_graph=str(pathlib.Path(__file__).with_name("catalog.ttl")))
        return graph, "" if kept else report

    def test_catalogue(self):
        file = self.folder() / "catalog.jsonld"
        self.answer("export", "--format", "jsonld", "--at", self.size, "-o", file, "-C", self.one)
        graph, offences = self.catalogue_offences(file.read_text("utf-8"))
        self.assertEqual(offences, "")
        described = {str(name).rsplit("/", 1)[1]: str(value) for name, value in graph.query("""
            PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX spdx: <http://spdx.org/rdf/terms#>
            SELECT ?file ?hash { ?file a dcat:Distribution ; spdx:checksum/spdx:checksumValue ?hash }""")}
        for name in ("tables.zip", "tables.xlsx", "tables.sqlite", "projects.geojson"):
            self.assertEqual(described[name].lower(), hashlib.sha256((self.files / name).read_bytes()).hexdigest(), name)

    def test_catalogue_notices(self):
        file = self.folder() / "catalog.jsonld"
        self.answer("export", "--format", "jsonld", "--at", self.size, "-o", file, "-C", self.one)
        text = file.read_text("utf-8")
        for old, new in (("dct:title", "dct:alternative"), ("foaf:name", "foaf:nick"), ("dcat:byteSize", "dcat:x"), ("/GOVE", "/gove"),
                         ("checksumAlgorithm_sha256", "checksumAlgorithm_md5"), ("dct:publisher", "dct:contributor"), ("hexBinary", "string")):
            self.assertIn(old, text)
            self.assertNotEqual(self.catalogue_offences(text.replace(old, new))[1], "", old)

    # --- Maps ---

    def test_geojson(self):
        frame = pyogrio.read_dataframe(self.files / "projects.geojson")
        known = {row["subject"]: row for row in self.rows("project") if row["location_latitude"]}
        self.assertEqual(set(frame["subject"]), set(known))
        self.assertTrue(known)
        for _, place in frame.iterrows():
            row = known[place["subject"]]
            self.assertAlmostEqual(place.geometry.x, float(row["location_longitude"]))
            self.assertAlmostEqual(place.geometry.y, float(row["location_latitude"]))
            self.assertEqual(place["phase"] or "", row["phase"])

    def test_geojson_notices(self):
        copy = self.folder() / "projects.geojson"
        copy.write_bytes((self.files / "projects.geojson").read_bytes()[:-10])
        with self.assertRaises(Exception):
            pyogrio.read_dataframe(copy)


if __name__ == "__main__":
    unittest.main()
