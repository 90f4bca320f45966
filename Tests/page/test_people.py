"""An admin lets people in and out, and sees who is behind, in the browser alone."""
import re
import unittest

from axe_playwright_python.sync_playwright import Axe
from browser import STANDARD, Browser
from visitor import Visitor
from world import World


class People(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        self.laptop = self.world.laptop("laptop 1", person="Jansje Voorbeeld")
        self.browser = self.enterContext(Browser())

    def visitor(self, laptop, language="nl", **options):
        return Visitor(self.browser, self.world.page(laptop).said["url"], language, **options)

    def members(self):
        return {member["name"]: member for member in self.world.run("member", "list", "-C", self.laptop, "--json")}

    def press(self, page, what, whom):
        page.get_by_role("button", name=re.compile(f"^{what}.*{whom}")).click()

    def unfold(self, page, what, whom):
        page.locator("summary", has_text=re.compile(f"{what}.*{whom}")).click()

    def sound(self, visitor):
        found = Axe().run(visitor.page, options=STANDARD).response["violations"]
        self.assertEqual([f"{one['id']} {one['nodes'][0]['html'][:200]}" for one in found], [])
        self.assertEqual(visitor.faults, [])

    def join(self, link, name, folder):
        self.world.run("clone", link, self.world.folder / folder, "--name", name, "--device", folder)
        return self.world.folder / folder

    def test_somebody_is_let_in_given_another_role_and_let_go_without_scripts(self):
        visitor = self.visitor(self.laptop, scripts=False)
        page = visitor.page
        page.get_by_role("link", name="Mensen en apparaten").click()
        page.get_by_label("Wat die persoon mag").select_option(label="redacteur")
        page.get_by_role("button", name="Link maken").click()
        link = page.get_by_label(re.compile("^Geef deze link aan één persoon")).input_value()
        second = self.join(link, "Bert Voorbeeld", "laptop 2")
        self.world.run("sync", "-C", self.laptop)
        self.assertEqual(self.members()["Bert Voorbeeld"]["role"], "editor")
        visitor.go("/people")
        page.get_by_label("Rol: Bert Voorbeeld").select_option(label="controleur")
        self.press(page, "Rol wijzigen", "Bert Voorbeeld")
        self.assertIn("Bert Voorbeeld is nu controleur", page.locator(".notice").inner_text())
        self.assertEqual(self.members()["Bert Voorbeeld"]["role"], "auditor")
        self.press(page, "Link voor nog een laptop", "Bert Voorbeeld")
        link = page.get_by_label(re.compile("^Geef deze link")).input_value()
        third = self.join(link, "anders", "laptop 3")
        self.assertEqual(self.world.run("status", "-C", third, "--json")["member"], self.members()["Bert Voorbeeld"]["member"])
        self.world.run("sync", "-C", self.laptop)
        visitor.go("/people")
        self.unfold(page, "Toegang intrekken", "laptop 3")
        self.press(page, "Toegang intrekken", "laptop 3")
        self.assertIn("De laptop heeft geen toegang meer", page.locator(".notice").inner_text())
        self.assertIn("taken away", self.world.refusal("sync", "-C", third))
        self.unfold(page, "Laten gaan", "Bert Voorbeeld")
        self.press(page, "Laten gaan", "Bert Voorbeeld")
        self.assertIn("Bert Voorbeeld doet niet meer mee", page.locator(".notice").inner_text())
        self.assertFalse(self.members()["Bert Voorbeeld"]["active"])
        self.assertIn("taken away", self.world.refusal("sync", "-C", second))
        self.assertEqual(visitor.faults, [])

    def test_who_is_behind_is_seen_and_an_open_invite_is_taken_back(self):
        second = self.world.laptop("laptop 2", "editor", person="Bert Voorbeeld")
        self.world.record(self.laptop, "theme.opened", "title=Wonen")
        self.world.run("sync", "-C", self.laptop)
        for language, ask, behind, back, gone in (
            ("nl", "De server vragen wie achterloopt", r"\d+ gebeurtenissen achter", "Intrekken", "laat niemand meer binnen"),
            ("en", "Ask the server who is behind", r"\d+ entries behind", "Take back", "lets nobody in any more"),
        ):
            link = self.world.link()
            visitor = self.visitor(self.laptop, language)
            visitor.go("/people")
            self.sound(visitor)
            visitor.page.get_by_role("link", name=ask).click()
            self.assertRegex(visitor.page.get_by_role("region", name="Bert Voorbeeld").inner_text(), behind)
            self.sound(visitor)
            visitor.page.get_by_role("button", name=re.compile(f"^{back}")).first.click()
            self.assertIn(gone, visitor.page.locator(".notice").inner_text())
            done = self.world.refusal("clone", link, self.world.folder / f"late {language}", "--name", "Laat")
            self.assertIn("the invite", done)
        self.assertTrue(second.exists())

    def test_without_a_network_the_page_is_there_and_says_what_needs_one(self):
        self.world.stop_server()
        visitor = self.visitor(self.laptop)
        visitor.go("/people")
        self.assertIn("Jansje Voorbeeld", visitor.main())
        visitor.page.get_by_role("button", name="Link maken").click()
        self.assertIn("De server is niet te bereiken", visitor.main())
        visitor.go("/people?seen=1")
        self.assertIn("De server is niet te bereiken", visitor.main())

    def test_the_last_admin_stays_and_others_see_nothing_of_this(self):
        visitor = self.visitor(self.laptop)
        visitor.go("/people")
        self.unfold(visitor.page, "Laten gaan", "Jansje Voorbeeld")
        self.press(visitor.page, "Laten gaan", "Jansje Voorbeeld")
        self.assertEqual(visitor.page.locator(".notice.is-problem").count(), 1)
        self.assertTrue(self.members()["Jansje Voorbeeld"]["active"])
        other = self.visitor(self.world.laptop("laptop 2", "editor"))
        self.assertEqual(other.page.locator("a[href*=people]").count(), 0)
        for path in ("/people", "/people?seen=1", "/people/invite"):
            self.assertEqual(other.go(path).status, 404)
