#!/usr/bin/env python3
"""A server under a service manager: what it is told, and certificates that are renewed while connections last.

    python3 Tests/operations/test_service.py PATH-OF-AMBIT
"""
import datetime
import ipaddress
import os
import signal
import socket
import unittest

from servers import HANGS, Site, eventually, fetch
import secured

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Notified(Site):
    """systemd's side of sd_notify(3): a socket for datagrams."""

    def listen(self, name):
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(manager.close)
        manager.bind(name)
        manager.settimeout(HANGS)
        self.environment["NOTIFY_SOCKET"] = name.replace("\0", "@")
        return manager

    def news(self, manager):
        return manager.recv(4096).decode().splitlines()[0]

    def test_a_manager_is_told_when_requests_are_served_and_when_the_server_stops(self):
        for name in (self.path("notify"), f"\0ambit-{os.getpid()}"):
            manager = self.listen(name)
            self.serve()
            self.assertEqual(self.news(manager), "READY=1")
            self.assertEqual(fetch(f"{self.url}/healthz")[0], 200)
            self.server.send_signal(signal.SIGTERM)
            self.assertEqual(self.news(manager), "STOPPING=1")
            self.assertEqual(self.server.wait(HANGS), 0)

    def test_signs_of_life_come_as_long_as_the_process_runs(self):
        manager = self.listen(self.path("notify"))
        self.environment["WATCHDOG_USEC"] = "200000"
        self.serve()
        self.assertEqual(self.news(manager), "READY=1")
        self.assertEqual([self.news(manager) for _ in range(3)], ["WATCHDOG=1"] * 3)
        # What hangs gives none: of a stopped process nothing comes but what was on its way.
        self.server.send_signal(signal.SIGSTOP)
        manager.settimeout(2)
        with self.assertRaises(TimeoutError):
            for _ in range(10):
                self.news(manager)
        self.server.send_signal(signal.SIGCONT)
        manager.settimeout(HANGS)
        self.assertEqual(self.news(manager), "WATCHDOG=1")

    def test_without_a_watchdog_there_are_no_signs_of_life(self):
        manager = self.listen(self.path("notify"))
        self.environment["WATCHDOG_USEC"], self.environment["WATCHDOG_PID"] = "1000", "1"
        self.serve()
        self.assertEqual(self.news(manager), "READY=1")
        self.server.send_signal(signal.SIGHUP)
        self.assertEqual([self.news(manager), self.news(manager)], ["RELOADING=1", "READY=1"])


class Renewed(Site):
    def make_certificate(self, serial):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(serial).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
            .sign(key, hashes.SHA256()))
        pem = serialization.Encoding.PEM
        self.write("chain.pem", certificate.public_bytes(pem).decode())
        self.write("key.pem", key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode())

    def connect(self):
        host, port = self.url.removeprefix("https://").split(":")
        connection = secured.connect(host, int(port))
        self.addCleanup(connection.close)
        return connection

    def serial(self, connection):
        return x509.load_der_x509_certificate(connection.getpeercert(True)).serial_number

    def test_a_certificate_is_renewed_without_a_connection_lost(self):
        self.make_certificate(1)
        self.serve("--tls-certificate", self.path("chain.pem"), "--tls-key", self.path("key.pem"))
        old = [self.connect() for _ in range(8)]
        self.assertTrue(all(secured.is_answered(connection) for connection in old))
        self.assertEqual({self.serial(connection) for connection in old}, {1})

        self.make_certificate(2)
        self.server.send_signal(signal.SIGHUP)
        self.assertTrue(eventually(lambda: self.serial(self.connect()) == 2), self.log())
        self.assertTrue(all(secured.is_answered(connection) for connection in old))
        self.assertTrue(secured.is_answered(self.connect()))

        # One that is cut off half-way does not take the place of one that works.
        with open(self.path("chain.pem"), "r+") as file:
            file.truncate(100)
        self.server.send_signal(signal.SIGHUP)
        self.assertTrue(eventually(lambda: "stays as it was" in self.log()), self.log())
        self.assertEqual(self.serial(self.connect()), 2)

        # Nor does one that has another key.
        self.make_certificate(3)
        with open(self.path("key.pem")) as file:
            key = file.read()
        self.make_certificate(4)
        self.write("key.pem", key)
        self.server.send_signal(signal.SIGHUP)
        self.assertTrue(eventually(lambda: "does not belong to" in self.log()), self.log())
        self.assertEqual(self.serial(self.connect()), 2)
        self.assertTrue(all(secured.is_answered(connection) for connection in old))
        self.assertEqual(self.stop(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
