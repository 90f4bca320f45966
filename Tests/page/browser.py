"""Debian's Chromium, driven by Playwright."""
import os
import pathlib
import shutil
import sys

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from waiting import HANGS  # noqa: E402

STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
"""What axe is asked to look for."""


class Browser:
    def __init__(self, *arguments):
        self.arguments = arguments

    def __enter__(self):
        self.playwright = sync_playwright().start()
        # As root, as on many test machines, Chromium has no sandbox.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        self.chromium = self.playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*arguments, *self.arguments])
        return self

    def __exit__(self, *_):
        self.chromium.close()
        self.playwright.stop()

    def page(self, size=(1280, 900), scheme="light", scripts=True, storage=None):
        """A page of a context of its own, as a person's browser has one."""
        context = self.chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, java_script_enabled=scripts, storage_state=storage,
            reduced_motion="reduce", locale="nl-NL", timezone_id="Europe/Amsterdam"
        )
        # Of each step, in milliseconds: on a busy machine half a minute, which is usual, may be too short.
        context.set_default_timeout(HANGS * 1000)
        return context.new_page()
