#!/usr/bin/env python3
"""Measures how fast the pages of an agenda answer, on a city's field work: on a laptop, and on a server for everybody.

    Tools/release --only ambit
    python3 Tools/Benchmarks/pages.py [--events 1000000] [--out FILE]

Each page is asked for once, which may have something made that is kept, and then eleven times. Printed are the first time, and
the median of the others. Everything happens on 127.0.0.1 and in a temporary folder.
"""
import argparse
import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import fieldwork  # noqa: E402
from drain import add  # noqa: E402
from run import ROOT, Server  # noqa: E402

REPEATS = 11


class Pages:
    """Asks one host for pages below a path, over one connection."""

    def __init__(self, host, headers=(), base=""):
        self.connection, self.headers, self.base = http.client.HTTPConnection(host), dict(headers), base

    def ask(self, path, method="GET", body=None, headers=()):
        begun = time.perf_counter()
        self.connection.request(method, self.base + path, body, {**self.headers, **dict(headers)})
        answer = self.connection.getresponse()
        content = answer.read()
        return time.perf_counter() - begun, answer, content

    def measure(self, path):
        """Milliseconds of the first time and the median of the others, and the bytes of the page."""
        first, answer, content = self.ask(path)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {content[:300]}")
        times = [self.ask(path)[0] for _ in range(REPEATS)]
        return {"first": first * 1000, "median": statistics.median(times) * 1000, "bytes": len(content)}


class Laptop:
    """The pages of a replica, as `ambit ui` serves them."""

    def __init__(self, binary, replica):
        self.process = subprocess.Popen([binary, "ui", "--no-open", "--json", "-C", replica], stdout=subprocess.PIPE, text=True)
        url = urllib.parse.urlsplit(json.loads(self.process.stdout.readline())["url"])
        self.host = url.netloc
        # As when somebody opens it from a terminal: the answer leads to the pages.
        answer = Pages(url.netloc, {"Sec-Fetch-Site": "none"}).ask("/?" + url.query)[1]
        self.base = answer.headers["Location"]
        self.cookie = "; ".join(cookie.split(";")[0] for cookie in answer.headers.get_all("Set-Cookie"))

    def pages(self):
        return Pages(self.host, {"Cookie": self.cookie}, self.base)

    def end(self):
        self.process.terminate()
        self.process.wait()


def paths(work, size):
    """The pages by name: those of everybody, and those of a laptop besides."""
    project, indicator = work.projects[7], work.indicators[3]
    public = {
        "overview": "/", "projects": "/all/project", "measurements": "/all/measurement", "one project": f"/{project}",
        "one indicator": f"/{indicator}", "one theme": f"/{work.themes[0]}", "one ambition": f"/{work.ambitions[0]}",
        "where a project's values come from": f"/proof/{project}", "where a sum comes from": f"/proof/{work.ambitions[0]}",
        "find": "/find?q=bewoner+dijk", "an earlier day": f"/?at={size // 2}", "a project then": f"/{project}?at={size // 2}",
    }
    own = {
        "history": "/history", "history of a project": f"/history?about={project}", "what can be recorded": "/record",
        "a form": f"/record/measurement.recorded?project={project}", "sending and receiving": "/sync", "conflicts": "/conflicts",
        "two days compared": f"/compare?from={size - 500}&to={size}", "every value of a project checked": f"/proof/{project}?check=all",
    }
    return public, own


def after_recording(binary, replica, pages, project):
    """Milliseconds of the overview right after something was recorded: what is kept has to follow."""
    times = []
    for number in range(3):
        subprocess.run([binary, "record", "note.added", f"about={project}", f"text=Meting {number}", "-C", replica], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(pages.ask("/")[0])
    return {"median": statistics.median(times) * 1000}


def measure(binary, folder, events):
    server = Server(binary, folder)
    laptop = None
    try:
        work = fieldwork.FieldWork(server)
        work.fill(events)
        replica = os.path.join(folder, "replica")
        server.ambit("clone", f"{server.url}/agendas/{server.name}", replica, "--invite", server.invite(), "--name", "Meting", "--json")
        public, own = paths(work, work.size)
        laptop = Laptop(binary, replica)
        pages = laptop.pages()
        figures = {"laptop": {name: pages.measure(path) for name, path in {**public, **own}.items()}}
        figures["laptop"]["overview after recording"] = after_recording(binary, replica, pages, work.projects[7])
        server.ambit("agenda", "open", server.name, "--public", "--data", server.data)
        visitor = Pages(urllib.parse.urlsplit(server.url).netloc)
        base = f"/agendas/{server.name}"
        while visitor.ask(base)[1].status != 200:
            time.sleep(0.1)
        figures["server"] = {name: visitor.measure(base + path.replace("/?", "?") if path.startswith("/?") else base + path.rstrip("/"))
                             for name, path in public.items()}
        for host in figures.values():
            host["median of all pages"] = {"median": statistics.median(page["median"] for page in host.values())}
        return figures
    finally:
        if laptop:
            laptop.end()
        server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build/release/ambit"))
    parser.add_argument("--out")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="ambit-pages.")
    try:
        figures = measure(options.binary, folder, options.events)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for host, pages in figures.items():
        print(f"\n{host}, {options.events:,} events: milliseconds, first and median of {REPEATS}; KB")
        for name, page in pages.items():
            first = f"{page['first']:9.1f}" if "first" in page else " " * 9
            size = f"{page['bytes'] / 1000:9.1f}" if "bytes" in page else ""
            print(f"  {name:36} {first} {page['median']:9.1f} {size}")
    if options.out:
        add(options.out, "pages", {"events": options.events, **figures})


if __name__ == "__main__":
    main()
