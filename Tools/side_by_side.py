#!/usr/bin/env python3
"""Runs commands side by side, and says how long each took.

    Tools/side_by_side.py [JOBS] <COMMANDS

Each line of the input is a command, without a shell; the longest come first. What a command says is shown when it has
ended: all of it if it failed, its last line if not. The exit code is 1 when any failed.
"""
import concurrent.futures
import os
import shlex
import subprocess
import sys
import threading
import time

PRINTING = threading.Lock()


def run(command):
    """Whether the command ended well."""
    begun = time.monotonic()
    done = subprocess.run(shlex.split(command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    said = done.stdout.rstrip().splitlines()
    with PRINTING:
        outcome = "passed" if done.returncode == 0 else f"FAILED with {done.returncode}"
        for line in said if done.returncode else []:
            print(line)
        print(f"   {time.monotonic() - begun:6.1f} s  {outcome}: {command}{f' ({said[-1]})' if said else ''}", flush=True)
    return done.returncode == 0


def main():
    jobs = int(sys.argv[1]) if len(sys.argv) > 1 else os.cpu_count()
    commands = [line.strip() for line in sys.stdin if line.strip()]
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        sys.exit(0 if all(list(pool.map(run, commands))) else 1)


if __name__ == "__main__":
    main()
