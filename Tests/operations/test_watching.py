#!/usr/bin/env python3
"""What a server tells those who run it: whether it is ready, its log, its figures.

    python3 Tests/operations/test_watching.py PATH-OF-AMBIT
"""
import json
import os
import re
import shutil
import subprocess
import unittest

from servers import Site, eventually, fetch

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Readiness(Site):
    def ready(self, agenda="assen", token=None):
        status, _, text = fetch(f"{self.url}/v1/agendas/{agenda}/ready", token)
        return status, text

    def test_one_agenda_without_its_key_keeps_no_other_from_being_served_and_listed(self):
        self.create("emmen")
        os.remove(os.path.join(self.folder("emmen"), "log.key"))
        self.serve()
        self.assertTrue(eventually(lambda: self.ready() == (200, "ready\n")))
        self.assertTrue(eventually(lambda: self.ready("emmen")[0] == 503), self.log())
        status, _, text = fetch(f"{self.url}/readyz")
        self.assertEqual(status, 200)
        self.assertIn("not opened: 1", text)
        done = self.run_ambit("agenda", "list", "--data", self.data)
        self.assertEqual(done.returncode, 1)
        listed = {item["agenda"]: item for item in json.loads(done.stdout)}
        self.assertEqual(listed["assen"]["origin"], "localhost/agendas/assen")
        self.assertIn("log.key", listed["emmen"]["error"])
        shown = self.run_ambit("agenda", "list", "--data", self.data, json_wanted=False).stdout
        self.assertRegex(shown, r"assen +\d+ events?\b")
        self.assertIn("ambit doctor", shown)

    def test_members_are_told_why_nothing_is_taken_and_others_only_that(self):
        self.serve()
        laptop = self.clone("laptop")
        token = self.token(laptop)
        self.stop()
        os.remove(os.path.join(self.folder(), "log.seen"))
        self.serve()
        self.assertTrue(eventually(lambda: self.ready()[0] == 503))
        self.assertNotIn("accept-loss", self.ready()[1])
        status, text = self.ready(token=token)
        self.assertEqual(status, 503)
        self.assertIn("accept-loss", text)
        self.assertEqual(self.ready(token="wrong")[0], 503)
        self.assertNotIn("accept-loss", self.ready(token="wrong")[1])
        self.assertEqual(fetch(f"{self.url}/readyz")[0], 503)

    @unittest.skipUnless(os.geteuid() == 0, "only root mounts a disk")
    def test_a_server_without_room_is_not_ready_until_there_is_some(self):
        disk = self.path("disk")
        os.makedirs(disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk], check=True)
        try:
            data = os.path.join(disk, "data")
            shutil.copytree(self.data, data)
            self.serve(data=data)
            self.assertTrue(eventually(lambda: self.ready()[0] == 200))
            with open(os.path.join(disk, "large"), "wb") as file:
                file.write(bytes(40 << 20))
            self.assertEqual(self.ready()[0], 503)
            self.assertEqual(fetch(f"{self.url}/readyz")[0], 503)
            metrics = fetch(f"{self.url}/metrics")[2]
            self.assertIn("\nambit_agenda_ready 0\n", metrics)
            free = int(re.search(r"^ambit_free_bytes (\d+)$", metrics, re.M)[1])
            self.assertLess(free, 16 << 20)
            os.remove(os.path.join(disk, "large"))
            self.assertEqual(self.ready()[0], 200)
            self.stop()
        finally:
            subprocess.run(["umount", disk], check=True)

    def test_what_is_no_data_folder_is_said_to_be_none(self):
        os.makedirs(self.path("letters"))
        self.write("letters/one.txt", "no agenda")
        self.assertIn("no data folder", self.fails("not-found", "serve", "--data", self.path("letters")))
        self.assertIn("no data folder", self.fails("not-found", "serve", "--data", self.folder()))
        self.assertIn("does not exist", self.fails("not-found", "serve", "--data", self.path("nowhere")))
        self.assertIn("--data", self.fails("usage", "serve", code=64))
        # An empty one may be filled later.
        os.makedirs(self.path("empty", "lost+found"))
        self.serve(data=self.path("empty"))
        self.assertEqual(fetch(f"{self.url}/readyz")[0], 200)


class SecurityLog(Site):
    def setUp(self):
        super().setUp()
        self.serve("--log-format", "json")
        self.laptop = self.clone("laptop")
        self.device = self.answer("status", "-C", self.laptop)["device"]

    def said(self, message, **wanted):
        """The lines of the log that say that, as soon as there is one: some come after the answer."""
        eventually(lambda: self.found(message, **wanted))
        return self.found(message, **wanted)

    def found(self, message, **wanted):
        return [line for line in self.lines() if line["message"] == message
                and all(line.get(name) == value for name, value in wanted.items())]

    def test_it_says_what_was_changed_beside_the_server_too(self):
        changed = "who has access has changed"
        here = ("--data", self.data, "--agenda", "assen")
        invite = self.answer("invite", "--role", "recorder", *here)["invite"]
        self.answer("clone", f"{self.url}/agendas/assen", self.path("other"), "--invite", invite, "--name", "Een ander",
                    "--device", "andere laptop")
        device, member = (self.answer("status", "-C", self.path("other"))[word] for word in ("device", "member"))
        self.assertEqual([line["access"] for line in self.said(changed, subject=member)], ["recorder"])
        self.assertEqual([line["access"] for line in self.said(changed, subject=device)], [f"enrolled for {member}"])
        for words, subject, access in (
                (("member", "grant", member, "editor", *here), member, "editor"),
                (("device", "revoke", device, *here), device, "revoked"),
                (("member", "remove", member, *here), member, "left"),
                (("agenda", "open", "assen", "--public", "--data", self.data), "agenda", "open to public")):
            self.answer(*words)
            # A server looks once a second what others have written, when it is asked something.
            self.assertTrue(eventually(lambda: fetch(f"{self.url}/v1/agendas/assen/ready")[0] == 200
                                       and self.found(changed, agenda="assen", subject=subject, access=access)), self.log())
            self.assertEqual(len(self.found(changed, subject=subject, access=access)), 1)
        # No name of anybody is in it.
        self.assertNotIn("Een ander", self.log())
        self.assertNotIn("andere laptop", self.log())

    def test_it_says_who_came_in_who_changed_access_and_who_was_refused(self):
        joined = self.said("a device was enrolled")
        self.assertEqual(len(joined), 1)
        self.assertEqual((joined[0]["agenda"], joined[0]["address"], joined[0]["level"], joined[0]["made"]),
                         ("assen", "127.0.0.1", "notice", self.device))

        invite = self.answer("invite", "--role", "recorder", "-C", self.laptop)["invite"]
        self.assertEqual(len(self.said("an invite was made", device=self.device)), 1)
        self.answer("clone", f"{self.url}/agendas/assen", self.path("other"), "--invite", invite, "--name", "Een ander",
                    "--device", "andere laptop")
        other = self.path("other")
        device, member = (self.answer("status", "-C", other)[word] for word in ("device", "member"))
        self.answer("member", "grant", member, "editor", "-C", self.laptop)
        self.assertEqual(len(self.said("access was changed", device=self.device, agenda="assen")), 1)

        # Who may not do something, by device.
        token = self.token(other)
        status, _, _ = fetch(f"{self.url}/v1/agendas/assen/invites", token)
        self.assertEqual(status, 403)
        refused = self.said("refused", status="403")
        self.assertEqual([(line["device"], line["problem"], line["route"]) for line in refused],
                         [(device, "not-allowed", "/v1/agendas/{agenda}/invites")])

        # A device whose access was taken away is still known by its name.
        self.answer("device", "revoke", device, "-C", self.laptop)
        self.assertEqual(len(self.said("a device was revoked", device=self.device, id=device.removeprefix("device/"))), 1)
        self.assertIn(fetch(f"{self.url}/v1/agendas/assen/events", token)[0], (401, 403))
        self.assertTrue(self.said("refused", device=device, problem="device-revoked"), self.log())

        # Whoever is known by nothing is known by the address.
        guess = "guessed-token-" + "0" * 20
        self.assertEqual(fetch(f"{self.url}/v1/agendas/assen/events", guess)[0], 401)
        found = self.said("refused", status="401", address="127.0.0.1")
        self.assertEqual(found[0]["problem"], "unauthenticated")

        # Never what only they know, and nobody's name.
        log = self.log()
        for secret in (token, guess, invite, self.token(self.laptop), "Een ander", "andere laptop", "Voorbeeldpersoon"):
            self.assertNotIn(secret, log)

    def test_it_says_who_took_which_export(self):
        def took(message, route, device=None, **wanted):
            found = self.said(message, device=device or self.device, agenda="assen", level="notice", status="200",
                              route=f"/v1/agendas/{{agenda}}{route}", **wanted)
            self.assertEqual(len(found), 1, (message, route, self.log()))

        token = self.token(self.laptop)
        job = self.answer("token", "create", "--name", "Taak", "--public-fields", "-C", self.laptop)
        api = f"{self.url}/v1/agendas/assen"
        size = json.loads(fetch(api, token)[2])["size"]
        for path, by in ((f"/snapshots/{size}/state.json", token), (f"/snapshots/{size}/public/state.json", job["token"]),
                         ("/state?kind=member", token), ("/changes?since=0", token)):
            self.assertEqual(fetch(api + path, by, {"Accept": "text/csv"} if "kind" in path else {})[0], 200)
        # Asked for again at once, it is the same line; and neither a table of JSON nor a refusal is an export.
        fetch(f"{api}/snapshots/{size}/state.json", token)
        fetch(f"{api}/state?kind=theme", token)
        fetch(f"{api}/snapshots/{size}/state.json", job["token"])
        took("a file was taken", "/snapshots/{size}/{file}", file="state.json", size=str(size))
        took("a file was taken", "/snapshots/{size}/public/{file}", job["device"], file="state.json", size=str(size))
        took("a table was taken", "/state")
        took("changes were taken", "/changes")
        self.assertEqual(len(self.said("a device was enrolled")), 2)
        for secret in (token, job["token"], "Taak"):
            self.assertNotIn(secret, self.log())

    def test_who_tries_again_and_again_does_not_fill_the_log(self):
        for number in range(300):
            fetch(f"{self.url}/v1/agendas/assen/events", f"guess-{number}")
        self.assertIn("429", {line["status"] for line in self.said("refused")})
        # A line each ten seconds for each status, however slow this machine is.
        self.assertLess(len(self.said("refused")), 100)

    def test_a_request_can_be_found_by_its_trace(self):
        fetch(f"{self.url}/v1/agendas/assen/events", "guess", {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
        line = self.said("refused")[0]
        self.assertEqual(line["trace"], TRACE)
        self.assertTrue(line["request"])
        for wrong in ("00-xyz", f"00-{'0' * 32}-00f067aa0ba902b7-01", f"00-{TRACE}\"-00f067aa0ba902b7-01", "ff" * 40):
            fetch(f"{self.url}/v1/agendas/assen/invites", "guess", {"traceparent": wrong})
        self.assertEqual({line.get("trace") for line in self.said("refused")} - {TRACE}, {None} if
                         len(self.said("refused")) > 1 else set())

    def test_text_is_for_people(self):
        self.stop()
        self.serve()
        fetch(f"{self.url}/v1/agendas/assen/events", "guess")
        line = r"\d{4}-\d\d-\d\dT[\d:.]+Z notice refused address=127.0.0.1 agenda=assen "
        self.assertTrue(eventually(lambda: re.search(line, self.log())), self.log())


class Figures(Site):
    def metrics(self, token=None):
        status, _, text = fetch(f"{self.url}/metrics", token)
        self.assertEqual(status, 200, text)
        return text

    def test_they_have_everything_by_which_a_server_is_watched(self):
        self.serve()
        laptop = self.clone("laptop")
        for number in range(3):
            self.record(laptop, f"Voorbeeld {number}")
        self.sync(laptop)
        text = self.metrics()
        for line in (
                r'ambit_requests_total\{route="/v1/agendas/\{agenda\}/devices",status="201"\} 1',
                r'ambit_request_duration_seconds_bucket\{route="/v1/agendas/\{agenda\}/events",le="\+Inf"\} \d+',
                r"ambit_commit_duration_seconds_count [1-9]\d*", r"ambit_commit_entries_sum [1-9]\d*",
                r"ambit_push_queue 0", r"ambit_log_bytes [1-9]\d+", r"ambit_checkpoint_age_seconds [\d.]+",
                r"ambit_projection_lag_entries \d+", r'ambit_agenda_state\{state="complete"\} 1', r"ambit_agenda_ready 1",
                r"ambit_free_bytes [1-9]\d+", r'ambit_build_info\{version="[\d.]+"\} 1', r"ambit_connections [1-9]\d*"):
            self.assertRegex(text, rf"(?m)^{line}$")
        # Each family has its help and type once, and histograms only grow.
        names = re.findall(r"(?m)^# TYPE (\S+) ", text)
        self.assertEqual(len(names), len(set(names)))
        for family, labels in set(re.findall(r'(?m)^(\w+)_bucket\{(.*?),?le=', text)):
            counts = [int(count) for count in re.findall(
                rf'(?m)^{family}_bucket\{{{re.escape(labels)},?le="[^"]+"\}} (\d+)$', text)]
            self.assertEqual(counts, sorted(counts), family)
        self.assertNotIn("assen", text)

    def test_names_are_for_those_who_have_the_token(self):
        token = "a-token-for-metrics-0123456789"
        os.chmod(self.write("metrics-token", token + "\n"), 0o600)
        self.create("emmen")
        os.remove(os.path.join(self.folder("emmen"), "log.key"))
        self.serve("--metrics-token", self.path("metrics-token"))
        self.assertTrue(eventually(lambda: "\nambit_agendas_failed 1\n" in self.metrics()), self.log())
        self.assertNotIn("emmen", self.metrics())
        self.assertIn('\nambit_agendas_failed{agenda="emmen"} 1\n', self.metrics(token))
        self.assertTrue(eventually(lambda: re.search(r"(?m)^ambit_log_entries [1-9]", self.metrics())))
        self.assertNotIn("assen", self.metrics())
        self.assertRegex(self.metrics(token), r'(?m)^ambit_log_entries\{agenda="assen"\} [1-9]')
        self.assertIn('ambit_agenda_state{agenda="assen",state="complete"} 1\n', self.metrics(token))
        self.assertEqual(fetch(f"{self.url}/metrics", "guess")[0], 401)
        self.assertNotIn(token, self.log())


class Behind(Site):
    def test_it_shows_when_each_device_was_seen_with_which_version_and_how_much_it_had(self):
        self.serve()
        first, second = self.clone("een"), self.clone("twee")
        for number in range(3):
            self.record(first, f"Voorbeeld {number}")
        self.sync(first)
        version = self.run_ambit("--version", json_wanted=False).stdout.strip().replace(" ", "/")
        size = self.answer("status", "-C", first)["size"]
        # A laptop says how much it has when it sends something.
        self.record(first, "Voorbeeld 4")
        self.sync(first)
        names = {laptop: self.answer("status", "-C", laptop)["device"] for laptop in (first, second)}
        seen = {item["device"]: item for item in self.answer("device", "list", "--seen", "-C", first)}
        self.assertEqual(seen[names[first]]["version"], version)
        self.assertGreaterEqual(seen[names[first]]["size"], size)
        self.assertLessEqual(seen[names[first]]["size"], self.answer("status", "-C", first)["size"])
        self.assertLess(seen[names[second]]["size"], size)
        self.assertRegex(seen[names[second]]["lastSeen"], r"^\d{4}-\d\d-\d\dT")
        # It is not asked for without being wanted, and outlasts the server.
        self.assertNotIn("lastSeen", self.answer("device", "list", "-C", first)[0])
        self.stop()
        kept = {item["device"]: item
                for item in self.answer("device", "list", "--seen", "--data", self.data, "--agenda", "assen")}
        self.assertEqual(kept[names[second]].get("size"), seen[names[second]]["size"])
        self.serve()
        self.assertTrue(eventually(lambda: fetch(f"{self.url}/v1/agendas/assen/ready")[0] == 200))
        token = self.token(first)
        # What a client calls itself is shown as it can be shown.
        for agent, shown in (('x" y\\z', "x"), ("y" * 100, "y" * 32)):
            fetch(f"{self.url}/v1/agendas/assen/events", token, {"User-Agent": agent})
            listed = json.loads(fetch(f"{self.url}/v1/agendas/assen/devices", token, {"User-Agent": agent})[2])["devices"]
            self.assertIn(shown, [item.get("version") for item in listed])
        # Files that cannot be read are none.
        self.stop()
        with open(os.path.join(self.folder(), "devices.seen"), "w") as file:
            file.write("{")
        self.serve()
        self.assertTrue(eventually(lambda: fetch(f"{self.url}/v1/agendas/assen/ready")[0] == 200))

    def test_figures_name_devices_to_who_has_the_token_alone(self):
        os.chmod(self.write("metrics-token", "a-token-for-metrics-0123456789\n"), 0o600)
        self.serve("--metrics-token", self.path("metrics-token"))
        laptop = self.clone("een")
        device = self.answer("status", "-C", laptop)["device"]
        text = fetch(f"{self.url}/metrics", "a-token-for-metrics-0123456789")[2]
        self.assertRegex(text, rf'(?m)^ambit_device_lag_entries\{{agenda="assen",device="{device}"\}} \d+$')
        self.assertNotIn(device, fetch(f"{self.url}/metrics")[2])


if __name__ == "__main__":
    unittest.main(verbosity=2)
