"""A server and laptops as processes, in a folder of their own: what the tests of running a server share."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/support"))
from waiting import HANGS, eventually  # noqa: E402,F401

AMBIT = os.path.abspath(sys.argv.pop(1) if len(sys.argv) > 1 and os.path.exists(sys.argv[1]) else ".build/debug/ambit")


def fetch(url, token=None, headers=None, method=None, body=None, context=None):
    """Status, headers and text of an answer, whatever its status."""
    headers = dict(headers or {})
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, headers=headers, data=body, method=method)
    try:
        with urllib.request.urlopen(request, timeout=HANGS, context=context) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read().decode()


class Site(unittest.TestCase):
    """A data folder with one agenda, `assen`; servers and laptops as a test wants them."""

    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="ambit-operations.")
        self.data = self.path("data")
        self.processes = []
        self.environment = dict(os.environ)
        self.invites = {"assen": self.create("assen")}

    def tearDown(self):
        self.end_processes()
        shutil.rmtree(self.home)

    def end_processes(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(HANGS)
            process.stdout.close()

    def path(self, *names):
        return os.path.join(self.home, *names)

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)
        return self.path(name)

    def folder(self, agenda="assen"):
        return os.path.join(self.data, "agendas", agenda)

    def run_ambit(self, *arguments, stdin=None, json_wanted=True, **options):
        words = [AMBIT, *arguments, *(["--json"] if json_wanted else [])]
        return subprocess.run(words, capture_output=True, text=True, input=stdin, timeout=HANGS,
                              env=self.environment, **options)

    def answer(self, *arguments, code=0, stdin=None):
        done = self.run_ambit(*arguments, stdin=stdin)
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout) if done.stdout else {}

    def fails(self, word, *arguments, code=1):
        """The message of a command that has to fail with this word."""
        done = self.run_ambit(*arguments)
        self.assertEqual(done.returncode, code, f"{arguments}: {done.stdout}{done.stderr}")
        error = json.loads(done.stderr.strip().splitlines()[-1])
        self.assertEqual(error["error"], word, done.stderr)
        return error["message"]

    def create(self, agenda):
        made = self.answer("agenda", "create", agenda, "--title", "Proef", "--data", self.data,
                           "--origin", f"localhost/agendas/{agenda}")
        return made["invite"]

    def serve(self, *arguments, data=None):
        """Starts a server; `self.url` is where it is."""
        log = open(self.path("log"), "a")
        process = subprocess.Popen(
            [AMBIT, "serve", "--data", data or self.data, "--listen", "127.0.0.1:0", *arguments, "--json"],
            stdout=subprocess.PIPE, stderr=log, text=True, env=self.environment)
        log.close()
        self.processes.append(process)
        line = process.stdout.readline()
        self.assertTrue(line, self.log())
        self.server, self.url = process, json.loads(line)["url"]
        return process

    def stop(self, how=signal.SIGTERM):
        self.server.send_signal(how)
        return self.server.wait(HANGS)

    def log(self):
        with open(self.path("log")) as file:
            return file.read()

    def lines(self):
        """The server's log, where it is in JSON."""
        return [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]

    def clone(self, name, agenda="assen", role="admin"):
        invite = self.invites.pop(agenda, None) or self.answer(
            "invite", "--data", self.data, "--agenda", agenda, "--role", role)["invite"]
        self.answer("clone", f"{self.url}/agendas/{agenda}", self.path(name), "--invite", invite, "--name",
                    "Voorbeeldpersoon", "--device", name)
        return self.path(name)

    def token(self, laptop):
        with open(os.path.join(laptop, "token")) as file:
            return file.read().split()[-1]

    def record(self, laptop, title="Voorbeeld"):
        return self.answer("record", "theme.opened", f"title={title}", "-C", laptop)

    def sync(self, laptop, code=0):
        return self.answer("sync", "-C", laptop, code=code)
