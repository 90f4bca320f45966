#!/usr/bin/env python3
"""The command line as people and scripts meet it: exit codes, error words, and that nothing is half done.

    python3 Tests/command-line/test_command_line.py PATH-OF-AMBIT
"""
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from waiting import HANGS  # noqa: E402

AMBIT = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ""


def ambit(*arguments, stdin=None, **variables):
    """Runs the program, in English unless variables say otherwise, whatever the language of who runs the tests."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **variables}
    return subprocess.run([AMBIT, *arguments], capture_output=True, text=True, input=stdin, timeout=HANGS, env=environment)


class CommandLine(unittest.TestCase):
    """One server and one laptop for all tests; each test makes what it needs besides."""

    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="ambit-command-line.")
        cls.data = os.path.join(cls.home, "data")
        cls.invite = cls.answer("agenda", "create", "proef", "--title", "Proef", "--data", cls.data)["invite"]
        cls.log = open(os.path.join(cls.home, "server.log"), "w")
        cls.server = subprocess.Popen(
            [AMBIT, "serve", "--data", cls.data, "--listen", "127.0.0.1:0", "--json"],
            stdout=subprocess.PIPE, stderr=cls.log, text=True)
        cls.url = json.loads(cls.server.stdout.readline())["url"]
        cls.laptop = os.path.join(cls.home, "laptop")
        cls.answer("clone", f"{cls.url}/agendas/proef", cls.laptop, "--invite", cls.invite, "--name", "Proef", "--device", "een")

    @classmethod
    def tearDownClass(cls):
        cls.server.send_signal(signal.SIGTERM)
        code = cls.server.wait(HANGS)
        cls.server.stdout.close()
        cls.log.close()
        shutil.rmtree(cls.home)
        assert code == 0, f"the server ended with {code}"

    @classmethod
    def answer(cls, *arguments):
        done = ambit(*arguments, "--json")
        assert done.returncode == 0, (arguments, done.returncode, done.stderr)
        return json.loads(done.stdout)

    def fails(self, code, word, *arguments, stdin=None):
        """Fails with this exit code and error word, says something to people, and prints no answer."""
        done = ambit(*arguments, "--json", stdin=stdin)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(done.stdout, "")
        error = json.loads(done.stderr.strip().splitlines()[-1])
        self.assertEqual(error["error"], word)
        self.assertGreater(len(error["message"]), 10)
        return error["message"]

    def status(self):
        return self.answer("status", "-C", self.laptop)

    def test_a_folder_that_is_no_replica(self):
        for folder in (self.home, "/nonexistent"):
            for command in (["status"], ["sync"], ["show"], ["record", "note.added", "text=x"], ["replay"]):
                self.fails(1, "not-a-replica", *command, "-C", folder)

    def test_invites_that_do_not_work(self):
        target = os.path.join(self.home, "never")
        for invite in ("wrong", self.invite):
            self.fails(77, "invalid-invite", "clone", f"{self.url}/agendas/proef", target, "--invite", invite)
        self.fails(1, "not-found", "clone", f"{self.url}/agendas/geen", target, "--invite", "x")
        self.fails(1, "invalid-address", "clone", "ftp://voorbeeld", target, "--invite", "x")
        self.fails(1, "folder-not-empty", "clone", f"{self.url}/agendas/proef", self.laptop, "--invite", "x")

    def test_a_watch_sends_what_is_recorded_and_ends_when_told(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            watch = subprocess.Popen([AMBIT, "sync", "--watch", "--json", "-C", self.laptop], stdout=subprocess.PIPE, text=True)
            self.addCleanup(watch.kill)
            lines = (json.loads(line) for line in watch.stdout)
            first = next(lines)
            self.assertEqual(set(first), {"accepted", "device", "pulled", "refused", "refusedHere", "retries", "size"})
            self.assertEqual(next(lines), {"state": "following", "via": "events"})
            self.answer("record", "organisation.registered", "name=Voorbeeld", "sort=other", "-C", self.laptop)
            self.assertEqual(next(line for line in lines if line.get("accepted"))["accepted"], 1)
            # Nothing of it is in the way of another sync.
            self.assertEqual(self.answer("sync", "-C", self.laptop)["accepted"], 0)
            watch.send_signal(number)
            self.assertEqual(watch.wait(HANGS), 0)
            watch.stdout.close()

    def test_a_server_that_is_down(self):
        self.fails(69, "unreachable", "clone", "http://127.0.0.1:1/agendas/proef", os.path.join(self.home, "down"), "--invite", "x")

    def test_an_address_that_is_taken(self):
        done = ambit("serve", "--data", self.data, "--listen", self.url.removeprefix("http://"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot listen", done.stderr)

    def test_what_was_typed_wrongly_is_shown_and_not_obeyed(self):
        typed = "\x1b[31m\u202e\nambit: all is well"
        for words in (["help", typed], ["export", "--format", typed], ["\u009b31m" + typed], ["record", "--" + typed],
                      ["--generate-completion-script", typed], ["serve", "--listen=" + typed, "--log-level", typed]):
            done = ambit(*words)
            self.assertEqual(done.returncode, 64, words)
            self.assertIn("31m<U+202E>", done.stderr, words)
            for line in done.stderr.splitlines():
                self.assertTrue(line.isprintable(), (words, line))
                self.assertFalse(line.startswith("ambit:"), (words, line))

    def test_wrong_arguments(self):
        for words in (["nonsense"], ["export", "--format", "pdf"], ["invite", "--agenda", "proef", "--role", "king", "--data", self.data],
                      ["refused", "discard", "-C", self.laptop], ["serve", "--data", self.data, "--listen", "nowhere"],
                      ["replay", "--data", self.data]):
            self.assertEqual(ambit(*words).returncode, 64, words)

    def test_agendas_that_cannot_be(self):
        for name in ("../x", "Groot", "-x", ""):
            self.assertNotEqual(ambit("agenda", "create", name, "--title", "X", "--data", self.data).returncode, 0)
        self.fails(1, "already-exists", "agenda", "create", "proef", "--title", "X", "--data", self.data)
        self.assertEqual([a["agenda"] for a in self.answer("agenda", "list", "--data", self.data)], ["proef"])
        self.fails(1, "not-found", "agenda", "list", "--data", "/nonexistent")

    def test_recording_what_cannot_be_recorded(self):
        before = self.status()["pending"]
        self.fails(1, "unknown-type", "record", "foo.bar", "-C", self.laptop)
        for words in (["organisation.registered"], ["organisation.registered", "kleur=X"], ["organisation.registered", "name=X", "sort=cafe"],
                      ["milestone.planned", "project=project/aaaaaaaa-1", "title=X", "due=2026-13-01"], ["organisation.registered", "name"]):
            done = ambit("record", *words, "-C", self.laptop)
            self.assertEqual(done.returncode, 1, words)
        for words in (["title=X", "title=Y"], ["title=X", "location.name=A", "location.name=B"], ["title=X", 'location={"name":"A"}', "location.name=B"],
                      ["title=X", "location=", "location.name=B"], ["title=X", "location.name=B", "location="]):
            self.assertIn("twice", self.fails(1, "invalid-data", "record", "project.started", *words, "-C", self.laptop))
        self.fails(1, "invalid-data", "record", "project.started", "title=X", 'location={"name":"A","name":"B"}', "-C", self.laptop)
        self.fails(1, "unknown-subject", "record", "project.advanced", "project/aaaaaaaa-9", "phase=idea", "-C", self.laptop)
        self.assertEqual(self.status()["pending"], before)

    def test_an_import_is_whole_or_nothing_and_names_file_and_line(self):
        good = '{"type":"organisation.registered","as":"een","data":{"name":"Een"}}\n'
        first, second = (os.path.join(self.home, name) for name in ("een.ndjson", "twee.ndjson"))
        with open(first, "w") as file:
            file.write(good)
        before = self.status()["pending"]
        for line in ("not json", '{"type":"note.added","data":{}}', '{"type":"project.started","data":{"title":"X","lead":"$onbekend"}}'):
            with open(second, "w") as file:
                file.write(good.replace('"een"', '"twee"') + line + "\n")
            done = ambit("import", first, second, "-C", self.laptop)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"{second}, line 2", done.stderr)
            self.assertEqual(self.status()["pending"], before)

    def test_one_is_counted_as_one_and_more_as_more(self):
        data, lines, out = (os.path.join(self.home, name) for name in ("counted", "counted.ndjson", "counted.out"))
        self.answer("agenda", "create", "telling", "--title", "Telling", "--data", data)
        self.assertIn(" 1 event ", ambit("agenda", "list", "--data", data).stdout)
        laptop, invite = data + ".laptop", self.answer("invite", "--role", "editor", "--agenda", "proef", "--data", self.data)["invite"]
        self.answer("clone", f"{self.url}/agendas/proef", laptop, "--invite", invite, "--name", "Proef", "--device", "twee")
        line = json.dumps({"type": "organisation.registered", "data": {"name": "Voorbeeld", "sort": "other"}}) + "\n"
        said = {"C.UTF-8": (("event recorded", "events recorded"), ("event that is not in", "events that are not in")),
                "nl_NL.UTF-8": (("gebeurtenis vastgelegd", "gebeurtenissen vastgelegd"),
                                ("gebeurtenis die niet in", "gebeurtenissen die niet in"))}
        for language, (recorded, exported) in said.items():
            for count in (1, 2):
                self.answer("sync", "-C", laptop)
                with open(lines, "w") as file:
                    file.write(line * count)
                done = ambit("import", lines, "-C", laptop, LC_ALL=language)
                self.assertIn(f"{count} {recorded[count - 1]}", done.stdout + done.stderr)
                done = ambit("export", "--format", "outbox", "-o", out, "-C", laptop, LC_ALL=language)
                self.assertIn(f": {count} {exported[count - 1]}", done.stdout + done.stderr)

    def test_files_may_be_pipes(self):
        line = '{"type":"organisation.registered","data":{"name":"Uit een pijp"}}\n'
        before = self.status()["pending"]
        for name in ("-", "/dev/stdin"):
            done = ambit("import", name, "-C", self.laptop, stdin=line)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
        data = '{"name":"Uit een pijp"}'
        done = ambit("record", "organisation.registered", "--file", "/dev/stdin", "-C", self.laptop, stdin=data)
        self.assertEqual(done.returncode, 0, done.stderr)
        pipe = f"<(echo '{line.strip()}')"
        done = subprocess.run(["bash", "-c", f"'{AMBIT}' import {pipe} {pipe} -C '{self.laptop}'"], capture_output=True, text=True, timeout=HANGS)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.status()["pending"], before + 5)
        # Without an end, or nothing to read.
        self.fails(1, "too-large", "import", "/dev/zero", "-C", self.laptop)
        for name in (self.home, "/nonexistent"):
            self.fails(1, "input-output", "import", name, "-C", self.laptop)
        self.assertEqual(self.status()["pending"], before + 5)

    def test_recorded_offline_sent_later(self):
        made = self.answer("record", "project.started", "title=Warmtenet\u001b[31m", "-C", self.laptop)
        self.answer("record", "note.added", "about=" + made["subject"].split("/")[1], "text=Eerste regel", "-C", self.laptop)
        self.assertGreaterEqual(self.status()["pending"], 2)
        self.assertNotIn("\u001b", ambit("show", made["subject"], "-C", self.laptop).stdout)
        self.assertEqual(self.answer("sync", "-C", self.laptop)["refused"], 0)
        status = self.status()
        self.assertEqual((status["pending"], status["caughtUp"]), (0, True))
        replayed = self.answer("replay", "--data", self.data, "--agenda", "proef")
        self.assertEqual(replayed["digest"], status["digest"])

    def test_ranges_that_are_not(self):
        for at in ("999999", "ooit", "-1", "2026-02-30"):
            self.assertIn(ambit("show", f"--at={at}", "-C", self.laptop).returncode, (1, 64))
        self.fails(1, "unknown-subject", "show", "nergens", "-C", self.laptop)

    def test_an_export_that_cannot_be_written(self):
        self.assertEqual(ambit("export", "--format", "json", "-o", "/nonexistent/x", "-C", self.laptop).returncode, 1)
        target = os.path.join(self.home, "stand.json")
        self.answer("export", "--format", "json", "-o", target, "-C", self.laptop)
        with open(target) as file:
            self.assertEqual(json.load(file)["digest"], self.status()["digest"])

    def test_a_closed_pipe_ends_quietly(self):
        done = subprocess.run(f"'{AMBIT}' log -C '{self.laptop}' | head -n 1", shell=True, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def unwritten(self, *arguments, **variables):
        """What a command says whose answer gets to nobody: on a full disk, and where the reader is gone."""
        read, closed = os.pipe()
        os.close(read)
        targets = [closed]
        if os.path.exists("/dev/full"):
            targets.append(os.open("/dev/full", os.O_WRONLY))
        for target in targets:
            done = subprocess.run([AMBIT, *arguments], stdout=target, stderr=subprocess.PIPE, text=True, timeout=HANGS,
                                  env={**os.environ, "LC_ALL": "C.UTF-8", **variables})
            os.close(target)
            self.assertEqual(done.returncode, 1, done.stderr)
            yield done.stderr

    def test_a_token_and_an_invite_that_nobody_gets_can_be_taken_back(self):
        invites = self.answer("invite", "list", "-C", self.laptop)
        for form in ((), ("--json",)):
            for said in self.unwritten("token", "create", "--name", "Verloren", "-C", self.laptop, *form):
                device = re.search(r"; ambit device revoke (device/\w+) ", said)[1]
                self.answer("sync", "-C", self.laptop)
                listed = {item["device"]: item for item in self.answer("device", "list", "-C", self.laptop)}
                self.assertEqual(listed[device]["name"], "Verloren")
                self.answer("device", "revoke", device, "-C", self.laptop)
            for place in (("-C", self.laptop), ("--data", self.data, "--agenda", "proef")):
                for said in self.unwritten("invite", "--role", "auditor", *place, *form):
                    invite = re.search(r"; ambit invite withdraw (\w+) ", said)[1]
                    self.answer("invite", "withdraw", invite, *place)
        self.assertEqual(self.answer("invite", "list", "-C", self.laptop), invites)
        for said in self.unwritten("invite", "--role", "auditor", "-C", self.laptop, LC_ALL="nl_NL.UTF-8"):
            self.assertIn("niemand kent haar code", said)
            self.answer("invite", "withdraw", re.search(r"ambit invite withdraw (\w+) ", said)[1], "-C", self.laptop)
        for number, said in enumerate(self.unwritten("agenda", "create", "verloren", "--title", "X", "--data", os.path.join(self.home, "weg"))):
            # The second time it is there.
            if number == 0:
                invite = re.search(r"; ambit invite withdraw (\w+) ", said)[1]
                self.answer("invite", "withdraw", invite, "--data", os.path.join(self.home, "weg"), "--agenda", "verloren")

    def test_nothing_is_taken_back_that_nobody_gets_to_see(self):
        self.answer("record", "organisation.registered", "name=Blijft staan", "-C", self.laptop)
        pending = self.answer("status", "--pending", "-C", self.laptop)
        for form in ((), ("--json",)):
            for said in self.unwritten("undo", "-C", self.laptop, *form):
                self.assertIn("nothing was taken back", said)
        self.assertEqual(self.answer("status", "--pending", "-C", self.laptop), pending)
        self.assertEqual(len(self.answer("undo", "-C", self.laptop)["events"]), 1)

    def test_a_log_from_the_future_a_broken_one_and_a_locked_one(self):
        copy = os.path.join(self.home, "copy")
        shutil.copytree(self.laptop, copy)
        log = os.path.join(copy, "log.sqlite")
        database = sqlite3.connect(log, isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
        self.fails(1, "locked", "record", "organisation.registered", "name=X", "-C", copy)
        database.execute("ROLLBACK")
        database.execute("PRAGMA user_version = 999")
        database.close()
        self.fails(1, "newer-version", "status", "-C", copy)
        with open(log, "wb") as file:
            file.write(b"not a database" * 100)
        self.fails(1, "corrupt", "status", "-C", copy)

    def serve(self, data, *options):
        server = subprocess.Popen(
            [AMBIT, "serve", "--data", data, "--listen", "127.0.0.1:0", "--json", *options],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.kill)
        return server, json.loads(server.stdout.readline())["url"]

    def test_output_never_takes_the_place_of_ambits_own_files(self):
        self.answer("record", "organisation.registered", "name=Niet verzonden", "-C", self.laptop)
        pending = self.status()["pending"]
        agenda = os.path.join(self.data, "agendas", "proef")
        own = [os.path.join(folder, name) for folder in (self.laptop, agenda) for name in os.listdir(folder)]
        self.assertGreater(len(own), 6)
        link, hard = os.path.join(self.home, "een-link"), os.path.join(self.home, "een-naam")
        if not os.path.lexists(link):
            os.symlink(os.path.join(self.laptop, "log.sqlite"), link)
            os.link(os.path.join(self.laptop, "token"), hard)
        for path in own + [link, hard]:
            for command in (["export", "--format", "json", "-o", path], ["export", "--format", "ndjson", "-o", path],
                            ["export", "--format", "json", "-o", os.path.join(self.home, "goed"), "--manifest", path],
                            ["prove", "0", "-o", path], ["refused", "export", "-o", path]):
                self.fails(1, "own-file", *command, "-C", self.laptop)
        self.assertEqual(self.status()["pending"], pending)
        self.assertEqual(ambit("export", "--format", "json", "-o", "x", "--manifest", "x", "-C", self.laptop).returncode, 64)

    def test_output_never_takes_the_place_of_what_the_command_reads(self):
        folder = tempfile.mkdtemp(dir=self.home)
        entries, manifest, note = (os.path.join(folder, name) for name in ("log.ndjson", "manifest.json", "checkpoint"))
        self.answer("export", "--format", "ndjson", "-o", entries, "--manifest", manifest, "-C", self.laptop)
        with open(manifest) as file:
            read = json.load(file)
        with open(note, "w") as file:
            file.write(read["checkpoint"])
        key = self.answer("verify", self.laptop)["verifierKey"]
        before = {path: pathlib.Path(path).read_bytes() for path in (entries, manifest, note)}
        source = ["export", "--format", "json", "--from", entries, "--key", key]
        for command in ([*source, "-o", entries], [*source, "-o", manifest], [*source, "-o", f"{folder}/x", "--manifest", manifest],
                        ["prove", "0", "--checkpoint", note, "-o", note, "-C", self.laptop]):
            with self.subTest(command=command):
                self.fails(1, "own-file", *command)
                self.assertEqual({path: pathlib.Path(path).read_bytes() for path in before}, before)
        self.assertEqual(sorted(os.listdir(folder)), ["checkpoint", "log.ndjson", "manifest.json"])
        self.answer(*source, "-o", f"{folder}/x", "--manifest", f"{folder}/y")

    def test_a_hyphen_is_standard_output_where_that_can_be_and_never_a_file(self):
        folder = tempfile.mkdtemp(dir=self.home)

        def run(*words):
            return subprocess.run([AMBIT, *words], capture_output=True, text=True, cwd=folder)
        where = "-C", self.laptop
        for words in (["export", "--format", "json"], ["export", "--format", "ndjson"], ["export", "--format", "outbox"],
                      ["prove", "0"], ["refused", "export"]):
            with self.subTest(words=words):
                done = run(*words, "-o", "-", *where)
                self.assertEqual((done.returncode, done.stdout), (0, run(*words, *where).stdout), done.stderr)
        for words in (["export", "--format", "json", "-o", "x", "--manifest", "-", *where], ["types", "--write-schemas", "-"],
                      ["agenda", "backup", "proef", "-", "--data", self.data], ["mirror", f"{self.url}/agendas/proef", "-", *where]):
            with self.subTest(words=words):
                done = run(*words)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertIn("standard output", done.stderr)
        self.assertEqual(os.listdir(folder), [])

    def test_a_mirror_is_a_folder_of_its_own(self):
        agenda = os.path.join(self.data, "agendas", "proef")
        for folder in (self.laptop, agenda, self.data):
            before = sorted(os.listdir(folder))
            self.fails(1, "input-output", "mirror", f"{self.url}/agendas/proef", folder, "-C", self.laptop)
            # A server at work may have made something of its own meanwhile.
            self.assertEqual((set(os.listdir(folder)) - set(before)) & {"checkpoint", "tile", ".mirror.lock"}, set())
        mirror = os.path.join(self.home, "spiegel")
        self.answer("mirror", f"{self.url}/agendas/proef", mirror, "-C", self.laptop)
        for name in ("checkpoint", ".erased", ".mirror.lock", "tile/entries/000.p/88"):
            self.fails(1, "own-file", "export", "--format", "json", "-o", os.path.join(mirror, name), "-C", self.laptop)
        self.answer("mirror", f"{self.url}/agendas/proef", mirror, "-C", self.laptop)

    def test_output_goes_through_links_and_into_devices_and_keeps_modes(self):
        target, link = os.path.join(self.home, "doel.json"), os.path.join(self.home, "doel")
        with open(target, "w") as file:
            file.write("oud")
        os.chmod(target, 0o644)
        os.symlink("doel.json", link)
        self.answer("export", "--format", "json", "-o", link, "-C", self.laptop)
        self.assertTrue(os.path.islink(link))
        self.assertEqual(os.stat(target).st_mode & 0o777, 0o644)
        with open(target) as file:
            json.load(file)
        self.answer("export", "--format", "ndjson", "-o", "/dev/null", "-C", self.laptop)
        self.assertFalse(os.path.isfile("/dev/null"))
        pipe = os.path.join(self.home, "pijp")
        os.mkfifo(pipe)
        writer = subprocess.Popen([AMBIT, "export", "--format", "ndjson", "-o", pipe, "-C", self.laptop],
                                  stdout=subprocess.DEVNULL)
        with open(pipe) as file:
            lines = file.read().splitlines()
        self.assertEqual(writer.wait(HANGS), 0)
        self.assertEqual(len(lines), self.status()["size"])

    def test_two_outputs_never_are_one_file(self):
        place = tempfile.mkdtemp(dir=self.home)
        os.symlink("uitvoer", os.path.join(place, "verwijzing"))
        os.symlink(place, os.path.join(place, "map"))
        path = os.path.join(place, "uitvoer")
        others = ["./uitvoer", path, "verwijzing", "map/uitvoer", f"../{os.path.basename(place)}/uitvoer"]
        for is_there in (False, True):
            if is_there:
                with open(path, "w") as file:
                    file.write("van eerder")
            for other in others:
                for first, second in (("uitvoer", other), (other, "uitvoer")):
                    done = subprocess.run(
                        [AMBIT, "export", "--format", "ndjson", "-o", first, "--manifest", second, "-C", self.laptop],
                        capture_output=True, text=True, cwd=place)
                    with self.subTest(first=first, second=second, is_there=is_there):
                        self.assertNotEqual(done.returncode, 0, done.stdout)
                        found = pathlib.Path(path).read_text() if os.path.exists(path) else None
                        self.assertEqual(found, "van eerder" if is_there else None)
        # Two names in one folder are two files.
        done = subprocess.run([AMBIT, "export", "--format", "ndjson", "-o", "een", "--manifest", "twee", "-C", self.laptop],
                              capture_output=True, text=True, cwd=place)
        self.assertEqual(done.returncode, 0, done.stderr)
        # Into a device both may go.
        self.answer("export", "--format", "ndjson", "-o", "/dev/null", "--manifest", "/dev/./null", "-C", self.laptop)

    def test_output_goes_where_a_shell_leads_it(self):
        export = f"'{AMBIT}' export --format ndjson -C '{self.laptop}'"
        size, kept = self.status()["size"], os.path.join(self.home, "bewaard")
        lines = subprocess.run(["bash", "-c", f"{export} -o /dev/stdout 2>&1 | cat"], capture_output=True, text=True).stdout
        self.assertGreaterEqual(len(lines.splitlines()), size)
        with open(kept, "w") as file:
            file.write("wat er stond\n")
        for target in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"):
            if os.path.exists(target):
                done = subprocess.run(["bash", "-c", f"{export} -o {target} >> '{kept}'"], capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stderr)
        with open(kept) as file:
            self.assertEqual(file.readline(), "wat er stond\n")
            self.assertGreaterEqual(len(file.readlines()), 3 * size)
        done = subprocess.run(["bash", "-c", f"{export} -o >(cat > '{kept}.2') && wait"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_files_that_were_made_of_an_agenda_are_made_again(self):
        for format, name in (("sqlite", "tabellen.sqlite"), ("tables", "tabellen.zip"), ("xlsx", "tabellen.xlsx")):
            for _ in range(2):
                self.answer("export", "--format", format, "-o", os.path.join(self.home, name), "-C", self.laptop)

    def test_text_that_is_not_utf8_is_refused_wherever_it_comes_from(self):
        before = self.status()["pending"]
        done = subprocess.run([AMBIT.encode(), b"record", b"organisation.registered", b"name=caf\xe9", b"-C", self.laptop.encode()],
                              capture_output=True)
        self.assertEqual(done.returncode, 64)
        self.assertIn(b"UTF-8", done.stderr)
        done = subprocess.run([AMBIT.encode(), b"clone", f"{self.url}/agendas/proef".encode(), os.path.join(self.home, "u").encode(),
                               b"--invite", b"x", b"--name", b"Ren\xe9"], capture_output=True)
        self.assertEqual(done.returncode, 64)
        for name in (b"AMBIT_DIR", b"AMBIT_DATA", b"AMBIT_PAGE_STYLE"):
            done = subprocess.run([AMBIT.encode(), b"status"], env={**os.environb, name: b"/tmp/caf\xe9"}, capture_output=True)
            self.assertEqual(done.returncode, 64)
            self.assertIn(name + b" is not UTF-8", done.stderr)
        # Those count where nothing else says where a replica is.
        for name in (b"XDG_DATA_HOME", b"HOME"):
            variables = {**os.environb, b"AMBIT_DIR": b"", b"XDG_DATA_HOME": b"", name: b"/tmp/caf\xe9"}
            for words in ((b"status",), (b"log",), (b"export", b"--format", b"ndjson"), (b"clone", b"http://127.0.0.1:1/agendas/proef#invite=x", b"--name", b"x")):
                done = subprocess.run([AMBIT.encode(), *words], env=variables, capture_output=True, cwd=self.home)
                self.assertEqual(done.returncode, 64, done.stderr)
                self.assertIn(name + b" is not UTF-8", done.stderr)
            done = subprocess.run([AMBIT.encode(), b"status", b"-C", self.laptop.encode()], env=variables, capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr)
        path = os.path.join(self.home, "data.json")

        def wrong(content, *command):
            with open(path, "wb") as file:
                file.write(content)
            return self.fails(1, "not-utf-8", *command, "-C", self.laptop)

        text = '{"name":"Verzonnen"}'
        for command in (["record", "organisation.registered", "--file", path], ["import", path],
                        ["refused", "correct", "1", "--file", path]):
            self.assertIn("UTF-16", wrong(text.encode("utf-16"), *command))
            self.assertIn("line 2", wrong(b"{\n\"name\":\"\xe9\"}", *command))
        rows, data = "name\nVerzonnen \u00e9\n", path
        path = os.path.join(self.home, "rijen.csv")
        for command in (["import", path, "--type", "organisation.registered"], ["import", path, "--at", "1"]):
            self.assertIn("UTF-16", wrong(rows.encode("utf-16"), *command))
            self.assertIn("line 2", wrong(rows.encode("latin-1"), *command))
        path = data
        with open(path, "wb") as file:
            file.write(b"\xef\xbb\xbf" + text.encode())
        self.answer("record", "organisation.registered", "--file", path, "-C", self.laptop)
        with open(path, "wb") as file:
            file.write(b"\xef\xbb\xbf" + json.dumps({"type": "organisation.registered", "data": {"name": "Met BOM"}}).encode())
        self.answer("import", path, "-C", self.laptop)
        self.assertEqual(self.status()["pending"], before + 2)

    def test_numbers_that_would_be_read_otherwise_are_refused(self):
        before = self.status()["pending"]
        path = os.path.join(self.home, "getal.json")
        for number in ("4503599627370497.3", "0.1234567890123456789", "0x10", "1e400", "9007199254740993"):
            self.fails(1, "invalid-data", "record", "project.started", "title=X", f"location.latitude={number}", "-C", self.laptop)
            if "x" in number:
                continue
            with open(path, "w") as file:
                file.write('{"title":"X","location":{"latitude":%s}}' % number)
            self.fails(1, "invalid-data", "record", "project.started", "--file", path, "-C", self.laptop)
            with open(path, "w") as file:
                file.write('{"type":"project.started","data":{"title":"X","location":{"latitude":%s}}}' % number)
            self.assertIn("digits", self.fails(1, "invalid-import", "import", path, "-C", self.laptop))
        self.fails(1, "invalid-data", "record", "project.started", "title=X", "budget=9007199254740993", "-C", self.laptop)
        self.assertEqual(self.status()["pending"], before)

    def test_a_log_with_two_names_is_used_by_neither(self):
        folder, linked = os.path.join(self.home, "eerst"), os.path.join(self.home, "gelinkt")
        shutil.copytree(self.laptop, folder)
        self.answer("record", "organisation.registered", "name=Voor de link", "-C", folder)
        shutil.copytree(folder, linked, copy_function=os.link)
        for place in (folder, linked):
            said = self.fails(1, "read-only", "record", "organisation.registered", "name=Na de link", "-C", place)
            self.assertIn("cp -a", said)
        data = os.path.join(self.home, "gelinkte-data")
        self.answer("agenda", "create", "gelinkt", "--title", "Proef", "--data", data)
        shutil.copytree(data, f"{data}.2", copy_function=os.link)
        self.fails(1, "read-only", "invite", "--data", data, "--agenda", "gelinkt")
        # With one name again, nothing has happened to it.
        shutil.rmtree(linked)
        self.answer("record", "organisation.registered", "name=Weer alleen", "-C", folder)
        self.answer("verify", folder)

    def test_a_backup_leaves_nothing_beside_it(self):
        folder = os.path.join(self.home, "kopieen")
        os.mkdir(folder)
        for number in range(3):
            self.answer("agenda", "backup", "proef", os.path.join(folder, f"{number}.sqlite"), "--data", self.data)
        self.assertEqual(sorted(os.listdir(folder)), ["0.sqlite", "1.sqlite", "2.sqlite"])

    def test_a_path_that_is_too_long_spends_no_invite(self):
        invite = self.answer("invite", "--role", "recorder", "--data", self.data, "--agenda", "proef")["invite"]
        deep = self.home
        while len(deep) < 520:
            deep = os.path.join(deep, "x" * 60)
        message = self.fails(1, "input-output", "clone", f"{self.url}/agendas/proef", deep, "--invite", invite,
                             "--name", "Verzonnen", "--device", "l")
        self.assertIn("shorter", message)
        self.answer("clone", f"{self.url}/agendas/proef", os.path.join(self.home, "kort"), "--invite", invite,
                    "--name", "Verzonnen", "--device", "l")

    def test_a_backup_that_was_put_back_is_healed(self):
        data, laptop = os.path.join(self.home, "healed"), os.path.join(self.home, "healer")
        backup = os.path.join(self.home, "backup.sqlite")
        invite = self.answer("agenda", "create", "terug", "--title", "Terug", "--data", data)["invite"]
        server, url = self.serve(data)
        self.answer("clone", f"{url}/agendas/terug", laptop, "--invite", invite, "--name", "Proef", "--device", "een")
        self.assertEqual(self.answer("agenda", "backup", "terug", backup, "--data", data)["size"], 3)
        self.fails(1, "already-exists", "agenda", "backup", "terug", backup, "--data", data)
        self.assertEqual(os.stat(backup).st_mode & 0o777, 0o600)
        self.answer("record", "organisation.registered", "name=Verzonnen", "sort=company", "-C", laptop)
        self.answer("sign", "-C", laptop)
        server.terminate()
        server.wait(HANGS)

        def put_back():
            self.assertEqual(self.answer("agenda", "restore", "terug", "--from", backup, "--data", data)["size"], 3)

        heal = ("heal", "--data", data, "--agenda", "terug", "--from", laptop)
        self.assertEqual(ambit("heal", "--data", data).returncode, 64)
        put_back()
        self.assertEqual(self.answer(*heal), {"given": 2, "size": 5, "synced": False})
        self.assertEqual(self.answer(*heal), {"given": 0, "size": 5, "synced": False})
        put_back()
        # At the address that the laptop knows.
        port = url.rsplit(":", 1)[1]
        options = ["--listen", f"127.0.0.1:{port}"]
        server = subprocess.Popen([AMBIT, "serve", "--data", data, "--json", "--no-pushes", *options],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.kill)
        server.stdout.readline()
        self.assertIn("ambit heal", self.fails(2, "server-behind", "sync", "-C", laptop))
        self.answer("record", "organisation.registered", "name=Verzonnen", "sort=company", "-C", laptop)
        self.assertEqual(self.answer("heal", "-C", laptop), {"given": 2, "size": 5, "synced": False})
        self.assertEqual(self.answer("status", "-C", laptop)["pending"], 1)

    def test_what_a_server_lost_for_good_is_recorded_anew(self):
        data, backup = os.path.join(self.home, "verloren"), os.path.join(self.home, "verloren.sqlite")
        invite = self.answer("agenda", "create", "kloof", "--title", "Kloof", "--data", data)["invite"]
        server, url = self.serve(data)

        def clone(name, invite):
            folder = os.path.join(self.home, name)
            return folder, self.answer("clone", f"{url}/agendas/kloof", folder, "--invite", invite, "--name", name, "--device", name)["device"]

        def another():
            return self.answer("invite", "--role", "editor", "--data", data, "--agenda", "kloof")["invite"]

        def record(folder, *words):
            return self.answer("record", *words, "-C", folder)["subject"]

        admin, _ = clone("beheer", invite)
        old, device = clone("oud", another())
        behind, _ = clone("achter", another())
        kept = record(old, "organisation.registered", "name=Bewaard")
        other = record(old, "organisation.registered", "name=Ook bewaard")
        for folder in (old, behind):
            self.answer("sign", "-C", folder)
        self.answer("agenda", "backup", "kloof", backup, "--data", data)
        # The gap: what one laptop got in, and others have seen.
        theme = record(old, "theme.opened", "title=Thema")
        project = record(old, "project.started", "title=Project", f"theme={theme}", f"partners.{kept}=bouwer")
        record(old, "organisation.revised", kept, "website=https://voorbeeld.nl")
        record(old, "organisation.revised", other, "website=https://oud.voorbeeld.nl")
        self.answer("sign", "-C", old)
        record(admin, "organisation.registered", "name=Van de beheerder")
        self.answer("sync", "-C", admin)
        self.answer("sync", "-C", old)
        record(old, "note.added", f"about={project}", "text=Niet verzonden")
        lost = [json.loads(line) for line in ambit("log", "--json", "-C", old).stdout.splitlines()]
        server.terminate()
        server.wait(HANGS)
        self.answer("agenda", "restore", "kloof", "--from", backup, "--data", data)
        # Somebody gives up what was lost, too early.
        self.answer("agenda", "accept-loss", "kloof", "--data", data, "--yes")
        server = subprocess.Popen([AMBIT, "serve", "--data", data, "--json", "--listen", url.removeprefix("http://")],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.kill)
        server.stdout.readline()
        self.fails(2, "server-behind", "sync", "-C", old)
        record(behind, "organisation.revised", other, "website=https://nieuw.voorbeeld.nl")
        self.answer("sync", "-C", behind)
        next_step = "ambit export --format ndjson --outbox"
        self.assertIn(next_step, self.fails(2, "forked", "heal", "-C", admin))
        for number in range(10):
            record(behind, "organisation.registered", f"name=In de kloof {number}")
        self.answer("sync", "-C", behind)
        for folder in (admin, old):
            self.assertIn(next_step, self.fails(2, "tampered", "sync", "-C", folder))

        new, _ = clone("nieuw", another())
        file = os.path.join(self.home, "oud.ndjson")
        self.assertEqual(self.answer("export", "--format", "ndjson", "--outbox", "-C", old, "-o", file), {"file": file, "outbox": 1, "size": len(lost)})
        with open(file) as exported:
            self.assertEqual(exported.read(), ambit("export", "--format", "ndjson", "--outbox", "-C", old).stdout)
        self.assertEqual(ambit("export", "--format", "json", "--outbox", "-C", old).returncode, 64)
        self.fails(1, "invalid-import", "import", file, "--device", "device/zzzzzz", "-C", new)
        answer = self.answer("import", file, "--device", device.removeprefix("device/"), "-C", new)
        own = [entry for entry in lost if entry["source"] == device]
        self.assertEqual((answer["events"], answer["passed"]), (5, {"erased": 0, "known": 3, "otherDevices": len(lost) - len(own), "unrepeatable": 1}))
        self.assertEqual(set(answer["names"]) & {theme, project}, {theme, project})
        before = self.answer("status", "-C", behind)["size"]
        self.assertEqual(self.answer("sync", "-C", new)["accepted"], 5)
        self.answer("sign", "-C", new)
        self.answer("sync", "-C", behind)
        self.assertEqual(self.answer("status", "-C", behind)["digest"], self.answer("status", "-C", new)["digest"])
        lines = [json.loads(line) for line in ambit("log", "--json", "-C", behind).stdout.splitlines()]
        self.assertEqual(len(lines), before + 6 + 2)  # and the clone's own member and device; its signature among the six
        # Signatures are each device's own.
        lines, own = ([e for e in events if e["type"] != "device.signed"] for events in (lines, own))
        self.assertEqual([(e["type"], e["time"]) for e in lines[-5:]], [(e["type"], e["time"]) for e in own[-4:]] + [("note.added", lines[-1]["time"])])
        shown = self.answer("show", answer["names"][project], "-C", behind)["document"]
        self.assertEqual(json.loads(shown) if isinstance(shown, str) else shown,
                         {"title": "Project", "theme": answer["names"][theme], "partners": {kept: "bouwer"}})
        # What others wrote in the gap stands beside it.
        self.assertEqual([(c["subject"], c["path"]) for c in self.answer("conflicts", "-C", behind)], [(other, "/website")])

    def test_a_server_that_has_moved(self):
        data, laptop = os.path.join(self.home, "moved"), os.path.join(self.home, "follower")
        invite = self.answer("agenda", "create", "reis", "--title", "Reis", "--data", data)["invite"]
        server, url = self.serve(data)
        self.answer("clone", f"{url}/agendas/reis", laptop, "--invite", invite, "--name", "Proef", "--device", "een")
        self.answer("record", "organisation.registered", "name=Verzonnen", "sort=company", "-C", laptop)
        server.terminate()
        server.wait(HANGS)
        self.fails(69, "unreachable", "sync", "-C", laptop)
        os.rename(data, data + ".elsewhere")
        _, other = self.serve(data + ".elsewhere")
        # The agenda of another server does not know this laptop; a wrong address leaves everything as it is.
        self.fails(77, "unauthenticated", "sync", "--url", f"{self.url}/agendas/proef", "-C", laptop)
        self.fails(1, "not-found", "sync", "--url", f"{other}/agendas/geen", "-C", laptop)
        self.fails(1, "invalid-address", "sync", "--url", other, "-C", laptop)
        self.assertEqual(self.answer("status", "-C", laptop)["url"], f"{url}/agendas/reis")
        done = self.answer("sync", "--url", f"{other}/agendas/reis", "-C", laptop)
        self.assertEqual((done["accepted"], done["size"]), (1, 4))
        self.assertEqual(self.answer("status", "-C", laptop)["url"], f"{other}/agendas/reis")
        self.assertEqual(self.answer("sync", "-C", laptop)["size"], 4)
        again = self.answer("invite", "--role", "recorder", "-C", laptop)["invite"]
        self.answer("rejoin", "--invite", again, "--name", "Twee", "--url", f"{other}/agendas/reis/", "-C", laptop)
        self.assertEqual(self.answer("status", "-C", laptop)["url"], f"{other}/agendas/reis")

    def test_help_and_version(self):
        self.assertIn("clone", ambit("--help").stdout)
        self.assertRegex(ambit("--version").stdout, r"^ambit \d+\.\d+\.\d+")
        self.assertIn("required", ambit("types", "project.started").stdout)

    def test_guides_are_shown_in_both_languages(self):
        overview = ambit("help").stdout
        self.assertIn("field-work", overview)
        self.assertEqual(ambit("help", "field-work").stdout[:13], "# Field work\n")
        self.assertEqual(ambit("help", "field", "work").stdout[:13], "# Field work\n")
        for dutch in (ambit("help", "field-work", "--language", "nl"), ambit("help", "field-work", AMBIT_LANGUAGE="nl"),
                      ambit("help", "field-work", LC_ALL="nl_NL.UTF-8")):
            self.assertEqual((dutch.stdout[:10], dutch.returncode), ("# Veldwerk", 0))
        for topic in overview.split("GUIDES")[1].splitlines()[1:]:
            shown = ambit("help", topic.split()[0])
            self.assertEqual((shown.returncode, shown.stdout[:2]), (0, "# "), topic)

    def test_help_of_a_command_is_still_there(self):
        for command in (["show"], ["agenda", "create"], ["refused"], ["help"]):
            shown = ambit("help", *command)
            self.assertEqual(shown.returncode, 0)
            self.assertEqual(shown.stdout, ambit(*command, "--help").stdout)

    def test_a_topic_that_there_is_not(self):
        for topic, meant in (("feild-work", "field-work"), ("synk", "sync"), ("xyzzy", None)):
            done = ambit("help", topic)
            self.assertEqual((done.returncode, done.stdout), (64, ""))
            self.assertIn(f"Did you mean {meant}?" if meant else "ambit help lists them", done.stderr)


if __name__ == "__main__":
    if not AMBIT:
        sys.exit(__doc__)
    unittest.main()
