"""A server with the agenda of Assen, laptops, and their pages, for tests that look at them as a person does."""
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
AMBIT = os.environ["AMBIT"]
EXAMPLES = ROOT / "Protocol/Examples"
QUIET = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "Europe/Amsterdam"}


def free_port():
    """One that systems give to nobody who only asks for any: a server that went finds it free when it comes back."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("no port is free")


class Program:
    """A program that runs until it is told to end, and says first where it is to be found."""

    def __init__(self, ambit, *arguments, log, environment=QUIET):
        self.log = open(log, "ab")
        self.process = subprocess.Popen(
            [ambit, *map(str, arguments)], stdout=subprocess.PIPE, stderr=self.log, stdin=subprocess.DEVNULL, text=True, env=environment
        )
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"ambit {arguments[0]} did not come up: {pathlib.Path(log).read_text()}")
        self.said = json.loads(line)

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()


class World:
    """Everything in one folder, which `end` takes away."""

    def __init__(self):
        self.ambit = str(pathlib.Path(AMBIT).resolve())
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ambit-page."))
        self.programs = []
        created = self.run("agenda", "create", "assen", "--title", "Asser Ambitie Agenda", "--data", self.data, "--origin",
                           "localhost/agendas/assen", "--json")
        self.invite = created["invite"]
        self.serve()

    @property
    def data(self):
        return self.folder / "server"

    def run(self, *arguments, check=True):
        """What a command answers in JSON; its output as text where that is none."""
        done = subprocess.run([self.ambit, *map(str, arguments)], capture_output=True, text=True, env=QUIET)
        if check and done.returncode != 0:
            raise AssertionError(f"ambit {arguments[0]}: {done.stderr[:2000]}")
        try:
            return json.loads(done.stdout)
        except ValueError:
            return done.stdout.strip()

    def refusal(self, *arguments):
        """What a command says that does not do what it was told."""
        done = subprocess.run([self.ambit, *map(str, arguments)], capture_output=True, text=True, env=QUIET)
        if done.returncode == 0:
            raise AssertionError(f"ambit {arguments[0]} did it: {done.stdout[:2000]}")
        return done.stderr

    def start(self, *arguments, environment=QUIET):
        program = Program(self.ambit, *arguments, log=self.folder / "programs.log", environment=environment)
        self.programs.append(program)
        return program

    def serve(self, listen=None, *arguments):
        listen = listen or f"127.0.0.1:{free_port()}"
        self.server = self.start("serve", "--data", self.data, "--listen", listen, "--json", *arguments)
        self.url = self.server.said["url"]
        return self.server

    def ask(self, path, status=False):
        """What the server answers to anybody, as text; or how."""
        try:
            with urllib.request.urlopen(self.url + path) as answer:
                return answer.status if status else answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.status if status else error.read().decode()

    def stop_server(self):
        self.server.end()

    def invitation(self, role):
        return self.run("invite", "--agenda", "assen", "--role", role, "--data", self.data, "--json")["invite"]

    def laptop(self, name, role=None, person=None):
        """A replica; the first one is an admin's."""
        folder = self.folder / name
        invite = self.invitation(role) if role else self.invite
        self.run("clone", f"{self.url}/agendas/assen", folder, "--invite", invite, "--name", person or f"Voorbeeld {name}", "--device",
                 name)
        return folder

    def fill(self, laptop, *files):
        """The agenda and its field work; what the examples call things, by their names there."""
        files = files or (EXAMPLES / "assen.ndjson", EXAMPLES / "fieldwork.ndjson")
        names = self.run("import", *files, "-C", laptop, "--json")["names"]
        self.run("sync", "-C", laptop)
        return names

    def record(self, laptop, *words):
        return self.run("record", *words, "-C", laptop)

    def link(self, role="recorder"):
        """What an admin passes on."""
        return f"{self.url}/agendas/assen#invite={self.invitation(role)}"

    def page(self, laptop, *arguments):
        """The pages of a replica, or of a folder for one; `said["url"]` lets one browser in."""
        return self.start("ui", "--no-open", "--json", "-C", laptop, *arguments)

    def end(self):
        for program in self.programs:
            program.end()
        shutil.rmtree(self.folder, ignore_errors=True)
