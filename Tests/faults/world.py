"""A real server behind the proxy and real laptops, as processes, with what they acknowledged written down."""
import collections
import contextlib
import dataclasses
import hashlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from proxy import PASS, ProxyThread  # noqa: E402
from waiting import HANGS, eventually  # noqa: E402

AGENDA = "proef"
MARK = re.compile(r"verzonnen ([a-z0-9-]+)")  # every event that is recorded here has a mark of its own in its data


class Failed(AssertionError):
    """Something happened that must not happen, whatever breaks."""


def require(condition, message):
    if not condition:
        raise Failed(message)


@dataclasses.dataclass
class Attempt:
    """Events that one command was asked to record, and the counter of the first one if it said that it did."""
    marks: list
    events: list  # (type, subject or None for a creating one, data)
    device: str  # the laptop's identity at that time
    first: int = None


@dataclasses.dataclass
class Done:
    code: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)

    @property
    def error(self):
        with contextlib.suppress(ValueError, IndexError, KeyError):
            return json.loads(self.err.strip().splitlines()[-1])["error"]


class World:
    """One agenda. `close` ends all processes; the folder is the caller's."""

    def __init__(self, ambit, home):
        self.ambit, self.home = ambit, home
        self.certificate = None  # what the server shows, when it is served over TLS: the laptops trust it
        self.data = os.path.join(home, "data")
        self.progress = threading.Condition()
        self.faults, self.acknowledged, self.laptops = collections.Counter(), 0, []
        self.notes = []  # checkpoints that the server has shown
        self.server = None
        self.proxy = ProxyThread(("127.0.0.1", 1), watch=self._saw)
        self.watch = None  # called with (direction, bytes) before they go on
        made = self.run("agenda", "create", AGENDA, "--title", "Proef", "--data", self.data)
        require(made.code == 0, f"agenda create: {made}")
        self.first_invite, self.key = made.json()["invite"], made.json()["verifierKey"]

    def _saw(self, direction, data):
        if self.watch:
            self.watch(direction, data)
        with self.progress:
            self.progress.notify_all()

    # --- Processes

    def begin(self, *arguments, before=()):
        environment = {**os.environ, "SSL_CERT_FILE": self.certificate} if self.certificate else None
        return subprocess.Popen([*before, self.ambit, *arguments, "--json"], text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)

    def end(self, process, kill_after=None):
        """Waits for a process; kills it after so many seconds, or when it hangs."""
        try:
            out, err = process.communicate(timeout=kill_after or HANGS)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            require(kill_after, f"{process.args} hangs: it was killed after {HANGS} seconds; {err}")
            self.faults[f"kill {process.args[1]}"] += 1
        return Done(process.returncode, out, err)

    def run(self, *arguments, before=(), kill_after=None):
        return self.end(self.begin(*arguments, before=before), kill_after)

    # --- The server

    def launch(self, *options, before=()):
        """Starts a server process without waiting until it serves; `before` is a program that runs it."""
        with open(os.path.join(self.home, "server.log"), "a") as log:
            command = [*before, self.ambit, "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--json", *options]
            return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)

    def start(self, *options, before=()):
        self.server = self.launch(*options, before=before)
        ready = self.server.stdout.readline()
        require(ready, f"the server does not start, see {self.home}/server.log")
        self.base = json.loads(ready)["url"]
        self.proxy.proxy.target = ("127.0.0.1", int(self.base.rsplit(":", 1)[1]))

    def kill(self, name="kill serve"):
        self.server.kill()
        self.server.wait()
        self.server.stdout.close()
        self.faults[name] += 1

    def stop(self):
        self.server.send_signal(signal.SIGTERM)
        code = self.server.wait(HANGS)
        self.server.stdout.close()
        require(code == 0, f"the server ended with {code} on SIGTERM")

    def close(self):
        if self.server and self.server.poll() is None:
            self.server.kill()
            self.server.wait()
            self.server.stdout.close()
        self.proxy.stop()

    def request(self, path, token):
        """A GET past the proxy."""
        request = urllib.request.Request(f"{self.base}/v1/agendas/{AGENDA}{path}")
        request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=HANGS) as answer:
            return answer.read()

    # --- Laptops

    @property
    def url(self):
        return f"{'https' if self.certificate else 'http'}://127.0.0.1:{self.proxy.port}/agendas/{AGENDA}"

    def invite(self):
        if self.first_invite:
            code, self.first_invite = self.first_invite, None
            return code
        made = self.run("invite", "--agenda", AGENDA, "--role", "editor", "--data", self.data)
        require(made.code == 0, f"invite: {made}")
        return made.json()["invite"]

    def clone(self, name, kill_after=None, invite=None):
        """Clones; None when that did not make a replica."""
        folder = os.path.join(self.home, name)
        done = self.run("clone", self.url, folder, "--invite", invite or self.invite(), "--name", f"Voorbeeld {name}",
                        "--device", name, kill_after=kill_after)
        return self.adopt(name) if self.is_replica(name) else None, done

    def is_replica(self, name):
        """Whether a clone got as far as storing the answer to its enrolment; the next command makes the rest of it."""
        return any(os.path.exists(os.path.join(self.home, name, file)) for file in ("enrolment.json", "log.sqlite"))

    def adopt(self, name):
        laptop = Laptop(self, name)
        self.laptops.append(laptop)
        return laptop

    def wait_for(self, condition, seconds):
        with self.progress:
            return self.progress.wait_for(condition, seconds)

    def eventually(self, condition, what):
        """Waits for something that other processes do."""
        require(eventually(condition), f"still not: {what}")

    def passed(self):
        """Bytes that went through the proxy."""
        return sum(self.proxy.proxy.bytes.values())

    def calm(self):
        self.proxy.proxy.treat = lambda number: PASS

    def counts(self):
        return dict(sorted((self.faults + self.proxy.proxy.faults).items()))


class Laptop:
    """A replica, and what it was asked to record."""

    def __init__(self, world, name):
        self.world, self.name = world, name
        self.folder = os.path.join(world.home, name)
        self.before = []  # a program that runs the laptop's commands
        self.devices = []  # the identities that it has had; more than one only when its folder was copied
        self.identify()
        self.attempts, self.number = [], 0
        self.settled = []  # syncs that succeeded: (attempts before it began, size of the log after it)
        self.seen = []  # logs that this replica had verified: (size, its bytes)
        with open(os.path.join(self.folder, "token")) as file:
            self.token = file.read().strip()

    @property
    def device(self):
        return self.devices[-1]

    def identify(self):
        status = self.command("status")
        require(status.code == 0, f"{self.name}: status: {status}")
        if status.json()["device"] not in self.devices:
            self.devices.append(status.json()["device"])

    def command(self, word, *arguments, kill_after=None):
        return self.world.run(word, *arguments, "-C", self.folder, before=self.before, kill_after=kill_after)

    def mark(self):
        self.number += 1
        return f"{self.name}-{self.number}"

    def record(self, kind="organisation.registered", subject=None, field="name", kill_after=None, **data):
        """Records one event; True when it was acknowledged."""
        mark = self.mark()
        data = {**data, field: f"verzonnen {mark}"}
        words = [kind, *([subject] if subject else []), *(f"{name}={value}" for name, value in data.items())]
        attempt = Attempt([mark], [(kind, subject, data)], self.device)
        self.attempts.append(attempt)
        done = self.command("record", *words, kill_after=kill_after)
        self._finish(attempt, done, lambda answer: answer["id"])
        return attempt.first is not None

    def load(self, count, kill_after=None):
        """Imports so many events at once; True when they were acknowledged."""
        attempt, lines = Attempt([], [], self.device), []
        for index in range(count):
            mark = self.mark()
            kind, target = ("organisation.registered", {"as": f"o{index}"}) if index % 4 == 0 else (
                "organisation.revised", {"subject": f"$o{index // 4 * 4}"})
            data = {"name": f"verzonnen {mark}"}
            attempt.marks.append(mark)
            attempt.events.append((kind, target.get("subject", "").replace("$o", "#") or None, data))
            lines.append(json.dumps({"type": kind, **target, "data": data}))
        path = os.path.join(self.world.home, f"{attempt.marks[0]}.ndjson")
        with open(path, "w") as file:
            file.write("\n".join(lines) + "\n")
        self.attempts.append(attempt)
        done = self.command("import", path, kill_after=kill_after)
        self._finish(attempt, done, lambda answer: int(answer["names"]["o0"].rsplit("-", 1)[1]))
        os.remove(path)
        return attempt.first is not None

    def _finish(self, attempt, done, first):
        require(done.code in (0, -signal.SIGKILL), f"{self.name}: recording failed: {done}")
        # Once it is printed it is promised, even if the process was killed before it ended.
        if done.out.endswith("\n"):
            attempt.first = first(done.json())
            with self.world.progress:
                self.world.acknowledged += len(attempt.events)
                self.world.progress.notify_all()
        require(done.code != 0 or attempt.first, f"{self.name}: exit 0 without an answer: {done}")

    def sync(self, kill_after=None):
        """Syncs; the answer if it succeeded, None if the network or a kill was in the way."""
        return self.synced_by(self.world.begin("sync", "-C", self.folder, before=self.before), kill_after)

    def synced_by(self, process, kill_after=None, attempts=None):
        attempts = len(self.attempts) if attempts is None else attempts
        done = self.world.end(process, kill_after)
        require(done.code in (0, 69, -signal.SIGKILL), f"{self.name}: sync: {done}")
        if done.code:
            return None
        answer = done.json()
        require(answer["refused"] == 0, f"{self.name}: the server refused events: {answer}")
        self.settled.append((attempts, answer["size"]))
        return answer

    def look(self):
        """Remembers the log as this replica has it now."""
        log = self.command("export", "--format", "ndjson")
        require(log.code == 0, f"{self.name}: export: {log}")
        lines = log.out.encode().split(b"\n")[:-1]
        self.seen.append((len(lines), hash_of(lines)))

    def see_checkpoint(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            self.world.notes.append(self.world.request("/checkpoint", self.token).decode())


def hash_of(lines):
    total = hashlib.sha256()
    for line in lines:
        total.update(line + b"\n")
    return total.hexdigest()
