"""The roles of a server: one that reads a source, one that fills a target. Neither can do what the other is for."""

from __future__ import annotations

from contextlib import closing

from understudy.data.connection import connect
from understudy.data.server import Server

READER, FILLER = "reader", "filler"


def administer(server: Server, *statements: str) -> None:
    """Carry out statements as the superuser."""
    with closing(connect(server.place(), autocommit=True)) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def make_reader(server: Server) -> None:
    """Make the role that may read everything and change nothing."""
    administer(server, f"CREATE ROLE {READER} LOGIN", f"GRANT pg_read_all_data TO {READER}")


def make_filler(server: Server) -> None:
    """Make the role that may make databases, and end the sessions of the one that it replaces."""
    administer(server, f"CREATE ROLE {FILLER} LOGIN CREATEDB", f"GRANT pg_signal_backend TO {FILLER}")
