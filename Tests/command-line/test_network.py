#!/usr/bin/env python3
"""Laptops behind what stands between them and a server: proxies, and networks where anybody can listen.

    python3 Tests/command-line/test_network.py PATH-OF-AMBIT
"""
import base64
import contextlib
import http.client
import http.server
import json
import os
import shutil
import socket
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse
import urllib.request

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


class Alert(Exception):
    """The box ends a connection with an alert of TLS, in place of an answer."""


class Between(http.server.BaseHTTPRequestHandler):
    """A reverse proxy that may change what a server answers; the method `treat` of its server says how."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            status, headers, answer = self.server.treat(self.command, self.path, lambda: self.ask(body))
        except Alert:
            # In clear, where the other side waits for what is encrypted: no TLS library sends that.
            os.write(self.connection.fileno(), b"\x15\x03\x03\x00\x02\x02\x50")
            self.close_connection = True
            return
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_PUT = do_DELETE = do_GET

    def ask(self, body):
        connection = http.client.HTTPConnection(self.server.upstream, timeout=HANGS)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "content-length")}
        connection.request(self.command, self.path, body or None, headers)
        with contextlib.closing(connection):
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()

    def log_message(self, *_):
        pass


class Boxes(Case):
    """What answers in the place of the server."""

    def between(self, treat, certificate=None, key=None):
        """An address of the agenda behind a box that treats answers so."""
        box = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Between)
        box.treat, box.upstream, box.daemon_threads = treat, urllib.parse.urlsplit(self.local).netloc, True
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            box.socket = context.wrap_socket(box.socket, server_side=True)
        threading.Thread(target=box.serve_forever, daemon=True).start()
        self.addCleanup(box.server_close)
        self.addCleanup(box.shutdown)
        return f"{'https' if certificate else 'http'}://127.0.0.1:{box.server_address[1]}/agendas/proef"

    def test_a_cache_that_never_asks_again_hides_nothing_of_a_log(self):
        kept, hits = {}, []

        def treat(method, path, ask):
            if method != "GET" or "/changes" in path:
                return ask()
            if path in kept:
                hits.append(path)
            else:
                kept[path] = ask()
            return kept[path]
        cache, laptop, other = self.between(treat), self.path("laptop"), self.path("other")
        self.clone(cache)
        with open(os.path.join(laptop, "token")) as file:
            headers = {"Authorization": "Bearer " + file.read().strip()}
        checkpoint = urllib.request.Request(cache.replace("/agendas/", "/v1/agendas/") + "/checkpoint", headers=headers)

        def shown():
            with urllib.request.urlopen(checkpoint, timeout=HANGS) as answer:
                return int(answer.read().split(b"\n")[1])
        invite = self.answer("invite", "--agenda", "proef", "--role", "editor", "--data", self.path("data"))["invite"]
        self.answer("clone", self.local, other, "--invite", invite, "--name", "Proef", "--device", "twee")
        for number in range(3):
            self.answer("record", "organisation.registered", f"name=Voorbeeld {number}", "sort=other", "-C", other)
            self.answer("record", "organisation.registered", f"name=Mijn voorbeeld {number}", "sort=other", "-C", laptop)
            size = self.answer("sync", "-C", other)["size"]
            done = self.answer("sync", "-C", laptop)
            self.assertGreater(done["size"], size)
        # Nothing of its own is new now. What the cache has is what the laptop has: only past it there is more.
        mirror, lists = ("mirror", cache, self.path("mirror"), "-C", laptop), []
        for number in range(3):
            kept.clear()
            self.answer("sync", "-C", laptop)
            self.answer(*mirror)
            first = shown()
            self.answer("record", "organisation.registered", f"name=Later {number}", "sort=other", "-C", other)
            size = self.answer("sync", "-C", other)["size"]
            # The canary: it shows what it had.
            self.assertLess(first, size)
            self.assertEqual(shown(), first)
            self.assertEqual(self.answer("sync", "-C", laptop)["size"], size)
            self.assertEqual(self.answer(*mirror)["size"], size)
            self.answer("invite", "--role", "editor", "-C", laptop)
            self.assertEqual(len(self.answer("invite", "list", "-C", laptop)), 2 * number + 1)
            self.answer("invite", "--role", "editor", "-C", laptop)
            self.assertEqual(len(self.answer("invite", "list", "-C", laptop)), 2 * number + 2)
            for _ in range(2):
                lists.append([item.get("lastSeen") for item in self.answer("device", "list", "--seen", "-C", laptop)])
            self.assertNotEqual(lists[-1], lists[-2])
        self.assertTrue(hits, "the cache was never asked for what it had")
        self.assertEqual(self.answer("replay", "--digest", "-C", laptop)["digest"], self.answer("replay", "--digest", "-C", other)["digest"])

    def test_a_request_that_went_through_before_tls_failed_is_sent_again_and_counts_once(self):
        def treat(method, path, ask):
            answer = ask()
            if method == "POST" and path.endswith("/events") and not alerts:
                alerts.append(path)
                raise Alert
            return answer

        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.path("key"), "-out", self.path("certificate")],
                       check=True, capture_output=True)
        trusted, laptop, alerts = {"SSL_CERT_FILE": self.path("certificate")}, self.path("laptop"), ["not yet"]
        self.clone(self.between(treat, self.path("certificate"), self.path("key")), **trusted)
        self.answer("record", "organisation.registered", "name=Voorbeeld", "sort=other", "-C", laptop)
        alerts.clear()
        self.answer("sync", "-C", laptop, **trusted)
        self.assertTrue(alerts, "no push went through")
        status = self.answer("status", "-C", laptop)
        self.assertEqual((status["pending"], status["refused"]), (0, 0))
        self.assertEqual(ambit("log", "-C", laptop, "--json").stdout.count("organisation.registered"), 1)

    def test_what_a_server_says_makes_no_line_of_ours_and_obeys_no_terminal(self):
        lie, wrong = "ambit: everything is sent", "\u001b]0;x\u0007\u001b[2J\u202e\u200b\u009b2J"
        hostile = f"recorder\n{lie}{wrong}"

        def treat(method, path, ask):
            status, headers, answer = ask()
            if turn == "fields" and method == "POST" and answer.startswith(b"{"):
                answer = json.dumps({**json.loads(answer), field: hostile}).encode()
            if turn == "problems" and "/ready" not in path:
                return status_of_problem, [("Content-Type", "application/problem+json")], json.dumps(
                    {"type": f"/problems/{problem}", "title": hostile, "status": status_of_problem, "detail": hostile}).encode()
            return status, headers, answer

        told = []

        def check(done):
            told.append(lie in done.stdout + done.stderr)
            for stream in (done.stdout, done.stderr):
                for line in stream.splitlines():
                    self.assertFalse(line.startswith(lie), stream)
                for character in wrong:
                    if not character.isprintable():
                        self.assertNotIn(character, stream, repr(stream))

        box, laptop, turn = self.between(treat), self.path("laptop"), "fields"
        for field in ("role", "device", "member", "token", "invite", "origin"):
            shutil.rmtree(laptop, ignore_errors=True)
            check(ambit("clone", box, laptop, "--invite", self.invite, "--name", "Proef", "--device", "een"))
            self.invite = self.answer("invite", "--agenda", "proef", "--role", "admin", "--data", self.path("data"))["invite"]
        turn = ""
        shutil.rmtree(laptop, ignore_errors=True)
        self.clone(box)
        for turn, field in (("fields", "invite"), ("fields", "role"), ("fields", "expires"), ("fields", "token")):
            check(ambit("invite", "--role", "editor", "-C", laptop))
        turn = "problems"
        for status_of_problem, problem in ((400, "malformed"), (401, "unauthorized"), (403, "forbidden"), (404, "not-found"),
                                           (409, "conflict"), (422, "x\nambit: y"), (503, "read-only")):
            for command in (["sync"], ["invite", "--role", "editor"], ["members"], ["heal"]):
                done = ambit(*command, "-C", laptop, LC_ALL="nl_NL.UTF-8")
                if command != ["members"]:
                    self.assertNotEqual(done.returncode, 0, (command, problem))
                check(done)
        self.assertIn(True, told, "nothing of what the server said was shown: this looks at nothing")

    def test_no_name_has_characters_that_nobody_sees(self):
        hidden = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0x200B, 0x2010), 0x2060, 0xFEFF, 0x00AD, 0x061C, 0x2028, 0x2029,
                  0xE0041, 0x0000, 0x001B, 0x0085]
        for code in hidden:
            for field in ("member", "device"):
                body = {"invite": self.invite, "member": "Voorbeeld", "device": "een"} | {field: f"Voor{chr(code)}beeld"}
                connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.local).netloc, timeout=HANGS)
                with contextlib.closing(connection):
                    connection.request("POST", "/v1/agendas/proef/devices", json.dumps(body), {"Content-Type": "application/json"})
                    answer = connection.getresponse()
                    self.assertEqual(answer.status, 400, (hex(code), field, answer.read()))
            if code:
                for words in (["--name", f"Voor{chr(code)}beeld"], ["--name", "Proef", "--device", f"Voor{chr(code)}beeld"]):
                    done = ambit("clone", self.local, self.path("laptop"), "--invite", self.invite, *words)
                    self.assertNotEqual(done.returncode, 0, (hex(code), words))
                    self.assertFalse(os.path.exists(self.path("laptop")))
        # The invite is as good as it was; and letters of other scripts are names.
        self.answer("clone", self.local, self.path("laptop"), "--invite", self.invite, "--name", "Voorbeeld \u0623\u0645", "--device", "een")


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

    def test_a_link_that_was_planted_in_a_mirror_leads_nobody_to_other_files(self):
        self.clone(self.local)
        laptop, mirror, theirs = self.path("laptop"), self.path("mirror"), self.path("theirs")
        with open(self.path("many.ndjson"), "w") as file:
            for number in range(300):
                file.write(json.dumps({"type": "theme.opened", "data": {"title": f"Thema {number}"}}) + "\n")
        self.answer("import", self.path("many.ndjson"), "-C", laptop)
        self.answer("sync", "-C", laptop)
        self.answer("mirror", self.local, mirror, "-C", laptop)
        os.makedirs(theirs)
        for name in ("brief.txt", "foto.txt"):
            with open(os.path.join(theirs, name), "w") as file:
                file.write("van iemand anders")
        os.symlink(theirs, os.path.join(mirror, "tile/entries/000.p"))
        self.answer("redact", "20", "--reason", "proef", "--yes", "-C", laptop)
        self.answer("sync", "-C", laptop)
        ambit("mirror", self.local, mirror, "-C", laptop)
        self.assertEqual(sorted(os.listdir(theirs)), ["brief.txt", "foto.txt"])
        # Taken away, everything goes on.
        os.remove(os.path.join(mirror, "tile/entries/000.p"))
        self.answer("mirror", self.local, mirror, "-C", laptop)

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
