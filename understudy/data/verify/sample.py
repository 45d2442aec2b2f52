"""What a table's rows are told by, or of a large table some of them: each column's shares, without its values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from understudy.data.blocks import blocks, by_column
from understudy.data.catalogue import Column, Table
from understudy.data.connection import Connection
from understudy.data.masking.copy_text import NULL, unescape

SAMPLE = 50_000
SAMPLED_FROM = 2 * SAMPLE
"""Rows of a table from which on a sample is read."""
RANKS = 20
CROWD = 5
"""Rows below which no count is told."""


@dataclass(frozen=True)
class Profile:
    """A column's statistics, without its values."""

    rows: int
    """Rows that were read: all, or a sample."""
    null_share: float
    distinct_share: float | None
    """Distinct values for each value; None where there is no value."""
    mean_length: float
    ranks: tuple[float, ...]
    """Shares of the most frequent values, the highest first."""

    def crowded_ranks(self) -> list[float]:
        """Those of them that are shares of a crowd, and so of nobody."""
        given = self.rows * (1 - self.null_share)
        return [round(share, 4) for share in self.ranks if share * given >= CROWD - 0.5]


class _Tally:
    """Counts a column's values by a digest of each, so that memory does not follow from how long they are."""

    def __init__(self) -> None:
        self._digests: list[NDArray[np.int64]] = []
        self._characters = 0

    def add(self, fields: list[bytes]) -> None:
        """Count fields as COPY writes them."""
        given = [field for field in fields if field != NULL] if NULL in fields else fields
        self._digests.append(np.fromiter(map(hash, given), np.int64, len(given)))
        self._characters += len(unescape(b"".join(given)).decode())

    def profile(self, rows: int) -> Profile:
        """What the values tell, of so many rows."""
        digests = np.concatenate((np.empty(0, np.int64), *self._digests))
        counts = np.sort(np.unique(digests, return_counts=True)[1])
        given = len(digests)
        return Profile(
            rows=rows,
            null_share=(rows - given) / rows if rows else 0.0,
            distinct_share=len(counts) / given if given else None,
            mean_length=self._characters / given if given else 0.0,
            ranks=tuple(count / given for count in counts[: -RANKS - 1 : -1].tolist()),
        )


@dataclass(frozen=True)
class Sample:
    """The rows of a table that its statistics are read from: all, or of a large one some, chosen by a fixed seed."""

    connection: Connection
    table: Table
    count: int

    @property
    def drawn(self) -> bool:
        """Whether rows are chosen."""
        return self.count > SAMPLED_FROM

    @property
    def kept(self) -> int:
        """How many rows are read, about."""
        return SAMPLE if self.drawn else self.count

    def query(self, columns: Sequence[Column], selected: sql.Composable) -> list[tuple[Any, ...]]:
        """Select from `s`, in which these columns of the rows are."""
        rows = sql.SQL("WITH s AS MATERIALIZED ({}) ").format(self._rows(sql.Identifier(column.name) for column in columns))
        return self.connection.execute(rows + selected).fetchall()

    def profiles(self) -> list[Profile]:
        """The statistics of every written column, in one reading. Values are told apart as texts."""
        columns = self.table.stored
        if not columns:
            return []
        rows, tallies = 0, [_Tally() for _ in columns]
        texts = self._rows(sql.SQL("{}::text").format(sql.Identifier(column.name)) for column in columns)
        for block, lines in blocks(self.connection, sql.SQL("COPY ({}) TO STDOUT").format(texts)):
            rows += lines
            for tally, fields in zip(tallies, by_column(block, len(columns)), strict=True):
                tally.add(fields)
        return [tally.profile(rows) for tally in tallies]

    def _rows(self, selected: Iterable[sql.Composable]) -> sql.Composed:
        share = sql.SQL(f" TABLESAMPLE BERNOULLI ({100 * SAMPLE / self.count:.6f}) REPEATABLE (0)" if self.drawn else "")
        name = sql.Identifier(self.table.schema, self.table.name)
        return sql.SQL("SELECT {} FROM {}{}").format(sql.SQL(", ").join(selected), name, share)
