#!/usr/bin/env python3
"""A second client, written only from Protocol/: a test of the documents against a running server.

Usage: second_client.py BASE_URL AGENDA INVITE      (the invite of a recorder, editor or admin)

Enrols, pushes, pulls in all three forms, verifies positions, root and signature, signs its own entries, folds, and compares
its digest and documents with the server's; as an admin it also has an entry erased. Prints what it checked; on the first
mismatch prints that and exits with 1.
"""
import base64
import gzip
import http.client
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timezone

import ambit_protocol as protocol
from ambit_protocol import Mismatch, check

PAGE = 100  # small, so that pulls take several requests and cut segments
BULK = 600  # events in a second push, so that the log has whole segments


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.raw = status, headers, body
        self.body = gzip.decompress(body) if headers.get("Content-Encoding") == "gzip" else body

    def json(self):
        return protocol.read_json(self.body)


class Client:
    def __init__(self, base, agenda):
        self.address = f"{base.rstrip('/')}/v1/agendas/{urllib.parse.quote(agenda)}"
        self.token = None
        self.key = None

    def request(self, path, expect=200, method="GET", body=None, **headers):
        """One request; header names with underscores for dashes."""
        request = urllib.request.Request(self.address + path, data=body, method=method)
        request.add_header("Ambit-Protocol", "1")
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with urllib.request.urlopen(request, timeout=900) as response:
                answer = Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            answer = Answer(error.code, error.headers, error.read())
        check(answer.status == expect, f"{method} {path}: {answer.status} instead of {expect}: {answer.body[:500]!r}")
        return answer

    def problem(self, name, status, path, **more):
        """A request that has to fail, with a problem of this name."""
        answer = self.request(path, expect=status, **more)
        media = answer.headers.get("Content-Type", "").split(";")[0]
        check(media == "application/problem+json", f"{path}: problem sent as {media}")
        problem = answer.json()
        check(problem["type"] == f"/problems/{name}", f"{path}: problem {problem['type']} instead of {name}")
        check(problem.get("title") and problem.get("detail"), f"{path}: problem {name} without title or detail")
        return problem

    def push(self, lines, **headers):
        body = gzip.compress(b"".join(line + b"\n" for line in lines))
        return self.request("/events", method="POST", body=body, Content_Type="application/x-ndjson",
                            Content_Encoding="gzip", **headers).json()


class Device:
    """Makes event lines."""

    def __init__(self, source):
        self.source, self.id, self.counter, self.lines = source, source.split("/")[1], 0, []

    def record(self, type_, subject, data, basis, salt=False):
        """The subject, made from the event's own identity when it is just a kind."""
        self.counter += 1
        subject = subject if "/" in subject else f"{subject}/{self.id}-{self.counter}"
        time = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:23] + "Z"
        event = {"specversion": "1.0", "id": str(self.counter), "source": self.source, "type": type_,
                 "subject": subject, "time": time, "basis": basis, "data": data}
        if salt:
            event["salt"] = base64.urlsafe_b64encode(os.urandom(16)).decode().rstrip("=")
        self.lines.append(json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode())
        return subject


def say(text):
    print(f"second client: {text}", flush=True)


def enrol(client, invite):
    seed = os.urandom(32)
    request = json.dumps({"invite": invite, "member": "Tweede cliënt", "device": "second_client.py",
                          "key": base64.b64encode(protocol.ed25519_public_key(seed)).decode()}).encode()
    answer = client.request("/devices", expect=201, method="POST", body=request, Content_Type="application/json").json()
    client.problem("invalid-invite", 403, "/devices", method="POST", body=request, Content_Type="application/json")
    for name in ("device", "token", "member", "role", "origin", "verifierKey"):
        check(isinstance(answer.get(name), str), f"enrolment: no {name}")
    check(protocol.read_verifier_key(answer["verifierKey"])[0] == answer["origin"], "enrolment: key of another origin")
    client.problem("unauthenticated", 401, "/events?after=0")
    client.token, client.key, client.seed = answer["token"], answer["verifierKey"], seed
    say(f"enrolled as {answer['device']}, {answer['role']} of {answer['origin']}")
    return answer


def record(device, role, basis):
    """Some events of all shapes; the one at index 4 must be refused."""
    name = "Tweede cliënt & \"co\" \u2013 \\"
    maker = device.record("organisation.registered", "organisation", {"name": name}, basis)
    project = device.record("project.started", "project", {"title": "Proef", "lead": maker, "budget": 12500}, basis)
    device.record("project.advanced", project, {"phase": "preparation"}, basis)
    device.record("milestone.planned", "milestone", {"project": project, "title": "Klaar", "due": "2027-01-31"}, basis)
    device.record("project.exploded", project, {"phase": "realisation"}, basis)
    device.record("note.added", "note", {"about": project, "text": "Na een geweigerde regel"}, basis, salt=True)
    location = {"name": "Assen", "latitude": 52.99667, "longitude": 6.5625}
    device.record("project.revised", project, {"location": location, "end": "2027-12-31"}, basis)
    device.record("project.partner-joined", project, {"partners": {maker: "uitvoerder"}}, basis)
    if role in ("editor", "admin"):
        indicator = device.record(
            "indicator.defined", "indicator", {"name": "Proef", "unit": "stuks", "aggregation": "sum"}, basis)
        device.record("measurement.recorded", "measurement",
                      {"project": project, "indicator": indicator, "value": 1e-7, "on": "2026-11-12"}, basis)
    device.record("project.revised", project, {"location": {"longitude": None}}, basis)
    return project


def push(client, lines, size):
    answer = client.push(lines, Ambit_Size=str(size))
    check([r.get("id") for r in answer["rejected"]] == ["5"], f"push: rejected {answer['rejected']}")
    refused = answer["rejected"][0]
    check(refused["line"] == 5 and refused["problem"]["type"] == "/problems/unknown-type", f"push: refused {refused}")
    places = positions(answer["accepted"])
    check(sorted(places) == [n for n in range(1, len(lines) + 1) if n != 5], f"push: accepted {answer['accepted']}")

    again = client.push(lines)
    check(positions(again["duplicate"]) == places, f"push again: duplicates {again['duplicate']}")
    check(not again["accepted"] and [r.get("id") for r in again["rejected"]] == ["5"], f"push again: {again}")
    reused = client.push([lines[0].replace(b"cli", b"CLI")])
    check(reused["rejected"][0]["problem"]["type"] == "/problems/identity-reused", f"identity reused: {reused}")
    client.problem("ahead-of-log", 409, "/events", method="POST", body=lines[0], Content_Type="application/x-ndjson",
                   Ambit_Size=str(answer["size"] + 1_000_000))
    client.problem("bad-request", 400, "/events", method="POST", body=gzip.compress(lines[0])[:-3],
                   Content_Type="application/x-ndjson", Content_Encoding="gzip")
    say(f"pushed {len(lines)} events in gzip: {len(places)} accepted, 1 refused, all duplicates when pushed again")
    return places


def push_bulk(client, device, project, basis):
    """Many events at once; their positions by counter."""
    first = len(device.lines)
    for number in range(BULK):
        device.record("project.revised", project, {"summary": f"Regel {number} van {BULK}"}, basis)
    answer = client.push(device.lines[first:], Ambit_Size=str(basis))
    places = positions(answer["accepted"])
    check(len(places) == BULK and not answer["rejected"], f"bulk push: {len(places)} of {BULK} accepted")
    protocol.verify_checkpoint(answer["checkpoint"], client.key)
    say(f"pushed {BULK} events at once")
    return places


def positions(runs):
    """Position by counter."""
    return {n: run["position"] + n - int(run["first"])
            for run in runs for n in range(int(run["first"]), int(run["last"]) + 1)}


def pull(client, size, page, **headers):
    """Bodies of pages up to a size, with the position at which each begins."""
    after = 0
    while after < size:
        answer = client.request(f"/events?after={after}&limit={min(page, size - after)}", **headers)
        following = int(answer.headers["Ambit-Next"])
        check(after < following <= after + page, f"pull after {after}: next is {following}")
        check(int(answer.headers["Ambit-Size"]) >= following, f"pull after {after}: size below next")
        yield after, following, answer
        after = following


def pull_verified(client):
    # Past caches: what one of them has kept would be taken for all that there is.
    note = client.request(f"/checkpoint?fresh={os.urandom(8).hex()}").body.decode()
    size, root = protocol.verify_checkpoint(note, client.key)
    entries = pull_all(client, size)
    check(protocol.root(entries) == root, f"the checkpoint's root at {size} is not that of the entries")
    protocol.check_erasures(entries)
    return size, entries


def pull_all(client, size):
    entries = []
    for after, following, answer in pull(client, size, PAGE, Accept_Encoding="gzip"):
        check(answer.headers.get("Content-Encoding") == "gzip", "pull: gzip was accepted and not sent")
        entries += protocol.split_lines(answer.body)
        check(len(entries) == following, f"pull after {after}: {len(entries)} entries, next is {following}")
    plain = [entry for *_, answer in pull(client, size, 65_536, Accept_Encoding="identity")
             for entry in protocol.split_lines(answer.raw)]
    check(plain == entries, "pull: gzip and identity differ")
    cut = []
    for after, _, answer in pull(client, size, PAGE + 300, Accept="application/gzip"):
        check(answer.headers["Content-Type"] == "application/gzip", "members: wrong media type")
        check(answer.headers.get("Content-Encoding") is None, "members: content coding on top")
        for first, part in protocol.segment_members(answer.raw):
            check(first == len(cut), f"members: position {first} instead of {len(cut)}")
            check(first // 256 == (first + len(part) - 1) // 256, f"members: crosses a segment at {first}")
            cut += part
    check(cut == entries, "pull: lines and segment members differ")
    say(f"pulled {size} entries: gzip stream, plain lines and segment members agree")
    return entries


def check_refusals_and_caching(client, size):
    problem = client.problem("ahead-of-log", 409, f"/events?after={size + 1_000_000}")
    check(problem["size"] >= size, "ahead-of-log: no size")
    client.problem("invalid-range", 400, "/events?after=-1")
    client.problem("not-found", 404, "/nothing-here")
    client.problem("unsupported-protocol", 400, "", Ambit_Protocol="999")
    answer = client.request(f"/events?after={max(0, size - 3)}&limit=2")
    tag = answer.headers.get("ETag")
    check(tag, "pull: no ETag")
    client.request(f"/events?after={max(0, size - 3)}&limit=2", expect=304, If_None_Match=tag)
    control = client.request("/events?after=0&limit=256").headers.get("Cache-Control", "")
    check(control == "no-cache", f"a whole segment, which may have to be erased, is sent as {control}")
    say("refusals are problems, ranges have ETags")


def check_log(entries, size, device, places):
    times = [entry[-26:-2] for entry in entries]
    check(times == sorted(times), "recorded times go backwards")
    for counter, position in places.items():
        sent = device.lines[counter - 1]
        check(protocol.event_of(entries[position]) == sent, f"event {counter} is not at {position} as sent")
    own = [p for p, entry in enumerate(entries) if json.loads(entry)["source"] == device.source]
    check(own == sorted(places.values()), "the log has other entries of this device")
    say(f"root, signature and order hold at size {size}; own events stand where the verdicts said")


def sign(client, device, entries, origin):
    """Vouches for what the log has of this device, in as many signatures as that takes; the entries with them."""
    own = [(int(json.loads(entry)["id"]), protocol.sha256(b"\0" + entry))
           for entry in entries if json.loads(entry)["source"] == device.source]
    check(len(own) > BULK, "the log lacks own entries")
    first, rest = own[:400], own[400:]
    whole = protocol.sign(origin, device.source, first, client.seed)
    forged = protocol.sign(origin, device.source, first, os.urandom(32))
    gap = protocol.sign(origin, device.source, rest, client.seed)
    sent = len(device.lines)
    for data in (forged, gap, whole, whole, protocol.sign(origin, device.source, rest, client.seed)):
        device.record("device.signed", device.source, data, len(entries))
    answer = client.push(device.lines[sent:], Ambit_Size=str(len(entries)))
    refused = [(item["line"], item["problem"]["type"]) for item in answer["rejected"]]
    check(refused == [(n, "/problems/invalid-signature") for n in (1, 2, 4)], f"signatures: {answer['rejected']}")
    check(len(positions(answer["accepted"])) == 2, f"signatures: accepted {answer['accepted']}")

    size, entries = pull_verified(client)
    authorship = protocol.Authorship(origin)
    for entry in entries:
        authorship.add(entry)
    check(not authorship.faults, f"signatures that do not hold: {authorship.faults}")
    check(device.source not in [item[0] for item in authorship.unsigned()], "own entries are not signed")
    say(f"signed {len(own)} entries; a forged, a repeated and a premature signature were refused; all in the log hold")
    return size, entries


def check_state(client, entries):
    state = protocol.State()
    for entry in entries:
        state.fold(entry)
    compare_state(client, state, len(entries))
    say(f"state agrees: {len(state.subjects)} documents, {len(state.conflicts())} conflicts, digest {state.digest()}")


def compare_state(client, state, size):
    documents = {subject: protocol.canonical(state.document(subject)) for subject in state.subjects}
    theirs, after = {}, ""
    while after is not None:
        page = client.request(f"/state?at={size}&limit=50{after}", Accept_Encoding="gzip").json()
        check(page["size"] == size, f"state: of size {page['size']} instead of {size}")
        expected = None if after else state.digest()
        check(page.get("digest") == expected, f"state: digest {page.get('digest')}, folded here {expected}")
        theirs.update((item["subject"], protocol.canonical(item["document"])) for item in page["documents"])
        after = "&after=" + urllib.parse.quote(page["next"]) if "next" in page else None
    check(list(theirs) == sorted(theirs, key=str.encode), "state: subjects are not sorted bytewise")
    check(theirs.keys() == documents.keys(), f"state: other subjects: {sorted(theirs.keys() ^ documents.keys())[:5]}")
    for subject, document in documents.items():
        check(theirs[subject] == document, f"state: {subject} is {theirs[subject]}, folded here {document}")
    lines = "".join(f"{subject} {document}\n" for subject, document in theirs.items())
    check(protocol.sha256(lines.encode()).hex() == state.digest(), "state: the server's documents give another digest")
    open_conflicts, after = [], ""
    while after is not None:
        page = client.request(f"/conflicts?limit=1{after}").json()
        open_conflicts += [(item["subject"], item["path"]) for item in page["conflicts"]]
        after = "&after=" + urllib.parse.quote(page["next"]) if "next" in page else None
    check(open_conflicts == state.conflicts(), f"conflicts: {open_conflicts}, folded here {state.conflicts()}")


def check_erasing(client, device, entries):
    """Has an own note erased, as only admins may, and compares what is left with what it should be."""
    position = next(p for p, entry in enumerate(entries) if b'"note.added"' in entry and device.source.encode() in entry)
    device.record("entry.redacted", f"entry/{position}", {"reason": "Proef", "redacted": True}, len(entries))
    answer = client.push(device.lines[-1:], Ambit_Size=str(len(entries)))
    redaction = answer["accepted"][0]["position"]
    size, after = pull_verified(client)
    check(size == redaction + 1, f"erasing: the log has {size} entries")
    check(after[position] == protocol.tombstone(entries[position], redaction), f"erasing: left is {after[position]}")
    check(after[:position] + after[position + 1:redaction] == entries[:position] + entries[position + 1:],
          "erasing: other entries changed")
    note = next(line for line in device.lines if b'"note.added"' in line)
    check(positions(client.push([note])["duplicate"]), "erasing: the erased event is no duplicate of itself")
    device.record("entry.redacted", f"entry/{redaction}", {"reason": "Proef"}, size)
    refused = client.push(device.lines[-1:])["rejected"][0]["problem"]["type"]
    check(refused == "/problems/not-allowed", f"erasing a redaction: {refused}")
    say(f"entry {position} was erased by {redaction}; what is left of it is as documented, and the root holds")
    check_state(client, after)


def main(base, agenda, invite):
    client = Client(base, agenda)
    enrolled = enrol(client, invite)
    about = client.request("").json()
    check(about["origin"] == enrolled["origin"] and about["verifierKey"] == enrolled["verifierKey"], "two keys")
    check(1 in about["protocolVersions"], f"protocol versions {about['protocolVersions']}")

    basis, _ = pull_verified(client)
    device = Device(enrolled["device"])
    project = record(device, enrolled["role"], basis)
    places = push(client, device.lines, basis)
    places.update(push_bulk(client, device, project, basis))

    size, entries = pull_verified(client)
    check_log(entries, size, device, places)
    size, entries = sign(client, device, entries, enrolled["origin"])
    check_refusals_and_caching(client, size)
    check_state(client, entries)
    if enrolled["role"] == "admin":
        check_erasing(client, device, entries)
    say("everything is as documented")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except Mismatch as mismatch:
        sys.exit(f"second client: MISMATCH: {mismatch}")
    except (OSError, http.client.HTTPException) as error:
        sys.exit(f"second client: cannot reach {sys.argv[1]}: {error}")
    except (KeyError, ValueError, TypeError, IndexError) as error:
        sys.exit(f"second client: MISMATCH: an answer is not in the documented form: {error!r}")
