"""The parity score: how much of each system row agrees with production. A score is never a pass.

Of a row's compared properties, the share that is equal, or explained by the ledger, by identity, by a declared release or by a
live deviation. A resource that one side lacks counts with every property that the other side has. What cannot be known before
an update and is compared by what it comes from is counted apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from policies.parity.difference import Difference

COSTLIEST = 3
"""How many of the resources that cost a row most are named."""


class Compared(NamedTuple):
    """How much of one resource was compared: leaves in all, and those that an update alone will tell."""

    row: str
    place: str
    urn: str
    compared: int
    unknown: int


@dataclass(frozen=True)
class RowScore:
    """One system row. `costs` are the places with most that is unexplained, and how much."""

    row: str
    resources: int
    compared: int
    equal: int
    explained: int
    unexplained: int
    unknown: int
    costs: tuple[tuple[str, int], ...]

    @property
    def share(self) -> float:
        """The share of compared properties that agree or are explained, from 0 to 1; 0 where nothing was compared."""
        return (self.equal + self.explained) / self.compared if self.compared else 0.0


def scores(compared: Iterable[Compared], differences: Iterable[Difference]) -> tuple[RowScore, ...]:
    """The score of each row, sorted by name."""
    found: dict[str, list[Difference]] = defaultdict(list)
    for each in differences:
        found[each.urn].append(each)
    rows: dict[str, list[_Counted]] = defaultdict(list)
    for resource in compared:
        rows[resource.row].append(_counted(resource, found.get(resource.urn, [])))
    return tuple(_score(row, rows[row]) for row in sorted(rows))


@dataclass(frozen=True)
class _Counted:
    """The leaves of one resource: compared, explained, unexplained, unknown."""

    place: str
    compared: int
    explained: int
    unexplained: int
    unknown: int


def _counted(resource: Compared, differences: list[Difference]) -> _Counted:
    explained = len({each.path for each in differences if each.explained and each.path})
    unexplained = sum(not each.explained for each in differences)
    total = max(resource.compared, explained + unexplained)
    whole = [each for each in differences if not each.path and each.rule == "PAR-01"]
    if whole:  # one side lacks the resource: all that the other has
        is_explained = bool(whole[0].explained)
        explained, unexplained = total * is_explained, total * (not is_explained)
    return _Counted(resource.place, total, explained, unexplained, resource.unknown)


def _score(row: str, members: list[_Counted]) -> RowScore:
    total, explained = sum(each.compared for each in members), sum(each.explained for each in members)
    unexplained = sum(each.unexplained for each in members)
    costs = Counter({each.place: each.unexplained for each in members if each.unexplained})
    return RowScore(
        row=row,
        resources=len(members),
        compared=total,
        equal=total - explained - unexplained,
        explained=explained,
        unexplained=unexplained,
        unknown=sum(each.unknown for each in members),
        costs=tuple(sorted(costs.items(), key=lambda item: (-item[1], item[0]))[:COSTLIEST]),
    )
