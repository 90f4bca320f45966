"""Somebody with a browser, and the words that they look for."""
import re
import urllib.parse

WORDS = {
    "nl": {
        "record": "Vastleggen", "recorded": "Vastgelegd", "value": "Waarde", "indicator": "Indicator", "text": "Tekst",
        "two readings": "is te lezen als", "not a day": "past een dag", "needed": "Dit is nodig", "number": "10.000",
        "keep": "Deze waarde houden", "no conflicts": "Er zijn geen conflicten", "correct": "Verbeteren", "theme": "Thema",
        "nothing refused": "Er is niets geweigerd", "past": "U kijkt naar het verleden", "find": "Zoeken", "on": "Op",
        "reached": "Bereikt op", "decimal": "12,5", "shown": "12,5", "sync": "Nu versturen en ontvangen", "sent": "Alles is verstuurd",
        "title": "Titel", "due": "Verwacht op", "all": "Verstuurd", "ambition": "Ambitie", "measurement": "Meting: vastgelegd",
        "plan": "Mijlpaal plannen", "write": "Notitie schrijven", "undo": "Terugnemen", "conflict": "conflict", "refused": "geweigerd",
        "happened": "Wat er gebeurde", "then": "De agenda op een dag bekijken", "today": "vandaag", "to now": "Terug naar nu",
        "origin": "Waar dit vandaan komt", "check all": "Alles controleren", "holds": "Klopt: dit staat", "take": "Meenemen",
        "not sent": "niet verstuurd", "away": "Geen verbinding", "look again": "Opnieuw kijken", "will record": "Dit wordt vastgelegd",
        "anyway": "Toch vastleggen",
    },
    "en": {
        "record": "Record", "recorded": "Recorded", "value": "Value", "indicator": "Indicator", "text": "Text",
        "two readings": "may be read as", "not a day": "takes a day", "needed": "This is needed", "number": "1,234",
        "keep": "Keep this value", "no conflicts": "There are no conflicts", "correct": "Put right", "theme": "Theme",
        "nothing refused": "Nothing was refused", "past": "You are looking at the past", "find": "Find", "on": "On",
        "reached": "Reached", "decimal": "37.5", "shown": "37.5", "sync": "Send and receive now", "sent": "Everything has been sent",
        "title": "Title", "due": "Due", "all": "Sent", "ambition": "Ambition", "measurement": "Measurement: recorded",
        "plan": "Plan a milestone", "write": "Write a note", "undo": "Take back", "conflict": "conflict", "refused": "refused",
        "happened": "What happened", "then": "See the agenda on a day", "today": "today", "to now": "Back to now",
        "origin": "Where this comes from", "check all": "Check everything", "holds": "Right: the signed log", "take": "Take along",
        "not sent": "not sent", "away": "No connection", "look again": "Look again", "will record": "This will be recorded",
        "anyway": "Record it all the same",
    },
}


def enter(page, url):
    """Opens a printed address; where the pages are that it leads to."""
    page.goto(url)
    page.wait_for_url(re.compile("/[0-9a-f]{32}$"))
    return page.url


class Visitor:
    """Somebody with a browser, in a language."""

    def __init__(self, browser, url, language="nl", storage=None, keyboard=False, **options):
        """At the printed address, or with `storage` of who was let in at the `base` that they have.

        With `keyboard`, somebody who uses no mouse.
        """
        self.page = browser.page(storage=storage, **options)
        self.words = WORDS[language]
        self.language = language
        self.keyboard = keyboard
        self.has_scripts = options.get("scripts", True)
        self.requests = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda said: self.say(f"{said.text} {said.location['url']}") if said.type == "error" else None)
        self.faults = []
        if storage is None:
            url = enter(self.page, url)
        # Of all pages; the browser's storage lets in to nothing else.
        self.base = url
        self.origin = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(url))
        self.go("/?language=" + language)

    def say(self, text):
        """Keeps what the browser complains of; a form that comes back is no fault."""
        # Nor is it that an answer to a form has no address of its own, where the page looks again.
        if "status of 422" not in text and not text.endswith("/undo"):
            self.faults.append(text)

    def go(self, path):
        return self.page.goto(self.base + path)

    def reach(self, target):
        """Goes on from where the keyboard is, as far as it takes."""
        for _ in range(500):
            self.page.keyboard.press("Tab")
            if target.evaluate("part => part === document.activeElement"):
                return
        raise AssertionError(f"the keyboard does not get to {target}")

    def use(self, target):
        """A link or a button."""
        if self.keyboard:
            self.reach(target)
            self.page.keyboard.press("Enter")
        else:
            target.click()

    def type(self, target, text):
        if self.keyboard:
            self.reach(target)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
        else:
            target.fill(text)

    def named(self, role, name, place):
        """The first of those whose name has a word, in the visitor's language, or fits a pattern."""
        return place.get_by_role(role, name=self.words.get(name, name)).first

    def follow(self, name):
        with self.page.expect_navigation():
            self.use(self.named("link", name, self.page))

    def press(self, name, place="main"):
        with self.page.expect_navigation():
            self.use(self.named("button", name, self.page.locator(place)))

    def fill(self, label, text):
        self.type(self.page.get_by_label(re.compile("^" + re.escape(self.words.get(label, label)))).first, text)

    def submit(self, name="record"):
        self.press(name, "main form")

    def main(self):
        return self.page.locator("main").inner_text()
