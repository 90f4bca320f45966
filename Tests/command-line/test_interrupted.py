#!/usr/bin/env python3
"""Commands that somebody ends: nothing that they were making is left, and they end by the signal.

    python3 Tests/command-line/test_interrupted.py PATH-OF-AMBIT
"""
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from waiting import HANGS, eventually  # noqa: E402

AMBIT = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ""
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# So many events that what is made of them is not made at once.
EVENTS = 3_000
# A machine that is busy may not let this program look before the other one has finished.
ATTEMPTS = 100


class Interrupted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="ambit-interrupted.")
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        cls.passing, cls.output = os.path.join(cls.home, "passing"), os.path.join(cls.home, "output")
        for folder in (cls.passing, cls.output):
            os.mkdir(folder)
        cls.environment = {**os.environ, "LC_ALL": "C.UTF-8", "TMPDIR": cls.passing}
        cls.data, cls.laptop = os.path.join(cls.home, "data"), os.path.join(cls.home, "laptop")
        invite = cls.answer("agenda", "create", "proef", "--title", "Proef", "--data", cls.data)["invite"]
        server = subprocess.Popen([AMBIT, "serve", "--data", cls.data, "--listen", "127.0.0.1:0", "--json"],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            url = json.loads(server.stdout.readline())["url"] + "/agendas/proef"
            cls.answer("clone", url, cls.laptop, "--invite", invite, "--name", "Proef", "--device", "een")
            lines = os.path.join(cls.home, "lines")
            with open(lines, "w") as file:
                for number in range(EVENTS):
                    data = {"name": f"Verzonnen {number}", "sort": "other"}
                    file.write(json.dumps({"type": "organisation.registered", "data": data}) + "\n")
            cls.answer("import", lines, "-C", cls.laptop)
            cls.answer("sync", "-C", cls.laptop)
        finally:
            server.terminate()
            server.wait(HANGS)
            server.stdout.close()

    def setUp(self):
        for folder in (self.passing, self.output):
            shutil.rmtree(folder)
            os.mkdir(folder)

    @classmethod
    def answer(cls, *arguments):
        done = subprocess.run([AMBIT, *arguments, "--json"], capture_output=True, text=True, timeout=HANGS, env=cls.environment)
        if done.returncode:
            raise AssertionError((arguments, done.stderr))
        return json.loads(done.stdout)

    def start(self, *arguments, ignoring=()):
        def usual():
            for number in ENDING:
                signal.signal(number, signal.SIG_IGN if number in ignoring else signal.SIG_DFL)
        process = subprocess.Popen([AMBIT, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env=self.environment, preexec_fn=usual)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def left(self):
        return sorted(os.listdir(self.passing) + os.listdir(self.output))

    def ends(self, number, making, *arguments):
        """The command is sent the signal once what it makes is there, ends by it, and leaves nothing."""
        for _ in range(ATTEMPTS):
            process = self.start(*arguments)
            while process.poll() is None and not glob.glob(making):
                pass
            process.send_signal(number)
            code = process.wait(HANGS)
            if code == 0:
                # It had finished.
                for name in os.listdir(self.output):
                    os.remove(os.path.join(self.output, name))
                continue
            self.assertEqual(code, -number)
            self.assertEqual(self.left(), [])
            return
        self.fail("it was always done at once")

    def test_an_export_leaves_nothing(self):
        workbook = os.path.join(self.output, "o.xlsx")
        for number in ENDING:
            with self.subTest(number=number):
                self.ends(number, workbook + ".*.new", "export", "--format", "xlsx", "-o", workbook, "-C", self.laptop)

    def test_a_folder_for_what_passes_goes_too(self):
        database = os.path.join(self.output, "o.sqlite")
        for number in ENDING:
            with self.subTest(number=number):
                self.ends(number, os.path.join(self.passing, "ambit-*"), "export", "--format", "sqlite", "-o", database, "-C",
                          self.laptop)

    def test_a_backup_leaves_nothing(self):
        backup = os.path.join(self.output, "b.sqlite")
        for number in ENDING:
            with self.subTest(number=number):
                self.ends(number, backup + ".*.new", "agenda", "backup", "proef", backup, "--data", self.data)

    def test_what_is_to_take_no_notice_takes_none(self):
        workbook = os.path.join(self.output, "o.xlsx")
        process = self.start("export", "--format", "xlsx", "-o", workbook, "-C", self.laptop, ignoring=ENDING)
        while process.poll() is None and not glob.glob(workbook + ".*.new"):
            pass
        for number in ENDING:
            process.send_signal(number)
        self.assertEqual(process.wait(HANGS), 0)
        self.assertEqual(self.left(), ["o.xlsx"])
        os.remove(workbook)

    def test_a_watch_and_a_server_end_in_order(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            server = self.start("serve", "--data", self.data, "--listen", "127.0.0.1:0", "--json")
            # Until it serves, nobody has it end in order.
            self.assertTrue(eventually(lambda: self.is_listening(server.pid)))
            server.send_signal(number)
            self.assertEqual(server.wait(HANGS), 0)

    @staticmethod
    def is_listening(pid):
        """Whether the process has a socket that listens."""
        try:
            links = [os.readlink(link) for link in glob.glob(f"/proc/{pid}/fd/*")]
        except FileNotFoundError:
            return False
        with open("/proc/net/tcp") as file:
            listening = {f"socket:[{line.split()[9]}]" for line in file.readlines()[1:] if line.split()[3] == "0A"}
        return not listening.isdisjoint(links)


if __name__ == "__main__":
    unittest.main()
