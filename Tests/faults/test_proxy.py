#!/usr/bin/env python3
"""The proxy by itself: what it passes on, and that each fault is the fault that was asked for."""
import contextlib
import os
import socket
import sys
import threading
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from proxy import DOWN, UP, Lane, ProxyThread, Treatment, WholeAnswers, chosen  # noqa: E402
from waiting import HANGS  # noqa: E402


class Peer:
    """A server that echoes, or answers every connection with fixed bytes; remembers what it received."""

    def __init__(self, answer=None):
        self.answer, self.received, self.done = answer, bytearray(), threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(OSError), connection:
            if self.answer:
                connection.sendall(self.answer)
            while data := connection.recv(65_536):
                self.received += data
                if not self.answer:
                    connection.sendall(data)
        self.done.set()


class Proxying(unittest.TestCase):
    def through(self, answer=None, **options):
        peer = Peer(answer)
        self.addCleanup(peer.listener.close)
        self.proxy = ProxyThread(peer.address, **options)
        self.addCleanup(self.proxy.stop)
        connection = socket.create_connection(("127.0.0.1", self.proxy.port))
        connection.settimeout(HANGS)
        self.addCleanup(connection.close)
        return peer, connection

    def everything(self, connection):
        """What arrives until the end, and whether that was clean."""
        received = bytearray()
        try:
            while data := connection.recv(65_536):
                received += data
            return bytes(received), True
        except ConnectionResetError:
            return bytes(received), False

    def test_bytes_pass_unchanged_in_both_directions(self):
        _, connection = self.through()
        sent = os.urandom(3_000_000)
        threading.Thread(target=lambda: (connection.sendall(sent), connection.shutdown(socket.SHUT_WR))).start()
        received, is_clean = self.everything(connection)
        self.assertTrue(is_clean)
        self.assertEqual(received, sent)
        self.assertEqual(self.proxy.proxy.bytes, {UP: len(sent), DOWN: len(sent)})

    def test_an_answer_is_truncated_at_the_byte_and_ends_cleanly(self):
        for after in (0, 1, 1000, 70_000):
            treatment = Treatment("fin", DOWN, after)
            _, connection = self.through(answer=b"x" * 100_000, treat=lambda number: treatment)
            self.assertEqual(self.everything(connection), (b"x" * after, True))
            self.assertEqual(self.proxy.proxy.faults, {"fin down": 1})

    def test_a_broken_connection_is_a_reset(self):
        _, connection = self.through(answer=b"x" * 100_000, treat=lambda number: Treatment("rst", DOWN, 500))
        received, is_clean = self.everything(connection)
        self.assertFalse(is_clean)
        self.assertLessEqual(len(received), 500)

    def test_a_request_cut_on_its_way_arrives_in_part(self):
        peer, connection = self.through(treat=lambda number: Treatment("fin", UP, 10))
        connection.sendall(b"0123456789abcdef")
        self.everything(connection)
        self.assertTrue(peer.done.wait(HANGS))
        self.assertEqual(bytes(peer.received), b"0123456789")

    def test_an_answer_is_dropped_after_its_request_went_through(self):
        peer, connection = self.through(treat=lambda number: Treatment("rst", DOWN, 0))
        connection.sendall(b"request")
        self.assertEqual(self.everything(connection), (b"", False))
        self.assertEqual(bytes(peer.received), b"request")

    def test_a_stalled_connection_stays_open_and_says_nothing(self):
        peer, connection = self.through(treat=lambda number: Treatment("stall", UP, 0))
        connection.sendall(b"request")
        connection.settimeout(0.3)
        self.assertRaises(TimeoutError, connection.recv, 1)
        self.assertEqual(bytes(peer.received), b"")

    def test_a_stall_with_an_end_loses_nothing(self):
        _, connection = self.through(treat=lambda number: Treatment("stall", UP, 3, 0.2))
        begun = time.monotonic()
        connection.sendall(b"request")
        connection.shutdown(socket.SHUT_WR)
        self.assertEqual(self.everything(connection), (b"request", True))
        self.assertGreaterEqual(time.monotonic() - begun, 0.2)

    def test_latency_counts_for_the_connection_and_for_each_way(self):
        begun = time.monotonic()
        _, connection = self.through(up=Lane(latency=0.1), down=Lane(latency=0.1))
        connection.sendall(b"x")
        self.assertEqual(connection.recv(1), b"x")
        self.assertGreaterEqual(time.monotonic() - begun, 0.4)

    def test_a_rate_is_that_of_all_connections_together(self):
        begun = time.monotonic()
        peer, first = self.through(down=Lane(rate=100_000), answer=b"x" * 30_000)
        second = socket.create_connection(("127.0.0.1", self.proxy.port))
        self.addCleanup(second.close)
        for connection in (first, second):
            left = 30_000
            while left:
                left -= len(connection.recv(left))
        self.assertGreaterEqual(time.monotonic() - begun, 0.55)

    def test_treatments_by_chance_follow_the_seed(self):
        def draw(seed):
            return [chosen(seed, 0.5)(number) for number in range(200)]

        self.assertEqual(draw(1), draw(1))
        self.assertNotEqual(draw(1), draw(2))
        self.assertEqual({t.action for t in draw(1)}, {"pass", "rst", "fin", "stall"})

    def test_nobody_listening_breaks_the_connection(self):
        proxy = ProxyThread(("127.0.0.1", 1))
        self.addCleanup(proxy.stop)
        with socket.create_connection(("127.0.0.1", proxy.port)) as connection:
            connection.settimeout(HANGS)
            self.assertEqual(self.everything(connection), (b"", False))


class HoldingAnswersBack(unittest.TestCase):
    ANSWERS = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    ]

    def test_answers_come_out_whole_however_they_come_in(self):
        stream = b"".join(self.ANSWERS)
        ends = [len(b"".join(self.ANSWERS[:count + 1])) for count in range(len(self.ANSWERS))]
        for step in (1, 2, 3, 7, 50, len(stream)):
            held, out = WholeAnswers(), b""
            for at in range(0, len(stream), step):
                out += held.feed(stream[at:at + step])
                taken = min(at + step, len(stream))
                self.assertEqual(len(out), max([end for end in ends if end <= taken], default=0))
            self.assertEqual(out, stream)

    def test_an_answer_without_an_end_does_not_come_out(self):
        held = WholeAnswers()
        self.assertEqual(held.feed(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), b"")
        self.assertEqual(held.feed(b"9\r\n: ambit\n\n\r\n" * 100), b"")


if __name__ == "__main__":
    unittest.main()
