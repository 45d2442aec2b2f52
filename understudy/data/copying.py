"""Copying rows: COPY out of the source's snapshot, line by line through the masks, COPY into the database being built.

Memory holds a batch of lines, whatever a table's size. Several processes share the snapshot; a large table is split by its pages.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from typing import Any

from psycopg import sql

from model.errors import ConfigurationError, Problem
from understudy.data.catalogue import Table
from understudy.data.connection import Connection, Place, connect
from understudy.data.masking.copy_text import Lines, line_mask
from understudy.data.masking.keys import MaskingKey
from understudy.data.plan import DataPlan
from understudy.data.snapshot import join
from understudy.data.told import telling

BATCH_LINES = 512
REPORT_LINES = 20_000
PAGE_BYTES = 8192
PIECE_BYTES = 32 << 20
"""Tables above this size are split into pieces, so that no worker is left with the largest one."""
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
    with target.cursor().copy(writing) as written:
        for query in _queries(piece, columns):
            with source.cursor().copy(query) as read:
                _pass(read, written.write, mask, lambda count: report(into.full_name, count))


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


def _pass(lines: Iterable[Any], write: Callable[[bytes], None], mask: Lines | None, report: Callable[[int], None]) -> None:
    batch: list[bytes] = []
    unreported = 0
    for line in lines:
        batch.append(bytes(line) if mask is None else mask(bytes(line)))
        if len(batch) == BATCH_LINES:
            write(b"".join(batch))
            unreported += BATCH_LINES
            batch.clear()
            if unreported >= REPORT_LINES:
                report(unreported)
                unreported = 0
    write(b"".join(batch))
    report(unreported + len(batch))


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

    def copier(self, stack: ExitStack) -> Copier:
        """A copier with sessions that the stack closes."""
        source = stack.enter_context(closing(join(self.source, self.snapshot)))
        target = stack.enter_context(closing(connect(self.target)))
        target.execute("SET synchronous_commit = off")  # the swap's own commit makes all of it durable
        target.commit()
        return Copier(source, target, self.plan, self.key)


def copy_all(copying: Copying, work: Iterable[Piece], workers: int, report: Report) -> None:
    """Copy all pieces, in this process or in several. Raises ConfigurationError for the first that fails."""
    if workers <= 1:
        with ExitStack() as stack:
            copier = copying.copier(stack)
            for piece in work:
                copier.copy(piece, report)
        return
    context = multiprocessing.get_context("spawn")
    pipes: list[Pipe] = []
    processes = []
    try:
        for _ in range(workers):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(copying, theirs), daemon=True)
            process.start()
            theirs.close()
            pipes.append(ours)
            processes.append(process)
        _hand_out(pipes, iter(work), report)
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join(timeout=5)
            if process.is_alive():
                process.kill()


def _hand_out(pipes: list[Pipe], remaining: Iterator[Piece], report: Report) -> None:
    """Give each worker that is free the next piece; the largest were put first."""
    busy: set[Pipe] = set(pipes)
    while busy:
        for ready in wait(list(busy)):
            pipe = next(pipe for pipe in busy if pipe is ready)
            try:
                message = pipe.recv()
            except EOFError:
                raise ConfigurationError([Problem("refresh", "a worker ended before its work was done")]) from None
            if isinstance(message, tuple):
                report(*message)
            elif isinstance(message, list):
                raise ConfigurationError(message)
            else:
                piece = next(remaining, None)
                pipe.send(piece)
                if piece is None:
                    busy.discard(pipe)


def _work(copying: Copying, pipe: Pipe) -> None:
    """A worker: asks for a piece, copies it, asks again. It ends when there are none left, or when whoever started it is gone."""
    try:
        with ExitStack() as stack:
            copier = copying.copier(stack)
            pipe.send(None)
            while (piece := pipe.recv()) is not None:
                copier.copy(piece, lambda table, rows: pipe.send((table, rows)))
                pipe.send(None)
    except ConfigurationError as error:
        _tell(pipe, list(error.problems))
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        return
    except Exception as error:  # noqa: BLE001 - a traceback on standard error could show a value
        _tell(pipe, [Problem("refresh", f"internal error in a worker: {type(error).__name__}")])


def _tell(pipe: Pipe, problems: list[Problem]) -> None:
    with suppress(OSError):  # whoever started it may be gone, or have heard of another problem
        pipe.send(problems)
