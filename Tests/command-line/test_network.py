#!/usr/bin/env python3
"""Laptops behind what stands between them and a server: proxies, and networks where anybody can listen.

    python3 Tests/command-line/test_network.py PATH-OF-AMBIT
"""
import base64
import contextlib
import json
import os
import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from waiting import HANGS  # noqa: E402

AMBIT = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else ""
HOST = "agenda.voorbeeld.test"
"""A name that nothing here resolves: whoever gets there went through the proxy."""


class ForwardProxy(socketserver.ThreadingTCPServer):
    """Takes CONNECT only, and leads every host to this machine."""
    daemon_threads, allow_reuse_address = True, True

    def __init__(self, password=None):
        self.asked, self.wanted = [], password and "Basic " + base64.b64encode(password.encode()).decode()
        super().__init__(("127.0.0.1", 0), Tunnel)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server_address[1]}"


class Tunnel(socketserver.StreamRequestHandler):
    def handle(self):
        line, headers = self.rfile.readline().decode(), {}
        while (header := self.rfile.readline().decode().strip()):
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        method, target, _ = line.split()
        self.server.asked.append((method, target))
        if self.server.wanted and headers.get("proxy-authorization") != self.server.wanted:
            self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        if method != "CONNECT":
            self.wfile.write(b"HTTP/1.1 405 No\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", int(target.rpartition(":")[2]))) as other:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            up = threading.Thread(target=copy, args=(self.connection, other), daemon=True)
            up.start()
            copy(other, self.connection)
            up.join()


def copy(source, target):
    with contextlib.suppress(OSError):
        while (data := source.recv(65_536)):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def ambit(*arguments, **variables):
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    return subprocess.run([AMBIT, *arguments], capture_output=True, text=True, timeout=HANGS,
                          env={**environment, "LC_ALL": "C.UTF-8", **variables})


class Case(unittest.TestCase):
    """A server with one agenda, and a laptop that is not there yet."""
    tls = False

    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="ambit-network.")
        self.addCleanup(shutil.rmtree, self.home)
        self.invite = self.answer("agenda", "create", "proef", "--title", "Proef", "--data", self.path("data"))["invite"]
        words = []
        if self.tls:
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}",
                            "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", self.path("key"), "-out", self.path("certificate")],
                           check=True, capture_output=True)
            words = ["--tls-certificate", self.path("certificate"), "--tls-key", self.path("key")]
        self.server = subprocess.Popen([AMBIT, "serve", "--data", self.path("data"), "--listen", "127.0.0.1:0", "--json", *words],
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        self.local = json.loads(self.server.stdout.readline())["url"] + "/agendas/proef"
        self.url = self.local.replace("127.0.0.1", HOST)

    def path(self, name):
        return os.path.join(self.home, name)

    def answer(self, *arguments, code=0, **variables):
        done = ambit(*arguments, "--json", **variables)
        self.assertEqual(done.returncode, code, (arguments, done.stderr))
        return json.loads(done.stdout if code in (0, 3) else done.stderr.strip().splitlines()[-1])

    def clone(self, url, *words, code=0, **variables):
        return self.answer("clone", url, self.path("laptop"), "--invite", self.invite, "--name", "Proef", "--device", "een",
                           *words, code=code, **variables)


class Proxies(Case):
    tls = True

    def proxy(self, password=None):
        proxy = ForwardProxy(password)
        self.addCleanup(proxy.server_close)
        self.addCleanup(proxy.shutdown)
        return proxy

    def test_everything_goes_through_the_proxy_that_the_environment_names(self):
        proxy, trusted = self.proxy("jansje:ge heim"), {"SSL_CERT_FILE": self.path("certificate")}
        self.assertEqual(self.clone(self.url, code=69, **trusted)["error"], "unreachable")
        through = {**trusted, "HTTPS_PROXY": f"http://jansje:ge%20heim@{proxy.address}"}
        self.clone(self.url, **through)
        self.answer("record", "organisation.registered", "name=Voorbeeld", "sort=other", "-C", self.path("laptop"))
        self.assertEqual(self.answer("sync", "-C", self.path("laptop"), **through)["accepted"], 1)
        self.answer("mirror", self.url, self.path("mirror"), "-C", self.path("laptop"), **through)
        self.assertEqual(set(proxy.asked), {("CONNECT", self.url.split("/")[2])})

        asked = len(proxy.asked)
        refused = self.answer("sync", "-C", self.path("laptop"), code=69, **{**through, "NO_PROXY": ".voorbeeld.test"})
        self.assertEqual((refused["error"], len(proxy.asked)), ("unreachable", asked))
        wrong = ambit("sync", "-C", self.path("laptop"), **{**through, "https_proxy": f"http://jansje:fout@{proxy.address}"})
        self.assertEqual(wrong.returncode, 69)
        self.assertIn(proxy.address, wrong.stderr)
        self.assertIn("password", wrong.stderr)
        for secret in ("jansje", "fout", "heim"):
            self.assertNotIn(secret, wrong.stderr)

    def test_a_proxy_that_there_is_not_is_named(self):
        for value, code, word in (("http://jansje:geheim@127.0.0.1:1", 69, "unreachable"),
                                  ("http://jansje:geheim@127.0.0.1:70000", 1, "invalid-address")):
            error = self.clone(self.url, code=code, ALL_PROXY=value)
            self.assertEqual(error["error"], word)
            self.assertIn("127.0.0.1:1" if word == "unreachable" else "ALL_PROXY", error["message"])
            self.assertNotIn("geheim", error["message"])
            self.assertFalse(os.path.exists(self.path("laptop")))


class Listeners(Case):
    """Networks where others can read along."""

    def test_a_secret_in_clear_takes_leave_and_this_machine_does_not(self):
        """No host answers at that name: whatever is refused is refused before anything is sent."""
        laptop = self.path("laptop")
        self.assertEqual(self.clone(self.url, code=69)["error"], "insecure")
        self.assertFalse(os.path.exists(laptop))
        self.assertEqual(self.clone(self.url, "--insecure", code=69)["error"], "unreachable")
        self.clone(self.local)
        for command in (["sync", "--url", self.url], ["rejoin", "--url", self.url, "--invite", "x"]):
            self.assertEqual(self.answer(*command, "-C", laptop, code=69)["error"], "insecure")
            self.assertEqual(self.answer(*command, "--insecure", "-C", laptop, code=69)["error"], "unreachable")
        self.assertEqual(self.answer("status", "-C", laptop)["url"], self.local)
        self.assertEqual(self.answer("sync", "-C", laptop)["refused"], 0)

    def test_nobody_else_can_write_what_a_clone_makes(self):
        done = subprocess.run([AMBIT, "clone", self.local, self.path("a/b/laptop"), "--invite", self.invite, "--name", "Proef"],
                              capture_output=True, text=True, timeout=HANGS, preexec_fn=lambda: os.umask(0))
        self.assertEqual(done.returncode, 0, done.stderr)
        for folder, _, files in os.walk(self.path("a")):
            self.assertEqual(os.stat(folder).st_mode & 0o777, 0o700, folder)
            for name in files:
                self.assertEqual(os.stat(os.path.join(folder, name)).st_mode & 0o022, 0, name)

    def test_a_token_for_a_mirror_or_a_witness_likewise(self):
        self.clone(self.local)
        key = self.answer("prove", "0", "-C", self.path("laptop"), "-o", self.path("proof"))["verifierKey"]
        token = os.path.join(self.path("laptop"), "token")
        mirror = ("mirror", self.url, self.path("mirror"), "--key", key)
        self.assertEqual(self.answer(*mirror, "--token-file", token, code=69)["error"], "insecure")
        self.assertEqual(self.answer(*mirror, code=69)["error"], "unreachable")
        self.answer("witness", "create", "getuige.test", "--data", self.path("witness"))
        origin = key.split("+")[0]
        run = ("witness", "run", "--data", self.path("witness"), "--once", "--follow", f"{key}={self.url}")
        self.assertEqual(self.answer(*run, "--token-file", f"{origin}={token}", code=69)["error"], "insecure")

    def test_addresses_that_there_cannot_be_end_nothing(self):
        self.clone(self.local)
        key = self.answer("prove", "0", "-C", self.path("laptop"), "-o", self.path("proof"))["verifierKey"]
        witness = self.answer("witness", "create", "getuige.test", "--data", self.path("witness"))["verifierKey"]
        for base in ("http://127.0.0.1:70000", "http://127.0.0.1:0", "https://[::1]:65536", "https://a..b"):
            url = f"{base}/agendas/proef"
            commands = [["clone", url, self.path("other"), "--invite", "x"], ["sync", "--url", url, "-C", self.path("laptop")],
                        ["rejoin", "--url", url, "--invite", "x", "-C", self.path("laptop")],
                        ["mirror", url, self.path("mirror"), "--key", key],
                        ["witness", "run", "--data", self.path("witness"), "--once", "--follow", f"{key}={url}"]]
            for command in commands:
                self.assertEqual(self.answer(*command, code=1)["error"], "invalid-address", command)
            done = ambit("serve", "--data", self.path("data"), "--listen", "127.0.0.1:0", "--witness", f"{witness}={url}")
            self.assertEqual(done.returncode, 64, done.stderr)
            self.assertIn("1 to 65535", done.stderr)


if __name__ == "__main__":
    unittest.main()
