"""The floor: a row an event in SQLite, by one local writer, as `floor.py` has it. No network, no validation, no other clients."""
import json
import os
import sqlite3
import time

import floor

from .common import System, fresh


def opened(path):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    return db


def write(path, rows):
    db = opened(path)
    db.execute(floor.TABLE)
    for at in range(0, len(rows), 1000):
        db.execute("BEGIN IMMEDIATE")
        db.executemany(floor.INSERT, rows[at:at + 1000])
        db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


COLUMNS = ("source", "id", "type", "subject", "time", "basis", "data")


class Floor(System):
    name, title = "floor", "raw SQLite, one local writer"
    attributes = COLUMNS
    durable = "WAL with `synchronous=FULL`: SQLite syncs the journal at each commit"

    def __init__(self, folder, options):
        super().__init__(folder, options)
        fresh(self.folder)
        self.path = os.path.join(self.folder, "log.db")

    def rows(self, lines):
        return [floor.row(line) for line in lines]

    def rate(self, rows, size):
        """Events a second, now."""
        return floor.rate(self.folder, rows, size, 0.4)

    def load(self, lines, work):
        fresh(self.folder)
        write(self.path, self.rows(lines))

    def read(self):
        begun = time.perf_counter()
        db = sqlite3.connect(self.path)
        rows = db.execute(f"SELECT {', '.join(COLUMNS)} FROM events ORDER BY position").fetchall()
        db.close()
        return time.perf_counter() - begun, rows

    def events(self, rows):
        for row in rows:
            yield {**dict(zip(COLUMNS, row)), "data": json.loads(row[-1])}

    def clone(self):
        """Everything read, and written to another file."""
        copy = os.path.join(fresh(os.path.join(self.folder, "clone")), "log.db")
        begun = time.perf_counter()
        _, rows = self.read()
        write(copy, rows)
        seconds = time.perf_counter() - begun
        return seconds, sqlite3.connect(copy).execute(f"SELECT {', '.join(COLUMNS)} FROM events ORDER BY position").fetchall()

    def replay(self, types):
        begun, state = time.perf_counter(), {}
        db = sqlite3.connect(self.path)
        for subject, data in db.execute("SELECT subject, data FROM events ORDER BY position"):
            state.setdefault(subject, {}).update(json.loads(data))
        db.close()
        return time.perf_counter() - begun, state

    def disk(self):
        return {"bytes": os.path.getsize(self.path), "what": "the file"}
