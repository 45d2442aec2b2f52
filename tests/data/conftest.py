"""Two real servers, started once for each test process: one plays production, the other staging."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from understudy.data.connection import Connection, Place, connect
from understudy.data.server import Server

NASTY = (Path(__file__).parent / "nasty.sql").read_text(encoding="utf-8")
_numbers = count(1)


def make_database(server: Server, script: str, name: str | None = None) -> str:
    """A new database, filled by a script."""
    name = name or f"d{next(_numbers)}"
    with contextlib.closing(connect(server.place(), autocommit=True)) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    run(server, name, script)
    return name


def run(server: Server, database: str, script: str) -> None:
    """Run a script as the superuser."""
    with contextlib.closing(connect(server.place(database=database), autocommit=True)) as connection:
        psycopg.ClientCursor(connection).execute(script)


@pytest.fixture(scope="session")
def production_server() -> Iterator[Server]:
    """The server that plays production; `reader` may read everything and change nothing."""
    with Server() as server:
        with contextlib.closing(connect(server.place(), autocommit=True)) as connection:
            connection.execute("CREATE ROLE reader LOGIN")
            connection.execute("GRANT pg_read_all_data TO reader")
            connection.execute("CREATE ROLE writer LOGIN")
            connection.execute("GRANT pg_read_all_data TO writer")
        make_database(server, NASTY, "nasty")
        yield server


@pytest.fixture(scope="session")
def staging_server() -> Iterator[Server]:
    """The server that plays staging; `filler` may make databases there."""
    with Server() as server:
        with contextlib.closing(connect(server.place(), autocommit=True)) as connection:
            connection.execute("CREATE ROLE filler LOGIN CREATEDB")
            connection.execute("CREATE ROLE app LOGIN")
        yield server


@pytest.fixture
def source(production_server: Server) -> Place:
    """The nasty database, as production's reader."""
    return production_server.place("source", "nasty", "reader")


@pytest.fixture
def read(source: Place) -> Iterator[Connection]:
    """A read-only session on the nasty database."""
    with contextlib.closing(connect(source, read_only=True)) as connection:
        yield connection
