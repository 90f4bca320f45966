"""Laptops at work while the server, their processes and their connections are killed and broken by chance."""
import contextlib
import random
import signal
import threading

from proxy import chosen
from world import require


class Storm:
    """One round: every laptop does so many things, as the seed says, until all are done."""

    def __init__(self, world, seed, operations):
        self.world, self.seed, self.operations = world, seed, operations
        self.over, self.failures = threading.Event(), []

    def run(self):
        world = self.world
        world.proxy.proxy.treat = chosen(self.seed, 0.25)
        workers = [threading.Thread(target=self.guarded, args=(self.work, laptop)) for laptop in list(world.laptops)]
        workers.append(threading.Thread(target=self.guarded, args=(self.join,)))
        chaos = threading.Thread(target=self.guarded, args=(self.kill_servers,))
        for thread in (*workers, chaos):
            thread.start()
        for thread in workers:
            thread.join()
        self.over.set()
        with world.progress:
            world.progress.notify_all()
        chaos.join()
        world.calm()
        if self.failures:
            raise self.failures[0]

    def guarded(self, body, *arguments):
        try:
            body(*arguments)
        except BaseException as failure:
            self.failures.append(failure)

    # --- Laptops

    def work(self, laptop):
        rnd = random.Random(f"{self.seed}/{laptop.name}")
        for _ in range(self.operations):
            if self.failures:
                return
            self.operate(laptop, rnd)

    def operate(self, laptop, rnd):
        def fatal(usual):
            """Sometimes the seconds after which the process is killed: mostly before it would have ended."""
            return rnd.uniform(0.001, usual) if rnd.random() < 0.3 else None

        dice = rnd.random()
        if dice < 0.3:
            laptop.record(kill_after=fatal(0.06))
        elif dice < 0.45:
            # Everybody writes the same field of the same project, so that there are conflicts to agree about.
            laptop.record("project.revised", self.world.project, "summary", kill_after=fatal(0.06))
        elif dice < 0.5:
            laptop.record("note.added", None, "text", about=self.world.project, kill_after=fatal(0.06))
        elif dice < 0.65:
            laptop.load(int(2 ** rnd.uniform(0, 10)), kill_after=fatal(0.2))
        elif dice < 0.9:
            laptop.sync(kill_after=fatal(0.4))
            if rnd.random() < 0.4:
                laptop.look()
                laptop.see_checkpoint()
        else:
            attempts = len(laptop.attempts)
            syncing = self.world.begin("sync", "-C", laptop.folder)
            for _ in range(3):
                laptop.record(kill_after=fatal(0.06))
            laptop.synced_by(syncing, fatal(0.3), attempts)

    def join(self):
        """Somebody enrols in the middle of it, and again when that went wrong."""
        world, rnd = self.world, random.Random(f"{self.seed}/join")
        while not self.failures:
            name = f"n{len(world.laptops)}"
            laptop, done = world.clone(name, rnd.uniform(0.005, 0.3) if rnd.random() < 0.5 else None)
            require(done.code in (0, 69, -signal.SIGKILL), f"clone: {done}")
            require(laptop or done.code, "clone ended with 0 and made no replica")
            if laptop:
                # A clone that broke off after the enrolment is a replica that has to sync first.
                while not done.code == 0 and not laptop.sync() and not self.failures:
                    pass
                return self.work(laptop)

    # --- The server

    def kill_servers(self):
        world, rnd = self.world, random.Random(f"{self.seed}/server")
        while not self.over.is_set() and not self.failures:
            name = self.moment(rnd)
            if self.over.is_set():
                return
            if rnd.random() < 0.2:
                world.server.send_signal(signal.SIGTERM)
                with contextlib.suppress(Exception):
                    world.server.wait(rnd.uniform(0, 0.05))
                name = "kill serve while it stops"
            world.kill(name)
            while rnd.random() < 0.3:
                world.server = world.launch()
                with contextlib.suppress(Exception):
                    world.server.wait(rnd.uniform(0, 0.04))
                world.kill("kill serve while it starts")
            world.start()

    def moment(self, rnd):
        """Waits for one: bytes that went through, events that were acknowledged, or time."""
        world, kind = self.world, rnd.choice(("bytes", "events", "time"))
        if kind == "bytes":
            goal = world.passed() + int(2 ** rnd.uniform(8, 18))
            world.wait_for(lambda: self.over.is_set() or world.passed() >= goal, 4)
        elif kind == "events":
            goal = world.acknowledged + int(2 ** rnd.uniform(0, 10))
            world.wait_for(lambda: self.over.is_set() or world.acknowledged >= goal, 4)
        else:
            self.over.wait(rnd.uniform(0.05, 2))
        return f"kill serve after {kind}"


def settle(world):
    """Nothing breaks any more: everybody syncs, and then has what the others sent."""
    for _ in range(2):
        for laptop in world.laptops:
            require(laptop.sync(), f"{laptop.name}: a sync failed although nothing was broken any more")
            signed = laptop.command("sign")
            require(signed.code == 0 and signed.json()["unsigned"] == 0, f"{laptop.name}: not signed: {signed}")


def project(laptop):
    """A project that everybody knows."""
    require(laptop.record("project.started", None, "title"), "the project was not recorded")
    require(laptop.sync(), "the project was not sent")
    return f"project/{laptop.device.split('/')[1]}-{laptop.attempts[-1].first}"
