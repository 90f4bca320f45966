#!/usr/bin/env python3
"""Administration as admins meet it, from a replica and on the data folder of a running server.

    python3 Tests/command-line/test_administration.py PATH-OF-AMBIT
"""
import json
import os
import subprocess
import sys
import unittest
import urllib.error
import urllib.request

import test_command_line as fixture
from test_command_line import ambit
from waiting import HANGS, eventually


class Administration(unittest.TestCase):
    """One server for all tests; each makes the members that it needs."""

    setUpClass = classmethod(fixture.CommandLine.setUpClass.__func__)
    tearDownClass = classmethod(fixture.CommandLine.tearDownClass.__func__)
    answer = classmethod(fixture.CommandLine.answer.__func__)
    fails = fixture.CommandLine.fails

    def places(self):
        """The two ways to administer the same agenda."""
        return ["-C", self.laptop], ["--data", self.data, "--agenda", "proef"]

    def clone(self, invite, name):
        folder = os.path.join(self.home, name)
        found = self.answer("clone", f"{self.url}/agendas/proef", folder, "--invite", invite, "--name", f"Verzonnen {name}")
        return folder, found["member"], found["device"]

    def sync(self):
        return self.answer("sync", "-C", self.laptop)

    def eventually(self, code, *arguments):
        """What was done on the data folder is noticed by the running server within a second or so."""
        def answers():
            self.done = ambit(*arguments, "--json")
            return self.done.returncode == code

        self.assertTrue(eventually(answers), f"{arguments} ended with {self.done.returncode}, not {code}: {self.done.stderr}")

    def status_of(self, path, token=None):
        request = urllib.request.Request(f"{self.url}/v1/agendas{path}")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=HANGS) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def tells_agenda_and_list(self, said, command):
        self.assertIn("proef: ", said)
        self.assertIn(f"ambit {command} list", said)

    def test_invites_are_made_listed_and_taken_back(self):
        for place in self.places():
            made = self.answer("invite", "--role", "editor", "--days", "2", *place)
            self.assertEqual(made["role"], "editor")
            found = [item for item in self.answer("invite", "list", *place) if item["expires"] == made["expires"]]
            self.assertEqual([(item["role"], len(item["id"])) for item in found], [("editor", 16)])
            # Who made it stands there, unless it was made on the server.
            self.assertEqual(found[0].get("device", "").startswith("device/"), "-C" in place)
            self.assertEqual(self.answer("invite", "withdraw", found[0]["id"], *place), {"withdrawn": found[0]["id"]})
            said = [self.fails(1, "unknown-subject", "invite", "withdraw", found[0]["id"], *place)]
            self.fails(77, "invalid-invite", "clone", f"{self.url}/agendas/proef", os.path.join(self.home, "never"), "--invite", made["invite"])
            said.append(self.fails(1, "unknown-subject", "invite", "--member", "member/zzzzzzzz", *place))
            if "--data" in place:
                self.tells_agenda_and_list(said[0], "invite")
                self.tells_agenda_and_list(said[1], "member")
            self.assertEqual(ambit("invite", "--days", "91", *place).returncode, 64)

    def test_an_invite_of_who_is_no_admin_any_more_is_listed_as_such(self):
        folder, member, device = self.clone(self.answer("invite", "--role", "admin", *self.places()[1])["invite"], "maker")
        invite = self.answer("invite", "-C", folder)["invite"]

        def listed(place):
            return {item["device"]: item.get("void") for item in self.answer("invite", "list", *place) if item.get("device") == device}
        for place in self.places():
            self.assertEqual(listed(place), {device: None})
        self.answer("member", "remove", member, "-C", self.laptop)
        for place in self.places():
            self.assertEqual(listed(place), {device: True})
            for language, said in (("en_GB", "lets nobody in any more"), ("nl_NL", "laat niemand meer binnen")):
                lines = ambit("invite", "list", *place, LC_ALL=f"{language}.UTF-8").stdout.splitlines()
                self.assertEqual([said in line for line in lines if device in line], [True])
                self.assertFalse(any(said in line for line in lines if device not in line))
        self.fails(77, "invalid-invite", "clone", f"{self.url}/agendas/proef", os.path.join(self.home, "never"), "--invite", invite)

    def test_roles_are_given_and_members_let_go_at_once(self):
        for number, place in enumerate(self.places()):
            invite = self.answer("invite", "--role", "recorder", *place)["invite"]
            folder, member, _ = self.clone(invite, f"rol-{number}")
            self.sync()
            theme = ["record", "theme.opened", "title=Groen", "-C", folder]
            self.fails(77, "not-allowed", *theme)
            self.assertEqual(self.answer("member", "grant", member, "editor", *place), {"member": member, "role": "editor"})
            self.assertTrue(eventually(lambda: self.answer("sync", "-C", folder) and ambit(*theme).returncode == 0))
            self.assertEqual(self.answer("sync", "-C", folder)["accepted"], 1)
            self.assertEqual(self.answer("member", "remove", member.removeprefix("member/"), *place), {"member": member})
            self.eventually(77, "sync", "-C", folder)
            self.fails(77, "revoked", "sync", "-C", folder)
            self.sync()
            for reader in self.places():
                found = {item["member"]: item for item in self.answer("member", "list", *reader)}
                self.assertEqual((found[member]["role"], found[member]["active"]), ("editor", False))
                self.assertEqual(found[member]["name"], f"Verzonnen rol-{number}")
            self.answer("member", "grant", member, "recorder", *place)
            self.eventually(0, "sync", "-C", folder)
            self.sync()

    def second_admin(self, name):
        """An admin's laptop that is not synced unless a test does; the admin goes when the test ends."""
        folder, member, _ = self.clone(self.answer("invite", "--role", "admin", *self.places()[1])["invite"], name)
        self.addCleanup(self.answer, "member", "remove", member, "-C", self.laptop)
        return folder

    def refused_sync(self, folder, member):
        """Syncs; the one event that is refused names the entry that its author had not seen."""
        done = ambit("sync", "-C", folder, "--json")
        self.assertEqual(done.returncode, 3, done.stderr)
        [refused] = self.answer("refused", "-C", folder)
        self.assertEqual(refused["problem"], "not-allowed")
        log = [json.loads(line) for line in ambit("log", "--json", "-C", folder).stdout.splitlines()]
        last = max(at for at, event in enumerate(log) if event["subject"] == member)
        self.assertIn(f"entry/{last} ", refused["detail"])

    def standing(self, member, *folders):
        """The role and the access that all of these laptops show."""
        found = set()
        for folder in folders:
            self.answer("sync", "-C", folder)
            found |= {(item["role"], item["active"]) for item in self.answer("member", "list", "-C", folder) if item["member"] == member}
        self.assertEqual(len(found), 1, found)
        return found.pop()

    def test_who_was_let_go_does_not_come_back_by_an_erasing_that_did_not_know_of_it(self):
        folder, member, _ = self.clone(self.answer("invite", *self.places()[1])["invite"], "vertrekt")
        other = self.second_admin("wist")
        log = [json.loads(line) for line in ambit("log", "--json", "-C", other).stdout.splitlines()]
        joined = next(at for at, event in enumerate(log) if (event["type"], event["subject"]) == ("member.joined", member))
        self.assertIn("granted", self.answer("redact", str(joined), "--reason", "Verzonnen verzoek", "--yes", "-C", other))
        self.answer("member", "remove", member, "-C", self.laptop)
        self.refused_sync(other, member)
        self.fails(77, "revoked", "sync", "-C", folder)
        self.assertFalse(self.standing(member, self.laptop, other)[1])
        self.answer("verify", os.path.join(self.data, "agendas", "proef"))
        self.answer("refused", "discard", "--all", "-C", other)
        self.answer("member", "grant", member, "recorder", "-C", other)
        self.answer("sync", "-C", folder)
        self.assertEqual(self.standing(member, self.laptop, other, folder), ("recorder", True))
        self.answer("verify", os.path.join(self.data, "agendas", "proef"))

    def test_of_two_admins_who_did_not_know_of_each_other_the_first_one_decides_a_role(self):
        folder, member, _ = self.clone(self.answer("invite", *self.places()[1])["invite"], "rol")
        other = self.second_admin("offline")
        self.answer("record", "member.granted", member, "role=editor", "-C", other)
        self.answer("member", "grant", member, "auditor", "-C", self.laptop)
        self.refused_sync(other, member)
        self.assertEqual(self.standing(member, self.laptop, other, folder), ("auditor", True))
        self.assertEqual(self.answer("status", "-C", folder)["role"], "auditor")
        # The server takes nothing from an auditor, whatever it is.
        with open(os.path.join(folder, "token")) as file:
            token = file.read().strip()
        request = urllib.request.Request(
            f"{self.url}/v1/agendas/proef/events", data=b"", method="POST",
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"})
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=HANGS)
        self.assertEqual(refused.exception.code, 403)
        refused.exception.close()
        # Retried, it is still of somebody who had not seen the other; decided anew, it holds.
        self.answer("refused", "retry", "--all", "-C", other)
        self.refused_sync(other, member)
        self.answer("refused", "discard", "--all", "-C", other)
        self.answer("member", "grant", member, "editor", "-C", other)
        self.assertEqual(self.standing(member, other, self.laptop, folder), ("editor", True))

    def test_a_device_is_enrolled_by_the_server_alone(self):
        own = self.answer("status", "-C", self.laptop)["member"]
        data = os.path.join(self.home, "ghost.json")
        with open(data, "w") as file:
            json.dump({"member": own, "name": "ghost"}, file)
        self.fails(77, "not-allowed", "record", "device.enrolled", "--file", data, "device/ghost777", "-C", self.laptop)

    def test_the_last_admin_stays(self):
        own = self.answer("status", "-C", self.laptop)["member"]
        for place in self.places():
            for words in (["remove", own], ["grant", own, "editor"]):
                done = ambit("member", *words, *place, "--json")
                self.assertEqual(done.returncode, 77 if "-C" in place else 1, done.stderr)
                self.assertIn("only admin", done.stderr)
        self.answer("refused", "discard", "--all", "-C", self.laptop)
        self.answer("invite", "list", "-C", self.laptop)
        self.fails(1, "unknown-subject", "member", "remove", "member/zzzzzzzz", *self.places()[0])

    def test_devices_are_listed_and_revoked_with_all_that_continue_them(self):
        for number, place in enumerate(self.places()):
            invite = self.answer("invite", *place)["invite"]
            folder, member, device = self.clone(invite, f"laptop-{number}")
            with open(os.path.join(folder, "token")) as file:
                token = file.read().strip()
            request = urllib.request.Request(
                f"{self.url}/v1/agendas/proef/devices", data=b'{"device":"verzonnen"}', method="POST",
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=HANGS) as response:
                self.assertEqual(response.status, 201)
            self.sync()
            found = {item["device"]: item for item in self.answer("device", "list", *place)}
            next_one = [item for item in found.values() if item.get("continues") == device]
            self.assertEqual([item["member"] for item in next_one], [member])
            self.assertEqual(self.answer("device", "revoke", device, *place), {"device": device})
            self.eventually(77, "sync", "-C", folder)
            self.sync()
            found = {item["device"]: item for item in self.answer("device", "list", *place)}
            self.assertTrue(found[device]["revoked"] and found[next_one[0]["device"]]["revoked"])
            said = self.fails(1, "unknown-subject", "device", "revoke", "device/zzzzzzzz", *place)
            if "--data" in place:
                self.tells_agenda_and_list(said, "device")

    def test_who_rejoins_is_told_what_happens_and_each_step_once(self):
        folder, member, device = self.clone(self.answer("invite", *self.places()[1])["invite"], "opnieuw")
        os.remove(os.path.join(folder, "token"))
        said = self.fails(77, "invalid-invite", "rejoin", "--invite", "x", "-C", folder)
        self.assertEqual(said.count("new invite"), 1, said)
        with open(os.path.join(folder, "token"), "w") as file:
            file.write("onbekend\n")
        os.chmod(file.name, 0o600)
        said = self.fails(77, "unauthenticated", "sync", "-C", folder)
        self.assertNotIn("Bearer", said)
        self.assertIn("ambit rejoin --invite", said)
        invite = self.answer("invite", *self.places()[1], "--member", member)["invite"]
        done = ambit("rejoin", "--invite", invite, "-C", folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"{device} is not used any more: this laptop was enrolled anew", done.stderr)
        # Whoever cuts the sync off has been told.
        now = self.answer("status", "-C", folder)["device"]
        self.assertRegex(done.stderr, rf"(?s)has let this laptop in as {now}\b.*{device} is not used any more")
        self.assertNotIn("copy", done.stderr)

    def test_who_rejoins_keeps_their_name(self):
        folder, member, _ = self.clone(self.answer("invite", *self.places()[1])["invite"], "naamhouder")
        self.answer("sync", "-C", folder)
        name = self.answer("show", member, "-C", folder)["document"]["name"]
        os.remove(os.path.join(folder, "token"))
        for words, expected in (((), name), (("--name", "Verzonnen anders"), "Verzonnen anders")):
            invite = self.answer("invite", *self.places()[1])["invite"]
            self.answer("rejoin", "--invite", invite, *words, "-C", folder)
            again = self.answer("status", "-C", folder)["member"]
            self.assertNotEqual(again, member)
            self.assertEqual(self.answer("show", again, "-C", folder)["document"]["name"], expected)

    def test_a_link_of_another_address_is_told_before_anything_is_sent(self):
        folder = self.clone(self.answer("invite", *self.places()[1])["invite"], "ander-adres")[0]
        invite = self.answer("invite", *self.places()[1])["invite"]
        # Nothing listens there: whoever asks at either address is told something else.
        for address in ("http://127.0.0.1:1/agendas/proef", f"{self.url}/agendas/elders"):
            said = self.fails(1, "other-address", "rejoin", "--invite", f"{address}#invite={invite}", "-C", folder)
            for word in (address, f"{self.url}/agendas/proef", f"--url {address}"):
                self.assertIn(word, said)
            self.assertNotIn(invite, said)
        self.fails(69, "unreachable", "rejoin", "--invite", f"http://127.0.0.1:1/agendas/proef#invite={invite}",
                   "--url", "http://127.0.0.1:1/agendas/proef", "-C", folder)
        done = ambit("rejoin", "--invite", f"http://127.0.0.1:1/agendas/proef#invite={invite}", "-C", folder, LC_ALL="nl_NL.UTF-8")
        self.assertIn("de link is van http://127.0.0.1:1/agendas/proef", done.stderr)
        self.answer("rejoin", "--invite", f"{self.url}/agendas/proef/#invite={invite}", "-C", folder)

    def test_an_invite_to_another_agenda_is_not_spent_by_a_laptop_that_rejoins(self):
        made = self.answer("agenda", "create", "elders", "--title", "Elders", "--data", self.data)
        url = f"{self.url}/agendas/elders"
        there = os.path.join(self.home, "elders")
        # Again, until the running server has noticed the new agenda.
        self.eventually(0, "clone", url, there, "--invite", made["invite"], "--name", "Verzonnen elders")
        here = self.clone(self.answer("invite", *self.places()[1])["invite"], "hier")[0]
        for folder, admin, target in ((here, there, url), (there, self.laptop, f"{self.url}/agendas/proef")):
            invite = self.answer("invite", "-C", admin)["invite"]
            said = self.fails(2, "bad-checkpoint", "rejoin", "--invite", invite, "--url", target, "--name", "Verkeerd", "-C", folder)
            self.assertIn("the invite was not used", said)
            self.answer("sync", "-C", admin)
            self.assertNotIn("Verkeerd", json.dumps(self.answer("member", "list", "-C", admin)))
            self.answer("sync", "-C", folder)
            right = os.path.join(self.home, f"goed-{os.path.basename(folder)}")
            self.answer("clone", target, right, "--invite", invite, "--name", "Verzonnen juist")

    def test_who_is_no_admin_is_told_so(self):
        folder, _, device = self.clone(self.answer("invite", *self.places()[1])["invite"], "geen-beheerder")
        for words in (["invite"], ["invite", "list"], ["device", "revoke", device]):
            self.fails(77, "not-allowed", *words, "-C", folder)

    def test_a_token_is_renewed(self):
        folder, _, device = self.clone(self.answer("invite", *self.places()[1])["invite"], "sleutel")
        path = os.path.join(folder, "token")
        with open(path) as file:
            old = file.read().strip()
        self.assertEqual(self.answer("token", "renew", "-C", folder), {"device": device})
        with open(path) as file:
            new = file.read().strip()
        self.assertEqual([self.status_of("/proef/checkpoint", token)[0] for token in (old, new)], [401, 200])
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        self.answer("sync", "-C", folder)

    def test_what_comes_after_a_new_agenda_is_said_in_the_language_asked_for(self):
        data = os.path.join(self.home, "nieuw")
        for name, language, words in (("een", "nl", ("Kopieer ", "Hierna: ")), ("twee", "en", ("Copy ", "Next: "))):
            done = ambit("agenda", "create", name, "--title", "X", "--data", data, "--language", language)
            self.assertEqual(done.returncode, 0, done.stderr)
            for word, line in zip(words, done.stdout.splitlines()[-2:]):
                self.assertTrue(line.startswith(word), line)
            self.assertIn(f"--data {data}", done.stdout.splitlines()[-1])

    def test_a_name_that_no_agenda_can_have_is_told_in_the_same_words_everywhere(self):
        of_server = (
            ("create", "--title", "X"), ("import", "--from", "x", "--key", "x"), ("restore", "--key", "x"), ("move", "--to", "folder"),
            ("backup", "x"), ("accept-loss",), ("open", "--public"))
        data = os.path.join(self.home, "niets")
        for language, words in (("en", "an agenda's name has 1 to 63"), ("nl", "de naam van een agenda heeft 1 tot 63")):
            lines = [["agenda", verb, "Proef", *rest] for verb, *rest in of_server]
            lines += [["log", "--agenda", "Proef"], ["member", "list", "--agenda", "../x"], ["heal", "--agenda", "x-", "--from", "x"]]
            for line in lines:
                done = ambit(*line, "--data", data, "--language", language)
                self.assertEqual(done.returncode, 64, line)
                self.assertIn(words, done.stderr, line)
        self.assertFalse(os.path.exists(data))

    def test_a_running_server_notices_who_may_read(self):
        def opened(expected, path):
            return eventually(lambda: self.status_of(path)[0] == expected)

        made = self.answer("agenda", "create", "open", "--title", "Open", "--public", "--data", self.data)
        self.assertEqual(made["agenda"], "open")
        self.assertEqual(self.status_of("/open/state")[0], 200)
        self.assertEqual(self.status_of("/open/events")[0], 401)
        for flag, word, state, events in (("--public-log", "public-log", 200, 200), ("--members", "members", 401, 401), ("--public", "public", 200, 401)):
            self.assertEqual(self.answer("agenda", "open", "open", flag, "--data", self.data), {"agenda": "open", "open": word})
            self.assertTrue(opened(events, "/open/events") and opened(state, "/open/state"), flag)
        found = {item["agenda"]: item["open"] for item in self.answer("agenda", "list", "--data", self.data)}
        self.assertEqual({name: found[name] for name in ("open", "proef")}, {"open": "public", "proef": "members"})
        self.assertIn('"open"', self.status_of("")[1])
        for words in (["open", "open"], ["open", "open", "--public", "--members"], ["create", "x", "--title", "X", "--public-log"]):
            self.assertEqual(ambit("agenda", *words, "--data", self.data).returncode, 64, words)

    def test_requests_are_counted_for_their_address(self):
        def statuses(*options):
            server = subprocess.Popen(
                [fixture.AMBIT, "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--rate", "public-read=0.001/2", "--json", *options],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            try:
                url = json.loads(server.stdout.readline())["url"]
                found = []
                for source in ("192.0.2.1", "192.0.2.1", "192.0.2.1", "192.0.2.2"):
                    request = urllib.request.Request(f"{url}/v1/openapi.json", headers={"X-Forwarded-For": source})
                    try:
                        with urllib.request.urlopen(request, timeout=HANGS) as response:
                            found.append(response.status)
                    except urllib.error.HTTPError as error:
                        with error:
                            found.append(error.code)
                            self.assertGreater(int(error.headers["Retry-After"]), 0)
                return found
            finally:
                server.terminate()
                server.wait(HANGS)
                server.stdout.close()

        self.assertEqual(statuses(), [200, 200, 429, 429])
        self.assertEqual(statuses("--trusted-proxy", "127.0.0.1"), [200, 200, 429, 200])
        self.assertEqual(statuses("--rate", "public-read=off"), [200, 200, 200, 200])

    def test_rates_are_given_as_words(self):
        for words in (["--rate", "push"], ["--rate", "fish=1/1"], ["--rate", "push=1"], ["--rate", "push=0/0"], ["--rate", "push=0x10/5"], ["--trusted-proxy", "here"]):
            self.assertEqual(ambit("serve", "--data", self.data, *words).returncode, 64, words)


if __name__ == "__main__":
    if not fixture.AMBIT:
        sys.exit(__doc__)
    unittest.main()
