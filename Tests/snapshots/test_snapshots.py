"""The files of a snapshot, read by programs of others; each with a file that is broken on purpose and has to be noticed.

    Tests/snapshots/run PATH-OF-AMBIT
"""
import csv
import datetime
import hashlib
import io
import json
import os
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
        request = urllib.request.Request(self.url + "/progress", headers={"Authorization": f"Bearer {self.token()}"})
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
