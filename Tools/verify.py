#!/usr/bin/env python3
"""Verifies an agenda's log without any of Ambit's code: written from Protocol/Log.md and Protocol/Events.md alone.

    verify.py server   URL  --key VKEY [--token FILE]       a log over HTTP, by its C2SP checkpoint, tiles and bundles
    verify.py mirror   DIR  --key VKEY                      a folder as `ambit mirror` writes it
    verify.py export   FILE --key VKEY --checkpoint FILE    an export in ndjson, with its checkpoint or its manifest
    verify.py evidence FILE --key VKEY [--entry FILE]       one entry, as `ambit prove` writes it

VKEY is the log's verifier key, from somewhere that can be trusted: everything is held against it. What is checked: that
the key signed the checkpoint, that the entries lead to its root, that every tile fits the entries, that recorded times never
decrease, that no (source, id) is used twice, and that the signatures of devices on their entries hold. Entries that no signature of
their device covers are told, by device; that is no fault. An entry that was erased counts where an entry.redacted of the same log
says so; how many there are is told. With --witness and --quorum, so many of these witnesses must have cosigned the checkpoint; a
cosignature by one of them that does not hold makes it invalid. Documents and the digest of the state are not looked at.

Exit codes: 0 everything holds; 1 something cannot be read, or is not complete; 2 something does not hold; 64 wrong
arguments; 69 the server cannot be reached; 77 the server does not let this token read. Only with 0 is anything verified.

Needs Python 3.9 or newer and the package `cryptography`.
"""
import argparse
import base64
import binascii
import hashlib
import http.client
import json
import os
import re
import ssl
import stat
import struct
import sys
import time
import urllib.parse
import zlib

WIDTH = 256                             # of a full tile
MAXIMUM_BUNDLE = WIDTH * (2 + 65535)
MAXIMUM_NOTE = 64 * 1024
MAXIMUM_EVIDENCE = 256 * 1024


class Failure(Exception):
    """Why nothing is verified."""
    code, words = 1, "cannot be verified"


class Wrong(Failure):
    code, words = 2, "does NOT hold"


class NotCosigned(Wrong):
    """Too few witnesses have."""


class ErasedBeyond(Wrong):
    """What an entry says of its erasure is not covered by the checkpoint."""


class Unreachable(Failure):
    code, words = 69, "cannot be reached"


class NotAllowed(Failure):
    code, words = 77, "may not be read"


# --- Hashes (Log.md, "The tree") -------------------------------------------------------------------------------------

def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_of(entry):
    return sha256(b"\0" + entry)


def node(left, right):
    return sha256(b"\1" + left + right)


def from_base64(text):
    """Standard base64 in its canonical form; None for anything else."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def full_root(hashes):
    """The root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


class Tree:
    """Grows by leaves. Level by level, it has the hashes of the tile that is not full yet."""

    def __init__(self):
        self.size, self.levels = 0, []

    def append(self, leaf):
        """Adds a leaf; gives the tiles (level, index, hashes) that are full with it."""
        self.size += 1
        full, level, hash_ = [], 0, leaf
        while True:
            if level == len(self.levels):
                self.levels.append([])
            self.levels[level].append(hash_)
            if len(self.levels[level]) < WIDTH:
                return full
            hashes, self.levels[level] = self.levels[level], []
            full.append((level, (self.size >> 8 * level) // WIDTH - 1, hashes))
            level, hash_ = level + 1, full_root(hashes)

    def partial(self):
        """The tiles at the right edge that are not full."""
        return [(level, (self.size >> 8 * level) // WIDTH, hashes) for level, hashes in enumerate(self.levels) if hashes]

    def root(self):
        if self.size == 0:
            return sha256(b"")
        subtrees = []  # From the right edge upwards: the smallest first.
        for hashes in self.levels:
            end = len(hashes)
            while end:
                count = end & -end
                subtrees.append(full_root(hashes[end - count:end]))
                end -= count
        root = subtrees[0]
        for left in subtrees[1:]:
            root = node(left, root)
        return root


def is_included(leaf, index, size, root, proof):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        return False
    at, last, hash_ = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            hash_ = node(beside, hash_)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            hash_ = node(hash_, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and hash_ == root


# --- Checkpoints (Log.md, "Checkpoints") -----------------------------------------------------------------------------

class PublicKey:
    """An Ed25519 key of 32 bytes."""

    def __init__(self, raw):
        try:
            from cryptography.exceptions import InvalidSignature
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        except ImportError:
            raise Failure("the Python package `cryptography` is missing: apt-get install python3-cryptography, "
                          "or pip install cryptography") from None
        self.invalid, self.key = InvalidSignature, Ed25519PublicKey.from_public_bytes(raw)

    def signed(self, text, signature):
        try:
            self.key.verify(signature, text)
            return True
        except self.invalid:
            return False


class Key(PublicKey):
    """The log's key, or, of kind 4, a witness's."""

    def __init__(self, text, kind=1, option="--key"):
        parts = text.split("+", 2)
        raw = from_base64(parts[2]) if len(parts) == 3 else None
        if raw is None or len(raw) != 33 or raw[0] != kind or not is_name(parts[0]):
            raise Failure(f"{option} is not a verifier key: <name>+<8 hexadecimal digits>+<base64 of {kind} and an Ed25519 key>")
        self.name, self.id = parts[0], sha256(parts[0].encode() + b"\n" + raw)[:4]
        if self.id.hex() != parts[1]:
            raise Failure(f"the id in {option} does not belong to its name and key; copy it again")
        self.raw, self.witnesses = raw[1:], Witnesses()
        try:
            super().__init__(raw[1:])
        except ValueError:
            raise Failure(f"the key in {option} is no Ed25519 key") from None


def is_name(text):
    return bool(text) and "+" not in text and not any(c.isspace() or c < " " for c in text)


class Witnesses:
    """How many of which witnesses must have cosigned every checkpoint that is verified (Log.md, "Witnesses")."""

    def __init__(self, texts=(), quorum=None):
        self.keys = [Key(text, 4, "--witness") for text in texts]
        self.quorum = len(self.keys) if quorum is None else quorum
        if len({key.name for key in self.keys}) < len(self.keys) or len({key.raw for key in self.keys}) < len(self.keys):
            raise Failure("two --witness have the same name or the same key; each counts once")
        if quorum is not None and not 1 <= quorum <= len(self.keys):
            raise Failure(f"--quorum must be from 1 to the number of --witness, {len(self.keys)}")
        self.found = []

    def check(self, text, signatures):
        """Holds a checkpoint's signatures, (name, bytes), against what is asked for; lines of others do not count."""
        self.found = []
        for key in self.keys:
            own = [signature[4:] for name, signature in signatures if name == key.name and signature[:4] == key.id]
            for signature in own:
                seconds = int.from_bytes(signature[:8], "big")
                if len(signature) != 72 or not key.signed(f"cosignature/v1\ntime {seconds}\n{text}".encode(), signature[8:]):
                    raise Wrong(f"the cosignature of {key.name} on the checkpoint is forged or damaged")
            self.found += [key.name] if own else []
        if len(self.found) < self.quorum:
            raise NotCosigned(f"the checkpoint is cosigned by {len(self.found)} of the {len(self.keys)} witnesses, and "
                              f"{self.quorum} are asked for")

    def checkpoint(self, log, key):
        """Size and root of the latest checkpoint of a log that is cosigned as asked for."""
        # A server's witnesses need not be those that are asked for, so that it may take more of them; logs that know
        # nothing of that have one checkpoint.
        counts = range(self.quorum, self.quorum + 4) if self.quorum else ()
        lack = Failure("there is no checkpoint: this is no log, or an empty one")
        for path in [f"checkpoint?cosignatures={count}" for count in counts] + ["checkpoint"]:
            note = log.get(path, MAXIMUM_NOTE)
            try:
                if note is not None:
                    return verified_checkpoint(note, key)
            except NotCosigned as error:
                lack = error
        raise lack

    def words(self):
        return f"; cosigned by {', '.join(self.found)}" if self.found else ""


def verified_checkpoint(data, key):
    """(size, root) of a note that the key signed."""
    if len(data) > MAXIMUM_NOTE:
        raise Failure("the checkpoint is longer than 64 KiB")
    if any(byte < 0x20 and byte != 0x0A for byte in data):
        raise Failure("the checkpoint has control characters")
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Failure("the checkpoint is not UTF-8") from None
    text, blank, block = note.rpartition("\n\n")
    if not blank or not block.endswith("\n"):
        raise Failure("the checkpoint is cut off, or is no signed note")
    text += "\n"
    lines = block[:-1].split("\n")
    if len(lines) > 64:
        raise Failure("the checkpoint has more than 64 signatures")
    found, signatures = False, []
    for line in lines:
        parts = line.split(" ")
        signature = from_base64(parts[2]) if len(parts) == 3 and parts[0] == "\u2014" and is_name(parts[1]) else None
        if signature is None or len(signature) < 5:
            raise Failure("the checkpoint has a line among its signatures that is none, or is cut off")
        signatures.append((parts[1], signature))
        if parts[1] == key.name and signature[:4] == key.id:
            if not key.signed(text.encode(), signature[4:]):
                raise Wrong(f"the signature of {key.name} on the checkpoint is forged or damaged")
            found = True
    if not found:
        raise Wrong(f"the checkpoint is not signed by the key that was given ({key.name})")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise Failure("the checkpoint has fewer than three lines, or an empty one")
    if lines[0] != key.name:
        raise Wrong(f"the checkpoint is of another log than {key.name}")
    root = from_base64(lines[2])
    if not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1], re.ASCII) or int(lines[1]) >= 2 ** 63:
        raise Failure("the checkpoint's second line is no size")
    if root is None or len(root) != 32:
        raise Failure("the checkpoint's third line is no root")
    if lines[1] == "0" and root != sha256(b""):
        raise Failure("the checkpoint of an empty log has another root than that of an empty tree")
    key.witnesses.check(text, signatures)
    return int(lines[1]), root


# --- Entries (Events.md, "The line"; Log.md, "Entries") --------------------------------------------------------------

SUFFIX = re.compile(rb',"recordedtime":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"\}\Z')
KEPT = {"specversion", "id", "source", "type", "subject", "time", "basis"}       # of an entry that was erased
POINTER = re.compile("(/([^~/]|~[01])*)+", re.DOTALL)                            # RFC 6901, not that of the whole
STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


def unique_names(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found


class Authorship:
    """What devices have signed (Log.md, "Authorship")."""
    greatest_cover = 1000
    no_key = "the device has no key"

    def __init__(self, origin):
        self.origin, self.good, self.bad = origin, 0, []
        self.keys, self.erased, self.unverifiable = {}, set(), 0
        self.open = {}      # by device with a key: (counter, leaf, position, recorded time) of what is not covered yet
        self.without = {}   # by device without one: [how many, position and recorded time of the first]

    def add(self, event, leaf, position):
        source, data = event["source"], event.get("data")
        data = data if isinstance(data, dict) else {}
        if event["type"] == "device.enrolled":
            if "erased" in event:
                self.erased.add(event["subject"])
            key = from_base64(data["key"]) if isinstance(data.get("key"), str) else None
            if key is not None and len(key) == 32:
                self.keys[event["subject"]] = key
        if source == "server":
            return
        if event["type"] == "device.signed":
            fault = self.fault(source, event["subject"], data)
            self.good += not fault
            if fault == self.no_key and source in self.erased:
                self.unverifiable += 1
            elif fault:
                self.bad.append(f"entry {position}, by {source}: {fault}")
        elif source in self.keys:
            self.open.setdefault(source, []).append((int(event["id"]), leaf, position, event["recordedtime"]))
        else:
            self.without.setdefault(source, [0, position, event["recordedtime"]])[0] += 1

    def fault(self, source, subject, data):
        """Why a signature does not hold; None when it does, and its entries are covered then."""
        if subject != source:
            return "it is about another device than the one that recorded it"
        numbers = [data.get(name) for name in ("from", "through", "count")]
        signature = from_base64(data["signature"]) if isinstance(data.get("signature"), str) else None
        if signature is None or len(signature) != 64 or not all(type(n) in (int, float) and n % 1 == 0 for n in numbers) \
                or not 1 <= numbers[0] <= numbers[1] < 2 ** 53 or numbers[2] < 1:
            return "its data is not that of a signature"
        if source not in self.keys:
            return self.no_key
        if numbers[2] > self.greatest_cover:
            return "it covers too many entries"
        waiting, count = self.open.get(source, []), 0
        while count < min(len(waiting), self.greatest_cover + 1) and waiting[count][0] <= numbers[1]:
            count += 1
        covered = waiting[:count]
        if not covered or numbers != [covered[0][0], covered[-1][0], count]:
            return "its counters and count are not those of the device's entries that no signature covers yet"
        digest = base64.b64encode(sha256(b"".join(leaf for _, leaf, *_ in covered))).decode()
        text = f"ambit-device-signature/v1\n{self.origin}\n{source}\n{covered[0][0]}\n{covered[-1][0]}\n{digest}\n"
        if not PublicKey(self.keys[source]).signed(text.encode(), signature):
            return "the device's key did not sign these entries"
        del waiting[:count]
        return None

    def finish(self):
        if self.bad:
            more = f" and {len(self.bad) - 10} more" if len(self.bad) > 10 else ""
            raise Wrong(printable(f"signatures of devices: {'; '.join(self.bad[:10])}{more}"))

    def told(self):
        lines = [f"signatures of devices: {self.good}"]
        if self.unverifiable:
            lines[0] += f"; {self.unverifiable} more by keys that were erased, which nobody can verify"
        for source in sorted(self.open.keys() | self.without.keys()):
            waiting, (count, *first) = self.open.get(source, []), self.without.get(source, [0])
            if count or waiting:
                position, recorded = first or waiting[0][2:]
                why = "" if source in self.keys else "; it has no key"
                lines.append(f"not signed: {count + len(waiting)} of {source}, since entry {position} of {recorded}{why}")
        return printable("\n".join(lines))


def printable(text):
    """Control characters are not obeyed by terminals this way."""
    return "".join(c if c >= " " and c != "\x7f" or c == "\n" else "\ufffd" for c in text)


class Entries:
    """A log's entries, one after the other, and what must hold of them."""

    def __init__(self, key):
        self.tree, self.last_time = Tree(), ""
        self.last_ids = {}      # by source
        self.authorship = Authorship(key.name)
        self.erased = {}        # position: position of the entry that says so
        self.redactions = {}    # position: subject, of entries that are there in their own bytes

    def add(self, entry):
        """Checks the next entry; gives its leaf and the tiles that are full with it."""
        position = self.tree.size
        event = self.read(entry, position)
        leaf = leaf_of(entry)
        if "leaf" in event:
            leaf = self.erased_leaf(event, entry, position)
        else:
            time_ = SUFFIX.search(entry)
            if not time_:
                raise Wrong(f"entry {position} does not end in its recorded time")
            if event["type"] == "entry.redacted":
                self.redactions[position] = event["subject"]
        recorded = event.get("recordedtime")
        if not isinstance(recorded, str) or not TIME.fullmatch(recorded):
            raise Wrong(f"entry {position} has no recorded time")
        if recorded < self.last_time:
            raise Wrong(f"entry {position} was recorded at {recorded}, before the one in front of it ({self.last_time})")
        self.last_time = recorded
        last, counter = self.last_ids.get(event["source"], 0), int(event["id"])
        if counter <= last:
            raise Wrong(f"entry {position} has the id {counter}, and an entry of {event['source']} before it has {last}; ids only grow")
        self.last_ids[event["source"]] = counter
        self.authorship.add(event, leaf, position)
        return leaf, self.tree.append(leaf)

    @staticmethod
    def read(entry, position):
        try:
            event = json.loads(entry.decode("utf-8"), object_pairs_hook=unique_names)
        except (ValueError, RecursionError):
            raise Wrong(f"entry {position} is not JSON as the protocol has it") from None
        if not isinstance(event, dict) or not all(isinstance(event.get(name), str)
                                                  for name in ("id", "source", "type", "subject")):
            raise Wrong(f"entry {position} is not an event")
        if not re.fullmatch("[1-9][0-9]{0,15}", event["id"], re.ASCII) or int(event["id"]) >= 1 << 53:
            raise Wrong(f"the id of entry {position} is no counter")
        if type(event.get("basis")) is not int or not 0 <= event["basis"] < 1 << 53:
            raise Wrong(f"the basis of entry {position} is no size of a log")
        return event

    def erased_leaf(self, event, entry, position):
        """The leaf of an entry whose data was erased: its own word, until `finish` has seen who says so."""
        leaf = from_base64(event["leaf"]) if isinstance(event["leaf"], str) else None
        redaction = event.get("redaction")
        if leaf is None or len(leaf) != 32 or type(redaction) is not int or redaction < 0 or "erased" not in event:
            raise Wrong(f"entry {position} says that it was erased, but not what its leaf was and where that is written")
        if "data" in event or "salt" in event:
            raise Wrong(f"entry {position} says that it was erased, and still has data")
        if not self.is_tombstone(event, entry):
            raise Wrong(f"entry {position} says that it was erased, and has not the form of what is left of an entry")
        self.erased[position] = redaction
        return leaf

    @staticmethod
    def is_tombstone(event, entry):
        """Whether a line has exactly the form that Log.md, "Erased entries", gives to what is left of an entry."""
        names, pointers = list(event), event["erased"]
        if names[7:] != ["erased", "redaction", "leaf", "recordedtime"] or set(names[:7]) != KEPT:
            return False
        if not isinstance(pointers, list) or not all(isinstance(one, str) and POINTER.fullmatch(one) for one in pointers):
            return False
        if any(a.encode() >= b.encode() for a, b in zip(pointers, pointers[1:])):
            return False
        end = {name: event[name] for name in names[7:]}
        end = json.dumps(end, separators=(",", ":"), ensure_ascii=False).encode()[1:]
        return entry.endswith(b"," + end) and not re.search(rb"\s", STRING.sub(b"", entry))

    def finish(self, size, root):
        if self.tree.size != size:
            raise Failure(f"there are {self.tree.size} entries, and the checkpoint is of {size}")
        if self.tree.root() != root:
            raise Wrong("the entries do not lead to the signed root: some were changed, or they are of another log")
        for position, redaction in sorted(self.erased.items()):
            # An entry that was erased itself proves nothing by what is left of it.
            if redaction >= size:
                raise ErasedBeyond(f"entry {position} is not in its own bytes, and entry {redaction}, which is to say so, "
                                   "is beyond the checkpoint")
            if self.redactions.get(redaction) != f"entry/{position}":
                raise Wrong(f"entry {position} is not in its own bytes, and entry {redaction} is no redaction of it")
        self.authorship.finish()


# --- Tiles (Log.md, "Tiles") -----------------------------------------------------------------------------------------

def tile_path(content, index, width=WIDTH):
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    return f"tile/{content}/{'/'.join(groups)}" + (f".p/{width}" if width < WIDTH else "")


def bundle_ends(data, path, count=None):
    """Where each entry of a bundle ends."""
    ends, at = [], 0
    while at < len(data):
        if at + 2 > len(data):
            raise Failure(f"{path} is cut off within a length")
        at += 2 + struct.unpack_from(">H", data, at)[0]
        if at > len(data):
            raise Failure(f"{path} is cut off within entry {len(ends)} of it")
        ends.append(at)
    if count is not None and len(ends) != count:
        raise Failure(f"{path} has {len(ends)} entries instead of {count}")
    return ends


class Log:
    """Where checkpoint and tiles come from: `get` gives a file's bytes, None when there is none."""

    def get(self, path, limit):
        raise NotImplementedError

    def others(self, content, index):
        """Widths of further partial tiles at the same place."""
        return []

    def tile(self, content, index, width):
        """The bytes of a tile, or of the beginning of the full one where the partial one is gone."""
        limit = MAXIMUM_BUNDLE if content == "entries" else WIDTH * 32
        path = tile_path(content, index, width)
        data, has = self.get(path, limit), width
        if data is None and width < WIDTH:
            path, has = tile_path(content, index), WIDTH
            data = self.get(path, limit)
        if data is None:
            raise Failure(f"{tile_path(content, index, width)} is missing")
        return self.beginning(content, data, path, has, width)

    @staticmethod
    def beginning(content, data, path, has, width):
        """So much of a tile of one width as a tile of another would be."""
        if content == "entries":
            return data[:bundle_ends(data, path, has)[width - 1]]
        if len(data) != has * 32:
            raise Failure(f"{path} has {len(data)} bytes instead of {has * 32}")
        return data[:width * 32]

    def check(self, content, index, data, width):
        """Compares a tile, and all others at its place, with the bytes that it must have."""
        if self.tile(content, index, width) != data:
            raise Wrong(f"{tile_path(content, index, width)} does not fit the entries")
        self.check_others(content, index, data, width)

    def check_others(self, content, index, data, width):
        for other in self.others(content, index):
            if other < width:
                path = tile_path(content, index, other)
                limit = MAXIMUM_BUNDLE if content == "entries" else WIDTH * 32
                found = self.get(path, limit)
                if found is None or self.beginning(content, found, path, other, other) != \
                        self.beginning(content, data, path, width, other):
                    raise Wrong(f"{path} does not fit the entries")


class Folder(Log):
    def __init__(self, folder):
        if not os.path.isdir(folder):
            raise Failure(f"{folder} is not a folder")
        self.folder = folder

    def get(self, path, limit):
        try:
            # A pipe would be waited for, until somebody writes to it.
            with open(os.path.join(self.folder, path), "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise Failure(f"{path} is no file but something else, such as a pipe")
                data = file.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise Failure(f"{path} cannot be read: {error.strerror}") from None
        if len(data) > limit:
            raise Failure(f"{path} is longer than it may be")
        return data

    def others(self, content, index):
        try:
            names = os.listdir(os.path.join(self.folder, tile_path(content, index) + ".p"))
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(int(name) for name in names if re.fullmatch("[1-9][0-9]{0,2}", name, re.ASCII) and int(name) < WIDTH)


class Server(Log):
    """Gets what C2SP names, and nothing else. Follows no redirects, so that the token goes nowhere else."""
    attempts = 8

    def __init__(self, url, token):
        parts = urllib.parse.urlsplit(url.rstrip("/"))
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
            raise Failure("the address must be http[s]://host[:port]/…, an agenda's, or the one that `checkpoint` and `tile` are below")
        # An agenda's address is for people; its log is where programs ask.
        base, found, name = parts.path.rpartition("/agendas/")
        if found and "/" not in name and not base.endswith("/v1"):
            parts = parts._replace(path=f"{base}/v1/agendas/{name}")
        self.parts, self.token, self.connection = parts, token, None

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def get(self, path, limit):
        wait = 1
        for attempt in range(self.attempts):
            try:
                status, headers, body = self.ask(path, limit)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                reason, pause = f"{type(error).__name__}: {error}", wait
                # A connection that was kept may have been closed meanwhile.
                if isinstance(error, (ConnectionRefusedError, ssl.SSLError)) or attempt >= 3:
                    break
            else:
                if status == 200:
                    return self.decoded(path, headers, body, limit)
                if status == 404 or status == 400 and "?" in path:
                    return None
                if status in (401, 403):
                    raise NotAllowed(f"{path}: status {status}; give the token of a device of the agenda with --token")
                reason = f"status {status}"
                if status not in (429, 502, 503, 504):
                    break
                after = headers.get("Retry-After", "")
                pause = min(int(after), 60) if after.isdecimal() else wait
            time.sleep(pause)
            wait = min(2 * wait, 30)
        raise Unreachable(f"{path}: {reason}")

    def ask(self, path, limit):
        if self.connection is None:
            kind = http.client.HTTPSConnection if self.parts.scheme == "https" else http.client.HTTPConnection
            self.connection = kind(self.parts.hostname, self.parts.port, timeout=30)
        headers = {"Accept-Encoding": "gzip, identity", "User-Agent": "verify.py"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self.connection.request("GET", f"{self.parts.path}/{path}", headers=headers)
        answer = self.connection.getresponse()
        body = answer.read(limit + 1024)
        if answer.read(1):
            raise Failure(f"{path} is longer than it may be")
        return answer.status, answer.headers, body

    @staticmethod
    def decoded(path, headers, body, limit):
        coding = headers.get("Content-Encoding", "identity")
        if coding == "gzip":
            inflater = zlib.decompressobj(31)
            try:
                body = inflater.decompress(body, limit + 1)
            except zlib.error:
                raise Failure(f"{path} is damaged: not gzip") from None
            if len(body) <= limit and (not inflater.eof or inflater.unused_data):
                raise Failure(f"{path} is cut off, or goes on after its end")
        elif coding != "identity":
            raise Failure(f"{path} came in a coding that was not asked for")
        if len(body) > limit:
            raise Failure(f"{path} is longer than it may be")
        return body


def verify_tiles(log, key):
    size, root = key.witnesses.checkpoint(log, key)
    entries = Entries(key)
    for index in range((size + WIDTH - 1) // WIDTH):
        width = min(WIDTH, size - index * WIDTH)
        path = tile_path("entries", index, width)
        data, start, full = log.tile("entries", index, width), 0, []
        for end in bundle_ends(data, path, width):
            full += entries.add(data[start + 2:end])[1]
            start = end
        log.check_others("entries", index, data, width)
        for level, number, hashes in full:
            log.check(level, number, b"".join(hashes), WIDTH)
        progress(index * WIDTH, size)
    for level, number, hashes in entries.tree.partial():
        log.check(level, number, b"".join(hashes), len(hashes))
    try:
        entries.finish(size, root)
    except ErasedBeyond as error:
        if not key.witnesses.quorum:
            raise
        raise Failure(f"{error} that is cosigned: verify again later") from None
    return report(entries, key)


def verify_server(log, key):
    """An entry that is erased while the log is read is erased by one of a later checkpoint; a lie stays one."""
    for _ in range(2):
        try:
            return verify_tiles(log, key)
        except ErasedBeyond:
            pass
    return verify_tiles(log, key)


# --- Exports and evidence --------------------------------------------------------------------------------------------

def read_file(path, limit):
    try:
        with (open(path, "rb") if path != "-" else os.fdopen(0, "rb", closefd=False)) as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > limit:
        raise Failure(f"{path} is longer than it may be")
    return data


def verify_export(path, note_path, key):
    note = read_file(note_path, 2 * MAXIMUM_NOTE)
    manifest = None
    if note.startswith(b"{"):
        try:
            manifest = json.loads(note)
        except ValueError:
            raise Failure(f"{note_path} is not a manifest, or is cut off") from None
        if not isinstance(manifest.get("checkpoint"), str):
            raise Failure(f"{note_path} has no checkpoint: the log keeps none for this size, export another one")
        note = manifest["checkpoint"].encode()
    size, root = verified_checkpoint(note, key)
    if manifest is not None:
        said = manifest.get("origin"), manifest.get("size"), manifest.get("root")
        if said != (key.name, size, base64.b64encode(root).decode()):
            raise Wrong(f"{note_path} is of another log, size or root than the checkpoint in it")
    entries = Entries(key)
    try:
        with open(path, "rb") as file:
            while True:
                line = file.readline(65537)
                if not line:
                    break
                if not line.endswith(b"\n"):
                    raise Failure(f"{path} is cut off within entry {entries.tree.size}, or that is too long")
                if entries.tree.size == size:
                    raise Failure(f"{path} has more entries than the {size} of the checkpoint")
                entries.add(line[:-1])
                if entries.tree.size % 4096 == 0:
                    progress(entries.tree.size, size)
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}") from None
    try:
        entries.finish(size, root)
    except ErasedBeyond as error:
        # An export of an earlier size has what is left of entries that were erased later; that is no lie yet.
        raise Failure(f"{error}: export a later size, which has that entry") from None
    return report(entries, key)


def verify_evidence(path, entry_path, key):
    data = read_file(path, MAXIMUM_EVIDENCE)
    head, blank, note = data.partition(b"\n\n")
    if not data.startswith(b"c2sp.org/tlog-proof@v1\n"):
        raise Failure(f"{path} is not evidence: its first line must be c2sp.org/tlog-proof@v1")
    if not blank or b"\r" in data:
        raise Failure(f"{path} is cut off before its checkpoint, or has carriage returns")
    try:
        lines = head.decode("ascii").split("\n")[1:]
    except UnicodeDecodeError:
        raise Failure(f"{path} has lines before its checkpoint that cannot be read") from None
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = from_base64(lines.pop(0)[len("extra "):])
        if extra is None:
            raise Failure(f"the line `extra` of {path} is not base64")
    index = re.fullmatch("index (0|[1-9][0-9]{0,18})", lines.pop(0) if lines else "", re.ASCII)
    if not index or int(index[1]) >= 2 ** 63:
        raise Failure(f"{path} has no line `index` with a position")
    position, hashes = int(index[1]), [from_base64(line) for line in lines]
    if len(hashes) > 63 or any(hash_ is None or len(hash_) != 32 for hash_ in hashes):
        raise Failure(f"{path} has a line that is no hash, or more than 63 of them")
    size, root = verified_checkpoint(note, key)
    # An entry never holds a newline: behind one stands how its device vouched for it.
    entry, newline, word = (None, b"", b"") if extra is None else extra.partition(b"\n")
    if entry_path:
        entry = read_file(entry_path, MAXIMUM_BUNDLE)
        entry = entry[:-1] if entry.endswith(b"\n") else entry
    if entry is None:
        raise Failure(f"{path} does not hold the entry: give it with --entry")
    if position >= size:
        raise Wrong(f"the position {position} is beyond the {size} entries of the checkpoint")
    if not is_included(leaf_of(entry), position, size, root, hashes):
        raise Wrong("the entry does not lead to the signed root: it or the proof was changed, or they are of another log; "
                    "an entry that was erased shows nothing by itself")
    # Bytes that are no text are shown too.
    text = printable(entry.decode("utf-8", "replace").replace("\n", "\ufffd"))
    signed = signed_by(word, entry, size, root, key.name) if newline else ""
    return f"entry {position} of {key.name}, in its log of {size} entries:\n{text}{signed}"


def signed_by(word, entry, size, root, origin):
    """Says which device signed the entry; the log has its key (Log.md, "Authorship in evidence")."""
    try:
        word = json.loads(word)
        signature, enrolled = word["signature"], word["enrolled"]
        first, last, count = (signature[name] for name in ("from", "through", "count"))
        leaves, enrolment = from_base64(word["leaves"]), from_base64(enrolled["entry"])
        index, beside = enrolled["index"], [from_base64(one) for one in enrolled["hashes"]]
        signature = from_base64(signature["signature"])
        if not (all(type(n) is int for n in (first, last, count, index)) and index >= 0
                and len(signature) == 64 and len(leaves) % 32 == 0 and len(leaves) <= 32 * Authorship.greatest_cover
                and all(len(one) == 32 for one in beside)):
            raise ValueError
    except (KeyError, TypeError, ValueError, RecursionError):
        raise Failure("the line `extra` has a device's signature in another form") from None
    try:
        source, event = json.loads(entry)["source"], json.loads(enrolment)
        key = from_base64(event["data"]["key"])
        if (event["type"], event["subject"]) != ("device.enrolled", source) or len(key) != 32:
            raise ValueError
    except (KeyError, TypeError, ValueError, RecursionError):
        raise Wrong("the device's signature in the file: it is not of the device that recorded the entry") from None
    if not (index < size and is_included(leaf_of(enrolment), index, size, root, beside)):
        raise Wrong(f"the device's signature in the file: the log does not have the key of {printable(source)} in it")
    leaves = [leaves[at:at + 32] for at in range(0, len(leaves), 32)]
    digest = base64.b64encode(sha256(b"".join(leaves))).decode()
    message = f"ambit-device-signature/v1\n{origin}\n{source}\n{first}\n{last}\n{digest}\n"
    if not leaves or count != len(leaves) or count == 1 and first != last \
            or not PublicKey(key).signed(message.encode(), signature):
        raise Wrong(f"the device's signature in the file: {printable(source)} did not sign these entries")
    if leaf_of(entry) not in leaves:
        raise Wrong(f"the device's signature in the file: {printable(source)} signed entries, and not this one")
    return f"\nsigned by {printable(source)}, with the key that entry {index} enrolled it with"


def report(entries, key):
    said = ", each as an entry of the log says" if entries.erased else ""
    root = base64.b64encode(entries.tree.root()).decode()
    return f"{entries.tree.size} entries of {key.name}, root {root}; erased: {len(entries.erased)}{said}\n" \
           f"{entries.authorship.told()}"


def progress(done, size):
    if sys.stderr.isatty():
        print(f"\r{done} of {size}", end="\r", file=sys.stderr, flush=True)


class Parser(argparse.ArgumentParser):
    def error(self, message):
        self.print_usage(sys.stderr)
        self.exit(64, f"{self.prog}: {message}\n")


def arguments():
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="what", required=True, metavar="{server,mirror,export,evidence}")
    for name, place in (("server", "URL"), ("mirror", "DIR"), ("export", "FILE"), ("evidence", "FILE")):
        kind = kinds.add_parser(name, prog=f"verify.py {name}")
        kind.add_argument("place", metavar=place)
        kind.add_argument("--key", required=True, metavar="VKEY", help="the log's verifier key")
        kind.add_argument("--witness", action="append", default=[], metavar="VKEY",
                          help="a witness that must have cosigned the checkpoint; may be given several times")
        kind.add_argument("--quorum", type=int, metavar="K", help="how many of the witnesses must have, when not all of them")
        if name == "server":
            kind.add_argument("--token", metavar="FILE", help="a file with a device's token, such as a replica's `token`")
        if name == "export":
            kind.add_argument("--checkpoint", required=True, metavar="FILE", help="the signed note, or a manifest with it")
        if name == "evidence":
            kind.add_argument("--entry", metavar="FILE", help="the entry, when it is not the one in the file that counts")
    return parser.parse_args()


def main():
    given = arguments()
    try:
        key = Key(given.key)
        key.witnesses = Witnesses(given.witness, given.quorum)
        if given.what == "server":
            token = read_file(given.token, 4096).decode("ascii", "replace").strip() if given.token else None
            server = Server(given.place, token)
            try:
                found = verify_server(server, key)
            finally:
                server.close()
        elif given.what == "mirror":
            found = verify_tiles(Folder(given.place), key)
        elif given.what == "export":
            found = verify_export(given.place, given.checkpoint, key)
        else:
            found = verify_evidence(given.place, given.entry, key)
    except Failure as failure:
        print(f"verify.py: {given.what} {failure.words}: {failure}", file=sys.stderr)
        return failure.code
    print(f"verified: {found}{key.witnesses.words()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
