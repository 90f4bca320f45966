#!/usr/bin/env python3
"""Compares Ambit with other systems that hold the same events, in one run on this machine, as ratios.

    Tools/release --only ambit
    python3 Tools/Benchmarks/peers.py [--only redis,git,push,field] [--events 100000] [--runs 3] [--out FILE]

Redis, PostgreSQL, git, Fossil and DuckDB are installed with apt-get and pip where they are missing: packages of Python into
.build/peers. Every server listens on 127.0.0.1, works in a temporary folder, and is stopped by its id. The raw SQLite floor is measured
right before and right after each cell. Read ratios, not rates.
"""
import argparse
import hashlib
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, *(os.path.join(HERE, "..", "..", "Tests", name) for name in ("postgresql", "support"))]
from drain import add  # noqa: E402
from run import ROOT  # noqa: E402

# Of the script that runs: others use this one too.
NAME = os.path.splitext(os.path.basename(sys.argv[0]))[0]
SIZES = (1, 100, 1000)
SECONDS = 1.5
PER_CLIENT = 60_000
SYSTEMS = ("redis", "postgresql", "copy", "git", "fossil", "duckdb")
MEASURES = ("push", "read", "clone", "replay", "disk")
WORKS = ("subjects", "field")


# What has to be there.

def install(chosen):
    """Installs what is missing, saying so, and goes on in the Python that has the packages."""
    import cluster
    missing = [name for name, program in (("redis", "redis-server"), ("git", "git"), ("fossil", "fossil"))
               if name in chosen and not shutil.which(program)]
    missing = [{"redis": "redis-server"}.get(name, name) for name in missing]
    if chosen & {"postgresql", "copy"}:
        try:
            cluster.programs()
        except cluster.Missing:
            missing.append("postgresql")
    if missing:
        if subprocess.run([os.path.join(ROOT, "Tools", "install"), NAME, *missing]).returncode:
            sys.exit(f"{NAME}: or leave systems out with --only")
    if not chosen & {"postgresql", "copy", "duckdb"}:
        return
    home, wanted = os.path.join(ROOT, ".build", "peers"), os.path.join(HERE, "systems", "packages.txt")
    subprocess.run([os.path.join(ROOT, "Tools", "environment"), NAME, home, wanted], check=True)
    if os.path.realpath(sys.prefix) != os.path.realpath(home):
        python = os.path.join(home, "bin", "python")
        os.execv(python, [python, os.path.abspath(sys.argv[0]), *sys.argv[1:]])


def say(words):
    print(f"{NAME}: {words}", flush=True)


def systems(chosen, folder, options):
    """Ambit first, then those that were chosen."""
    from systems.ambit import Ambit
    from systems.duckdb import DuckDB
    from systems.fossil import Fossil
    from systems.git import Git
    from systems.postgresql import Copy, PostgreSQL
    from systems.redis import Redis
    function = PostgreSQL(folder, options)
    every = [Redis(folder, options), function, Copy(folder, options, function), Git(folder, options), Fossil(folder, options),
             DuckDB(folder, options)]
    return [Ambit(folder, options), *(system for system in every if system.name in chosen)], function


# What is measured.

def measure_push(every, floor, work, runs, report, seconds=SECONDS):
    from systems.common import Wrong
    rows = floor.rows([line for lines in work.lines for line in lines][:100_000])
    for size in SIZES:
        found = {}
        for run in range(runs):
            before = floor.rate(rows, size)
            for system in every:
                if size not in system.sizes:
                    continue
                result, answered = system.push(work, size, seconds)
                after = floor.rate(rows, size)
                system.check(work, size, answered)
                if not run:
                    # A check that lets a lost batch pass would be worth nothing.
                    try:
                        system.check(work, size, [answered[0] + 1, *answered[1:]])
                    except Wrong:
                        pass
                    else:
                        raise RuntimeError(f"{system.name}: a batch that was lost would not be seen")
                found.setdefault(system.name, []).append((result, (before + after) / 2))
                before = after
        cell = report[f"push B={size}"] = {}
        for name, results in found.items():
            cell[name] = {
                "events_per_s": round(statistics.median(result["rate"] for result, _ in results)),
                "floor_per_s": round(statistics.median(floor for _, floor in results)),
                "× floor": ratio(result["rate"] / floor for result, floor in results),
                "runs": [round(result["rate"] / floor, 3) for result, floor in results],
                "rates": [round(result["rate"]) for result, _ in results],
                "p50_ms": round(statistics.median(result["p50"] for result, _ in results), 2),
                "p99_ms": round(statistics.median(result["p99"] for result, _ in results), 2),
            }
            say(f"{work.title}, push, B = {size}, {name}: {cell[name]}")


def ratio(values):
    return float(f"{statistics.median(values):.3g}")


def digest(lines):
    total = hashlib.sha256()
    for line in lines:
        total.update(line + b"\n")
    return total.hexdigest()


def canonical(events, attributes):
    for event in events:
        yield json.dumps([event.get(name) for name in attributes], sort_keys=True).encode()


class Log:
    """The events that every system has been given, and what must come back."""

    def __init__(self, lines):
        from systems.work import folded
        self.lines, self.count = lines, len(lines)
        self.whole = digest(lines)
        self.state, self.types = folded(lines)
        self.parts = {}

    def same(self, system, found):
        """Raises unless these are all events, in order."""
        if attributes := system.attributes:
            if attributes not in self.parts:
                self.parts[attributes] = digest(canonical(map(json.loads, self.lines), attributes))
            same = digest(canonical(system.events(found), attributes)) == self.parts[attributes]
        else:
            same = digest(system.lines(found)) == self.whole
        if not same:
            raise RuntimeError(f"{system.name} does not give back what it was given")

    def agrees(self, system, state):
        """Raises unless every field has the value that was written last."""
        for subject, fields in self.state.items():
            if state.get(subject) != fields:
                raise RuntimeError(f"{system.name} has folded {subject} to {state.get(subject)}, not to {fields}")
        if extra := [subject for subject in state if subject not in self.state and not system.keeps(subject)]:
            raise RuntimeError(f"{system.name} has folded what was not there: {extra[:3]}")


def measure_log(every, floor, work, options, measures, report):
    ambit = every[0]
    log = Log(ambit.fill(work, options.events))
    say(f"{work.title}: a log of {log.count} events, {sum(map(len, log.lines)) / log.count:.0f} bytes each")
    report["events"], report["bytes_per_event"] = log.count, round(sum(map(len, log.lines)) / log.count, 1)
    for system in (floor, *every[1:]):
        if system.load:
            system.load(log.lines, work)
    if {"replay", "disk"} & measures:
        ambit.clone()
    for measure in ("read", "clone", "replay"):
        if measure not in measures:
            continue

        def once(system, checked=True):
            seconds, result = getattr(system, measure)(*([log.types] if measure == "replay" else []))
            if checked:
                (log.agrees if measure == "replay" else log.same)(system, result)
            return seconds
        found = {}
        for run in range(options.runs):
            before = once(floor, not run)
            for system in every:
                if getattr(system, measure, None):
                    seconds = once(system)
                    after = once(floor, False)
                    found.setdefault(system.name, []).append((seconds, (before + after) / 2))
                    before = after
        cell = report[measure] = {}
        for name, results in found.items():
            seconds = statistics.median(own for own, _ in results)
            cell[name] = {
                "seconds": round(seconds, 3), "events_per_s": round(log.count / seconds),
                "floor_s": round(statistics.median(floor for _, floor in results), 3),
                "× floor": ratio(floor / own for own, floor in results), "runs": [round(floor / own, 3) for own, floor in results],
            }
            say(f"{work.title}, {measure}, {name}: {cell[name]}")
    if "disk" in measures:
        cell = report["disk"] = {}
        least = floor.disk()["bytes"]
        for system in (floor, *every):
            if hasattr(system, "disk") and system.disk:
                found = system.disk()
                cell[system.name] = {"× floor": ratio([found["bytes"] / least])} | {
                    name: value if isinstance(value, str) else round(value / log.count, 1) for name, value in found.items()}
                say(f"{work.title}, disk, {system.name}: {cell[system.name]}")


# What is printed at the end.

COLUMNS = [(f"push B={size}", f"push, B = {size:,}") for size in SIZES] + [
    ("read", "read everything"), ("clone", "clone"), ("replay", "replay"), ("disk", "disk, less is better")]


def table(work, floor, every, report):
    """A row a system: × the floor, and in brackets × Ambit."""
    columns = [(key, head) for key, head in COLUMNS if key in report]
    yield f"**{work.title[0].upper() + work.title[1:]}**, {report.get('events', 0):,} events of {report.get('bytes_per_event', 0)} bytes:"
    yield ""
    yield "| System | " + " | ".join(head for _, head in columns) + " |"
    yield "| --- " * (len(columns) + 1) + "|"
    least = []
    for key, _ in columns:
        cells = report[key].values()
        if key == "disk":
            least.append(f"{report[key]['floor']['bytes']} bytes")
        elif key.startswith("push"):
            least.append(f"{round(statistics.median(cell['floor_per_s'] for cell in cells)):,}/s")
        else:
            least.append(f"{statistics.median(cell['floor_s'] for cell in cells):.2f} s")
    yield f"| {floor.title} | " + " | ".join(least) + " |"
    for system in every:
        cells = []
        for key, _ in columns:
            own, ambit = report[key].get(system.name), report[key].get("ambit")
            cells.append(f"{short(own['× floor'])} ({short(own['× floor'] / ambit['× floor'])})" if own else "–")
            if own and "with the state" in own:
                cells[-1] += f"; with the state {short(own['with the state'] / report[key]['floor']['bytes'])}"
        yield f"| {system.title} | " + " | ".join(cells) + " |"


def short(number):
    """Three digits at most, and two decimals at most."""
    return f"{number:.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def notes(floor, every):
    """How each is durable, and what it lacks."""
    yield "| System | Durable by | Does not promise |"
    yield "| --- | --- | --- |"
    for system in (floor, *every):
        yield f"| {system.title} | {system.durable or '–'} | {system.lacks or '–'} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build", "release", "ambit"))
    parser.add_argument("--events", type=int, default=100_000, help="how many events the log has that is read, cloned and folded")
    parser.add_argument("--runs", type=int, default=3, help="of which the medians are taken")
    parser.add_argument("--only", default="", help=f"any of {', '.join(SYSTEMS + MEASURES + WORKS)}; all of a sort of which none is named")
    parser.add_argument("--out", help="add the figures as JSON to those in this file")
    options = parser.parse_args()
    if not os.path.exists(options.binary):
        sys.exit(f"{options.binary} is missing: run Tools/release --only ambit first")
    words = set(filter(None, options.only.split(",")))
    if unknown := words - set(SYSTEMS + MEASURES + WORKS):
        parser.error(f"--only does not know {', '.join(sorted(unknown))}")
    chosen, measures, titles = (words & set(sort) or set(sort) for sort in (SYSTEMS, MEASURES, WORKS))
    install(chosen)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    from systems import work as works
    from systems.sqlite import Floor
    folder, begun = tempfile.mkdtemp(prefix="ambit-peers-"), time.monotonic()
    report = {"machine": {"cores": os.cpu_count(), "system": platform.platform(), "load": [round(load, 1) for load in os.getloadavg()]}}
    tables = []
    every, function = systems(chosen, folder, options)
    floor = Floor(folder, options)
    try:
        for work in works.WORKS:
            if work.name not in titles:
                continue
            own = report[work.name] = {}
            if "push" in measures:
                made = work(max(10_000, min(PER_CLIENT, options.events)))
                measure_push(every, floor, made, options.runs, own)
            if measures - {"push"}:
                measure_log(every, floor, work, options, measures, own)
            tables += ["", *table(work, floor, every, own)]
            for system in (*every, function):
                system.close()
    finally:
        for system in (*every, function):
            system.close()
        shutil.rmtree(folder, ignore_errors=True)
    report["seconds"] = round(time.monotonic() - begun)
    report["load at the end"] = [round(load, 1) for load in os.getloadavg()]
    add(options.out, "peers", report)
    print(json.dumps(report, indent=1, ensure_ascii=False))
    print(*tables, "", *notes(floor, every), sep="\n")


if __name__ == "__main__":
    main()
