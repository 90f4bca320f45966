#!/usr/bin/env python3
"""Holds a server against Protocol/openapi.json with tools of others.

    Tests/contract/run PATH-OF-AMBIT
"""
import importlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/support"))
from waiting import HANGS  # noqa: E402

AMBIT = os.path.abspath(sys.argv.pop(1) if len(sys.argv) > 1 else ROOT / ".build/debug/ambit")
CONTRACT = ROOT / "Protocol/openapi.json"
TOOLS = pathlib.Path(sys.executable).parent
# A push may ask as often as it likes here: what is tested is not how often.
RATES = [f"--rate={name}=off" for name in
         ("read", "push", "administration", "push-events", "push-bytes", "enrolment", "failure", "public-read", "operations",
          "unknown-path", "public-bytes")]
# Would end the token that all other requests are made with.
ENDING = ("renewToken", "endOtherTokens", "revokeDevice")
# What an answer to a request has that the contract allows: to accept it, or to say what stands in the way of doing it now.
ACCEPTED = ["2xx", "3xx", "401", "403", "404", "409", "429", "5xx"]
FILES = ("readSnapshotFile", "readPublicSnapshotFile")
UNSAID = {"compareCheckpoint": ["422"], "heal": ["400", "422"]}


class Contract(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="ambit-contract.")
        data = os.path.join(cls.home, "data")
        invite = cls.ambit("agenda", "create", "assen", "--title", "Proef", "--data", data)["invite"]
        cls.log = open(os.path.join(cls.home, "log"), "w")
        cls.server = subprocess.Popen([AMBIT, "serve", "--data", data, "--listen", "127.0.0.1:0", "--json", *RATES],
                                      stdout=subprocess.PIPE, stderr=cls.log, text=True)
        cls.url = json.loads(cls.server.stdout.readline())["url"]
        laptop = os.path.join(cls.home, "laptop")
        cls.ambit("clone", f"{cls.url}/agendas/assen", laptop, "--invite", invite, "--name", "Proef", "--device", "een")
        cls.ambit("import", ROOT / "Protocol/Examples/assen.ndjson", "-C", laptop)
        cls.ambit("sync", "-C", laptop)
        cls.token = pathlib.Path(laptop, "token").read_text().strip()

    @classmethod
    def tearDownClass(cls):
        cls.server.send_signal(signal.SIGTERM)
        cls.server.wait(HANGS)
        cls.server.stdout.close()
        cls.log.close()
        shutil.rmtree(cls.home)

    @classmethod
    def ambit(cls, *arguments):
        done = subprocess.run([AMBIT, *map(str, arguments), "--json"], capture_output=True, text=True, timeout=HANGS)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def schemathesis(self, contract, *more, examples=20):
        """What Schemathesis says of the server: its exit code, and its report."""
        config = pathlib.Path(self.home, "schemathesis.toml")
        config.write_text("\n".join([
            "seed = 20261112",
            # Whether a checkpoint is signed, and given-back entries belong to the log, no schema can say.
            *(line for name, statuses in UNSAID.items() for line in (
                "[[operations]]", f'include-operation-id = "{name}"', "[operations.checks.positive_data_acceptance]",
                f"expected-statuses = {json.dumps(ACCEPTED + statuses)}")),
            # A range of a file of JSON is no JSON.
            *(line for name in FILES for line in (
                "[[operations]]", f'include-operation-id = "{name}"', "[operations.checks.response_schema_conformance]",
                "enabled = false")),
        ]))
        done = subprocess.run(
            [TOOLS / "schemathesis", "--config-file", config, "run", contract, "--url", f"{self.url}/v1",
             "-H", f"Authorization: Bearer {self.token}", "-n", str(examples), "--phases", "examples,coverage,fuzzing",
             *(argument for name in ENDING for argument in ("--exclude-operation-id", name)), "--exclude-tag", "operate", *more],
            capture_output=True, text=True, timeout=3600, cwd=self.home,
            env=os.environ | {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(ROOT / "Tests/contract")})
        return done.returncode, done.stdout + done.stderr

    def test_schemathesis_finds_nothing(self):
        code, report = self.schemathesis(CONTRACT)
        self.assertEqual(code, 0, report)

    def test_schemathesis_notices(self):
        contract = json.loads(CONTRACT.read_text("utf-8"))
        contract["components"]["schemas"]["AgendaDescription"]["properties"]["size"] = {"type": "string"}
        broken = pathlib.Path(self.home, "broken.json")
        broken.write_text(json.dumps(contract))
        code, report = self.schemathesis(broken, "--include-operation-id", "describeAgenda", examples=1)
        self.assertNotEqual(code, 0, report)

    def test_a_generated_client_works(self):
        place = pathlib.Path(self.home, "generated")
        # Lines of JSON and plain texts are bytes to it.
        config = pathlib.Path(self.home, "generator.yaml")
        config.write_text("content_type_overrides:\n" + "".join(
            f"  {name}: application/octet-stream\n" for name in ("application/x-ndjson", "application/yaml", "text/plain")))
        done = subprocess.run([TOOLS / "openapi-python-client", "generate", "--path", CONTRACT, "--output-path", place,
                               "--meta", "none", "--overwrite", "--fail-on-warning", "--config", config], capture_output=True, text=True, cwd=self.home,
                              env=os.environ | {"PATH": f"{TOOLS}:{os.environ['PATH']}"}, timeout=HANGS)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        sys.path.insert(0, self.home)
        client = importlib.import_module("generated").AuthenticatedClient(f"{self.url}/v1", token=self.token)
        found = importlib.import_module("generated.api.read.describe_agenda").sync("assen", client=client)
        self.assertEqual((found.name, found.size > 80), ("assen", True))
        state = importlib.import_module("generated.api.read.read_state").sync("assen", client=client, limit=5)
        self.assertEqual(len(state.documents), 5)
        for module in place.rglob("*.py"):
            importlib.import_module(".".join(module.relative_to(self.home).with_suffix("").parts))


if __name__ == "__main__":
    unittest.main()
