"""A key query: a declared query whose plan must have the same shape in staging as in production."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg

from model.errors import Problem
from understudy.data.connection import Connection
from understudy.data.told import told


def plan_shape(connection: Connection, text: str) -> str:
    """How a query is planned: its nodes, and the relations and indexes that they read. Raises psycopg.Error."""
    # In the binary form the server takes one statement alone, so nothing can follow the query.
    row = connection.execute(b"EXPLAIN (FORMAT JSON, COSTS OFF) " + text.encode(), binary=True).fetchone()

    def walk(node: dict[str, Any]) -> str:
        about = " ".join(str(node[key]) for key in ("Node Type", "Index Name", "Relation Name") if key in node)
        below = ", ".join(walk(child) for child in node.get("Plans", ()))
        return f"{about} ({below})" if below else about

    return walk(row[0][0]["Plan"]) if row else ""


def unplannable(connection: Connection, queries: Mapping[str, str], path: str) -> Iterator[Problem]:
    """The queries that the source cannot plan, so that a refresh need not come to its end to find out."""
    for name, text in sorted(queries.items()):
        try:
            plan_shape(connection, text)
        except psycopg.Error as error:
            message = f"cannot be planned in the source: {told(error)}; a table is named with its schema, such as `public.orders`"
            yield Problem(f"{path}.key_queries.{name}", message)
        finally:
            connection.rollback()
