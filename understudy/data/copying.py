"""Copying rows: COPY out of the source's snapshot, block by block through the masks, COPY into the database being built.

Memory holds a block of lines, whatever a table's size. Several processes share the snapshot; a large table is split by its pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

from psycopg import sql

from understudy.data.blocks import blocks
from understudy.data.catalogue import Table
from understudy.data.connection import Connection, Place, connect
from understudy.data.exported_snapshot import join
from understudy.data.masking.columns import PlannedColumns
from understudy.data.masking.copy_text import Lines, line_mask
from understudy.data.masking.keys import MaskingKey
from understudy.data.masking.pools import Pools, made_pools, take_pools
from understudy.data.told import telling

REPORT_LINES = 20_000
PAGE_BYTES = 8192
PIECE_BYTES, MOST_PIECES = 2 << 20, 512
"""Tables above this size are split into pieces of it, or into so many, so that workers end at about the same time."""
TIDS = 2000
"""Row addresses in one query of a subset."""
TEXT, BINARY = sql.SQL(""), sql.SQL(" (FORMAT binary)")
PORTABLE = frozenset({
    "bool", "int2", "int4", "int8", "numeric", "float4", "float8", "text", "varchar", "bpchar", "name", "bytea", "uuid", "json",
    "jsonb", "date", "time", "timetz", "timestamp", "timestamptz", "interval", "inet", "cidr", "macaddr", "bit", "varbit",
})  # fmt: skip
"""Types whose binary form is the same in each version of PostgreSQL, and tells nothing of the one database, as arrays do."""

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


def pieces(columns: PlannedColumns) -> list[Piece]:
    """The pieces of all tables: what is masked first, since a piece of it takes longest, and the largest first of each kind."""
    made: list[Piece] = []
    tables = columns.catalogue.holding_rows
    for table in sorted(tables, key=lambda table: (not columns.sensitive(table), -table.bytes, table.full_name)):
        if table.bytes <= PIECE_BYTES:
            made.append(Piece(table))
            continue
        pages = -(-table.bytes // PAGE_BYTES)
        starts = range(0, pages, max(PIECE_BYTES // PAGE_BYTES, -(-pages // MOST_PIECES)))
        made += [Piece(table, start, None if start == starts[-1] else start + starts.step) for start in starts]
    return made


def copy_piece(
    source: Connection, target: Connection, columns: PlannedColumns, piece: Piece, mask: Lines | None, report: Report
) -> None:
    """Copy one piece. A partition's rows go in through its table, since a mask may move a row to another partition."""
    into, form = columns.catalogue.root_of(piece.table), BINARY if mask is None and _is_portable(piece) else TEXT
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in piece.table.stored)
    listed = sql.SQL(" ({})").format(names) if piece.table.stored else sql.SQL("")
    writing = sql.SQL("COPY {}{} FROM STDIN{}").format(sql.Identifier(into.schema, into.name), listed, form)
    unreported = -1 if form is BINARY else 0  # the end of a stream of rows comes as one more
    with target.cursor().copy(writing) as written:
        for query in _queries(piece, names, form):
            for block, rows in blocks(source, query):
                written.write(block if mask is None else mask(block))
                unreported += rows
                if unreported >= REPORT_LINES:
                    report(into.full_name, unreported)
                    unreported = 0
    report(into.full_name, unreported)


def _is_portable(piece: Piece) -> bool:
    """Whether rows can be copied in PostgreSQL's binary form, which costs it less. One query must read them: it is one stream."""
    return piece.rows is None and all(column.kind == "e" or column.type in PORTABLE for column in piece.table.stored)


def _queries(piece: Piece, columns: sql.Composable, form: sql.SQL) -> Iterator[sql.Composed]:
    name = sql.Identifier(piece.table.schema, piece.table.name)
    reading = sql.SQL("COPY (SELECT {} FROM ONLY {}{}) TO STDOUT{}")
    if piece.rows is not None:
        for start in range(0, len(piece.rows), TIDS):
            chosen = sql.Literal("{" + ",".join(f'"{row}"' for row in piece.rows[start : start + TIDS]) + "}")
            yield reading.format(columns, name, sql.SQL(" WHERE ctid = ANY ({}::tid[])").format(chosen), form)
    elif piece.first_page is None:
        yield reading.format(columns, name, sql.SQL(""), form)
    else:
        condition = sql.SQL(" WHERE ctid >= {}::tid").format(sql.Literal(f"({piece.first_page},0)"))
        if piece.last_page is not None:
            condition += sql.SQL(" AND ctid < {}::tid").format(sql.Literal(f"({piece.last_page},0)"))
        yield reading.format(columns, name, condition, form)


class Copier:
    """Copies pieces one after another over its own two sessions."""

    def __init__(self, source: Connection, target: Connection, columns: PlannedColumns, key: MaskingKey) -> None:
        self._source, self._target, self._columns, self._key = source, target, columns, key
        self._masks: dict[str, Lines | None] = {}

    def copy(self, piece: Piece, report: Report) -> None:
        """Copy one piece and commit it."""
        table = piece.table
        if table.full_name not in self._masks:
            self._masks[table.full_name] = line_mask(
                self._columns.masks(table, self._key), [column.name for column in table.stored]
            )
        with telling(f"table {table.full_name}"):
            copy_piece(self._source, self._target, self._columns, piece, self._masks[table.full_name], report)
            self._target.commit()


@dataclass(frozen=True)
class Copying:
    """What each worker needs. It crosses to other processes in memory: neither key nor password stands on a command line."""

    source: Place
    snapshot: str
    target: Place
    columns: PlannedColumns
    key: MaskingKey
    pools: Pools = field(default_factory=made_pools)
    """What was invented for the columns' masks, so that no worker invents it again."""

    def copier(self, stack: ExitStack) -> Copier:
        """A copier with sessions that the stack closes."""
        take_pools(self.pools)
        source = stack.enter_context(closing(join(self.source, self.snapshot)))
        target = stack.enter_context(closing(connect(self.target)))
        target.execute("SET synchronous_commit = off")  # the swap's own commit makes all of it durable
        target.commit()
        return Copier(source, target, self.columns, self.key)
