"""What the systems are given: events of eight clients to push, and one log to read, to clone and to fold.

Both come from `workload.py` or from `fieldwork.py`, so all of it is invented and seeded. Clients have invented device ids here;
Ambit gives out its own, and puts them in their place before the clock starts.
"""
import json
from datetime import datetime

import fieldwork
import run
import workload

CLIENTS = run.DEVICES
IDS = [f"peer{number:04}" for number in range(CLIENTS)]


class Subjects:
    """1,000 subjects that are revised again and again."""
    name, title = "subjects", "1,000 subjects"

    def __init__(self, count):
        devices = [workload.Device(f"device/{own}", number, CLIENTS) for number, own in enumerate(IDS)]
        self.first = [device.creations() for device in devices]
        self.lines = [device.revisions(count) for device in devices]

    @staticmethod
    def fill(server, count):
        """Makes a log of so many events; gives the token of one device."""
        devices, _ = run.fill(server, count)
        return devices[0][1]


class Field:
    """A city's field work: most events create a subject."""
    name, title = "field", "field work"

    def __init__(self, count):
        work = Offline()
        work.prepare()
        self.first = [work.pushed] + [[] for _ in IDS[1:]]
        self.lines = []
        for device in work.devices:
            lines, milestones = [], []
            while len(lines) < count:
                planned = []
                lines += [work.event(device, milestones, planned) for _ in range(min(1000, count - len(lines)))]
                milestones += planned
            self.lines.append(lines)

    @staticmethod
    def fill(server, count):
        work = fieldwork.FieldWork(server)
        work.fill(count)
        return work.token


class Offline(fieldwork.FieldWork):
    """Field work that no server has yet."""

    def __init__(self):
        self.rnd, self.now = fieldwork.random.Random(fieldwork.SEED), datetime(2026, 1, 5, 8)
        self.devices, self.pushed = [[f"device/{own}", "", 0] for own in IDS], []
        self.size = 1 + 2 * CLIENTS

    def push(self, device, lines):
        self.pushed += lines
        self.size += len(lines)


WORKS = (Subjects, Field)

# What the server adds to an event, with the brace that closes it; and the types of its own.
RECORDED, LENGTH = b',"recordedtime":"', 43
OF_THE_LOG = (b"agenda.", b"member.", b"device.")
TYPE = b'"type":"'


def pushed(entries):
    """The events of these entries as devices pushed them, without those of the server itself."""
    lines = []
    for entry in entries:
        if not entry.startswith(RECORDED, len(entry) - LENGTH):
            raise RuntimeError(f"no entry: {entry[:200]}")
        if not entry.startswith(OF_THE_LOG, entry.index(TYPE) + len(TYPE)):
            lines.append(entry[:-LENGTH] + b"}")
    return lines


def folded(lines):
    """The last value of each field of each subject, and the types of the fields' values."""
    state, types = {}, {}
    for line in lines:
        event = json.loads(line)
        state.setdefault(event["subject"], {}).update(event["data"])
        for name, value in event["data"].items():
            types.setdefault(name, set()).add(type(value))
    return state, types
