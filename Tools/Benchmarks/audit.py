#!/usr/bin/env python3
"""Measures what auditors do on a log of 1,000,000 entries: verify it, replay it, look at the past, read history, mirror it.

    Tools/release --only ambit
    python3 Tools/Benchmarks/audit.py [--events 1000000] [--out FILE]

Beside it, in the same run: `Tools/verify.py` on the same log, and one pass of SHA-256 over all entries, which nobody who verifies a
log can do without. Only Python's standard library (for verify.py also `cryptography`) and the `ambit` binary are used;
everything happens on 127.0.0.1 and in a temporary folder.
"""
import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drain import add  # noqa: E402
from run import ROOT, RUNS, Server, fill  # noqa: E402

ONE_CORE = ["taskset", "-c", "0"] if shutil.which("taskset") else []


def peak_of(pid):
    """The greatest resident memory of a process so far, in MB; 0 when it has ended."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM")), 0)
    except OSError:
        return 0


def timed(arguments, runs=RUNS):
    """Runs a command several times; gives the median of the seconds, the greatest peak of its memory in MB, and its output.

    The peak is looked at every few milliseconds: what the system says after the end is that of the process that forked, too."""
    seconds, peak = [], 0
    for _ in range(runs):
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            begun = time.perf_counter()
            process = subprocess.Popen([str(a) for a in arguments], stdout=out, stderr=err)
            while True:
                try:
                    process.wait(0.005)
                    break
                except subprocess.TimeoutExpired:
                    peak = max(peak, peak_of(process.pid))
            seconds.append(time.perf_counter() - begun)
            out.seek(0)
            text = out.read()
            if process.returncode:
                err.seek(0)
                raise RuntimeError(f"{arguments}: {process.returncode} {text[:200]} {err.read()[-500:]}")
    return statistics.median(seconds), peak, text


def hashing(replica, binary):
    """One pass of SHA-256 over all entries, each with a zero byte before it."""
    entries = subprocess.run([binary, "log", "--json", "-C", replica], capture_output=True, check=True).stdout.splitlines()
    runs = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        for entry in entries:
            hashlib.sha256(b"\0" + entry).digest()
        runs.append(time.perf_counter() - begun)
    return statistics.median(runs)


class Audit:
    def __init__(self, binary, report):
        self.binary, self.report = binary, report

    def note(self, name, seconds, size=None, peak=None, **more):
        found = {"seconds": round(seconds, 3)}
        if size:
            found["entries_per_s"] = round(size / seconds)
        if peak:
            found["peak_mb"] = round(peak)
        self.report[name] = {**found, **more}
        print(f"{name}: {self.report[name]}", flush=True)

    def on(self, replica, *arguments, **options):
        return timed([self.binary, *arguments, "-C", replica, "--json"], **options)

    def measure(self, folder, count):
        server = Server(self.binary, folder)
        try:
            devices, _ = fill(server, count)
            token = devices[0][1]
            replica = os.path.join(folder, "replica")
            server.ambit("clone", f"{server.url}/agendas/{server.name}", replica, "--invite", server.invite(),
                         "--name", "Meting", "--json")
            size = json.loads(server.ambit("status", "-C", replica, "--json"))["size"]
            subject = json.loads(server.ambit("show", "--kind", "project", "-C", replica, "--json"))[0]["subject"]
            self.past(server, token, replica, size)
            self.history(server, token, replica, subject, size)
            mirror = os.path.join(folder, "mirror")
            seconds, peak, _ = timed([self.binary, "mirror", f"{server.url}/agendas/{server.name}", mirror, "-C", replica],
                                     runs=1)
            self.note("mirror, from nothing", seconds, size, peak)
        finally:
            server.stop()
        self.verify(server, replica, mirror, size)

    def past(self, server, token, replica, size):
        seconds, peak, text = timed([*ONE_CORE, self.binary, "replay", "--digest", "-C", replica, "--json"])
        self.note("replay to a digest, one core", seconds, size, peak)
        for part in (4, 2, 1):
            at = size // part - 1
            seconds, peak, _ = self.on(replica, "show", "--kind", "theme", "--at", str(at))
            self.note(f"state at {at}, ambit show", seconds, peak=peak)
        # Sizes that the server has not folded for anybody yet, and then one that it has.
        for at in (size // 4, size // 2, size - 2, size - 2):
            begun = time.perf_counter()
            server.request("GET", f"/v1/agendas/{server.name}/state?at={at}&kind=theme", headers={"Authorization": f"Bearer {token}"})
            self.note(f"state at {at}, over HTTP" + (", again" if f"state at {at}, over HTTP" in self.report else ""),
                      time.perf_counter() - begun)

    def history(self, server, token, replica, subject, size):
        seconds, peak, text = self.on(replica, "log", "--explain", "--last", "20")
        self.note("the last 20 entries in words", seconds, peak=peak)
        seconds, peak, text = self.on(replica, "log", "--explain", "--subject", subject)
        self.note("one subject's entries in words, ambit log", seconds, peak=peak, found=len(text.splitlines()))
        seconds, peak, _ = self.on(replica, "blame", subject)
        self.note("ambit blame", seconds, peak=peak)
        seconds, peak, _ = self.on(replica, "diff", str(size // 2), str(size))
        self.note("ambit diff, half of the log", seconds, peak=peak)
        begun = time.perf_counter()
        server.request("GET", f"/v1/agendas/{server.name}/subjects/{subject}/history?limit=100",
                       headers={"Authorization": f"Bearer {token}"})
        self.note("100 events of one subject, over HTTP", time.perf_counter() - begun)

    def verify(self, server, replica, mirror, size):
        self.note("SHA-256 of every entry, and nothing else", hashing(replica, self.binary), size)
        seconds, peak, found = timed([self.binary, "verify", replica, "--json"])
        self.note("ambit verify, a laptop's replica", seconds, size, peak)
        key = json.loads(found)["verifierKey"]
        seconds, peak, _ = timed([self.binary, "verify", os.path.join(server.data, "agendas", server.name), "--json"])
        self.note("ambit verify, a server's data", seconds, size, peak)
        seconds, peak, _ = timed([self.binary, "verify", mirror, "--key", key, "--json"])
        self.note("ambit verify, a mirror", seconds, size, peak)
        seconds, peak, _ = timed([sys.executable, os.path.join(ROOT, "Tools", "verify.py"), "mirror", mirror, "--key", key], runs=1)
        self.note("Tools/verify.py, the mirror", seconds, size, peak)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build", "release", "ambit"))
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--out", help="add the figures to this file of JSON")
    options = parser.parse_args()
    folder, report = tempfile.mkdtemp(prefix="ambit-audit-"), {}
    try:
        Audit(options.binary, report).measure(folder, options.events)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    add(options.out, "audit", report)


if __name__ == "__main__":
    main()
