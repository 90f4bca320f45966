"""A laptop under test: records and syncs with the program, and notes what it was told."""
import os
import pathlib
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from waiting import HANGS  # noqa: E402


def run(program, *arguments):
    words = [program, *map(str, arguments), "--json"]
    return subprocess.run(words, capture_output=True, text=True, timeout=HANGS, env={**os.environ, "LC_ALL": "C.UTF-8"})


class Laptop(threading.Thread):
    """Records and syncs until it is told to stop; notes how much was accepted, and what must never happen."""

    def __init__(self, program, folder, number):
        super().__init__()
        self.program, self.folder, self.number = program, folder, number
        self.ends = threading.Event()
        self.titles, self.accepted, self.failures, self.retries, self.said = [], 0, [], 0, ""

    def run(self):
        while not self.ends.is_set():
            self.record()
            self.sync()

    def end(self):
        self.ends.set()
        self.join()

    def record(self):
        title = f"Thema {self.number}-{len(self.titles)}."
        done = run(self.program, "record", "theme.opened", f"title={title}", "-C", self.folder)
        if done.returncode != 0:
            self.failures.append(done.stderr)
        self.titles.append(title)

    def sync(self):
        done = run(self.program, "sync", "-C", self.folder)
        if done.returncode == 0:
            self.accepted = len(self.titles)
            return True
        self.retries += 1
        self.said = done.stderr
        # 69: try again later. Anything else would stop people.
        if done.returncode != 69:
            self.failures.append(f"{done.returncode}: {done.stderr}")
        return False
