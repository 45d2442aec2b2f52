"""Rows on their way: whole lines in blocks out of the source, and processes that copy them."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from psycopg import errors, sql

from model.errors import ConfigurationError
from tests.data.conftest import make_database
from tests.data.strategies import nasty
from understudy.data.blocks import BLOCK_BYTES, blocks
from understudy.data.catalogue import Catalogue
from understudy.data.connection import Connection, Place
from understudy.data.copying import MOST_PIECES, PIECE_BYTES, Copying, pieces
from understudy.data.crew import Crew
from understudy.data.masking.columns import PlannedColumns
from understudy.data.masking.keys import MaskingKey
from understudy.data.refresh import plan_of
from understudy.data.server import Server
from understudy.data.snapshot import Snapshot


def copied(connection: Connection, query: str) -> list[tuple[bytes, int]]:
    return list(blocks(connection, sql.SQL("COPY ({}) TO STDOUT").format(sql.SQL(query))))


def test_a_copy_comes_in_blocks_of_whole_lines_that_are_counted(read: Connection) -> None:
    made = copied(read, "SELECT n, repeat('x', n % 100) FROM generate_series(1, 20000) n")

    assert b"".join(block for block, _ in made) == b"".join(b"%d\t%b\n" % (n, b"x" * (n % 100)) for n in range(1, 20001))
    assert all(block.endswith(b"\n") and block.count(b"\n") == lines for block, lines in made)
    assert max(len(block) for block, _ in made) < 2 * BLOCK_BYTES
    assert len(made) > 5


def test_a_line_that_is_larger_than_a_block_comes_whole(read: Connection) -> None:
    made = copied(read, f"SELECT repeat('x', {3 * BLOCK_BYTES}) FROM generate_series(1, 2)")

    assert b"".join(block for block, _ in made) == (b"x" * 3 * BLOCK_BYTES + b"\n") * 2


def test_nothing_comes_of_no_rows(read: Connection) -> None:
    assert copied(read, "SELECT 1 WHERE false") == []


@pytest.mark.parametrize("query", ["SELECT 1 / 0", "SELECT 1 / (500 - n) FROM generate_series(1, 1000) n"])
def test_a_copy_that_fails_at_once_or_underway_raises_the_databases_error(read: Connection, query: str) -> None:
    with pytest.raises(errors.DivisionByZero):
        copied(read, query)
    read.rollback()

    assert copied(read, "SELECT 1") == [(b"1\n", 1)]


@pytest.mark.parametrize(
    ("size", "made"),
    [
        (0, 1),
        (PIECE_BYTES, 1),
        (PIECE_BYTES + 1, 2),
        (10 * PIECE_BYTES, 10),
        (2 * MOST_PIECES * PIECE_BYTES, MOST_PIECES),
        (2 * MOST_PIECES * PIECE_BYTES + 1, MOST_PIECES),
    ],
)
def test_the_pieces_of_a_table_hold_each_of_its_pages_once_and_are_not_too_many(source: Place, size: int, made: int) -> None:
    plan = plan_of(source, nasty(), "data.orders")
    table = replace(plan.catalogue.holding_rows[0], bytes=size)

    cut = pieces(replace(plan, catalogue=Catalogue((table,), (), large_objects=False)))

    assert len(cut) == made
    assert (cut[0].first_page or 0, cut[-1].last_page) == (0, None)
    assert [piece.last_page for piece in cut[:-1]] == [piece.first_page for piece in cut[1:]]


def test_what_is_masked_is_copied_first(source: Place) -> None:
    plan = plan_of(source, nasty(), "data.orders")

    masked = [bool(plan.sensitive(piece.table)) for piece in pieces(plan)]

    assert masked == sorted(masked, reverse=True)
    assert set(masked) == {True, False}


@pytest.fixture
def snapshot(source: Place) -> Iterator[Snapshot]:
    with closing(Snapshot(source)) as opened:
        yield opened


def copy_nasty(crew: Crew, snapshot: Snapshot, into: Place) -> None:
    plan = plan_of(snapshot.place, nasty(), "data.orders")
    snapshot.begin(plan)
    copying = Copying(snapshot.place, snapshot.identifier, into, plan, MaskingKey.fresh())
    crew.copy(copying, pieces(plan), lambda _table, _rows: None)


def test_what_fails_in_a_worker_is_told_by_whoever_began_it(snapshot: Snapshot, staging_server: Server) -> None:
    empty = staging_server.place("target", make_database(staging_server, "SELECT 1"))

    with Crew(2) as crew, pytest.raises(ConfigurationError, match=r"table \S+: invalid schema name"):
        copy_nasty(crew, snapshot, empty)


def test_a_worker_that_is_killed_is_told(snapshot: Snapshot, staging_server: Server) -> None:
    with Crew(2) as crew:
        assert crew._process
        os.killpg(crew._process.pid, signal.SIGKILL)

        with pytest.raises(ConfigurationError, match="a worker ended before its work was done"):
            copy_nasty(crew, snapshot, staging_server.place())


def test_workers_end_when_nobody_needs_them() -> None:
    with Crew(3) as crew:
        assert crew._process
        group = crew._process.pid

    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)


def test_a_worker_starts_without_the_libraries_that_only_planning_needs(snapshot: Snapshot, staging_server: Server) -> None:
    plan = plan_of(snapshot.place, nasty(), "data.orders")
    columns = PlannedColumns(plan.catalogue, plan.columns)
    sent = pickle.dumps(Copying(snapshot.place, "", staging_server.place(), columns, MaskingKey.fresh()))
    program = (
        "import pickle, sys; import understudy.data.worker; pickle.load(sys.stdin.buffer); "
        "print(*sorted({'pydantic', 'mimesis', 'numpy', 'click'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", program], input=sent, capture_output=True, check=True)

    assert done.stdout.split() == []
