"""One pushing device in a process of its own: plain socket, requests encoded before the clock starts."""
import gzip
import json
import socket
import time


class Connection:
    """HTTP/1.1 over one kept-alive socket; enough for this benchmark, and cheap."""

    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()

    def exchange(self, request):
        """Sends the bytes of a request; gives status and body."""
        self.socket.sendall(request)
        while (end := self.buffer.find(b"\r\n\r\n")) < 0:
            self._more()
        head = bytes(self.buffer[:end]).lower()
        status = int(head[9:12])
        at = head.find(b"content-length:")
        if at < 0:
            raise RuntimeError("an answer without content-length")
        stop = head.find(b"\r\n", at)
        length = int(head[at + 15:stop if stop > 0 else len(head)])
        while len(self.buffer) < end + 4 + length:
            self._more()
        body = bytes(self.buffer[end + 4:end + 4 + length])
        del self.buffer[:end + 4 + length]
        return status, body

    def _more(self):
        data = self.socket.recv(1 << 18)
        if not data:
            raise RuntimeError("the server closed the connection")
        self.buffer += data


def encode(host, agenda, token, lines, compressed):
    """The bytes of one push."""
    body = b"\n".join(lines) + b"\n"
    if compressed:
        body = gzip.compress(body, 6, mtime=0)
    head = (f"POST /v1/agendas/{agenda}/events HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/x-ndjson\r\nAmbit-Protocol: 1\r\nContent-Length: {len(body)}\r\n"
            + ("Content-Encoding: gzip\r\n" if compressed else "") + "\r\n")
    return head.encode() + body


def begin(pipe):
    """Says that this device is ready, and waits for the moment at which all of them begin; gives that."""
    pipe.send(None)
    start = pipe.recv()
    time.sleep(max(0, start - time.perf_counter()))
    return start


def push(host, port, requests, size, seconds, pipe):
    """Pushes until the time is over; puts (sent, answered) pairs into the pipe."""
    connection = Connection(host, port)
    times = []
    start = begin(pipe)
    for request in requests:
        begun = time.perf_counter()
        if begun >= start + seconds:
            break
        status, body = connection.exchange(request)
        if status != 200:
            raise RuntimeError(f"a push was answered with {status}: {body[:400]}")
        times.append((begun, time.perf_counter()))
        answer = json.loads(body) if size > 1 else None
        if b'"rejected":[]' not in body.replace(b" ", b"") or answer and answer["duplicate"]:
            raise RuntimeError(f"a push was not accepted whole: {body[:400]}")
    pipe.send(times)
    pipe.close()
