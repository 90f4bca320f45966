"""Kills at chosen moments: in the middle of a commit, of sealing, of starting and stopping, of enrolment, of a sync."""
import contextlib
import os
import signal
import threading

from proxy import DOWN, UP, Treatment
from world import require


class Trigger:
    """Does something when the proxy has seen so many bytes one way, counted from a text if one is given; once."""

    def __init__(self, world, action, direction, text=b"", after=0):
        self.action, self.direction, self.text, self.after = action, direction, text, after
        self.tail, self.count, self.begun, self.fired = b"", 0, not text, threading.Event()
        world.watch = self

    def __call__(self, direction, data):
        if direction != self.direction or self.fired.is_set():
            return
        if not self.begun:
            self.tail = self.tail[-len(self.text):] + data
            self.begun = self.text in self.tail
            data = self.tail.partition(self.text)[2]
        self.count += len(data) if self.begun else 0
        if self.begun and self.count >= self.after:
            self.fired.set()
            self.action()


def kill_server_during_pushes(world, laptop, rnd, rounds=6):
    """While a large push arrives, while it is committed, and while its answer leaves."""
    for number in range(rounds):
        require(laptop.load(2500), "the import failed")
        # Compressed, the push is some 40,000 bytes: killed in the middle of it, when most of it is there, and after.
        direction, after = ((UP, rnd.randrange(20_000)), (UP, 20_000), (DOWN, 1))[number % 3]
        timers = []

        def kill_soon(delay=rnd.uniform(0, 0.12) if direction == UP else rnd.uniform(0, 0.01)):
            timers.append(threading.Timer(delay, world.server.kill))
            timers[0].start()

        trigger = Trigger(world, kill_soon, direction, b"POST /agendas/" if direction == UP else b"accepted", after)
        syncing, attempts = world.begin("sync", "-C", laptop.folder), len(laptop.attempts)
        world.wait_for(lambda: trigger.fired.is_set() or syncing.poll() is not None, 10)
        if trigger.fired.is_set():
            timers[0].join()
            world.server.wait(20)
        world.kill(f"kill serve while a push {'arrives or is committed' if direction == UP else 'is answered'}")
        world.watch = None
        world.start()
        laptop.synced_by(syncing, attempts=attempts)


def kill_server_while_sealing(world, laptop, rnd, rounds=8):
    """A small push that completes a segment is answered first; the segment is sealed right after."""
    for _ in range(rounds):
        require(laptop.load(300 + rnd.randrange(100)), "the import failed")
        delay = rnd.uniform(0, 0.02)
        require(laptop.sync(), "the sync failed")
        threading.Event().wait(delay)
        world.kill("kill serve after a commit")
        world.start()


def kill_server_at_its_ends(world, laptop, rnd, rounds=10):
    """While it starts, and while it stops."""
    for _ in range(rounds):
        require(laptop.load(40), "the import failed")
        require(laptop.sync(), "the sync failed")
        world.server.send_signal(signal.SIGTERM)
        with contextlib.suppress(Exception):
            world.server.wait(rnd.uniform(0, 0.06))
        world.kill("kill serve while it stops")
        for _ in range(3):
            world.server = world.launch()
            with contextlib.suppress(Exception):
                world.server.wait(rnd.uniform(0, 0.05))
            world.kill("kill serve while it starts")
        world.start()


def kill_client_between_stages(world, laptop, other):
    """When each request of a sync has gone out, and when each answer begins and is on its way."""
    moments = [(UP, text, 0) for text in (b"/checkpoint ", b"POST /", b"/events?after=")]
    moments += [(DOWN, b"text/plain", 0), (DOWN, b"accepted", 0), (DOWN, b"application/gzip", 0),
                (DOWN, b"application/gzip", 2000), (DOWN, b"application/gzip", 20_000)]
    for direction, text, after in moments:
        require(other.load(900) and other.sync(), "the other laptop does not get its events across")
        require(laptop.load(50), "the import failed")
        attempts = len(laptop.attempts)
        syncing = world.begin("sync", "-C", laptop.folder)
        trigger = Trigger(world, syncing.kill, direction, text, after)
        laptop.synced_by(syncing, attempts=attempts)
        world.watch = None
        require(trigger.fired.is_set(), f"the sync ended before {text} and {after} bytes")
        world.faults["kill sync at a chosen moment"] += 1


def kill_clone(world):
    """Before the request, before the answer, right after the answer, and in the middle of the first pull."""
    proxy, invite = world.proxy.proxy, world.invite()

    def cloned(name, text, direction, after=0, invite=None, treatment=None):
        proxy.treat = lambda number: treatment or Treatment()
        cloning = world.begin("clone", world.url, os.path.join(world.home, name), "--invite", invite or world.invite(),
                              "--name", "Voorbeeld", "--device", name)
        trigger = Trigger(world, cloning.kill, direction, text, after)
        done = world.end(cloning)
        world.watch = None
        world.calm()
        require(trigger.fired.is_set() and done.code == -signal.SIGKILL, f"the clone was not killed: {done}")
        world.faults["kill clone at a chosen moment"] += 1
        return world.is_replica(name)

    # The request is lost: the invite is still good, and the folder can be given to clone again.
    made = cloned("k0", b"POST /", UP, invite=invite, treatment=Treatment("stall", UP, 0))
    require(not made, "a replica without an enrolment")
    require(world.clone("k0", invite=invite)[0], "the invite was not good any more, or the folder not")
    # The answer is lost: the invite is used, and the folder can be given to clone again with another.
    invite = world.invite()
    made = cloned("k1", b"201 Created", DOWN, invite=invite, treatment=Treatment("stall", DOWN, 0))
    require(not made, "a replica without an answer")
    laptop, done = world.clone("k1", invite=invite)
    require(laptop is None and (done.code, done.error) == (77, "invalid-invite"), f"an invite was used twice: {done}")
    require(world.clone("k1")[0], "the folder cannot be given to clone again")
    # Nothing was lost: what there is, is a replica, and sync completes it.
    for name, text, direction, after in (("k2", b"/checkpoint ", UP, 0), ("k3", b"application/gzip", DOWN, 1000)):
        require(cloned(name, text, direction, after), "the enrolment was answered and its token is gone")
        require(world.adopt(name).sync(), "a clone that broke off cannot be completed by sync")


def kill_recording(laptop, rnd, rounds=60):
    """At any moment of `record`; what was printed is there, what was not is there whole or not at all."""
    for _ in range(rounds):
        laptop.record(kill_after=rnd.uniform(0.005, 0.06))
    for _ in range(rounds // 6):
        laptop.load(200, kill_after=rnd.uniform(0.02, 0.15))
