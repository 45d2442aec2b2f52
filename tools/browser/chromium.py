"""The browser: Chromium where it is on the path, else Debian's package of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ASKED = "CHROMIUM"


def find_chromium() -> str | None:
    """The executable that CHROMIUM names, else the first on the path."""
    return os.environ.get(_ASKED) or next((found for name in NAMES if (found := shutil.which(name))), None)


def install_chromium() -> str | None:
    """Install Debian's Chromium where that is possible, and say what stands against it where it is not."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return f"there is no Chromium: install one (on Debian: apt-get install chromium), or name it by {_ASKED}"
    for arguments in (("update", "-qq"), ("install", "-y", "-qq", "--no-install-recommends", "chromium")):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(["apt-get", *arguments], check=False, stdout=subprocess.DEVNULL, env=environment)
    return None if done.returncode == 0 else f"apt-get could not install chromium (exit code {done.returncode})"


@contextmanager
def running() -> Iterator[Browser]:
    """The browser, without a window and without a network."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only `make test-browser` has it

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=["--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


def axe() -> Path:
    """The script of axe-core."""
    return Path(__file__).resolve().parents[2] / ".cache" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
