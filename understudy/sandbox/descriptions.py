"""Descriptions of resource types, kept on disk: reflection over the SDKs takes seconds, and the SDKs do not change."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from pathlib import Path
from typing import Any

from understudy.sandbox import reflection

VARIABLE = "UNDERSTUDY_SANDBOX_DESCRIPTIONS"
"""The environment variable that names the folder; without it each process describes anew."""


class Descriptions:
    """A package's resource types, described when first asked for."""

    def __init__(self, package: str, directory: Path | None) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, dict[str, Any]] = {}
        self._directory = None
        if directory is not None:
            code = Path(reflection.__file__).read_bytes()
            self._directory = directory / f"{package}-{installed_version(package)}-{hashlib.sha256(code).hexdigest()[:12]}"

    def of(self, token: str) -> dict[str, Any] | None:
        """A type's description, None for a type that the SDK does not have."""
        with self._lock:
            if token not in self._known:
                self._known[token] = self._kept(token)
            return self._known[token] or None

    def _kept(self, token: str) -> dict[str, Any]:
        file = self._directory and self._directory / f"{token.replace(':', '.').replace('/', '.')}.json"
        if file and file.is_file():
            found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
            return found
        try:
            described = reflection.describe(token)
        except reflection.UnknownTypeError:
            described = {}
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
            draft = file.with_name(f".{file.name}.{os.getpid()}")
            draft.write_text(json.dumps(described), encoding="utf-8")
            draft.replace(file)
        return described


def installed_version(package: str) -> str:
    """The SDK's version, without importing the SDK."""
    from importlib.metadata import version  # noqa: PLC0415 - slow, and needed here alone

    return version(f"pulumi-{package}")
