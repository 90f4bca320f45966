#!/usr/bin/env python3
"""Shows two servers on one database, and what a failover costs: nothing.

    Tools/demo --postgresql          (or: python3 Tests/postgresql/demo.py PATH-OF-AMBIT)

Starts a primary, a standby that confirms each commit, and two servers; kills the primary while laptops work.
"""
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from cluster import Cluster  # noqa: E402
from farm import Server  # noqa: E402
from laptop import run as quiet  # noqa: E402
from waiting import eventually  # noqa: E402

AMBIT = os.path.abspath(sys.argv[1])
checks = 0


def step(words):
    print(f"\n== {words}", flush=True)


def run(*words):
    """Shows the command as one would type it, then runs it."""
    print(f"$ ambit {shlex.join(map(str, words))}", flush=True)
    subprocess.run([AMBIT, *map(str, words)], check=True)


def answer(*words):
    done = quiet(AMBIT, *words)
    if done.returncode != 0:
        sys.exit(f"demo: FAILED: ambit {shlex.join(map(str, words))}: {done.stderr}")
    return json.loads(done.stdout)


def check(words, actual, expected):
    global checks
    if actual != expected:
        sys.exit(f"demo: FAILED: {words}: {actual!r} where {expected!r} was expected")
    checks += 1
    print(f"checked: {words} ({actual})", flush=True)


def synced(laptop):
    return eventually(lambda: quiet(AMBIT, "sync", "-C", laptop).returncode == 0)


def titles(laptop):
    answer("sync", "-C", laptop)
    return sorted(one["document"]["title"] for one in answer("show", "--kind", "theme", "-C", laptop))


def show(home, primary, standby, servers):
    data = home / "server-1"
    step("A primary, and a standby that confirms every commit")
    primary.make()
    for cluster in (primary, standby):
        cluster.settings.append("synchronous_standby_names=*")
    standby.follow(primary)
    primary.set("synchronous_standby_names", "*")
    check("the standby confirms commits", eventually(primary.is_followed), True)
    store = f"postgresql://ambit@127.0.0.1:{primary.port},127.0.0.1:{standby.port}/ambit"

    step("Two servers with one agenda; the second one gets its key from the first")
    invite = answer("agenda", "create", "assen", "--title", "Asser Ambitie Agenda", "--data", data, "--store", store)["invite"]
    for number in (1, 2):
        server = Server(AMBIT, home / f"server-{number}", store)
        if number > 1:
            server.take_over(data)
        servers.append(server)
        server.start()
        print(f"server {number} listens at {server.url}")

    step("A laptop on each; what one server takes, the other shows")
    laptops = [home / f"laptop-{number}" for number in (1, 2)]
    for number, laptop in enumerate(laptops):
        if number:
            invite = answer("invite", "--agenda", "assen", "--role", "editor", "--data", data, "--store", store)["invite"]
        run("clone", f"{servers[number].url}/agendas/assen", laptop, "--invite", invite, "--name", f"Voorbeeld {number + 1}",
            "--device", f"laptop {number + 1}")
    run("record", "theme.opened", "title=Voor de failover", "-C", laptops[0])
    run("sync", "-C", laptops[0])
    check("laptop 2 has it", eventually(lambda: "Voor de failover" in titles(laptops[1])), True)

    step("The primary is killed, and the standby promoted; laptops notice a retry at most")
    run("record", "theme.opened", "title=Tijdens de failover", "-C", laptops[1])
    primary.kill()
    standby.promote()
    primary.follow(standby)
    check("the former primary follows", eventually(standby.is_followed), True)
    check("laptop 2 gets through", synced(laptops[1]), True)
    run("record", "theme.opened", "title=Na de failover", "-C", laptops[0])
    check("laptop 1 gets through", synced(laptops[0]), True)
    expected = ["Na de failover", "Tijdens de failover", "Voor de failover"]
    for number, laptop in enumerate(laptops, 1):
        check(f"laptop {number} has everything, once", eventually(lambda: titles(laptop) == expected), True)
        run("verify", laptop)


def main():
    home = pathlib.Path(tempfile.mkdtemp(prefix="ambit-demo."))
    clusters, servers = [Cluster(), Cluster()], []
    try:
        show(home, *clusters, servers)
        print(f"\nTools/demo --postgresql: {checks} checks passed")
    finally:
        for server in servers:
            server.stop()
        for cluster in clusters:
            cluster.remove()
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
