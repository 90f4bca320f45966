"""Logs made by the second client's rules, for tests of who verifies them: as static files, over HTTP, and with faults."""
import base64
import gzip
import http.server
import json
import pathlib
import sys
import threading

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / folder) for folder in ("second-client", "support")]
import ambit_protocol as protocol  # noqa: E402

ORIGIN = "log.voorbeeld.nl/agendas/proef"


def b64(data):
    return base64.b64encode(data).decode()


class Signer:
    def __init__(self, origin=ORIGIN, seed=7):
        self.origin, self.key = origin, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        raw = self.key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.id = protocol.sha256(origin.encode() + b"\n\1" + raw)[:4]
        self.vkey = f"{origin}+{self.id.hex()}+{b64(bytes([1]) + raw)}"

    def note(self, size, root):
        text = f"{self.origin}\n{size}\n{b64(root)}\n"
        return f"{text}\n\u2014 {self.origin} {b64(self.id + self.key.sign(text.encode()))}\n"


class Witness:
    """Cosigns whatever it is shown."""

    def __init__(self, name, seed):
        self.name, self.key = name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        raw = self.key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.id = protocol.sha256(name.encode() + b"\n\4" + raw)[:4]
        self.vkey = f"{name}+{self.id.hex()}+{b64(bytes([4]) + raw)}"

    def line(self, note, seconds=1790000000, signed=None):
        """The cosignature line for a note; what is signed may be another one."""
        text = (signed or note).rpartition("\n\n")[0] + "\n"
        signature = self.key.sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
        return f"\u2014 {self.name} {b64(self.id + seconds.to_bytes(8, 'big') + signature)}\n"


def entry(number, source="device/k3j9x2", id_=None, type_="note.added", subject=None, second=None, data=None):
    event = {"specversion": "1.0", "id": str(id_ or number + 1), "source": source, "type": type_,
             "subject": subject or f"note/k3j9x2-{number + 1}", "time": "2026-11-12T10:11:12.123Z", "basis": 0,
             "data": data or {"text": f"Aantekening {number}"}}
    second = number if second is None else second
    event["recordedtime"] = f"2026-11-{12 + second // 86400:02}T{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}.000Z"
    return json.dumps(event, separators=(",", ":")).encode()


def entries(count):
    return [entry(number) for number in range(count)]


def tombstone(original, redaction, **changes):
    """What is left of an entry that was erased."""
    event = json.loads(original)
    event.pop("data"), event.pop("salt", None)
    recorded = event.pop("recordedtime")
    event.update(erased=["/text"], redaction=redaction, leaf=b64(protocol.sha256(b"\0" + original)))
    event.update(changes)
    event["recordedtime"] = recorded
    return json.dumps({k: v for k, v in event.items() if v is not None}, separators=(",", ":")).encode()


def redaction(number, position, **more):
    return entry(number, type_="entry.redacted", subject=f"entry/{position}", data={"reason": "Op verzoek", "redacted": True}, **more)


def write(folder, shown, signer=None, leaves=None, note=None):
    """A log as static files: entries as they are shown, the tree over the leaves."""
    folder = pathlib.Path(folder)
    files = {path: data for path, data in protocol.tiles(shown) if path.startswith("tile/entries/")}
    leaves = leaves or [protocol.sha256(b"\0" + one) for one in shown]
    level, hashes = 0, leaves
    while hashes:
        for index in range(0, len(hashes), 256):
            part = hashes[index:index + 256]
            files[protocol.tile_path(level, index // 256, len(part))] = b"".join(part)
        hashes = [protocol.tree_root(hashes[at:at + 256]) for at in range(0, len(hashes) // 256 * 256, 256)]
        level += 1
    root = protocol.tree_root(leaves) if leaves else protocol.sha256(b"")
    files["checkpoint"] = (note or (signer or Signer()).note(len(leaves), root)).encode()
    for path, data in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return files


class StaticServer:
    """Gives out files as any web server does; remembers what it was asked for."""

    def __init__(self, files, token=None, answer=None):
        outer = self
        self.files, self.asked, self.answer = files, [], answer

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.asked.append(self.path)
                name = self.path[len("/logs/proef/"):] if self.path.startswith("/logs/proef/") else None
                status, body, headers = 404, b"", {}
                if token and self.headers.get("Authorization") != f"Bearer {token}":
                    status = 401
                elif name in outer.files:
                    status, body = 200, outer.files[name]
                    if "gzip" in self.headers.get("Accept-Encoding", "") and "entries" in name:
                        body, headers = gzip.compress(body), {"Content-Encoding": "gzip"}
                if outer.answer:
                    status, body, headers = outer.answer(name, status, body, headers)
                self.send_response(status)
                for header in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(*header)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # Clients that go away are no news.

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/logs/proef"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
