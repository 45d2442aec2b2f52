"""What makes loaded tables a database: sequences that go on, materialised views, statistics, and the old one's grants."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
from psycopg import sql

from understudy.data.catalogue import USER_SCHEMA, Catalogue
from understudy.data.connection import Connection, Place, connect
from understudy.data.told import telling, told

VIEWS = """
WITH RECURSIVE deep(oid, depth) AS (
    SELECT c.oid, 0 FROM pg_catalog.pg_class c WHERE c.relkind = 'm'
    UNION ALL
    SELECT r.ev_class, deep.depth + 1 FROM deep
    JOIN pg_catalog.pg_depend d ON d.refobjid = deep.oid AND d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.deptype = 'n'
    JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.ev_class <> deep.oid
)
SELECT n.nspname, c.relname FROM deep JOIN pg_catalog.pg_class c ON c.oid = deep.oid AND c.relkind = 'm'
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relispopulated OR NOT c.relispopulated GROUP BY n.nspname, c.relname ORDER BY max(deep.depth), 1, 2
"""
POPULATED = """SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'm' AND c.relispopulated"""

ANALYSED = f"""
SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND {USER_SCHEMA} ORDER BY pg_catalog.pg_relation_size(c.oid) DESC
"""
"""Of a partitioned table all partitions are gathered with it."""


def advance_sequences(source: Connection, target: Connection, catalogue: Catalogue) -> None:
    """Set each sequence where the source's is, so that new rows get numbers that no copied row has."""
    for schema, name in catalogue.sequences:
        sequence = sql.Identifier(schema, name)
        row = source.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(sequence)).fetchone()
        if row:
            regclass = sequence.as_string(target)
            target.execute("SELECT pg_catalog.setval(%s::regclass, %s, %s)", [regclass, *row])
    target.commit()


def lift_sequences(target: Connection, catalogue: Catalogue) -> None:
    """Set the sequence of each column at least as far as the column's own numbers, which were made up."""
    for table in catalogue.tables:
        name = sql.Identifier(table.schema, table.name)
        for column in table.stored:
            query = "SELECT pg_catalog.pg_get_serial_sequence(%s, %s)"
            row = target.execute(query, [name.as_string(target), column.name]).fetchone()
            if row is None or row[0] is None:
                continue
            lifted = sql.SQL(
                "SELECT pg_catalog.setval({0}::regclass, m.most) FROM (SELECT max({1}) AS most FROM {2}) m, {3} s "
                "WHERE m.most >= s.last_value"
            ).format(sql.Literal(row[0]), sql.Identifier(column.name), name, sql.SQL(row[0]))
            target.execute(lifted)
    target.commit()


def refresh_views(source: Connection, place: Place) -> None:
    """Fill the materialised views that the source has filled, each after those that it is made of."""
    filled = set(source.execute(POPULATED).fetchall())
    with telling("materialised views"), closing(connect(place, autocommit=True)) as target:
        for schema, name in target.execute(VIEWS).fetchall():
            if (schema, name) in filled:
                target.execute(sql.SQL("REFRESH MATERIALIZED VIEW {}").format(sql.Identifier(schema, name)))


def analyse(place: Place, sessions: int) -> None:
    """Gather the planner's statistics, over so many sessions."""
    with telling("statistics"), closing(connect(place, autocommit=True)) as target:
        names = [sql.Identifier(*row) for row in target.execute(ANALYSED).fetchall()]
    remaining = iter(names)  # the largest first; a list's iterator may be shared by threads

    def work() -> None:
        with telling("statistics"), closing(connect(place, autocommit=True)) as target:
            for name in remaining:
                target.execute(sql.SQL("ANALYZE {}").format(name))

    with ThreadPoolExecutor(sessions) as threads:
        for done in [threads.submit(work) for _ in range(sessions)]:
            done.result()


def grant(place: Place, statements: list[str]) -> list[str]:
    """Give the new objects the old ones' grants. What could not be granted, as where the object is gone, in words."""
    missed: list[str] = []
    with telling("grants"), closing(connect(place, autocommit=True)) as target:
        for statement in statements:
            try:
                psycopg.ClientCursor(target).execute(statement.encode())
            except psycopg.Error as error:
                missed.append(f"a grant was not carried over: {told(error)}")
    return missed
