"""Each task of a person, in a browser, in Dutch and in English, with axe on every page."""
import contextlib
import http.client
import json
import pathlib
import re
import socket
import sys
import unittest
import urllib.parse
import urllib.request

from axe_playwright_python.sync_playwright import Axe

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from browser import STANDARD, Browser  # noqa: E402
from views import paths, prepare  # noqa: E402
from waiting import eventually  # noqa: E402
from visitor import WORDS, Visitor  # noqa: E402
from world import QUIET, World  # noqa: E402


class Pages(unittest.TestCase):
    """One agenda, whose second laptop has something in every view."""

    maxDiff = None

    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        self.laptop, self.names = prepare(self.world)
        self.browser = self.enterContext(Browser())

    def visitor(self, language="nl", **options):
        page = self.world.page(self.laptop)
        return Visitor(self.browser, page.said["url"], language, **options)

    def test_every_view_is_found_sound_by_axe_in_both_languages_and_asks_nobody_else(self):
        visitor = self.visitor()
        storage = visitor.page.context.storage_state()
        url = visitor.base
        faults = []
        for language in WORDS:
            for scheme in ("light", "dark"):
                other = Visitor(self.browser, url, language, storage=storage, scheme=scheme)
                for name, path in paths(self.names).items():
                    other.go(path)
                    self.assertEqual(other.page.locator("html").get_attribute("lang"), language)
                    self.assertEqual(other.page.locator("h1").count(), 1, name)
                    for found in Axe().run(other.page, options=STANDARD).response["violations"]:
                        faults.append(f"{language} {scheme} {name}: {found['id']} {found['nodes'][0]['html'][:200]}")
                    for width in (320, 1280):
                        other.page.set_viewport_size({"width": width, "height": 800})
                        wide = other.page.evaluate("document.documentElement.scrollWidth")
                        if wide > width:
                            faults.append(f"{name} is {wide} wide at {width}")
                self.assertEqual([ask for ask in other.requests if not ask.startswith(visitor.base)], [])
                other.page.context.close()
        self.assertEqual(faults, [])

    def task_measurement(self, visitor):
        visitor.go(f"/record/measurement.recorded?ambition={self.names['meer-woningen']}")
        visitor.fill("indicator", "Nieuwe woningen")
        if visitor.has_scripts:
            self.assertEqual(visitor.page.locator("form [data-unit]:not(option)").inner_text(), "woningen")
        visitor.fill("value", visitor.words["number"])
        visitor.submit()
        self.assertEqual(visitor.page.locator("form [data-unit]:not(option)").inner_text(), "woningen")
        self.assertIn(visitor.words["two readings"], visitor.main())
        value = visitor.page.get_by_label(re.compile("^" + visitor.words["value"]))
        self.assertEqual(value.input_value(), visitor.words["number"])
        self.assertEqual(value.get_attribute("aria-invalid"), "true")
        value.fill(visitor.words["decimal"])
        visitor.submit()
        self.assertIn(visitor.words["recorded"], visitor.main())
        self.assertIn(visitor.words["shown"], visitor.page.locator(".notice").inner_text())
        status = self.world.run("status", "--pending", "-C", self.laptop, "--json")
        last = json.loads(status["events"][-1])
        self.assertEqual((last["type"], last["data"]["value"]), ("measurement.recorded", {"nl": 12.5, "en": 37.5}[visitor.language]))

    def test_a_measurement_a_milestone_and_a_note_are_recorded_in_both_languages(self):
        for language in WORDS:
            with self.subTest(language):
                visitor = self.visitor(language)
                self.task_measurement(visitor)
                visitor.go(f"/record/milestone.planned?project={self.names['energietuin']}")
                visitor.fill("title", "Tweede veld open")
                visitor.fill("due", "31-02-2027")
                visitor.submit()
                self.assertIn(visitor.words["not a day"], visitor.main())
                visitor.fill("due", "2027-02-28")
                visitor.submit()
                self.assertIn(visitor.words["recorded"], visitor.main())
                visitor.go(f"/record/note.added?about={self.names['energietuin']}")
                visitor.submit()
                self.assertIn(visitor.words["needed"], visitor.main())
                visitor.fill("text", "<b onclick=alert(1)>vet</b> & “scherp”\nnieuwe regel")
                visitor.submit()
                self.assertIn("<b onclick=alert(1)>vet</b>", visitor.main())
                self.assertEqual(visitor.page.locator("main b").count(), 0)
                self.assertEqual(visitor.faults, [])

    def test_the_conflicts_of_one_subject_are_shown_with_what_each_knew(self):
        visitor = self.visitor()
        visitor.go(f"/{self.names['energietuin']}")
        visitor.page.locator("a[href*='conflicts?of=']").first.click()
        self.assertEqual(visitor.page.locator(".choice").count(), 2)
        self.assertRegex(visitor.main(), "wist niet van [12]")
        visitor.go(f"/conflicts?of={self.names['warmtenet']}")
        self.assertIn(visitor.words["no conflicts"], visitor.main())

    def test_what_somebody_else_took_back_meanwhile_is_told_until_it_is_seen(self):
        self.world.serve(urllib.parse.urlsplit(self.world.url).netloc)
        first = self.world.folder / "laptop 1"
        laptop = self.world.laptop("laptop zonder gevolg", "editor", person="Cor Voorbeeld")
        theme = self.world.record(first, "theme.opened", "title=Verzonnen thema van het aanbod")
        offer = self.world.record(first, "offer.made", "title=Verzonnen aanbod", f"theme={theme}")
        self.world.run("sync", "-C", first)
        self.world.run("sync", "-C", laptop)
        self.world.record(first, "offer.withdrawn", offer, "reason=weg")
        self.world.run("sync", "-C", first)
        self.world.record(laptop, "offer.revised", offer, "title=Verzonnen aanbod Zuid")
        self.world.run("sync", "-C", laptop)
        self.world.stop_server()
        visitor = Visitor(self.browser, self.world.page(laptop).said["url"])
        visitor.go("/")
        visitor.page.get_by_role("link", name="1 zonder gevolg").click()
        self.assertIn("Wat u vastlegde heeft geen gevolg", visitor.main())
        visitor.page.get_by_role("button", name="Ik heb dit gezien").click()
        self.assertNotIn("heeft geen gevolg", visitor.main())
        self.assertEqual(visitor.page.get_by_role("link", name="1 zonder gevolg").count(), 0)
        self.assertEqual(self.world.run("status", "-C", laptop, "--json").get("overtaken", []), [])

    def test_a_refused_target_gets_another_indicator(self):
        self.world.serve(urllib.parse.urlsplit(self.world.url).netloc)
        first = self.world.folder / "laptop 1"
        laptop = self.world.laptop("laptop 3", "editor", person="Cor Voorbeeld")
        self.world.run("sync", "-C", laptop)
        indicators = [item["subject"] for item in self.world.run("show", "--kind", "indicator", "-C", laptop, "--json")][:2]
        titles = [item["document"]["name"] for item in self.world.run("show", "--kind", "indicator", "-C", laptop, "--json")][:2]
        self.world.record(laptop, "ambition.targeted", self.names["meer-woningen"], f"targets.{indicators[0]}.quantity=10")
        member = self.world.run("status", "-C", laptop, "--json")["member"]
        self.world.run("sync", "-C", first)
        for role in ("recorder", "editor"):
            self.world.record(first, "member.granted", member, f"role={role}")
            self.world.run("sync", "-C", first)
            self.world.run("sync", "-C", laptop, check=False)
        self.world.stop_server()
        visitor = Visitor(self.browser, self.world.page(laptop).said["url"])
        visitor.go("/refused")
        visitor.page.get_by_role("link", name=re.compile("^Verbeteren")).first.click()
        visitor.fill("indicator", titles[1])
        visitor.submit()
        self.assertIn(visitor.words["recorded"], visitor.main())
        last = json.loads(self.world.run("status", "--pending", "-C", laptop, "--json")["events"][-1])
        self.assertEqual(list(last["data"]["targets"]), [indicators[1]])

    def test_the_agenda_on_an_earlier_day(self):
        for language in WORDS:
            visitor = self.visitor(language)
            visitor.go("/?at=1")
            self.assertIn(visitor.words["past"], visitor.page.locator(".past-banner").inner_text())
            visitor.go("/?at=400")
            link = visitor.page.locator(".places a").nth(1)
            link.click()
            self.assertIn("at=400", visitor.page.url)
            self.assertEqual(visitor.page.locator("a[href*=record]").count(), 0)
            self.assertEqual(visitor.go("/?at=1000000").status, 404)

    def test_two_days_are_compared_and_a_place_is_drawn(self):
        for language, new, order in (("nl", "nieuw", "De eerste dag is na de tweede"), ("en", "new", "The first day is after")):
            visitor = self.visitor(language)
            visitor.go("/history")
            form = visitor.page.locator("form[action*=compare]")
            form.locator("[name=from]").fill("300")
            form.locator("[name=to]").fill("400")
            form.get_by_role("button").click()
            self.assertIn(new, visitor.page.locator("main").inner_text().lower())
            diff = self.world.run("diff", "300", "400", "-C", self.laptop, "--json")["subjects"]
            self.assertEqual(visitor.page.locator(".compared").count(), len(diff))
            for typed, fault in (("400", None), ("nooit", "nooit"), ("31-02-2026", "31-02-2026")):
                visitor.go(f"/compare?from={typed}&to=300")
                self.assertIn(fault or order, visitor.page.locator(".notice.is-problem").inner_text())
                self.assertEqual(visitor.page.locator("[name=from]").input_value(), typed)
            visitor.go(f"/{self.names['energietuin']}")
            drawing = visitor.page.locator("svg:has(.place-here)")
            self.assertRegex(drawing.get_attribute("aria-label"), r"(andere projecten eromheen|other projects around it): \d+")
            self.assertEqual(drawing.locator(".place-here").count(), 1)
            self.assertEqual(visitor.faults, [])

    def test_every_format_that_export_has_is_taken_along_as_it_is_and_as_it_was(self):
        """The same log and size give the same bytes, wherever they are made."""
        formats = ("xlsx", "geojson", "tables", "sqlite", "json", "ndjson", "jsonld")
        visitor = self.visitor()
        for at in ([], ["--at", "300"]):
            visitor.go("/take" + "".join(at).replace("--at", "?at="))
            links = visitor.page.locator("main a[download]")
            self.assertEqual(links.count(), len(formats))
            for link, name in zip(links.all(), formats):
                with visitor.page.expect_download() as download:
                    link.click()
                made = self.world.folder / f"made{len(at)}.{name}"
                self.world.run("export", "--format", name, "-o", made, "-C", self.laptop, *at)
                self.assertEqual(pathlib.Path(download.value.path()).read_bytes(), made.read_bytes(), name)
        refusal = self.world.refusal("export", "--format", "none", "-C", self.laptop)
        # What is not in the log is sent, and not taken along.
        self.assertEqual(set(re.findall(r"^  - (\w+)$", refusal, re.M)) - {"outbox"}, set(formats))
        self.assertEqual(visitor.go("/take/geen.xyz").status, 404)

    def test_what_changes_between_a_page_and_its_first_look_is_shown(self):
        visitor = self.visitor()

        def later(route):
            self.world.record(self.laptop, "note.added", f"about={self.names['energietuin']}", "text=Vlak na de bladzijde")
            route.continue_()

        visitor.page.route("**/live", later, times=1)
        visitor.go(f"/{self.names['energietuin']}")
        visitor.page.get_by_text("Vlak na de bladzijde").first.wait_for()

    def test_what_was_typed_stays_when_something_else_changes(self):
        visitor = self.visitor()
        visitor.go(f"/record/measurement.recorded?ambition={self.names['meer-woningen']}")
        visitor.fill("indicator", "Nieuwe woningen")
        visitor.fill("value", visitor.words["number"])
        visitor.submit()
        self.assertIn(visitor.words["two readings"], visitor.main())
        before = visitor.page.locator("#standing").inner_text()
        self.world.record(self.laptop, "note.added", f"about={self.names['energietuin']}", "text=Van de opdrachtregel")
        self.assertTrue(eventually(lambda: visitor.page.locator("#standing").inner_text() != before))
        self.assertIn(visitor.words["two readings"], visitor.main())
        self.assertEqual(visitor.page.get_by_label(re.compile("^" + visitor.words["value"])).input_value(), visitor.words["number"])

    def test_what_changed_is_shown_once_the_keyboard_is_elsewhere(self):
        visitor = self.visitor()
        page = visitor.page
        visitor.go(f"/{self.names['energietuin']}")
        page.locator("main a").first.focus()
        before = page.locator("#standing").inner_text()
        self.world.record(self.laptop, "note.added", f"about={self.names['energietuin']}", "text=Terwijl iemand leest")
        self.assertTrue(eventually(lambda: page.locator("#standing").inner_text() != before))
        self.assertEqual(page.get_by_text("Terwijl iemand leest").count(), 0, "what has the focus was taken away")
        page.evaluate("document.activeElement.blur()")
        page.get_by_text("Terwijl iemand leest").first.wait_for()

    def test_two_windows_and_the_command_line_show_each_other_what_is_new_within_a_second(self):
        """Of the page's own clock, which stands still meanwhile: the machine may be slow, the page asks all the same."""
        first = self.visitor()
        second = Visitor(self.browser, first.base, storage=first.page.context.storage_state())
        windows = (first.page, second.page)
        for page in windows:
            page.clock.install()
            page.goto(f"{first.base}/{self.names['energietuin']}")
            page.wait_for_load_state("networkidle")
            page.clock.pause_at(page.evaluate("Date.now()") + 1000)
            page.wait_for_load_state("networkidle")
        for text in ("Van de opdrachtregel", "En nog iets"):
            self.world.record(self.laptop, "note.added", f"about={self.names['energietuin']}", f"text={text}")
            for page in windows:
                self.assertEqual(page.get_by_text(text).count(), 0)
                page.clock.run_for(1000)
                page.get_by_text(text).first.wait_for()

class Size(unittest.TestCase):
    """An agenda with more in it than fits on a page."""

    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        self.laptop = self.world.laptop("laptop")
        self.browser = self.enterContext(Browser())

    def test_five_thousand_projects_are_leafed_through_found_and_named_in_forms(self):
        lines = [{"type": "theme.opened", "as": "t", "data": {"title": "Wonen"}}]
        for number in range(5000):
            lines.append({"type": "project.started", "as": f"p{number}", "data": {"title": f"Project {number:04}", "theme": "$t"}})
        lines.append({"type": "project.started", "as": "long", "data": {"title": "Z" * 59_000, "theme": "$t"}})
        file = self.world.folder / "many.ndjson"
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        names = self.world.fill(self.laptop, file)
        visitor = Visitor(self.browser, self.world.page(self.laptop).said["url"])
        visitor.go("/all/project")
        self.assertIn("1 tot en met 50 van 5.001", visitor.main())
        self.assertIn("Project 0000", visitor.main())
        visitor.page.get_by_role("link", name="Volgende").click()
        self.assertIn("Project 0050", visitor.main())
        visitor.go("/all/project?page=101")
        self.assertIn("ZZZ", visitor.main())
        visitor.go(f"/{names['t']}")
        self.assertIn("Projecten: 100 van 5.001", visitor.main())
        visitor.page.get_by_role("link", name="Alle 5.001 tonen").click()
        self.assertIn("1 tot en met 50 van 5.001", visitor.main())
        visitor.page.get_by_role("link", name="Volgende").click()
        self.assertIn("51 tot en met 100 van 5.001", visitor.main())
        for path in ("/", f"/{names['t']}", "/all/project", f"/all/project?of={names['t']}&page=101", f"/{names['long']}",
                     f"/proof/{names['long']}?check=all", "/find?q=project", "/record/milestone.planned", "/history", "/compare?from=0"):
            answer = visitor.go(path)
            self.assertEqual(answer.status, 200, path)
            self.assertLess(len(answer.body()), 500_000, path)
            for width in (320, 1280):
                visitor.page.set_viewport_size({"width": width, "height": 800})
                self.assertLessEqual(visitor.page.evaluate("document.documentElement.scrollWidth"), width, path)
        visitor.go("/find?q=4321")
        visitor.page.get_by_role("link", name="Project 4321").click()
        for visitor in (visitor, Visitor(self.browser, visitor.base, storage=visitor.page.context.storage_state(), scripts=False)):
            visitor.go("/record/milestone.planned")
            visitor.fill("title", "Eerste paal")
            visitor.fill("due", "2027-01-01")
            visitor.fill("Project", "project 432")
            if visitor.has_scripts:
                visitor.page.locator("datalist option[value='Project 4321']").wait_for(state="attached")
            visitor.press(re.compile("^Zoeken.*Project"))
            self.assertIn("past bij meer dan een: 10", visitor.main())
            visitor.press("Project 4321")
            self.assertEqual(visitor.page.get_by_label("Project").input_value(), "Project 4321")
            self.assertEqual(visitor.page.get_by_label("Titel").input_value(), "Eerste paal")
            visitor.submit()
            self.assertIn("Vastgelegd", visitor.main())
            self.assertEqual(visitor.faults, [])

    def test_a_replica_removed_while_its_page_is_open_is_told_of_and_nothing_is_made_in_its_place(self):
        subject = self.world.record(self.laptop, "theme.opened", "title=Wonen")
        visitor = Visitor(self.browser, self.world.page(self.laptop).said["url"])
        visitor.go(f"/record/note.added?about={subject}")
        visitor.fill("text", "Te laat")
        moved = self.world.folder / "elders"
        self.laptop.rename(moved)
        visitor.submit()
        self.assertIn(str(self.laptop), visitor.main())
        self.assertEqual(visitor.go("/").status, 503)
        self.assertFalse(self.laptop.exists())
        moved.rename(self.laptop)
        self.assertEqual(visitor.go("/").status, 200)


class OpenForms(unittest.TestCase):
    """Forms that stand open while somebody else goes on, with scripts and without."""

    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        self.laptop = self.world.laptop("laptop 1")
        self.other = self.world.laptop("laptop 2", "editor")
        self.browser = self.enterContext(Browser())

    def document(self, laptop, subject):
        """Nothing where the laptop does not know of it."""
        shown = self.world.run("show", subject, "-C", laptop, "--json", check=False)
        return shown["document"] if shown else None

    def change(self, subject, *words):
        """Has the other laptop change something, and this one hear of it."""

        def has_come():
            self.world.run("sync", "-C", self.other)
            return self.document(self.other, subject)

        self.assertTrue(eventually(has_come))
        self.world.record(self.other, "project.revised", subject, *words)
        self.world.run("sync", "-C", self.other)
        self.assertTrue(eventually(lambda: self.document(self.laptop, subject) == self.document(self.other, subject)))

    def test_what_others_wrote_meanwhile_stays_and_what_both_wrote_is_a_conflict(self):
        storage = None
        url = self.world.page(self.laptop).said["url"]
        for scripts in (True, False):
            project = self.world.record(self.laptop, "project.started", f"title=Proef {scripts}", "summary=- een\n", "budget=5 euro")
            self.world.record(self.laptop, "project.started", f"title=Proef {scripts} Plaza")
            visitor = Visitor(self.browser, url, storage=storage, scripts=scripts)
            storage, url = visitor.page.context.storage_state(), visitor.base
            visitor.go(f"/record/project.revised?subject={project}")
            self.change(project, "location.name=Assen", "budget=", "title=Van een ander")
            visitor.fill("title", "Uit het formulier")
            visitor.fill("Begin", "ooit")
            visitor.submit()
            self.assertIn(visitor.words["not a day"], visitor.main())
            visitor.fill("Begin", "01-02-2027")
            visitor.submit()
            self.assertIn(visitor.words["recorded"], visitor.main())
            document = self.document(self.laptop, project)
            document.pop("title")
            self.assertEqual(document, {"summary": "- een\n", "location": {"name": "Assen"}, "start": "2027-02-01"})
            conflicts = self.world.run("conflicts", project, "-C", self.laptop, "--json")
            self.assertEqual([conflict["path"] for conflict in conflicts], ["/title"])
            self.assertEqual({json.loads(value["value"]) for value in conflicts[0]["values"]}, {"Uit het formulier", "Van een ander"})
            self.assertEqual(visitor.faults, [])


class Opening(unittest.TestCase):
    """`ambit ui` opens the browser by itself, and shows the secret to nobody but its owner."""

    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        self.laptop = self.world.laptop("laptop")
        self.home = self.world.folder / "home"
        self.given = self.world.folder / "given"
        opener = self.world.folder / "programs" / "xdg-open"
        for folder in (self.home, opener.parent):
            folder.mkdir()
        opener.write_text(f"#!/bin/sh\nprintf '%s' \"$*\" >'{self.given}.new'\nmv '{self.given}.new' '{self.given}'\n")
        opener.chmod(0o755)

    def start(self, folder=None):
        """The file that the browser is given, once it is."""
        environment = {**QUIET, "HOME": str(self.home), "PATH": f"{self.world.folder}/programs:{QUIET['PATH']}"}
        environment.pop("XDG_RUNTIME_DIR", None)
        self.program = self.world.start("ui", "--json", "-C", folder or self.laptop, environment=environment)
        self.url = self.program.said["url"]
        self.assertTrue(eventually(self.given.exists), "no browser was opened")
        return pathlib.Path(self.given.read_text())

    def said(self):
        return (self.world.folder / "programs.log").read_text()

    def test_the_browser_is_given_a_file_of_the_owner_alone_which_leads_on_without_scripts(self):
        file = self.start()
        key = urllib.parse.urlsplit(self.url).query.removeprefix("key=")
        self.assertGreaterEqual(len(key), 64)
        self.assertNotIn(key, self.given.read_text())
        self.assertIn(key, file.read_text())
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)
        self.assertEqual(file.parent, self.home)
        browser = self.enterContext(Browser())
        page = browser.page(scripts=False)
        page.goto(file.as_uri())
        page.wait_for_url(re.compile(re.escape(self.url[: self.url.index("?")]) + "[0-9a-f]{32}$"))
        self.assertEqual(page.locator("nav .places").count(), 1, page.locator("main").inner_text())
        # What leads to a secret that is used up stays for a slow browser, and then goes.
        self.assertTrue(eventually(lambda: not file.exists()))
        self.assertEqual(page.reload().status, 200)
        self.assertNotIn("somebody else", self.said())

    def test_the_file_goes_with_the_program_and_stands_in_no_new_replica(self):
        folder = self.world.folder / "new"
        file = self.start(folder)
        self.assertTrue(file.exists())
        self.assertFalse(folder.exists() and list(folder.iterdir()))
        self.program.end()
        self.assertFalse(file.exists())

    def test_the_owner_hears_of_somebody_who_was_first(self):
        file = self.start()
        with urllib.request.urlopen(self.url) as answer:
            self.assertEqual(answer.status, 200)
        self.assertNotIn("somebody else", self.said())
        browser = self.enterContext(Browser())
        page = browser.page()
        page.goto(file.as_uri())
        page.get_by_text("works once").wait_for()
        self.assertTrue(eventually(lambda: "somebody else" in self.said()))

    def test_where_no_file_can_stand_the_address_is_still_printed(self):
        self.home.rmdir()
        environment = {**QUIET, "HOME": str(self.home), "PATH": f"{self.world.folder}/programs:{QUIET['PATH']}"}
        environment.pop("XDG_RUNTIME_DIR", None)
        program = self.world.start("ui", "--json", "-C", self.laptop, environment=environment)
        self.assertTrue(eventually(lambda: "cannot be opened" in self.said()))
        self.assertIn("key=", program.said["url"])
        self.assertFalse(self.given.exists())


class Safety(unittest.TestCase):
    """What others who reach the port may not do."""

    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.end)
        self.laptop = self.world.laptop("laptop")
        self.url = self.world.page(self.laptop).said["url"]
        parts = urllib.parse.urlsplit(self.url)
        self.host, self.key = parts.netloc, parts.query

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection(*self.host.split(":"))
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, text

    def let_in(self):
        """The cookie of who is let in; `base` is where the pages are."""
        answer, _ = self.ask("GET", "/?" + self.key, Sec_Fetch_Site="none")
        self.assertEqual(answer.status, 303)
        self.base = answer.headers["Location"]
        self.assertRegex(self.base, "^/[0-9a-f]{32}$")
        cookies = answer.headers.get_all("Set-Cookie")
        for cookie in cookies:
            self.assertIn("HttpOnly", cookie)
            self.assertIn("SameSite=Strict", cookie)
        opens, = [cookie for cookie in cookies if f"Path={self.base};" in cookie]
        return opens.split(";")[0]

    def test_the_secret_lets_one_browser_in_once(self):
        cookie = self.let_in()
        self.assertEqual(self.ask("GET", "/?" + self.key)[0].status, 403)
        for path in ("/", self.base, self.base + "/people"):
            self.assertEqual(self.ask("GET", path)[0].status, 403)
            self.assertEqual(self.ask("GET", path, Cookie=cookie[:-1] + ("1" if cookie.endswith("0") else "0"))[0].status, 403)
        for path in ("/", "/people", "/live", self.base[:-1] + "/people"):
            answer, text = self.ask("GET", path, Cookie=cookie)
            self.assertEqual(answer.status, 403)
            self.assertNotIn(self.base, text)
        answer, text = self.ask("GET", self.base, Cookie=cookie)
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["Referrer-Policy"], "same-origin")
        self.assertIn("default-src 'none'", answer.headers["Content-Security-Policy"])
        self.assertNotIn(" style=", text)
        self.assertNotIn("<script>", text)
        self.assertNotIn(self.key[4:], text)

    def test_a_body_that_nobody_wants_is_not_read_without_end(self):
        with socket.create_connection(tuple(self.host.split(":"))) as connection:
            connection.settimeout(60)
            connection.sendall(b"POST /record HTTP/1.1\r\nHost: " + self.host.encode() + b"\r\nContent-Length: 100000000000\r\n\r\n")
            sent = 0
            with contextlib.suppress(ConnectionError):
                while sent < 1 << 30:
                    sent += connection.send(bytes(1 << 16))
            self.assertLess(sent, 128 << 20, "bytes taken of such a body")

    def test_another_host_is_turned_away(self):
        cookie = self.let_in()
        for host in ("elders.example", f"elders.example:{self.host.split(':')[1]}", "127.0.0.1", ""):
            self.assertIn(self.ask("GET", self.base, Host=host, Cookie=cookie)[0].status, (400, 421), host)

    def test_a_form_needs_its_token_and_comes_from_here(self):
        cookie = self.let_in()
        _, page = self.ask("GET", self.base + "/record/theme.opened", Cookie=cookie)
        token = re.search('name="token" value="([0-9a-f]+)"', page)[1]
        origin = f"http://{self.host}"
        fields = {"title": "Thema", "token": token}
        form = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": cookie}

        def post(fields, **headers):
            return self.ask("POST", self.base + "/record/theme.opened", urllib.parse.urlencode(fields), **{**form, **headers})[0].status

        def themes():
            return len(self.world.run("show", "--kind", "theme", "-C", self.laptop, "--json"))

        self.assertEqual(post({**fields, "token": ""}, Origin=origin), 403)
        self.assertEqual(post({"title": "Thema"}, Origin=origin), 403)
        self.assertEqual(post({**fields, "token": token[::-1]}, Origin=origin), 403)
        self.assertEqual(post(fields), 403)
        self.assertEqual(post(fields, Origin="http://elders.example"), 403)
        self.assertEqual(post(fields, Origin=origin, Sec_Fetch_Site="cross-site"), 403)
        self.assertEqual(post(fields, Origin=origin, Cookie=""), 403)
        self.assertEqual(themes(), 0)
        self.assertEqual(post({**fields, "title": "x" * (2 << 20)}, Origin=origin), 413)
        self.assertEqual(post(fields, Origin=origin, Sec_Fetch_Site="same-origin"), 303)
        self.assertEqual(themes(), 1)

    def test_text_of_any_length_and_kind_is_only_text(self):
        cookie = self.let_in()
        titles = ["<script>alert(1)</script>", "{{w.find}} {{{page}}} {{>layout}}", "'\"&<>", "a" * 59_000, "\u202edraaiom"]
        for title in titles:
            subject = self.world.record(self.laptop, "theme.opened", f"title={title}")
            _, page = self.ask("GET", f"{self.base}/{subject}", Cookie=cookie)
            self.assertNotIn("<script>alert", page)
            if title.startswith("{{"):
                self.assertIn("{{w.find}} {{{page}}}", page)
        for path in ("/", "/all/theme", "/find?q=a", "/history", "/sync"):
            answer, page = self.ask("GET", self.base + path, Cookie=cookie)
            self.assertEqual(answer.status, 200, path)
            self.assertNotIn("<script>alert", page)
            self.assertLess(len(page), 500_000)

    def test_addresses_of_nothing_say_so(self):
        cookie = self.let_in()
        for path in ("/x", "/project/..%2f..", "/all/geen", "/all/project?page=0", "/record/geen.soort", "/refused/9", "/?at=9999",
                     "/%ff", "/assets/../style.css"):
            self.assertEqual(self.ask("GET", self.base + path, Cookie=cookie)[0].status, 404, path)

    def test_a_method_that_no_page_takes_is_answered_with_those_that_they_do(self):
        cookie = self.let_in()
        for method in ("PUT", "DELETE", "PATCH"):
            answer, _ = self.ask(method, self.base, Cookie=cookie)
            self.assertEqual((answer.status, answer.headers["Allow"]), (405, "GET, HEAD, POST"), method)
            self.assertEqual(self.ask(method, self.base)[0].status, 403, "learnt without the cookie")

    def test_a_replica_that_was_taken_away_is_told_of(self):
        cookie = self.let_in()
        (self.laptop / "log.sqlite").rename(self.laptop / "elders")
        answer, page = self.ask("GET", self.base, Cookie=cookie)
        self.assertEqual(answer.status, 503)
        self.assertIn(str(self.laptop), page)

    def test_a_second_program_on_the_port_is_told_of(self):
        port = self.host.split(":")[1]
        done = self.world.run("ui", "--no-open", "--port", port, "-C", self.laptop, "--json", check=False)
        self.assertEqual(done, "")
