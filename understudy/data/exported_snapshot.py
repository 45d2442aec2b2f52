"""A moment that several sessions see: one exports it, the others join."""

from __future__ import annotations

from psycopg import sql

from understudy.data.connection import Connection, Place, connect
from understudy.data.told import telling


def export(connection: Connection) -> str:
    """The identifier of the moment that a session sees, for others to join while its transaction lasts."""
    exported = connection.execute("SELECT pg_catalog.pg_export_snapshot()").fetchone()
    return str(exported[0]) if exported else ""


def join(place: Place, identifier: str) -> Connection:
    """A read-only session at an exported snapshot."""
    connection = connect(place, read_only=True)
    with telling(f"--{place.role}"):
        connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(identifier)))
    return connection
