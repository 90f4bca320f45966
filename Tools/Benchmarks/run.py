#!/usr/bin/env python3
"""Measures Ambit beside the raw SQLite floor, in one run on this machine.

    Tools/release --only ambit
    python3 Tools/Benchmarks/run.py [--only push,pull,clone,replay,size,growth] [--events 200000] [--out FILE]

Only the Python standard library and the `ambit` binary are used; everything happens on 127.0.0.1 and in a temporary
folder. Read ratios, not rates: the floor is measured right before and right after every push cell.
"""
import argparse
import json
import multiprocessing
import os
import platform
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import floor  # noqa: E402
import load  # noqa: E402
import workload  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEVICES = 8
RUNS = 3


def stored_in(store):
    """The variables with which a program keeps logs in this database."""
    return {**os.environ, "AMBIT_STORE": store}


def cpu(pid):
    """Seconds of CPU that a process has used."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Server:
    """An `ambit serve` on a data folder with one agenda; its log is in a database where the address of one is given."""

    environment = None

    def __init__(self, binary, folder, name="bench", options=(), store=None):
        self.binary, self.folder, self.name, self.options = binary, folder, name, options
        self.data = os.path.join(folder, "data")
        if store:
            self.environment = stored_in(store)
        os.makedirs(folder, exist_ok=True)
        self.create()
        self.start()

    def create(self):
        made = self.ambit("agenda", "create", self.name, "--title", "Meting", "--data", self.data, "--json")
        self.first_invite = json.loads(made)["invite"]

    def start(self, port=0):
        self.process = subprocess.Popen(
            [self.binary, "serve", "--data", self.data, "--listen", f"127.0.0.1:{port}", "--rate", "all=off", *self.options, "--json"],
            stdout=subprocess.PIPE, stderr=open(os.path.join(self.folder, "server.log"), "a"), text=True,
            env=self.environment)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the server did not start: see " + os.path.join(self.folder, "server.log"))
        self.url = json.loads(line)["url"]
        self.host, port = self.url.removeprefix("http://").split(":")
        self.port = int(port)

    def ambit(self, *arguments):
        done = subprocess.run([self.binary, *arguments], capture_output=True, text=True, env=self.environment)
        if done.returncode:
            raise RuntimeError(f"ambit {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def invite(self):
        if self.first_invite:
            code, self.first_invite = self.first_invite, None
            return code
        return json.loads(self.ambit("invite", "--agenda", self.name, "--role", "editor", "--data", self.data, "--json"))["invite"]

    def size(self, token):
        answer = self.request("GET", f"/v1/agendas/{self.name}", headers={"Authorization": f"Bearer {token}"})
        return json.loads(answer)["size"]

    def request(self, method, path, body=None, headers=None):
        connection = load.Connection(self.host, self.port)
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}\r\nConnection: close\r\n"
        for key, value in (headers or {}).items():
            head += f"{key}: {value}\r\n"
        body = body or b""
        head += f"Content-Length: {len(body)}\r\n\r\n"
        status, answer = connection.exchange(head.encode() + body)
        connection.socket.close()
        if status not in (200, 201):
            raise RuntimeError(f"{method} {path}: {status} {answer[:300]}")
        return answer

    def enrol(self, number):
        body = json.dumps({"invite": self.invite(), "member": f"Meting {number}", "device": f"laptop {number}"}).encode()
        answer = json.loads(self.request("POST", f"/v1/agendas/{self.name}/devices", body, {"Content-Type": "application/json"}))
        return answer["device"], answer["token"]

    def memory(self):
        """Peak and present resident memory in MB."""
        with open(f"/proc/{self.process.pid}/status") as status:
            found = dict(line.split(":", 1) for line in status)
        return int(found["VmHWM"].split()[0]) / 1024, int(found["VmRSS"].split()[0]) / 1024

    def cpu(self):
        return cpu(self.process.pid)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
        return self.process.returncode


def batches(lines, size):
    return [lines[at:at + size] for at in range(0, len(lines) - size + 1, size)]


def at_once(target, arguments, seconds):
    """Runs the target in a process for each of the arguments, all beginning at the same moment; gives that, and what each sent."""
    context = multiprocessing.get_context("fork")
    workers, pipes = [], []
    for own in arguments:
        here, there = context.Pipe()
        worker = context.Process(target=target, args=(*own, seconds, there), daemon=True)
        worker.start()
        there.close()
        workers.append(worker)
        pipes.append(here)
    for pipe in pipes:
        pipe.recv()  # it is ready
    start = time.perf_counter() + 0.05
    for pipe in pipes:
        pipe.send(start)
    found = [pipe.recv() for pipe in pipes]
    for worker in workers:
        worker.join()
    return start, found


def summary(start, times, size):
    """Events per second and latencies in ms, of the pairs of sent and answered that each device gives."""
    # The window in which every device was busy; a batch across its end counts for its part inside.
    end = min(t[-1][1] for t in times)
    done = sum(1 if z <= end else max(0, end - a) / (z - a) for t in times for a, z in t)
    latencies = sorted(z - a for t in times for a, z in t)
    return {
        "rate": done * size / (end - start),
        "p50": latencies[len(latencies) // 2] * 1e3,
        "p99": latencies[int(len(latencies) * 0.99)] * 1e3,
    }


def push_once(binary, folder, size, compressed, seconds, per_device):
    """A fresh server, eight devices pushing at once; gives events per second, latencies and the server's cost."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    server = Server(binary, folder)
    try:
        prepared = []
        for index in range(DEVICES):
            subject, token = server.enrol(index)
            device = workload.Device(subject, index, DEVICES)
            connection = load.Connection(server.host, server.port)
            connection.exchange(load.encode(server.host, server.name, token, device.creations(), False))
            connection.socket.close()
            lines = device.revisions(per_device)
            prepared.append([load.encode(server.host, server.name, token, b, compressed) for b in batches(lines, size)])
        before = server.cpu()
        start, times = at_once(load.push, [(server.host, server.port, requests, size) for requests in prepared], seconds)
        spent = server.cpu() - before
        answered = sum(len(t) for t in times) * size
        size_now = server.size(token)
        expected = 1 + 2 * DEVICES + DEVICES * (workload.SUBJECTS // DEVICES) + answered
        if size_now != expected:
            raise RuntimeError(f"the log has {size_now} entries, {expected} were acknowledged")
        return {
            **summary(start, times, size),
            "server_us": spent / answered * 1e6,
            "memory": server.memory()[0],
        }
    finally:
        server.stop()


def measure_push(binary, folder, rows, report):
    for size, compressed, seconds, per_device in (
        (1, False, 2.0, 6_000), (100, False, 2.0, 60_000), (1000, False, 2.0, 100_000), (1000, True, 2.0, 100_000),
    ):
        found, floors = [], []
        for _ in range(RUNS):
            a = floor.rate(folder, rows, size, 1.0)
            found.append(push_once(binary, os.path.join(folder, "push"), size, compressed, seconds, per_device))
            floors.append((a + floor.rate(folder, rows, size, 1.0)) / 2)
        rate = statistics.median(f["rate"] for f in found)
        ratio = statistics.median(f["rate"] / b for f, b in zip(found, floors))
        cell = {
            "events_per_s": round(rate), "floor_per_s": round(statistics.median(floors)), "ratio": round(ratio, 2),
            "p50_ms": round(statistics.median(f["p50"] for f in found), 2),
            "p99_ms": round(statistics.median(f["p99"] for f in found), 2),
            "server_cpu_us_per_event": round(statistics.median(f["server_us"] for f in found), 2),
            "server_peak_mb": round(max(f["memory"] for f in found)),
        }
        report[f"push B={size}{' gzip' if compressed else ''}"] = cell
        print(f"push B={size}{' gzip' if compressed else ''}: {cell}", flush=True)


def fill(server, count):
    """A log as devices in the field make it: seventeen of them, in bursts, each having seen almost everything."""
    rnd = random.Random(workload.SEED)
    devices = []
    for index in range(17):
        subject, token = server.enrol(index)
        devices.append((workload.Device(subject, index, 17), token))
    connection = load.Connection(server.host, server.port)
    size, left = 1 + 2 * 17, count
    for device, token in devices:
        lines = [device.creation(size) for _ in range(workload.SUBJECTS // 17)]
        status, body = connection.exchange(load.encode(server.host, server.name, token, lines, False))
        size, left = size + len(lines), left - len(lines)
    large = count > 500_000
    while left > 0:
        device, token = rnd.choice(devices)
        burst = min(left, 1000 if large else 1 + int(rnd.expovariate(1 / 40)))
        lines = [device.revision(max(0, size - 1 - int(rnd.expovariate(1 / 20)))) for _ in range(burst)]
        status, body = connection.exchange(load.encode(server.host, server.name, token, lines, False))
        if status != 200:
            raise RuntimeError(f"filling: {status} {body[:300]}")
        size, left = size + burst, left - burst
    connection.socket.close()
    return devices, size


def pull(server, token, accept, inflate, lines=None):
    """Pulls everything over one connection; gives seconds, bytes on the wire and entries, and adds these to the lines."""
    begun = time.perf_counter()
    after, wire, entries = 0, 0, 0
    connection = Chunked(server.host, server.port)
    while True:
        headers, body = connection.get(f"/v1/agendas/{server.name}/events?after={after}", server.host, token, accept)
        wire += len(body)
        if inflate:
            inflated = zlib.decompress(body, 31)
            entries += inflated.count(b"\n")
            if lines is not None:
                lines += inflated.splitlines()
        after = int(headers["ambit-next"])
        if after >= int(headers["ambit-size"]):
            return time.perf_counter() - begun, wire, entries if inflate else after


class Chunked(load.Connection):
    """A reader of answers that come in chunks."""

    def get(self, path, host, token, accept):
        self.socket.sendall((f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n{accept}\r\n\r\n").encode())
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            self._more()
        lines = bytes(self.buffer[:end]).decode().split("\r\n")
        headers = {k.lower(): v.strip() for k, v in (x.split(":", 1) for x in lines[1:])}
        del self.buffer[:end + 4]
        if lines[0].split()[1] != "200":
            raise RuntimeError(lines[0])
        if "content-length" in headers:
            length = int(headers["content-length"])
            while len(self.buffer) < length:
                self._more()
            body = bytes(self.buffer[:length])
            del self.buffer[:length]
            return headers, body
        parts = []
        while True:
            while (end := self.buffer.find(b"\r\n")) < 0:
                self._more()
            length = int(self.buffer[:end], 16)
            while len(self.buffer) < end + 2 + length + 2:
                self._more()
            parts.append(bytes(self.buffer[end + 2:end + 2 + length]))
            del self.buffer[:end + 2 + length + 2]
            if not length:
                return headers, b"".join(parts)


def tree_bytes(path):
    return sum(os.path.getsize(os.path.join(path, f)) for f in os.listdir(path))


def measure_log(binary, folder, count, only, report):
    """Pull, clone, replay and sizes on one log of so many events."""
    home = os.path.join(folder, "log")
    os.makedirs(home)
    server = Server(binary, home)
    try:
        devices, size = fill(server, count)
        token = devices[0][1]
        if "pull" in only:
            runs = [pull(server, token, "Accept-Encoding: gzip", True) for _ in range(5)]
            seconds = statistics.median(r[0] for r in runs)
            assert runs[0][2] == size, (runs[0], size)
            report["pull, one gzip stream, inflated"] = {
                "events_per_s": round(size / seconds), "seconds": round(seconds, 3), "wire_bytes_per_event": round(runs[0][1] / size, 2)}
            print(report["pull, one gzip stream, inflated"], flush=True)
            runs = [pull(server, token, "Accept: application/gzip", False) for _ in range(5)]
            seconds = statistics.median(r[0] for r in runs)
            report["pull, segment members, as they are"] = {
                "events_per_s": round(size / seconds), "seconds": round(seconds, 3), "wire_bytes_per_event": round(runs[0][1] / size, 2)}
            print(report["pull, segment members, as they are"], flush=True)
        replica = os.path.join(home, "replica")
        if "clone" in only or "replay" in only or "size" in only:
            seconds, digests = [], set()
            for _ in range(RUNS):
                shutil.rmtree(replica, ignore_errors=True)
                invite = server.invite()
                begun = time.perf_counter()
                server.ambit("clone", f"{server.url}/agendas/{server.name}", replica, "--invite", invite, "--name", "Meting", "--json")
                seconds.append(time.perf_counter() - begun)
                size += 2  # the clone's member and device are events too
                digests.add(json.loads(server.ambit("status", "-C", replica, "--json"))["digest"])
            report["clone: pulled, verified, stored, folded"] = {
                "seconds": round(statistics.median(seconds), 3), "events_per_s": round(size / statistics.median(seconds))}
            print(report["clone: pulled, verified, stored, folded"], flush=True)
        if "replay" in only:
            runs = []
            for _ in range(RUNS):
                begun = time.perf_counter()
                one_core = ["taskset", "-c", "0"] if shutil.which("taskset") else []
                done = subprocess.run([*one_core, binary, "replay", "--digest", "-C", replica, "--json"], capture_output=True, text=True, check=True)
                runs.append((time.perf_counter() - begun, json.loads(done.stdout)))
            seconds = statistics.median(r[0] for r in runs)
            report["replay to state, one core, process start included"] = {
                "seconds": round(seconds, 3), "events_per_s": round(runs[0][1]["size"] / seconds), "digest": runs[0][1]["digest"][:12]}
            print(report["replay to state, one core, process start included"], flush=True)
        if "size" in only:
            server_memory = server.memory()
            server.stop()
            agenda = os.path.join(server.data, "agendas", server.name)
            report["bytes per event on disk"] = {
                "server log.sqlite": round(os.path.getsize(os.path.join(agenda, "log.sqlite")) / size, 2),
                "server, all files": round(tree_bytes(agenda) / size, 2),
                "laptop log.sqlite": round(os.path.getsize(os.path.join(replica, "log.sqlite")) / size, 2),
                "laptop, all files": round(tree_bytes(replica) / size, 2),
            }
            report["server memory, MB"] = {"peak": round(server_memory[0]), "at the end": round(server_memory[1])}
            print(report["bytes per event on disk"], report["server memory, MB"], flush=True)
    finally:
        server.stop()


def measure_growth(binary, folder, report):
    """The cost of appending 1,000 and of pulling the last 1,000, at 20,000 and at 2,000,000 entries."""
    found = {}
    for count in (20_000, 2_000_000):
        home = os.path.join(folder, f"growth-{count}")
        os.makedirs(home)
        server = Server(binary, home)
        try:
            devices, size = fill(server, count)
            device, token = devices[0]
            connection = load.Connection(server.host, server.port)
            requests = [load.encode(server.host, server.name, token, [device.revision(size) for _ in range(1000)], False) for _ in range(60)]
            appends = []
            for request in requests:
                begun = time.perf_counter()
                status, body = connection.exchange(request)
                appends.append(time.perf_counter() - begun)
                assert status == 200
            size = server.size(token)
            reader = Chunked(server.host, server.port)
            pulls = []
            for _ in range(200):
                begun = time.perf_counter()
                reader.get(f"/v1/agendas/{server.name}/events?after={size - 1000}", server.host, token, "Accept-Encoding: gzip")
                pulls.append(time.perf_counter() - begun)
            found[count] = (statistics.median(appends[10:]), statistics.median(pulls[20:]))
            report[f"growth at {count}"] = {
                "append_us_per_event": round(found[count][0] * 1e3, 2), "pull_us_per_event": round(found[count][1] * 1e3, 2),
                "server_peak_mb": round(server.memory()[0])}
            print(count, report[f"growth at {count}"], flush=True)
        finally:
            server.stop()
        shutil.rmtree(home)
    small, large = found[20_000], found[2_000_000]
    report["growth, 2,000,000 against 20,000"] = {"append": round(large[0] / small[0], 2), "pull": round(large[1] / small[1], 2)}
    print(report["growth, 2,000,000 against 20,000"], flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build", "release", "ambit"))
    parser.add_argument("--only", default="push,pull,clone,replay,size,growth")
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--out", help="write the figures as JSON to this file")
    options = parser.parse_args()
    if not os.path.exists(options.binary):
        sys.exit(f"{options.binary} is missing: run Tools/release --only ambit first")
    only = set(options.only.split(","))
    folder = tempfile.mkdtemp(prefix="ambit-bench-")
    report = {"machine": {"cores": os.cpu_count(), "system": platform.platform(), "load": os.getloadavg()[0]},
              "seed": workload.SEED, "events": options.events}
    try:
        if "push" in only:
            device = workload.Device("device/k3j9x2ab", 0, 8)
            rows = [floor.row(text) for text in device.creations() + device.revisions(options.events)]
            measure_push(options.binary, folder, rows, report)
        if only & {"pull", "clone", "replay", "size"}:
            measure_log(options.binary, folder, options.events, only, report)
        if "growth" in only:
            measure_growth(options.binary, folder, report)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = json.dumps(report, indent=1)
    if options.out:
        with open(options.out, "w") as file:
            file.write(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
