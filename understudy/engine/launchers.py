"""What the engine looks for on its path, as small scripts that start this interpreter."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

LANGUAGE_HOST = "pulumi-language-python"


def write_launchers(directory: Path, *, standing_in: Iterable[str] = ()) -> None:
    """Write the scripts that are needed: the language's host where the engine's own is not installed, and stand-in providers."""
    directory.mkdir(parents=True, exist_ok=True)
    if shutil.which(LANGUAGE_HOST) is None:
        _write(directory / LANGUAGE_HOST, ["-u", "-m", "understudy.engine.language_host"])
    for package in standing_in:
        _write(directory / f"pulumi-resource-{package}", ["-m", "understudy.sandbox.provider", package])


def _write(file: Path, arguments: list[str]) -> None:
    command = shlex.join([sys.executable, *arguments])
    file.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
    file.chmod(0o755)
