#!/usr/bin/env python3
"""Tools/install: whoever installs at the same time is waited for, and nobody is told that something is there that is not."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Like apt-get, it does not wait for another one that is at work. It ends when its work is done, which takes a moment.
APT_GET = """#!/usr/bin/env bash
mkdir "$HOME/busy" 2>/dev/null || { echo "E: Unable to acquire the dpkg frontend lock"; exit 100; }
for name in $(seq 200); do echo "$name" >"$HOME/work"; done
echo "$@" >>"$HOME/done"
rmdir "$HOME/busy"
case "$*" in *none*) echo "E: Unable to locate package"; exit 100 ;; esac
"""


class InstallTests(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="ambit-install."))
        self.addCleanup(shutil.rmtree, self.home)
        programs = self.home / "programs"
        programs.mkdir()
        for name, text in (("apt-get", APT_GET), ("id", "#!/bin/sh\necho 0\n")):
            (programs / name).write_text(text)
            (programs / name).chmod(0o755)
        self.environment = os.environ | {"HOME": str(self.home), "TMPDIR": str(self.home), "PATH": f"{programs}:{os.environ['PATH']}"}

    def begin(self, script, *packages):
        return subprocess.Popen([script, "test", *packages], env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def all_at_once(self, script, count=6):
        running = [self.begin(script, f"package-{number}") for number in range(count)]
        return [(process.communicate(timeout=600), process.returncode) for process in running]

    def test_all_who_install_at_once_are_served(self):
        for said, code in self.all_at_once(ROOT / "Tools" / "install"):
            self.assertEqual(code, 0, said)
        done = (self.home / "done").read_text().splitlines()
        self.assertEqual(sum("install" in line for line in done), 6)

    def test_it_would_be_noticed_if_nobody_waited(self):
        script = self.home / "install"
        text = (ROOT / "Tools" / "install").read_text().replace("flock --wait", "true flock --wait")
        script.write_text(text)
        script.chmod(0o755)
        self.assertIn(1, [code for _, code in self.all_at_once(script)])

    def test_what_cannot_be_installed_is_said(self):
        process = self.begin(ROOT / "Tools" / "install", "none")
        _, said = process.communicate(timeout=600)
        self.assertEqual(process.returncode, 1)
        self.assertIn("could not be installed: none", said)
        self.assertIn("Unable to locate package", said)


if __name__ == "__main__":
    unittest.main()
