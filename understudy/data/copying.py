"""Copying rows: COPY out of the source's snapshot, block by block through the masks, COPY into the database being built.

Memory holds a block of lines, whatever a table's size. Several processes share the snapshot; a large table is split by its pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

from psycopg import sql

from understudy.data.blocks import blocks
from understudy.data.catalogue import Table
from understudy.data.connection import Connection, Place, connect
from understudy.data.masking.copy_text import Lines, line_mask
from understudy.data.masking.keys import MaskingKey
from understudy.data.masking.pools import Pools, made_pools, take_pools
from understudy.data.plan import DataPlan
from understudy.data.snapshot import join
from understudy.data.told import telling

REPORT_LINES = 20_000
PAGE_BYTES = 8192
PIECE_BYTES = 8 << 20
"""Tables above this size are split into pieces, so that workers end at about the same time."""
TIDS = 2000
"""Row addresses in one query of a subset."""

Report = Callable[[str, int], None]
"""Told a table's full name and the rows copied since the last report."""


@dataclass(frozen=True)
class Piece:
    """A part of a table: some of its pages, or all, or chosen rows."""

    table: Table
    first_page: int | None = None
    last_page: int | None = None
    """The page after the last; None for all that follow."""
    rows: tuple[str, ...] | None = None
    """Addresses (ctid) of the chosen rows; None for all."""


def pieces(tables: Iterable[Table]) -> list[Piece]:
    """The pieces of tables, the largest first."""
    made: list[Piece] = []
    for table in sorted(tables, key=lambda table: (-table.bytes, table.full_name)):
        if table.bytes <= PIECE_BYTES:
            made.append(Piece(table))
            continue
        pages, step = -(-table.bytes // PAGE_BYTES), PIECE_BYTES // PAGE_BYTES
        starts = range(0, pages, step)
        made += [Piece(table, start, None if start == starts[-1] else start + step) for start in starts]
    return made


def copy_piece(source: Connection, target: Connection, plan: DataPlan, piece: Piece, mask: Lines | None, report: Report) -> None:
    """Copy one piece. A partition's rows go in through its table, since a mask may move a row to another partition."""
    into = plan.catalogue.root_of(piece.table)
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in piece.table.stored)
    writing = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(into.schema, into.name), columns)
    unreported = 0
    with target.cursor().copy(writing) as written:
        for query in _queries(piece, columns):
            for block, lines in blocks(source, query):
                written.write(block if mask is None else mask(block))
                unreported += lines
                if unreported >= REPORT_LINES:
                    report(into.full_name, unreported)
                    unreported = 0
    report(into.full_name, unreported)


def _queries(piece: Piece, columns: sql.Composable) -> Iterator[sql.Composed]:
    name = sql.Identifier(piece.table.schema, piece.table.name)
    reading = sql.SQL("COPY (SELECT {} FROM ONLY {}{}) TO STDOUT")
    if piece.rows is not None:
        for start in range(0, len(piece.rows), TIDS):
            chosen = sql.Literal("{" + ",".join(f'"{row}"' for row in piece.rows[start : start + TIDS]) + "}")
            yield reading.format(columns, name, sql.SQL(" WHERE ctid = ANY ({}::tid[])").format(chosen))
    elif piece.first_page is None:
        yield reading.format(columns, name, sql.SQL(""))
    else:
        condition = sql.SQL(" WHERE ctid >= {}::tid").format(sql.Literal(f"({piece.first_page},0)"))
        if piece.last_page is not None:
            condition += sql.SQL(" AND ctid < {}::tid").format(sql.Literal(f"({piece.last_page},0)"))
        yield reading.format(columns, name, condition)


class Copier:
    """Copies pieces one after another over its own two sessions."""

    def __init__(self, source: Connection, target: Connection, plan: DataPlan, key: MaskingKey) -> None:
        self._source, self._target, self._plan, self._key = source, target, plan, key
        self._masks: dict[str, Lines | None] = {}

    def copy(self, piece: Piece, report: Report) -> None:
        """Copy one piece and commit it."""
        table = piece.table
        if table.full_name not in self._masks:
            self._masks[table.full_name] = line_mask(self._plan.masks(table, self._key), [column.name for column in table.stored])
        with telling(f"table {table.full_name}"):
            copy_piece(self._source, self._target, self._plan, piece, self._masks[table.full_name], report)
            self._target.commit()


@dataclass(frozen=True)
class Copying:
    """What each worker needs. It crosses to other processes in memory: neither key nor password stands on a command line."""

    source: Place
    snapshot: str
    target: Place
    plan: DataPlan
    key: MaskingKey
    pools: Pools = field(default_factory=made_pools)
    """What was invented for the plan's masks, so that no worker invents it again."""

    def copier(self, stack: ExitStack) -> Copier:
        """A copier with sessions that the stack closes."""
        take_pools(self.pools)
        source = stack.enter_context(closing(join(self.source, self.snapshot)))
        target = stack.enter_context(closing(connect(self.target)))
        target.execute("SET synchronous_commit = off")  # the swap's own commit makes all of it durable
        target.commit()
        return Copier(source, target, self.plan, self.key)
