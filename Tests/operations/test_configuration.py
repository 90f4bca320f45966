#!/usr/bin/env python3
"""Settings of a server: an option before a variable, a variable before the file, and what a running server takes over.

    python3 Tests/operations/test_configuration.py PATH-OF-AMBIT
"""
import json
import signal
import socket
import unittest

from servers import HANGS, Site, eventually, fetch


class Configuration(Site):
    def config(self, *arguments):
        return {item["setting"]: item for item in self.answer("config", *arguments)}

    def test_each_value_is_shown_with_its_place(self):
        file = self.write("server.toml", 'listen = "127.0.0.1:1"\nlog-level = "debug"\nevery = "2h"\nkeep = "7d"\n'
                          'rate = ["push=1/2", "read=off"]\nno-pushes = true\nfollowers-each = 7\n')
        self.environment.update(AMBIT_LOG_LEVEL="info", AMBIT_EVERY="3h", AMBIT_RATE="", AMBIT_TRUSTED_PROXY="10.0.0.1 ::1")
        shown = self.config("--config", file, "--every", "4h")
        found = {name: (item["values"], item.get("from")) for name, item in shown.items()}
        self.assertEqual(found["every"], (["4h"], "option"))
        self.assertEqual(found["log-level"], (["info"], "variable"))
        self.assertEqual(found["listen"], (["127.0.0.1:1"], file))
        self.assertEqual(found["followers-each"], (["7"], file))
        self.assertEqual(found["no-pushes"], (["true"], file))
        # An empty variable is none.
        self.assertEqual(found["rate"], (["push=1/2", "read=off"], file))
        self.assertEqual(found["trusted-proxy"], (["10.0.0.1", "::1"], "variable"))
        self.assertEqual(found["seen"], (["second"], "default"))
        self.assertEqual(found["data"], ([], None))
        # The variable that names the file.
        self.environment["AMBIT_CONFIG"] = file
        self.assertEqual(self.config()["keep"]["values"], ["7d"])
        self.environment["AMBIT_DATA"] = self.data
        self.assertEqual(self.config()["data"]["from"], "variable")
        # Every option of the server is a setting, and the other way round.
        known = json.loads(self.run_ambit("--experimental-dump-help", json_wanted=False).stdout)["command"]
        serve = next(sub for sub in known["subcommands"] if sub["commandName"] == "serve")
        options = {item["preferredName"]["name"] for item in serve["arguments"]}
        self.assertEqual(options - {"config", "json", "language", "help", "version"}, set(shown))

    def test_the_contract_says_whom_to_ask_where_anybody_has_said_it(self):
        self.serve()
        self.assertNotIn("contact", json.loads(fetch(f"{self.url}/v1/openapi.json")[2])["info"])
        plain = fetch(f"{self.url}/v1/openapi.yaml")[2]
        self.stop()
        contact = {"name": 'Beheer "Assen"', "email": "beheer@agenda.example", "url": "https://agenda.example/contact"}
        self.serve(*(word for name, value in contact.items() for word in (f"--contact-{name}", value)))
        told = json.loads(fetch(f"{self.url}/v1/openapi.json")[2])
        self.assertEqual(told["info"].pop("contact"), contact)
        self.assertIn(json.dumps(contact, separators=(",", ":")), fetch(f"{self.url}/v1/openapi.yaml")[2])
        self.assertEqual(fetch(f"{self.url}/v1/openapi.yaml")[2].count("\n"), plain.count("\n") + 1)
        self.stop()
        self.serve()
        self.assertEqual(told, json.loads(fetch(f"{self.url}/v1/openapi.json")[2]))

    def test_what_is_wrong_is_said_with_its_place(self):
        cases = [
            ('listne = "x"', "did you mean listen?"), ("listen = 1", "takes host:port"), ("listen = [1]", "takes a text"),
            ('no-pushes = "yes"', "takes true or false"), ('rate = ["a=b"]', "there is no class a"),
            ("rate = [1]", "a list of texts"), ('every = "soon"', "such as 1h"), ('keep = "1y"', "such as 24h"),
            ('log-level = "loud"', "trace, debug"), ('trusted-proxy = "proxy.example"', "takes an IP address"),
            ("listen = ", "line 1"), ('tls-key = "x"', "go together"), ('seen = "never"', "second or sync"),
            ('metrics-token = "/nonexistent"', "/nonexistent"), ('log-format = "xml"', "text or json"),
            ("followers-each = -1", "0 or more"), ('contact-email = "x"', "mail address"), ('contact-url = "x"', "address of a page"), ('store = "x"', "postgresql:"), ('time-zone = "Mars"', "such as Europe/Amsterdam"),
            ('page-style = "/nonexistent"', "/nonexistent"), (f'page-style = "{self.write("long.css", "a" * 70_000)}"', "65536 bytes"),
            ('[server]\nlisten = "x"', "no setting server"),
        ]
        for text, expected in cases:
            file = self.write("server.toml", text)
            for command in (["config"], ["serve", "--data", self.data]):
                done = self.run_ambit(*command, "--config", file)
                self.assertNotEqual(done.returncode, 0, f"{command} {text}")
                self.assertIn(expected, done.stderr.replace("\\/", "/"), f"{command} {text}")
        self.environment["AMBIT_LISTEN"] = "nowhere"
        self.assertIn("AMBIT_LISTEN", self.fails("usage", "config", code=64))
        self.assertIn("nonexistent", self.run_ambit("config", "--config", "/nonexistent").stderr)

    def test_a_server_that_runs_takes_new_values_over_and_ends_nothing(self):
        file = self.write("server.toml", f'data = "{self.data}"\nlog-format = "json"\n')
        self.serve("--config", file)
        laptop = self.clone("laptop")
        token = self.token(laptop)
        # A connection, and a live stream.
        host, port = self.url.removeprefix("http://").split(":")
        live = socket.create_connection((host, int(port)), timeout=HANGS)
        self.addCleanup(live.close)
        live.sendall((f"GET /v1/agendas/assen/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
                      "Accept: text/event-stream\r\n\r\n").encode())
        self.assertTrue(live.recv(4096).startswith(b"HTTP/1.1 200"))

        self.write("server.toml", f'data = "{self.data}"\nlog-format = "json"\nno-pushes = true\nlog-level = "debug"\n'
                   'listen = "127.0.0.1:1"\nevery = "2h"\nrate = "public-read=0.001/1"\n')
        self.reload("The settings were read again")
        self.record(laptop, "Wacht")
        self.assertEqual(self.run_ambit("sync", "-C", laptop).returncode, 69)
        self.assertIn("debug", {line["level"] for line in self.lines()})
        waits = [line for line in self.lines() if line["message"] == "New values are taken over at the next start"]
        self.assertEqual(waits[-1]["settings"], "every")
        # What cannot be used changes nothing.
        self.write("server.toml", "no-pushes = maybe")
        self.reload("Nothing was read again", prefix=True)
        self.assertEqual(self.run_ambit("sync", "-C", laptop).returncode, 69)

        self.write("server.toml", f'data = "{self.data}"\nlog-format = "json"\n')
        self.reload("The settings were read again")
        self.assertEqual(self.sync(laptop)["accepted"], 1)
        # The stream has gone on all the time: it has what came now.
        received = b""
        while b"Wacht" not in received:
            piece = live.recv(65536)
            self.assertTrue(piece, "the stream was ended")
            received += piece

    def reload(self, message, prefix=False):
        def count():
            return sum(line["message"] == message or prefix and line["message"].startswith(message)
                       for line in self.lines())

        before = count()
        self.server.send_signal(signal.SIGHUP)
        self.assertTrue(eventually(lambda: count() > before), self.log())


if __name__ == "__main__":
    unittest.main(verbosity=2)
