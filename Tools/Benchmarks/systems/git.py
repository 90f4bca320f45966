"""git over smart HTTP: one commit for a batch of 1,000 events, which adds a file of lines. Each client has a branch of its own, so
that none has to merge before it pushes. Commits are made before the clock starts."""
import os
import shutil
import sys
import time

from .common import Serving, System, Wrong, batches, called, free_port, fresh, tree_bytes

COMMITS = 24  # More than a client pushes before the clock stops.


def stream(parts, branch):
    """Commits of these batches as `git fast-import` and `fossil import` take them."""
    out = []
    for number, lines in enumerate(parts):
        body, words = b"\n".join(lines) + b"\n", b"%d" % number
        out.append(b"blob\nmark :%d\ndata %d\n%s\n" % (2 * number + 1, len(body), body))
        out.append(b"commit refs/heads/%s\nmark :%d\ncommitter Meting <meting@voorbeeld.example> %d +0000\ndata %d\n%s\n" % (
            branch.encode(), 2 * number + 2, 1_790_000_000 + number, len(words), words))
        if number:
            out.append(b"from :%d\n" % (2 * number))
        out.append(b"M 100644 :%d log/%06d.ndjson\n\n" % (2 * number + 1, number))
    return b"".join(out)


def parts(lines):
    return [lines[at:at + 1000] for at in range(0, len(lines), 1000)]


def lines_of(folder):
    """The lines of all files, in the order of their names."""
    lines = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            lines += file.read().splitlines()
    return lines


class Git(System):
    name, title = "git", "git, smart HTTP"
    sizes = (1000,)
    durable = "`core.fsync=all` in the repository: objects and references are synced before the push is answered"
    lacks = "no validation, no order between clients (each has a branch), events only as lines of files, no fold"
    serving = work = None

    def git(self, *words, **options):
        return called("git", *words, env=self.variables, **options)

    def start(self):
        self.close()
        self.place = fresh(os.path.join(self.folder, "server"))
        self.variables = os.environ | {"HOME": self.folder, "GIT_CONFIG_GLOBAL": os.path.join(self.folder, "config"),
                                       "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
        with open(self.variables["GIT_CONFIG_GLOBAL"], "w") as file:
            # A body in one piece, and no work in the background.
            file.write("[init]\n defaultBranch = log\n[http]\n postBuffer = 1g\n[gc]\n auto = 0\n[safe]\n directory = *\n")
        self.repository = os.path.join(self.place, "log.git")
        self.git("init", "-q", "--bare", "--template=", self.repository)
        for name, value in (("http.receivepack", "true"), ("core.fsync", "all"), ("core.fsyncMethod", "fsync")):
            self.git("-C", self.repository, "config", name, value)
        port = free_port()
        self.serving = Serving([sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "gateway.py"), str(port),
                                self.place], port, env=self.variables)
        self.url = f"http://127.0.0.1:{port}/log.git"

    def own(self, number):
        return os.path.join(self.folder, f"client{number}")

    def empty(self, work, size):
        self.start()
        if self.work is not work:
            self.work, self.commits = work, []
            for number, lines in enumerate(work.lines):
                self.git("init", "-q", fresh(self.own(number)))
                self.git("-C", self.own(number), "fast-import", "--quiet", input=stream(batches(lines, size)[:COMMITS], f"client{number}"))
                self.commits.append(self.git("-C", self.own(number), "rev-list", "--reverse", f"client{number}").decode().split())

    def prepared(self, work, size):
        return [commits[:-1] for commits in self.commits]

    def client(self, number):
        return lambda commit: self.git("-C", self.own(number), "push", "-q", self.url, f"{commit}:refs/heads/client{number}")

    def check(self, work, size, answered):
        # What a commit is called is the hash of all that it holds.
        for number, count in enumerate(answered):
            held = self.git("-C", self.repository, "rev-list", "--reverse", f"client{number}").decode().split()
            if held != self.commits[number][:count]:
                raise Wrong(f"client {number} has {len(held)} commits there, {count} were acknowledged")
        self.git("-C", self.repository, "fsck", "--no-dangling")

    def load(self, lines, work):
        self.start()
        source = fresh(os.path.join(self.folder, "source"))
        self.git("init", "-q", source)
        self.git("-C", source, "fast-import", "--quiet", input=stream(parts(lines), "log"))
        self.git("-C", source, "push", "-q", self.url, "log")

    def clone(self):
        to = os.path.join(self.folder, "clone")
        shutil.rmtree(to, ignore_errors=True)
        begun = time.perf_counter()
        self.git("clone", "-q", self.url, to)
        return time.perf_counter() - begun, lines_of(os.path.join(to, "log"))

    def read(self):
        begun = time.perf_counter()
        _, lines = self.clone()
        return time.perf_counter() - begun, lines

    def disk(self):
        written = tree_bytes(self.repository)
        self.git("-C", self.repository, "gc", "-q", "--prune=now")
        return {"bytes": tree_bytes(self.repository), "what": "the repository after `git gc`", "as pushed": written}

    def close(self):
        if self.serving:
            self.serving.stop()
            self.serving = None
