"""Programs whose writes fail below a folder while they are told to, for Linux with a C compiler."""
import os
import pathlib
import shutil
import subprocess
import sys

COMPILER = shutil.which("cc") or shutil.which("clang")
CAN_FAIL = bool(COMPILER) and sys.platform.startswith("linux")


class Writes:
    """What a program writes below a folder, as on a disk that may fail."""

    def __init__(self, home, folder, error):
        """Has writes below the folder fail with an error, such as `errno.EDQUOT`; none until `fail`."""
        self.flag, library = os.path.join(home, f"{os.path.basename(folder)}.fails"), os.path.join(home, "failing.so")
        if not os.path.exists(library):
            source = pathlib.Path(__file__).with_name("failing.c")
            subprocess.run([COMPILER, "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
        self.variables = {"LD_PRELOAD": library, "FAILING_BELOW": os.path.realpath(folder), "FAILING_WHILE": self.flag,
                          "FAILING_ERROR": str(error)}

    def fail(self):
        open(self.flag, "w").close()

    def work(self):
        os.remove(self.flag)
