"""Where the engine's executable is: on the path in a sufficient version, or built by `make engine`."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from model.errors import ConfigurationError, Problem

MINIMUM = (3, 259, 0)
"""The oldest version that the tests have seen; `tools/engine/go.mod` names the one that is built."""
REPOSITORY = Path(__file__).resolve().parents[2]
MODULE = REPOSITORY / "tools" / "engine"
_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")


def built(module: Path = MODULE, name: str = "pulumi") -> Path:
    """Where a tool's build is kept: in a folder named after its locks, so that another version is another build."""
    locks = b"".join((module / lock).read_bytes() for lock in ("go.mod", "go.sum"))
    return REPOSITORY / ".cache" / module.name / hashlib.sha256(locks).hexdigest()[:16] / name


def find_engine() -> Path:
    """The engine's executable. Raises ConfigurationError that says how to get one."""
    refused = []
    for candidate in _candidates():
        version = version_of(candidate)
        if version >= MINIMUM:
            return candidate
        refused.append(f"{candidate} is version {_text(version)}")
    found = "; ".join(refused) or "there is none on the path, and none is built"
    raise ConfigurationError(
        [Problem("pulumi", f"{found}; version {_text(MINIMUM)} or newer is needed: `make engine` builds it")]
    )


def version_of(executable: Path) -> tuple[int, ...]:
    """An executable's version, (0, 0, 0) where it does not say."""
    try:
        told = subprocess.run([executable, "version"], capture_output=True, text=True, check=False, timeout=60).stdout  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0, 0)
    match = _VERSION.search(told)
    return tuple(int(part) for part in match.groups()) if match else (0, 0, 0)


def _candidates() -> Iterator[Path]:
    on_path = shutil.which("pulumi")
    if on_path:
        yield Path(on_path)
    if MODULE.is_dir() and built().is_file():
        yield built()


def _text(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)
