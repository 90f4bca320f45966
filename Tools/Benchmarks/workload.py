"""The events of the benchmark: invented, seeded, about 250 bytes each, over 1,000 subjects.

Every device creates its share of the subjects and then revises them, three to five fields at a time. Device ids are given
out by the server, so the bytes differ between runs in those ids only.
"""
import json
import random
from datetime import datetime, timedelta

SEED = 20261112
SUBJECTS = 1_000

THEMES = ["Energietuin", "Warmtenet", "Zonnepark", "Windpark", "Buurtbatterij", "Laadplein", "Dorpshuis",
          "Isolatieproject", "Groengasinstallatie", "Waterberging", "Zonnedak", "Deelmobiliteit"]
PLACES = ["Assen", "Assen Zuid", "Emmen", "Hoogeveen", "Meppel", "Beilen", "Coevorden", "Roden", "Zuidlaren",
          "Borger", "Gieten", "Westerbork", "Veenhuizen", "Norg", "Dwingeloo", "Haren"]
TASKS = ["Vergunning aanvragen", "Offerte opvragen", "Bewonersavond plannen", "Netaansluiting regelen",
         "Subsidie indienen", "Contract tekenen", "Oplevering controleren", "Begroting bijwerken",
         "Schouw uitvoeren", "Planning delen"]
REASONS = ["wacht op vergunning", "wacht op aannemer", "besluit van de raad", "overleg met bewoners", "geen capaciteit"]
SORTS = ["municipality", "state", "care", "education", "company", "coalition", "other"]


def day(rnd):
    return f"2027-{rnd.randint(1, 12):02}-{rnd.choice((1, 15)):02}"


FIELDS = {
    "project": {
        "title": lambda r: f"{r.choice(THEMES)} {r.choice(PLACES)} fase {r.randint(1, 4)}",
        "summary": lambda r: r.choice(TASKS),
        "budget": lambda r: r.randrange(8, 4096, 8),
        "start": day,
        "end": day,
    },
    "milestone": {
        "due": day,
        "reason": lambda r: r.choice(REASONS),
    },
    "organisation": {
        "name": lambda r: f"{r.choice(THEMES)} {r.choice(PLACES)}",
        "sort": lambda r: r.choice(SORTS),
        "website": lambda r: f"https://voorbeeld.example/{r.randint(1, 40)}",
    },
}
REVISED = {"project": "project.revised", "milestone": "milestone.moved", "organisation": "organisation.revised"}
CREATED = {"project": "project.started", "milestone": "milestone.planned", "organisation": "organisation.registered"}


def line(counter, device, kind, subject, time, basis, data):
    """One event as the bytes of its line."""
    verb = CREATED[kind] if subject is None else REVISED[kind]
    event = {"specversion": "1.0", "id": str(counter), "source": device, "type": verb,
             "subject": subject or f"{kind}/{device.split('/')[1]}-{counter}",
             "time": time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03}Z", "basis": basis,
             "data": data}
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode(), event["subject"]


class Device:
    """Makes one device's events in order."""

    def __init__(self, subject, index, devices):
        self.subject, self.counter = subject, 0
        self.rnd = random.Random(f"{SEED}/{index}")
        self.own, self.recent = [], []
        self.share = SUBJECTS // devices
        self.time = datetime(2026, 11, 12, 8, 0, 0)

    def tick(self):
        self.time += timedelta(milliseconds=1 + int(self.rnd.expovariate(1 / 900)))
        self.counter += 1

    def creation(self, basis=0):
        """The event that creates the next of this device's subjects."""
        self.tick()
        kind = self.rnd.choices(("project", "milestone", "organisation"), (6, 3, 1))[0]
        if kind == "milestone" and not any(s.startswith("project/") for s in self.own):
            kind = "project"
        data = {name: make(self.rnd) for name, make in FIELDS[kind].items()}
        if kind == "milestone":
            project = next(s for s in reversed(self.own) if s.startswith("project/"))
            data = {"project": project, "title": self.rnd.choice(TASKS), "due": data["due"]}
        text, subject = line(self.counter, self.subject, kind, None, self.time, basis, data)
        self.own.append(subject)
        return text

    def revision(self, basis=0):
        """A revision of one of its subjects, often of a recent one."""
        self.tick()
        pool = self.recent if self.recent and self.rnd.random() < 0.5 else self.own
        subject = self.rnd.choice(pool)
        self.recent = (self.recent + [subject])[-40:]
        kind = subject.split("/")[0]
        makers = FIELDS[kind]
        chosen = self.rnd.sample(list(makers), min(len(makers), self.rnd.choice((3, 3, 4, 5))))
        data = {name: makers[name](self.rnd) for name in makers if name in chosen}
        return line(self.counter, self.subject, kind, subject, self.time, basis, data)[0]

    def creations(self):
        return [self.creation() for _ in range(self.share)]

    def revisions(self, count):
        return [self.revision() for _ in range(count)]
