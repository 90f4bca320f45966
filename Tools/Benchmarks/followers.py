#!/usr/bin/env python3
"""Measures how soon live followers have what was committed, and what a follower costs the server.

    Tools/release --only ambit
    python3 Tools/Benchmarks/followers.py [--followers 2000] [--commits 100] [--out FILE]

One server, limited to two cores; followers read server-sent events over a connection each; one device pushes commits of
1 and of 100 events, so many a second. Followers and pusher are this one process, which uses the same two cores.
"""
import argparse
import array
import json
import os
import re
import resource
import selectors
import shutil
import socket
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import load  # noqa: E402
import workload  # noqa: E402
from drain import add  # noqa: E402
from run import ROOT, Server  # noqa: E402

DEVICES = 20  # that follow, each over many connections
CONNECTING = 50  # connections that are being made at once
ID = b"\nid: "
NUMBER = re.compile(rb"[0-9]+\n")


class Follower:
    """One stream. What it has received is known by the last `id` in it; nothing else is read."""
    __slots__ = ("socket", "size", "tail", "head")

    def __init__(self, connection):
        self.socket, self.size, self.tail, self.head = connection, 0, b"", False

    def receive(self):
        """Reads what there is; True when the last id has changed."""
        data = self.socket.recv(1 << 18)
        if not data:
            raise RuntimeError(f"a stream ended at {self.size}: {self.tail[-300:]}")
        # An id may be cut in two, or be a chunk's last line: the end of what was read is looked at again.
        data = self.tail + data
        if not self.head:
            if b": ambit\n" not in data:
                self.tail = data
                return False
            if not data.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"following: {data[:300]}")
            self.head = True
        at = data.rfind(ID)
        found = NUMBER.match(data, at + len(ID)) if at >= 0 else None
        self.tail = data[at:][:64] if at >= 0 and found is None else data[-len(ID):]
        if not found:
            return False
        self.size = int(found[0])
        return True


class Crowd:
    """All followers, and when each had the log up to a size."""

    def __init__(self, server, tokens, count, after):
        self.selector, self.followers, self.ready = selectors.DefaultSelector(), [], 0
        for number in range(count):
            self.add(server, tokens[number % len(tokens)], after)
            while len(self.followers) - self.ready > CONNECTING:
                self.turn(10)
        while self.ready < count:
            self.turn(10)

    def add(self, server, token, after):
        connection = socket.create_connection((server.host, server.port))
        connection.sendall((f"GET /v1/agendas/{server.name}/events?after={after} HTTP/1.1\r\nHost: {server.host}\r\n"
                            f"Authorization: Bearer {token}\r\nAccept: text/event-stream\r\n\r\n").encode())
        connection.setblocking(False)
        follower = Follower(connection)
        self.followers.append(follower)
        self.selector.register(connection, selectors.EVENT_READ, follower)

    def turn(self, seconds):
        """Reads from all that have something; gives those with another id."""
        events = self.selector.select(seconds)
        if not events:
            raise RuntimeError(f"nothing came for {seconds} s; {self.ready} of {len(self.followers)} follow")
        changed = []
        for key, _ in events:
            follower = key.data
            was_ready = follower.head
            if follower.receive():
                changed.append(follower)
            self.ready += follower.head and not was_ready
        return changed

    def close(self):
        for follower in self.followers:
            follower.socket.close()


class Pusher:
    """One device whose answers are read by the same selector as the followers' streams."""

    def __init__(self, server, device, token):
        self.server, self.device, self.token = server, device, token
        self.connection = load.Connection(server.host, server.port)

    def push(self, lines):
        status, body = self.connection.exchange(load.encode(self.server.host, self.server.name, self.token, lines, False))
        answer = json.loads(body)
        if status != 200 or answer["rejected"] or answer["duplicate"]:
            raise RuntimeError(f"a push was answered with {status}: {body[:300]}")
        return answer["size"]


def deliver(crowd, pusher, events):
    """One commit; the moments it was sent and answered, and every follower's receipt of all of it."""
    lines = pusher.device.revisions(events)
    request = load.encode(pusher.server.host, pusher.server.name, pusher.token, lines, False)
    connection = pusher.connection.socket
    connection.setblocking(False)
    crowd.selector.register(connection, selectors.EVENT_READ, None)
    answer, answered, receipts, pending = bytearray(), None, array.array("d"), {}
    sent = time.perf_counter()
    connection.sendall(request)
    goal = None
    while answered is None or len(receipts) < len(crowd.followers):
        ready = crowd.selector.select(30)
        if not ready:
            raise RuntimeError(f"{len(receipts)} of {len(crowd.followers)} have the commit after 30 s")
        for key, _ in ready:
            if key.data is None:
                answer += connection.recv(1 << 16)
                if answered is None and (size := size_in(answer)) is not None:
                    answered, goal = time.perf_counter(), size
                    receipts.extend(when for follower, when in pending.items() if follower.size >= goal)
                continue
            follower = key.data
            if follower.receive():
                # Followers may have the commit before the pusher has its answer, and so its size.
                if goal is None:
                    pending[follower] = time.perf_counter()
                elif follower.size >= goal:
                    receipts.append(time.perf_counter())
    crowd.selector.unregister(connection)
    connection.setblocking(True)
    return sent, answered, receipts


def size_in(answer):
    """The log's size from an answer to a push, once that is whole."""
    head, end, body = bytes(answer).partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    if not end or len(body) < int(length[1]):
        return None
    if not head.startswith(b"HTTP/1.1 200") or json.loads(body)["rejected"]:
        raise RuntimeError(f"a push failed: {bytes(answer)[:400]}")
    return json.loads(body)["size"]


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure(server, count, commits, rate):
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(count + 200, resource.getrlimit(resource.RLIMIT_NOFILE)[0]),
                                                resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    subject, token = server.enrol(0)
    pusher = Pusher(server, workload.Device(subject, 0, 1), token)
    tokens = [server.enrol(number + 1)[1] for number in range(DEVICES)]
    size = pusher.push(pusher.device.creations())
    settled = server.memory()[1]
    crowd = Crowd(server, tokens, count, size)
    report = {"followers": count, "memory_before_mb": round(settled, 1), "memory_following_mb": round(server.memory()[1], 1)}
    for events in (1, 100):
        deliver(crowd, pusher, events)
        cpu, own, begun = server.cpu(), time.process_time(), time.perf_counter()
        last, last_sent, each = [], [], array.array("d")
        for number in range(commits):
            # At a steady rate, so that commits do not wait for each other unless delivery takes longer.
            while (wait := begun + number / rate - time.perf_counter()) > 0:
                time.sleep(wait)
            sent, answered, receipts = deliver(crowd, pusher, events)
            last.append(max(receipts) - answered)
            last_sent.append(max(receipts) - sent)
            each.extend(moment - answered for moment in receipts)
        took = time.perf_counter() - begun
        report[f"commits of {events}"] = {
            "last_p50_ms": ms(last, 0.5), "last_p99_ms": ms(last, 0.99),
            "each_p50_ms": ms(each, 0.5), "each_p99_ms": ms(each, 0.99),
            "last_from_sending_p50_ms": ms(last_sent, 0.5), "last_from_sending_p99_ms": ms(last_sent, 0.99),
            "commits_per_s": round(commits / took, 1),
            "server_cpu_ms_per_commit": round((server.cpu() - cpu) / commits * 1000, 1),
            "followers_cpu_ms_per_commit": round((time.process_time() - own) / commits * 1000, 1),
        }
    peak, now = server.memory()
    report.update({"memory_after_mb": round(now, 1), "memory_peak_mb": round(peak, 1),
                   "memory_per_follower_kb": round((report["memory_following_mb"] - settled) * 1024 / count, 1),
                   "memory_per_follower_after_kb": round((now - settled) * 1024 / count, 1)})
    crowd.close()
    return report


def ms(values, share):
    return round(percentile(values, share) * 1000, 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build", "release", "ambit"))
    parser.add_argument("--followers", type=int, default=2000)
    parser.add_argument("--commits", type=int, default=100)
    parser.add_argument("--rate", type=float, default=5, help="commits a second")
    parser.add_argument("--out", help="add the figures to this file of JSON")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="ambit-followers-")
    cores = set(sorted(os.sched_getaffinity(0))[:2])
    os.sched_setaffinity(0, cores)  # the server inherits it
    # Each device has a member of its own, who has far more followers than anybody.
    server = Server(options.binary, folder, options=("--followers-each", str(options.followers)))
    try:
        found = measure(server, options.followers, options.commits, options.rate)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{found['followers']:,} followers, {options.commits} commits of each size, {len(cores)} cores; milliseconds, p50 / p99")
    print("commit of    answer to last      answer to each      sending to last     commits/s  CPU of server, followers")
    for events in (1, 100):
        f = found[f"commits of {events}"]
        cells = [f"{f[x + '_p50_ms']} / {f[x + '_p99_ms']}" for x in ("last", "each", "last_from_sending")]
        print(f"{events:>3} events   {cells[0]:<18}  {cells[1]:<18}  {cells[2]:<18}  {f['commits_per_s']:>9}  "
              f"{f['server_cpu_ms_per_commit']}, {f['followers_cpu_ms_per_commit']} a commit")
    print(f"  server memory {found['memory_before_mb']} MB without followers, {found['memory_following_mb']} MB with them, "
          f"{found['memory_after_mb']} MB at the end: {found['memory_per_follower_kb']} KB a follower, then "
          f"{found['memory_per_follower_after_kb']} KB; peak {found['memory_peak_mb']} MB")
    add(options.out, "followers", found)


if __name__ == "__main__":
    main()
