#!/usr/bin/env python3
"""Breaks data folders and replicas in every way that has a name: `ambit doctor` names it, and the command that it prints
mends it.

    python3 Tests/operations/test_doctor.py PATH-OF-AMBIT
"""
import contextlib
import fcntl
import glob
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import stat
import struct
import subprocess
import tempfile
import unittest
import zlib

from servers import AMBIT, HANGS, Site, eventually, fetch


def row_check(*columns):
    """What Ambit has beside each row of some tables, made from the words of its source alone."""
    data = b""
    for column in columns:
        if column is None:
            data += struct.pack("<Bq", 0, 0)
        elif isinstance(column, int):
            data += struct.pack("<Bq", 1, column)
        else:
            content = column.encode() if isinstance(column, str) else column
            data += struct.pack("<Bq", 3 if isinstance(column, str) else 4, len(content)) + content
    return struct.unpack("<i", struct.pack("<I", zlib.crc32(data)))[0]


class Doctor(Site):
    """Each test breaks a copy of one site: a data folder, and a laptop that has synced with it."""

    template = None

    def setUp(self):
        self.mounted = None
        if Doctor.template is None:
            super().setUp()
            self.make()
            Doctor.template = self.path("template")
            os.makedirs(Doctor.template)
            for name in ("data", "laptop one", "backups", "key-copy"):
                shutil.move(self.path(name), os.path.join(Doctor.template, name))
            Doctor.address = self.url.removeprefix("http://")
            Doctor.home_of_template = self.home
        self.home = tempfile.mkdtemp(prefix="ambit-doctor.")
        shutil.copytree(Doctor.template, self.home, dirs_exist_ok=True)
        self.processes, self.environment, self.invites = [], dict(os.environ), {}
        self.data, self.laptop, self.backups = self.path("data"), self.path("laptop one"), self.path("backups")
        self.backup = os.path.join(self.backups, "assen", "2026-11-28T00-00-00Z.sqlite")
        # What the commands call: this program, and a sudo that needs no password.
        os.makedirs(self.path("bin"))
        os.symlink(AMBIT, self.path("bin", "ambit"))
        with open(self.path("bin", "sudo"), "w") as file:
            file.write('#!/bin/sh\nexec "$@"\n')
        os.chmod(self.path("bin", "sudo"), 0o755)
        self.environment["PATH"] = f"{self.path('bin')}:{os.environ['PATH']}"

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.home_of_template)

    def tearDown(self):
        self.end_processes()
        if self.mounted:
            subprocess.run(["umount", self.mounted], check=True)
        shutil.rmtree(self.home)

    def make(self):
        self.serve()
        laptop = self.clone("laptop one")
        for number in range(5):
            self.record(laptop, f"Voorbeeld {number}")
        self.sync(laptop)
        self.stop()
        os.makedirs(self.path("backups", "assen"))
        self.answer("agenda", "backup", "assen", self.path("backups", "assen", "2026-11-28T00-00-00Z.sqlite"), "--data",
                    self.data)
        shutil.copy(self.file("log.key"), self.path("key-copy"))

    def file(self, name):
        return os.path.join(self.folder(), name)

    def doctor(self, folder, *arguments):
        done = self.run_ambit("doctor", folder, "--backup", self.backups, *arguments)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        findings = json.loads(done.stdout)["findings"]
        self.assertEqual(done.returncode, 1 if findings else 0)
        for finding in findings:
            self.assertTrue(all(finding[part] for part in ("what", "meaning", "command", "place")), finding)
        return findings

    def is_sound(self, folder):
        self.assertEqual(self.doctor(folder), [])

    def mended(self, folder, word, then=None, **known):
        """The doctor names what is wrong, alone, and its command mends it; or another one that is named after it."""
        self.assertTrue(os.path.exists(folder))
        findings = self.doctor(folder)
        self.assertEqual([finding["finding"] for finding in findings], [word], findings)
        command = findings[0]["command"]
        # Root's machine may have no sudo.
        self.assertFalse(os.geteuid() == 0 and "sudo" in command, command)
        for name, value in known.items():
            self.assertIn(f" {name} ", f"{command} ")
            command = f"{command} ".replace(f" {name} ", f" '{value}' ")
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=HANGS,
                              env=self.environment, cwd=self.home)
        self.assertEqual(done.returncode, 0, f"{command}: {done.stdout}{done.stderr}")
        if then:
            self.mended(folder, then)
        self.is_sound(folder)
        return findings[0]

    def invite(self):
        return self.answer("invite", "--data", self.data, "--agenda", "assen", "--role", "admin")["invite"]

    def works(self, themes=6):
        """Served again, a laptop records and sends, and nothing that it had is missing."""
        self.serve()
        self.answer("sync", "-C", self.laptop, "--url", f"{self.url}/agendas/assen")
        self.record(self.laptop, "Na de reparatie")
        self.assertEqual(self.sync(self.laptop)["accepted"], 1)
        shown = self.answer("show", "--kind", "theme", "-C", self.laptop)
        self.assertEqual(len(shown), themes)
        self.stop()

    def version(self, path, number):
        database = sqlite3.connect(path)
        database.execute(f"PRAGMA user_version = {number}")
        database.close()

    def test_a_sound_folder_needs_nothing(self):
        for folder in (self.data, self.folder(), self.laptop):
            self.is_sound(folder)
        self.works()

    # Data folders.

    def test_a_missing_key(self):
        os.remove(self.file("log.key"))
        self.mended(self.data, "key-missing", COPY=self.path("key-copy"))
        self.assertEqual(stat.S_IMODE(os.stat(self.file("log.key")).st_mode), 0o600)
        self.works()

    def test_the_key_of_another_log(self):
        self.create("emmen")
        shutil.copy(os.path.join(self.folder("emmen"), "log.key"), self.file("log.key"))
        # Another wrong one is not put in its place.
        wrong = os.path.join(self.folder("emmen"), "log.key")
        self.fails("bad-signature", "agenda", "restore", "assen", "--key", wrong, "--data", self.data)
        self.mended(self.data, "key-wrong", COPY=self.path("key-copy"))
        self.works()

    def test_a_copy_of_an_agenda_under_another_name(self):
        shutil.copytree(self.folder(), self.folder("kopie"))
        self.serve()
        address = f"{self.url}/v1/agendas"
        self.assertTrue(eventually(lambda: fetch(f"{address}/assen/ready")[0] == 200), self.log())
        self.assertEqual(fetch(f"{address}/kopie/ready")[0], 503)
        self.assertTrue(eventually(lambda: "An agenda cannot be opened" in self.log() and "kopie" in self.log()), self.log())
        self.stop()
        done = self.run_ambit("agenda", "list", "--data", self.data)
        self.assertNotEqual(done.returncode, 0)
        listed = {agenda["agenda"]: agenda.get("error") for agenda in json.loads(done.stdout)}
        self.assertIsNone(listed["assen"])
        self.assertIn("localhost/agendas/assen", listed["kopie"])
        self.fails("bad-signature", "invite", "--data", self.data, "--agenda", "kopie", "--role", "admin")
        self.mended(self.data, "other-agenda")
        self.works()

    def test_an_agenda_that_was_given_another_name(self):
        shutil.move(self.folder(), self.folder("kopie"))
        self.mended(self.data, "other-agenda")
        self.works()

    def test_a_key_that_others_can_read(self):
        os.chmod(self.file("log.key"), 0o644)
        self.mended(self.data, "exposed-secret")
        self.works()

    def test_a_log_that_was_cut(self):
        size = os.path.getsize(self.file("log.sqlite"))
        for length in (size // 2 // 1024 * 1024, 50):
            with open(self.file("log.sqlite"), "r+b") as file:
                file.truncate(length)
            finding = self.mended(self.data, "log-damaged")
            self.assertIn(self.backup, finding["command"])
        self.works()

    def test_a_byte_in_the_middle_of_a_log(self):
        with open(self.file("log.sqlite"), "r+b") as file:
            data = file.read()
            at = data.index(b"Voorbeeld 3")
            file.seek(at)
            file.write(b"Voorbeeld 8")
        self.mended(self.data, "log-damaged")
        self.works()

    def test_a_log_that_grows_while_it_is_looked_at(self):
        shutil.copy(self.file("log.sqlite"), self.path("before"))
        self.record(self.laptop, "Erbij")
        self.serve()
        self.answer("sync", "-C", self.laptop, "--url", f"{self.url}/agendas/assen")
        self.stop()
        shutil.copytree(self.folder(), self.path("after"))
        for suffix in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.remove(self.file(f"log.sqlite{suffix}"))
        shutil.copy(self.path("before"), self.file("log.sqlite"))
        with open(self.file("log.seen"), "r+b") as seen:
            fcntl.flock(seen, fcntl.LOCK_EX)
            doctor = subprocess.Popen([AMBIT, "doctor", self.data, "--json"], stdout=subprocess.PIPE, text=True,
                                      env=self.environment)

            def waits():
                locks = pathlib.Path("/proc/locks").read_text().splitlines()
                return any("->" in line and f" {doctor.pid} " in line for line in locks)
            self.assertTrue(eventually(waits))
            # The server commits, and notes it then.
            with contextlib.closing(sqlite3.connect(self.path("after", "log.sqlite"))) as after:
                with contextlib.closing(sqlite3.connect(self.file("log.sqlite"))) as log:
                    after.backup(log)
            fcntl.flock(seen, fcntl.LOCK_UN)
        self.assertEqual(json.loads(doctor.communicate(timeout=HANGS)[0])["findings"], [])
        self.assertEqual(doctor.returncode, 0)

    def test_a_log_that_is_gone(self):
        os.remove(self.file("log.sqlite"))
        self.mended(self.data, "log-missing")
        self.works()

    def test_a_log_of_a_newer_version(self):
        self.version(self.file("log.sqlite"), 99)
        self.mended(self.data, "newer-format")
        self.works()

    def test_a_log_behind_its_guard(self):
        old = self.path("old.sqlite")
        self.answer("agenda", "backup", "assen", old, "--data", self.data)
        self.serve()
        self.answer("sync", "-C", self.laptop, "--url", f"{self.url}/agendas/assen")
        self.record(self.laptop, "Na de kopie")
        self.sync(self.laptop)
        self.stop()
        self.answer("agenda", "restore", "assen", "--from", old, "--data", self.data)
        self.mended(self.data, "entries-missing", REPLICA=self.laptop)
        self.serve()
        self.answer("sync", "-C", self.laptop, "--url", f"{self.url}/agendas/assen")
        self.assertEqual(len(self.answer("show", "--kind", "theme", "-C", self.laptop)), 6)

    def test_nothing_that_says_what_was_shown(self):
        os.remove(self.file("log.seen"))
        self.mended(self.data, "nothing-noted", REPLICA=self.laptop)
        self.works()

    def test_read_models_that_are_damaged(self):
        with open(self.file("state.sqlite"), "r+b") as file:
            file.seek(4096)
            file.write(os.urandom(8192))
        self.mended(self.data, "read-models-damaged")
        self.works()

    def test_read_models_that_say_something_else_of_their_log(self):
        with contextlib.closing(sqlite3.connect(self.file("state.sqlite"))) as database:
            database.execute("UPDATE meta SET size = size | 4096")
            database.commit()
        self.mended(self.data, "read-models-damaged")
        self.works()

    def test_what_has_gone_since_it_was_listed(self):
        for folder, place in ((self.laptop, self.laptop), (self.data, self.folder())):
            # As with a journal that SQLite takes away between two looks: there is a name, and nothing behind it.
            os.symlink(self.path("nowhere"), os.path.join(place, "journal-wal"))
            self.is_sound(folder)

    def test_a_clone_at_work_has_not_been_cut_off(self):
        folder = self.path("begun")
        os.makedirs(folder)
        for name in ("device.key", "sync.lock"):
            self.write(f"begun/{name}", "")
            os.chmod(os.path.join(folder, name), 0o600)
        with open(os.path.join(folder, "sync.lock")) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # It waits for the server's answer, and has it.
            self.is_sound(folder)
            self.write("begun/enrolment.json", "{}")
            self.is_sound(folder)
        self.assertEqual([finding["finding"] for finding in self.doctor(folder)], ["clone-unfinished"])
        os.remove(os.path.join(folder, "enrolment.json"))
        self.assertEqual([finding["finding"] for finding in self.doctor(folder)], ["log-missing"])

    def test_an_agenda_that_was_half_made(self):
        left = os.path.join(self.data, "agendas", ".new.emmen.7")
        os.makedirs(left)
        # One that is being made is none.
        self.is_sound(self.data)
        os.utime(left, (0, 0))
        self.mended(self.data, "left-over")

    @unittest.skipUnless(os.geteuid() == 0, "only root gives files away")
    def test_files_of_another_user(self):
        for name in os.listdir(self.folder()):
            os.chown(self.file(name), 12345, 12345)
        self.mended(self.data, "wrong-owner")
        self.works()

    @unittest.skipUnless(os.geteuid() == 0, "only root mounts a disk")
    def test_a_full_disk(self):
        disk = self.path("disk")
        os.makedirs(disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk], check=True)
        self.mounted = disk
        shutil.copytree(self.data, os.path.join(disk, "data"))
        backups = os.path.join(disk, "backups")
        os.makedirs(os.path.join(backups, "assen"))
        for day in range(1, 6):
            shutil.copy(self.backup, os.path.join(backups, "assen", f"2026-11-0{day}T00-00-00Z.sqlite"))
        with open(os.path.join(backups, "assen", "2026-11-01T00-00-00Z.sqlite"), "ab") as file:
            with self.assertRaises(OSError):
                while True:
                    file.write(bytes(1 << 20))
                    file.flush()
        self.data, self.backups = os.path.join(disk, "data"), backups
        finding = self.mended(self.data, "disk-full")
        # The newest ones stay.
        self.assertEqual(sorted(os.listdir(os.path.join(backups, "assen"))),
                         ["2026-11-04T00-00-00Z.sqlite", "2026-11-05T00-00-00Z.sqlite"], finding)
        self.works()

    @unittest.skipUnless(os.geteuid() == 0, "only root mounts a disk")
    def test_a_read_only_disk(self):
        disk = self.path("disk")
        os.makedirs(disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", disk], check=True)
        self.mounted = disk
        shutil.copytree(self.data, os.path.join(disk, "data"))
        shutil.copytree(self.laptop, os.path.join(disk, "laptop"))
        for folder in (os.path.join(disk, "data"), os.path.join(disk, "laptop")):
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
            finding = self.mended(folder, "disk-read-only")
            self.assertNotIn("accept-loss", finding["command"])
        self.data = os.path.join(disk, "data")
        self.works()

    def test_two_histories_of_one_log(self):
        copy = self.path("copy")
        shutil.copytree(self.data, copy)
        # What one of them has shown, before it went on.
        seen = self.path("seen")
        for number in range(9):
            self.serve()
            self.answer("sync", "-C", self.laptop, "--url", f"{self.url}/agendas/assen")
            self.record(self.laptop, f"De ene {number}")
            self.sync(self.laptop)
            self.stop()
            if number == 0:
                shutil.copy(self.file("log.seen"), seen)
        self.backup = os.path.join(self.backups, "assen", "2026-11-28T01-00-00Z.sqlite")
        self.answer("agenda", "backup", "assen", self.backup, "--data", self.data)
        # The copy is served too, and comes to entries of its own.
        self.data = copy
        self.serve()
        other = self.clone("laptop two")
        self.record(other, "De andere")
        self.sync(other)
        self.stop()
        shutil.copy(seen, self.file("log.seen"))
        # What was folded from the other history is still there.
        finding = self.mended(self.data, "two-histories", then="read-models-damaged")
        self.assertIn(self.backup, finding["command"])
        self.works(15)

    @unittest.skipUnless(os.geteuid() == 0, "only root becomes another user")
    def test_a_folder_that_is_not_this_users(self):
        # What leads to it may be passed.
        os.chmod(self.home, 0o711)
        os.chmod(self.data, 0o700)
        done = self.run_ambit("doctor", self.data, user=12345, cwd="/")
        self.assertEqual(done.returncode, 1, done.stderr)
        findings = json.loads(done.stdout)["findings"]
        self.assertEqual([finding["finding"] for finding in findings], ["no-permission"])
        # As root, there is more to see, and here there is nothing wrong.
        seen = subprocess.run(["bash", "-c", findings[0]["command"]], capture_output=True, text=True, timeout=HANGS,
                              env=self.environment)
        self.assertEqual(seen.returncode, 0, f"{findings}: {seen.stdout}{seen.stderr}")

    # Replicas.

    def test_a_clone_that_was_cut_off(self):
        self.serve("--listen", self.address)
        for number in range(20):
            folder = self.path(f"laptop two {number}")
            clone = subprocess.Popen(
                [AMBIT, "clone", f"{self.url}/agendas/assen", folder, "--invite", self.invite(), "--name", "Een ander"],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.environment)
            enrolment = os.path.join(folder, "enrolment.json")
            # Without a pause between two looks: it is there for milliseconds.
            while clone.poll() is None and not os.path.exists(enrolment):
                pass
            clone.kill()
            clone.wait(HANGS)
            if os.path.exists(enrolment):
                break
        log = os.path.join(folder, "log.sqlite")
        for name in glob.glob(f"{glob.escape(log)}*"):
            os.remove(name)
        self.assertEqual([finding["finding"] for finding in self.doctor(folder)], ["clone-unfinished"])
        # Cut off a moment later, its log was being made.
        database = sqlite3.connect(log)
        database.execute("PRAGMA journal_mode = WAL")
        database.close()
        self.mended(folder, "clone-unfinished")
        self.assertEqual(len(self.answer("show", "--kind", "theme", "-C", folder)), 5)

    def test_a_laptop_whose_log_is_gone(self):
        self.serve("--listen", self.address)
        os.remove(os.path.join(self.laptop, "log.sqlite"))
        self.mended(self.laptop, "log-missing", CODE=self.invite(), URL=f"{self.url}/agendas/assen")
        self.assertEqual(len(self.answer("show", "--kind", "theme", "-C", self.laptop)), 5)

    def test_a_laptop_whose_log_a_newer_version_has_written(self):
        self.serve("--listen", self.address)
        self.version(os.path.join(self.laptop, "log.sqlite"), 99)
        finding = self.mended(self.laptop, "newer-format", CODE=self.invite())
        # A laptop has no backups.
        self.assertNotIn("backup", finding["meaning"])
        self.assertEqual(len(self.answer("show", "--kind", "theme", "-C", self.laptop)), 5)

    def test_a_token_that_others_can_read(self):
        os.chmod(os.path.join(self.laptop, "token"), 0o644)
        self.mended(self.laptop, "exposed-secret")
        self.works()

    def test_a_laptop_without_its_token(self):
        self.record(self.laptop, "Niet verstuurd")
        self.serve("--listen", self.address)
        os.remove(os.path.join(self.laptop, "token"))
        self.mended(self.laptop, "token-missing", CODE=self.invite())
        self.assertEqual(len(self.answer("show", "--kind", "theme", "-C", self.laptop)), 6)

    def test_a_laptop_without_its_key(self):
        self.serve("--listen", self.address)
        os.remove(os.path.join(self.laptop, "device.key"))
        self.mended(self.laptop, "device-key-missing", CODE=self.invite())

    def unusable(self, path):
        """One after the other, what may stand in the place of a small file and cannot be used as one."""
        def folder():
            os.mkdir(path)

        def written(content):
            def write():
                with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
                    file.write(content)
            return write
        for make in (folder, written(b""), written(b"\xff\xfe\n"), written(b"x" * 5000)):
            if os.path.isdir(f"{path}.damaged") and not os.path.islink(f"{path}.damaged"):
                os.rmdir(f"{path}.damaged")
            os.remove(path)
            make()
            yield

    def test_a_laptop_with_something_else_for_its_token(self):
        self.serve("--listen", self.address)
        for _ in self.unusable(os.path.join(self.laptop, "token")):
            self.mended(self.laptop, "token-damaged", CODE=self.invite())
        self.assertEqual(len(self.answer("show", "--kind", "theme", "-C", self.laptop)), 5)

    def test_a_laptop_with_something_else_for_its_key(self):
        self.serve("--listen", self.address)
        for _ in self.unusable(os.path.join(self.laptop, "device.key")):
            self.mended(self.laptop, "device-key-damaged", CODE=self.invite())

    def test_a_laptop_with_a_folder_for_its_lock(self):
        lock = os.path.join(self.laptop, "sync.lock")
        with contextlib.suppress(FileNotFoundError):
            os.remove(lock)
        os.mkdir(lock)
        self.mended(self.laptop, "lock-unusable")
        self.works()

    def test_a_laptop_whose_log_was_cut(self):
        self.serve("--listen", self.address)
        with open(os.path.join(self.laptop, "log.sqlite"), "r+b") as file:
            file.truncate(20480)
        # What is left does not say any more where it came from.
        self.mended(self.laptop, "log-damaged", CODE=self.invite(), URL=f"{self.url}/agendas/assen")
        self.assertTrue(os.path.exists(f"{self.laptop}.damaged"))
        self.assertEqual(len(self.answer("show", "--kind", "theme", "-C", self.laptop)), 5)

    def test_a_laptop_whose_outbox_cannot_be_read(self):
        self.serve("--listen", self.address)
        self.record(self.laptop, "Niet verstuurd")
        path = os.path.join(self.laptop, "log.sqlite")
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            root, = database.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'outbox'").fetchone()
            page, = database.execute("PRAGMA page_size").fetchone()
        with open(path, "r+b") as file:
            file.seek((root - 1) * page)
            file.write(b"\xff" * page)
        # Nobody is told to put away what was not sent, and not that it is there.
        finding = self.mended(self.laptop, "log-damaged", CODE=self.invite())
        self.assertNotIn("outbox", finding["command"])
        self.assertIn("what was not sent cannot be read now", finding["meaning"])
        self.assertIn("ambit export --format outbox", finding["meaning"])
        self.assertTrue(os.path.exists(f"{self.laptop}.damaged"))

    def test_a_laptop_whose_log_cannot_be_opened_takes_along_what_it_has_not_sent(self):
        self.serve("--listen", self.address)
        self.record(self.laptop, "Niet verstuurd")
        with contextlib.closing(sqlite3.connect(os.path.join(self.laptop, "log.sqlite"))) as database:
            database.execute("UPDATE meta SET value = 'x' WHERE key = 'origin'")
            database.commit()
        self.assertEqual(self.run_ambit("status", "-C", self.laptop).returncode, 1)
        finding = self.mended(self.laptop, "log-damaged", CODE=self.invite())
        self.assertIn("The command writes what was not sent first", finding["meaning"])
        titles = [each["document"]["title"] for each in self.answer("show", "--kind", "theme", "-C", self.laptop)]
        self.assertEqual(sorted(titles), ["Niet verstuurd", *(f"Voorbeeld {number}" for number in range(5))])

    def test_a_laptop_whose_log_is_damaged_and_that_has_sent_everything(self):
        self.serve("--listen", self.address)
        with contextlib.closing(sqlite3.connect(os.path.join(self.laptop, "log.sqlite"))) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with open(os.path.join(self.laptop, "log.sqlite"), "r+b") as file:
            content = file.read()
            file.seek(0)
            file.write(content.replace(b"Voorbeeld 3", b"Voorbeeld 8"))
        # Something may be recorded before the command is run.
        command = self.mended(self.laptop, "log-damaged", CODE=self.invite())["command"]
        self.assertTrue(command.startswith("ambit export --format outbox "), command)
        self.assertEqual(len(self.answer("show", "--kind", "theme", "-C", self.laptop)), 5)

    def test_a_laptop_whose_log_is_damaged_and_that_has_not_sent_everything(self):
        self.serve("--listen", self.address)
        self.record(self.laptop, "Niet verstuurd")
        # All of it in the one file, where a byte can be changed.
        with contextlib.closing(sqlite3.connect(os.path.join(self.laptop, "log.sqlite"))) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with open(os.path.join(self.laptop, "log.sqlite"), "r+b") as file:
            # Wherever it stands: what was sent may be left in room that is free again.
            content = file.read()
            file.seek(0)
            file.write(content.replace(b"Voorbeeld 3", b"Voorbeeld 8"))
        self.assertIn("outbox", self.mended(self.laptop, "log-damaged", CODE=self.invite())["command"])
        titles = [each["document"]["title"] for each in self.answer("show", "--kind", "theme", "-C", self.laptop)]
        self.assertEqual(sorted(titles), ["Niet verstuurd", *(f"Voorbeeld {number}" for number in range(5))])
        self.assertEqual(self.sync(self.laptop)["accepted"], 1)

    def flip_unsent(self, before, after):
        """What was recorded and not sent says something else, as after a fault of the disk."""
        path = os.path.join(self.laptop, "log.sqlite")
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with open(path, "r+b") as file:
            content = file.read()
            self.assertIn(before, content)
            file.seek(0)
            file.write(content.replace(before, after))
        return path

    def test_a_laptop_with_a_flipped_bit_in_what_it_has_not_sent(self):
        self.serve("--listen", self.address)
        self.record(self.laptop, "Bedrag 771")
        self.record(self.laptop, "Daarna")
        path = self.flip_unsent(b"Bedrag 771", b"Bedrag 671")
        for command in (("sync",), ("sign",), ("status",), ("undo", "--yes"), ("show", "--kind", "theme")):
            done = self.run_ambit(*command, "-C", self.laptop)
            self.assertEqual(done.returncode, 1, command)
            for words in (path, "row ", "ambit doctor", "ambit export --format outbox"):
                self.assertIn(words, done.stdout + done.stderr, command)
        self.assertEqual(self.run_ambit("verify", self.laptop).returncode, 2)
        finding, = self.doctor(self.laptop)
        self.assertEqual(finding["finding"], "log-damaged")
        command = finding["command"].replace(" CODE ", f" {self.invite()} ")

        def run(command):
            return subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=HANGS,
                                  env=self.environment, cwd=self.home)
        # It stops before anything is re-recorded that nobody has looked at.
        self.assertNotEqual(run(command).returncode, 0)
        self.assertTrue(os.path.exists(path))
        kept = f"{self.laptop}.unsent.ndjson"
        with open(kept) as file:
            lines = file.read()
        self.assertEqual((lines.count("\n"), lines.count("Bedrag 671")), (2, 1))
        with open(kept, "w") as file:
            file.write(lines.replace("Bedrag 671", "Bedrag 771"))
        done = run(command.split(" && ", 1)[1])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.sync(self.laptop)
        titles = [each["document"]["title"] for each in self.answer("show", "--kind", "theme", "-C", self.laptop)]
        self.assertEqual(sorted(titles), sorted(["Bedrag 771", "Daarna", *(f"Voorbeeld {number}" for number in range(5))]))

    def test_canary_a_flipped_bit_with_its_check_put_right_is_sent(self):
        self.serve("--listen", self.address)
        self.record(self.laptop, "Bedrag 771")
        path = self.flip_unsent(b"Bedrag 771", b"Bedrag 671")
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.create_function("row_check", -1, row_check)
            database.execute("UPDATE outbox SET crc = row_check(counter, refused, code, detail, recorded, event)")
            database.commit()
        self.assertEqual(self.sync(self.laptop)["accepted"], 1)
        self.assertIn("Bedrag 671", json.dumps(self.answer("show", "--kind", "theme", "-C", self.laptop)))

    def test_a_laptop_with_damaged_read_models(self):
        with open(os.path.join(self.laptop, "state.sqlite"), "r+b") as file:
            file.seek(4096)
            file.write(os.urandom(8192))
        self.mended(self.laptop, "read-models-damaged")
        self.works()

    def test_a_lock_that_a_stopped_sync_holds(self):
        self.serve("--listen", self.address)
        # The server does not answer, so that the sync goes on.
        self.server.send_signal(signal.SIGSTOP)
        sync = subprocess.Popen([AMBIT, "sync", "-C", self.laptop], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                env=self.environment)
        lock = os.stat(os.path.join(self.laptop, "sync.lock")).st_ino

        def holds():
            locks = pathlib.Path("/proc/locks").read_text().splitlines()
            return any(f":{lock} " in line and f" {sync.pid} " in line for line in locks)

        self.assertTrue(eventually(holds))
        # One that runs holds it by right.
        self.is_sound(self.laptop)
        sync.send_signal(signal.SIGSTOP)
        self.assertTrue(eventually(lambda: self.doctor(self.laptop)))
        self.mended(self.laptop, "stopped-process")
        self.assertEqual(sync.wait(HANGS), -signal.SIGKILL)
        self.server.send_signal(signal.SIGCONT)
        self.sync(self.laptop)

    def test_what_is_no_folder_of_ambits_is_said(self):
        os.makedirs(self.path("other"))
        self.write("other/letter.txt", "no agenda")
        self.assertIn("neither", self.fails("not-a-folder-of-ambit", "doctor", self.path("other")))
        odd = os.path.join(self.data, "agendas", "Assen van vroeger")
        shutil.copytree(self.folder(), odd)
        self.assertIn("no agenda can be called that", self.fails("not-a-folder-of-ambit", "doctor", odd))
        self.assertIn("does not exist", self.fails("not-found", "doctor", self.path("nowhere")))

    def test_nothing_is_changed_by_looking(self):
        def content():
            names = [name for name in os.listdir(self.folder()) if not name.endswith(("-shm", "-wal"))]
            return {name: pathlib.Path(self.file(name)).read_bytes() for name in names}

        before = content()
        self.doctor(self.data)
        self.assertEqual(content(), before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
