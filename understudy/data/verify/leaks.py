"""The search for production's values in staging, in every value of every column.

It knows neither the classifier's names nor the masks' types: a needle is a sensitive value or a piece of one, and it is looked
for without case and punctuation, also inside longer values. Sieves tell which needles may have been met in staging; these alone
are read again and compared, so that a hit is certain. Memory is the sieves and a block of rows.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from understudy.data.catalogue import Table
from understudy.data.connection import Connection
from understudy.data.verify.finding import Check, judged
from understudy.data.verify.needles import HEAD, Needles
from understudy.data.verify.texts import inner_values, values

MASKED_ALIKE = 5
"""Rows from which on a value is nobody's own."""
MOST_NEEDLES = 200_000
"""Needles that are compared, of all columns together; of a column that was met at more, a share of them."""
WINDOWS = 4
"""Places in a value at which a piece may be equal by chance."""
CHANCE = 1e-4
"""How unlikely it may be that as many equal values come about by chance, for them to be no finding.

Masks draw anew for each refresh, and about ten pairs of columns can hold equal values: one refresh in thousands is refused for
nothing.
"""
EXPECTED_IN_KEPT = 0.05
"""How many equal values must be expected in a column that is kept: it holds the same each night, so that none need pass."""

Columns = Mapping[str, Sequence[str]]
"""Column names by a table's full name."""
Known = Mapping[bytes, str]
"""Needles that were met and are somebody's own, with the column of each."""


class Occurrences:
    """How often needles of a column occur: of all, or of more than `most` of a share, which their own digests pick."""

    def __init__(self, most: int) -> None:
        self.counts: dict[bytes, int] = {}
        self._most, self._mask = most, 0

    @property
    def share(self) -> float:
        """What share of the needles is counted."""
        return 1 / (self._mask + 1)

    def add(self, needle: bytes) -> None:
        """Count a needle once more."""
        if crc32(needle) & self._mask:
            return
        self.counts[needle] = self.counts.get(needle, 0) + 1
        while len(self.counts) > self._most:
            self._mask = self._mask << 1 | 1
            self.counts = {kept: count for kept, count in self.counts.items() if not crc32(kept) & self._mask}


@dataclass
class Search:
    """One search, and what it found."""

    source: Connection
    target: Connection
    tables: list[Table]
    """The tables that are no partitions."""
    sensitive: Columns
    dense: Callable[[str], bool]
    """Whether values of a column (`schema.table.column`) fill their range so that equal ones occur by chance."""
    invented: Callable[[str], bool]
    """Whether a text, without case and punctuation, is made of the words that masks pick from."""
    rows: Mapping[str, tuple[int, int]]
    """By a table's full name: its rows in the source and in staging."""
    by_chance: int = 0
    """Values that are equal as often as chance alone makes them."""
    hits: dict[str, dict[str, set[bytes]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    """By the column of staging, by the column of the source: the needles that were found."""
    shares: dict[str, float] = field(default_factory=dict)
    """By the column of the source: the share of its needles that were looked for."""

    def run(self) -> Check:
        """Search everything."""
        wanted = {table: columns for table in self.tables if (columns := self._looked_for(table))}
        needles = Needles(sum(len(columns) * self.rows[table.full_name][0] for table, columns in wanted.items()))
        for table, columns in wanted.items():
            for text in inner_values(self.source, table, columns):
                needles.add(text.content)
        met = self._met(needles) if needles.count else {}
        if met and (known := self._known(wanted, needles)):
            self._locate(met, needles, known)
        leaked = self._leaked()
        told = [f"{column}: values of {', '.join(sorted(origins))}" for column, origins in sorted(leaked.items())]
        searched = sum(map(len, self.sensitive.values()))
        good = f"none of {needles.count:,} values of {searched} sensitive columns is in any column"
        bad = f"values of production are in {len(told)} columns"
        return judged("no value survives", told, good, bad, needles=needles.count, by_chance=self.by_chance)

    def _looked_for(self, table: Table) -> list[str]:
        columns = self.sensitive.get(table.full_name, ())
        return [column for column in columns if not self.dense(f"{table.full_name}.{column}")]

    def _met(self, needles: Needles) -> dict[Table, list[str]]:
        """The columns of staging in which a needle may be."""
        found: dict[Table, list[str]] = {}
        for table in self.tables:
            names = [column.name for column in table.columns]
            met = {name for text in values(self.target, table, names) for name in text.columns_at(needles.meet(text.content))}
            if met:
                found[table] = [name for name in names if name in met]
        return found

    def _known(self, wanted: Mapping[Table, Sequence[str]], needles: Needles) -> Known:
        """What the source has of the needles that were met: those that are somebody's own."""
        found: dict[bytes, str] = {}
        most = max(1, MOST_NEEDLES // sum(map(len, wanted.values())))
        for table, columns in wanted.items():
            counted: dict[str, Occurrences] = defaultdict(lambda: Occurrences(most))
            for text in inner_values(self.source, table, columns):
                met = list(needles.met(text.content))
                for (start, end), column in zip(met, text.columns_at([start for start, _ in met]), strict=True):
                    counted[column].add(text.content[start:end])
            for column in list(counted):
                name, occurrences = f"{table.full_name}.{column}", counted.pop(column)
                self.shares[name] = occurrences.share
                for needle, count in occurrences.counts.items():
                    if count < MASKED_ALIKE and not self.invented(needle.decode(errors="replace")):
                        found[needle] = name
        return found

    def _locate(self, columns: Mapping[Table, Sequence[str]], needles: Needles, known: Known) -> None:
        """Find the columns of staging that hold what is known."""
        by_head: dict[bytes, list[bytes]] = defaultdict(list)
        for needle in known:
            if len(needle) >= HEAD:
                by_head[needle[:HEAD]].append(needle)
        for table, names in columns.items():
            for text in values(self.target, table, names):
                met = [
                    (start, needle)
                    for start, head in needles.heads(text.content)
                    for needle in (by_head.get(head, ()) if len(head) == HEAD else (head,))
                    if needle in known and text.content.startswith(needle, start)
                ]
                for (_, needle), column in zip(met, text.columns_at([start for start, _ in met]), strict=True):
                    self.hits[f"{table.full_name}.{column}"][known[needle]].add(needle)

    def _leaked(self) -> dict[str, list[str]]:
        """By column of staging, the columns whose values are in it more often than chance would have it."""
        leaked = defaultdict[str, list[str]](list)
        for column, origins in self.hits.items():
            table, _, name = column.rpartition(".")
            fewest = 0.0 if name in self.sensitive.get(table, ()) else EXPECTED_IN_KEPT
            for origin, needles in origins.items():
                theirs, ours = self.rows[origin.rpartition(".")[0]][0], self.rows[table][1]
                pairs, spaces = theirs * self.shares[origin] * ours * WINDOWS, Counter(map(space, needles))
                if all(pairs / size >= fewest and likelihood(found, pairs / size) >= CHANCE for size, found in spaces.items()):
                    self.by_chance += round(len(needles) / self.shares[origin])
                else:
                    leaked[column].append(origin)
        return leaked


def likelihood(found: int, expected: float) -> float:
    """How likely chance makes at least so many hits where it makes `expected` on average: Chernoff's bound for Poisson's law."""
    if found <= expected:
        return 1.0
    return math.exp(found - expected + found * math.log(expected / found))


def space(needle: bytes) -> float:
    """How many texts have the form of a needle."""
    digits = sum(48 <= letter <= 57 for letter in needle)
    return 10.0 ** min(digits, 300) * 26.0 ** min(len(needle) - digits, 0 if digits > 200 else 200)
