#!/usr/bin/env python3
"""Runs real witnesses, servers that ask them and logs that they follow: cosignatures, restarts, forks, faults, k of n.

    python3 Tests/command-line/test_witness.py PATH-OF-AMBIT
"""
import base64
import functools
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/second-client"))
sys.path.insert(0, str(ROOT / "Tests/support"))
import ambit_protocol as protocol  # noqa: E402
from waiting import HANGS, eventually  # noqa: E402

AMBIT = sys.argv.pop(1) if len(sys.argv) > 1 else ".build/debug/ambit"


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
        self.process.wait(HANGS)
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
    # Given as people pass it on; programs ask below /v1.
    url = url.replace("/agendas/", "/v1/agendas/")
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


class Case(unittest.TestCase):
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

    def clone(self, server):
        """A laptop with a first event; the agenda's address and the laptop's token."""
        agenda, laptop = f"{server.ready['url']}/agendas/assen", self.path("laptop")
        ambit("clone", agenda, laptop, "--invite", self.made["invite"], "--name", "Voorbeeld", "--device", "laptop")
        return agenda, read(os.path.join(laptop, "token")).strip()

    def record(self, title="Voorbeeld"):
        """Records an event and sends it; the size of the log."""
        ambit("record", "theme.opened", f"title={title}", "-C", self.path("laptop"))
        return ambit("sync", "-C", self.path("laptop"))["size"]

    def until(self, condition, what):
        self.assertTrue(eventually(condition), f"{what}: {read(self.log)}")

    def witness(self, listen="127.0.0.1:0"):
        return self.start("witness", "run", "--data", self.path("witness"), "--log", self.made["verifierKey"], "--listen", listen)

    def serve(self, witness, data="data"):
        return self.start("serve", "--data", self.path(data), "--listen", "127.0.0.1:0",
                          "--witness", f"{self.key}={witness.ready['url']}")

    def cosigned(self, agenda, token, size):
        """Waits for the cosigned checkpoint of a size."""
        def is_there():
            status, self.note = fetch(f"{agenda}/checkpoint?cosignatures=1", token)
            return status == 200 and self.note.split("\n")[1] == str(size)

        self.until(is_there, f"no cosigned checkpoint of {size}")
        return self.note



class Submitted(Case):
    """A server that asks a witness."""

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
            request = urllib.request.Request(f"{url}/events".replace("/agendas/", "/v1/agendas/"), json.dumps(event, separators=(",", ":")).encode(), {
                "Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"})
            with urllib.request.urlopen(request) as answer:
                size = json.load(answer)["size"]
            if url == agenda:
                self.cosigned(agenda, token, size)
        self.until(lambda: "the witness answered 422" in read(self.log), "the witness has not refused")
        # At most what both copies have in common.
        code, note = fetch(f"{other.ready['url']}/agendas/assen/checkpoint?cosignatures=1", token)
        self.assertTrue(code == 404 or int(note.split("\n")[1]) < size, note)

    def test_wrong_arguments(self):
        ambit("witness", "create", "w.example/1", "--data", self.path("witness"), code=1)
        ambit("witness", "create", "no name", "--data", self.path("other"), code=1)
        ambit("witness", "run", "--data", self.path("nowhere"), "--log", self.made["verifierKey"], code=1)
        ambit("witness", "run", "--data", self.path("witness"), "--log", "nonsense", code=1)
        ambit("serve", "--data", self.path("data"), "--witness", self.made["verifierKey"] + "=http://127.0.0.1:1", code=64)
        ambit("serve", "--data", self.path("data"), "--witness", self.key, code=64)
        run = ("witness", "run", "--data", self.path("witness"))
        follow = f"{self.made['verifierKey']}=http://127.0.0.1:1/agendas/assen"
        for wrong in ([], ["--follow", self.made["verifierKey"]], ["--follow", follow, "--interval", "0"],
                      ["--log", self.made["verifierKey"], "--once"], ["--follow", follow, "--token-file", "x"],
                      ["--follow", follow, "--token-file", "other=x"], ["--follow", follow, "--trusted-proxy", "here"]):
            ambit(*run, *wrong, code=64)
        ambit(*run, "--follow", "x=http://127.0.0.1:1", code=1)
        ambit(*run, "--follow", f"{self.key}=http://127.0.0.1:1", code=1)
        ambit(*run, "--follow", f"{self.made['verifierKey']}=http://a@127.0.0.1:1", code=1)
        ambit(*run, "--follow", follow, "--follow", follow, code=1)

    def test_certificates_that_cannot_be_read(self):
        """What was made before the failing transport is put away too: the message is the only thing that comes."""
        other = ambit("agenda", "create", "emmen", "--title", "Proef", "--data", self.path("other-data"),
                      "--origin", "localhost/agendas/emmen")
        keys = (self.made["verifierKey"], other["verifierKey"])
        serve = ("serve", "--data", self.path("data"), "--listen", "127.0.0.1:0")
        run = ("witness", "run", "--data", self.path("witness"), "--listen", "127.0.0.1:0")
        for command in ([*serve, "--witness", f"{self.key}=http://127.0.0.1:1", "--witness", f"{self.key}=https://127.0.0.1:1"],
                        [*run, "--follow", f"{keys[0]}=http://127.0.0.1:1", "--follow", f"{keys[1]}=https://127.0.0.1:1"]):
            done = subprocess.run([AMBIT, *command], capture_output=True, text=True, timeout=HANGS,
                                  env={**os.environ, "SSL_CERT_FILE": self.path("nothing")})
            self.assertEqual(done.returncode, 69, done.stderr)
            self.assertIn("SSL_CERT_FILE", done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)


class Followed(Case):
    """A witness that goes to see logs."""

    def setUp(self):
        super().setUp()
        self.public = False
        self.name = hashlib.sha256(b"localhost/agendas/assen").hexdigest()

    def serve(self, data="data", listen="127.0.0.1:0"):
        return self.start("serve", "--data", self.path(data), "--listen", listen)

    def options(self, url, key=None):
        token = os.path.join(self.path("laptop"), "token")
        return ["witness", "run", "--data", self.path("witness"), "--follow", f"{key or self.made['verifierKey']}={url}",
                "--token-file", f"localhost/agendas/assen={token}", "--interval", "1"]

    def follow(self, url, *more):
        return self.start(*self.options(url), "--listen", "127.0.0.1:0", *more)

    def once(self, url, code):
        done = subprocess.run([AMBIT, *self.options(url), "--once", "--json"], capture_output=True, text=True)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(done.stdout)["logs"][0]

    def seen(self, witness, size):
        """Waits until the witness gives out a cosigned checkpoint of that size."""
        def note():
            return fetch(f"{witness.ready['url']}/{self.name}/checkpoint")
        self.until(lambda: note()[0] == 200 and note()[1].split("\n")[1] == str(size), f"nothing of {size} was cosigned")
        return note()[1]

    def health(self, witness):
        status, body = fetch(f"{witness.ready['url']}/healthz")
        health = json.loads(body)
        self.assertEqual((status, health["status"]), (503, "attention") if any(l["evidence"] for l in health["logs"])
                         else (200, "ok"))
        return health["logs"][0]

    def fork(self, server):
        """Two data folders with the same key and, from here on, different histories."""
        server.end()
        shutil.copytree(self.path("data"), self.path("other"))
        shutil.copytree(self.path("laptop"), self.path("other laptop"))

    def record_elsewhere(self, server, count):
        """Lets the other folder's history grow its own way."""
        url = f"{server.ready['url']}/agendas/assen"
        for number in range(count):
            ambit("record", "theme.opened", f"title=Ander {number}", "-C", self.path("other laptop"))
        return ambit("sync", "--url", url, "-C", self.path("other laptop"))["size"]

    def test_following_through_restarts(self):
        server = self.serve()
        address = server.ready["url"].removeprefix("http://")
        agenda, _ = self.clone(server)
        witness = self.follow(agenda)
        self.assertIn("— w.example/1 ", self.seen(witness, self.record()))
        self.assertEqual(self.health(witness)["visit"]["state"], "following")
        # The log is down, and comes back; the witness is killed, and comes back.
        server.end(signal.SIGKILL)
        self.until(lambda: self.health(witness)["visit"]["state"] == "waiting", "the log was not missed")
        server = self.serve(listen=address)
        size = self.record()
        self.seen(witness, size)
        witness.end(signal.SIGKILL)
        witness = self.follow(agenda)
        self.seen(witness, size)
        self.seen(witness, self.record())
        witness.end()
        self.assertEqual(witness.process.returncode, 0)
        # Once, as from a timer.
        self.record()
        self.assertEqual(self.once(agenda, 0)["state"], "following")
        self.assertEqual(self.once(agenda + "x", 69)["state"], "waiting")
        self.assertEqual(self.once("http://127.0.0.1:1", 69)["state"], "waiting")

    def test_a_fork_is_refused_and_its_evidence_can_be_checked_by_anybody(self):
        server = self.serve()
        address = server.ready["url"].removeprefix("http://")
        agenda, _ = self.clone(server)
        witness = self.follow(agenda)
        self.seen(witness, self.record())
        self.fork(server)
        server = self.serve(listen=address)
        size = self.record("Een")
        seen = self.seen(witness, size)
        server.end()
        # At another address until it is whole: a visit in between would keep evidence of its own.
        other = self.serve("other")
        greater = self.record_elsewhere(other, 3)
        self.assertGreater(greater, size)
        other.end()
        other = self.serve("other", address)
        self.until(lambda: self.health(witness)["evidence"] == 1, "the fork was not noticed")
        # The log is told of a visit when its evidence has been kept.
        self.until(lambda: "two histories" in read(self.log), "the fork was not told")
        self.assertEqual(self.health(witness)["visit"]["state"], "refused")
        self.assertEqual(self.health(witness)["size"], size)
        self.assertEqual(fetch(f"{witness.ready['url']}/{self.name}/checkpoint")[1], seen)

        # Two checkpoints by one key, and what the greater one had at the smaller one's size, which is not the other's root.
        [file] = pathlib.Path(self.path("witness"), "evidence").iterdir()
        found = json.loads(file.read_text("utf-8"))
        self.assertEqual((found["kind"], found["log"], found["seen"]), ("fork", self.made["verifierKey"], seen))
        self.assertEqual([protocol.verify_checkpoint(found[name], found["log"])[0] for name in ("seen", "shown")],
                         [size, greater])
        self.assertEqual(protocol.check_evidence_against(found), "fork")

        # Ended and begun anew, it refuses still; the honest log is followed again, and the evidence stays.
        witness.end()
        self.assertEqual(witness.process.returncode, 0)
        self.assertEqual(self.once(agenda, 2)["state"], "refused")
        other.end()
        self.serve(listen=address)
        self.assertEqual(self.once(agenda, 0)["state"], "following")
        witness = self.follow(agenda)
        self.seen(witness, self.record())
        self.assertEqual(self.health(witness)["evidence"], 1)

    def test_a_log_that_was_put_back_is_refused(self):
        server = self.serve()
        address = server.ready["url"].removeprefix("http://")
        agenda, _ = self.clone(server)
        self.record()
        self.fork(server)
        server = self.serve(listen=address)
        self.record()
        self.assertEqual(self.once(agenda, 0)["state"], "following")
        server.end()
        self.serve("other", address)
        self.assertEqual(self.once(agenda, 2)["state"], "refused")
        [file] = pathlib.Path(self.path("witness"), "evidence").iterdir()
        self.assertEqual(protocol.check_evidence_against(json.loads(file.read_text("utf-8"))), "rollback")

    def test_any_web_server_with_a_log_in_static_files_can_be_followed(self):
        server = self.serve()
        agenda, _ = self.clone(server)
        mirror = self.path("mirror")

        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass

        web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=self.home))
        threading.Thread(target=web.serve_forever, daemon=True).start()
        self.addCleanup(web.server_close)
        self.addCleanup(web.shutdown)
        url = f"http://127.0.0.1:{web.server_port}/mirror"
        self.assertEqual(self.once(url, 69)["state"], "waiting")
        # Larger than a tile, in one step; then further.
        for count in (300, 1, 300):
            lines = "".join(json.dumps({"type": "theme.opened", "data": {"title": f"Thema {n}"}}) + "\n" for n in range(count))
            with open(self.path("import"), "w") as file:
                file.write(lines)
            ambit("import", self.path("import"), "-C", self.path("laptop"))
            size = ambit("sync", "-C", self.path("laptop"))["size"]
            self.assertEqual(ambit("mirror", agenda, mirror, "-C", self.path("laptop"))["size"], size)
            self.assertEqual(self.once(url, 0)["state"], "following")
            self.assertEqual(read(os.path.join(self.path("witness"), self.name)).split("\n")[1], str(size))
        # What the witness remembers is its own: that it is damaged is not said of the log, and nothing is cosigned.
        kept = os.path.join(self.path("witness"), self.name)
        good = read(kept)
        for damaged in ("", good[:-20], good[:good.rindex("\u2014")], good.replace(f"\n{size}\n", "\n1\n"), read(f"{mirror}/checkpoint")):
            with open(kept, "w") as file:
                file.write(damaged)
            visit = self.once(url, 69)
            self.assertEqual(visit["state"], "waiting")
            self.assertIn("this witness has kept", visit["because"])
            self.assertEqual(read(kept), damaged)

    def test_a_log_that_never_answers_holds_up_nothing(self):
        server = self.serve()
        agenda, _ = self.clone(server)
        other = ambit("agenda", "create", "ander", "--title", "Ander", "--data", self.path("more"))["verifierKey"]
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}/log"
            witness = self.follow(agenda, "--follow", f"{other}={url}")
            connection, _ = silent.accept()
            self.seen(witness, self.record())
            # Ended in the middle of waiting, it ends.
            witness.end()
            self.assertEqual(witness.process.returncode, 0)
            connection.close()

    def test_the_key_of_another_log_is_never_cosigned(self):
        server = self.serve()
        agenda, _ = self.clone(server)
        key = ambit("agenda", "create", "assen", "--title", "Ander", "--data", self.path("more"), "--origin",
                    "localhost/agendas/assen")["verifierKey"]
        done = subprocess.run([AMBIT, *self.options(agenda, key), "--once", "--json"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 69)
        self.assertIn("not signed by the key", done.stdout)


class KOfN(Case):
    """Who wants cosignatures: mirrors, evidence, and verify.py."""

    def setUp(self):
        super().setUp()
        self.keys = [self.key] + [ambit("witness", "create", f"w.example/{number}", "--data", self.path(f"witness{number}"))
                                  ["verifierKey"] for number in (2, 3)]

    def wanted(self, *numbers, quorum=None):
        options = [option for number in numbers for option in ("--witness", self.keys[number])]
        return options + (["--quorum", str(quorum)] if quorum else [])

    def verify(self, code, *arguments):
        done = subprocess.run([sys.executable, ROOT / "Tools/verify.py", *arguments, "--key", self.made["verifierKey"]],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def test_two_of_three(self):
        # The third witness is down.
        witnesses = [self.start("witness", "run", "--data", self.path(name), "--log", self.made["verifierKey"],
                                "--listen", "127.0.0.1:0") for name in ("witness", "witness2")]
        urls = [witness.ready["url"] for witness in witnesses] + ["http://127.0.0.1:1"]
        server = self.start("serve", "--data", self.path("data"), "--listen", "127.0.0.1:0",
                            *[option for key, url in zip(self.keys, urls) for option in ("--witness", f"{key}={url}")])
        agenda, token = self.clone(server)
        laptop, mirror, evidence = self.path("laptop"), self.path("mirror"), self.path("evidence")
        size = self.record()
        self.until(lambda: fetch(f"{agenda}/checkpoint?cosignatures=2", token)[1].split("\n")[1:2] == [str(size)], "cosignatures")
        token_file = os.path.join(laptop, "token")

        # Mirrors keep what they asked for, and what they cannot have leaves them as they were.
        ambit("mirror", agenda, mirror, "-C", laptop, *self.wanted(0, 1, 2), code=1)
        self.assertFalse(os.path.exists(os.path.join(mirror, "checkpoint")))
        ambit("mirror", agenda, mirror, "-C", laptop, *self.wanted(0, 2), code=2)
        self.assertFalse(os.path.exists(os.path.join(mirror, "checkpoint")))
        self.assertEqual(ambit("mirror", agenda, mirror, "-C", laptop, *self.wanted(0, 1, 2, quorum=2))["size"], size)
        note = read(os.path.join(mirror, "checkpoint"))
        self.assertEqual(note.count("— w.example/"), 2)
        self.assertEqual(ambit("mirror", agenda, mirror, "-C", laptop)["added"], 0)
        self.assertEqual(read(os.path.join(mirror, "checkpoint")), note)

        # verify.py, of a server and a mirror.
        for place in (["server", agenda, "--token", token_file], ["mirror", mirror]):
            self.assertIn("cosigned by w.example/1, w.example/2", self.verify(0, *place, *self.wanted(0, 1, 2, quorum=2)))
            self.verify(2, *place, *self.wanted(0, 1, 2))
            self.verify(2, *place, *self.wanted(2))

        # Evidence for a checkpoint that is cosigned.
        checkpoint = os.path.join(mirror, "checkpoint")
        ambit("prove", "1", "-C", laptop, "-o", evidence)
        ambit("check", evidence, "--key", self.made["verifierKey"], *self.wanted(0), code=2)
        ambit("prove", "1", "-C", laptop, "-o", evidence, "--checkpoint", checkpoint)
        found = ambit("check", evidence, "--key", self.made["verifierKey"], *self.wanted(0, 1, 2, quorum=2))
        self.assertEqual([one["name"] for one in found["cosigned"]], ["w.example/1", "w.example/2"])
        self.assertLess(abs(found["cosigned"][0]["time"] - time.time()), 3600)
        self.assertNotIn("cosigned", ambit("check", evidence, "--key", self.made["verifierKey"]))
        self.verify(0, "evidence", evidence, *self.wanted(0, 1))
        said = ambit("check", evidence, "--key", self.made["verifierKey"], *self.wanted(0, 1, 2), code=2)
        self.assertIn("not-cosigned", said)
        self.verify(2, "evidence", evidence, *self.wanted(0, 1, 2))

        # The log has grown, and nobody has cosigned that: the mirror stays, with those that it has.
        for witness in witnesses:
            witness.end()
        self.record()
        self.assertEqual(ambit("mirror", agenda, mirror, "-C", laptop, *self.wanted(0, 1))["size"], size)
        self.assertEqual(ambit("mirror", agenda, mirror, "-C", laptop)["size"], size + 1)
        said = ambit("mirror", agenda, mirror, "-C", laptop, *self.wanted(0, 1), code=69)
        self.assertIn("have been mirrored", said)
        self.verify(0, "mirror", mirror)
        # What was erased meanwhile says so by an entry that nobody has cosigned: to be tried again, and no offence.
        ambit("redact", str(size - 1), "--reason", "Verzoek", "--yes", "-C", laptop)
        ambit("sync", "-C", laptop)
        said = ambit("mirror", agenda, self.path("fresh"), "-C", laptop, *self.wanted(0, 1), code=69)
        self.assertIn("erased", said)
        self.verify(1, "server", agenda, "--token", token_file, *self.wanted(0, 1))
        self.verify(0, "server", agenda, "--token", token_file)
        # It is proven for the size that is cosigned, though the log has more; and never for another log's checkpoint.
        checkpoint = self.path("cosigned")
        with open(checkpoint, "w") as file:
            file.write(note)
        ambit("prove", "1", "-C", laptop, "-o", evidence, "--checkpoint", checkpoint)
        self.assertEqual(ambit("check", evidence, "--key", self.made["verifierKey"], *self.wanted(0, 1))["size"], size)
        for bad in (note.replace(f"\n{size}\n", f"\n{size + 1}\n"), note[:30], ""):
            with open(checkpoint, "w") as file:
                file.write(bad)
            ambit("prove", "1", "-C", laptop, "-o", evidence, "--checkpoint", checkpoint, code=1)

    def test_a_forged_cosignature_and_a_witness_that_is_named_twice(self):
        server = self.start("serve", "--data", self.path("data"), "--listen", "127.0.0.1:0")
        self.clone(server)
        evidence, laptop = self.path("evidence"), self.path("laptop")
        ambit("prove", "0", "-C", laptop, "-o", evidence)
        text = read(evidence)
        key_id = bytes.fromhex(self.key.split("+")[1])
        check = ("check", evidence, "--key", self.made["verifierKey"])
        with open(evidence, "w") as file:
            file.write(text + f"— w.example/1 {base64.b64encode(key_id + bytes(72)).decode()}\n")
        self.assertIn("bad-signature", ambit(*check, *self.wanted(0), code=2))
        self.assertIn("does not hold", ambit(*check, *self.wanted(0, 1), code=2))
        ambit(*check)
        self.assertIn("not-cosigned", ambit(*check, *self.wanted(1), code=2))
        for wrong in (self.wanted(0, 0), self.wanted(0, quorum=2), ["--quorum", "1"], ["--witness", "x"],
                      ["--witness", self.made["verifierKey"]], self.wanted(0) + ["--quorum", "0"]):
            ambit(*check, *wrong, code=64)
            ambit("mirror", "http://127.0.0.1:1/agendas/assen", self.path("mirror"), "-C", laptop, *wrong, code=64)


if __name__ == "__main__":
    unittest.main(verbosity=2)
