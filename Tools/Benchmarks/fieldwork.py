"""The events of a city's field work: invented, seeded. Most of them create a subject, few revise one.

Of 100 events 60 record a measurement, 12 add a note, 8 plan a milestone; 5 have a milestone reached, 8 advance a project, 7 revise
one. Twenty devices push in bursts, each having seen almost everything before. Titles, texts and numbers are drawn from lists of
invented words; nothing in them is about anybody. Only the device ids, which the server gives out, differ between runs.
"""
import base64
import json
import random
from datetime import datetime, timedelta

import load

SEED = 20261128
DEVICES, PROJECTS, AMBITIONS, INDICATORS = 20, 200, 30, 20

WORDS = """aanbesteding aansluiting aanvraag afspraak avond bedrijf begroting besluit bestek bewoner bezoek bouwkeet brug buurt
controle dak deur dijk dorp dossier draagvlak energie fietspad fundering gebied gemaal gesprek glas grond helling hout huis
inspectie isolatie kabel kade kelder kraan kwartier leiding levering lijst maat meter muur net oever offerte opname overleg paal
plan planning plein pomp put regen rapport riool school sloot sluis steen straat subsidie tekening terrein toezegging uitstel
vergunning vertraging voorstel waarborg warmte water wijk woning zand zonnepaneel""".split()


class FieldWork:
    """Fills a server's agenda, as `run.Server` serves it."""

    def __init__(self, server):
        self.server, self.rnd = server, random.Random(SEED)
        self.now = datetime(2026, 1, 5, 8)
        self.devices = [[*server.enrol(number), 0] for number in range(DEVICES)]
        self.size = server.size(self.token)
        self.connection = load.Connection(server.host, server.port)

    @property
    def token(self):
        return self.devices[0][1]

    def words(self, low, high=None):
        return " ".join(self.rnd.choices(WORDS, k=self.rnd.randint(low, high or low)))

    def line(self, device, verb, subject, data):
        """One event: its subject, and the bytes of its line. A subject that is only a kind is a new one of that kind."""
        device[2] += 1
        self.now += timedelta(milliseconds=int(self.rnd.expovariate(1 / 90_000)))
        if "/" not in subject:
            subject = f"{subject}/{device[0].split('/')[1]}-{device[2]}"
        event = {
            "specversion": "1.0", "id": str(device[2]), "source": device[0], "type": verb, "subject": subject,
            "time": self.now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.now.microsecond // 1000:03}Z",
            "basis": max(0, self.size - 1 - int(self.rnd.expovariate(1 / 20))), "data": data,
        }
        if verb == "note.added":
            event["salt"] = base64.urlsafe_b64encode(self.rnd.randbytes(16)).decode().rstrip("=")
        return subject, json.dumps(event, separators=(",", ":")).encode()

    def push(self, device, lines):
        status, body = self.connection.exchange(load.encode(self.server.host, self.server.name, device[1], lines, False))
        if status != 200 or json.loads(body)["rejected"]:
            raise RuntimeError(f"filling: {status} {body[:300]}")
        self.size += len(lines)

    def prepare(self):
        """What the work is about: themes, indicators, ambitions with targets, projects. Gives how many events that took."""
        rnd, device, lines = self.rnd, self.devices[0], []

        def add(verb, kind, data):
            subject, line = self.line(device, verb, kind, data)
            lines.append(line)
            return subject

        self.themes = [add("theme.opened", "theme", {"title": title, "order": number + 1})
                       for number, title in enumerate(("Water", "Wonen", "Warmte"))]
        self.indicators = [add("indicator.defined", "indicator", {
            "name": f"Indicator {number}", "unit": rnd.choice(("kWh", "m3", "woningen")),
            "aggregation": rnd.choice(("sum", "latest"))}) for number in range(INDICATORS)]
        self.ambitions = [add("ambition.proposed", "ambition", {
            "theme": rnd.choice(self.themes), "title": f"Ambitie {self.words(3)}",
            "targets": {rnd.choice(self.indicators): {"quantity": rnd.choice((500, 5_000, 10_000)), "due": "2035-12-31"}},
        }) for _ in range(AMBITIONS)]
        self.projects = [add("project.started", "project", {
            "title": f"Project {self.words(3)}", "theme": rnd.choice(self.themes), "phase": "preparation",
            "ambitions": {rnd.choice(self.ambitions): True}}) for _ in range(PROJECTS)]
        self.push(device, lines)
        return len(lines)

    def event(self, device, milestones, planned):
        rnd, kind, project = self.rnd, self.rnd.random(), self.rnd.choice(self.projects)
        day = self.now.strftime("%Y-%m-%d")
        if kind < .60:
            return self.line(device, "measurement.recorded", "measurement", {
                "project": project, "indicator": rnd.choice(self.indicators), "on": day,
                "value": round(rnd.lognormvariate(2, 1.5), rnd.choice((0, 0, 1, 2))),
                "source": rnd.choice(("meter", "opgave", "raming", "telling"))})[1]
        if kind < .72:
            return self.line(device, "note.added", "note", {"about": project, "text": self.words(5, 40).capitalize() + "."})[1]
        if kind < .80 or not milestones:
            subject, line = self.line(device, "milestone.planned", "milestone", {
                "project": project, "title": self.words(3), "due": f"2027-{rnd.randint(1, 12):02}-{rnd.randint(1, 28):02}"})
            planned.append(subject)
            return line
        if kind < .85:
            return self.line(device, "milestone.reached", rnd.choice(milestones), {"reached": day})[1]
        if kind < .93:
            return self.line(device, "project.advanced", project, {
                "phase": rnd.choice(("preparation", "realisation")), "reason": self.words(6)})[1]
        return self.line(device, "project.revised", project, {
            "summary": self.words(20), "budget": rnd.randrange(10**6, 10**9, 50_000)})[1]

    def fill(self, count):
        """Makes so many events in all; larger logs come in larger bursts, which fills them sooner."""
        left, milestones = count - self.prepare(), []
        mean = 40 if count <= 300_000 else 500
        while left > 0:
            device, planned = self.rnd.choice(self.devices), []
            burst = min(left, 1 + int(self.rnd.expovariate(1 / mean)))
            self.push(device, [self.event(device, milestones, planned) for _ in range(burst)])
            # Milestones of the same burst are not in the log yet when the burst is made.
            milestones += planned
            left -= burst
