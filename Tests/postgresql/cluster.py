#!/usr/bin/env python3
"""A PostgreSQL of its own for tests: made in a temporary folder, stopped and removed at the end.

    python3 Tests/postgresql/cluster.py -- COMMAND...      runs the command with AMBIT_TEST_POSTGRESQL set to its address

PostgreSQL does not run as root: then it runs as the user postgres, or nobody.
"""
import glob
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

# For what hangs, not for what is slow; in seconds.
LIMIT = 120


class Missing(Exception):
    """What has to be installed first."""


def programs():
    """The folder with initdb and postgres: the newest that is installed."""
    found = shutil.which("initdb")
    # A link alone may stand on the path.
    if found and (pathlib.Path(found).resolve().parent / "postgres").exists():
        return pathlib.Path(found).resolve().parent
    places = [pathlib.Path(place) for place in glob.glob("/usr/lib/postgresql/*/bin") if os.path.exists(f"{place}/initdb")]
    if not places:
        raise Missing("PostgreSQL's server is needed: apt-get install postgresql libpq-dev")
    return max(places, key=lambda place: [int(digits) for digits in re.findall(r"\d+", place.parent.name)])


def user():
    """Whom PostgreSQL runs as; None for this user."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            pass
    raise Missing("PostgreSQL does not run as root, and there is no user postgres or nobody")


def free_port():
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


class Cluster:
    """One PostgreSQL server and its data."""

    def __init__(self, settings=()):
        self.bin = programs()
        self.user = user()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ambit-postgresql-", dir="/tmp"))
        self.port = free_port()
        self.process = None
        self.settings = list(settings)
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)

    @property
    def data(self):
        return self.folder / "data"

    @property
    def address(self):
        return f"postgresql://ambit@127.0.0.1:{self.port}/ambit"

    def popen(self, *command, **options):
        if self.user:
            options |= {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        return subprocess.Popen([str(word) for word in command], cwd=self.folder, **options)

    def run(self, *command):
        process = self.popen(*command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        output, _ = process.communicate(timeout=LIMIT)
        if process.returncode != 0:
            raise RuntimeError(f"{command[0]} failed: {output.decode(errors='replace')}")
        return output.decode(errors="replace")

    def make(self):
        self.initialise()
        self.start()
        self.sql("CREATE DATABASE ambit", database="postgres")

    def initialise(self):
        self.run(self.bin / "initdb", "--no-sync", "--auth=trust", "--username=ambit", "--encoding=UTF8", "--locale=C", "-D", self.data)

    def follow(self, primary):
        """Begins anew as a standby of another one, at this port."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.run(self.bin / "pg_basebackup", "--no-sync", "-R", "-X", "stream", "-c", "fast", "-D", self.data, "-d", primary.connection)
        self.start()

    @property
    def connection(self):
        return f"host=127.0.0.1 port={self.port} user=ambit application_name=standby"

    def set(self, name, value):
        """Changes a setting of one that runs."""
        self.sql(f"ALTER SYSTEM SET {name} = '{value}'", database="postgres")
        self.sql("SELECT pg_reload_conf()", database="postgres")

    def promote(self):
        self.sql("SELECT pg_promote()", database="postgres")

    def is_followed(self):
        """Whether a standby confirms commits."""
        return self.sql("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'", database="postgres") == "1"

    def start(self):
        words = {
            "port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self.folder,
            "max_connections": 200, "log_destination": "stderr",
        }
        settings = [f"{name}={value}" for name, value in words.items()] + self.settings
        options = [word for setting in settings for word in ("-c", setting)]
        with open(self.folder / "log", "ab") as log:
            self.process = self.popen(self.bin / "postgres", "-D", self.data, *options, stdout=log, stderr=log)
        self.wait_until(self.is_ready, "PostgreSQL does not start")

    def is_ready(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"PostgreSQL ended: {(self.folder / 'log').read_text(errors='replace')[-2000:]}")
        command = [self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", self.port]
        return self.popen(*command).wait(timeout=LIMIT) == 0

    @staticmethod
    def wait_until(condition, what):
        end = time.monotonic() + LIMIT
        while not condition():
            if time.monotonic() > end:
                raise RuntimeError(what)
            time.sleep(0.05)

    def sql(self, text, database="ambit"):
        """What a statement gives, without headings."""
        return self.run(
            self.bin / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", self.port,
            "-U", "ambit", "-d", database, "-c", text,
        ).strip()

    def kill(self):
        """As when the power goes: nothing is written any more, by none of its processes."""
        if self.process and self.process.poll() is None:
            children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True).stdout
            for number in [self.process.pid, *map(int, children.split())]:
                try:
                    os.kill(number, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.process.wait(timeout=LIMIT)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=LIMIT)

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        try:
            self.make()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_):
        self.remove()


def main(words):
    if len(words) < 2 or words[0] != "--":
        sys.exit(__doc__)
    try:
        with Cluster() as cluster:
            return subprocess.run(words[1:], env=os.environ | {"AMBIT_TEST_POSTGRESQL": cluster.address}).returncode
    except Missing as missing:
        print(f"postgresql: {missing}", file=sys.stderr)
        return 69


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sys.exit(main(sys.argv[1:]))
