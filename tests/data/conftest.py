"""Two real servers, started once for each test process: one plays production, the other staging."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from itertools import count

import psycopg
import pytest

from understudy.data.connection import Connection, Place, connect
from understudy.data.demo import create, demo_script
from understudy.data.roles import administer, make_filler, make_reader
from understudy.data.server import Server

_numbers = count(1)


def make_database(server: Server, script: str) -> str:
    """A new database, filled by a script."""
    name = f"d{next(_numbers)}"
    create(server, name, script)
    return name


def run(server: Server, database: str, script: str) -> None:
    """Run a script as the superuser."""
    with closing(connect(server.place(database=database), autocommit=True)) as connection:
        psycopg.ClientCursor(connection).execute(script.encode())


@pytest.fixture(scope="session")
def production_server() -> Iterator[Server]:
    """The server that plays production; `reader` may read everything and change nothing."""
    with Server() as server:
        make_reader(server)
        administer(server, "CREATE ROLE writer LOGIN", "GRANT pg_read_all_data TO writer")
        create(server, "nasty", demo_script())
        yield server


@pytest.fixture(scope="session")
def staging_server() -> Iterator[Server]:
    """The server that plays staging; `filler` may make databases there."""
    with Server() as server:
        make_filler(server)
        administer(server, "CREATE ROLE app LOGIN")
        yield server


@pytest.fixture
def source(production_server: Server) -> Place:
    """The nasty database, as production's reader."""
    return production_server.place("source", "nasty", "reader")


@pytest.fixture
def read(source: Place) -> Iterator[Connection]:
    """A read-only session on the nasty database."""
    with closing(connect(source, read_only=True)) as connection:
        yield connection
