"""Redis Streams with the append-only file synced at every write. A batch is one transaction of XADDs, in one write to the socket.

Commands are encoded before the clock starts. Answers are counted and not taken apart, so that the cell shows what the server costs.
"""
import re
import socket
import time

from waiting import eventually

from .common import IDS, Serving, System, Wrong, batches, free_port, fresh, source_and_counter, tree_bytes

PAGE = 10_000


def command(*words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def encode(lines):
    adds = b"".join(command(b"XADD", b"log", b"*", b"e", line) for line in lines)
    return adds if len(lines) == 1 else command(b"MULTI") + adds + command(b"EXEC")


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def read(self, lines=None):
        """So many lines of an answer; without a number, those of entries of a stream, eight each after the first."""
        parts, seen = [], 0
        while lines is None or seen < lines:
            data = self.socket.recv(1 << 18)
            if not data:
                raise RuntimeError("Redis closed the connection")
            # An end of line may come in two pieces.
            seen += data.count(b"\n")
            parts.append(data)
            if parts[0].startswith(b"-"):
                raise RuntimeError(parts[0][:200])
            if lines is None and seen:
                lines = 1 + 8 * int(b"".join(parts)[1:].split(b"\r\n", 1)[0])
        if seen != lines or not parts[-1].endswith(b"\n"):
            raise RuntimeError("Redis said more than it was asked")
        return b"".join(parts)

    def ask(self, *words):
        """The answer to something small."""
        self.socket.sendall(command(*words))
        answer = self.socket.recv(1 << 18)
        if answer.startswith(b"-"):
            raise RuntimeError(answer)
        return answer


class Redis(System):
    name, title = "redis", "Redis Streams"
    durable = "`appendonly yes`, `appendfsync always`: the file is synced before the answer"
    lacks = "no validation, no order of causes, no duplicates found (who sends again after a lost answer has the event twice), all of it in memory"

    serving = None

    def start(self):
        self.close()
        fresh(self.folder)
        port = free_port()
        self.serving = Serving(["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", self.folder, "--appendonly", "yes",
                                "--appendfsync", "always", "--save", "", "--auto-aof-rewrite-percentage", "0"], port)
        if b"always" not in Connection(port).ask(b"CONFIG", b"GET", b"appendfsync"):
            raise Wrong("Redis does not sync")

    def empty(self, work, size):
        self.start()

    def prepared(self, work, size):
        return [[encode(batch) for batch in batches(lines, size)] for lines in work.lines]

    def client(self, number):
        connection = Connection(self.serving.port)

        def send(batch):
            connection.socket.sendall(batch)
            if batch.startswith(b"*5"):
                return connection.read(2)
            # OK, QUEUED for each, and the array of their ids.
            queued = batch.count(b"\r\nXADD\r\n")
            answer = connection.read(2 + queued + 2 * queued)
            if b"\r\n*%d\r\n" % queued not in answer or b"\r\n-" in answer:
                raise RuntimeError("Redis did not take the transaction")
        return send

    def check(self, work, size, answered):
        held = {own: [] for own in IDS}
        for line in self.read()[1]:
            held[source_and_counter(line)[0].removeprefix("device/")].append(line)
        for own, lines, count in zip(IDS, work.lines, answered):
            if held[own] != lines[:count * size]:
                raise Wrong(f"{len(held[own])} events of {own} are there, {count * size} were acknowledged")

    def load(self, lines, work):
        self.start()
        send = self.client(0)
        for batch in (lines[at:at + 1000] for at in range(0, len(lines), 1000)):
            send(encode(batch))

    def read(self):
        begun, lines, last = time.perf_counter(), [], b"-"
        connection = Connection(self.serving.port)
        while True:
            connection.socket.sendall(command(b"XRANGE", b"log", last, b"+", b"COUNT", b"%d" % PAGE))
            words = connection.read().split(b"\r\n")
            lines += words[8::8]
            if len(words) < 1 + 8 * PAGE:
                connection.socket.close()
                return time.perf_counter() - begun, lines
            last = b"(" + words[-7]

    def disk(self):
        written, connection = tree_bytes(self.folder), Connection(self.serving.port)
        connection.ask(b"BGREWRITEAOF")
        if not eventually(lambda: re.search(rb"aof_rewrite_in_progress:0", connection.ask(b"INFO", b"persistence"))
                          and re.search(rb"aof_rewrite_scheduled:0", connection.ask(b"INFO", b"persistence"))):
            raise RuntimeError("Redis does not rewrite its file")
        connection.socket.close()
        return {"bytes": tree_bytes(self.folder), "what": "the append-only file, rewritten", "as written": written}

    def close(self):
        if self.serving:
            self.serving.stop()
            self.serving = None
