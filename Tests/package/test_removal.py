"""The package goes again, and leaves what belongs to people. Runs last.

    Tests/package/run PACKAGE.deb test_removal
"""
import os
import unittest

from debian import SYSTEM, inside, install, install_ambit, swift


class Removal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        install_ambit()

    def test_agendas_stay_when_the_package_goes(self):
        # Whatever was installed there for the tests had nothing of Swift in it either.
        self.assertEqual(swift(), [])
        os.makedirs(f"{SYSTEM}/var/lib/ambit/agendas", exist_ok=True)
        install("--reinstall", "/srv/ambit.deb")
        inside("apt-get", "purge", "-y", "-q", "ambit")
        self.assertFalse(os.path.exists(f"{SYSTEM}/usr/bin/ambit"))
        self.assertTrue(os.path.isdir(f"{SYSTEM}/var/lib/ambit/agendas"))
