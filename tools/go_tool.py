"""Builds a tool of a locked Go module into a folder named after its locks; whoever has it already gets it at once."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from understudy.engine.executable import built

EVERY = 30.0
"""Seconds between words of progress."""


def locked_version(module: Path, requirement: str) -> str:
    """The version of another module that a module requires. Raises ValueError where it requires none."""
    locked = re.search(rf"\b{re.escape(requirement)} (v\S+)", (module / "go.mod").read_text(encoding="utf-8"))
    if locked is None:
        raise ValueError(f"{module.name}/go.mod: does not require {requirement}")
    return locked.group(1)


def build(module: Path, package: str, variables: Mapping[str, str], *, name: str = "") -> int:
    """Build a package that a module's go.mod names as its tool, and print where it is; `variables` are stamped into it.

    The executable is called as the package is, or `name`.
    """
    target = built(module, name or package.rpartition("/")[2])
    if target.is_file():
        print(target)
        return 0
    go = shutil.which("go")
    if go is None:
        print(f"error: go: is not on the path, and {module.name} is built with it; https://go.dev/dl has it", file=sys.stderr)
        return 2
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".draft")
    flags = " ".join(["-s", "-w", *(f"-X {name}={value}" for name, value in variables.items())])
    command = [go, "build", "-mod=readonly", "-trimpath", "-ldflags", flags, "-o", str(draft), package]
    print(f"building {target.name} from {module.name}/go.mod; some minutes, once", file=sys.stderr)
    with _progress(lambda seconds: f"… still building {target.name}, {seconds:.0f} s"):
        done = subprocess.run(command, cwd=module, check=False, stdout=sys.stderr)
    if done.returncode != 0:
        print(f"error: {target.name}: `go build` ended with exit code {done.returncode}", file=sys.stderr)
        return 3
    draft.replace(target)
    print(target)
    return 0


class _progress:  # noqa: N801 - used as a word, in a with statement
    """Words of progress on standard error while a body runs."""

    def __init__(self, words: Callable[[float], str]) -> None:
        self._words, self._over = words, threading.Event()

    def __enter__(self) -> None:
        start = time.monotonic()

        def tell() -> None:
            while not self._over.wait(EVERY):
                print(self._words(time.monotonic() - start), file=sys.stderr, flush=True)

        threading.Thread(target=tell, daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
