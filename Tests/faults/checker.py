"""Compares what everybody has at the end with what was acknowledged on the way.

Root, checkpoints and digest are computed by the second client's code, which shares nothing with the program.
"""
import dataclasses
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "second-client"))
import ambit_protocol as protocol  # noqa: E402
from world import AGENDA, MARK, hash_of, require  # noqa: E402

BY_SERVER = {"agenda.founded", "member.joined", "device.enrolled"}


@dataclasses.dataclass
class View:
    """What one replica or the server has."""
    name: str
    size: int
    digest: str
    replayed: dict
    exported: dict
    log: bytes
    status: dict = None


def entries_of(log):
    return protocol.split_lines(log)


def view_of_laptop(laptop):
    def answer(word, *arguments):
        done = laptop.command(word, *arguments)
        require(done.code == 0, f"{laptop.name}: {word}: {done}")
        return done.out

    status = json.loads(answer("status"))
    return View(laptop.name, status["size"], status["digest"], json.loads(answer("replay")),
                json.loads(answer("export", "--format", "json")), answer("export", "--format", "ndjson").encode(), status)


def view_of_server(world):
    where = ("--data", world.data, "--agenda", AGENDA)

    def answer(word, *arguments):
        done = world.run(word, *arguments, *where)
        require(done.code == 0, f"server: {word}: {done}")
        return done.out

    state = json.loads(world.request("/state", world.laptops[0].token))
    return View("server", state["size"], state["digest"], json.loads(answer("replay")),
                json.loads(answer("export", "--format", "json")), answer("export", "--format", "ndjson").encode())


def check_same(views):
    """Everybody has the same log, and says the same of it."""
    one = views[0]
    size, digest = len(entries_of(one.log)), one.digest
    for view in views:
        require(view.log == one.log, f"the logs of {one.name} and {view.name} differ")
        found = {(x["size"], x["digest"]) for x in (view.replayed, view.exported)} | {(view.size, view.digest)}
        require(found == {(size, digest)}, f"{view.name}: size and digest {found} instead of {(size, digest)}")
        require(view.exported["root"] == one.exported["root"], f"{view.name}: another root")
        if view.status:
            left = (view.status["pending"], view.status["refused"], view.status["caughtUp"])
            require(left == (0, 0, True), f"{view.name}: pending, refused, caught up: {left}")


def check_proof(entries, note, key, view):
    """The signed root and the digest, computed from the entries alone."""
    size, root = protocol.verify_checkpoint(note, key)
    require(size == len(entries), f"the checkpoint is for {size} entries, the log has {len(entries)}")
    require(protocol.root(entries) == root, "the entries do not lead to the checkpoint's root")
    require(protocol.from_base64(view.exported["root"]) == root, f"{view.name}: its root is not the checkpoint's")
    state = protocol.State()
    for entry in entries:
        state.fold(entry)
    require(state.digest() == view.digest, f"the digest is {view.digest}, folded here {state.digest()}")


def check_seen(entries, laptops, notes, key):
    """What was verified or signed for once is still there, at its position."""
    for laptop in laptops:
        for size, digest in laptop.seen:
            require(size <= len(entries) and hash_of(entries[:size]) == digest,
                    f"the first {size} entries are not those that {laptop.name} once verified")
    for size, root in {protocol.verify_checkpoint(note, key) for note in notes}:
        require(size <= len(entries) and protocol.root(entries[:size]) == root,
                f"the checkpoint that the server once showed at {size} does not hold any more")


def check_ledger(entries, laptops):
    """Everything acknowledged is there once, as recorded, in its device's order; and nothing else is."""
    devices = {device for laptop in laptops for device in laptop.devices}
    attempted = {mark: (laptop, attempt, index) for laptop in laptops for attempt in laptop.attempts
                 for index, mark in enumerate(attempt.marks)}
    # A laptop that goes on as another device goes on counting too.
    places, last, firsts = {}, "", {laptop.devices[0] for laptop in laptops}
    counters = {device: 0 for device in firsts}
    for position, entry in enumerate(entries):
        event = protocol.read_json(entry)
        protocol.event_of(entry)
        require(event["recordedtime"] >= last, f"position {position}: recorded times go back")
        last = event["recordedtime"]
        if event["source"] == "server":
            require(event["type"] in BY_SERVER, f"position {position}: the server wrote {event['type']}")
            continue
        require(event["source"] in devices, f"position {position}: an event of a device that nobody has")
        number = int(event["id"])
        due = counters.get(event["source"], number - 1) + 1
        # A laptop that goes on as another device drops a signature of the former one that was not sent.
        if event["source"] not in firsts:
            due = max(due, number)
        require(number == due, f"position {position}: event {number} of {event['source']}, {due} is next")
        counters[event["source"]] = number
        if event["type"] == "device.signed":
            continue
        mark = MARK.search(json.dumps(event["data"], ensure_ascii=False))
        require(mark and mark[1] in attempted, f"position {position}: an event that nobody recorded")
        require(mark[1] not in places, f"{mark[1]} is in the log twice")
        check_event(event, position, *attempted[mark[1]])
        places[mark[1]] = position, event["source"], number
    for laptop in laptops:
        for attempt in laptop.attempts:
            check_attempt(laptop, attempt, places)
        order = [places[mark][0] for attempt in laptop.attempts for mark in attempt.marks if mark in places]
        require(order == sorted(order), f"{laptop.name}: its events are not in the order in which it recorded them")
        for attempts, size in laptop.settled:
            late = [mark for attempt in laptop.attempts[:attempts] if attempt.first is not None
                    for mark in attempt.marks if places[mark][0] >= size]
            require(not late, f"{laptop.name}: {late[:3]} came after the {size} entries that a sync ended with")
    check_enrolments(entries, devices)


def check_signed(entries, origin, laptops):
    """Every signature holds, and each laptop has signed all that the log has of the device that it is now."""
    authorship = protocol.Authorship(origin)
    for entry in entries:
        authorship.add(entry)
    require(not authorship.faults, f"signatures that do not hold: {authorship.faults}")
    present = {laptop.devices[-1] for laptop in laptops}
    left = [item for item in authorship.unsigned() if item[0] in present]
    require(not left, f"not signed: {left}")


def check_event(event, position, laptop, attempt, index):
    kind, subject, data = attempt.events[index]
    own = f"{kind.split('.')[0]}/{event['source'].split('/')[1]}-"
    if subject is None:
        subject = own + event["id"]
    elif subject.startswith("#"):
        subject = own + str(int(event["id"]) - index + int(subject[1:]))
    found = (event["source"], event["type"], event["subject"], event["data"])
    require(event["source"] in laptop.devices and found[1:] == (kind, subject, data),
            f"position {position}: {found} instead of {(*laptop.devices, kind, subject, data)}")


def check_attempt(laptop, attempt, places):
    """All of it or nothing, in one piece; all of it at the promised counters when it was acknowledged.

    A laptop that goes on as another device numbers anew what it has not sent.
    """
    found = [places[mark][1:] for mark in attempt.marks if mark in places]
    if attempt.first is None and not found:
        return
    device, first = found[0] if found else (attempt.device, attempt.first)
    first = attempt.first if attempt.first is not None and device == attempt.device else first
    expected = [(device, first + index) for index in range(len(attempt.marks))]
    word = "acknowledged" if attempt.first is not None else "recorded whole"
    require(found == expected, f"{laptop.name}: {attempt.marks[0]} and what follows it were {word} as {expected[0]} to "
            f"{expected[-1]}, the log has {len(found)} of {len(expected)}: {found[:3]}…")


def check_enrolments(entries, devices):
    enrolled = [event["subject"] for event in map(protocol.read_json, entries) if event["type"] == "device.enrolled"]
    require(len(enrolled) == len(set(enrolled)), "a device was enrolled twice")
    require(set(devices) <= set(enrolled), f"not enrolled in the log: {set(devices) - set(enrolled)}")


def check_everything(world, views=None, note=None):
    """All checks, on what everybody has now; gives the log's entries."""
    views = views or [view_of_server(world)] + [view_of_laptop(laptop) for laptop in world.laptops]
    note = note or world.request("/checkpoint", world.laptops[0].token).decode()
    entries = entries_of(views[0].log)
    check_same(views)
    check_proof(entries, note, world.key, views[0])
    check_seen(entries, world.laptops, world.notes, world.key)
    check_ledger(entries, world.laptops)
    check_signed(entries, protocol.read_verifier_key(world.key)[0], world.laptops)
    return entries
