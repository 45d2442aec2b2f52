"""The ledger: every figure that scaling touched, with the rule that made it what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class LedgerLine:
    """One figure's story. `exact` is the unrounded product; `source` the key that gave the ratio.

    A `derived` line is no field of the model: it follows from fields that have lines of their own.
    """

    path: str
    production: int | float | str
    ratio: float
    exact: int | float | str
    result: int | float | str
    rule: str
    source: str
    kind: Literal["continuous", "ladder", "dependant", "derived"]

    @property
    def changed(self) -> bool:
        """Whether staging's figure differs from production's."""
        return self.result != self.production


@dataclass(frozen=True)
class Ledger:
    """The lines, sorted by path."""

    lines: tuple[LedgerLine, ...]

    def __iter__(self) -> Iterator[LedgerLine]:
        return iter(self.lines)

    def __len__(self) -> int:
        return len(self.lines)

    def get(self, path: str) -> LedgerLine | None:
        """The line of a figure, if scaling touched it."""
        return next((line for line in self.lines if line.path == path), None)
