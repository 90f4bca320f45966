#!/usr/bin/env python3
"""Measures servers on one PostgreSQL beside what could be used instead, in one run on this machine.

    Tools/release --postgresql --only ambit
    python3 Tools/Benchmarks/servers.py [--only sqlite,function,agendas,subjects,field] [--seconds 1.5] [--runs 3] [--standby] [--out FILE]

sqlite: one agenda on PostgreSQL, and the same on Ambit's default store. function: the same beside the function with a lock of
`peers.py`, on the same PostgreSQL. Of both, the raw SQLite floor is measured right before and right after each cell.
agendas: pushes of one event to eight agendas on three servers, and to one agenda on one server.

PostgreSQL is one of its own in a temporary folder, with fsync=on and synchronous_commit=on. With --standby, every commit waits for
a standby too. What is missing is installed as `peers.py` does it. Clients, servers and PostgreSQL share the cores: read ratios.
"""
import argparse
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

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import load  # noqa: E402
import run  # noqa: E402
import workload  # noqa: E402
from drain import add  # noqa: E402
from peers import NAME, PER_CLIENT, SECONDS, SIZES, install, measure_push, ratio, say, short  # noqa: E402
# `peers` has put these on the path.
import farm  # noqa: E402
from cluster import Cluster, Missing, programs  # noqa: E402
from systems.ambit import Ambit  # noqa: E402
from systems.common import fresh  # noqa: E402
from systems.postgresql import SCHEMA, SETTINGS, PostgreSQL  # noqa: E402
from systems.sqlite import Floor  # noqa: E402
from systems.work import WORKS  # noqa: E402

PARTS = ("sqlite", "function", "agendas")
# Requests that a device has ready for each second, so that none runs out; for all devices of an agenda together.
READY = 12_000


class Database:
    """The PostgreSQL of the run. It syncs each commit; the stores that are measured are databases of their own in it."""

    def __init__(self, standby):
        self.primary, self.standby = Cluster(SETTINGS), None
        try:
            self.primary.make()
            if standby:
                self.standby = Cluster(SETTINGS)
                self.standby.follow(self.primary)
                self.primary.set("synchronous_standby_names", "*")
                Cluster.wait_until(self.primary.is_followed, "the standby does not follow")
            self.version = self.primary.sql("SHOW server_version")
            if self.primary.sql("SELECT current_setting('fsync') || current_setting('synchronous_commit')") != "onon":
                raise RuntimeError("PostgreSQL does not sync")
        except BaseException:
            self.remove()
            raise

    def store(self):
        """The address of an empty database. The one before it is gone."""
        for statement in ("DROP DATABASE IF EXISTS bench WITH (FORCE)", "CREATE DATABASE bench"):
            self.primary.sql(statement, database="postgres")
        return f"{self.primary.address.rpartition('/')[0]}/bench"

    def settle(self):
        """Writes what is left of the preparation, so that it does not fall into what is measured."""
        self.primary.sql("CHECKPOINT")

    def cpu(self):
        """Seconds of CPU of the primary's processes that there are."""
        main = self.primary.process.pid
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(main)], capture_output=True, text=True).stdout
        total = 0
        for pid in (main, *map(int, listed.split())):
            try:
                total += run.cpu(pid)
            except OSError:
                pass  # It has ended.
        return total

    def remove(self):
        for cluster in (self.standby, self.primary):
            if cluster:
                cluster.remove()


# One agenda: the stores beside each other, by the means of `peers.py`.

class OnSQLite(Ambit):
    title = "Ambit on SQLite"


class OnPostgreSQL(Ambit):
    name, title = "ambit-postgresql", "Ambit on PostgreSQL"
    durable = PostgreSQL.durable

    def __init__(self, folder, options, database):
        super().__init__(folder, options)
        self.database = database

    def start(self):
        self.close()
        self.server = run.Server(self.binary, fresh(self.folder), store=self.database.store())

    def empty(self, work, size):
        super().empty(work, size)
        self.database.settle()


class Function(PostgreSQL):
    def __init__(self, folder, options, database):
        super().__init__(folder, options)
        self.cluster = database.primary
        self.cluster.sql(SCHEMA)

    def close(self):
        """PostgreSQL is not its own."""


def measure_stores(every, floor, work, options, report):
    """All of them in turn, so many times, with batches of each size."""
    made = work(max(10_000, int(PER_CLIENT * options.seconds / SECONDS)))
    measure_push(every, floor, made, options.runs, report, options.seconds)
    for size in SIZES:
        cell = report[f"push B={size}"]
        own = cell[OnPostgreSQL.name]
        # Pushes a second beside pushes a second; ratios to the floor beside ratios to the floor.
        for words, name, measure in (("× SQLite, runs", OnSQLite.name, "rates"), ("× the function, runs", Function.name, "runs")):
            if name in cell:
                own[words] = [ratio([a / b]) for a, b in zip(own[measure], cell[name][measure])]


# Several agendas beside one.

class Agenda(run.Server):
    """One of the agendas on servers that are started apart from it."""

    def __init__(self, binary, name, data, store):
        self.binary, self.name, self.data = binary, name, data
        self.environment = run.stored_in(store)
        self.create()

    def prepare(self, server, devices, seconds):
        """Its devices with their subjects, and what each of them will push to this server, as `load.push` takes it."""
        self.host, self.port = "127.0.0.1", server.port
        connection, prepared = load.Connection(self.host, self.port), []
        self.held = 1 + 2 * devices
        for number in range(devices):
            subject, self.token = self.enrol(number)
            device = workload.Device(subject, number, devices)
            lines = device.creations()
            status, body = connection.exchange(load.encode(self.host, self.name, self.token, lines, False))
            if status != 200 or json.loads(body)["rejected"]:
                raise RuntimeError(f"preparing: {status} {body[:300]}")
            self.held += len(lines)
            pushed = device.revisions(100 + int(READY * seconds / devices))
            prepared.append((self.host, self.port, [load.encode(self.host, self.name, self.token, [one], False) for one in pushed], 1))
        connection.socket.close()
        return prepared

    def check(self, answered):
        if (size := self.size(self.token)) != self.held + answered:
            raise RuntimeError(f"{self.name} has {size} entries, {self.held + answered} were acknowledged")


class Shape:
    """So many agendas on so many servers, each agenda with so many devices. Agendas are dealt out to the servers in turn."""

    def __init__(self, agendas, servers, devices):
        self.agendas, self.servers, self.devices = agendas, servers, devices

    @property
    def name(self):
        return f"{self.agendas} × {self.devices} devices on {self.servers}"

    def push(self, options, folder, database):
        """All devices of all agendas push single events at once; gives rate, latencies, and what it cost."""
        store, data = database.store(), [os.path.join(fresh(folder), f"data-{number}") for number in range(self.servers)]
        agendas = [Agenda(options.binary, f"bench{number}", data[0], store) for number in range(self.agendas)]
        servers = [farm.Server(options.binary, own, store, "--rate", "all=off") for own in data]
        try:
            for server in servers:
                if server is not servers[0]:
                    server.take_over(data[0])
                server.start()
            prepared = [agenda.prepare(servers[number % len(servers)], self.devices, options.seconds)
                        for number, agenda in enumerate(agendas)]
            database.settle()

            def spent():
                return sum(run.cpu(server.process.pid) for server in servers), database.cpu(), busy(), time.perf_counter()
            before = spent()
            start, times = run.at_once(load.push, [own for device in prepared for own in device], options.seconds)
            in_servers, in_database, on_machine, seconds = (after - first for after, first in zip(spent(), before))
            answered = [len(own) for own in times]
            for number, agenda in enumerate(agendas):
                agenda.check(sum(answered[number * self.devices:(number + 1) * self.devices]))
            return {**run.summary(start, times, 1), "servers_us": in_servers / sum(answered) * 1e6,
                    "database_us": in_database / sum(answered) * 1e6, "cores": on_machine / seconds}
        finally:
            for server in servers:
                server.stop()


def busy():
    """Seconds of CPU that all of the machine has used."""
    with open("/proc/stat") as stat:
        user, nice, system, _, _, *interrupts = map(int, stat.readline().split()[1:8])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


# The one is what eight agendas are compared with; all other things being equal, that is with as many devices for each agenda. The
# last two tell what comes of more devices alone, and of more agendas alone.
ONE, EIGHT = Shape(1, 1, 8), Shape(8, 3, 8)
SHAPES = (ONE, EIGHT, Shape(1, 1, 24), Shape(8, 3, 1))


def measure_agendas(folder, database, options, report):
    found = {shape.name: [] for shape in SHAPES}
    for _ in range(options.runs):
        for shape in SHAPES:
            found[shape.name].append(shape.push(options, os.path.join(folder, "agendas"), database))
    for name, results in found.items():
        def median(key):
            return statistics.median(result[key] for result in results)
        runs = [result["rate"] / one["rate"] for result, one in zip(results, found[ONE.name])]
        report[name] = {
            "pushes_per_s": round(median("rate")), "× one agenda": ratio(runs), "runs": [round(own, 2) for own in runs],
            "rates": [round(result["rate"]) for result in results], "p50_ms": round(median("p50"), 2), "p99_ms": round(median("p99"), 2),
            "servers_cpu_us_per_push": round(median("servers_us")), "database_cpu_us_per_push": round(median("database_us")),
            "cores_busy": round(median("cores"), 2),
        }
        say(f"single pushes, {name}: {report[name]}")


# What is printed at the end.

def stores_table(work, every, report):
    yield f"**One agenda, {work.title}**, eight devices; pushed events a second, and in brackets × the floor:"
    yield ""
    yield "| Events a push | floor | " + " | ".join(system.title for system in every) + " |"
    yield "| --- " * (len(every) + 2) + "|"
    for size in SIZES:
        cells = [report[f"push B={size}"][system.name] for system in every]
        least = round(statistics.median(cell["floor_per_s"] for cell in cells))
        yield f"| {size:,} | {least:,} | " + " | ".join(f"{cell['events_per_s']:,} ({short(cell['× floor'])})" for cell in cells) + " |"


def agendas_table(report):
    yield "**Single pushes**, each agenda at one of the servers:"
    yield ""
    yield "| Agendas | Servers | Devices | pushes/s | × one agenda | p50 / p99 ms | CPU µs a push: servers, database | cores busy |"
    yield "| --- " * 8 + "|"
    for shape in SHAPES:
        cell = report[shape.name]
        yield (f"| {shape.agendas} | {shape.servers} | {shape.devices} each | {cell['pushes_per_s']:,} | {short(cell['× one agenda'])} | "
               f"{cell['p50_ms']} / {cell['p99_ms']} | {cell['servers_cpu_us_per_push']}, {cell['database_cpu_us_per_push']} | "
               f"{cell['cores_busy']} |")


def targets(report):
    """What is aimed at, from when on it holds, and what the runs have found."""
    works = [(work, report[work.name]) for work in WORKS if work.name in report]
    for work, own in works:
        if runs := own["push B=1000"][OnPostgreSQL.name].get("× SQLite, runs"):
            yield f"one agenda, 1,000 events a push, × SQLite; {work.title}", 0.5, runs
    if "agendas" in report:
        runs = report["agendas"][EIGHT.name]["runs"]
        yield "eight agendas on three servers, × one agenda on one, single pushes, eight devices each", 3, runs
    for work, own in works:
        for size in SIZES:
            if runs := own[f"push B={size}"][OnPostgreSQL.name].get("× the function, runs"):
                yield f"one agenda, B = {size:,}, × the function with a lock; {work.title}", 1, runs


def targets_table(report):
    yield "| Target | At least | Found | Runs | Holds |"
    yield "| --- | --- | --- | --- | --- |"
    for words, least, runs in targets(report):
        found = statistics.median(runs)
        yield f"| {words} | {least} | {short(found)} | {', '.join(map(short, runs))} | {'yes' if found >= least else 'no'} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(run.ROOT, ".build", "postgresql", "release", "ambit"))
    parser.add_argument("--seconds", type=float, default=SECONDS, help="how long devices push in each cell")
    parser.add_argument("--runs", type=int, default=3, help="of which the medians are taken")
    names = [work.name for work in WORKS]
    parser.add_argument("--only", default="", help=f"any of {', '.join((*PARTS, *names))}; all of a sort of which none is named")
    parser.add_argument("--standby", action="store_true", help="have a standby on this machine that confirms each commit")
    parser.add_argument("--out", help="add the figures as JSON to those in this file")
    options = parser.parse_args()
    if not os.path.exists(options.binary):
        sys.exit(f"{options.binary} is missing: run Tools/release --postgresql --only ambit first")
    words = set(filter(None, options.only.split(",")))
    if unknown := words - {*PARTS, *names}:
        parser.error(f"--only does not know {', '.join(sorted(unknown))}")
    parts, chosen = (words & set(sort) or set(sort) for sort in (PARTS, names))
    if "function" in parts:
        install({"postgresql"})
    try:
        programs()
    except Missing as missing:
        sys.exit(f"{NAME}: {missing}")
    # The default store is one without a variable that names another.
    os.environ.pop("AMBIT_STORE", None)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))

    # On the disk that PostgreSQL is on.
    folder, begun = tempfile.mkdtemp(prefix="ambit-servers-", dir="/tmp"), time.monotonic()
    report = {"machine": {"cores": os.cpu_count(), "system": platform.platform(), "load": [round(load, 1) for load in os.getloadavg()]},
              "seconds a cell": options.seconds, "standby": options.standby}
    database, every, tables = None, [], []
    try:
        database = Database(options.standby)
        report["postgresql"] = {"version": database.version, "settings": SETTINGS}
        if "sqlite" in parts:
            every.append(OnSQLite(folder, options))
        if parts & {"sqlite", "function"}:
            every.append(OnPostgreSQL(folder, options, database))
        if "function" in parts:
            every.append(Function(folder, options, database))
        floor = Floor(folder, options)
        for work in WORKS if every else ():
            if work.name in chosen:
                own = report[work.name] = {}
                measure_stores(every, floor, work, options, own)
                tables += ["", *stores_table(work, every, own)]
        for system in every:
            system.close()
        if "agendas" in parts:
            own = report["agendas"] = {}
            measure_agendas(folder, database, options, own)
            tables += ["", *agendas_table(own)]
    finally:
        for system in every:
            system.close()
        if database:
            database.remove()
        shutil.rmtree(folder, ignore_errors=True)
    report["seconds"] = round(time.monotonic() - begun)
    report["load at the end"] = [round(load, 1) for load in os.getloadavg()]
    add(options.out, "servers", report)
    print(json.dumps(report, indent=1, ensure_ascii=False))
    print(*tables, "", *targets_table(report), sep="\n")


if __name__ == "__main__":
    main()
