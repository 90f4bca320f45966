"""The rules of Protocol/Events.md and Protocol/Log.md, written from those documents alone.

Standard library only. Shares no code with the Swift sources, on purpose: where the two disagree, either the
documents are unclear or one of the programs is wrong.
"""
import base64
import hashlib
import json
import re
import struct
import zlib


class Mismatch(Exception):
    """Something is not as the documents say."""


def check(condition, message):
    if not condition:
        raise Mismatch(message)


# --- JSON (Events.md, "The line" and "Canonical form") ---------------------------------------------------------------

def read_json(text):
    def unique(pairs):
        names = [name for name, _ in pairs]
        check(len(names) == len(set(names)), f"duplicate name in {text[:80]!r}")
        return dict(pairs)

    return json.loads(text, object_pairs_hook=unique)


def canonical_number(value):
    """A number as ECMAScript writes it, which is what RFC 8785 asks for."""
    if isinstance(value, int):
        if abs(value) < 10 ** 21:
            return str(value)
        value = float(value)
    if value == 0:
        return "0"
    sign, value = ("-", -value) if value < 0 else ("", value)
    mantissa, _, exponent = repr(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    point = len(whole) + int(exponent or 0)
    digits = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        return sign + digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    rest = "." + digits[1:] if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{point - 1:+d}"


def canonical(value):
    """The JCS form (RFC 8785) of a JSON value, as text."""
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return canonical_number(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(canonical(name) + ":" + canonical(value[name]) for name in names) + "}"


# --- The fold (Events.md, "Folding") ---------------------------------------------------------------------------------

def leaves(patch, path=()):
    """The leaves of a merge patch: (path, JCS form), None for absent."""
    for name, value in patch.items():
        if isinstance(value, dict):
            yield from leaves(value, path + (name,))
        else:
            yield path + (name,), None if value is None else canonical(value)


ERASED = ""  # the form of no value


def written(event):
    """What an entry writes: its leaves, or what is left of them when it was erased."""
    if "erased" in event:
        for text in event["erased"]:
            yield tuple(name.replace("~1", "/").replace("~0", "~") for name in text[1:].split("/")), ERASED
    else:
        yield from leaves(event["data"])


class State:
    """Registers of all subjects. A head is (rank, source, position, value)."""

    def __init__(self):
        self.size = 0
        self.subjects = {}

    def fold(self, entry):
        event = read_json(entry)
        registers = self.subjects.setdefault(event["subject"], {})
        rank = (min(event["time"], event["recordedtime"]), event["source"], int(event["id"]))
        for path, value in written(event):
            unseen = [h for h in registers.get(path, ()) if h[1] != event["source"] and h[2] >= event["basis"]]
            registers[path] = unseen + [(rank, event["source"], self.size, value)]
        self.size += 1

    def document(self, subject):
        document = {}
        shown = {path: max(heads)[3] or None for path, heads in self.subjects[subject].items()}
        for path in sorted((p for p in shown if shown[p] is not None), key=len, reverse=True):
            place = document
            for name in path[:-1]:
                place = place.setdefault(name, {})
            place.setdefault(path[-1], json.loads(shown[path]))
        return document

    def erased(self, subject):
        """The paths of the registers whose shown value was erased."""
        return sorted(pointer(path) for path, heads in self.subjects[subject].items() if max(heads)[3] is ERASED)

    def conflicts(self):
        """(subject, path) of every register with heads of different values."""
        return sorted(
            (subject, pointer(path))
            for subject, registers in self.subjects.items()
            for path, heads in registers.items()
            if len({head[3] or None for head in heads}) > 1
        )

    def digest(self):
        total = hashlib.sha256()
        for subject in sorted(self.subjects, key=str.encode):
            total.update(f"{subject} {canonical(self.document(subject))}\n".encode())
        return total.hexdigest()


def pointer(path):
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in path)


# --- Entries and the tree (Log.md, "Entries" and "The tree") ---------------------------------------------------------

SUFFIX = 43  # ,"recordedtime":"2026-11-12T10:11:12.123Z"}


def event_of(entry):
    """The bytes that the device wrote."""
    check(entry[-SUFFIX:].startswith(b',"recordedtime":"') and entry.endswith(b'Z"}'), f"no suffix on {entry[:80]!r}")
    return entry[:-SUFFIX] + b"}"


def sha256(data):
    return hashlib.sha256(data).digest()


# --- Erased entries (Log.md, "Erased entries") -----------------------------------------------------------------------

LASTING = ("specversion", "id", "source", "type", "subject", "time", "basis")
FOR_EVER = ("entry.redacted", "device.signed", "device.revoked", "member.granted", "member.left")
LEAF = re.compile(rb',"leaf":"([A-Za-z0-9+/]{43}=)","recordedtime":"[0-9TZ:.-]{24}"}', re.ASCII)


def leaf(entry):
    """The leaf hash of an entry: the one that it carries, or that of its bytes."""
    kept = LEAF.fullmatch(entry[-97:])
    return from_base64(kept.group(1).decode()) if kept else sha256(b"\0" + entry)


def members(text):
    """The members of a JSON object as they are written, by name, in their order."""
    found, at, start, depth, quoted = {}, 1, 1, 0, False
    while at < len(text):
        character = text[at]
        if character == "\\" and quoted:
            at += 1
        elif character == '"':
            quoted = not quoted
        elif not quoted:
            depth += (character in "{[") - (character in "]}")
            if (character == "," and depth == 0) or depth < 0:
                found[json.loads(text[start:text.index(":", start)])] = text[start:at]
                start = at + 1
        at += 1
    return found


def tombstone(entry, redaction):
    """What is left of an entry that the redaction at a position erases."""
    text = entry.decode()
    event, parts = read_json(text), members(text)
    check("erased" not in event and event["type"] not in FOR_EVER, "cannot be erased")
    paths = sorted((pointer(path) for path, _ in leaves(event["data"])), key=str.encode)
    left = [part for name, part in parts.items() if name in LASTING]
    left += ['"erased":' + canonical(paths), f'"redaction":{redaction}',
             f'"leaf":"{base64.b64encode(leaf(entry)).decode()}"', parts["recordedtime"]]
    return ("{" + ",".join(left) + "}").encode()


def read_tombstone(entry):
    """The redaction's position, of what is an erased entry in its one form."""
    text = entry.decode()
    event, names = read_json(text), list(members(text))
    check(text == "{" + ",".join(members(text).values()) + "}", "erased entry: not one object")
    check(sorted(names[:-4]) == sorted(LASTING), f"erased entry: attributes {names}")
    check(event["type"] not in FOR_EVER, f"erased entry: {event['type']} cannot be erased")
    check(names[-4:] == ["erased", "redaction", "leaf", "recordedtime"], f"erased entry: attributes {names}")
    paths = event["erased"]
    check(all(isinstance(path, str) and re.fullmatch("(?s)(/([^~]|~[01])*)", path) and len(path.encode()) <= 1024
              for path in paths), "erased entry: pointers")
    check(paths == sorted(set(paths), key=str.encode), "erased entry: pointers are not in order")
    check(members(text)["erased"] == '"erased":' + canonical(paths), "erased entry: pointers in another form")
    redaction = event["redaction"]
    check(type(redaction) is int and members(text)["redaction"] == f'"redaction":{redaction}' and redaction >= 0,
          "erased entry: redaction")
    check(len(from_base64(event["leaf"])) == 32, "erased entry: leaf")
    check(LEAF.fullmatch(entry[-97:]), "erased entry: its end")
    return redaction


def check_erasures(entries):
    """Whether every erased entry has the redaction that it names; their number."""
    count = 0
    for position, entry in enumerate(entries):
        if not LEAF.fullmatch(entry[-97:]):
            continue
        redaction = read_tombstone(entry)
        check(position < redaction < len(entries), f"entry {position} was erased by one that is not there")
        reason = read_json(entries[redaction].decode())
        check(reason["type"] == "entry.redacted" and reason["subject"] == f"entry/{position}",
              f"entry {position} was erased, and entry {redaction} does not say so")
        count += 1
    return count


def root(entries):
    """The RFC 6962 root, by a stack of full subtrees."""
    stack = []  # (number of leaves, hash), sizes decreasing
    for entry in entries:
        stack.append((1, leaf(entry)))
        while len(stack) > 1 and stack[-1][0] == stack[-2][0]:
            (size, right), (_, left) = stack.pop(), stack.pop()
            stack.append((2 * size, sha256(b"\1" + left + right)))
    if not stack:
        return sha256(b"")
    result = stack.pop()[1]
    while stack:
        result = sha256(b"\1" + stack.pop()[1] + result)
    return result


def is_consistent(first_size, first_root, second_size, second_root, proof):
    """Whether a proof shows that one tree is the beginning of another: RFC 9162, section 2.1.4.2."""
    if first_size == second_size or first_size == 0:
        start = second_root if first_size else sha256(b"")
        return first_size <= second_size and not proof and first_root == start
    if first_size > second_size or not proof:
        return False
    path = list(proof)
    if first_size & (first_size - 1) == 0:
        path.insert(0, first_root)
    first, second = first_size - 1, second_size - 1
    while first & 1:
        first, second = first >> 1, second >> 1
    one = other = path[0]
    for node in path[1:]:
        if second == 0:
            return False
        if first & 1 or first == second:
            one, other = sha256(b"\1" + node + one), sha256(b"\1" + node + other)
            while not first & 1 and first:
                first, second = first >> 1, second >> 1
        else:
            other = sha256(b"\1" + other + node)
        first, second = first >> 1, second >> 1
    return second == 0 and one == first_root and other == second_root


def node(left, right):
    return sha256(b"\1" + left + right)


def leads_to_root(leaf, position, size, root_hash, proof):
    """Whether a proof shows that a tree has a leaf: RFC 9162, section 2.1.3.2."""
    if not 0 <= position < size:
        return False
    at, last, found = position, size - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node(beside, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root_hash


def inclusion_proof(leaf_hashes, position):
    """The proof for a leaf, straight from the definition: RFC 9162, section 2.1.3.1."""
    count = len(leaf_hashes)
    if count == 1:
        return []
    half = 1 << (count - 1).bit_length() - 1
    left, right = leaf_hashes[:half], leaf_hashes[half:]
    if position < half:
        return inclusion_proof(left, position) + [tree_root(right)]
    return inclusion_proof(right, position - half) + [tree_root(left)]


def tree_root(leaf_hashes):
    if len(leaf_hashes) == 1:
        return leaf_hashes[0]
    half = 1 << (len(leaf_hashes) - 1).bit_length() - 1
    return node(tree_root(leaf_hashes[:half]), tree_root(leaf_hashes[half:]))


# --- Tiles (Log.md, "Tiles") -----------------------------------------------------------------------------------------

def tile_path(content, index, width=256):
    """The path of a tile; content is a level, or "entries"."""
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    return f"tile/{content}/{'/'.join(groups)}" + (f".p/{width}" if width < 256 else "")


TILE = re.compile(r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


def read_tile_path(path):
    """Content, index and width of a path, None when it names nothing."""
    found = TILE.fullmatch(path)
    if not found:
        return None
    content, groups, width = found.groups()
    index, content = int(groups.replace("x", "").replace("/", "")), content if content == "entries" else int(content)
    width = int(width or 256)
    known = content == "entries" or content < 64
    return (content, index, width) if known and tile_path(content, index, width) == path else None


def tiles(entries):
    """(path, bytes) of every tile and bundle of a log of exactly these entries."""
    for index in range(0, len(entries), 256):
        part = entries[index:index + 256]
        yield tile_path("entries", index // 256, len(part)), bundle(part)
    level, hashes = 0, [sha256(b"\0" + entry) for entry in entries]
    while hashes:
        above = []
        for index in range(0, len(hashes), 256):
            part = hashes[index:index + 256]
            yield tile_path(level, index // 256, len(part)), b"".join(part)
            if len(part) == 256:
                above.append(tree_root(part))
        level, hashes = level + 1, above


def bundle(entries):
    return b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)


def read_bundle(data, count):
    """The entries of a bundle that has so many."""
    entries, at = [], 0
    while at < len(data):
        check(at + 2 <= len(data), "entry bundle: ends in a length")
        length, = struct.unpack_from(">H", data, at)
        check(at + 2 + length <= len(data), "entry bundle: ends within an entry")
        entries.append(data[at + 2:at + 2 + length])
        at += 2 + length
    check(len(entries) == count, f"entry bundle: {len(entries)} entries instead of {count}")
    return entries


# --- Evidence (Log.md, "Evidence") -----------------------------------------------------------------------------------

def read_evidence(text):
    """(extra, index, hashes, note) of a tlog-proof file."""
    check("\r" not in text and len(text.encode()) <= 256 * 1024, "evidence: carriage returns, or too long")
    head, separator, note = text.partition("\n\n")
    check(separator, "evidence: no checkpoint")
    lines = head.split("\n")
    check(lines.pop(0) == "c2sp.org/tlog-proof@v1", "evidence: not a tlog-proof")
    extra = from_base64(lines.pop(0)[len("extra "):]) if lines and lines[0].startswith("extra ") else None
    index = re.fullmatch("index (0|[1-9][0-9]*)", lines.pop(0) if lines else "", re.ASCII)
    check(index and int(index[1]) < 2 ** 63, "evidence: no index")
    hashes = [from_base64(line) for line in lines]
    check(len(hashes) <= 63 and all(len(hash_) == 32 for hash_ in hashes), "evidence: hashes that are none")
    return extra, int(index[1]), hashes, note


def check_evidence(text, verifier_key, entry=None):
    """The position, size and entry that a file shows to be in a log."""
    extra, index, hashes, note = read_evidence(text)
    size, root_hash = verify_checkpoint(note, verifier_key)
    inside, newline, word = (None, b"", b"") if extra is None else extra.partition(b"\n")
    entry = inside if entry is None else entry
    check(entry is not None, "evidence: without the entry")
    check(leads_to_root(sha256(b"\0" + entry), index, size, root_hash, hashes), "evidence: proves nothing")
    if newline:
        check_author(word, entry, size, root_hash, note.split("\n")[0])
    return index, size, entry


def check_author(word, entry, size, root_hash, origin):
    """That the entry's device signed it, by a key that the log has."""
    try:
        word = json.loads(word)
        data, enrolled = word["signature"], word["enrolled"]
        leaves, enrolment = from_base64(word["leaves"]), from_base64(enrolled["entry"])
        hashes = [from_base64(one) for one in enrolled["hashes"]]
        source, device = json.loads(entry)["source"], json.loads(enrolment)
        leaves = [leaves[at:at + 32] for at in range(0, len(leaves), 32)]
        covered = [(data["from"], leaves[0]), *((data["through"], leaf) for leaf in leaves[1:])]
        key, signature = from_base64(device["data"]["key"]), from_base64(data["signature"])
        reach = (data["count"], data["through"])
    except (KeyError, TypeError, ValueError, IndexError):
        raise Mismatch("evidence: a device's signature in another form") from None
    check((device["type"], device["subject"]) == ("device.enrolled", source), "evidence: of another device")
    check(leads_to_root(sha256(b"\0" + enrolment), enrolled["index"], size, root_hash, hashes), "evidence: a key that the log has not")
    check(reach == (len(leaves), covered[-1][0]), "evidence: of other entries")
    check(ed25519_verify(key, signed_message(origin, source, covered), signature), "evidence: the device did not sign it")
    check(sha256(b"\0" + entry) in leaves, "evidence: the device signed others")


def check_evidence_against(found):
    """What a witness's evidence shows that the log with the key in it did; the caller looks whether it is the right key."""
    for name in ("kind", "log", "seen", "shown"):
        check(isinstance(found.get(name), str), f"evidence: no {name}")
    checkpoints = [verify_checkpoint(found[name], found["log"]) for name in ("seen", "shown")]
    if found["kind"] == "rollback":
        check(checkpoints[1][0] < checkpoints[0][0], "evidence: nothing was taken back")
    else:
        check(found["kind"] == "fork" and "root" in found and "proof" in found, "evidence: not of a fork")
        (less, less_root), (more, more_root) = sorted(checkpoints, key=lambda one: one[0])
        root, proof = from_base64(found["root"]), [from_base64(one) for one in found["proof"]]
        check(root != less_root and is_consistent(less, root, more, more_root, proof), "evidence: of one history, perhaps")
    return found["kind"]


# --- Checkpoints (Log.md, "Checkpoints") -----------------------------------------------------------------------------

def from_base64(text):
    """Standard base64 with padding, in its canonical form only."""
    data = base64.b64decode(text, validate=True)
    check(base64.b64encode(data).decode() == text, "base64 that is not canonical")
    return data


def read_verifier_key(text):
    """Name, key id and public key of a vkey."""
    name, key_id, key = text.split("+", 2)
    check(name and name == "".join(name.split()), "a key's name is not empty and has no white space")
    raw = from_base64(key)
    check(len(raw) == 33 and raw[0] == 1, f"{name}: not an Ed25519 verifier key")
    check(sha256(name.encode() + b"\n" + raw)[:4].hex() == key_id, f"{name}: key id does not fit the key")
    return name, bytes.fromhex(key_id), raw[1:]


def verify_checkpoint(note, verifier_key):
    """Size and root of a checkpoint whose signature holds."""
    name, key_id, key = read_verifier_key(verifier_key)
    check(len(note.encode()) <= 64 * 1024, "checkpoint: longer than 64 KiB")
    check(not any(character < " " for character in note.replace("\n", "")), "checkpoint: control characters")
    text, separator, signatures = note.rpartition("\n\n")
    check(separator and signatures.endswith("\n"), "checkpoint: no signature block")
    text += "\n"
    good = False
    check(signatures.count("\n") <= 64, "checkpoint: more than 64 signatures")
    for line in signatures.splitlines():
        dash, signer, blob = line.split(" ")
        signature = from_base64(blob)
        if dash == "\u2014" and signer == name and signature[:4] == key_id:
            check(ed25519_verify(key, text.encode(), signature[4:]), "checkpoint: bad signature")
            good = True
    check(good, f"checkpoint: not signed by {name}")
    lines = text.split("\n")[:-1]
    check(len(lines) >= 3 and all(lines), "checkpoint: fewer than three lines, or an empty one")
    origin, size, root_hash = lines[:3]
    check(origin == name, f"checkpoint: origin {origin} instead of {name}")
    check(re.fullmatch("0|[1-9][0-9]*", size, re.ASCII) and int(size) < 2 ** 63, f"checkpoint: size {size}")
    root_hash = from_base64(root_hash)
    check(len(root_hash) == 32, "checkpoint: root of another length")
    check(size != "0" or root_hash == sha256(b""), "checkpoint: an empty log with another root")
    return int(size), root_hash


# RFC 8032, section 5.1, straight from its mathematics; slow and only for verifying.
P = 2 ** 255 - 19
ORDER = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def _add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e, f = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    g, h = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    return (f - e) * (h - g) % P, (h + g) * (f + e) % P, (h - g) * (h + g) % P, (f - e) * (f + e) % P


def _times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point, scalar = _add(point, point), scalar >> 1
    return total


def _point(data):
    """The point that 32 bytes stand for, None when there is none."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2 ** 255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verify(key, message, signature):
    if len(signature) != 64:
        return False
    a, r, s = _point(key), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = _times(s, BASE), _add(r, _times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def _encode(point):
    x, y, z, _ = point
    inverse = pow(z, P - 2, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _expand(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & ~7 & (1 << 254) - 1 | 1 << 254
    return scalar, digest[32:]


def ed25519_public_key(seed):
    return _encode(_times(_expand(seed)[0], BASE))


def ed25519_sign(seed, message):
    scalar, prefix = _expand(seed)
    key = ed25519_public_key(seed)
    r = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % ORDER
    point = _encode(_times(r, BASE))
    h = int.from_bytes(hashlib.sha512(point + key + message).digest(), "little") % ORDER
    return point + ((r + h * scalar) % ORDER).to_bytes(32, "little")


# --- Authorship (Log.md, "Authorship") -------------------------------------------------------------------------------

MAXIMUM_COVER = 1000


def signed_message(origin, source, covered):
    """What a device signs to vouch for entries: (counter, leaf) of each, in the order of the log."""
    digest = base64.b64encode(sha256(b"".join(leaf for _, leaf in covered))).decode()
    return f"ambit-device-signature/v1\n{origin}\n{source}\n{covered[0][0]}\n{covered[-1][0]}\n{digest}\n".encode()


def sign(origin, source, covered, seed):
    """The data of a device.signed."""
    signature = ed25519_sign(seed, signed_message(origin, source, covered))
    return {"from": covered[0][0], "through": covered[-1][0], "count": len(covered),
            "signature": base64.b64encode(signature).decode()}


class Authorship:
    """Goes through a log once, and says which signatures do not hold, and what no signature covers."""

    def __init__(self, origin):
        self.origin, self.position = origin, 0
        self.keys, self.erased, self.unverifiable = {}, set(), 0
        self.open = {}      # (counter, leaf, position, recorded time) of the entries of each device that may be signed
        self.never = {}     # count and first of those that were there before the device had a key
        self.faults = []    # (position, device, why)

    def add(self, entry):
        event, position = json.loads(entry), self.position
        source = event["source"]
        self.position += 1
        if event["type"] == "device.enrolled":
            if "leaf" in event:
                self.erased.add(event["subject"])
            try:
                key = from_base64(event["data"]["key"])
            except (KeyError, ValueError, TypeError, Mismatch):
                key = b""
            if len(key) == 32:
                self.keys[event["subject"]] = key
        if source == "server":
            return
        if event["type"] == "device.signed":
            why = self.fault(event)
            if why == "no-key" and source in self.erased:
                self.unverifiable += 1
            elif why:
                self.faults.append((position, source, why))
        elif source in self.keys:
            # An erased entry keeps the leaf that it had.
            leaf = from_base64(event["leaf"]) if "leaf" in event else sha256(b"\0" + entry)
            record = int(event["id"]), leaf, position, event["recordedtime"]
            self.open.setdefault(source, []).append(record)
        else:
            self.never.setdefault(source, []).append((position, event["recordedtime"]))

    def fault(self, event):
        """Why a signature does not hold; None, and its entries are covered, when it does."""
        source, data = event["source"], event.get("data", {})
        if event["subject"] != source:
            return "other-device"
        numbers = [data.get(name) for name in ("from", "through", "count")]
        if not all(isinstance(n, (int, float)) and not isinstance(n, bool) and n == int(n) for n in numbers):
            return "unreadable"
        first, last, count = map(int, numbers)
        try:
            signature = from_base64(data["signature"])
        except (KeyError, ValueError, TypeError, Mismatch):
            return "unreadable"
        if not 1 <= first <= last < 2 ** 53 or count < 1 or len(signature) != 64:
            return "unreadable"
        if source not in self.keys:
            return "no-key"
        if count > MAXIMUM_COVER:
            return "too-many"
        covered = [(counter, leaf) for counter, leaf, *_ in self.open.get(source, []) if counter <= last]
        if not covered or (first, last, count) != (covered[0][0], covered[-1][0], len(covered)):
            return "other-entries"
        if not ed25519_verify(self.keys[source], signed_message(self.origin, source, covered), signature):
            return "does-not-hold"
        del self.open[source][:len(covered)]
        return None

    def unsigned(self):
        """(device, whether it has a key, count, position and recorded time of the first), by device."""
        found = []
        for source in sorted(self.open.keys() | self.never.keys()):
            entries = self.never.get(source, []) + [record[2:] for record in self.open.get(source, [])]
            if entries:
                found.append((source, source in self.keys, len(entries), *entries[0]))
        return found


# --- Compression (Log.md, "Segments") --------------------------------------------------------------------------------

MEMBER_HEADER = struct.Struct("<2sBBIBBH2sHIQI")


def segment_members(stream):
    """(first position, entries) of each segment member, cut without inflating and then checked."""
    at = 0
    while at < len(stream):
        check(at + MEMBER_HEADER.size <= len(stream), "segment members: cut off in a header")
        fields = MEMBER_HEADER.unpack_from(stream, at)
        magic, method, flags, _, _, _, extra, name, extra_length, size, first, count = fields
        check((magic, method, flags) == (b"\x1f\x8b", 8, 4), "segment members: not a gzip member with an extra field")
        check((extra, name, extra_length) == (20, b"AM", 16), "segment members: extra field is not AM")
        check(at + size <= len(stream), "segment members: cut off in a gzip member")
        text = zlib.decompress(stream[at:at + size], 31)
        entries = split_lines(text)
        check(len(entries) == count, f"segment member at {first}: {len(entries)} entries instead of {count}")
        yield first, entries
        at += size


def split_lines(text):
    check(not text or text.endswith(b"\n"), "an entry without its newline")
    return text.split(b"\n")[:-1]
