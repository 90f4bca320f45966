#!/usr/bin/env python3
"""Disks without room: it is said as such, no command ends by a signal, and a watch goes on when there is room again.

    sudo python3 Tests/command-line/test_full_disk.py PATH-OF-AMBIT

Mounts small file systems, which takes the rights of an administrator. Quotas, and disks that fail, need a C compiler. What is
not there leaves its part untested.
"""
import contextlib
import errno
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from failing import CAN_FAIL, Writes  # noqa: E402
from waiting import HANGS, eventually  # noqa: E402

AMBIT = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ""


def ambit(*arguments, variables=None, **options):
    return subprocess.run([AMBIT, *arguments], capture_output=True, text=True, timeout=HANGS,
                          env={**os.environ, "LC_ALL": "C.UTF-8", **(variables or {})}, **options)


class Disk:
    """A file system of a few MB, in memory or, with small blocks, in a file."""

    def __init__(self, folder, small_blocks=False):
        self.path, self.filler = os.path.join(folder, "disk"), os.path.join(folder, "disk", "filler")
        os.mkdir(self.path)
        if small_blocks:
            image = os.path.join(folder, "image")
            with open(image, "wb") as file:
                file.truncate(12 << 20)
            subprocess.run(["mkfs.ext4", "-q", "-b", "1024", "-m", "0", image], check=True, capture_output=True)
            words = ["-o", "loop", image]
        else:
            words = ["-t", "tmpfs", "-o", "size=12m", "tmpfs"]
        self.mounted = subprocess.run(["mount", *words, self.path], capture_output=True).returncode == 0

    def fill(self, leaving=0):
        """Writes until nothing fits any more, but for so many bytes."""
        with open(self.filler, "ab", buffering=0) as file:
            for piece in (1 << 16, 1024, 1):
                with contextlib.suppress(OSError):
                    while True:
                        file.write(b"x" * piece)
        if leaving:
            os.truncate(self.filler, max(0, os.path.getsize(self.filler) - leaving))

    def free(self):
        os.remove(self.filler)

    def unmount(self):
        subprocess.run(["umount", self.path], capture_output=True)


class Case(unittest.TestCase):
    """A server with an agenda, and invites for two laptops."""
    variables = {}
    """The server's."""

    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="ambit-full-disk.")
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.data = os.path.join(self.home, "data")
        self.invites = [self.answer("agenda", "create", "proef", "--title", "Proef", "--data", self.data)["invite"]]
        self.invites.append(self.answer("invite", "--role", "editor", "--agenda", "proef", "--data", self.data)["invite"])
        self.prepare()
        self.server = subprocess.Popen([AMBIT, "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--json"],
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                       env={**os.environ, **self.variables})
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        self.url = json.loads(self.server.stdout.readline())["url"] + "/agendas/proef"

    def prepare(self):
        pass

    def answer(self, *arguments):
        done = ambit(*arguments, "--json")
        self.assertEqual(done.returncode, 0, (arguments, done.stderr))
        return json.loads(done.stdout)

    def clone(self, folder, invite):
        self.answer("clone", self.url, folder, "--invite", invite, "--name", "Proef", "--device", "een")
        return folder

    def watch(self, laptop, variables=None):
        """A watch that follows, and what it says."""
        watch = subprocess.Popen([AMBIT, "sync", "--watch", "--json", "-C", laptop], stdout=subprocess.PIPE, text=True,
                                 env={**os.environ, "LC_ALL": "C.UTF-8", **(variables or {})})
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        self.addCleanup(watch.stdout.close)
        lines = (json.loads(line) for line in watch.stdout)
        self.assertTrue(any(line.get("state") == "following" for line in lines))
        return watch, lines

    def ends(self, watch, lines):
        watch.send_signal(signal.SIGTERM)
        for _ in lines:
            pass
        self.assertEqual(watch.wait(HANGS), 0)


class FullDisk(Case):
    def disk(self, **options):
        disk = Disk(self.home, **options)
        if not disk.mounted:
            self.skipTest("file systems cannot be mounted here")
        self.addCleanup(disk.unmount)
        return disk

    def test_every_command_says_it_and_none_ends_by_a_signal(self):
        for small_blocks in (False, True):
            with self.subTest(small_blocks=small_blocks):
                folder = os.path.join(self.home, f"part-{small_blocks}")
                os.mkdir(folder)
                disk = Disk(folder, small_blocks)
                if not disk.mounted:
                    self.skipTest("file systems cannot be mounted here")
                self.addCleanup(disk.unmount)
                data = os.path.join(disk.path, "data")
                self.answer("agenda", "create", "vol", "--title", "Vol", "--data", data)
                if self.invites:
                    laptop = self.clone(os.path.join(disk.path, "laptop"), self.invites.pop())
                self.answer("record", "organisation.registered", "name=Voorbeeld", "sort=other", "-C", laptop)
                commands = [["agenda", "list", "--data", data], ["status", "-C", laptop], ["show", "-C", laptop],
                            ["log", "-C", laptop], ["conflicts", "-C", laptop], ["sync", "-C", laptop], ["verify", laptop],
                            ["record", "organisation.registered", "name=" + "x" * 50_000, "sort=other", "-C", laptop],
                            ["clone", self.url, os.path.join(disk.path, "new"), "--invite", "x"]]
                failed = set()
                # The last bytes are where calls fail in their own ways.
                for leaving in [0, 512, 4_096, 20_480, 33_000, 60_000, 100_000]:
                    disk.fill(leaving)
                    for command in commands:
                        done = ambit(*command, "--json")
                        self.assertGreaterEqual(done.returncode, 0, (command, leaving, done.stderr))
                        if done.returncode in (0, 69, 77):
                            continue
                        error = json.loads(done.stderr.strip().splitlines()[-1])
                        self.assertEqual(error["error"], "disk-full", (command, leaving, error))
                        self.assertIn("free some space", error["message"], (command, leaving))
                        failed.add(command[0])
                    disk.free()
                self.assertIn("record", failed)
                self.assertEqual(self.answer("sync", "-C", laptop)["refused"], 0)
                self.assertEqual(ambit("verify", laptop).returncode, 0)
                disk.unmount()

    def test_nothing_is_said_to_be_taken_back_that_is_not(self):
        disk = self.disk()
        laptop = self.clone(os.path.join(disk.path, "laptop"), self.invites.pop())
        self.answer("record", "organisation.registered", "name=Voorbeeld", "sort=other", "-C", laptop)
        failed = 0
        for leaving in (0, 512, 4_096, 8_192, 20_480):
            for form in ((), ("--json",)):
                disk.fill(leaving)
                done = ambit("undo", "-C", laptop, *form)
                disk.free()
                pending = self.answer("status", "-C", laptop)["pending"]
                self.assertEqual((done.returncode == 0, done.stdout != ""), (pending == 0,) * 2, (leaving, done))
                failed += done.returncode != 0
                if not pending:
                    self.answer("record", "organisation.registered", "name=Voorbeeld", "sort=other", "-C", laptop)
        self.assertGreater(failed, 0)

    def test_a_server_s_data_is_read_backed_up_and_looked_at_and_served_without_room(self):
        """What SQLite has beside the log holds entries and has nowhere to go: there is no room for it in the log."""
        for small_blocks in (False, True):
            with self.subTest(small_blocks=small_blocks):
                home = os.path.join(self.home, f"server-{small_blocks}")
                os.mkdir(home)
                disk = Disk(home, small_blocks)
                if not disk.mounted:
                    self.skipTest("file systems cannot be mounted here")
                self.addCleanup(disk.unmount)
                data = os.path.join(disk.path, "data")
                folder = os.path.join(data, "agendas", "vol")
                invite = self.answer("agenda", "create", "vol", "--title", "Vol", "--data", data)["invite"]
                disk.fill()
                # Canary: without entries beside the log, the log alone would do.
                self.assertGreater(os.path.getsize(os.path.join(folder, "log.sqlite-wal")), 0)
                self.looked_at(data, folder, os.path.join(home, "backup"))
                disk.free()
                server, url = self.serving(data)
                laptop = os.path.join(home, "laptop")
                self.answer("clone", url, laptop, "--invite", invite, "--name", "Proef", "--device", "een")
                self.answer("record", "organisation.registered", "name=Voorbeeld", "sort=other", "-C", laptop)
                self.answer("sync", "-C", laptop)
                disk.fill()
                # While a server has it open, too.
                self.looked_at(data, folder, os.path.join(home, "backup-2"))
                server.kill()
                server.wait()
                self.looked_at(data, folder, os.path.join(home, "backup-3"))
                server, url = self.serving(data)
                done = ambit("sync", "--url", url, "-C", laptop, "--json")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.answer("record", "organisation.registered", "name=Later", "sort=other", "-C", laptop)
                done = ambit("sync", "--url", url, "-C", laptop)
                self.assertEqual(done.returncode, 69, done.stderr)
                self.assertIn("no room", done.stderr)
                with open(os.path.join(laptop, "token")) as file:
                    headers = {"Authorization": "Bearer " + file.read().strip()}
                for place in ("checkpoint", "events", "state", "conflicts"):
                    request = urllib.request.Request(url.replace("/agendas/", "/v1/agendas/") + "/" + place, headers=headers)
                    with urllib.request.urlopen(request) as answer:
                        self.assertEqual(answer.status, 200)
                disk.free()
                self.assertTrue(eventually(lambda: ambit("sync", "--url", url, "-C", laptop).returncode == 0))
                server.terminate()
                self.assertEqual(server.wait(HANGS), 0)
                disk.unmount()

    def serving(self, data):
        server = subprocess.Popen([AMBIT, "serve", "--data", data, "--listen", "127.0.0.1:0", "--json"],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for cleanup in (server.stdout.close, server.wait, server.kill):
            self.addCleanup(cleanup)
        return server, json.loads(server.stdout.readline())["url"] + "/agendas/vol"

    def looked_at(self, data, folder, backup):
        size = self.answer("agenda", "list", "--data", data)[0]["size"]
        self.assertGreater(size, 0)
        done = ambit("agenda", "backup", "vol", backup, "--data", data)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f" {size} event", done.stdout)
        for command in (["device", "list", "--agenda", "vol", "--data", data], ["member", "list", "--agenda", "vol", "--data", data],
                        ["export", "--agenda", "vol", "--format", "ndjson", "-o", backup + ".ndjson", "--data", data],
                        ["verify", folder]):
            done = ambit(*command, "--json")
            self.assertEqual(done.returncode, 0, (command, done.stderr))
        found = json.loads(ambit("doctor", data, "--json").stdout)["findings"]
        self.assertIn("disk-full", [finding["finding"] for finding in found])
        self.assertEqual([finding for finding in found if "sqlite" in finding["place"] + finding["what"]], [])

    def test_a_watch_goes_on_when_there_is_room_again(self):
        disk = self.disk()
        laptop = self.clone(os.path.join(disk.path, "laptop"), self.invites.pop())
        other = self.clone(os.path.join(self.home, "other"), self.invites.pop())
        watch, lines = self.watch(laptop)
        disk.fill()
        with open(os.path.join(self.home, "lines"), "w") as file:
            for number in range(3_000):
                name = f"Verzonnen {number} " + "x" * 500
                file.write(json.dumps({"type": "organisation.registered", "data": {"name": name, "sort": "other"}}) + "\n")
        self.answer("import", os.path.join(self.home, "lines"), "-C", other)
        size = self.answer("sync", "-C", other)["size"]
        waiting = next(line for line in lines if line.get("state") == "waiting")
        self.assertIn("full", waiting["because"])
        disk.free()
        for line in lines:
            if line.get("state") == "following":
                break
        self.assertIsNone(watch.poll())
        self.assertTrue(eventually(lambda: self.answer("status", "-C", laptop)["size"] >= size))
        self.ends(watch, lines)

    def test_a_limit_on_the_length_of_files_ends_nothing_by_a_signal(self):
        laptop = self.clone(os.path.join(self.home, "laptop"), self.invites.pop())
        length = max(os.path.getsize(os.path.join(laptop, name)) for name in os.listdir(laptop)) + 8_192
        for number in range(40):
            done = ambit("record", "organisation.registered", "name=" + "x" * 50_000, "sort=other", "-C", laptop,
                         preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (length, length)))
            self.assertGreaterEqual(done.returncode, 0, done.stderr)
            if done.returncode:
                break
        self.assertEqual(done.returncode, 1, "nothing was ever too long")
        self.assertIn("may not become so long", done.stderr)
        self.assertEqual(self.answer("sync", "-C", laptop)["accepted"], number)


@unittest.skipUnless(CAN_FAIL, "no C compiler")
class Quota(Case):
    """What a user may have on a disk is used up, or a disk keeps the rest for itself: it says that there is room."""
    error = errno.EDQUOT

    def prepare(self):
        free = os.statvfs(self.home)
        if free.f_bavail * free.f_frsize < 64 << 20:
            self.skipTest("the disk is nearly full")
        self.writes = Writes(self.home, self.data, self.error)
        self.variables = self.writes.variables

    def status(self, address):
        try:
            with urllib.request.urlopen(address, timeout=HANGS) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def readiness(self, laptop):
        """Of the server and of the agenda, and what members are told."""
        with open(os.path.join(laptop, "token")) as file:
            headers = {"Authorization": "Bearer " + file.read().strip()}
        base, agenda = self.url.split("/agendas/")
        ready = urllib.request.Request(f"{base}/v1/agendas/{agenda}/ready", headers=headers)
        (server, _), (own, said) = self.status(f"{base}/readyz"), self.status(ready)
        return server, own, said

    def found(self, folder, writes):
        done = ambit("doctor", folder, "--json", variables=writes.variables)
        return [finding["finding"] for finding in json.loads(done.stdout)["findings"]]

    def test_a_server_says_that_it_has_no_room_until_there_is_some(self):
        laptop = self.clone(os.path.join(self.home, "laptop"), self.invites.pop())
        self.assertEqual(self.readiness(laptop)[:2], (200, 200))
        self.answer("record", "organisation.registered", "name=Voorbeeld", "sort=other", "-C", laptop)
        self.writes.fail()
        done = ambit("sync", "-C", laptop, "--json")
        self.assertEqual(done.returncode, 69, done.stderr)
        self.assertIn("507", done.stderr)
        self.assertIn("no room", done.stderr)
        server, own, said = self.readiness(laptop)
        self.assertEqual((server, own), (503, 503))
        self.assertIn("full", said)
        self.assertEqual(self.found(self.data, self.writes), ["disk-full"])
        # It finds out by itself: nobody pushes.
        self.writes.work()
        self.assertTrue(eventually(lambda: self.readiness(laptop)[:2] == (200, 200)), self.readiness(laptop))
        # A commit that there is room for says it too.
        self.writes.fail()
        self.assertEqual(ambit("sync", "-C", laptop).returncode, 69)
        self.assertEqual(self.readiness(laptop)[:2], (503, 503))
        self.writes.work()
        self.assertEqual(self.answer("sync", "-C", laptop)["accepted"], 1)
        self.assertEqual(self.readiness(laptop)[:2], (200, 200))
        self.assertEqual(self.found(self.data, self.writes), [])
        self.assertEqual([name for name in os.listdir(self.data) if name.endswith(".new")], [])

    def test_a_laptop_says_so_too_and_loses_nothing(self):
        laptop = self.clone(os.path.join(self.home, "laptop"), self.invites.pop())
        other = self.clone(os.path.join(self.home, "other"), self.invites.pop())
        own = Writes(self.home, laptop, self.error)
        own.fail()
        self.answer("record", "organisation.registered", "name=Voorbeeld", "sort=other", "-C", other)
        size = self.answer("sync", "-C", other)["size"]
        for command in (["record", "organisation.registered", "name=Voorbeeld", "sort=other"], ["sync"]):
            done = ambit(*command, "-C", laptop, "--json", variables=own.variables)
            self.assertEqual(done.returncode, 1, done.stderr)
            error = json.loads(done.stderr.strip().splitlines()[-1])
            self.assertEqual(error["error"], "disk-full", error)
            self.assertIn("free some space", error["message"])
        self.assertEqual(self.found(laptop, own), ["disk-full"])
        own.work()
        self.answer("record", "organisation.registered", "name=Later", "sort=other", "-C", laptop)
        self.assertEqual(self.answer("sync", "-C", laptop)["size"], size + 1)
        self.assertEqual(ambit("verify", laptop).returncode, 0)

    def test_a_watch_goes_on_when_there_is_room_again(self):
        laptop = self.clone(os.path.join(self.home, "laptop"), self.invites.pop())
        other = self.clone(os.path.join(self.home, "other"), self.invites.pop())
        own = Writes(self.home, laptop, self.error)
        watch, lines = self.watch(laptop, own.variables)
        own.fail()
        self.answer("record", "organisation.registered", "name=Voorbeeld", "sort=other", "-C", other)
        size = self.answer("sync", "-C", other)["size"]
        waiting = next(line for line in lines if line.get("state") == "waiting")
        self.assertIn("full", waiting["because"])
        own.work()
        self.assertTrue(any(line.get("state") == "following" for line in lines))
        self.assertTrue(eventually(lambda: self.answer("status", "-C", laptop)["size"] >= size))
        self.ends(watch, lines)


class KeptRoom(Quota):
    """The disk has room, and gives none of it."""
    error = errno.ENOSPC


@unittest.skipUnless(CAN_FAIL, "no C compiler")
class FailingDisk(Case):
    def test_a_watch_goes_on_when_a_disk_works_again(self):
        laptop = self.clone(os.path.join(self.home, "laptop"), self.invites.pop())
        other = self.clone(os.path.join(self.home, "other"), self.invites.pop())
        own = Writes(self.home, laptop, errno.EIO)
        watch, lines = self.watch(laptop, own.variables)
        own.fail()
        self.answer("record", "organisation.registered", "name=Voorbeeld", "sort=other", "-C", other)
        self.answer("sync", "-C", other)
        waiting = next((line for line in lines if line.get("state") == "waiting"), None)
        self.assertIsNotNone(waiting, "it has ended")
        self.assertNotIn(" is full", waiting["because"])
        self.assertEqual(waiting["seconds"], 60)
        own.work()
        # What can be recorded is a reason to try again at once.
        self.answer("record", "organisation.registered", "name=Later", "sort=other", "-C", laptop)
        self.assertEqual(next(line for line in lines if line.get("accepted"))["accepted"], 1)
        self.ends(watch, lines)


if __name__ == "__main__":
    unittest.main()
