"""Ambit itself, pushed to by `load.py` and read as `run.py` reads it."""
import json
import os
import shutil
import time

import load
import run

from .common import CLIENTS, IDS, System, Wrong, batches, fresh, tree_bytes
from .work import pushed


class Ambit(System):
    name, title = "ambit", "Ambit"
    durable = "SQLite's WAL with `synchronous=FULL`: one sync for the pushes that commit together, before any of them is answered"
    server = None

    def start(self):
        self.close()
        self.server = run.Server(self.binary, fresh(self.folder))

    def empty(self, work, size):
        self.start()
        self.devices = [self.server.enrol(number) for number in range(CLIENTS)]
        connection = load.Connection(self.server.host, self.server.port)
        for (device, token), lines in zip(self.devices, work.first):
            if lines:
                status, body = connection.exchange(self.encoded(token, lines))
                if status != 200 or json.loads(body)["rejected"]:
                    raise RuntimeError(f"preparing: {status} {body[:300]}")
        connection.socket.close()

    def encoded(self, token, lines):
        """The bytes of a push, with the ids that the server gave in the place of invented ones."""
        body = b"\n".join(lines)
        for own, (device, _) in zip(IDS, self.devices):
            body = body.replace(own.encode(), device.removeprefix("device/").encode())
        return load.encode(self.server.host, self.server.name, token, [body], False)

    def push(self, work, size, seconds):
        self.empty(work, size)
        requests = [[self.encoded(token, batch) for batch in batches(lines, size)] for lines, (_, token) in zip(work.lines, self.devices)]
        start, times = run.at_once(load.push, [(self.server.host, self.server.port, own, size) for own in requests], seconds)
        return run.summary(start, times, size), [len(own) for own in times]

    def check(self, work, size, answered):
        lines = []
        run.pull(self.server, self.devices[0][1], "Accept-Encoding: gzip", True, lines)
        held = {own: [] for own in IDS}
        names = {device.removeprefix("device/").encode(): own for own, (device, _) in zip(IDS, self.devices)}
        for line in pushed(lines):
            at = line.index(b'"source":"device/') + 17
            name = line[at:line.index(b'"', at)]
            held[names[name]].append(line)
        for own, name, first, lines, count in zip(IDS, names, work.first, work.lines, answered):
            expected = first + lines[:count * size]
            if len(held[own]) != len(expected):
                raise Wrong(f"{len(held[own])} events of {own} are there, {len(expected)} were acknowledged")

    def fill(self, work, count):
        """Makes the log that every system is given; gives its events."""
        self.start()
        self.token = work.fill(self.server, count)
        return pushed(self.read()[1])

    def read(self):
        lines = []
        return run.pull(self.server, self.token, "Accept-Encoding: gzip", True, lines)[0], lines

    def lines(self, entries):
        return pushed(entries)

    def clone(self):
        """As `ambit clone` does it, from start to exit."""
        self.replica = os.path.join(self.folder, "replica")
        shutil.rmtree(self.replica, ignore_errors=True)
        invite = self.server.invite()
        begun = time.perf_counter()
        self.server.ambit("clone", f"{self.server.url}/agendas/{self.server.name}", self.replica, "--invite", invite, "--name", "Meting")
        seconds = time.perf_counter() - begun
        return seconds, self.server.ambit("export", "--format", "ndjson", "-C", self.replica).encode().splitlines()

    def replay(self, types):
        begun = time.perf_counter()
        found = json.loads(self.server.ambit("replay", "--digest", "-C", self.replica, "--json"))
        seconds = time.perf_counter() - begun
        state = json.loads(self.server.ambit("export", "--format", "json", "-C", self.replica))
        if state["digest"] != found["digest"]:
            raise Wrong("the state that was folded is not the one that is exported")
        return seconds, state["documents"]

    def keeps(self, subject):
        return subject.startswith(("agenda/", "member/", "device/"))

    def disk(self):
        self.server.stop()
        agenda = os.path.join(self.server.data, "agendas", self.server.name)
        return {"bytes": os.path.getsize(os.path.join(agenda, "log.sqlite")), "what": "`log.sqlite` on the server",
                "with the state": tree_bytes(agenda), "laptop, log": os.path.getsize(os.path.join(self.replica, "log.sqlite")),
                "laptop, with the state": tree_bytes(self.replica)}

    def close(self):
        if self.server:
            self.server.stop()
            self.server = None
