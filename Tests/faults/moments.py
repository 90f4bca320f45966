"""Kills at chosen moments: in the middle of a commit, of sealing, of starting and stopping, of enrolment, of a sync."""
import contextlib
import os
import shutil
import signal
import threading

from proxy import DOWN, UP, Treatment
from world import AGENDA, HANGS, require


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
            timer = threading.Timer(delay, world.server.kill)
            timer.start()
            timers.append(timer)

        trigger = Trigger(world, kill_soon, direction, b"POST /v1/agendas/" if direction == UP else b"accepted", after)
        syncing, attempts = world.begin("sync", "-C", laptop.folder), len(laptop.attempts)
        world.wait_for(lambda: timers or syncing.poll() is not None, 10)
        if trigger.fired.is_set():
            world.wait_for(lambda: timers, 10)
            timers[0].join()
            world.server.wait(HANGS)
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
    moments = [(UP, text, 0) for text in (b"/checkpoint?fresh=", b"POST /", b"/events?after=")]
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
    # The answer is lost: the invite is used, and lets in nobody but the folder whose key used it.
    invite = world.invite()
    made = cloned("k1", b"201 Created", DOWN, invite=invite, treatment=Treatment("stall", DOWN, 0))
    require(not made, "a replica without an answer")
    laptop, done = world.clone("k1b", invite=invite)
    require(laptop is None and (done.code, done.error) == (77, "invalid-invite"), f"an invite was used twice: {done}")
    require(world.clone("k1", invite=invite)[0], "the folder cannot be given to clone again with the same invite")
    # Nothing was lost: what there is, is a replica, and sync completes it.
    for name, text, direction, after in (("k2", b"/checkpoint?fresh=", UP, 0), ("k3", b"application/gzip", DOWN, 1000)):
        require(cloned(name, text, direction, after), "the enrolment was answered and its token is gone")
        require(world.adopt(name).sync(), "a clone that broke off cannot be completed by sync")


def kill_recording(laptop, rnd, rounds=60):
    """At any moment of `record`; what was printed is there, what was not is there whole or not at all."""
    for _ in range(rounds):
        laptop.record(kill_after=rnd.uniform(0.005, 0.06))
    for _ in range(rounds // 6):
        laptop.load(200, kill_after=rnd.uniform(0.02, 0.15))


def copy_a_laptop(world, laptop):
    """A folder is copied, and both go on; then one is put back as it was. Each sync is also killed on its way."""
    shutil.copytree(laptop.folder, os.path.join(world.home, "copy"))
    copy = world.adopt("copy")
    require(laptop.load(30) and laptop.record() and laptop.sync(), "the laptop does not get its events across")
    require(copy.load(40) and copy.record(), "the copy cannot record")
    sync_as_another(world, copy, [(UP, b"/devices ", 0), (DOWN, b"201 Created", 0), (UP, b"POST /", 0)])
    backup = os.path.join(world.home, "backup")
    shutil.copytree(laptop.folder, backup)
    require(laptop.load(20) and laptop.sync(), "the laptop does not get its events across")
    shutil.rmtree(laptop.folder)
    os.rename(backup, laptop.folder)
    laptop.seen.clear()
    require(laptop.load(10) and laptop.record(), "the laptop that was put back cannot record")
    sync_as_another(world, laptop, [(UP, b"/devices ", 0), (DOWN, b"201 Created", 0)])


def sync_as_another(world, laptop, moments):
    before = laptop.device
    for direction, text, after in moments:
        attempts, syncing = len(laptop.attempts), world.begin("sync", "-C", laptop.folder)
        Trigger(world, syncing.kill, direction, text, after)
        laptop.synced_by(syncing, attempts=attempts)
        world.watch = None
        laptop.identify()
    require(laptop.sync(), "a copied laptop cannot sync")
    laptop.identify()
    require(laptop.device != before, f"{laptop.name} goes on under an identity that another one uses")


def put_back_a_backup(world, admin, other):
    """The server loses what everybody has; the admin's replica gives it back, through kills of both."""
    backup = os.path.join(world.home, "backup.sqlite")
    done = world.run("agenda", "backup", AGENDA, backup, "--data", world.data)
    require(done.code == 0, f"backup: {done}")
    require(other.load(3000) and other.sync() and admin.record() and admin.sync(), "the log was not filled")
    require(other.sync(), "the other laptop does not have it all")
    world.kill()
    folder = os.path.join(world.data, "agendas", AGENDA)
    for file in os.listdir(folder):
        if ".sqlite" in file:
            os.remove(os.path.join(folder, file))
    shutil.copy(backup, os.path.join(folder, "log.sqlite"))
    world.start("--no-pushes")
    require(other.record(), "recording needs no server")
    done = other.command("sync")
    require((done.code, done.error) == (2, "server-behind"), f"a laptop did not notice that the server is behind: {done}")

    def heal(action=None):
        repair = world.begin("heal", "-C", admin.folder)
        trigger = Trigger(world, lambda: action(repair), UP, b"/heal ", 1000) if action else None
        done = world.end(repair)
        world.watch = None
        return done, trigger and trigger.fired.is_set()

    def restart():
        world.server.wait()
        world.kill()
        world.start("--no-pushes")

    done, fired = heal(lambda repair: repair.kill())
    require(fired and done.code == -signal.SIGKILL, f"the repair was not killed: {done}")
    restarting = threading.Thread(target=restart)
    restarting.start()
    done, fired = heal(lambda repair: world.server.kill())
    require(done.code in (0, 69), f"a repair whose server was killed: {done}")
    if not fired:
        world.server.kill()  # the repair whose client was killed had been committed: there was nothing left to give
    restarting.join()
    done, _ = heal()
    require(done.code == 0 and done.json()["size"] >= admin.settled[-1][1], f"repair: {done}")
    world.stop()
    world.start()
