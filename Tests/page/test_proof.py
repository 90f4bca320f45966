"""Where values come from: what is right passes its check, and what was altered on its way does not."""
import base64
import json
import re
import unittest

from altering import Altering
from axe_playwright_python.sync_playwright import Axe
from browser import STANDARD, Browser
from visitor import Visitor
from world import World

PAGES = "/agendas/assen"
EVIDENCE = "/v1/agendas/assen/evidence/"


class Public(unittest.TestCase):
    """A public agenda, read by a visitor through somebody who may alter what passes."""

    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.addClassCleanup(cls.world.end)
        cls.laptop = cls.world.laptop("laptop")
        cls.names = cls.world.fill(cls.laptop)
        cls.world.run("agenda", "open", "assen", "--public", "--data", cls.world.data)
        cls.browser = cls.enterClassContext(Browser("--host-resolver-rules=MAP agenda.test 127.0.0.1"))
        cls.between = Altering(cls.world.url)
        cls.addClassCleanup(cls.between.end)

    def setUp(self):
        self.between.alter = lambda path, body: body
        self.page = self.browser.page()
        self.addCleanup(self.page.context.close)
        self.faults = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))

    def go(self, subject, language="nl", host=None, page=None):
        url = f"http://{host}:{self.between.port}" if host else self.between.url
        (page or self.page).goto(f"{url}{PAGES}/proof/{self.names.get(subject, subject)}?language={language}")

    def states(self):
        """What became of each value: `holds`, `broken`, or neither."""
        self.page.locator("#proofs button:not([disabled])").wait_for()
        classes = self.page.locator("[data-evidence] .proof-state").evaluate_all("states => states.map(state => state.className)")
        return [re.sub("proof-state ?", "", name) for name in classes]

    def check_all(self, name="Alles controleren"):
        self.page.get_by_role("button", name=name).click()
        return self.states()

    def test_every_value_passes_in_the_visitors_own_browser_in_both_languages(self):
        for language, name in (("nl", "Alles controleren"), ("en", "Check everything")):
            for subject in ("meer-woningen", "energietuin", "groen", "woningen", "gemeente-assen"):
                self.go(subject, language)
                states = self.check_all(name)
                self.assertGreater(len(states), 1, subject)
                self.assertEqual(set(states), {"is-holds"}, f"{subject} {self.page.locator('main').inner_text()}")
                for sum_ in self.page.locator("[data-sum-state]").all():
                    self.assertIn("is-holds", sum_.get_attribute("class"), sum_.inner_text())
                violations = Axe().run(self.page, options=STANDARD).response["violations"]
                self.assertEqual([found["id"] for found in violations], [])
        self.assertEqual(self.faults, [])

    def test_a_measurement_altered_on_the_page_fails_and_the_others_pass(self):
        self.go("meer-woningen")
        first = self.page.locator("[data-sum] [data-shown]").first.text_content()
        altered = re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), first, count=1)
        self.between.alter = lambda path, body: body.replace(f"data-shown>{first}<".encode(), f"data-shown>{altered}<".encode(), 1)
        self.go("meer-woningen")
        states = self.check_all()
        self.assertEqual(states.count("is-broken"), 1, states)
        self.assertIn("is-holds", states)
        self.assertIn("Klopt niet", self.page.locator("[data-sum] li .is-broken").inner_text())
        self.assertIn("is-broken", self.page.locator("[data-sum-state]").first.get_attribute("class"))

    def test_an_altered_sum_fails_though_its_entries_pass(self):
        self.between.alter = lambda path, body: re.sub(rb"(data-total>)([^<]+)", rb"\g<1>1\2", body, count=1)
        self.go("meer-woningen")
        self.assertEqual(set(self.check_all()), {"is-holds"})
        self.assertIn("Klopt niet: de gecontroleerde metingen komen uit op", self.page.locator("[data-sum-state]").first.inner_text())

    def test_a_text_and_a_choice_altered_on_the_page_fail(self):
        self.between.alter = lambda path, body: body.replace(b"data-shown>Energietuin", b"data-shown>Energiebos")
        self.go("energietuin")
        self.assertEqual(self.check_all().count("is-broken"), 1)
        self.between.alter = lambda path, body: re.sub(rb'data-json="&quot;theme/[^&]+', b'data-json="&quot;theme/x', body)
        self.go("energietuin")
        self.assertEqual(self.check_all().count("is-broken"), 1)

    def altered_evidence(self, change):
        """All states when every piece of evidence was changed on its way."""
        def alter(path, body):
            return change(path, body.decode()).encode() if path.startswith(EVIDENCE) else body
        self.between.alter = alter
        self.go("energietuin")
        return set(self.check_all())

    def test_altered_evidence_fails_whatever_of_it_was_altered(self):
        def entry(path, text):
            extra = re.search("^extra (.*)$", text, re.M)[1]
            line = base64.b64decode(extra).replace(b"Energietuin", b"Energiebos ").replace(b"T1", b"T0")
            return text.replace(extra, base64.b64encode(line).decode())

        def other(path, text):
            return self.world.ask(EVIDENCE + str(int(path.rsplit("/", 1)[1]) - 1))

        def first_hash(path, text):
            lines = text.split("\n")
            lines[3] = base64.b64encode(bytes(32)).decode()
            return "\n".join(lines)

        def signature(path, text):
            head, _, last = text.rstrip("\n").rpartition(" ")
            return f"{head} {last[:20]}{'A' if last[20] != 'A' else 'B'}{last[21:]}\n"

        changes = {
            "entry": entry, "another's": other, "hash": first_hash, "signature": signature,
            "size": lambda path, text: re.sub(r"(/agendas/assen\n)(\d+)", r"\g<1>1\2", text, count=1),
            "fewer hashes": lambda path, text: re.sub(r"(index \d+\n)[^\n]+\n", r"\1", text),
            "more hashes": lambda path, text: re.sub(r"(index \d+\n)", r"\1" + base64.b64encode(bytes(32)).decode() + "\n", text),
            "cut": lambda path, text: text[:200], "nothing": lambda path, text: "",
            "no log's": lambda path, text: "<html><body>Hallo</body></html>",
        }
        for name, change in changes.items():
            with self.subTest(name):
                self.assertEqual(self.altered_evidence(change), {"is-broken"})
        self.assertEqual(self.altered_evidence(lambda path, text: text), {"is-holds"})
        self.assertEqual(self.faults, [])

    def test_evidence_that_cannot_be_fetched_is_neither_right_nor_wrong(self):
        self.go("energietuin")
        self.page.route("**/evidence/*", lambda route: route.abort())
        self.assertEqual(set(self.check_all()), {""})
        self.assertIn("Niet gecontroleerd", self.page.locator(".proof-state").first.inner_text())

    def test_where_it_cannot_be_checked_the_page_says_so(self):
        self.go("energietuin", host="agenda.test")
        self.page.get_by_text("Deze browser kan hier niet controleren").wait_for()
        self.assertEqual(self.page.locator("main button").count(), 0)
        without = self.browser.page(scripts=False)
        self.addCleanup(without.context.close)
        self.go("energietuin", page=without)
        self.assertIn("Hier controleren kan alleen met scripts", without.locator("main").inner_text())

    def test_what_is_taken_along_passes_elsewhere_and_nobody_is_named(self):
        self.go("energietuin")
        self.assertNotIn("Voorbeeld", self.page.locator("main").inner_text())
        key = self.page.locator("main code").inner_text()
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=re.compile("^Bewijs meenemen")).first.click()
        checked = self.world.run("check", download.value.path(), "--key", key, "--json")
        self.assertEqual(json.loads(checked["entry"])["subject"], self.names["energietuin"])
        other = self.world.ask(EVIDENCE + "1", status=True)
        self.assertEqual(other, 401)


class Laptop(unittest.TestCase):
    """A replica, which checks by itself and without a network."""

    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        self.laptop = self.world.laptop("laptop", person="Jansje Voorbeeld")
        self.names = self.world.fill(self.laptop)
        self.world.stop_server()
        self.browser = self.enterContext(Browser())

    def test_a_number_is_checked_offline_without_scripts_and_taken_along(self):
        for language, check, right in (("nl", "Controleren", "Klopt: "), ("en", "Check this", "Right: ")):
            visitor = Visitor(self.browser, self.world.page(self.laptop).said["url"], language, scripts=False)
            visitor.go(f"/{self.names['meer-woningen']}")
            visitor.page.locator(".figure").get_by_role("link", name=re.compile(f"^{check}")).click()
            self.assertIn("Jansje Voorbeeld", visitor.main())
            self.assertEqual(visitor.page.locator(".is-holds").count(), 0)
            visitor.page.locator("main .opening .button").click()
            states = visitor.page.locator("[data-proof] .proof-state")
            self.assertGreater(states.count(), 5)
            for state in states.all():
                self.assertIn(right, state.inner_text())
            visitor.go(f"/proof/{self.names['energietuin']}")
            visitor.page.get_by_role("link", name=re.compile(f"^{check}")).first.click()
            self.assertIn(right, visitor.main())
            evidence = visitor.page.locator("[download]").first.get_attribute("href")
            with visitor.page.expect_download() as download:
                visitor.page.locator("[download]").first.click()
            key = visitor.page.locator("main code").inner_text()
            self.world.run("check", download.value.path(), "--key", key, "--json")
            self.assertRegex(evidence, r"^/[0-9a-f]{32}/evidence/\d+$")
            for nothing in ("/evidence/99999", "/evidence/x", "/proof/project/geen"):
                self.assertEqual(visitor.go(nothing).status, 404)
            self.assertEqual([fault for fault in visitor.faults if "404" not in fault], [])
