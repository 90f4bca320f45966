#!/usr/bin/env python3
"""A TCP proxy that does to connections what networks do: delay, narrow, cut, stall, lose answers, hold them back.

    python3 Tests/faults/proxy.py HOST:PORT [--listen 127.0.0.1:0] [--latency-ms 25] [--rate 125000]
                                  [--share 0.3 --seed 7] [--whole-answers]

Prints one line of JSON with its port, and goes on until it is ended. As a library: `Proxy` in a running event loop,
`ProxyThread` beside a test. What happens to a connection is a `Treatment`, chosen when it is accepted.
"""
import argparse
import asyncio
import collections
import contextlib
import dataclasses
import json
import random
import socket
import struct
import threading

UP, DOWN = "up", "down"  # from the client to the server, and back


@dataclasses.dataclass(frozen=True)
class Treatment:
    """At most one fault of a connection: what is done as soon as there is more in `direction` than `after` bytes.

    `rst` breaks the connection, `fin` ends it cleanly on both sides, `stall` forwards nothing for `seconds` and then
    goes on. So `fin` on the way down truncates an answer, anything on the way down after 0 bytes lets the request
    through and drops its answer, and `stall` on the way up after 0 bytes accepts and never answers.
    """
    action: str = "pass"
    direction: str = DOWN
    after: int = 0
    seconds: float = 1e9
    whole_answers: bool = False


PASS = Treatment()


def chosen(seed, share, stall=(0.05, 2.0)):
    """Treatments by chance: the same ones for the same seed and number of the connection."""
    def treat(number):
        rnd = random.Random(f"{seed}/{number}")
        if rnd.random() >= share:
            return PASS
        # Most requests and answers are short, some are long: sizes of all magnitudes are equally likely.
        after = int(2 ** rnd.uniform(0, 18)) - 1 if rnd.random() < 0.8 else 0
        return Treatment(rnd.choice(("rst", "rst", "fin", "stall")), rnd.choice((UP, DOWN, DOWN)), after,
                         rnd.uniform(*stall))
    return treat


class Lane:
    """One direction of the link, shared by all connections: a rate in bytes a second and a latency in seconds."""
    QUEUE = 0.1  # seconds of data that may wait for the lane; then senders are held back

    def __init__(self, rate=None, latency=0.0):
        self.rate, self.latency, self.free = rate, latency, 0.0
        # Small pieces where the lane is narrow, so that connections take turns.
        self.piece = 65_536 if rate is None else min(65_536, max(1460, int(rate / 50)))

    def send(self, length, now):
        """When bytes that are handed over now arrive at the other end."""
        if self.rate is not None:
            self.free = max(self.free, now) + length / self.rate
            now = self.free
        return now + self.latency

    async def ready(self, loop):
        while self.rate is not None and (ahead := self.free - loop.time() - self.QUEUE) > 0:
            await asyncio.sleep(ahead)


class WholeAnswers:
    """Holds HTTP answers back until they are whole, as some proxies in offices do. Not for HEAD."""

    def __init__(self):
        self.buffer = bytearray()

    def feed(self, data):
        """Takes bytes; gives all answers that are whole now."""
        self.buffer += data
        ready = 0
        while (end := self._end(ready)) is not None:
            ready = end
        whole = bytes(self.buffer[:ready])
        del self.buffer[:ready]
        return whole

    def _end(self, start):
        head = self.buffer.find(b"\r\n\r\n", start)
        if head < 0:
            return None
        lines = bytes(self.buffer[start:head]).lower().split(b"\r\n")
        fields = dict(line.split(b":", 1) for line in lines[1:] if b":" in line)
        status, at = int(lines[0].split()[1]), head + 4
        if b"chunked" in fields.get(b"transfer-encoding", b""):
            return self._end_of_chunks(at)
        if status < 200 or status in (204, 304):
            return at
        if b"content-length" not in fields:
            return None  # until the connection ends
        end = at + int(fields[b"content-length"])
        return end if end <= len(self.buffer) else None

    def _end_of_chunks(self, at):
        while (line := self.buffer.find(b"\r\n", at)) >= 0:
            length = int(bytes(self.buffer[at:line]).split(b";")[0], 16)
            at = line + 2 + length + 2
            if at > len(self.buffer):
                return None
            if not length:
                return at
        return None


class Proxy:
    """Listens, connects each client on to `target`, and treats each connection as `treat(number)` says."""

    def __init__(self, target, up=None, down=None, treat=lambda number: PASS, watch=None):
        self.target, self.treat = target, treat
        self.watch = watch  # called as (direction, bytes) with all that arrives, before it is forwarded
        self.lanes = {UP: up or Lane(), DOWN: down or Lane()}
        self.bytes = {UP: 0, DOWN: 0}  # forwarded
        self.faults = collections.Counter()  # those that really happened
        self.connections, self._open = 0, set()

    async def start(self, host="127.0.0.1", port=0):
        self.server = await asyncio.start_server(self._accept, host, port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self):
        self.server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _accept(self, client_reader, client):
        task = asyncio.current_task()
        self._open.add(task)
        self.connections += 1
        treatment, server = self.treat(self.connections), None
        try:
            # A connection is there after a round trip.
            if trip := self.lanes[UP].latency + self.lanes[DOWN].latency:
                await asyncio.sleep(trip)
            server_reader, server = await asyncio.open_connection(*self.target)
            for writer in (client, server):
                writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pumps = [asyncio.ensure_future(pump) for pump in (
                self._pump(UP, client_reader, server, treatment), self._pump(DOWN, server_reader, client, treatment))]
            try:
                await asyncio.gather(*pumps)
            finally:
                for pump in pumps:
                    pump.cancel()
        except End as end:
            await self._close(end.is_clean, client, server)
        except (OSError, asyncio.CancelledError):
            await self._close(False, client, server)
        else:
            await self._close(True, client, server)
        finally:
            self._open.discard(task)

    @staticmethod
    async def _close(is_clean, *writers):
        for writer in filter(None, writers):
            with contextlib.suppress(OSError):  # the other end may have been faster
                if not is_clean:
                    linger = struct.pack("ii", 1, 0)  # what is left is thrown away, and the other side hears RST
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    writer.transport.abort()
                writer.close()
                await writer.wait_closed()

    async def _pump(self, direction, reader, writer, treatment):
        queue = asyncio.Queue(64)
        sending = asyncio.ensure_future(self._send(direction, queue, writer))
        reading = asyncio.ensure_future(self._read(direction, reader, queue, treatment))
        try:
            await asyncio.gather(reading, sending)
        finally:
            reading.cancel()
            sending.cancel()

    async def _read(self, direction, reader, queue, treatment):
        loop, lane, taken = asyncio.get_running_loop(), self.lanes[direction], 0
        answers = WholeAnswers() if treatment.whole_answers and direction == DOWN else None
        left = treatment.after if treatment.action != "pass" and treatment.direction == direction else None
        while True:
            await lane.ready(loop)
            data = await reader.read(lane.piece)
            if self.watch and data:
                self.watch(direction, data)
            if answers:
                # Answers that end with their connection are whole then.
                data = answers.feed(data) if data else bytes(answers.buffer)
                if not data and not reader.at_eof():
                    continue
            if not data:
                break
            if left is not None and len(data) > left:
                await queue.put((lane.send(left, loop.time()), data[:left]))
                data, left = data[left:], None
                self.faults[f"{treatment.action} {direction}"] += 1
                if treatment.action != "stall":
                    await queue.put((0, End(treatment.action == "fin")))
                    return
                await asyncio.sleep(treatment.seconds)
            elif left is not None:
                left -= len(data)
            await queue.put((lane.send(len(data), loop.time()), data))
        await queue.put((lane.send(0, loop.time()), None))

    async def _send(self, direction, queue, writer):
        loop = asyncio.get_running_loop()
        while True:
            due, data = await queue.get()
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
            if isinstance(data, End):
                raise data
            if data is None:
                if writer.can_write_eof():
                    writer.write_eof()
                return
            self.bytes[direction] += len(data)
            writer.write(data)
            await writer.drain()


class End(Exception):
    """The treatment ends the connection here."""

    def __init__(self, is_clean):
        self.is_clean = is_clean


class ProxyThread:
    """A proxy with an event loop of its own, for tests that are not asynchronous."""

    def __init__(self, *arguments, port=0, **options):
        self.proxy = Proxy(*arguments, **options)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self._call(self.proxy.start(port=port))

    @property
    def port(self):
        return self.proxy.port

    def stop(self):
        self._call(self.proxy.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)


def address(text):
    host, _, port = text.rpartition(":")
    return host, int(port)


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", type=address, help="host:port to connect to")
    parser.add_argument("--listen", type=address, default=("127.0.0.1", 0))
    parser.add_argument("--latency-ms", type=float, default=0, help="in each direction: half of the round trip")
    parser.add_argument("--rate", type=float, help="bytes a second in each direction, for all connections together")
    parser.add_argument("--share", type=float, default=0, help="how many of the connections get a fault, 0 to 1")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--whole-answers", action="store_true", help="hold every answer back until it is whole")
    options = parser.parse_args()
    treat = chosen(options.seed, options.share)
    if options.whole_answers:
        treat = lambda number: Treatment(whole_answers=True)  # noqa: E731
    lanes = [Lane(options.rate, options.latency_ms / 1000) for _ in range(2)]
    proxy = Proxy(options.target, *lanes, treat=treat)
    await proxy.start(*options.listen)
    print(json.dumps({"port": proxy.port}), flush=True)
    await proxy.server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
