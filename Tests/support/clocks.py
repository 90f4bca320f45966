"""Programs whose clock is set off, for Linux with a C compiler."""
import os
import pathlib
import shutil
import subprocess
import sys

COMPILER = shutil.which("cc") or shutil.which("clang")
CAN_BE_SET_OFF = bool(COMPILER) and sys.platform.startswith("linux")

DAY = 86_400
YEAR = 365 * DAY


def shim(folder):
    """Makes what sets a program's clock off, in a folder; its path."""
    library = os.path.join(folder, "clock.so")
    source = pathlib.Path(__file__).with_name("clock.c")
    subprocess.run([COMPILER, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


def off(library, seconds):
    """The environment of a program whose clock is so many seconds ahead."""
    return {"LD_PRELOAD": library, "CLOCK_OFFSET": str(round(seconds))}
