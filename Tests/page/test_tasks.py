"""What people come for, from a link to a file to take along, in each language: by keyboard alone, and without scripts.

Without a network, as long as nothing needs one: the server comes back for what does."""
import functools
import pathlib
import re
import sys
import unittest
import urllib.parse
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from browser import Browser  # noqa: E402
from test_welcome import WORDS as WELCOME  # noqa: E402
from views import prepare  # noqa: E402
from visitor import WORDS, Visitor  # noqa: E402
from waiting import eventually  # noqa: E402
from world import World  # noqa: E402

WAYS = {"by_keyboard": {"keyboard": True}, "without_scripts": {"scripts": False}}


class Tasks(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        self.browser = self.enterContext(Browser())

    def every_task(self, language, way):
        laptop, _ = prepare(self.world)
        self.visitor = visitor = Visitor(self.browser, self.world.page(laptop).said["url"], language, **WAYS[way])
        for task in (self.find, self.measure, self.plan, self.note, self.take_back, self.settle, self.put_right, self.look_back,
                     self.check, self.take_along, self.stay_away, self.send):
            with self.subTest(task.__name__):
                visitor.go("/")
                task()
        with self.subTest("join"):
            self.join(language, way)
        self.assertEqual(visitor.faults, [])

    def said(self, word):
        self.assertIn(self.visitor.words[word], self.visitor.main())

    def comes(self, word):
        """What changes by itself is seen without scripts by looking again."""
        looks_again = (lambda: True) if self.visitor.has_scripts else (lambda: self.visitor.go("/sync"))
        self.assertTrue(eventually(lambda: looks_again() and self.visitor.words[word] in self.visitor.page.content()))

    def find(self):
        visitor, page = self.visitor, self.visitor.page
        page.keyboard.press("Tab")
        self.assertEqual(page.evaluate("document.activeElement.className"), "skip")
        visitor.type(page.get_by_role("searchbox"), "energietuin")
        page.keyboard.press("Enter")
        page.wait_for_url("**/find?q=energietuin")
        visitor.follow("Energietuin")
        self.assertIn("Energietuin", page.locator("h1").inner_text())

    def measure(self):
        self.visitor.follow("record")
        self.visitor.follow("measurement")
        for field, text in (("ambition", "nieuwe woningen"), ("indicator", "nieuwe woningen"), ("value", self.visitor.words["number"])):
            self.visitor.fill(field, text)
        self.visitor.submit()
        self.said("two readings")
        self.visitor.fill("value", self.visitor.words["decimal"])
        self.visitor.submit()
        self.said("recorded")
        self.said("shown")

    def plan(self):
        self.find()
        self.visitor.follow("plan")
        self.visitor.fill("title", "Tweede veld open")
        # Nobody expects it so late: without scripts that is asked before it is recorded.
        self.visitor.fill("due", "2099-02-28")
        if self.visitor.has_scripts:
            self.visitor.page.locator("#preview:not([aria-busy])", has_text="2099").wait_for()
        self.visitor.submit()
        if not self.visitor.has_scripts:
            self.said("will record")
            self.visitor.submit("anyway")
        self.said("recorded")

    def note(self):
        self.find()
        self.visitor.follow("write")
        self.visitor.submit()
        self.said("needed")
        self.visitor.fill("text", "Er is een fout gemaakt")
        self.visitor.submit()
        self.said("recorded")

    def take_back(self):
        self.note()
        self.visitor.press("undo")
        self.assertIn("Er is een fout gemaakt", self.visitor.page.locator(".notice").inner_text())

    def settle(self):
        self.visitor.follow("conflict")
        self.assertEqual(self.visitor.page.locator(".choice").count(), 2)
        self.visitor.press("keep")
        self.said("no conflicts")

    def put_right(self):
        self.visitor.follow("refused")
        self.visitor.follow(re.compile(f"^{self.visitor.words['correct']}.*Voorbeeldproject"))
        self.visitor.fill("theme", "groene stad")
        self.visitor.submit()
        self.said("recorded")

    def look_back(self):
        self.visitor.follow("happened")
        self.visitor.type(self.visitor.page.get_by_label(self.visitor.words["then"]).locator("[name=at]"), self.visitor.words["today"])
        self.visitor.page.keyboard.press("Enter")
        self.visitor.page.wait_for_url(re.compile("at="))
        self.assertIn(self.visitor.words["past"], self.visitor.page.locator(".past-banner").inner_text())
        self.visitor.follow("to now")

    def check(self):
        self.find()
        self.visitor.follow("origin")
        self.visitor.follow("check all")
        self.said("holds")

    def take_along(self):
        self.visitor.follow("take")
        with self.visitor.page.expect_download() as download:
            self.visitor.use(self.visitor.named("link", "Spreadsheet", self.visitor.page))
        with zipfile.ZipFile(download.value.path()) as book:
            self.assertIn("xl/workbook.xml", book.namelist())

    def stay_away(self):
        """Nothing is lost while there is no network, and that is said."""
        self.visitor.follow("not sent")
        self.comes("away")
        self.said("shown")

    def send(self):
        self.world.serve(urllib.parse.urlsplit(self.world.url).netloc)
        # It may have been sent by itself already.
        self.visitor.follow(re.compile(f"{self.visitor.words['not sent']}|{self.visitor.words['sent']}"))
        self.visitor.press("sync")
        self.comes("sent")

    def join(self, language, way):
        words = WELCOME[language]
        visitor = Visitor(self.browser, self.world.page(self.world.folder / "nieuw").said["url"], language, **WAYS[way])
        for field, text in (("link", self.world.link()), ("name", "Nieuwe Voorbeeld"), ("device", "laptop van Nieuwe")):
            visitor.type(visitor.page.get_by_label(words[field]), text)
        visitor.press(words["join"])
        while not visitor.has_scripts and visitor.page.url.endswith("/arriving"):
            visitor.follow("look again")
        visitor.page.get_by_role("heading", name="Asser Ambitie Agenda").wait_for()
        self.assertEqual(visitor.faults, [])


for language in WORDS:
    for way in WAYS:
        setattr(Tasks, f"test_every_task_{way}_in_{language}", functools.partialmethod(Tasks.every_task, language, way))
