"""Clients that mean harm, in processes of their own: what they do is not to take the time of whoever measures.

An attack is a function that goes on until it is ended. `attacking` runs one, and says how often it did what it does.
"""
import collections
import contextlib
import dataclasses
import gzip
import http.client
import itertools
import json
import multiprocessing
import os
import socket
import ssl
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import secured  # noqa: E402

LINE = '{{"specversion":"1.0","id":"{id}","source":"{source}","type":"{type}","subject":"{subject}",' \
    '"time":"2026-11-12T10:11:12.123Z","basis":0,"data":{data}}}'


@dataclasses.dataclass
class Device:
    """A device that talks to the server without a replica."""
    base: str
    agenda: str
    device: str
    token: str

    @property
    def host(self):
        return urllib.parse.urlsplit(self.base).netloc

    def connection(self):
        """A new connection to the server."""
        return client(self.base)

    def path(self, rest):
        return f"/v1/agendas/{self.agenda}{rest}"

    def headers(self, **more):
        return {"Authorization": f"Bearer {self.token}"} | {name.replace("_", "-"): value for name, value in more.items()}

    def line(self, number, type="project.started", subject=None, **data):
        subject = subject or f"{type.split('.')[0]}/{self.device.split('/')[1]}-{number}"
        data = json.dumps({"title": "Warmtenet", **data}, ensure_ascii=False, separators=(",", ":"))
        return LINE.format(id=number, source=self.device, type=type, subject=subject, data=data)

    def push(self, connection, body):
        """Sends a push; its status and the answer."""
        connection.request("POST", self.path("/events"), body,
                           self.headers(Content_Type="application/x-ndjson", Content_Encoding="gzip"))
        answer = connection.getresponse()
        return answer.status, answer.read()


def packed(lines):
    return gzip.compress("\n".join(lines).encode(), 6, mtime=0)


def client(base):
    """A connection to the server at an address that is either plain or secured."""
    place = urllib.parse.urlsplit(base)
    if place.scheme == "https":
        return http.client.HTTPSConnection(place.netloc, timeout=900, context=secured.context())
    return http.client.HTTPConnection(place.netloc, timeout=900)


def enrol(base, agenda, invite, name):
    """A new device of a new member."""
    connection = client(base)
    body = json.dumps({"invite": invite, "member": f"Voorbeeld {name}", "device": name})
    connection.request("POST", f"/v1/agendas/{agenda}/devices", body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    found = json.load(answer)
    assert answer.status == 201, (answer.status, found)
    connection.close()
    return Device(base, agenda, found["device"], found["token"])


def further(device, count):
    """More devices of the same member."""
    devices = []
    with contextlib.closing(http.client.HTTPConnection(device.host, timeout=900)) as connection:
        for number in range(count):
            body = json.dumps({"device": f"{number}"})
            connection.request("POST", device.path("/devices"), body, device.headers(Content_Type="application/json"))
            answer = connection.getresponse()
            found = json.load(answer)
            assert answer.status == 201, (answer.status, found)
            devices.append(Device(device.base, device.agenda, found["device"], found["token"]))
    return devices


# --- Attacks

def repeatedly(act, connections, counts):
    """Does something on so many threads without end; each has its own connection."""
    def go(number):
        connection = None
        while True:
            counts["begun"] += 1
            try:
                connection = act(connection, number)
                counts["done"] += 1
            except (OSError, http.client.HTTPException):
                counts["failed"] += 1
                connection = None
                time.sleep(0.01)

    threads = [threading.Thread(target=go, args=(number,), daemon=True) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def same_push(device, body, counts, connections=16):
    """Sends one body again and again."""
    def act(connection, _):
        connection = connection or http.client.HTTPConnection(device.host, timeout=900)
        status = str(device.push(connection, body)[0])
        counts[status] = counts.get(status, 0) + 1
        return connection
    repeatedly(act, connections, counts)


def same_pushes(pushes, counts):
    """The same, of several devices at once, each with its own body."""
    threads = [threading.Thread(target=same_push, args=(*push, counts), daemon=True) for push in pushes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def unknown_subjects(device, first, count, counts, connections=4):
    """Pushes new events about subjects that do not exist, until no more of them is kept, and then goes on."""
    lock, state = threading.Lock(), {"next": first}

    def act(connection, _):
        connection = connection or http.client.HTTPConnection(device.host, timeout=900)
        with lock:
            start = state["next"]
            state["next"] += count
        lines = [device.line(number, "project.revised", f"project/geen-{number}", title="x" * 200, summary="y" * 2000)
                 for number in range(start, start + count)]
        status = str(device.push(connection, packed(lines))[0])
        counts[status] = counts.get(status, 0) + 1
        return connection
    repeatedly(act, connections, counts)


def opened(host, source, tls=None):
    name, port = host.rsplit(":", 1)
    connection = socket.create_connection((name, int(port)), timeout=900, source_address=(source, 0) if source else None)
    if not tls:
        return connection
    try:
        return tls.wrap_socket(connection)
    except OSError:
        connection.close()
        raise


def held_connections(host, sources, each, tls, counts, pause=0.2):
    """Holds so many connections open from each address, and opens others for those that were ended.

    Some say nothing, some begin a head, some send a byte of a body at times.
    """
    begun = (b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-", b"POST /v1/agendas/proef/devices HTTP/1.1\r\nHost: x\r\n"
             b"Content-Type: application/json\r\nContent-Length: 10000\r\n\r\n",
             b"POST /v1/agendas/proef/events HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000000\r\n\r\n")
    held, context = [], secured.context() if tls else None
    while True:
        for number in range(each * len(sources) - len(held)):
            with contextlib.suppress(OSError):
                connection = opened(host, sources[number % len(sources)], context)
                connection.sendall(begun[number % len(begun)])
                held.append(connection)
                counts["begun"] += 1
        for connection in held[:]:
            connection.setblocking(False)
            try:
                connection.send(b"x")
            except (BlockingIOError, ssl.SSLWantWriteError):
                pass
            except OSError:
                held.remove(connection)
                connection.close()
                counts["ended"] = counts.get("ended", 0) + 1
        time.sleep(pause)


def passing_connections(host, sources, each, counts, connections=64):
    """Opens secured connections without pause on so many threads, each of which lets the oldest go when it has too many."""
    context = secured.context()
    held = [collections.deque() for _ in range(connections)]

    def act(_, number):
        connection = opened(host, sources[number % len(sources)], context)
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-")
        held[number].append(connection)
        if len(held[number]) > each:
            held[number].popleft().close()
    repeatedly(act, connections, counts)


def endless_bodies(host, source, tls, counts, connections=8):
    """Sends bodies without an end and without a token, as fast as they are taken."""
    piece, context = b"x" * 65536, secured.context() if tls else None
    head = b"POST /v1/agendas/proef/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000000\r\n\r\n"

    def act(_, __):
        with opened(host, source, context) as connection:
            connection.sendall(head)
            while True:
                connection.sendall(piece)
                counts["bytes"] = counts.get("bytes", 0) + len(piece)
    repeatedly(act, connections, counts)


def bundles(host, agenda, sources, segments, counts, connections=16):
    """Fetches entry bundles of a public log, compressed, also for their heads alone."""
    def act(connection, number):
        source = sources[number % len(sources)]
        connection = connection or http.client.HTTPConnection(host, timeout=900, source_address=(source, 0))
        for segment in range(segments):
            method, path = "GET" if (segment + number) % 2 else "HEAD", f"/v1/agendas/{agenda}/tile/entries/{segment:03}"
            connection.request(method, path, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            counts[str(answer.status)] = counts.get(str(answer.status), 0) + 1
            counts["bytes"] = counts.get("bytes", 0) + len(answer.read())
        return connection
    repeatedly(act, connections, counts)


def forgotten_subjects(maker, first, revisers, each, counts):
    """Revises subjects that the server is about to forget, while others are made so that it does.

    The subjects are those that the maker has made with all counters below `first`.
    """
    starts, numbers = itertools.cycle(range(1, first - each, each)), [1] * len(revisers) + [first]

    def act(connection, number):
        device, counter = [*revisers, maker][number], numbers[number]
        connection = connection or device.connection()
        if device is maker:
            lines = [device.line(counter + place) for place in range(10_000)]
            # Then there are always some that wait while these are taken in.
            while counts.get("revised 200", 0) < len(revisers):
                time.sleep(0.02)
        else:
            start, made = next(starts), f"project/{maker.device.split('/')[1]}"
            lines = [device.line(counter + place, "project.revised", f"{made}-{start + place}") for place in range(each)]
        status, _ = device.push(connection, packed(lines))
        name = f"{'made' if device is maker else 'revised'} {status}"
        counts[name] = counts.get(name, 0) + 1
        numbers[number] += len(lines)
        return connection
    repeatedly(act, len(numbers), counts)


def reads(device, paths, counts, connections=16):
    """Asks for what is folded, again and again; the log grows meanwhile, so nothing that was answered holds any more."""
    def act(connection, number):
        connection = connection or http.client.HTTPConnection(device.host, timeout=900)
        connection.request("GET", device.path(paths[number % len(paths)]), headers=device.headers(Accept_Encoding="gzip"))
        answer = connection.getresponse()
        counts[str(answer.status)] = counts.get(str(answer.status), 0) + 1
        counts["bytes"] = counts.get("bytes", 0) + len(answer.read())
        return connection
    repeatedly(act, connections, counts)


def visits(host, paths, sources, counts, connections=16):
    """Asks for the same addresses without a token, again and again."""
    def act(connection, number):
        source = sources[number % len(sources)]
        connection = connection or http.client.HTTPConnection(host, timeout=900, source_address=(source, 0))
        connection.request("GET", paths[counts["begun"] % len(paths)])
        answer = connection.getresponse()
        counts[str(answer.status)] = counts.get(str(answer.status), 0) + 1
        counts["bytes"] = counts.get("bytes", 0) + len(answer.read())
        return connection
    repeatedly(act, connections, counts)


def asked(connection, path, headers, counts):
    """Asks for something, and takes the answer; its status, which is counted."""
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    counts[str(answer.status)] = counts.get(str(answer.status), 0) + 1
    return answer.status


def asked_together(host, clients, paths, counts, each=8):
    """Each of several clients, an address and its headers, asks for what takes long on so many connections, one after the other;
    when it was too much, after a moment again."""
    def act(connection, number):
        source, headers = clients[number % len(clients)]
        connection = connection or http.client.HTTPConnection(host, timeout=900, source_address=(source, 0))
        if asked(connection, paths[counts["begun"] % len(paths)], headers, counts) != 200:
            time.sleep(0.1)
        return connection
    repeatedly(act, each * len(clients), counts)


def awaited_files(host, clients, address, sizes, counts, each=8):
    """Each of several clients asks for the same file on so many connections, and for the one of another state once it is there."""
    sizes, lock = itertools.cycle(sizes), threading.Lock()
    wanted = [next(sizes)]

    def act(connection, number):
        source, headers = clients[number % len(clients)]
        connection = connection or http.client.HTTPConnection(host, timeout=900, source_address=(source, 0))
        size = wanted[0]
        if asked(connection, address.format(size), headers, counts) != 200:
            time.sleep(0.5)
            return connection
        with lock:
            if wanted[0] == size:
                wanted[0] = next(sizes)
        return connection
    repeatedly(act, each * len(clients), counts)


def pipelines(host, path, sources, reads, counts, rate=100, length=300, most=1500):
    """Opens so many connections a second, and sends so many requests without a token on each at once."""
    request = b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n"
    name, port = host.rsplit(":", 1)
    held, begun = collections.deque(), time.monotonic()
    while True:
        if counts["begun"] > rate * (time.monotonic() - begun):
            time.sleep(0.003)
            for connection in list(held)[:200] if reads else ():
                with contextlib.suppress(OSError):
                    counts["bytes"] = counts.get("bytes", 0) + len(connection.recv(1 << 18))
            continue
        source = sources[counts["begun"] % len(sources)]
        counts["begun"] += 1
        try:
            connection = socket.create_connection((name, int(port)), timeout=3, source_address=(source, 0))
            connection.setblocking(False)
            connection.send(length * request)
            held.append(connection)
        except OSError:
            counts["failed"] += 1
        if len(held) > most:
            held.popleft().close()


def made_files(devices, file, sizes, counts):
    """Has a file made of one earlier state after the other, each device one at a time."""
    def act(connection, number):
        device = devices[number]
        connection = connection or http.client.HTTPConnection(device.host, timeout=900)
        # Never one that another device asks for: that would be made once for both.
        size = sizes[(counts["begun"] * len(devices) + number) % len(sizes)]
        connection.request("GET", device.path(f"/snapshots/{size}/{file}"), headers=device.headers())
        answer = connection.getresponse()
        answer.read()
        counts[str(answer.status)] = counts.get(str(answer.status), 0) + 1
        if answer.status in (429, 503):
            # Whoever comes first has the next place.
            time.sleep(0.02)
        return connection
    repeatedly(act, len(devices), counts)


def old_checkpoints(device, note, counts, connections=8):
    """Shows a checkpoint that the log signed long ago, again and again."""
    def act(connection, _):
        connection = connection or http.client.HTTPConnection(device.host, timeout=900)
        connection.request("POST", device.path("/checkpoint"), note, device.headers())
        answer = connection.getresponse()
        answer.read()
        counts[str(answer.status)] = counts.get(str(answer.status), 0) + 1
        return connection
    repeatedly(act, connections, counts)


def unread_pulls(devices, each, counts):
    """Asks for the log and reads nothing of it."""
    def act(_, number):
        device = devices[number % len(devices)]
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        name, port = device.host.rsplit(":", 1)
        connection.connect((name, int(port)))
        connection.settimeout(900)
        head = f"GET {device.path('/events')} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {device.token}\r\n"
        connection.sendall(f"{head}Accept: application/x-ndjson\r\n\r\n".encode())
        connection.recv(16)
        # Until the server ends it.
        while connection.fileno() >= 0:
            time.sleep(0.5)
            try:
                connection.send(b"")
                if connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                    break
                if connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b"":
                    break
            except BlockingIOError:
                continue
            except OSError:
                break
        connection.close()
        return None
    repeatedly(act, each * len(devices), counts)


def given_up(devices, each, head, seconds, counts):
    """Begins one request after the other, and ends each before it has been waited for long: its place is taken again."""
    def act(_, number):
        device = devices[number % len(devices)]
        connection = socket.socket()
        with connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            name, port = device.host.rsplit(":", 1)
            connection.settimeout(900)
            connection.connect((name, int(port)))
            connection.sendall(head.format(path=device.path(""), token=device.token).encode())
            begun = time.monotonic()
            connection.settimeout(seconds)
            try:
                status = connection.recv(16)[9:12].decode() or "ended"
                counts[status] = counts.get(status, 0) + 1
                # An answer that nobody reads keeps a place; one that was refused is soon asked for again.
                time.sleep(max(0.0, seconds + begun - time.monotonic()) if status == "200" else 0.03)
            except TimeoutError:
                counts["held"] = counts.get("held", 0) + 1
    repeatedly(act, each * len(devices), counts)


def begun_pushes(devices, each, seconds, counts):
    """Begins pushes of which one byte comes."""
    given_up(devices, each, "POST {path}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
             "Content-Type: application/x-ndjson\r\nContent-Length: 2000\r\n\r\n[", seconds, counts)


def given_up_pulls(devices, each, path, seconds, counts):
    """Asks for what is long, and reads nothing of it."""
    given_up(devices, each, f"GET {{path}}{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {{token}}\r\n"
             "Accept: application/x-ndjson\r\n\r\n", seconds, counts)


def unsent_bodies(devices, sources, number, counts):
    """Holds so many requests of which a byte of the body has come, and begins others for those that were ended."""
    held = []
    while True:
        for place in range(number - len(held)):
            device = devices[(place + counts["begun"]) % len(devices)]
            try:
                connection = opened(device.host, sources[place % len(sources)])
                connection.sendall(f"POST {device.path('/checkpoint')} HTTP/1.1\r\nHost: x\r\n"
                                   f"Authorization: Bearer {device.token}\r\nContent-Length: 1000\r\n\r\nx".encode())
            except OSError:
                counts["failed"] += 1
                break
            connection.setblocking(False)
            held.append(connection)
            counts["begun"] += 1
        for connection in held[:]:
            try:
                answer = connection.recv(200)
            except BlockingIOError:
                continue
            except OSError:
                answer = b""
            status = answer[9:12].decode() or "ended"
            counts[status] = counts.get(status, 0) + 1
            held.remove(connection)
            connection.close()
        time.sleep(0.05)


def past_states(devices, sizes, counts, each=2):
    """Asks for one state of the past after the other."""
    def act(connection, number):
        device = devices[number % len(devices)]
        connection = connection or http.client.HTTPConnection(device.host, timeout=900)
        size = sizes[(counts["begun"] * 7919 + number) % len(sizes)]
        if asked(connection, device.path(f"/state?at={size}&limit=1"), device.headers(), counts) != 200:
            time.sleep(0.01)
        return connection
    repeatedly(act, each * len(devices), counts)


def begun_long_pushes(devices, counts, pause=None):
    """Begins long pushes and does not go on, or sends a byte now and then, so many seconds apart."""
    body = os.urandom(1_200_000)

    def act(_, number):
        device = devices[number % len(devices)]
        with opened(device.host, None) as connection:
            head = f"POST {device.path('/events')} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {device.token}\r\n" \
                "Content-Type: application/x-ndjson\r\nContent-Encoding: gzip\r\nContent-Length: 2000000\r\n\r\n"
            connection.sendall(head.encode() + body)
            counts["sent"] = counts.get("sent", 0) + 1
            while pause:
                time.sleep(pause)
                connection.sendall(b"x")
            status = connection.recv(16)[9:12].decode()
            counts[status] = counts.get(status, 0) + 1
        return None
    repeatedly(act, 2 * len(devices), counts)


def trickled_long_pushes(devices, counts):
    """Begins long pushes, and sends a byte now and then."""
    begun_long_pushes(devices, counts, pause=1.5)


# --- Running them

@contextlib.contextmanager
def attacking(attack, *arguments):
    """Runs an attack while the body runs; gives its counts, a moment old."""
    manager = multiprocessing.Manager()
    with manager:
        counts = manager.dict(begun=0)
        process = multiprocessing.Process(target=_attack, args=(attack, arguments, counts), daemon=True)
        process.start()
        try:
            yield counts
            if not process.is_alive():
                raise AssertionError(f"the attack {attack.__name__} ended by itself with {process.exitcode}")
        finally:
            process.kill()
            process.join()


def _attack(attack, arguments, shared):
    # Real attackers are on other machines.
    os.nice(15)
    counts = dict(begun=0, done=0, failed=0)

    def publish():
        while True:
            shared.update(dict(counts))
            time.sleep(0.2)
    threading.Thread(target=publish, daemon=True).start()
    attack(*arguments, counts)
