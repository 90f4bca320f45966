#!/usr/bin/env python3
"""Measures Ambit on a city's field work, at two sizes, beside a plain program that folds the same entries.

    Tools/release --only ambit
    python3 Tools/Benchmarks/field.py [--events 100000,300000,1000000] [--out FILE]

The plain program is Python: each entry's JSON (orjson where it is installed) merged into a dictionary per subject, these written
into one table of SQLite. It verifies nothing, keeps no conflicts and no history. Python's standard library and the `ambit` binary
are enough; everything happens on 127.0.0.1 and in a temporary folder. Read ratios, not seconds. The table at the end has what was
found beside what is aimed at.
"""
import argparse
import json
import os
import platform
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import fieldwork  # noqa: E402
from audit import timed  # noqa: E402
from drain import add  # noqa: E402
from run import ROOT, RUNS, Server  # noqa: E402

try:
    from orjson import loads, __version__ as version
    JSON = f"orjson {version}"
except ImportError:
    from json import loads
    JSON = "json of the standard library"


def plain(entries, file):
    """Seconds that the plain program takes to fold and to write, and the bytes of its table."""
    begun = time.perf_counter()
    documents = {}
    with open(entries, "rb") as lines:
        for line in lines:
            entry = loads(line)
            documents.setdefault(entry["subject"], {}).update(entry.get("data", {}))
    folded = time.perf_counter()
    if os.path.exists(file):
        os.remove(file)
    with sqlite3.connect(file) as table:
        table.execute("CREATE TABLE subjects (subject TEXT PRIMARY KEY, document TEXT) WITHOUT ROWID")
        table.executemany("INSERT INTO subjects VALUES (?, ?)",
                          ((name, json.dumps(document, separators=(",", ":"))) for name, document in sorted(documents.items())))
    table.close()
    return folded - begun, time.perf_counter() - folded, os.path.getsize(file)


def clone(server, replica):
    """Gives the seconds of a clone."""
    shutil.rmtree(replica, ignore_errors=True)
    invite = server.invite()
    begun = time.perf_counter()
    server.ambit("clone", f"{server.url}/agendas/{server.name}", replica, "--invite", invite, "--name", "Meting", "--json")
    return time.perf_counter() - begun


def progress(server, token):
    """Seconds until the targets' progress is there: asked first after a commit, and once more."""
    def ask():
        begun = time.perf_counter()
        server.request("GET", f"/v1/agendas/{server.name}/progress", headers={"Authorization": f"Bearer {token}"})
        return time.perf_counter() - begun
    return ask(), ask()


def signatures(server, folder, events=300):
    """How much a laptop adds to the log by signing, when it syncs after each of so many events."""
    replica = os.path.join(folder, "signing")
    clone(server, replica)
    project = json.loads(server.ambit("record", "project.started", "title=Verzonnen", "phase=idea", "-C", replica, "--json"))["subject"]
    server.ambit("sync", "-C", replica)
    size = json.loads(server.ambit("status", "-C", replica, "--json"))["size"]
    for number in range(events):
        server.ambit("record", "note.added", f"about={project}", f"text=Verzonnen {number}", "-C", replica)
        server.ambit("sync", "-C", replica)
    server.ambit("sign", "-C", replica)
    lines = server.ambit("log", "--json", "--since", str(size), "-C", replica).splitlines()
    signed = [line for line in lines if json.loads(line)["type"] == "device.signed"]
    bytes_of = [sum(len(line) + 1 for line in chosen) for chosen in (signed, lines)]
    return {"events": events, "entries": len(lines), "growth_%": round(bytes_of[0] / (bytes_of[1] - bytes_of[0]) * 100, 1)}


def measure(binary, folder, events):
    home = os.path.join(folder, str(events))
    os.makedirs(home)
    server = Server(binary, home)
    try:
        work = fieldwork.FieldWork(server)
        begun = time.perf_counter()
        work.fill(events)
        filled = time.perf_counter() - begun
        asked = []
        for _ in range(RUNS):
            device = work.devices[1]
            work.push(device, [work.line(device, "measurement.recorded", "measurement", {
                "project": work.projects[0], "indicator": work.indicators[0], "value": 1, "on": "2026-01-05"})[1]])
            asked.append(progress(server, work.token))
        replica, entries = os.path.join(home, "replica"), os.path.join(home, "log.ndjson")
        cloned = statistics.median(clone(server, replica) for _ in range(RUNS))
        size = json.loads(server.ambit("status", "-C", replica, "--json"))["size"]
        server.ambit("export", "--format", "ndjson", "-o", entries, "-C", replica)
        folding, writing, table = (statistics.median(found) for found in zip(
            *(plain(entries, os.path.join(home, "plain.sqlite")) for _ in range(RUNS))))
        memory = server.memory()
        signing = signatures(server, home)
    finally:
        server.stop()

    def on(*arguments):
        seconds, peak, _ = timed([binary, *arguments, "-C", replica])
        return {"seconds": round(seconds, 3), "peak_mb": round(peak)}
    project = work.projects[0]
    files = {name: os.path.getsize(os.path.join(replica, name)) for name in os.listdir(replica)}
    return {
        "plain program": {"json": JSON, "fold_s": round(folding, 3), "write_s": round(writing, 3),
                          "bytes_per_event": round(table / size, 1)},
        "fill": {"events_per_s": round(events / filled)},
        "clone": {"seconds": round(cloned, 3), "events_per_s": round(size / cloned),
                  "us_per_event": round(cloned / size * 1e6, 2), "× plain": round(cloned / (folding + writing), 2)},
        "bytes an event on a laptop": {
            "log.sqlite": round(files["log.sqlite"] / size, 1), "state.sqlite": round(files["state.sqlite"] / size, 1),
            "all files": round(sum(files.values()) / size, 1),
            "state.sqlite, × plain": round(files["state.sqlite"] / table, 2)},
        "server memory, MB": {"peak": round(memory[0]), "at the end": round(memory[1])},
        "progress": {"first_ms": round(statistics.median(a for a, _ in asked) * 1e3, 2),
                     "again_ms": round(statistics.median(b for _, b in asked) * 1e3, 2)},
        "signatures": signing,
        "status": on("status"),
        "record": on("record", "note.added", f"about={project}", "text=Verzonnen"),
        "show --kind measurement": on("show", "--kind", "measurement"),
        "show --kind measurement --json": on("show", "--kind", "measurement", "--json"),
        "log --last 20": on("log", "--last", "20"),
        "log --subject": on("log", "--subject", project),
        "diff of the last 100": on("diff", str(size - 100)),
        "show --at, half of the log": on("show", project, "--at", str(size // 2)),
        "replay --digest": on("replay", "--digest"),
        "export --format json": on("export", "--format", "json", "-o", os.path.join(home, "state.json")),
        "verify": dict(zip(("seconds", "peak_mb"), (round(found, 3) for found in timed([binary, "verify", replica])[:2]))),
    }


# A measure, what is aimed at, and where the figures have it.
TARGETS = (
    ("clone, × the plain program (fold and write)", "1.0", lambda f: f["clone"]["× plain"]),
    ("`state.sqlite`, bytes an event", "150", lambda f: f["bytes an event on a laptop"]["state.sqlite"]),
    ("all files of a laptop, bytes an event", "", lambda f: f["bytes an event on a laptop"]["all files"]),
    ("memory of the server, peak, MB", "100", lambda f: f["server memory, MB"]["peak"]),
    ("memory of `record` and `status`, peak, MB", "100", lambda f: max(f[name]["peak_mb"] for name in ("record", "status"))),
    ("memory of `verify`, `export` and a past state, peak, MB", "200",
     lambda f: max(f[name]["peak_mb"] for name in ("verify", "export --format json", "show --at, half of the log"))),
    ("`replay --digest`, thousand entries a second", "800",
     lambda f: round(f["clone"]["seconds"] * f["clone"]["events_per_s"] / f["replay --digest"]["seconds"] / 1000)),
    ("`show --kind measurement` as text, s", "1 for 180,000", lambda f: f["show --kind measurement"]["seconds"]),
    ("`show --kind measurement --json`, s", "1 for 180,000", lambda f: f["show --kind measurement --json"]["seconds"]),
    ("`log --last 20` in words, s", "0.1", lambda f: f["log --last 20"]["seconds"]),
    ("`log --subject` in words, s", "0.2 for 1,000", lambda f: f["log --subject"]["seconds"]),
    ("`diff` of the last 100 entries, s", "0.3", lambda f: f["diff of the last 100"]["seconds"]),
    ("`GET A/progress`, first after a commit, ms", "5", lambda f: f["progress"]["first_ms"]),
    ("state at half of the log, s", "1.5 at 1,000,000", lambda f: f["show --at, half of the log"]["seconds"]),
    ("`verify`, s", "5 at 1,000,000", lambda f: f["verify"]["seconds"]),
    ("signatures of a laptop that syncs after each of 300 events, % of their bytes", "10", lambda f: f["signatures"]["growth_%"]),
)


def table(report, sizes):
    """The targets and what was found, for the README."""
    yield "| Measure | Target | " + " | ".join(f"{size:,} events" for size in sizes) + " |"
    yield "| --- | --- | " + " | ".join("---" for _ in sizes) + " |"
    for name, target, found in TARGETS:
        yield f"| {name} | {target} | " + " | ".join(f"{found(report[f'{size} events']):,}" for size in sizes) + " |"
    growth = report["growth of the cost of an event in a clone"]
    yield f"| clone: cost of an event, × that at {sizes[0]:,} | 1.2 | " + "| " * (len(sizes) - 1) + f"{growth} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build", "release", "ambit"))
    parser.add_argument("--events", default="100000,300000,1000000", help="the sizes, smallest first")
    parser.add_argument("--out", help="add the figures as JSON to those in this file")
    options = parser.parse_args()
    if not os.path.exists(options.binary):
        sys.exit(f"{options.binary} is missing: run Tools/release --only ambit first")
    folder = tempfile.mkdtemp(prefix="ambit-field-")
    report = {"machine": {"cores": os.cpu_count(), "system": platform.platform(), "load": os.getloadavg()[0]},
              "seed": fieldwork.SEED}
    try:
        sizes = [int(size) for size in options.events.split(",")]
        for events in sizes:
            report[f"{events} events"] = measure(options.binary, folder, events)
            print(json.dumps(report[f"{events} events"], indent=1, ensure_ascii=False), flush=True)
        small, large = (report[f"{events} events"]["clone"]["us_per_event"] for events in (sizes[0], sizes[-1]))
        report["growth of the cost of an event in a clone"] = round(large / small, 2)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    add(options.out, "field work", report)
    print(json.dumps(report, indent=1, ensure_ascii=False))
    print(*table(report, sizes), sep="\n")


if __name__ == "__main__":
    main()
