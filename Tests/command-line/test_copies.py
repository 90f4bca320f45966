#!/usr/bin/env python3
"""Laptops whose folder or token somebody else has, too: nobody is kept from recording, and nothing sound is called damaged.

    python3 Tests/command-line/test_copies.py PATH-OF-AMBIT
"""
import contextlib
import http.client
import http.server
import json
import os
import shutil
import signal
import subprocess
import threading
import unittest
import urllib.error
import urllib.parse
import urllib.request

from test_command_line import AMBIT, ambit
from test_conflicts import Agenda
from waiting import HANGS


class LosesAnswers(http.server.BaseHTTPRequestHandler):
    """Carries requests to the server behind it, and loses the first answers to those that enrol a device."""

    # In a subclass of each test's own: the server's address, and how many answers are still to be lost.
    behind, left = "", 0

    def carry(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        passed = {name: value for name, value in self.headers.items()
                  if name.lower() not in ("host", "connection", "content-length", "accept-encoding")}
        request = urllib.request.Request(self.behind + self.path, data=body or None, headers=passed, method=self.command)
        try:
            answer = urllib.request.urlopen(request, timeout=HANGS)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            content = answer.read()
        if self.command == "POST" and self.path.endswith("/devices") and answer.status == 201 and self.left > 0:
            type(self).left -= 1
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in ("connection", "content-length", "transfer-encoding", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = carry

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def losing_answers(url, count):
    """The address of a server's double that loses so many answers to enrolments; and what says how many are left."""
    handler = type("Loses", (LosesAnswers,), {"behind": url, "left": count})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", handler
        finally:
            server.shutdown()
            thread.join()


class Copies(Agenda):
    def devices(self):
        listed = self.answer("device", "list", "--data", self.data, "--agenda", "proef")
        return {item["device"] for item in listed}

    def copied(self):
        """A laptop whose copy has to go on as another device: what it has recorded is somebody else's counter."""
        copy = os.path.join(self.home, "kopie")
        shutil.copytree(self.one, copy)
        self.record(self.one, "theme.opened", "title=Van de laptop")
        self.sync(self.one)
        self.record(copy, "theme.opened", "title=Van de kopie")
        return copy

    def test_a_copy_that_never_gets_its_answer_leaves_no_devices_that_are_nobodys(self):
        copy, before = self.copied(), self.devices()
        with losing_answers(self.url, 3) as (address, handler):
            self.answer("sync", "-C", copy, "--url", f"{address}/agendas/proef")
            # The canary: all of them were lost.
            self.assertEqual(handler.left, 0)
        self.assertEqual(self.devices() - before, {self.status(copy)["device"]})
        self.sync(self.one)
        titles = [item["document"]["title"] for item in self.answer("show", "--kind", "theme", "-C", self.one)]
        self.assertEqual(sorted(titles), ["Van de kopie", "Van de laptop"])

    def test_who_only_holds_the_token_gets_no_token_of_a_device_that_continued(self):
        copy = self.copied()
        with open(os.path.join(copy, "token")) as file:
            token = file.read().strip()
        self.sync(copy)
        device = self.status(copy)["device"]
        lines = [json.loads(line) for line in ambit("log", "-C", copy, "--json").stdout.splitlines()]
        key = next(line["data"]["key"] for line in lines if line["subject"] == device and line["type"] == "device.enrolled")
        request = urllib.request.Request(
            f"{self.url}/v1/agendas/proef/devices", json.dumps({"device": "dief", "key": key}).encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=HANGS) as answer:
            self.assertNotEqual(json.load(answer)["device"], device)
        self.record(copy, "theme.opened", "title=Nog steeds binnen")
        self.sync(copy)

    def test_nothing_counts_after_the_event_that_revokes_what_its_device_continues(self):
        copy, former = self.copied(), self.status(self.one)["device"]
        self.sync(copy)
        device = self.status(copy)["device"]
        # Somebody else stays who can administer the agenda.
        self.clone("drie", self.invite("admin"), "Tweede voorbeeldbeheerder")
        first = 2
        revoked = {**self.event(copy, first), "type": "device.revoked", "subject": former, "data": {"revoked": True}}
        found = self.pushed(copy, revoked, self.event(copy, first + 1), self.event(copy, first + 2))
        self.assertEqual([line["id"] for line in found["rejected"]], [str(first + 1), str(first + 2)], found)
        self.sync(self.two)
        lines = [json.loads(line) for line in ambit("log", "-C", self.two, "--json").stdout.splitlines()]
        ends = [line["subject"] for line in lines if line["type"] == "device.revoked"]
        self.assertEqual(ends, [former, device])
        self.assertEqual([line["id"] for line in lines if line["source"] == device][-1], str(first))

    def push(self, folder, *lines):
        found = self.pushed(folder, *lines)
        self.assertEqual(found["rejected"], [], found)
        return found

    def pushed(self, folder, *lines):
        with open(os.path.join(folder, "token")) as file:
            token = file.read().strip()
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.url).netloc, timeout=HANGS)
        connection.request("POST", "/v1/agendas/proef/events", "\n".join(json.dumps(line, separators=(",", ":")) for line in lines),
                           {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"})
        answer = connection.getresponse()
        found = json.loads(answer.read())
        connection.close()
        self.assertEqual(answer.status, 200, found)
        return found

    def event(self, folder, counter):
        device = self.status(folder)["device"]
        return {"specversion": "1.0", "id": str(counter), "source": device, "type": "theme.opened",
                "subject": f"theme/{device.split('/')[1]}-{counter}", "time": "2026-11-12T10:11:12.123Z", "basis": 0,
                "data": {"title": "Van wie het token heeft"}}

    def test_counters_that_a_thief_used_up_keep_nobody_from_recording(self):
        last = 2 ** 53 - 1
        for counter in (last, last - 1):
            with self.subTest(counter=counter):
                folder = self.clone(f"laptop-{counter}", self.invite("editor"), "Voorbeeldredacteur")
                waiting = self.record(folder, "theme.opened", "title=Nog niet verstuurd")
                self.assertEqual(len(self.push(folder, self.event(folder, counter))["accepted"]), 1)
                device = self.status(folder)["device"]
                self.sync(folder)
                self.assertNotEqual(self.status(folder)["device"], device)
                for number in range(3):
                    self.record(folder, "theme.opened", f"title=Daarna {number}")
                    self.sync(folder)
                self.assertEqual(self.status(folder)["pending"], 0)
                self.sync(self.one)
                titles = [item["document"]["title"] for item in self.answer("show", "--kind", "theme", "-C", self.one)]
                self.assertIn("Nog niet verstuurd", titles)
                self.assertIn("Daarna 2", titles)
                self.assertTrue(waiting)
                self.answer("verify", folder)

    def test_a_copy_that_waits_to_become_another_device_is_sound(self):
        copy = os.path.join(self.home, "kopie")
        shutil.copytree(self.two, copy)
        self.record(self.two, "theme.opened", "title=Van de laptop")
        self.sync(self.two)
        self.record(copy, "theme.opened", "title=Van de kopie")
        # A server that enrols nobody: the copy learns that it is one, and cannot become another device yet.
        self.server.send_signal(signal.SIGTERM)
        self.server.wait(HANGS)
        self.serve_without_pushes()
        self.assertNotEqual(self.ambit_code("sync", "-C", copy), 0)
        self.answer("verify", copy)
        found = self.answer("doctor", copy)["findings"]
        self.assertEqual([finding for finding in found if "clone" in finding.get("command", "")], [])

    def serve_without_pushes(self):
        self.server = subprocess.Popen(
            [AMBIT, "serve", "--data", self.data, "--listen", self.url.removeprefix("http://"), "--no-pushes", "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.wait, HANGS)
        self.addCleanup(self.server.send_signal, signal.SIGTERM)
        self.assertTrue(self.server.stdout.readline())

    def ambit_code(self, *arguments):
        return ambit(*arguments, "--json").returncode


if __name__ == "__main__":
    unittest.main(verbosity=2)
