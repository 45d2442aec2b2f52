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
from understudy.data.roles import FILLER, READER, make_filler, make_reader
from understudy.data.server import Server

DATABASE = "shop"


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
        make_reader(production)
        make_filler(staging)
        create(production, DATABASE, demo_script())
        yield production, staging


def demo_places(production: Server, staging: Server) -> tuple[Place, Place]:
    """The source as its reader, and the target as its filler."""
    return production.place("source", DATABASE, READER), staging.place("target", DATABASE, FILLER)


def create(server: Server, database: str, script: str) -> None:
    """A new database, filled by a script."""
    with closing(connect(server.place(), autocommit=True)) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    with closing(connect(server.place(database=database), autocommit=True)) as connection:
        psycopg.ClientCursor(connection).execute(script.encode())
