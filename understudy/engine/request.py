"""The command of the engine that a user asks to have checked: which operation, on which stack, under which packs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from model.errors import ConfigurationError, Problem, nearest, quoted
from understudy.engine.executable import MINIMUM, find_engine, version_of

OPERATIONS = {"preview": "preview", "pre": "preview", "up": "up", "update": "up", "policy": "policy analyze"}
"""The commands that are checked, by their first word."""
_PACK, _CONFIG = "--policy-pack", "--policy-pack-config"


@dataclass(frozen=True)
class Request:
    """A command as it will be run."""

    executable: Path
    words: tuple[str, ...]
    operation: str

    @property
    def packs(self) -> tuple[str, ...]:
        """The folders of the policy packs that it names."""
        return tuple(self.values(_PACK))

    @property
    def stack(self) -> str:
        """The stack that it names, empty for the one that is selected."""
        return next(iter([*self.values("--stack"), *self.values("-s")]), "")

    @property
    def folder(self) -> tuple[str, ...]:
        """The option by which it works in another folder, for further commands on the same stack."""
        found = next(iter([*self.values("--cwd"), *self.values("-C")]), "")
        return ("--cwd", found) if found else ()

    def values(self, option: str) -> Iterator[str]:
        """What it gives an option, each time."""
        for index, word in enumerate(self.words):
            if word == option and index + 1 < len(self.words):
                yield self.words[index + 1]
            elif word.startswith(f"{option}="):
                yield word.partition("=")[2]

    def under(self, packs: Sequence[Path], configs: Sequence[Path] = ()) -> Request:
        """The same under these packs. `configs` are empty, or as many files as there are packs."""
        named = [part for pack in packs for part in (_PACK, str(pack.resolve()))]
        configured = [part for config in configs for part in (_CONFIG, str(config))]
        return replace(self, words=(*self.words, *named, *configured))


def read_request(command: Sequence[str]) -> Request:
    """A command line, read. Raises ConfigurationError for one that tells nothing to check, and where there is no engine."""
    shown = "`pulumi preview`, `pulumi up` or `pulumi policy analyze`"
    if not command:
        raise ConfigurationError([Problem("command", f"is missing: give {shown} after `--`")])
    executable, *words = command
    position = next((index for index, word in enumerate(words) if word in OPERATIONS), None)
    if position is None:
        first = next((word for word in words if not word.startswith("-")), "")
        found = f"found {quoted(first)}{nearest(first, sorted(OPERATIONS))}" if first else f"found {quoted(executable)} alone"
        raise ConfigurationError([Problem("command", f"{found}; {shown} can be checked")])
    operation = OPERATIONS[words[position]]
    if operation == "policy analyze" and words[position + 1 : position + 2] != ["analyze"]:
        raise ConfigurationError([Problem("command", f"of `pulumi policy`, `analyze` alone can be checked; {shown}")])
    return Request(_found(executable), tuple(words), operation)


def _found(executable: str) -> Path:
    """The executable that the user means; of the bare name, the one that this project built where the path has none."""
    if executable == "pulumi":
        return find_engine()
    path = shutil.which(executable)
    if path is None or version_of(Path(path)) < MINIMUM:
        wanted = ".".join(map(str, MINIMUM))
        raise ConfigurationError([Problem("command", f"{quoted(executable)} is no Pulumi engine of version {wanted} or newer")])
    return Path(path)
