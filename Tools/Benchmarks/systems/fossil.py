"""Fossil over HTTP: one commit for a batch of 1,000 events, as with git. Fossil cannot push a part of what it holds. So a run has
rounds: every client commits, which is not timed, and then all push at once, which is."""
import os
import time

from run import at_once

from .common import CLIENTS, Serving, System, Wrong, batches, called, drive, free_port, fresh
from .git import lines_of, parts, stream

ROUNDS = 3
ATTEMPTS = 20


class Fossil(System):
    name, title = "fossil", "Fossil, HTTP"
    sizes = (1000,)
    durable = "SQLite's rollback journal with its default, `synchronous=FULL`: synced before the push is answered"
    lacks = "as git; and a push that meets another one may be refused and has to be sent again, which is timed too"
    serving = None

    def fossil(self, *words, **options):
        variables = os.environ | {"HOME": self.folder, "FOSSIL_HOME": self.folder, "FOSSIL_USER": "meting", "USER": "meting"}
        return called("fossil", *words, env=variables, **options)

    def start(self, make):
        self.close()
        self.repository = os.path.join(fresh(os.path.join(self.folder, "server")), "log.fossil")
        make()
        self.fossil("user", "password", "meting", "meting", "-R", self.repository)
        self.fossil("user", "capabilities", "meting", "s", "-R", self.repository)
        # Otherwise a process of its own outlives the server.
        self.fossil("settings", "backoffice-disable", "on", "-R", self.repository)
        port = free_port()
        self.serving = Serving(["fossil", "server", "--localhost", "--nojail", "--port", str(port), self.repository], port,
                               env=os.environ | {"HOME": self.folder, "FOSSIL_HOME": self.folder, "USER": "meting"})
        self.url = f"http://meting:meting@127.0.0.1:{port}/"

    def own(self, number):
        return os.path.join(self.folder, f"client{number}")

    def empty(self, work, size):
        self.start(lambda: self.fossil("init", "-A", "meting", self.repository))
        for number in range(CLIENTS):
            os.makedirs(os.path.join(fresh(self.own(number)), "files"))
            self.fossil("clone", "--save-http-password", "-A", "meting", self.url, self.repository_of(number))
            self.at(number, "open", "--nosync", self.repository_of(number))
            self.at(number, "settings", "autosync", "off")

    def repository_of(self, number):
        return os.path.join(self.own(number), "own.fossil")

    def at(self, number, *words):
        return self.fossil(*words, cwd=os.path.join(self.own(number), "files"))

    def commit(self, number, count, lines):
        name = f"{number}-{count:06}.ndjson"
        with open(os.path.join(self.own(number), "files", name), "wb") as file:
            file.write(b"\n".join(lines) + b"\n")
        self.at(number, "add", name)
        branch = () if count else ("--branch", f"client{number}")
        self.at(number, "commit", "-m", str(count), "--no-warnings", "--nosign", *branch)

    def client(self, number):
        def send(_):
            for attempt in range(ATTEMPTS):
                try:
                    return self.at(number, "push")
                except RuntimeError:
                    if attempt == ATTEMPTS - 1:
                        raise
        return send

    def push(self, work, size, seconds):
        self.empty(work, size)
        seconds, latencies = 0, []
        own = [batches(lines, size)[:ROUNDS] for lines in work.lines]
        for count in range(ROUNDS):
            for number in range(CLIENTS):
                self.commit(number, count, own[number][count])
            start, times = at_once(drive, [(self.client, number, [None]) for number in range(CLIENTS)], 600)
            seconds += max(end for ((_, end),) in times) - start
            latencies += [end - begun for ((begun, end),) in times]
        latencies.sort()
        return {"rate": CLIENTS * ROUNDS * size / seconds, "p50": latencies[len(latencies) // 2] * 1e3,
                "p99": latencies[-1] * 1e3}, [ROUNDS] * CLIENTS

    def artifacts(self, repository):
        """The hashes of everything in a repository that is not only mentioned."""
        return set(self.fossil("sql", "--readonly", "-R", repository, "SELECT uuid FROM blob WHERE size >= 0").decode().split())

    def check(self, work, size, answered):
        held, expected = self.artifacts(self.repository), set()
        for number in range(CLIENTS):
            expected |= self.artifacts(self.repository_of(number))
        commits = int(self.fossil("sql", "--readonly", "-R", self.repository, "SELECT count(*) FROM event WHERE type = 'ci'").split()[0]) - 1
        if not held >= expected or commits != sum(answered):
            raise Wrong(f"{commits} commits are there, {sum(answered)} were acknowledged; {len(expected - held)} artifacts are missing")
        self.fossil("test-integrity", "-R", self.repository)

    def load(self, lines, work):
        self.start(lambda: self.fossil("import", "--git", "-A", "meting", self.repository, input=stream(parts(lines), "trunk")))

    def clone(self):
        to = fresh(os.path.join(self.folder, "clone"))
        files = fresh(os.path.join(to, "files"))
        begun = time.perf_counter()
        self.fossil("clone", "-A", "meting", self.url, os.path.join(to, "own.fossil"))
        self.fossil("open", "--nosync", os.path.join(to, "own.fossil"), "trunk", cwd=files)
        return time.perf_counter() - begun, lines_of(os.path.join(files, "log"))

    def read(self):
        begun = time.perf_counter()
        _, lines = self.clone()
        return time.perf_counter() - begun, lines

    def disk(self):
        return {"bytes": os.path.getsize(self.repository), "what": "the repository, imported"}

    def close(self):
        if self.serving:
            self.serving.stop()
            self.serving = None
