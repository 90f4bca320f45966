"""The unit under a systemd of its own, with all of its restrictions: a server as those see it who run it from the package.

    Tests/package/run PACKAGE.deb test_unit

Where no container can be booted, these tests are left out, and say so; then `test_package` alone has run the unit's command.
"""
import glob
import json
import os
import re
import ssl
import subprocess
import threading
import unittest
import urllib.error
import urllib.request

from debian import HANGS, SYSTEM, VARIABLES, Booted, eventually, install, install_ambit
import secured

STATE = "/var/lib/ambit"
SETTINGS = "/etc/ambit/server.toml"
DROP_IN = "/etc/systemd/system/ambit.service.d/test.conf"
HOOK = "/usr/share/doc/ambit/examples/certbot-hook"
API = "/v1/agendas/assen"
# An address that nothing else on this machine listens at: the container has the machine's network.
OWN = "127.84.17.1"


def fetch(url, token=None):
    """Status and text of an answer, whatever its status."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=HANGS) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


class Unit(unittest.TestCase):
    url = "http://127.0.0.1:8080"

    @classmethod
    def setUpClass(cls):
        install_ambit()
        install("systemd", "systemd-sysv", "dbus", why="to boot it")
        with open(SYSTEM + SETTINGS) as file:
            cls.settings = file.read()
        cls.system = Booted()
        if not cls.system.runs():
            said = cls.system.console()
            cls.system.end()
            raise unittest.SkipTest(f"no container can be booted on this machine: {said.strip()[-500:]}")

    @classmethod
    def tearDownClass(cls):
        cls.system.end()
        with open(SYSTEM + SETTINGS, "w") as file:
            file.write(cls.settings)

    def setUp(self):
        """An agenda that root has made, served by the unit."""
        self.clear()
        self.addCleanup(self.clear)
        made = self.system.ambit("agenda", "create", "assen", "--title", "Proef", "--data", STATE, "--origin",
                                 "localhost/agendas/assen")
        self.invites = [made["invite"]]
        # It is running as soon as it says that it is ready.
        self.system("systemctl", "start", "ambit")
        self.user = self.system("stat", "-L", "-c", "%u", STATE).strip()

    def clear(self):
        self.system("systemctl", "stop", "ambit")
        self.system("journalctl", "--rotate", "-q")
        self.system("journalctl", "--vacuum-time=1s", "-q")
        self.system.shell(f"rm -rf {STATE} /var/lib/private/ambit /mnt/* /root/* {DROP_IN} /etc/ambit/certificates")
        self.change()
        self.since = self.system("date", "+%s.%N").strip()

    def change(self, unit="", **settings):
        """What somebody adds to the settings and, with `systemctl edit`, to the unit."""
        lines = [line for line in self.settings.splitlines() if not ("listen" in settings and line.startswith("listen = "))]
        with open(SYSTEM + SETTINGS, "w") as file:
            file.write("\n".join(lines) + "\n")
            for name, value in settings.items():
                file.write(f"{name.replace('_', '-')} = {json.dumps(value)}\n")
        os.makedirs(os.path.dirname(SYSTEM + DROP_IN), exist_ok=True)
        with open(SYSTEM + DROP_IN, "w") as file:
            file.write(f"[Service]\n{unit}\n")
        self.system("systemctl", "daemon-reload")

    def restart(self):
        self.system("systemctl", "restart", "ambit")

    def log(self):
        return self.system("journalctl", "-u", "ambit", "--since", f"@{self.since}", "-o", "cat", "--no-pager")

    def property(self, name):
        return self.system("systemctl", "show", "ambit", "-p", name, "--value").strip()

    def clone(self, name):
        invite = self.invites.pop() if self.invites else self.system.ambit(
            "invite", "--data", STATE, "--agenda", "assen", "--role", "admin")["invite"]
        self.system.ambit("clone", f"{self.url}/agendas/assen", f"/root/{name}", "--invite", invite, "--name",
                          "Voorbeeldpersoon", "--device", name)
        return f"/root/{name}"

    def token(self, laptop):
        return self.system("cat", f"{laptop}/token").split()[-1]

    def record(self, laptop, title):
        self.system.ambit("record", "theme.opened", f"title={title}", "-C", laptop)
        return self.system.ambit("sync", "-C", laptop)

    def titles(self, laptop):
        return [theme["document"]["title"] for theme in self.system.ambit("show", "--kind", "theme", "-C", laptop)]

    def all_belongs_to_the_service(self):
        others = self.system.shell(f"find /var/lib/private/ambit ! -user {self.user}")
        self.assertEqual(others, "")

    def doctor(self, *options, code=1):
        return self.system.ambit("doctor", STATE, *options, code=code)["findings"]

    def mended(self, word, *options, **known):
        """The doctor names what is wrong, alone, and root mends it with its command."""
        findings = self.doctor(*options)
        self.assertEqual([finding["finding"] for finding in findings], [word], findings)
        command = f"{findings[0]['command']} "
        for name, value in known.items():
            self.assertIn(f" {name} ", command)
            command = command.replace(f" {name} ", f" {value} ")
        self.system.shell(command)
        self.assertEqual(self.doctor(*options, code=0), [])

    def test_laptops_join_and_pages_open(self):
        self.assertEqual(self.property("DynamicUser"), "yes")
        self.assertNotEqual(self.user, "0")
        process = self.property("MainPID")
        self.assertEqual(self.system.shell(f"cat /proc/{process}/status | grep -E '^(Uid|CapEff|NoNewPrivs|Seccomp):'").split(),
                         ["Uid:", *[self.user] * 4, "CapEff:", f"{1 << 10:016x}", "NoNewPrivs:", "1", "Seccomp:", "2"])
        nice = re.search(r"Max nice priority +(\d+)", self.system("cat", f"/proc/{process}/limits"))[1]
        self.assertEqual(self.property("LimitNICE"), "24")
        self.assertEqual(fetch(f"{self.url}{API}/ready")[0], 200)
        self.assertEqual(fetch(f"{self.url}/readyz")[0], 200)
        first = self.clone("een")
        self.record(first, "Groen")
        # Another laptop joins by a link, and has it.
        link = self.system.ambit("invite", "--role", "editor", "-C", first)["link"]
        self.system.ambit("clone", link, "/root/twee", "--name", "Tweede voorbeeld", "--device", "twee")
        self.assertEqual(self.titles("/root/twee"), ["Groen"])
        self.all_belongs_to_the_service()
        # The page for everybody, and the page of a laptop.
        self.assertNotEqual(fetch(f"{self.url}/agendas/assen")[0], 200)
        self.system.ambit("agenda", "open", "assen", "--public", "--data", STATE)
        self.assertTrue(eventually(lambda: fetch(f"{self.url}/agendas/assen")[0] == 200), self.log())
        self.assertIn("Groen", fetch(f"{self.url}/agendas/assen")[1])
        page = subprocess.Popen(
            self.system.command("bash", "-c", "echo $$; exec ambit ui --no-open --json -C /root/twee"),
            stdout=subprocess.PIPE, text=True, env={**VARIABLES, "HOME": "/root"})
        try:
            # Its number there: what has entered the container does not end with the command that let it in.
            process = page.stdout.readline().strip()
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            with opener.open(json.loads(page.stdout.readline())["url"], timeout=HANGS) as answer:
                self.assertIn("Groen", answer.read().decode())
        finally:
            self.system.shell(f"kill {process}")
            page.wait(HANGS)
            page.stdout.close()
        self.assertEqual(self.doctor(code=0), [])
        self.system("systemctl", "stop", "ambit")
        self.assertEqual(self.property("Result"), "success")
        # Where the container may not give what the unit asks for, a thread says that it did not get it.
        self.assertNotIn("Failed" if int(nice) >= 24 and os.nice(0) == 0 else "Failed with", self.log())

    def test_the_log_answers_who_tried_to_get_in(self):
        laptop, other = self.clone("een"), self.clone("twee")
        device = self.system.ambit("status", "-C", other)["device"]
        token = self.token(other)
        self.system.ambit("device", "revoke", device, "-C", laptop)
        guess = "guessed-token-" + "0" * 20
        self.assertEqual(fetch(f"{self.url}{API}/events", guess)[0], 401)
        self.assertIn(fetch(f"{self.url}{API}/events", token)[0], (401, 403))
        # As somebody asks for it: what was refused, at the level of notices.
        refused = [line for line in self.log().splitlines() if " refused " in line]
        self.assertTrue(any("address=127.0.0.1" in line and "status=401" in line for line in refused), self.log())
        self.assertTrue(any(f"device={device}" in line and "device-revoked" in line for line in refused), self.log())
        self.assertEqual(self.log().count(" a device was enrolled "), 2)
        self.assertEqual(self.log().count(" a device was revoked "), 1)
        # The same for programs; and never what only they know.
        self.change(log_format="json")
        self.restart()
        fetch(f"{self.url}{API}/events", guess)
        lines = [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]
        found = [line for line in lines if line["message"] == "refused"]
        self.assertEqual([(line["level"], line["status"], line["address"]) for line in found], [("notice", "401", "127.0.0.1")])
        for secret in (guess, token, self.token(laptop), "Voorbeeldpersoon"):
            self.assertNotIn(secret, self.log())

    def certificate(self, number):
        """A certificate as certbot has it when it calls its hooks."""
        folder = f"/root/live-{number}"
        self.system.shell(
            f"mkdir {folder} && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost "
            f"-set_serial {number} -addext subjectAltName=IP:{OWN} -keyout {folder}/privkey.pem -out {folder}/fullchain.pem")
        return folder

    def test_a_certificate_for_a_service_that_never_ran_is_not_left_lying_about(self):
        folder = self.certificate(1)
        self.system.shell(f"systemctl stop ambit; rm -rf {STATE} /var/lib/private/ambit")
        for _ in range(2):
            done = self.system.run("env", f"RENEWED_LINEAGE={folder}", HOOK)
            self.assertEqual((done.returncode, "systemctl start ambit" in done.stderr), (1, True), done.stderr)
            self.assertFalse(os.path.exists(f"{SYSTEM}/etc/ambit/certificates"))
            # Nor for one whose folder only root has used.
            os.makedirs(SYSTEM + STATE, exist_ok=True)

    def test_a_certificate_is_renewed_without_a_connection_lost(self):
        first, second = self.certificate(1), self.certificate(2)
        self.system("env", f"RENEWED_LINEAGE={first}", HOOK)
        self.change(listen=f"{OWN}:443", tls_certificate="/etc/ambit/certificates/chain.pem",
                    tls_key="/etc/ambit/certificates/key.pem")
        self.restart()

        def held(folder):
            with open(f"{SYSTEM}{folder}/fullchain.pem") as file:
                return ssl.PEM_cert_to_DER_cert(file.read())

        def connect():
            connection = secured.connect(OWN, 443)
            self.addCleanup(connection.close)
            return connection

        old = [connect() for _ in range(8)]
        self.assertTrue(all(secured.is_answered(connection) for connection in old))
        self.assertEqual({connection.getpeercert(True) for connection in old}, {held(first)})
        process = self.property("MainPID")
        self.system("env", f"RENEWED_LINEAGE={second}", HOOK)
        self.assertTrue(eventually(lambda: connect().getpeercert(True) == held(second)), self.log())
        self.assertTrue(all(secured.is_answered(connection) for connection in old))
        self.assertEqual((self.property("MainPID"), self.property("NRestarts")), (process, "0"))
        self.assertIn("The settings were read again", self.log())
        # Nobody but the service reads the key.
        self.assertEqual(self.system("stat", "-c", "%u %a", "/etc/ambit/certificates/key.pem").split(), [self.user, "600"])
        # Those that a restart ends are seen to be ended.
        self.restart()

        def is_lost(connection):
            try:
                return not secured.is_answered(connection)
            except OSError:
                return True

        self.assertTrue(all(is_lost(connection) for connection in old))

    def backups(self, folder="/mnt/backups"):
        return sorted(os.path.basename(path) for path in glob.glob(f"{SYSTEM}{folder}/assen/*.sqlite"))

    def test_what_root_breaks_the_doctor_names_and_mends(self):
        # As the settings propose it: beside the agendas, where nothing has to be allowed to the service.
        self.change(backup=f"{STATE}/backups", every="1s")
        self.restart()
        laptop = self.clone("een")
        folder = f"{STATE}/agendas/assen"

        def kept():
            return self.backups("/var/lib/private/ambit/backups")

        def stop_after_a_backup(title):
            self.assertEqual(self.record(laptop, title)["accepted"], 1)
            # The next one may have begun before.
            for _ in range(2):
                before = kept()
                self.assertTrue(eventually(lambda: kept() != before), self.log())
            self.system("systemctl", "stop", "ambit")

        stop_after_a_backup("Groen")
        self.system.shell(f"cp {folder}/log.key /root/key-copy")
        for command, word, known in (
                (f"chown -R root: {folder}/*", "wrong-owner", {}),
                (f"rm {folder}/log.key", "key-missing", {"COPY": "/root/key-copy"}),
                (f"chmod 644 {folder}/log.key", "exposed-secret", {}),
                (f"truncate -s 20000 {folder}/log.sqlite", "log-damaged", {}),
                (f"rm {folder}/log.sqlite*", "log-missing", {}),
                (f"rm {folder}/log.seen", "nothing-noted", {"REPLICA": laptop})):
            with self.subTest(word):
                self.system.shell(command)
                self.mended(word, "--backup", f"{STATE}/backups", **known)
                self.all_belongs_to_the_service()
                self.system("systemctl", "start", "ambit")
                self.assertTrue(eventually(lambda: fetch(f"{self.url}{API}/ready")[0] == 200), self.log())
                stop_after_a_backup(f"Na {word}")
        self.assertEqual(len(self.titles(laptop)), 7)

    def test_backups_of_each_minute_are_taken_under_load_and_one_is_put_back(self):
        self.system.shell(f"mkdir /mnt/backups && chown --reference={STATE}/ /mnt/backups")
        self.change("ReadWritePaths=/mnt/backups", backup="/mnt/backups", every="1m", keep="60m", log_format="json")
        self.restart()
        laptops = [self.clone(name) for name in ("een", "twee")]

        done, failures, counts = threading.Event(), [], [0, 0]

        def work(number):
            while not done.is_set():
                try:
                    self.record(laptops[number], f"{number} {counts[number]}")
                    counts[number] += 1
                except AssertionError as failure:
                    failures.append(failure)
                    return

        threads = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
        for thread in threads:
            thread.start()
        try:
            known = self.backups()
            self.assertTrue(eventually(lambda: len(self.backups()) >= len(known) + 1, 3600), self.log())
            at_first = sum(counts)
            self.assertTrue(eventually(lambda: len(self.backups()) >= len(known) + 2, 3600), self.log())
            self.assertGreater(sum(counts), at_first)
        finally:
            done.set()
            for thread in threads:
                thread.join()
        self.assertEqual(failures, [])
        one, two = self.backups()[len(known):][:2]
        # One of each minute.
        moment = re.compile(r"T(\d\d)-(\d\d)-(\d\d)Z")
        seconds = [sum(int(part) * unit for part, unit in zip(moment.search(name).groups(), (3600, 60, 1))) for name in (one, two)]
        self.assertIn((seconds[1] - seconds[0]) % 86400, range(45, 90))
        self.assertNotIn("failed", self.log())
        last = re.search(r"(?m)^ambit_last_backup_timestamp_seconds (\d+)", fetch(f"{self.url}/metrics")[1])
        self.assertEqual(int(last[1]) % 86400 // 60, seconds[1] // 60)
        self.assertEqual(self.doctor("--backup", "/mnt/backups", code=0), [])
        for laptop in laptops * 2:
            self.system.ambit("sync", "-C", laptop)
        before = {laptop: self.titles(laptop) for laptop in laptops}
        self.assertEqual(len(before[laptops[0]]), sum(counts))
        self.assertEqual(sorted(before[laptops[0]]), sorted(before[laptops[1]]))

        # The disk is lost, but for a copy of the key. What the laptops recorded while nothing was served is kept too.
        self.system.shell(f"cp {STATE}/agendas/assen/log.key /root/key-copy")
        self.system("systemctl", "stop", "ambit")
        self.system.shell(f"rm -rf {STATE}/agendas/assen")
        self.system.ambit("record", "theme.opened", "title=Intussen", "-C", laptops[1])
        backup = f"/mnt/backups/assen/{one}"
        restored = self.system.ambit("agenda", "restore", "assen", "--from", backup, "--key", "/root/key-copy", "--data", STATE)
        self.assertLess(restored["size"], self.system.ambit("status", "-C", laptops[0])["size"])
        self.mended("nothing-noted", REPLICA=laptops[0])
        self.all_belongs_to_the_service()
        self.system("systemctl", "start", "ambit")
        self.assertTrue(eventually(lambda: fetch(f"{self.url}{API}/ready")[0] == 200), self.log())
        for laptop in laptops[::-1] * 2:
            self.system.ambit("sync", "-C", laptop)
        wanted = sorted([*before[laptops[0]], "Intussen"])
        for laptop in laptops:
            self.assertEqual(sorted(self.titles(laptop)), wanted)
            self.system.ambit("verify", laptop)
        self.system.ambit("verify", f"{STATE}/agendas/assen")
        self.all_belongs_to_the_service()
        print(f"{sum(counts)} syncs, restored with {restored['size']} entries ", end="", flush=True)

    def test_names_in_figures_are_for_who_has_the_token(self):
        token = "a-token-for-metrics-0123456789"
        with open(f"{SYSTEM}/etc/ambit/metrics-token", "w") as file:
            file.write(token + "\n")
        os.chmod(f"{SYSTEM}/etc/ambit/metrics-token", 0o600)
        self.change("LoadCredential=metrics-token:/etc/ambit/metrics-token",
                    metrics_token="/run/credentials/ambit.service/metrics-token")
        self.restart()
        self.assertTrue(eventually(lambda: re.search(r'(?m)^ambit_log_entries\{agenda="assen"\} [1-9]',
                                                     fetch(f"{self.url}/metrics", token)[1])), self.log())
        self.assertNotIn("assen", fetch(f"{self.url}/metrics")[1])
        self.assertEqual(fetch(f"{self.url}/metrics", "guess")[0], 401)

    def test_it_comes_back_when_it_was_killed_or_hangs_and_when_the_package_is_upgraded(self):
        laptop = self.clone("een")
        self.change("WatchdogSec=2s")
        self.restart()
        self.record(laptop, "Groen")

        def is_another(process):
            return self.property("MainPID") not in ("0", process) and self.property("ActiveState") == "active"

        for signal in ("KILL", "STOP"):
            process = self.property("MainPID")
            self.system("systemctl", "kill", "-s", signal, "ambit")
            self.assertTrue(eventually(lambda: is_another(process)), self.log())
            self.assertEqual(self.record(laptop, signal)["accepted"], 1)
        process = self.property("MainPID")
        self.system("apt-get", "install", "-y", "-q", "--reinstall", "/srv/ambit.deb")
        self.assertTrue(is_another(process))
        self.assertEqual(self.record(laptop, "Na de upgrade")["accepted"], 1)
        self.assertEqual(self.system("systemctl", "show", "ambit", "-p", "Result", "--value").strip(), "success")
