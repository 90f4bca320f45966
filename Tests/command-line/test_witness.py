#!/usr/bin/env python3
"""Runs a real witness and a real server that asks it: cosignatures, restarts, a log that was put back, wrong arguments.

    python3 Tests/command-line/test_witness.py PATH-OF-AMBIT
"""
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

AMBIT = sys.argv.pop(1) if len(sys.argv) > 1 else ".build/debug/ambit"
DEADLINE = 60


class Process:
    """A server of ours, until it is ended."""

    def __init__(self, *arguments, log):
        self.log = open(log, "a")
        self.process = subprocess.Popen([AMBIT, *arguments, "--json"], stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{arguments}: {read(log)}")
        self.ready = json.loads(line)

    def end(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait()
        self.process.stdout.close()
        self.log.close()


def read(path):
    with open(path) as file:
        return file.read()


def ambit(*arguments, code=0):
    done = subprocess.run([AMBIT, *arguments, "--json"], capture_output=True, text=True)
    if done.returncode != code:
        raise AssertionError(f"ambit {arguments} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout) if code == 0 and done.stdout else done.stdout + done.stderr


def fetch(url, token=None):
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


class WitnessTest(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="ambit-witness.")
        self.log = self.path("log")
        self.running = []
        self.made = ambit("agenda", "create", "assen", "--title", "Proef", "--data", self.path("data"),
                          "--origin", "localhost/agendas/assen")
        self.key = ambit("witness", "create", "w.example/1", "--data", self.path("witness"))["verifierKey"]

    def tearDown(self):
        for process in self.running:
            process.end()
        shutil.rmtree(self.home)

    def path(self, name):
        return os.path.join(self.home, name)

    def start(self, *arguments):
        process = Process(*arguments, log=self.log)
        self.running.append(process)
        return process

    def witness(self, listen="127.0.0.1:0"):
        return self.start("witness", "run", "--data", self.path("witness"), "--log", self.made["verifierKey"], "--listen", listen)

    def serve(self, witness, data="data"):
        return self.start("serve", "--data", self.path(data), "--listen", "127.0.0.1:0",
                          "--witness", f"{self.key}={witness.ready['url']}")

    def cosigned(self, agenda, token, size):
        """Waits for the cosigned checkpoint of a size."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            status, note = fetch(f"{agenda}/checkpoint?cosignatures=1", token)
            if status == 200 and note.split("\n")[1] == str(size):
                return note
        raise AssertionError(f"no cosigned checkpoint of {size}: {read(self.log)}")

    def test_cosigning_through_restarts(self):
        witness = self.witness()
        address = witness.ready["url"].removeprefix("http://")
        server = self.serve(witness)
        laptop = self.path("laptop")
        agenda = f"{server.ready['url']}/agendas/assen"
        ambit("clone", agenda, laptop, "--invite", self.made["invite"], "--name", "Voorbeeld", "--device", "laptop")
        token = read(os.path.join(laptop, "token")).strip()
        size = ambit("status", "-C", laptop)["size"]
        note = self.cosigned(agenda, token, size)
        self.assertIn("— w.example/1 ", note)
        name = hashlib.sha256(b"localhost/agendas/assen").hexdigest()
        self.assertEqual(fetch(f"{witness.ready['url']}/{name}/checkpoint")[1].split("\n")[1], str(size))

        # Killed, it goes on from what it kept; meanwhile nothing waits for it.
        witness.end(signal.SIGKILL)
        ambit("record", "theme.opened", "title=Voorbeeld", "-C", laptop)
        self.assertEqual(ambit("sync", "-C", laptop)["accepted"], 1)
        witness = self.witness(address)
        self.cosigned(agenda, token, ambit("status", "-C", laptop)["size"])

        # A second process with the same folder would not know what the first one signs.
        self.assertIn("another process", ambit("witness", "run", "--data", self.path("witness"), "--log",
                                               self.made["verifierKey"], "--listen", "127.0.0.1:0", code=1))

    def test_a_log_that_went_back_is_not_cosigned(self):
        witness = self.witness()
        laptop = self.path("laptop")
        server = self.serve(witness)
        agenda = f"{server.ready['url']}/agendas/assen"
        ambit("clone", agenda, laptop, "--invite", self.made["invite"], "--name", "Voorbeeld", "--device", "laptop")
        token = read(os.path.join(laptop, "token")).strip()
        self.cosigned(agenda, token, ambit("status", "-C", laptop)["size"])
        server.end()
        shutil.copytree(self.path("data"), self.path("old"))
        server = self.serve(witness)
        agenda = f"{server.ready['url']}/agendas/assen"
        # Both copies grow, each its own way.
        other = self.serve(witness, "old")
        for url, title in [(agenda, "een"), (f"{other.ready['url']}/agendas/assen", "ander")]:
            event = {"specversion": "1.0", "id": "1", "source": ambit("status", "-C", laptop)["device"], "type": "theme.opened",
                     "subject": ambit("status", "-C", laptop)["device"].replace("device", "theme") + "-1",
                     "time": "2026-11-12T10:11:12.123Z", "basis": 0, "data": {"title": title}}
            request = urllib.request.Request(f"{url}/events", json.dumps(event, separators=(",", ":")).encode(), {
                "Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"})
            with urllib.request.urlopen(request) as answer:
                size = json.load(answer)["size"]
            if url == agenda:
                self.cosigned(agenda, token, size)
        end = time.monotonic() + DEADLINE
        while "the witness answered 422" not in read(self.log) and time.monotonic() < end:
            pass
        self.assertIn("the witness answered 422", read(self.log))
        self.assertEqual(fetch(f"{other.ready['url']}/agendas/assen/checkpoint?cosignatures=1", token)[0], 404)

    def test_wrong_arguments(self):
        ambit("witness", "create", "w.example/1", "--data", self.path("witness"), code=1)
        ambit("witness", "create", "no name", "--data", self.path("other"), code=1)
        ambit("witness", "run", "--data", self.path("nowhere"), "--log", self.made["verifierKey"], code=1)
        ambit("witness", "run", "--data", self.path("witness"), "--log", "nonsense", code=1)
        ambit("serve", "--data", self.path("data"), "--witness", self.made["verifierKey"] + "=http://127.0.0.1:1", code=64)
        ambit("serve", "--data", self.path("data"), "--witness", self.key, code=64)


if __name__ == "__main__":
    unittest.main(verbosity=2)
