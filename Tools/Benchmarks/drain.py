#!/usr/bin/env python3
"""Measures how long one laptop takes to send 50,000 events that it recorded offline, beside a floor.

    Tools/release --only ambit
    python3 Tools/Benchmarks/drain.py [--events 50000] [--out FILE]

Over loopback, and over a link of 50 ms and 1 Mbit/s: a round trip of 50 ms, 25 each way, and 1,000,000 bits a second in
each direction. The floor is the same events, gzipped, in one plain POST over the same link to a server that throws them
away.
"""
import argparse
import gzip
import http.server
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from datetime import datetime, timedelta, timezone

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "..", "Tests", "faults")]
import workload  # noqa: E402
from proxy import DOWN, UP, Lane, ProxyThread  # noqa: E402
from run import ROOT, Server  # noqa: E402

RUNS = 3
LATENCY = 0.025
RATE = 1_000_000 / 8


def recorded_offline(count):
    """The events of the other benchmarks in the form that `ambit import` takes, made over the last months."""
    device = workload.Device("device/bench", 0, 1)
    device.time = (datetime.now(timezone.utc) - timedelta(days=90)).replace(tzinfo=None)
    local = re.compile(r"\b(?:project|milestone|organisation)/bench-(\d+)")
    lines = []
    for text in [*device.creations(), *device.revisions(count - workload.SUBJECTS)]:
        event = json.loads(text)
        line = {"type": event["type"], "time": event["time"], "data": event["data"]}
        if event["subject"].endswith("-" + event["id"]):
            line["as"] = "s" + event["id"]
        else:
            line["subject"] = event["subject"]
        lines.append(local.sub(r"$s\1", json.dumps(line, ensure_ascii=False)))
    return "\n".join(lines) + "\n"


class Laptop:
    """A laptop with pending events, and its server's data, to be drained from copies of both."""

    def __init__(self, binary, home, count):
        self.binary, self.home = binary, home
        server = Server(binary, os.path.join(home, "first"))
        self.port, self.invite = server.port, server.invite()
        self.ambit("clone", f"{server.url}/agendas/{server.name}", self.folder("first"), "--invite", self.invite, "--name", "Meting")
        server.stop()
        path = os.path.join(home, "offline.ndjson")
        with open(path, "w") as file:
            file.write(recorded_offline(count))
        begun = time.perf_counter()
        self.ambit("import", path, "-C", self.folder("first"))
        self.import_seconds = time.perf_counter() - begun
        status = json.loads(self.ambit("status", "--pending", "-C", self.folder("first"), "--json"))
        assert status["pending"] == count, status["pending"]
        self.events = "".join(line + "\n" for line in status["events"]).encode()

    def folder(self, run):
        return os.path.join(self.home, run, "laptop")

    def ambit(self, *arguments):
        done = subprocess.run([self.binary, *arguments], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"ambit {' '.join(arguments[:2])}: {done.stderr}")
        return done.stdout

    def drain(self, count, *lanes):
        """Syncs copies: directly, or over these lanes; gives seconds and bytes each way."""
        home = os.path.join(self.home, "run")
        shutil.copytree(os.path.join(self.home, "first"), home)
        server, proxy = Copy(self.binary, home, 0 if lanes else self.port), None
        try:
            if lanes:
                proxy = ProxyThread((server.host, server.port), *lanes, port=self.port)
            begun = time.perf_counter()
            answer = json.loads(self.ambit("sync", "-C", self.folder("run"), "--json"))
            seconds = time.perf_counter() - begun
            status = json.loads(self.ambit("status", "-C", self.folder("run"), "--json"))
            assert (answer["accepted"], answer["refused"], status["pending"]) == (count, 0, 0), (answer, status)
            return seconds, proxy.proxy.bytes if proxy else None
        finally:
            if proxy:
                proxy.stop()
            server.stop()
            shutil.rmtree(home)


class Copy(Server):
    """A server on a copy of a data folder, at a given port."""

    def __init__(self, binary, folder, port):
        self.binary, self.folder, self.name, self.data = binary, folder, "bench", os.path.join(folder, "data")
        self.options = ()
        self.start(port)


class Sink(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def floor(body, *lanes):
    """Seconds for these bytes in one POST."""
    sink = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    threading.Thread(target=sink.serve_forever, daemon=True).start()
    proxy = ProxyThread(sink.server_address, *lanes)
    try:
        begun = time.perf_counter()
        urllib.request.urlopen(f"http://127.0.0.1:{proxy.port}/", data=body).read()
        return time.perf_counter() - begun
    finally:
        proxy.stop()
        sink.shutdown()
        sink.server_close()


def link():
    return Lane(RATE, LATENCY), Lane(RATE, LATENCY)


def measure(binary, folder, count):
    laptop = Laptop(binary, folder, count)
    body = gzip.compress(laptop.events, 6, mtime=0)
    loopback = [laptop.drain(count)[0] for _ in range(RUNS)]
    slow = [laptop.drain(count, *link()) for _ in range(RUNS)]
    seconds, sent = sorted(slow, key=lambda run: run[0])[RUNS // 2]
    least = floor(body, *link())
    return {
        "events": count, "import_s": round(laptop.import_seconds, 2), "event_bytes": len(laptop.events),
        "loopback_s": round(statistics.median(loopback), 2),
        "link_s": round(seconds, 2), "link_sent_bytes": sent[UP], "link_received_bytes": sent[DOWN],
        "floor_s": round(least, 2), "floor_sent_bytes": len(body), "ratio": round(seconds / least, 2),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build", "release", "ambit"))
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--out", help="add the figures to this file of JSON")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="ambit-drain-")
    try:
        found = measure(options.binary, folder, options.events)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{found['events']:,} pending events of one laptop, {found['event_bytes']:,} bytes; imported in {found['import_s']} s")
    print(f"  loopback            {found['loopback_s']:>7} s   {round(options.events / found['loopback_s']):,} events/s")
    print(f"  50 ms, 1 Mbit/s     {found['link_s']:>7} s   {found['link_sent_bytes']:,} bytes sent, {found['link_received_bytes']:,} received")
    print(f"  floor on that link  {found['floor_s']:>7} s   {found['floor_sent_bytes']:,} bytes sent; ratio {found['ratio']}")
    add(options.out, "drain", found)


def add(path, name, figures):
    """Puts figures under a name into a file of JSON, beside those that are there."""
    if not path:
        return
    report = {}
    if os.path.exists(path):
        with open(path) as file:
            report = json.load(file)
    report[name] = figures
    with open(path, "w") as file:
        file.write(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
