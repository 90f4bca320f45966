#!/usr/bin/env python3
"""History as people and scripts meet it: log, diff and blame, in both languages, with a real server and two laptops.

    python3 Tests/command-line/test_history.py PATH-OF-AMBIT
"""
import json
import sys
import unittest

from test_command_line import AMBIT, ambit
from test_conflicts import Agenda


class History(Agenda):
    def setUp(self):
        super().setUp()
        self.project = self.split_phase()
        self.on_server = ("--data", self.data, "--agenda", "proef")

    def explained(self, *arguments):
        done = ambit("log", "--json", "--explain", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def entries(self, *arguments):
        return ambit("log", "--json", *arguments).stdout.splitlines()

    def said(self, *arguments, **variables):
        done = ambit(*arguments, **variables)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout


class Log(History):
    def test_each_event_with_what_it_changed_and_what_its_author_did_not_know(self):
        self.answer("settle", self.project, "/phase", "--take", "2", "-C", self.one)
        self.sync(self.one, self.two)
        events = self.explained("--subject", self.project, "-C", self.one)
        self.assertEqual(events, self.explained("--subject", self.project, *self.on_server))
        self.assertEqual([e["type"] for e in events], ["project.started", "project.advanced", "project.completed", "project.advanced"])
        started, advanced, completed, settled = events
        self.assertNotIn("before", started["changes"][0])
        phase = {e["position"]: next(c for c in e["changes"] if c["path"] == "/phase") for e in events[1:]}
        self.assertEqual((phase[advanced["position"]]["before"], phase[advanced["position"]]["after"]), ("idea", "realisation"))
        opened = phase[completed["position"]]
        self.assertEqual((opened["conflict"], opened["after"], opened["written"]), ("opened", "completed", "completed"))
        self.assertEqual([(o["value"], o["memberName"], o["position"]) for o in opened["others"]],
                         [("realisation", "Voorbeeldbeheerder", advanced["position"])])
        self.assertEqual(completed["unseen"], 1)
        self.assertEqual((completed["memberName"], completed["deviceName"]), ("Voorbeeldredacteur", "laptop twee"))
        self.assertEqual(phase[settled["position"]]["conflict"], "settled")
        self.assertEqual(len(phase[settled["position"]]["others"]), 2)
        for event in events:
            self.assertEqual(list(event), sorted(event))
            self.assertEqual(event["title"], "Voorbeeldproject")

    def test_the_entries_themselves_stay_as_they_are(self):
        everything = self.entries("-C", self.one)
        events = self.explained("-C", self.one)
        self.assertEqual([e["position"] for e in events], list(range(len(everything))))
        for entry, event in zip(map(json.loads, everything), events):
            for name in ("id", "source", "type", "subject", "basis", "recordedtime"):
                self.assertEqual(entry[name], event[name])
            self.assertEqual(entry["time"], event["deviceTime"])
        export = ambit("export", "--format", "ndjson", "-C", self.one).stdout.splitlines()
        self.assertEqual(everything, export)

    def test_what_is_asked_for_by_subject_type_author_and_time(self):
        everything = self.entries("-C", self.one)
        own = [e for e in everything if json.loads(e)["source"] != "server"]
        by_editor = self.entries("--by", "voorbeeldredacteur", "-C", self.one)
        by_admin = self.entries("--by", "Voorbeeldbeheerder", *self.on_server)
        self.assertEqual(sorted(by_editor + by_admin), sorted(own))
        self.assertEqual([json.loads(e)["type"] for e in by_editor], ["project.completed"])
        member = self.explained("--by", "Voorbeeldredacteur", "-C", self.one)[0]["member"]
        for name in (member, member.split("/")[1], json.loads(by_editor[0])["source"]):
            self.assertEqual(self.entries("--by", name, "-C", self.one), by_editor)
        short = self.project.split("/")[1]
        for place in (("-C", self.one), self.on_server):
            self.assertEqual(len(self.entries("--subject", short, *place)), 3)
        self.assertEqual(len(self.entries("--subject", short, "--type", "project.completed", "-C", self.one)), 1)
        last = json.loads(everything[-1])["recordedtime"]
        self.assertEqual(self.entries("--since", last, "-C", self.one), everything[-1:])
        today = last[:10]
        self.assertEqual(self.entries("--since", today, "--until", today, "-C", self.one),
                         [e for e in everything if json.loads(e)["recordedtime"][:10] == today])
        self.assertEqual(self.entries("--since", "2", "--until", "4", "-C", self.one), everything[2:4])
        self.assertEqual(self.entries("--until", "4", "--last", "1", "-C", self.one), everything[3:4])
        self.assertEqual(self.entries("--until", "1999-12-31", "-C", self.one), [])
        self.assertIn("fits", ambit("log", "--until", "1999-12-31", "-C", self.one).stderr)
        self.fails(1, "unknown-subject", "log", "--subject", "nergens", "-C", self.one)
        self.fails(1, "unknown-subject", "log", "--subject", "nergens", *self.on_server)
        for bad in ("gisteren", "2026-02-30", "-1"):
            self.fails(1, "invalid-range", "log", "--since=" + bad, "-C", self.one)
        self.fails(1, "invalid-range", "log", "--until", "99999", "-C", self.one)
        self.assertEqual(ambit("log", "--explain", "-C", self.one).returncode, 64)

    def test_in_words_in_the_language_that_is_asked_for(self):
        words = ("log", "--subject", self.project, "-C", self.one)
        english = self.said(*words)
        for text in ("project Voorbeeldproject", ": completed", "by Voorbeeldredacteur on laptop twee", "idea → realisation",
                     "had not seen 1 entry", "conflict opened on phase: had not seen realisation by Voorbeeldbeheerder"):
            self.assertIn(text, english)
        dutch = self.said(*words, "--language", "nl")
        for text in (": afgerond", "door Voorbeeldredacteur op laptop twee", "idee → realisatie", "had 1 gebeurtenis niet gezien",
                     "conflict ontstaan over fase: had niet gezien realisatie door Voorbeeldbeheerder op laptop een"):
            self.assertIn(text, dutch)
        self.assertEqual(self.said(*words, LC_ALL="", LC_MESSAGES="nl_NL.UTF-8", LANG="en_GB.UTF-8"), dutch)
        self.assertEqual(self.said(*words, LC_ALL="", LC_MESSAGES="", LANG="nl_BE"), dutch)
        self.assertEqual(self.said(*words, LC_ALL="nl", LC_MESSAGES="en"), dutch)
        self.assertEqual(self.said(*words, "--language", "en", LC_ALL="nl"), english)
        self.assertEqual(self.said(*words, LC_ALL="de_DE.UTF-8"), english)
        self.assertEqual(ambit(*words, "--language", "de").returncode, 64)
        event = self.explained(*words[1:], "--language", "nl")[-1]
        self.assertIn("conflict ontstaan over fase", event["text"])


class Signatures(History):
    def test_what_a_device_signed_is_told_without_its_bytes(self):
        self.assertEqual(self.status(self.one)["unsigned"]["count"], 2)
        self.assertIn("not signed", self.said("status", "-C", self.one))
        self.assertEqual(self.answer("sign", "-C", self.one)["unsigned"], 0)
        self.assertNotIn("unsigned", self.status(self.one))
        self.assertIn("is ondertekend", self.said("sign", "-C", self.one, "--language", "nl"))
        english = self.said("log", "--type", "device.signed", "-C", self.one)
        self.assertIn("device laptop een", english)
        self.assertIn("signed its entries", english)
        dutch = self.said("log", "--type", "device.signed", "-C", self.one, "--language", "nl")
        self.assertIn("tekende voor zijn gebeurtenissen", dutch)
        for line in self.entries("--type", "device.signed", "-C", self.one):
            signature = json.loads(line)["data"]["signature"]
            self.assertNotIn(signature, english + dutch)
        self.assertIn("/signature", [c["path"] for c in self.explained("--type", "device.signed", "-C", self.one)[0]["changes"]])


class Conflicts(History):
    def test_conflicts_and_settling_in_dutch(self):
        text = self.said("conflicts", "-C", self.one, "--language", "nl")
        for words in ("afgerond  (nu getoond)", "door Voorbeeldbeheerder op laptop een", "wist niet van 1", "beslechten: ambit settle"):
            self.assertIn(words, text)
        self.assertIn("(shown now)", self.said("conflicts", "-C", self.one))
        self.assertIn("/phase is nu afgerond", self.said("settle", self.project, "/phase", "--keep", "-C", self.one, LC_ALL="nl_NL"))
        self.assertIn("er is niets geweigerd", self.said("refused", "-C", self.one, LC_ALL="nl"))
        self.assertIn("er is niets geweigerd", self.said("refused", "-C", self.one, "--language", "nl"))
        self.assertIn("er is niets geweigerd", self.said("refused", "retry", "--all", "-C", self.one, "--language", "nl"))
        self.assertIn("nothing was refused", self.said("refused", "-C", self.one))


class Diff(History):
    def test_between_two_sizes_and_two_moments(self):
        before = self.explained("--subject", self.project, "-C", self.one)[0]["position"] + 1
        found = self.answer("diff", str(before), "-C", self.one)
        self.assertEqual(found, self.answer("diff", str(before), *self.on_server))
        self.assertEqual((found["from"], found["to"]), (before, self.status(self.one)["size"]))
        # Both laptops have signed since.
        self.assertEqual([s["subject"] for s in found["subjects"] if not s["subject"].startswith("device/")], [self.project])
        changes = {c["path"]: c for c in found["subjects"][-1]["changes"]}
        self.assertEqual(list(changes), ["/phase", "/reason"])
        self.assertEqual((changes["/phase"]["before"], changes["/phase"]["after"], changes["/phase"]["conflict"]),
                         ("idea", "completed", "opened"))
        self.assertNotIn("before", changes["/reason"])
        self.assertFalse(found["subjects"][-1]["created"])
        everything = self.answer("diff", "0", "9999-12-31", "-C", self.one)
        self.assertTrue(all(s["created"] for s in everything["subjects"]))
        self.assertEqual(sorted(s["subject"] for s in everything["subjects"]),
                         sorted(s["subject"] for s in self.answer("show", "-C", self.one)))
        projects = self.answer("diff", "1999-12-31", "-C", self.one, "--kind", "project")
        self.assertEqual([s["subject"] for s in projects["subjects"]], [self.project])
        self.assertEqual(self.answer("diff", "3", "3", "-C", self.one)["subjects"], [])
        text = self.said("diff", str(before), "-C", self.one, "--language", "nl")
        self.assertIn("idee → afgerond", text)
        self.assertIn("nu in conflict over fase", text)
        self.fails(1, "invalid-range", "diff", "4", "3", "-C", self.one)
        self.fails(1, "invalid-range", "diff", "4", "99999", "-C", self.one)
        self.fails(1, "invalid-range", "diff", "ooit", "-C", self.one)
        self.fails(1, "invalid-data", "diff", "0", "--kind", "kasteel", "-C", self.one)


class Blame(History):
    def test_who_set_each_field_now_and_earlier(self):
        now = self.answer("blame", self.project.split("/")[1], "-C", self.one)
        self.assertEqual(now, self.answer("blame", self.project, *self.on_server))
        fields = {f["path"]: f for f in now["fields"]}
        self.assertEqual(list(fields), ["/phase", "/reason", "/title"])
        self.assertEqual([(w["type"], w["memberName"], w["value"]) for w in fields["/phase"]["writes"]],
                         [("project.completed", "Voorbeeldredacteur", "completed"),
                          ("project.advanced", "Voorbeeldbeheerder", "realisation")])
        self.assertTrue(fields["/phase"]["conflict"])
        self.assertEqual([w["type"] for w in fields["/title"]["writes"]], ["project.started"])
        entries = list(map(json.loads, self.entries("-C", self.one)))
        for field in now["fields"]:
            for write in field["writes"]:
                entry = entries[write["position"]]
                self.assertEqual((entry["id"], entry["source"], entry["time"], entry["recordedtime"]),
                                 (write["id"], write["source"], write["deviceTime"], write["recordedtime"]))
        created = fields["/title"]["writes"][0]["position"]
        then = self.answer("blame", self.project, "--at", str(created + 1), "-C", self.one)
        self.assertEqual([f["path"] for f in then["fields"]], ["/phase", "/title"])
        self.assertEqual(then["size"], created + 1)
        self.fails(1, "unknown-subject", "blame", self.project, "--at", str(created), "-C", self.one)
        self.fails(1, "unknown-subject", "blame", "nergens", "-C", self.one)
        self.fails(1, "unknown-subject", "blame", "project/nergens", "-C", self.one)

    def test_what_has_not_been_sent_counts(self):
        self.record(self.one, "project.revised", self.project, "title=Anders")
        field = next(f for f in self.answer("blame", self.project, "-C", self.one)["fields"] if f["path"] == "/title")
        self.assertEqual(field["writes"][0]["value"], "Anders")
        self.assertNotIn("position", field["writes"][0])
        self.assertIn("not sent yet", self.said("blame", self.project, "-C", self.one))
        self.assertIn("nog niet verstuurd", self.said("blame", self.project, "-C", self.one, "--language", "nl"))


class Earlier(History):
    def test_show_at_a_size_a_day_and_a_moment(self):
        created = self.explained("--subject", self.project, "-C", self.one)[0]
        at = lambda when: self.answer("show", self.project, "--at", when, "-C", self.one)["document"]
        self.assertEqual(at(str(created["position"] + 1))["phase"], "idea")
        self.assertEqual(at(created["recordedtime"])["phase"], "idea")
        self.assertEqual(at("9999-12-31")["phase"], "completed")
        self.fails(1, "unknown-subject", "show", self.project, "--at", "1999-12-31", "-C", self.one)
        self.fails(1, "invalid-range", "show", "--at", "99999", "-C", self.one)
        for at in ([], ["--at", created["recordedtime"]]):
            told = self.said("show", self.project, *at, "-C", self.one, "--language", "nl")
            self.assertRegex(told, r"\n  fase +(idee|afgerond)\n")
            self.assertIn("afgerond" if not at else "idee", self.said("show", *at, "-C", self.one, "--language", "nl"))
        nothing = ambit("show", "--kind", "ask", "-C", self.one, "--language", "nl")
        self.assertEqual((nothing.stdout, nothing.stderr), ("", "ambit: er is niets van dien aard\n"))


if __name__ == "__main__":
    if not AMBIT:
        sys.exit(__doc__)
    unittest.main()
