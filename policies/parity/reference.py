"""The reference: production as the model declares it, what staging's file says, and the ledger between them, all as data.

The pack never scales anything itself. It is given the document that `understudy reference` prints: by whoever runs the pack in
the same process, by a file in the pack's configuration, or else by asking for it in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from model.environment import Environment
from model.load import load_environment, load_staging
from model.staging import Staging
from policies.engine.node import UNKNOWN, Secret
from policies.engine.snapshot import Resource, Snapshot
from policies.parity.identity_tokens import IdentityTokens, Translation
from scaling.ledger import LedgerLine
from scaling.replay import replay

SCHEMA = "understudy.reference/v1"
_SECONDS = 300
"""How long a rendering in a process of its own may take. The shipped systems take five."""


T = TypeVar("T")


class NoReferenceError(Exception):
    """There is nothing to compare with; the message says why."""


@dataclass(frozen=True)
class Reference:
    """Everything that staging is held against."""

    production: Environment
    staging_file: Staging
    ledger: tuple[LedgerLine, ...]
    declared: Snapshot
    """Production as the model declares it."""
    own: Snapshot
    """Staging as the model declares it, without what an engine or a provider adds."""

    @cached_property
    def staging(self) -> Environment:
        """Staging as the ledger says, without scaling anything again."""
        return replay(self.production, self.staging_file, self.ledger)

    _made: dict[Callable[[Reference], object], object] = field(default_factory=dict, compare=False, repr=False)

    def index(self, make: Callable[[Reference], T]) -> T:
        """What a function makes of the reference, made once."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("T", self._made[make])

    @cached_property
    def identity(self) -> Translation:
        """From production's identity to staging's."""
        return Translation(IdentityTokens.of(self.production), IdentityTokens.of(self.staging))


def read_reference(document: Mapping[str, Any]) -> Reference:
    """A reference document, read. Raises NoReferenceError for another document, ConfigurationError for a model that is none."""
    if document.get("schema") != SCHEMA:
        raise NoReferenceError(f"the reference is no document of schema {SCHEMA}, as `understudy reference` prints it")
    production = load_environment(document["model"])
    return Reference(
        production=production,
        staging_file=load_staging(document["staging"], production),
        ledger=tuple(LedgerLine(**line) for line in document["ledger"]),
        declared=snapshot_of(document["resources"]["production"]),
        own=snapshot_of(document["resources"]["staging"]),
    )


def snapshot_of(resources: Sequence[Mapping[str, Any]]) -> Snapshot:
    """The resources of a reference document."""
    return Snapshot.of(
        Resource(
            token=entry["type"],
            urn=entry["urn"],
            properties={key: _value(value) for key, value in entry["properties"].items()},
            dependencies={key: tuple(urns) for key, urns in entry["property_dependencies"].items()},
            parent=entry["parent"],
            protect=entry["protect"],
            depends_on=tuple(entry["dependencies"]),
            provider=entry["provider"],
            ignore_changes=tuple(entry["ignore_changes"]),
        )
        for entry in resources
    )


def _value(value: Any) -> object:
    if isinstance(value, Mapping):
        if value.get("$unknown") is True:
            return UNKNOWN
        if value.get("$secret") is True:
            return Secret(None)
        return {key: _value(item) for key, item in value.items()}
    return [_value(item) for item in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Given:
    """What a stack is held against, and by which day."""

    reference: Reference
    today: date
    """The day by which deviations end."""
    is_filled: bool = False
    """Whether an engine has added to the stack what providers fill in."""
    deployed: Snapshot | None = None
    """Production as deployed, where it is given."""


_GIVEN: dict[tuple[str, str], Given] = {}


def give(project: str, stack: str, held: Given) -> None:
    """Give what a stack is held against to the packs that run in this process."""
    _GIVEN[project, stack] = held


def given(project: str, stack: str) -> Given | None:
    """What this process was given for a stack."""
    return _GIVEN.get((project, stack))


def read_file(path: Path) -> Reference:
    """The reference in a file. Raises NoReferenceError where it cannot be read.

    An update asks for it at each resource, so it is read anew only where the file has changed.
    """
    try:
        status = path.stat()
        return _read(path, status.st_mtime_ns, status.st_size)
    except (OSError, ValueError) as error:
        raise NoReferenceError(f"the reference {str(path)!r} cannot be read: {type(error).__name__}") from error


@lru_cache(maxsize=1)
def _read(path: Path, _changed_ns: int, _size: int) -> Reference:
    document = json.loads(path.read_text(encoding="utf-8"))
    return read_reference(document if isinstance(document, dict) else {})


@lru_cache(maxsize=1)
def ask(project: str, stack: str, program: Path, configuration: tuple[tuple[str, str], ...]) -> Reference:
    """Render production in a process of its own, which knows nothing of the engine that started this one.

    The pack's policies ask one after the other, and are answered by one rendering.
    """
    request = json.dumps({"project": project, "configuration": dict(configuration)})
    command = [
        sys.executable,
        "-m",
        "understudy",
        "reference",
        "--stack",
        stack,
        "--program",
        str(program),
        "--configuration",
        "-",
    ]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")}
    try:
        answer = subprocess.run(  # noqa: S603 - this interpreter, and arguments of our own
            command, input=request, capture_output=True, text=True, timeout=_SECONDS, check=False, env=environment
        )
    except subprocess.TimeoutExpired as error:
        raise NoReferenceError(f"production was not rendered within {_SECONDS} s") from error
    if answer.returncode != 0:
        first = (answer.stderr.strip().splitlines() or ["no message"])[0]
        raise NoReferenceError(f"production cannot be rendered: {first}")
    return read_reference(json.loads(answer.stdout))
