"""The package in a Debian 12 without Swift: it is installed there, serves there, and laptops work there.

    Tests/package/run PACKAGE.deb test_package
"""
import glob
import gzip
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import unittest
import urllib.request

from debian import HANGS, LAPTOP, SERVICE, SYSTEM, ambit, inside, install, install_ambit, swift, unit


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        install_ambit()

    def test_nothing_of_swift_is_there_and_nothing_is_missing(self):
        self.assertEqual(swift(), [])
        libraries = inside("ldd", "/usr/bin/ambit")
        self.assertNotIn("not found", libraries)
        self.assertIn("libsqlite3", libraries)
        version = inside("dpkg-query", "-f", "${Version}", "-W", "ambit")
        self.assertEqual(inside("ambit", "--version").strip(), f"ambit {version.removesuffix('+postgresql')}")
        # Every file belongs to root, and is what was packed.
        self.assertEqual(inside("dpkg", "--verify", "ambit"), "")
        owners = inside("find", *inside("dpkg", "-L", "ambit").split(), "-maxdepth", "0", "!", "-user", "root")
        self.assertEqual(owners, "")

    def test_canary_what_is_of_swift_is_found(self):
        for planted in ("/usr/lib/libswiftCore.so", "/opt/libFoundation.so", "/usr/bin/swiftc"):
            with open(SYSTEM + planted, "w"):
                self.addCleanup(os.remove, SYSTEM + planted)
                self.assertIn(planted, swift())

    def test_it_uses_a_database_where_its_version_says_so_and_nowhere_else(self):
        has = inside("dpkg-query", "-f", "${Version}", "-W", "ambit").endswith("+postgresql")
        self.assertEqual("libpq" in inside("ldd", "/usr/bin/ambit"), has)
        self.assertEqual("libpq5" in inside("dpkg-query", "-f", "${Depends}", "-W", "ambit"), has)
        # Nobody listens there.
        inside("ambit", "agenda", "list", "--data", "/tmp", "--store", "postgresql://127.0.0.1:9/ambit", code=1 if has else 69)

    def test_every_command_has_a_page_and_shells_complete_it(self):
        def commands(command, words):
            yield words
            for sub in command.get("subcommands", []):
                yield from commands(sub, words + [sub["commandName"]])

        known = json.loads(inside("ambit", "--experimental-dump-help"))["command"]
        wanted = {"-".join(words) for words in commands(known, ["ambit"]) if words.count("help") < 2}
        pages = {os.path.basename(page)[:-5]: page for page in glob.glob(f"{SYSTEM}/usr/share/man/man1/ambit*.1.gz")}
        self.assertEqual({name for name in wanted if not name.endswith("-help") or name == "ambit-help"}, set(pages))
        install("man-db", "bash-completion", "zsh", "fish")
        for name, page in sorted(pages.items()):
            with gzip.open(page, "rt") as file:
                self.assertIn(".SH SYNOPSIS", file.read())
            # The formatter warns of what it does not understand.
            shown = subprocess.run(["chroot", SYSTEM, "man", "--warnings=all", name], capture_output=True, text=True,
                                   env={"PATH": "/usr/sbin:/usr/bin:/bin", "LANG": "C.UTF-8", "MANWIDTH": "80"})
            self.assertEqual((shown.returncode, shown.stderr), (0, ""), name)
            self.assertIn(name.replace("-", " ").split()[-1], shown.stdout)
        inside("bash", "-n", "/usr/share/bash-completion/completions/ambit")
        inside("zsh", "-n", "/usr/share/zsh/vendor-completions/_ambit")
        inside("fish", "-n", "/usr/share/fish/vendor_completions.d/ambit.fish")
        words = inside("bash", "-c", "source /usr/share/bash-completion/completions/ambit; COMP_WORDS=(ambit age); "
                       "COMP_CWORD=1; COMP_LINE='ambit age'; COMP_POINT=9; _ambit; echo ${COMPREPLY[@]}")
        self.assertIn("agenda", words)

    def test_the_unit_leaves_the_server_no_more_than_it_needs(self):
        install("systemd", "desktop-file-utils")
        service = "/usr/lib/systemd/system/ambit.service"
        inside("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", service)
        # Without some of its restrictions it leaves more than is asked of it.
        with open(SYSTEM + service) as file:
            loose = re.sub(r"(?m)^(SystemCallFilter|ProtectSystem|DynamicUser)=.*$", "", file.read())
        with open(f"{SYSTEM}/tmp/ambit.service", "w") as file:
            file.write(loose)
        inside("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", "/tmp/ambit.service", code=1)
        inside("systemd-analyze", "verify", "--man=no", service)
        inside("desktop-file-validate", "/usr/share/applications/ambit.desktop")
        self.assertEqual(unit().get("Service", "Type"), "notify")

    def test_it_serves_with_the_command_of_its_unit_as_a_user_without_rights(self):
        state = f"{SYSTEM}/var/lib/ambit"
        os.makedirs(state, mode=0o700)
        os.chown(state, SERVICE, SERVICE)
        # Root makes the agenda, the server's user serves it.
        made = ambit("agenda", "create", "assen", "--title", "Proef", "--data", "/var/lib/ambit", "--origin",
                     "localhost/agendas/assen", user=0)
        owners = {os.stat(path).st_uid for path in glob.glob(f"{state}/**", recursive=True)}
        self.assertEqual(owners, {SERVICE})

        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(f"{SYSTEM}/run/ambit-notify")
        os.chmod(f"{SYSTEM}/run/ambit-notify", 0o666)
        manager.settimeout(HANGS)
        command = shlex.split(unit().get("Service", "ExecStart"))
        log = open(f"{SYSTEM}/tmp/server.log", "wb")
        self.addCleanup(log.close)
        server = subprocess.Popen(
            ["setpriv", f"--reuid={SERVICE}", f"--regid={SERVICE}", "--clear-groups", "--no-new-privs",
             "--bounding-set=-all", *command], stdout=log, stderr=log,
            env={"NOTIFY_SOCKET": "/run/ambit-notify", "WATCHDOG_USEC": "1000000", "LANG": "C.UTF-8",
                 "PATH": "/usr/bin:/bin"}, preexec_fn=lambda: os.chroot(SYSTEM) or os.chdir("/"))
        try:
            self.assertEqual(manager.recv(4096), b"READY=1")
            self.assertEqual(manager.recv(4096), b"WATCHDOG=1")
            server.send_signal(signal.SIGHUP)
            news = {manager.recv(4096).split(b"\n")[0] for _ in range(3)}
            self.assertIn(b"RELOADING=1", news)
            self.work("http://127.0.0.1:8080", made["invite"])
        finally:
            server.terminate()
            self.assertEqual(server.wait(HANGS), 0)

    def work(self, url, invite):
        with urllib.request.urlopen(f"{url}/readyz", timeout=HANGS) as answer:
            self.assertEqual(answer.status, 200)
        first, second = "/home/laptop/first", "/home/laptop/second"
        ambit("clone", f"{url}/agendas/assen", first, "--invite", invite, "--name", "Een", "--device", "een")
        ambit("record", "theme.opened", "title=Groen", "-C", first)
        ambit("sync", "-C", first)
        link = ambit("invite", "--role", "editor", "-C", first)["link"]
        ambit("clone", link, second, "--name", "Twee", "--device", "twee")
        shown = ambit("show", "--kind", "theme", "-C", second)
        self.assertEqual([theme["document"]["title"] for theme in shown], ["Groen"])
        self.assertEqual(ambit("verify", first)["kind"], "replica")
        self.look(first)

    def look(self, replica):
        """The page of a laptop opens."""
        page = subprocess.Popen(
            ["chroot", f"--userspec={LAPTOP}:{LAPTOP}", SYSTEM, "ambit", "ui", "--no-open", "--json", "-C", replica],
            stdout=subprocess.PIPE, text=True, env={"PATH": "/usr/sbin:/usr/bin:/bin", "LANG": "nl_NL.UTF-8", "HOME": "/home/laptop"})
        try:
            url = json.loads(page.stdout.readline())["url"]
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            # As when somebody opens it from a terminal.
            opener.addheaders = [("Sec-Fetch-Site", "none")]
            with opener.open(url, timeout=HANGS) as answer:
                self.assertIn("Groen", answer.read().decode())
        finally:
            page.terminate()
            page.wait(HANGS)
            page.stdout.close()
