"""A laptop without an agenda: from a link to the agenda, in the browser alone."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from browser import STANDARD, Browser  # noqa: E402
from visitor import Visitor  # noqa: E402
from world import World  # noqa: E402

WORDS = {
    "nl": {
        "link": "De link die u kreeg", "name": "Uw naam", "device": "Hoe deze laptop heet", "join": "De agenda ophalen",
        "no link": "Dit is geen link", "needed": "Dit is nodig", "no invite": "werkt niet (meer)", "away": "niet te bereiken",
        "no agenda": "is geen agenda", "insecure": "niet veilig", "other": "iets anders dan Ambit", "no name": "kan geen naam zijn",
        "welcome": "Welkom",
    },
    "en": {
        "link": "The link that you were sent", "name": "Your name", "device": "What to call this laptop", "join": "Bring the agenda over",
        "no link": "This is no link", "needed": "This is needed", "no invite": "lets nobody in", "away": "cannot be reached",
        "no agenda": "There is no agenda", "insecure": "is not safe", "other": "Something else than Ambit", "no name": "cannot be a name",
        "welcome": "Welcome",
    },
}


class Welcome(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        first = self.world.laptop("first")
        self.names = self.world.fill(first)
        self.browser = self.enterContext(Browser())

    def visitor(self, folder, language="nl", **options):
        self.program = self.world.page(folder)
        visitor = Visitor(self.browser, self.program.said["url"], language, **options)
        self.words = WORDS[language]
        return visitor

    def give(self, visitor, **fields):
        for field, text in fields.items():
            visitor.page.get_by_label(self.words[field]).fill(text)
        visitor.page.get_by_role("button", name=self.words["join"]).click()

    def fault(self, visitor, field):
        """What stands beside a field, as assistive programs find it."""
        label = visitor.page.get_by_label(self.words[field])
        self.assertEqual(label.get_attribute("aria-invalid"), "true", visitor.main())
        return " ".join(visitor.page.locator("#" + place).inner_text() for place in label.get_attribute("aria-describedby").split())

    def test_a_link_and_a_name_bring_the_agenda_over_in_both_languages(self):
        for language in WORDS:
            folder = self.world.folder / f"new {language}"
            visitor = self.visitor(folder, language)
            self.assertIn(self.words["welcome"], visitor.page.locator("h1").inner_text())
            found = Axe().run(visitor.page, options=STANDARD).response["violations"]
            self.assertEqual([one["id"] for one in found], [])
            self.give(visitor, link=f"  <{self.world.link()}> ", name="Nieuwe Voorbeeld", device="laptop van Nieuwe")
            visitor.page.get_by_role("heading", name="Asser Ambitie Agenda").wait_for()
            visitor.go(f"/{self.names['energietuin']}")
            self.assertIn("Energietuin", visitor.page.locator("h1").inner_text())
            visitor.go(f"/record/note.added?about={self.names['energietuin']}")
            visitor.fill("text", "Van een nieuwe laptop")
            visitor.submit()
            self.assertEqual(visitor.faults, [])
            self.program.end()
            again = Visitor(self.browser, self.world.page(folder).said["url"], language)
            self.assertIn("Asser Ambitie Agenda", again.page.locator("h1").inner_text())

    def test_it_works_without_scripts(self):
        visitor = self.visitor(self.world.folder / "new", scripts=False)
        self.give(visitor, link=self.world.link(), name="Nieuwe Voorbeeld", device="laptop")
        while visitor.page.url.endswith("/arriving"):
            visitor.page.get_by_role("link", name="Opnieuw kijken").click()
        self.assertIn("Asser Ambitie Agenda", visitor.page.locator("h1").inner_text())

    def test_every_wrong_input_is_told_beside_its_field_and_what_was_typed_stays(self):
        used = self.world.link()
        self.world.run("clone", used, self.world.folder / "other", "--name", "Ander", "--device", "ander")
        address = used.partition("#")[0]
        faults = {
            "": "needed", "hallo": "no link", address: "no link", f"{address}#invite=": "no link", "#invite=ABC": "no link",
            "https://agenda.example/elders#invite=ABC": "no link", used: "no invite", f"{address}#invite=ABCDEFGH": "no invite",
            f"{address}x#invite=ABCDEFGH": "no agenda", "http://agenda.example/agendas/assen#invite=ABC": "insecure",
            "http://127.0.0.1:1/agendas/assen#invite=ABC": "away",
        }
        folder = self.world.folder / "new"
        for language in WORDS:
            visitor = self.visitor(folder, language)
            for link, fault in faults.items():
                with self.subTest(f"{language} {link}"):
                    self.give(visitor, link=link, name="Nieuwe", device="laptop")
                    self.assertIn(self.words[fault], self.fault(visitor, "link"))
                    self.assertEqual(visitor.page.get_by_label(self.words["link"]).input_value(), link)
                    self.assertEqual(visitor.page.get_by_label(self.words["name"]).input_value(), "Nieuwe")
            for name, fault in (("", "needed"), ("x" * 201, "no name"), ("a\u202eb", "no name"), ("a\u2800b", "no name")):
                self.give(visitor, link=self.world.link(), name=name, device="laptop")
                self.assertIn(self.words[fault], self.fault(visitor, "name"))
                self.give(visitor, link=self.world.link(), name="Nieuwe", device=name)
                self.assertIn(self.words[fault], self.fault(visitor, "device"))
            self.assertEqual(visitor.faults, [])
            self.program.end()
        self.assertFalse((folder / "log.sqlite").exists())
        self.give(self.visitor(folder), link=self.world.link(), name="Nieuwe", device="laptop")

    def test_a_folder_that_holds_something_else_is_left_alone(self):
        folder = self.world.folder / "papers"
        folder.mkdir()
        (folder / "brief.txt").write_text("Beste")
        self.assertEqual(self.world.run("ui", "--no-open", "--json", "-C", folder, check=False), "")
        self.assertEqual([path.name for path in folder.iterdir()], ["brief.txt"])
