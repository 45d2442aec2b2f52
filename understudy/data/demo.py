"""The demonstration: a source that is hard to copy, a staging server and a refresh, all on this machine and thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.resources import files

import psycopg
import yaml
from psycopg import sql

from model.load import load_strategy
from model.staging_data import StagingDataStrategy
from understudy.data.connection import Place, connect
from understudy.data.server import Server

DATABASE = "shop"
READER, FILLER = "reader", "filler"


def demo_script() -> str:
    """The SQL that makes the source."""
    return (files("understudy.data") / "demo.sql").read_text(encoding="utf-8")


def demo_strategy() -> StagingDataStrategy:
    """The strategy that classifies each of its columns."""
    return load_strategy(yaml.safe_load((files("understudy.data") / "demo.yaml").read_text(encoding="utf-8")), "demo")


@contextmanager
def demo_servers() -> Iterator[tuple[Server, Server]]:
    """A server with the source and its reader, and an empty one with the role that fills it."""
    with Server() as production, Server() as staging:
        administer(production, f"CREATE ROLE {READER} LOGIN", f"GRANT pg_read_all_data TO {READER}")
        administer(staging, f"CREATE ROLE {FILLER} LOGIN CREATEDB", f"GRANT pg_signal_backend TO {FILLER}")
        create(production, DATABASE, demo_script())
        yield production, staging


def demo_places(production: Server, staging: Server) -> tuple[Place, Place]:
    """The source as its reader, and the target as its filler."""
    return production.place("source", DATABASE, READER), staging.place("target", DATABASE, FILLER)


def administer(server: Server, *statements: str) -> None:
    """Carry out statements as the superuser."""
    with closing(connect(server.place(), autocommit=True)) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def create(server: Server, database: str, script: str) -> None:
    """A new database, filled by a script."""
    with closing(connect(server.place(), autocommit=True)) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    with closing(connect(server.place(database=database), autocommit=True)) as connection:
        psycopg.ClientCursor(connection).execute(script.encode())
