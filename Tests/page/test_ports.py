"""Other programs of the same machine, at other ports of 127.0.0.1: what a browser sends them opens no page of a laptop.

Cookies know no ports, and to browsers every port of a host is the same site. So a page of anybody's can lead a browser to
somebody's port, which is then sent each cookie of the host that is meant for its path.
"""
import contextlib
import http.client
import http.server
import pathlib
import re
import signal
import socket
import sys
import threading
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from browser import Browser  # noqa: E402
from visitor import Visitor, enter  # noqa: E402
from waiting import eventually  # noqa: E402
from world import World, free_port  # noqa: E402


class Thief:
    """A program at another port, which keeps all that browsers send it."""

    def __init__(self):
        self.got = []
        thief = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                thief.got.append((self.path, dict(self.headers.items())))
                page = {
                    "/": '<!DOCTYPE html><title>Van een ander</title><img src="/pixel" alt="">',
                    "/leads": f'<!DOCTYPE html><title>Elders</title><script>location = "{thief.url}"</script>',
                }.get(self.path, "").encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server.server_port

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def end(self):
        self.server.shutdown()
        self.server.server_close()


class Ports(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        self.laptop = self.world.laptop("laptop")
        self.browser = self.enterContext(Browser("--host-resolver-rules=MAP elders.example 127.0.0.1"))

    def said(self):
        return (self.world.folder / "programs.log").read_text()

    def ask(self, port, method, path, body=None, **headers):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            connection.request(method, path, body, {"Host": f"127.0.0.1:{port}", **headers})
            answer = connection.getresponse()
            return answer, answer.read().decode()

    def test_what_a_browser_sends_to_another_port_opens_nothing(self):
        printed = urllib.parse.urlsplit(self.world.page(self.laptop).said["url"])
        owner = Visitor(self.browser, printed.geturl())
        owner.go("/people")
        secret = urllib.parse.urlsplit(owner.base).path
        thief = Thief()
        self.addCleanup(thief.end)
        # Another site leads there, and so does somebody in the window of the pages.
        other = owner.page.context.new_page()
        other.goto(f"http://elders.example:{thief.port}/leads")
        other.wait_for_url(thief.url)
        other.wait_for_load_state("load")
        window = owner.page.context.new_page()
        window.goto(owner.base)
        window.evaluate("address => { location = address }", thief.url)
        window.wait_for_url(thief.url)
        window.wait_for_load_state("load")
        self.assertGreaterEqual(len([path for path, _ in thief.got if path == "/pixel"]), 1)
        cookies = {headers["Cookie"] for _, headers in thief.got if "Cookie" in headers}
        self.assertTrue(cookies, "browsers send cookies to other ports: otherwise this shows nothing")
        self.assertNotIn(secret[1:], str(thief.got))
        values = {pair.partition("=")[2] for cookie in cookies for pair in cookie.split("; ")}
        cookies |= {f"ambit-{printed.port}={value}" for value in values}
        origin = f"http://{printed.netloc}"
        for cookie in cookies:
            for path in ("/", "/people", "/people?seen=1", "/live", "/take/events.ndjson", "/?" + printed.query, secret, secret + "/people"):
                answer, text = self.ask(printed.port, "GET", path, Cookie=cookie)
                self.assertEqual(answer.status, 403, path)
                self.assertIsNone(answer.headers["Location"])
                self.assertIsNone(answer.headers["Set-Cookie"])
                self.assertNotIn('name="token"', text)
                if not path.startswith(secret):
                    self.assertNotIn(secret[1:], text)
            for path in ("/people/invite", secret + "/people/invite"):
                form = {"Cookie": cookie, "Origin": origin, "Content-Type": "application/x-www-form-urlencoded"}
                answer, text = self.ask(printed.port, "POST", path, "role=admin", **form)
                self.assertEqual(answer.status, 403, path)
                self.assertNotIn("invite=", text)
        self.assertEqual(owner.go("/people").status, 200)

    def resident(self, program):
        """In megabytes, what of the program is in memory."""
        status = pathlib.Path(f"/proc/{program.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def test_forms_of_strangers_take_little_memory_and_do_not_keep_the_program_from_ending(self):
        program = self.world.page(self.laptop)
        port = urllib.parse.urlsplit(program.said["url"]).port
        head = f"POST /x HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        before = self.resident(program)
        strangers = []
        for number in range(200):
            stranger = socket.create_connection(("127.0.0.1", port), timeout=600)
            self.addCleanup(stranger.close)
            # One that says how long it is, longer or shorter, and one that does not.
            length = ["Content-Length: 2000000", "Content-Length: 500000", "Transfer-Encoding: chunked"][number % 3]
            body = b"40000\r\n" + b"x" * 0x40000 + b"\r\n" if number % 3 == 2 else b"x" * 400_000
            try:
                stranger.sendall(f"{head}{length}\r\n\r\n".encode() + body)
            except OSError:
                pass  # It has been answered.
            strangers.append(stranger)
        # Whoever comes to the pages is answered all the same.
        self.assertEqual(self.ask(port, "GET", "/")[0].status, 403)
        self.assertLess(self.resident(program) - before, 60, "200 strangers")
        fields = "&".join(f"data.{number}=x" for number in range(40_000))
        answer, text = self.ask(port, "POST", "/x", fields, Origin=f"http://127.0.0.1:{port}")
        self.assertEqual((answer.status, len(text) < 100_000), (403, True))
        program.process.send_signal(signal.SIGTERM)
        program.process.wait(600)

    def test_who_is_in_opens_the_address_again_and_nobody_is_alarmed(self):
        url = self.world.page(self.laptop).said["url"]
        owner = Visitor(self.browser, url)
        again = owner.page.context.new_page()
        self.assertEqual(enter(again, url), owner.base)
        again.locator("nav .places").wait_for()
        # The address without its key is led on as well.
        self.assertEqual(enter(again, owner.origin + "/"), owner.base)
        self.assertNotIn("somebody else", self.said())
        other = self.browser.page()
        other.goto(url)
        other.get_by_text(re.compile("werkt maar een keer|works once")).wait_for()
        self.assertTrue(eventually(lambda: "somebody else" in self.said()))

    def test_a_page_that_stays_open_over_a_restart_says_so_and_leads_on_once_somebody_is_in(self):
        port = free_port()
        program = self.world.page(self.laptop, "--port", port)
        owner = Visitor(self.browser, program.said["url"])
        old = owner.base
        program.end()
        url = self.world.page(self.laptop, "--port", port).said["url"]
        self.assertEqual(owner.go("/people").status, 403)
        self.assertIn("ambit ui", owner.main())
        fresh = enter(owner.page.context.new_page(), url)
        self.assertNotEqual(fresh, old)
        owner.page.goto(old)
        owner.page.wait_for_url(fresh)
        owner.page.locator("nav .places").wait_for()

    def test_what_stands_typed_in_a_form_when_the_program_is_started_again_is_given_back(self):
        port = free_port()
        program = self.world.page(self.laptop, "--port", port)
        owner = Visitor(self.browser, program.said["url"])
        owner.go("/record/note.added")
        text = "Bewoners <b>willen</b> meedenken,\nvoor de zomer"
        owner.page.locator("main textarea").first.fill(text)
        program.end()
        url = self.world.page(self.laptop, "--port", port).said["url"]
        enter(owner.page.context.new_page(), url)
        with owner.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
            owner.page.locator("main form button[type=submit]").last.click()
        self.assertEqual(answer.value.status, 403)
        owner.page.wait_for_load_state("networkidle")
        kept = [place.input_value() for place in owner.page.locator("main textarea[readonly]").all()]
        self.assertIn(text, kept)


if __name__ == "__main__":
    unittest.main()
