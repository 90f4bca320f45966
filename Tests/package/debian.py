"""The Debian that `run` has made for the tests: commands in it, the package installed there, and systemd booted in it."""
import configparser
import json
import os
import pathlib
import shutil
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "support"))
from waiting import HANGS, eventually  # noqa: E402,F401

SYSTEM, PACKAGE = os.environ["AMBIT_TEST_DEBIAN"], os.environ["AMBIT_TEST_PACKAGE"]
# Any number that nobody has: systemd takes users for units from this range.
SERVICE, LAPTOP = 61184, 1000
VARIABLES = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}


def inside(*words, user=0, code=0, environment=None):
    """What a command in that Debian prints."""
    done = subprocess.run(
        ["chroot", f"--userspec={user}:{user}", SYSTEM, *words], capture_output=True, text=True, timeout=HANGS,
        env={**VARIABLES, **(environment or {})}, stdin=subprocess.DEVNULL)
    if done.returncode != code:
        raise AssertionError(f"{words} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def ambit(*words, user=LAPTOP, code=0):
    out = inside("ambit", *words, "--json", user=user, code=code)
    return json.loads(out) if out else {}


def install(*packages, why=None):
    if why:
        print(f"package: installing {' '.join(packages)} in that Debian, {why}", file=sys.stderr, flush=True)
    inside("apt-get", "install", "-y", "-q", "--no-install-recommends", *packages)


def install_ambit():
    """Once for all tests."""
    if os.path.exists(f"{SYSTEM}/usr/bin/ambit"):
        return
    shutil.copy(PACKAGE, f"{SYSTEM}/srv/ambit.deb")
    inside("apt-get", "update", "-q")
    install("/srv/ambit.deb")
    os.makedirs(f"{SYSTEM}/home/laptop", exist_ok=True)
    os.chown(f"{SYSTEM}/home/laptop", LAPTOP, LAPTOP)


def swift():
    """What there is of Swift in that Debian: its libraries, what its compiler writes, and its compiler."""
    kinds = ("libswift*", "lib_Foundation*", "libFoundation*", "libdispatch*", "libBlocksRuntime*", "*.swiftmodule", "swiftc")
    names = [word for kind in kinds for word in ("-o", "-name", kind)][1:]
    return inside("find", "/", "-xdev", "(", *names, ")").split()


def unit():
    # systemd's files repeat keys; a list has them all.
    class Values(dict):
        def __setitem__(self, key, value):
            if isinstance(value, list) and key in self:
                self[key].extend(value)
            else:
                super().__setitem__(key, value)

    parser = configparser.RawConfigParser(dict_type=Values, strict=False, allow_no_value=True)
    parser.optionxform = str
    parser.read(f"{SYSTEM}/usr/lib/systemd/system/ambit.service")
    return parser


class Booted:
    """That Debian as a container, with a systemd of its own."""

    def __init__(self):
        self.leader = None
        self.said = open(f"{os.path.dirname(SYSTEM)}/console", "w+", errors="replace")
        # The container brings its own.
        subprocess.run(["umount", f"{SYSTEM}/proc"], check=True)
        self.process = subprocess.Popen(
            ["systemd-nspawn", "-q", "-D", SYSTEM, "--register=no", "--keep-unit", "-b", "--console=pipe"],
            stdin=subprocess.DEVNULL, stdout=self.said, stderr=self.said)

    def runs(self):
        """Whether it has come up; it has ended where this machine lets no container boot."""
        def is_up():
            if self.process.poll() is not None:
                return True
            children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            self.leader = children[-1] if children else None
            return self.leader and self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")

        return eventually(is_up) and self.process.poll() is None

    def console(self):
        self.said.seek(0)
        return self.said.read()

    def command(self, *words):
        return ["nsenter", "-t", self.leader, "-a", *words]

    def run(self, *words, variables=None):
        return subprocess.run(self.command(*words), capture_output=True, text=True, timeout=HANGS,
                              stdin=subprocess.DEVNULL, env={**VARIABLES, "HOME": "/root", **(variables or {})})

    def __call__(self, *words, code=0, variables=None):
        """What a command there prints, as root."""
        done = self.run(*words, variables=variables)
        if done.returncode != code:
            raise AssertionError(f"{words} ended with {done.returncode}\n{done.stdout}\n{done.stderr}\n{self.journal()}")
        return done.stdout

    def shell(self, command, code=0):
        return self("bash", "-c", command, code=code)

    def ambit(self, *words, code=0):
        out = self("ambit", *words, "--json", code=code)
        return json.loads(out) if out else {}

    def journal(self):
        return self.run("journalctl", "-u", "ambit", "-o", "cat", "--no-pager").stdout

    def end(self):
        self.process.terminate()
        if not eventually(lambda: self.process.poll() is not None):
            self.process.kill()
            self.process.wait()
        self.said.close()
        subprocess.run(["mount", "-t", "proc", "proc", f"{SYSTEM}/proc"], check=True)
