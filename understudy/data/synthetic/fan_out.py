"""How many rows reference one row: drawn from the source's own distribution, so that few have many where few had many."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator
from itertools import accumulate

from psycopg import sql

from understudy.data.connection import Connection
from understudy.data.subset_roles import Edge

MOST = 1000


def fan_outs(source: Connection, edge: Edge) -> tuple[list[tuple[int, int]], float]:
    """Pairs of a number of referencing rows and how many rows are referenced so often; the share of rows that reference none."""
    child = sql.Identifier(edge.owner.schema, edge.owner.name)
    listed = sql.SQL(", ").join(map(sql.Identifier, edge.key.columns))
    given = sql.SQL(" AND ").join(sql.SQL("{} IS NOT NULL").format(sql.Identifier(column)) for column in edge.key.columns)
    query = sql.SQL(
        "SELECT n, count(*) FROM (SELECT count(*) AS n FROM {} WHERE {} GROUP BY {}) g GROUP BY n ORDER BY 2 DESC, 1 LIMIT {}"
    ).format(child, given, listed, sql.Literal(MOST))
    found = [(int(size), int(count)) for size, count in source.execute(query).fetchall()]
    parent = sql.Identifier(edge.referenced.schema, edge.referenced.name)
    row = source.execute(
        sql.SQL("SELECT (SELECT count(*) FROM {}), (SELECT count(*) FROM {}), (SELECT count(*) FROM {} WHERE NOT ({}))").format(
            parent, child, child, given
        )
    ).fetchone()
    parents, rows, null = row or (0, 0, 0)
    none = parents - sum(count for _, count in found)
    return ([*found, (0, none)] if none > 0 else found), (null / rows if rows else 0.0)


def parents_of(
    distribution: list[tuple[int, int]], parents: int, rows: int, drawn: random.Random, *, once: bool, first: bool
) -> Iterator[int]:
    """For each of so many rows the number of the row that it references, from 0.

    `once` says that none may be referenced twice. `first` says that the order may be that of the parents, each with all its rows;
    otherwise it is shuffled, at eight bytes for each row.
    """
    if once:
        order = array("L", range(parents))
        drawn.shuffle(order)
        yield from order[:rows]
        return
    ordered = _expanded(distribution or [(1, 1)], parents, rows, drawn)
    if first:
        yield from ordered
        return
    chosen = array("L", ordered)
    drawn.shuffle(chosen)
    yield from chosen


def _expanded(distribution: list[tuple[int, int]], parents: int, rows: int, drawn: random.Random) -> Iterator[int]:
    sizes = [size for size, _ in distribution]
    sums = list(accumulate(count for _, count in distribution))
    made, parent = 0, drawn.randrange(parents)
    if not any(sizes):
        sizes = [1] * len(sizes)
    while made < rows:
        size = drawn.choices(sizes, cum_weights=sums)[0]
        for _ in range(min(size, rows - made)):
            yield parent
        made += min(size, rows - made)
        parent = (parent + 1) % parents
