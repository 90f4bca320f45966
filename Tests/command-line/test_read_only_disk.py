#!/usr/bin/env python3
"""Disks on which nothing can be written: it is said as such, what is there is read and served, and nothing is given up.

    sudo python3 Tests/command-line/test_read_only_disk.py PATH-OF-AMBIT

Mounts small file systems, which takes the rights of an administrator; without them nothing is tested.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from waiting import HANGS, eventually  # noqa: E402

AMBIT = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ""
EVENT = ("organisation.registered", "name=Voorbeeld", "sort=other")


def ambit(*arguments, **options):
    return subprocess.run([AMBIT, *arguments], capture_output=True, text=True, timeout=HANGS,
                          env={**os.environ, "LC_ALL": "C.UTF-8"}, **options)


class ReadOnlyDisk(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="ambit-read-only.")
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.disk = os.path.join(self.home, "disk")
        os.mkdir(self.disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=60m", "tmpfs", self.disk], capture_output=True).returncode:
            self.skipTest("file systems cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], capture_output=True)
        self.data, self.laptop = os.path.join(self.home, "data"), os.path.join(self.home, "laptop")
        invite = self.answer("agenda", "create", "proef", "--title", "Proef", "--data", self.data)["invite"]
        server, self.url = self.serving(self.data)
        self.answer("clone", self.url, self.laptop, "--invite", invite, "--name", "Proef", "--device", "een")
        self.answer("record", *EVENT, "-C", self.laptop)
        self.answer("sync", "-C", self.laptop)
        server.terminate()
        self.assertEqual(server.wait(HANGS), 0)

    def on_disk(self, folder):
        """A copy of the folder on the disk, on which nothing can be written from now on."""
        copy = os.path.join(self.disk, os.path.basename(folder))
        shutil.copytree(folder, copy)
        self.remount("ro")
        return copy

    def remount(self, how):
        subprocess.run(["mount", "-o", f"remount,{how}", self.disk], check=True)

    def answer(self, *arguments):
        done = ambit(*arguments, "--json")
        self.assertEqual(done.returncode, 0, (arguments, done.stderr))
        return json.loads(done.stdout)

    def serving(self, data):
        server = subprocess.Popen([AMBIT, "serve", "--data", data, "--listen", "127.0.0.1:0", "--json"],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for cleanup in (server.stdout.close, server.wait, server.kill):
            self.addCleanup(cleanup)
        return server, json.loads(server.stdout.readline())["url"] + "/agendas/proef"

    def found(self, folder):
        """What the doctor finds, which is the disk and nothing else."""
        done = ambit("doctor", folder, "--json")
        self.assertEqual(done.returncode, 1, done.stderr)
        findings = json.loads(done.stdout)["findings"]
        self.assertEqual([finding["finding"] for finding in findings], ["disk-read-only"], findings)
        self.assertNotIn("accept-loss", done.stdout)
        return findings[0]

    def test_a_laptop_is_read_and_says_what_is_in_the_way(self):
        laptop = self.on_disk(self.laptop)
        finding = self.found(laptop)
        for command in (["status"], ["show"], ["log"], ["conflicts"]):
            done = ambit(*command, "-C", laptop, "--json")
            self.assertEqual(done.returncode, 0, (command, done.stderr))
        for command in (["record", *EVENT], ["sign"], ["sync"]):
            done = ambit(*command, "-C", laptop, "--json")
            self.assertNotEqual(done.returncode, 0, command)
            message = json.loads(done.stderr.strip().splitlines()[-1])["message"]
            self.assertIn("is on a read-only disk", message, command)
            self.assertNotIn("SQLite", message, command)
        # The command that is printed mends it.
        done = subprocess.run(["bash", "-c", finding["command"]], capture_output=True, text=True, timeout=HANGS)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.answer("doctor", laptop)["findings"], [])
        self.answer("record", *EVENT, "-C", laptop)

    def test_a_server_s_data_is_read_and_served_and_nothing_is_given_up(self):
        data = self.on_disk(self.data)
        self.found(data)
        self.assertGreater(self.answer("agenda", "list", "--data", data)[0]["size"], 0)
        self.answer("verify", os.path.join(data, "agendas", "proef"))
        server, url = self.serving(data)
        # Nothing is waiting to be sent: all that there is to do can be done.
        done = ambit("sync", "--url", url, "-C", self.laptop, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(os.path.join(self.laptop, "token")) as file:
            headers = {"Authorization": "Bearer " + file.read().split()[-1]}
        base = url.replace("/agendas/", "/v1/agendas/")
        for place in ("checkpoint", "events", "state", "conflicts"):
            with urllib.request.urlopen(urllib.request.Request(f"{base}/{place}", headers=headers), timeout=HANGS) as answer:
                self.assertEqual(answer.status, 200, place)
        self.answer("record", *EVENT, "-C", self.laptop)
        done = ambit("sync", "--url", url, "-C", self.laptop)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(self.answer("status", "-C", self.laptop)["pending"], 1)
        # It says so itself, where those who run it look.
        with self.assertRaises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(url.rsplit("/agendas/", 1)[0] + "/readyz", timeout=HANGS)
        raised.exception.close()
        self.assertEqual(raised.exception.code, 503)
        self.remount("rw")
        self.assertTrue(eventually(lambda: ambit("sync", "--url", url, "-C", self.laptop).returncode == 0))
        self.assertEqual(self.answer("status", "-C", self.laptop)["pending"], 0)
        server.send_signal(signal.SIGTERM)
        self.assertEqual(server.wait(HANGS), 0)


if __name__ == "__main__":
    unittest.main()
