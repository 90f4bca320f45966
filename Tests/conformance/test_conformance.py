#!/usr/bin/env python3
"""Runs Tools/conformance against a server, plain and behind nginx, and shows that it notices.

    Tests/conformance/run PATH-OF-AMBIT        (installs nginx where it may)
"""
import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/support"))
from waiting import HANGS, eventually  # noqa: E402

AMBIT = os.path.abspath(sys.argv.pop(1) if len(sys.argv) > 1 else ROOT / ".build/debug/ambit")
RUNNER = ROOT / "Tools/conformance"
NGINX = """
daemon off; pid {home}/nginx.pid; error_log {home}/nginx.log; worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off; client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/f;
    uwsgi_temp_path {home}/u; scgi_temp_path {home}/s; client_max_body_size 16m;
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass {url}; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }}
    }}
}}
"""


class Conformance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="ambit-conformance.")
        cls.data = os.path.join(cls.home, "data")
        cls.ambit("agenda", "create", "proef", "--title", "Proef", "--data", cls.data)
        cls.log = open(os.path.join(cls.home, "log"), "w")
        cls.server = subprocess.Popen([AMBIT, "serve", "--data", cls.data, "--listen", "127.0.0.1:0", "--json"],
                                      stdout=subprocess.PIPE, stderr=cls.log, text=True)
        cls.url = json.loads(cls.server.stdout.readline())["url"]

    @classmethod
    def tearDownClass(cls):
        cls.server.send_signal(signal.SIGTERM)
        cls.server.wait(HANGS)
        cls.server.stdout.close()
        cls.log.close()
        shutil.rmtree(cls.home)

    @classmethod
    def ambit(cls, *arguments):
        done = subprocess.run([AMBIT, *arguments, "--json"], capture_output=True, text=True, timeout=HANGS)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def invite(self):
        return self.ambit("invite", "--agenda", "proef", "--role", "admin", "--data", self.data)["invite"]

    def run_against(self, url, *cases):
        return subprocess.run([sys.executable, RUNNER, f"{url}/agendas/proef", self.invite(), *cases],
                              capture_output=True, text=True, timeout=HANGS)

    def test_our_server_conforms(self):
        done = self.run_against(self.url)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        cases = subprocess.run([sys.executable, RUNNER, "--list"], capture_output=True, text=True).stdout.split()
        self.assertEqual(re.findall(r"^ok +(\S+)$", done.stdout, re.M), cases)
        self.assertLessEqual({"push", "pull", "verdicts", "limits", "caching", "live", "access", "tiles", "snapshots"}, set(cases))

    def test_our_server_conforms_behind_nginx(self):
        port = free_port()
        file = os.path.join(self.home, "nginx.conf")
        with open(file, "w") as opened:
            opened.write(NGINX.format(home=self.home, port=port, url=self.url))
        proxy = subprocess.Popen(["nginx", "-c", file, "-p", self.home], stderr=subprocess.DEVNULL)
        try:
            self.assertTrue(eventually(lambda: answers(port)))
            done = self.run_against(f"http://127.0.0.1:{port}")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        finally:
            proxy.terminate()
            proxy.wait(HANGS)

    def test_a_case_that_there_is_not_is_an_error(self):
        done = self.run_against(self.url, "push", "pulll")
        self.assertEqual((done.returncode, done.stdout), (64, ""))
        self.assertIn("pulll", done.stderr)
        self.assertEqual(subprocess.run([sys.executable, RUNNER], capture_output=True).returncode, 64)
        down = subprocess.run([sys.executable, RUNNER, f"http://127.0.0.1:{free_port()}/agendas/proef", "x"], capture_output=True)
        self.assertEqual(down.returncode, 69)

    def test_what_a_server_does_otherwise_is_noticed(self):
        changes = {
            "push": ("/events", lambda status, headers, body: (status, headers, body.replace(b'"position":', b'"position":1'))),
            "pull": ("/events", lambda status, headers, body: (status, headers, body[:-2] + b"x\n" if body else body)),
            "verdicts": ("/events", lambda status, headers, body: (status, headers, body.replace(b"unknown-type", b"invalid-data"))),
            "limits": ("/events", lambda status, headers, body: (200 if status == 413 else status, headers, body)),
            "caching": ("/checkpoint", lambda status, headers, body: (status, {**headers, "ETag": f'"{os.urandom(4).hex()}"'}, body)),
            "access": ("/invites", lambda status, headers, body: (200 if status == 403 else status, headers, body)),
            "tiles": ("/tile/0", lambda status, headers, body: (status, headers, bytes(len(body)) if status == 200 else body)),
            "snapshots": ("/snapshots", lambda status, headers, body: (status, headers, body[::-1] if status == 206 else body)),
            "changes": ("/changes", lambda status, headers, body: (status, headers, body.replace(b'"count":4', b'"count":5'))),
            "description": ("/agendas/proef", lambda status, headers, body: (status, headers, body.replace(b'"waitSeconds"', b'"wait"'))),
            "problems": ("/state", lambda status, headers, body: (status, {**headers, "API-Version": "9.0.0"}, body)),
            "reading": ("/state", lambda status, headers, body: (status, headers, body.replace(b"Voorbeeld", b"voorbeeld"))),
            "live": ("/events", lambda status, headers, body: (status, {**headers, "Content-Type": "text/plain"}, body[:0])),
        }
        cases = subprocess.run([sys.executable, RUNNER, "--list"], capture_output=True, text=True).stdout.split()
        self.assertEqual(set(cases), set(changes))
        for name, (path, change) in changes.items():
            with self.subTest(name), changed(self.url, path, change) as address:
                done = self.run_against(address, name)
                self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
                self.assertIn(f"FAILED  {name}", done.stdout)


class changed:
    """A proxy that changes answers of paths with this in them."""

    def __init__(self, url, part, change):
        place = urllib.parse.urlsplit(url)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                upstream = http.client.HTTPConnection(place.netloc, timeout=HANGS)
                kept = {name: value for name, value in self.headers.items() if name not in ("Host", "Accept-Encoding")}
                if "event-stream" in self.headers.get("Accept", ""):
                    kept["Accept"] = "application/x-ndjson"
                upstream.request(self.command, self.path, body, kept)
                answer = upstream.getresponse()
                status, headers, content = answer.status, dict(answer.getheaders()), answer.read()
                upstream.close()
                if part in self.path and "/devices" not in self.path:
                    status, headers, content = change(status, headers, content)
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                        self.send_header(name, value)
                if self.command != "HEAD" and status not in (204, 304):
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD" and status not in (204, 304):
                    self.wfile.write(content)

            do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = pass_on

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def free_port():
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as server:
        return server.server_port


def answers(port):
    try:
        http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/healthz")
        return True
    except OSError:
        return False


if __name__ == "__main__":
    unittest.main()
