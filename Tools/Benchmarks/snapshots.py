#!/usr/bin/env python3
"""Measures the files of a snapshot, and what changed last, on a log of a city's field work.

    Tools/release --only ambit
    python3 Tools/Benchmarks/snapshots.py [--events 1000000] [--out FILE]

Beside `tables.sqlite`, in the same run: Python's `sqlite3` writes the same rows, from memory, into the same tables with the same
keys, indexes and views. Beside `tables.zip`: zlib deflates its files, from memory. Python's standard library and the `ambit` binary
are enough; everything happens on 127.0.0.1 and in a temporary folder.
"""
import argparse
import json
import os
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
import zipfile
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import fieldwork  # noqa: E402
from audit import ONE_CORE, timed  # noqa: E402
from drain import add  # noqa: E402
from run import ROOT, RUNS, Server  # noqa: E402

FORMATS = {"json": "state.json", "tables": "tables.zip", "sqlite": "tables.sqlite", "xlsx": "tables.xlsx"}
ASKED = 20


def rows_again(file, copy):
    """Seconds that `sqlite3` takes to write the rows of a database, which are in memory, into another one like it."""
    with sqlite3.connect(file) as source:
        made = source.execute("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
        tables = {name: source.execute(f'SELECT * FROM "{name}"').fetchall() for kind, name, _ in made if kind == "table"}
    if os.path.exists(copy):
        os.remove(copy)
    begun = time.perf_counter()
    database = sqlite3.connect(copy)
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
    for kind, _, sql in made:
        if kind == "table":
            database.execute(sql)
    for name, rows in tables.items():
        if rows:
            database.executemany(f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(rows[0]))})', rows)
    for kind, _, sql in made:
        if kind != "table":
            database.execute(sql)
    database.commit()
    database.close()
    return time.perf_counter() - begun


def deflating(file):
    """Seconds that zlib takes to deflate the files of an archive, which are in memory."""
    with zipfile.ZipFile(file) as archive:
        contents = [archive.read(name) for name in archive.namelist()]
    begun = time.perf_counter()
    for content in contents:
        zlib.compress(content, 6)
    return time.perf_counter() - begun


def changes(server, token, count):
    """Milliseconds until the changes of the last entries are there: asked first after a commit, again, and with the digest."""
    def ask(digest):
        since = server.size(token) - count
        begun = time.perf_counter()
        server.request("GET", f"/v1/agendas/{server.name}/changes?since={since}&digest={digest}",
                       headers={"Authorization": f"Bearer {token}"})
        return (time.perf_counter() - begun) * 1e3
    return ask("false"), ask("false"), ask("true")


def measure(binary, folder, events):
    server = Server(binary, folder)
    try:
        work = fieldwork.FieldWork(server)
        work.fill(events)
        asked = []
        for _ in range(ASKED):
            device = work.devices[1]
            work.push(device, [work.line(device, "measurement.recorded", "measurement", {
                "project": work.projects[0], "indicator": work.indicators[0], "value": 1, "on": "2026-01-05"})[1]])
            asked.append(changes(server, work.token, 100))
        memory = server.memory()
        replica = os.path.join(folder, "replica")
        server.ambit("clone", f"{server.url}/agendas/{server.name}", replica, "--invite", server.invite(), "--name", "Meting", "--json")
    finally:
        server.stop()
    found = {"changes of the last 100, ms": {
        name: round(statistics.median(times), 2) for name, times in zip(("after a commit", "again", "with the digest"), zip(*asked))},
             "server memory, MB": round(memory[0])}
    for name, file in FORMATS.items():
        path = os.path.join(folder, file)
        try:
            seconds, peak, _ = timed([*ONE_CORE, binary, "export", "--format", name, "-o", path, "-C", replica], runs=RUNS)
        except RuntimeError as error:
            found[file] = {"refused": str(error)[-200:]}
            continue
        found[file] = {"seconds": round(seconds, 2), "peak_mb": round(peak), "bytes": os.path.getsize(path)}
    plain = statistics.median(rows_again(os.path.join(folder, "tables.sqlite"), os.path.join(folder, "plain.sqlite"))
                              for _ in range(RUNS))
    found["tables.sqlite"] |= {"sqlite3_s": round(plain, 2), "× sqlite3": round(found["tables.sqlite"]["seconds"] / plain, 2)}
    found["tables.zip"]["deflate_s"] = round(deflating(os.path.join(folder, "tables.zip")), 2)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build", "release", "ambit"))
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--out", help="add the figures as JSON to those in this file")
    options = parser.parse_args()
    if not os.path.exists(options.binary):
        sys.exit(f"{options.binary} is missing: run Tools/release --only ambit first")
    folder = tempfile.mkdtemp(prefix="ambit-snapshots-")
    try:
        report = {"events": options.events, "load": os.getloadavg()[0], **measure(options.binary, folder, options.events)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    add(options.out, "snapshots", report)
    print(json.dumps(report, indent=1, ensure_ascii=False))
    print("| Measure | Found | Target |", "| --- | --- | --- |", sep="\n")
    changed, database = report["changes of the last 100, ms"], report["tables.sqlite"]
    for name, value, target in (
            ("`tables.sqlite`, × `sqlite3` with the same rows from memory", database["× sqlite3"], "2"),
            ("`state.json`, s", report["state.json"]["seconds"], "3"),
            ("`tables.zip`, s", report["tables.zip"]["seconds"], "15"),
            ("memory, peak, MB", max(report[file].get("peak_mb", 0) for file in FORMATS.values()), "200"),
            ("`changes` of the last 100 after a commit, and again, ms", f"{changed['after a commit']}, {changed['again']}", "20")):
        print(f"| {name} | {value} | {target} |")


if __name__ == "__main__":
    main()
