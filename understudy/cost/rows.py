"""A cost document's figures as rows, stacks side by side; shared by the forms, which compute nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sized
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from understudy.cost.document import summary
from understudy.report.words import dearer

TOTAL, FIXED, SCALED = "Total", "of it fixed", "of it scaled by a ratio"


@dataclass(frozen=True)
class Row:
    """A component or one of its charges; `amounts` has None for a stack without it."""

    depth: int
    label: str
    amounts: tuple[Decimal | None, ...]

    @property
    def ratio(self) -> Decimal | None:
        """Of two stacks, the second's amount to the first's, where both have one and it is not nothing."""
        if not are_compared(self.amounts):
            return None
        first, second = self.amounts
        return second / first if first and second is not None else None


def are_compared(stacks: Sized) -> bool:
    """Whether a column with a ratio says whose it is: there are two stacks, one beside the other."""
    return len(stacks) == 2


def cost_rows(document: Mapping[str, Any]) -> Iterator[Row]:
    """Components with their charges, in the order of the names."""
    stacks = [_amounts(stack) for stack in document["stacks"].values()]
    for path in sorted({path for amounts in stacks for path in amounts}):
        yield Row(len(path) - 1, path[-1], tuple(amounts.get(path) for amounts in stacks))


def total_rows(document: Mapping[str, Any]) -> Iterator[Row]:
    """What it all comes to, and its fixed and scaled parts."""
    stacks = document["stacks"].values()
    for depth, label, key in ((0, TOTAL, "monthly"), (1, FIXED, "fixed"), (1, SCALED, "scaled")):
        yield Row(depth, label, tuple(Decimal(stack[key]) for stack in stacks))


@dataclass(frozen=True)
class Uncounted:
    """A kind of cost that is not in the figures, and how many resources of each stack have it."""

    reason: str
    label: str
    counts: tuple[int, ...]


def uncounted(document: Mapping[str, Any]) -> list[Uncounted]:
    """What is unpriced, by reason and kind."""
    stacks = [_unpriced(stack) for stack in document["stacks"].values()]
    keys = sorted({key for stack in stacks for key in stack})
    return [Uncounted(reason, label, tuple(stack.get((reason, label), 0) for stack in stacks)) for reason, label in keys]


def unverified(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The prices in use that no source states for their region."""
    return [price for price in document["prices"] if not price["verified"]]


def missing_prices(document: Mapping[str, Any]) -> list[str]:
    """A sentence for each stack that the price table has not all prices of."""
    return dearer(summary(document))


def unverified_shares(document: Mapping[str, Any]) -> list[tuple[str, Decimal]]:
    """Of each stack, the share of its cost that rests on such prices."""
    return [
        (name, Decimal(stack["unverified"]) / Decimal(stack["monthly"]) if Decimal(stack["monthly"]) else Decimal(0))
        for name, stack in document["stacks"].items()
    ]


def _amounts(stack: Mapping[str, Any]) -> dict[tuple[str, ...], Decimal]:
    amounts: dict[tuple[str, ...], Decimal] = {}
    for component in stack["components"]:
        amounts[component["component"],] = Decimal(component["monthly"])
        for charge in component["charges"]:
            amounts[component["component"], charge["title"]] = Decimal(charge["monthly"])
    return amounts


def _unpriced(stack: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for line in stack["unpriced"]:
        key = line["reason"], f"{line['type'].rsplit(':', 1)[-1]}: {line['title']}"
        counts[key] = counts.get(key, 0) + 1
    return counts
