"""The raw SQLite floor: one local writer, WAL, synchronous=FULL, a row per event, one transaction per batch.

No network, no validation, no other clients: what a durable local write costs on this machine, now.
"""
import json
import os
import sqlite3
import time

TABLE = ("CREATE TABLE events(position INTEGER PRIMARY KEY, source TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,"
         " subject TEXT NOT NULL, time TEXT NOT NULL, basis INTEGER, data TEXT NOT NULL, UNIQUE(source, id))")
INSERT = "INSERT OR IGNORE INTO events(source, id, type, subject, time, basis, data) VALUES(?, ?, ?, ?, ?, ?, ?)"


def row(text):
    e = json.loads(text)
    return (e["source"], e["id"], e["type"], e["subject"], e["time"], e["basis"],
            json.dumps(e["data"], separators=(",", ":"), ensure_ascii=False))


def rate(folder, rows, size, seconds):
    """Events per second with batches of this size, over at most so many seconds."""
    path = os.path.join(folder, "floor.db")
    for end in ("", "-wal", "-shm"):
        if os.path.exists(path + end):
            os.remove(path + end)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute(TABLE)
    done, start = 0, time.perf_counter()
    for at in range(0, len(rows) - size + 1, size):
        if time.perf_counter() - start >= seconds:
            break
        db.execute("BEGIN IMMEDIATE")
        db.executemany(INSERT, rows[at:at + size])
        db.execute("COMMIT")
        done += size
    took = time.perf_counter() - start
    db.close()
    return done / took
