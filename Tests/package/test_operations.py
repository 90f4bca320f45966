"""Tests/operations in that Debian, against the program that the package has put there.

    Tests/package/run PACKAGE.deb test_operations

The tests are lent to it read-only; Python and its package `cryptography`, in which they are written, are installed there.
"""
import os
import re
import subprocess
import sys
import time
import unittest

from debian import HANGS, SYSTEM, TESTS, VARIABLES, inside, install, install_ambit, swift

# What must have been tried there, and not left out, by suite.
WANTED = {
    "service": ["a_certificate_is_renewed_without_a_connection_lost",
                "a_manager_is_told_when_requests_are_served_and_when_the_server_stops"],
    "watching": ["it_says_who_came_in_who_changed_access_and_who_was_refused", "it_says_who_took_which_export",
                 "a_server_without_room_is_not_ready_until_there_is_some",
                 "it_shows_when_each_device_was_seen_with_which_version_and_how_much_it_had"],
    "configuration": ["each_value_is_shown_with_its_place", "a_server_that_runs_takes_new_values_over_and_ends_nothing"],
    "backups": ["one_of_them_is_put_back_with_nothing_lost_that_laptops_have", "it_goes_on_with_the_same_log",
                "a_full_disk_leaves_no_half_backup_and_stops_nothing"],
    # Data folders first, then replicas: each is named by the doctor, and mended by its command.
    "doctor": ["a_missing_key", "the_key_of_another_log", "a_key_that_others_can_read", "a_log_that_was_cut",
               "a_byte_in_the_middle_of_a_log", "a_log_that_is_gone", "a_log_of_a_newer_version", "a_log_behind_its_guard",
               "nothing_that_says_what_was_shown", "read_models_that_are_damaged", "an_agenda_that_was_half_made",
               "files_of_another_user", "a_folder_that_is_not_this_users", "a_full_disk", "two_histories_of_one_log",
               "a_laptop_without_its_token", "a_laptop_without_its_key", "a_token_that_others_can_read",
               "a_laptop_whose_log_was_cut", "a_laptop_whose_log_is_gone", "a_laptop_whose_log_a_newer_version_has_written",
               "a_laptop_with_damaged_read_models", "a_clone_that_was_cut_off", "a_lock_that_a_stopped_sync_holds"],
}

# A program that is broken in one way, and the test that has to notice it.
BROKEN = {
    "service": ('"$AMBIT" "$@" & trap "kill -KILL $!" HUP TERM; wait',
                "Renewed.test_a_certificate_is_renewed_without_a_connection_lost"),
    "watching": ('exec "$AMBIT" "$@" 2>/dev/null',
                 "SecurityLog.test_it_says_who_came_in_who_changed_access_and_who_was_refused"),
    "configuration": ('exec env -i "$AMBIT" "$@"', "Configuration.test_each_value_is_shown_with_its_place"),
    "backups": ('case "$1 $2" in "agenda restore") echo "{}"; exit;; esac; exec "$AMBIT" "$@"',
                "Backups.test_a_backup_that_is_not_sound_is_not_put_back"),
    "doctor": ('case "$1" in doctor) echo "{\\"findings\\":[]}"; exit;; esac; exec "$AMBIT" "$@"',
               "Doctor.test_a_missing_key"),
}


def suite(name, program, *tests):
    """Runs one of Tests/operations in that Debian, and gives its exit code and what it said."""
    done = subprocess.run(
        ["chroot", SYSTEM, "python3", "-W", "ignore::ResourceWarning", f"/repository/Tests/operations/test_{name}.py", program,
         *tests], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=HANGS,
        env={**VARIABLES, "HOME": "/root", "PYTHONDONTWRITEBYTECODE": "1"})
    return done.returncode, done.stdout


class Operations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        install_ambit()
        install("python3", "python3-cryptography", "procps", why="for Tests/operations")
        os.makedirs(f"{SYSTEM}/repository/Tests", exist_ok=True)
        for options in (["--bind"], ["-o", "remount,bind,ro"]):
            subprocess.run(["mount", *options, str(TESTS), f"{SYSTEM}/repository/Tests"], check=True)

    @classmethod
    def tearDownClass(cls):
        subprocess.run(["umount", f"{SYSTEM}/repository/Tests"], check=True)

    def passes(self, name):
        begun = time.monotonic()
        code, said = suite(name, "/usr/bin/ambit")
        self.assertEqual(code, 0, said)
        passed = re.findall(r"^test_(\w+) .*\.\.\. ok$", said, re.M)
        self.assertEqual([test for test in WANTED[name] if test not in passed], [], said)
        # Nothing is left out: root may do all there, and everything that is needed is installed.
        self.assertEqual(re.findall(r"^Ran (\d+) tests", said, re.M), [str(len(passed))], said)
        print(f"{len(passed)} passed in {time.monotonic() - begun:.0f} s ", end="", file=sys.stderr, flush=True)

    def test_every_suite_is_here(self):
        there = {name[5:-3] for name in os.listdir(TESTS / "operations") if name.startswith("test_")}
        self.assertEqual(there, set(WANTED))
        self.assertEqual(there, set(BROKEN))
        self.assertGreaterEqual(len(WANTED["doctor"]), 12)
        # It is written in Python, and lent: nothing of Swift comes with it.
        self.assertEqual(swift(), [])
        self.assertEqual(inside("sh", "-c", "touch /repository/Tests/x 2>&1", code=1).count("Read-only"), 1)

    def test_service(self):
        self.passes("service")

    def test_watching(self):
        self.passes("watching")

    def test_configuration(self):
        self.passes("configuration")

    def test_backups(self):
        self.passes("backups")

    def test_doctor(self):
        self.passes("doctor")

    def test_canaries_each_suite_fails_with_a_program_that_is_broken(self):
        for name, (script, test) in BROKEN.items():
            with self.subTest(name):
                # The same test with a program that is not broken, as it stands behind a script.
                for body, expected in (('exec "$AMBIT" "$@"', 0), (script, 1)):
                    with open(f"{SYSTEM}/tmp/ambit-{name}", "w") as file:
                        file.write(f"#!/bin/bash\nAMBIT=/usr/bin/ambit\n{body}\n")
                    os.chmod(f"{SYSTEM}/tmp/ambit-{name}", 0o755)
                    code, said = suite(name, f"/tmp/ambit-{name}", test)
                    self.assertEqual(code, expected, said)
                    self.assertRegex(said, r"(?m)^Ran 1 test")
