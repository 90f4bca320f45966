#!/usr/bin/env python3
"""Conflicts and refused events as people and scripts meet them, with a real server and two laptops.

    python3 Tests/command-line/test_conflicts.py PATH-OF-AMBIT
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from test_command_line import AMBIT, ambit
from waiting import HANGS


class Agenda(unittest.TestCase):
    """A server of its own for each test, with the laptops of an admin and of an editor."""

    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="ambit-conflicts.")
        self.addCleanup(shutil.rmtree, self.home)
        self.data = os.path.join(self.home, "data")
        invite = self.answer("agenda", "create", "proef", "--title", "Proef", "--data", self.data)["invite"]
        self.serve("127.0.0.1:0")
        self.one = self.clone("een", invite, "Voorbeeldbeheerder")
        self.two = self.clone("twee", self.invite("editor"), "Voorbeeldredacteur")
        self.sync(self.one)

    def serve(self, address):
        log = open(os.path.join(self.home, "server.log"), "a")
        self.addCleanup(log.close)
        self.server = subprocess.Popen(
            [AMBIT, "serve", "--data", self.data, "--listen", address, "--json"],
            stdout=subprocess.PIPE, stderr=log, text=True)
        self.addCleanup(self.server.stdout.close)
        self.addCleanup(self.server.wait, HANGS)
        self.addCleanup(self.server.send_signal, signal.SIGTERM)
        line = self.server.stdout.readline()
        if not line:
            self.fail(f"the server does not start: {pathlib.Path(log.name).read_text()}")
        self.url = json.loads(line)["url"]

    def invite(self, role):
        return self.answer("invite", "--agenda", "proef", "--role", role, "--data", self.data)["invite"]

    def clone(self, name, invite, member):
        folder = os.path.join(self.home, name)
        self.answer("clone", f"{self.url}/agendas/proef", folder, "--invite", invite, "--name", member, "--device", f"laptop {name}")
        return folder

    def answer(self, *arguments, code=0, stdin=None):
        done = ambit(*arguments, "--json", stdin=stdin)
        self.assertEqual(done.returncode, code, (arguments, done.stdout, done.stderr))
        return json.loads(done.stdout)

    def fails(self, code, word, *arguments):
        done = ambit(*arguments, "--json")
        self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
        error = json.loads(done.stderr.strip().splitlines()[-1])
        self.assertEqual(error["error"], word, error)
        return error["message"]

    def record(self, folder, *words):
        return self.answer("record", *words, "-C", folder)["subject"]

    def sync(self, *folders, code=0):
        for folder in folders:
            answer = self.answer("sync", "-C", folder, code=code)
        return answer

    def conflicts(self, folder, *words):
        return self.answer("conflicts", *words, "-C", folder)

    def status(self, folder):
        return self.answer("status", "-C", folder)

    def document(self, folder, subject):
        return self.answer("show", subject, "-C", folder)["document"]

    def split_phase(self):
        """A project of which both laptops have set phase and reason without having seen each other."""
        project = self.record(self.one, "project.started", "title=Voorbeeldproject", "phase=idea")
        self.sync(self.one, self.two)
        self.record(self.one, "project.advanced", project, "phase=realisation", "reason=Verzonnen: begonnen")
        self.record(self.two, "project.completed", project, "phase=completed", "reason=Verzonnen: klaar")
        self.sync(self.one, self.two, self.one)
        return project


class Conflicts(Agenda):
    def test_both_values_with_who_when_and_what_each_had_not_seen(self):
        project = self.split_phase()
        found = self.conflicts(self.one)
        self.assertEqual([(c["subject"], c["path"]) for c in found], [(project, "/phase"), (project, "/reason")])
        self.assertEqual(found, self.conflicts(self.two))
        self.assertEqual(found[:1], [c for c in self.conflicts(self.one, project.split("/")[1]) if c["path"] == "/phase"])
        first, second = found[0]["values"]
        self.assertEqual((first["number"], first["value"], first["unseen"]), (1, '"completed"', [2]))
        self.assertEqual((second["number"], second["value"], second["unseen"]), (2, '"realisation"', [1]))
        self.assertEqual((first["memberName"], first["deviceName"]), ("Voorbeeldredacteur", "laptop twee"))
        self.assertEqual((second["memberName"], second["deviceName"]), ("Voorbeeldbeheerder", "laptop een"))
        self.assertEqual(first["basis"], second["basis"])
        self.assertLess(first["basis"], first["position"] + 1)
        self.assertEqual(first["time"], min(first["deviceTime"], first["recordedtime"]))
        text = ambit("conflicts", "-C", self.one).stdout
        for words in ("Voorbeeldproject", "by Voorbeeldredacteur on laptop twee", "by Voorbeeldbeheerder on laptop een",
                      f"had seen the log up to entry {first['basis'] - 1}; did not know of 2", "(shown now)", "ambit settle"):
            self.assertIn(words, text)
        self.assertEqual(self.fails(1, "unknown-subject", "conflicts", "nergens", "-C", self.one)[:8], "there is")

    def test_edits_of_what_was_taken_back_meanwhile_are_told_until_somebody_has_looked(self):
        project = self.record(self.one, "project.started", "title=Voorbeeldproject")
        theme = self.record(self.one, "theme.opened", "title=Voorbeeldthema")
        subjects = {
            "ambition": self.record(self.one, "ambition.proposed", "title=Voorbeeldambitie", f"theme={theme}"),
            "milestone": self.record(self.one, "milestone.planned", "title=Voorbeeldmijlpaal", f"project={project}", "due=2027-01-01"),
        }
        self.sync(self.one, self.two)
        # Edited by one, and taken back by another, each without having seen what the other did.
        self.record(self.one, "ambition.withdrawn", subjects["ambition"], "reason=Verzonnen: niet haalbaar")
        self.record(self.one, "milestone.dropped", subjects["milestone"], "reason=Verzonnen: vervallen")
        for kind, subject in subjects.items():
            self.record(self.two, f"{kind}.revised", subject, "title=Een andere titel")
        self.sync(self.one)
        self.assertEqual(self.sync(self.two)["overtaken"], 2)
        found = self.status(self.two)["overtaken"]
        self.assertEqual({item["subject"]: item["type"] for item in found},
                         {subjects["ambition"]: "ambition.withdrawn", subjects["milestone"]: "milestone.dropped"})
        self.assertNotIn("overtaken", self.status(self.one))
        told = ambit("conflicts", "-C", self.two).stdout
        for words in ("Een andere titel", "has no effect", "Voorbeeldbeheerder", "ambit conflicts --seen"):
            self.assertIn(words, told)
        # Looked at one, which leaves the other; looked at all, which leaves none. What was written stays in the log.
        ambit("conflicts", subjects["ambition"], "--seen", "-C", self.two)
        self.assertEqual([item["subject"] for item in self.status(self.two)["overtaken"]], [subjects["milestone"]])
        self.assertIn("has no effect", ambit("conflicts", "--seen", "-C", self.two).stdout)
        self.assertNotIn("overtaken", self.status(self.two))
        self.assertNotIn("has no effect", ambit("conflicts", "-C", self.two).stdout)
        self.assertNotIn("overtaken", self.sync(self.two))
        # Brought back, it counts again, and nobody is told.
        self.record(self.one, "ambition.adopted", subjects["ambition"])
        self.sync(self.one, self.two)
        self.assertEqual(self.document(self.two, subjects["ambition"])["title"], "Een andere titel")
        self.assertNotIn("overtaken", self.status(self.two))

    def test_settled_by_keeping_what_is_shown(self):
        project = self.split_phase()
        answer = self.answer("settle", project, "--all", "--keep", "-C", self.one)
        self.assertEqual(answer["settled"], [{"path": "/phase", "value": '"completed"'}, {"path": "/reason", "value": '"Verzonnen: klaar"'}])
        self.assertEqual([json.loads(line)["type"] for line in answer["events"]], ["project.completed"])
        self.assertEqual(self.conflicts(self.one), [])
        self.sync(self.one, self.two)
        self.assertEqual(self.conflicts(self.two), [])
        self.assertEqual(self.document(self.two, project)["phase"], "completed")
        self.assertEqual(self.status(self.one)["digest"], self.status(self.two)["digest"])
        self.fails(1, "no-conflict", "settle", project, "--all", "--keep", "-C", self.one)
        self.fails(1, "no-conflict", "settle", project, "/phase", "--keep", "-C", self.one)

    def test_settled_by_taking_the_other_or_by_another_value(self):
        project = self.split_phase()
        mark = self.conflicts(self.one)[0]["mark"]
        self.fails(1, "conflict-changed", "settle", project, "/phase", "--take", "2", "--expect", "00000000", "-C", self.one)
        answer = self.answer("settle", project, "phase", "--take", "2", "--expect", mark, "--reason", "Verzonnen: overlegd", "-C", self.one)
        self.assertEqual(answer["settled"], [{"path": "/phase", "value": '"realisation"'}])
        self.assertEqual(self.conflicts(self.one), [], "the reason was given anew with it")
        self.assertEqual(self.document(self.one, project)["reason"], "Verzonnen: overlegd")
        other = self.split_phase()
        text = ambit("settle", other, "/phase", "--value", "halted", "-C", self.two).stdout
        self.assertIn("/phase is halted now", text)
        self.assertEqual([c["path"] for c in self.conflicts(self.two, other)], ["/reason"])
        self.answer("settle", other, "/reason", "--value", "", "-C", self.two)
        self.assertEqual(self.conflicts(self.two, other), [])
        self.assertNotIn("reason", self.document(self.two, other))

    def test_settled_before_it_was_sent_and_settled_by_both_in_the_same_way(self):
        project = self.split_phase()
        for folder in (self.one, self.two):
            self.answer("settle", project, "--all", "--take", "2", "-C", folder)
        self.sync(self.one, self.two, self.one)
        for folder in (self.one, self.two):
            self.assertEqual(self.conflicts(folder), [], "two settlements that agree are no conflict")
            self.assertEqual(self.document(folder, project)["phase"], "realisation")

    def test_a_title_of_spaces_is_none_however_it_comes(self):
        self.sync(self.one, self.two)
        subject = self.record(self.one, "project.started", "title=Met een titel")
        self.sync(self.one, self.two)
        for folder, title in ((self.one, "Van de een"), (self.two, "Van de ander")):
            self.record(folder, "project.revised", subject, f"title={title}")
        self.sync(self.one, self.two, self.one)
        for title in ("  ", "\u00a0"):
            for words in (("settle", subject, "/title", "--value", title), ("record", "project.revised", subject, f"title={title}"),
                          ("record", "project.started", f"title={title}")):
                self.assertIn("spaces alone", self.fails(1, "invalid-data", *words, "-C", self.one))
        self.answer("settle", subject, "/title", "--value", "Van beiden", "-C", self.one)
        self.assertEqual(self.document(self.one, subject)["title"], "Van beiden")

    def test_what_cannot_be_settled_so(self):
        project = self.split_phase()
        before = self.status(self.one)["pending"]
        self.assertIn("1 to 2", self.fails(1, "no-such-value", "settle", project, "/phase", "--take", "3", "-C", self.one))
        self.assertIn("/phase, /reason", self.fails(1, "no-conflict", "settle", project, "/titel", "--keep", "-C", self.one))
        self.fails(1, "no-conflict", "settle", project, "/title", "--keep", "-C", self.one)
        self.fails(1, "invalid-data", "settle", project, "/phase", "--value", "gepland", "-C", self.one)
        self.fails(1, "cannot-settle", "settle", project, "/phase", "/reason", "--value", "halted", "-C", self.one)
        self.assertIn("/phase", self.fails(1, "cannot-settle", "settle", project, "/reason", "--keep", "-C", self.one))
        self.fails(1, "unknown-subject", "settle", "project/aaaaaaaa-9", "/phase", "--keep", "-C", self.one)
        for words in (["/phase"], ["/phase", "--keep", "--take", "1"], ["/phase", "--take", "0"], ["/phase", "--take", "x"],
                      ["/phase", "--keep", "--value", "idea"], ["--keep"], ["/phase", "--all", "--keep"], ["/phase", "--keep", "--reason", ""]):
            self.assertEqual(ambit("settle", project, *words, "-C", self.one).returncode, 64, words)
        auditor = self.clone("drie", self.invite("auditor"), "Voorbeeldcontroleur")
        self.assertIn("recorder", self.fails(77, "not-allowed", "settle", project, "--all", "--keep", "-C", auditor))
        self.assertEqual(self.status(self.one)["pending"], before)

    def test_a_place_inside_a_map(self):
        theme = self.record(self.one, "theme.opened", "title=Voorbeeldthema")
        indicator = self.record(self.one, "indicator.defined", "name=Banen", "unit=banen", "aggregation=sum")
        ambition = self.record(self.one, "ambition.proposed", f"theme={theme}", "title=Meer banen", f"targets.{indicator}.quantity=10")
        self.sync(self.one, self.two)
        for folder, quantity in ((self.one, -20), (self.two, 30)):
            self.record(folder, "ambition.targeted", ambition, f"targets.{indicator}.quantity={quantity}")
        self.sync(self.one, self.two, self.one)
        path = self.conflicts(self.one)[0]["path"]
        self.assertEqual(path, "/targets/" + indicator.replace("/", "~1") + "/quantity")
        self.assertIn("NUMBER", self.fails(1, "invalid-data", "settle", ambition, path, "--value", "veel", "-C", self.one))
        answer = self.answer("settle", ambition, path, "--value", "-5", "-C", self.one)
        self.assertEqual(json.loads(answer["events"][0])["data"], {"targets": {indicator: {"quantity": -5}}})
        self.sync(self.one, self.two)
        self.assertEqual(self.conflicts(self.two), [])
        self.assertEqual(self.document(self.two, ambition)["targets"], {indicator: {"quantity": -5}})


class Refused(Agenda):
    def grant(self, role):
        """The admin gives the editor another role; the second laptop does not know yet."""
        member = self.status(self.two)["member"]
        self.record(self.one, "member.granted", member, f"role={role}")
        self.sync(self.one)

    def refuse(self):
        """The second laptop records a theme and what rests on it, and is not allowed to any more."""
        self.theme = self.record(self.two, "theme.opened", "title=Voorbeeldthema")
        self.project = self.record(self.two, "project.started", "title=Voorbeeldproject", f"theme={self.theme}")
        self.note = self.record(self.two, "note.added", f"about={self.project}", "text=Verzonnen voorbeeld")
        self.grant("recorder")
        answer = self.sync(self.two, code=3)
        self.assertEqual((answer["refused"], answer["refusedHere"], answer["accepted"]), (3, 3, 0))

    def refused(self):
        return self.answer("refused", "-C", self.two)

    def test_shown_with_reason_subject_time_and_what_depends_on_it(self):
        self.refuse()
        theme, project, note = self.refused()
        self.assertEqual([e["problem"] for e in (theme, project, note)], ["not-allowed", "unknown-reference", "unknown-reference"])
        self.assertEqual((theme["type"], theme["subject"]), ("theme.opened", self.theme))
        self.assertEqual(theme["time"], json.loads(theme["event"])["time"])
        self.assertEqual(theme["dependents"], [{"id": project["id"], "pending": False}])
        self.assertEqual(project["dependents"], [{"id": note["id"], "pending": False}])
        text = ambit("refused", "-C", self.two).stdout
        for words in ("theme.opened about " + self.theme, "not-allowed", "Voorbeeldthema", f"on it depend: {project['id']} (refused as well)"):
            self.assertIn(words, text)
        self.assertEqual(self.status(self.two)["refused"], 3)
        again = ambit("sync", "-C", self.two)
        self.assertEqual(again.returncode, 0)
        self.assertIn("3 events that were refused are kept", again.stderr)
        target = os.path.join(self.home, "geweigerd.ndjson")
        self.assertEqual(self.answer("refused", "export", "-o", target, "-C", self.two)["events"], 3)
        with open(target) as file:
            self.assertEqual(file.read(), ambit("refused", "export", "-C", self.two).stdout)
        self.assertEqual(ambit("refused", "export", "-o", "/nonexistent/x", "-C", self.two).returncode, 1)

    def test_recorded_again_under_a_new_name_when_the_role_is_back(self):
        self.refuse()
        done = ambit("refused", "retry", "--all", "-C", self.two, "--json")
        self.assertEqual((done.returncode, done.stderr), (77, ""))
        kept = json.loads(done.stdout)
        self.assertEqual((kept["recorded"], [k["error"] for k in kept["kept"]]), ([], ["not-allowed", "invalid-event", "invalid-event"]))
        self.assertEqual(self.fails(77, "not-allowed", "refused", "retry", "1", "-C", self.two)[:5], "theme")
        self.grant("editor")
        self.sync(self.two)
        later = self.record(self.two, "note.added", f"about={self.status(self.two)['member']}", "text=Los hiervan")
        answer = self.answer("refused", "retry", "--all", "-C", self.two)
        self.assertEqual(([e["replaced"] for e in answer["recorded"]], answer["kept"]), ([1, 2, 3], []))
        theme, project, note = (e["subject"] for e in answer["recorded"])
        self.assertNotIn(self.theme, (theme, project, note))
        self.assertEqual(self.refused(), [])
        self.assertEqual(self.sync(self.two)["refusedHere"], 0)
        self.assertEqual(self.document(self.two, project)["theme"], theme)
        self.assertEqual(self.document(self.two, note)["about"], project)
        self.assertEqual(self.document(self.two, later)["text"], "Los hiervan")
        self.sync(self.one)
        self.assertEqual(self.status(self.one)["digest"], self.status(self.two)["digest"])

    def test_corrected(self):
        self.refuse()
        theme, project, note = (e["id"] for e in self.refused())
        mine = self.record(self.one, "theme.opened", "title=Ander thema")
        self.sync(self.one, self.two)
        time = self.refused()[1]["time"]
        self.fails(1, "not-refused", "refused", "correct", "99", "title=X", "-C", self.two)
        self.fails(1, "invalid-event", "refused", "correct", str(project), "title=X", "-C", self.two)
        self.fails(1, "invalid-event", "refused", "correct", str(project), "title=", "-C", self.two)
        self.fails(1, "unknown-type", "refused", "correct", str(project), "--type", "project.dreamt", "title=X", "-C", self.two)
        self.fails(1, "invalid-data", "refused", "correct", str(project), "kleur=X", "-C", self.two)
        for words in ([str(project)], ["x", "title=X"], [str(project), "title=X", "--file", "-"]):
            self.assertEqual(ambit("refused", "correct", *words, "-C", self.two).returncode, 64, words)
        self.assertEqual(len(self.refused()), 3)
        answer = self.answer("refused", "correct", str(project), f"theme={mine}", "title=Anders", "-C", self.two)
        new = answer["recorded"][0]
        self.assertEqual((new["replaced"], new["wasRefused"]), (project, True))
        self.assertEqual([e["id"] for e in self.refused()], [theme, note])
        event = json.loads(self.answer("status", "--pending", "-C", self.two)["events"][0])
        self.assertEqual((event["time"], event["data"]), (time, {"title": "Anders", "theme": mine}))
        # The note follows under the project's new name, also later.
        self.sync(self.two)
        answer = self.answer("refused", "retry", str(note), "-C", self.two)
        self.assertEqual(self.document(self.two, answer["recorded"][0]["subject"])["about"], new["subject"])
        patch = json.dumps({"title": None, "name": "X"})
        self.assertEqual(ambit("refused", "correct", str(theme), "--file", "-", "-C", self.two, stdin=patch).returncode, 77)
        self.assertEqual(self.answer("refused", "discard", str(theme), "-C", self.two), {"discarded": 1})
        self.assertEqual(self.sync(self.two)["refusedHere"], 0)

    def test_corrected_to_another_subject_and_type(self):
        project = self.record(self.one, "project.started", "title=Voorbeeldproject")
        self.sync(self.one, self.two)
        self.refuse()
        ids = [e["id"] for e in self.refused()]
        answer = self.answer("refused", "correct", str(ids[1]), "--type", "project.revised", "--subject", project.split("/")[1], "theme=", "-C", self.two)
        self.assertEqual(answer["recorded"][0]["subject"], project)
        answer = self.answer("refused", "retry", str(ids[2]), "-C", self.two)
        self.sync(self.two)
        self.assertEqual(self.document(self.two, answer["recorded"][0]["subject"])["about"], project)

    def test_what_another_type_does_not_have_is_taken_out(self):
        project = self.record(self.one, "project.started", "title=Voorbeeldproject")
        self.sync(self.one, self.two)
        self.record(self.two, "project.started", "title=Zo heet het", "phase=idea", f"theme={self.record(self.two, 'theme.opened', 'title=X')}")
        self.grant("recorder")
        self.sync(self.two, code=3)
        project_id = str(next(e["id"] for e in self.refused() if e["type"] == "project.started"))
        correct = ("refused", "correct", project_id, "--type", "project.revised", "--subject", project)
        self.fails(1, "invalid-data", *correct, "theme=", "phase=idea", "-C", self.two)
        self.fails(1, "invalid-data", *correct, "theme=", "kleur=", "-C", self.two)
        self.fails(1, "invalid-event", *correct, "theme=", "-C", self.two)
        self.answer(*correct, "theme=", "phase=", "-C", self.two)
        event = json.loads(self.answer("status", "--pending", "-C", self.two)["events"][0])
        self.assertEqual((event["type"], event["subject"], event["data"]), ("project.revised", project, {"title": "Zo heet het"}))

    def test_the_server_keeps_them_too(self):
        self.refuse()
        import urllib.error
        import urllib.request

        auditor = self.clone("drie", self.invite("auditor"), "Voorbeeldcontroleur")

        def rejections(folder):
            with open(os.path.join(folder, "token")) as file:
                token = file.read().strip()
            request = urllib.request.Request(f"{self.url}/v1/agendas/proef/rejections", headers={"Authorization": f"Bearer {token}"})
            with urllib.request.urlopen(request, timeout=HANGS) as response:
                return json.load(response)["rejections"]

        lines = [e["event"] for e in self.refused()]
        found = rejections(auditor)
        self.assertEqual([r["event"] for r in found], lines)
        self.assertEqual(found[0]["problem"]["type"], "/problems/not-allowed")
        with self.assertRaises(urllib.error.HTTPError) as error:
            rejections(self.two)
        self.assertEqual(error.exception.code, 403)
        error.exception.close()


if __name__ == "__main__":
    if not AMBIT:
        sys.exit(__doc__)
    unittest.main()
