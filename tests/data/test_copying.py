"""Rows on their way: whole lines in blocks out of the source, and processes that copy them."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import pytest
from psycopg import errors, sql

from model.errors import ConfigurationError
from tests.data.conftest import make_database
from tests.data.strategies import nasty
from understudy.data.blocks import BLOCK_BYTES, blocks
from understudy.data.connection import Connection, Place
from understudy.data.copying import Copying, pieces
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


@pytest.fixture
def snapshot(source: Place) -> Iterator[Snapshot]:
    with closing(Snapshot(source)) as opened:
        yield opened


def copy_nasty(crew: Crew, snapshot: Snapshot, into: Place) -> None:
    plan = plan_of(snapshot.place, nasty(), "data.orders")
    snapshot.begin(plan)
    copying = Copying(snapshot.place, snapshot.identifier, into, plan, MaskingKey.fresh())
    crew.copy(copying, pieces(plan.catalogue.holding_rows), lambda _table, _rows: None)


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
