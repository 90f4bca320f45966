"""Servers that share one database, each with a data folder of its own, behind nginx."""
import ctypes
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from cluster import free_port  # noqa: E402
from waiting import HANGS, eventually  # noqa: E402

NGINX = """
{user} daemon off; pid {home}/nginx.pid; error_log {home}/nginx.log; worker_processes 1;
events {{ worker_connections 512; }}
http {{
    access_log off; client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/f;
    uwsgi_temp_path {home}/u; scgi_temp_path {home}/s; client_max_body_size 64m; client_body_buffer_size 1m;
    upstream ambit {{ {rule} {servers} keepalive 8; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://ambit; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off;
            proxy_request_buffering off; proxy_read_timeout 900s; proxy_set_header Host $http_host;
        }}
    }}
}}
"""


def ends_with_parent():
    """Has a process that was just started end with the one that started it, however that ends (prctl(2); on Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Balancer:
    """nginx before servers at these ports; each request may go to any of them."""

    def __init__(self, home, ports, port=None, rule=""):
        self.home = pathlib.Path(home)
        self.home.mkdir()
        servers = " ".join(f"server 127.0.0.1:{number} max_fails=1 fail_timeout=1s;" for number in ports)
        # Its workers read and write below `home`, which belongs to whoever started it.
        user = "user root;" if os.geteuid() == 0 else ""
        # A free port may be taken before nginx has it.
        for _ in range(1 if port else 5):
            self.port = port or free_port()
            (self.home / "nginx.conf").write_text(
                NGINX.format(home=self.home, user=user, servers=servers, port=self.port, rule=rule))
            self.process = subprocess.Popen(["nginx", "-c", self.home / "nginx.conf", "-p", self.home], stderr=subprocess.DEVNULL,
                                            preexec_fn=ends_with_parent)
            if eventually(lambda: (self.home / "nginx.pid").exists() or self.process.poll() is not None) and self.process.poll() is None:
                return
        raise RuntimeError(f"nginx does not start: {(self.home / 'nginx.log').read_text()}")

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def stop(self):
        self.process.terminate()
        self.process.wait(HANGS)


class Server:
    """One `ambit serve` on the shared database, which may be killed and started again at the same address."""

    def __init__(self, program, data, store, *options):
        self.data = pathlib.Path(data)
        self.words = [program, "serve", "--data", data, "--json", *map(str, options)]
        self.variables = os.environ | {"AMBIT_STORE": store}
        # Any at first, and the same from then on.
        self.port = 0
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def take_over(self, other):
        """Gets the keys, and the notes of what has been shown, from a server that there is."""
        for folder in (pathlib.Path(other) / "agendas").iterdir():
            own = self.data / "agendas" / folder.name
            own.mkdir(parents=True)
            for name in ("log.key", "log.seen"):
                shutil.copy2(folder / name, own / name)

    def start(self, log=None):
        output = open(f"{self.data}.log", "a") if log is None else None
        self.process = subprocess.Popen([*self.words, "--listen", f"127.0.0.1:{self.port}"],
                                        stdout=subprocess.PIPE, stderr=output or log, text=True, env=self.variables,
                                        preexec_fn=ends_with_parent)
        if output:
            output.close()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the server does not start: {self.data}.log")
        ready = json.loads(line)
        self.port = int(ready["url"].rpartition(":")[2])
        return ready

    def kill(self):
        self.process.kill()
        self.process.wait(HANGS)
        self.process.stdout.close()

    def stop(self):
        """Its exit code."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            # One that was stopped in its tracks does not hear anything.
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(HANGS)
        self.process.stdout.close()
        return code
