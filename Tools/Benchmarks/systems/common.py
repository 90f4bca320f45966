"""What the systems share: their form, processes that serve, and clients that push."""
import os
import re
import shutil
import signal
import socket
import subprocess
import time

import run
from cluster import free_port
from load import begin
from run import at_once, summary
from waiting import eventually

from .work import CLIENTS, IDS

__all__ = ["CLIENTS", "IDS", "System", "Wrong", "Serving", "batches", "called", "fresh", "free_port", "source_and_counter", "tree_bytes"]


class Wrong(Exception):
    """A system does not hold what it acknowledged, or does not give back what it holds."""


class System:
    """One system. Where it cannot do something that makes sense for it, it has no such method."""
    name = title = ""
    sizes = (1, 100, 1000)
    durable = ""   # How it is, where events are pushed to it.
    lacks = ""     # What its cells do not promise, beside Ambit's.
    attributes = ()  # Of an event, where it keeps these and not the line.
    load = None

    def __init__(self, folder, options):
        self.folder = os.path.join(folder, self.name)
        self.binary = options.binary

    # load(lines, work): holds these events from now on, in this order.
    # read(), clone(): seconds, and what was read. replay(types): seconds, and the fields of each subject. disk(): bytes, and of what.

    def empty(self, work, size):
        """A store with nothing in it, ready for pushes of this work."""
        raise NotImplementedError

    def prepared(self, work, size):
        """The batches of each client, encoded."""
        raise NotImplementedError

    def client(self, number):
        """What sends one batch and returns when it is durable; made in the client's process."""
        raise NotImplementedError

    def check(self, work, size, answered):
        """Raises `Wrong` unless the store holds exactly the first so many batches of each client."""
        raise NotImplementedError

    def push(self, work, size, seconds):
        """All clients push at once to an empty store; gives rate and latencies, and how many batches of each were answered."""
        self.empty(work, size)
        start, times = at_once(drive, [(self.client, number, prepared) for number, prepared in enumerate(self.prepared(work, size))],
                               seconds)
        return summary(start, times, size), [len(own) for own in times]

    def lines(self, found):
        """The events' lines in what was read."""
        return found

    def keeps(self, subject):
        """Whether it folds a subject of its own."""
        return False

    def close(self):
        """Ends its processes."""


def drive(client, number, prepared, seconds, pipe):
    """One client in a process of its own; puts (sent, answered) pairs into the pipe."""
    send, times = client(number), []
    start = begin(pipe)
    for batch in prepared:
        begun = time.perf_counter()
        if begun >= start + seconds:
            break
        send(batch)
        times.append((begun, time.perf_counter()))
    pipe.send(times)
    pipe.close()


class Serving:
    """A process that listens on a port of 127.0.0.1; ended by its id."""

    def __init__(self, command, port, **options):
        self.port = port
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        **options)
        if not eventually(self.answers):
            raise RuntimeError(f"{command[0]} does not start")

    def answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.process.args[0]} ended with {self.process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except OSError:
            return False
        return True

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)


def called(*command, **options):
    """What a command prints; raises with its words when it fails."""
    done = subprocess.run(command, capture_output=True, **({} if "input" in options else {"stdin": subprocess.DEVNULL}), **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:3])}: {(done.stderr + done.stdout).decode(errors='replace')[-1000:]}")
    return done.stdout


def batches(lines, size):
    """All that a client may send: no more than 10,000, and never the last, so that a check can ask for one that was not sent."""
    return run.batches(lines[:10_000 * size], size)[:-1]


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder


def tree_bytes(folder):
    return sum(os.path.getsize(os.path.join(place, name)) for place, _, names in os.walk(folder) for name in names)


IDENTITY = re.compile(rb'"id":"(\d+)","source":"([^"]+)"')


def source_and_counter(line):
    found = IDENTITY.search(line)
    return found[2].decode(), int(found[1])
