"""From made-up fields to rows: in scratch tables of text, where references are joined in, and then into the tables themselves.

PostgreSQL itself judges every row: types by casts, domains by a trial, checks and partitions by their own expressions, uniqueness
by the source's own unique indexes, made for the time of the loading. A row that does not hold is left out, and another is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count

from psycopg import sql

from understudy.data.catalogue import OURS, Catalogue, Column, Table
from understudy.data.connection import Connection
from understudy.data.subset_roles import Edge

ROW = "understudy row"
INDEX_NAME = re.compile(r'^CREATE UNIQUE INDEX (?:"(?:[^"]|"")*"|\S+) ON (?:ONLY )?')
UNIQUE = """
SELECT n.nspname, pg_catalog.pg_get_indexdef(x.indexrelid), NULL FROM pg_catalog.pg_index x
JOIN pg_catalog.pg_class c ON c.oid = x.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE x.indisunique AND x.indisvalid AND c.relkind IN ('r', 'p') AND (n.nspname || '.' || c.relname) = ANY (%(tables)s)
AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhrelid = x.indexrelid)
UNION ALL
SELECT n.nspname, c.oid::regclass::text, pg_catalog.pg_get_constraintdef(k.oid) FROM pg_catalog.pg_constraint k
JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'x' AND (n.nspname || '.' || c.relname) = ANY (%(tables)s) ORDER BY 1, 2
"""
GENERATED = """
SELECT a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = %s::regclass AND a.attgenerated <> '' ORDER BY a.attnum
"""
PARTITIONS = """
SELECT pg_catalog.pg_get_partition_constraintdef(t.relid) FROM pg_catalog.pg_partition_tree(%s::regclass) t WHERE t.isleaf
"""


class Assembly:
    """The scratch tables of one database being built, and what moves from them into its tables."""

    def __init__(self, source: Connection, target: Connection, catalogue: Catalogue) -> None:
        self._target, self._catalogue = target, catalogue
        self._numbers = count()
        self._scratch: dict[str, sql.Identifier] = {}
        self._fits: dict[str, sql.Identifier] = {}
        self._undo: list[sql.Composed] = []
        self._begin(source)

    def _begin(self, source: Connection) -> None:
        """Make the source's unique indexes, for the time of the loading, and the trials of domains."""
        names = [table.full_name for table in self._catalogue.tables if table.kind != "f"]
        for schema, text, exclusion in source.execute(UNIQUE, {"tables": names}).fetchall():
            name = sql.Identifier(f"understudy unique {next(self._numbers)}")
            if exclusion is None:
                made = sql.SQL("CREATE UNIQUE INDEX {} ON ").format(name) + sql.SQL(INDEX_NAME.sub("", text))
                self._undo.append(sql.SQL("DROP INDEX {}.{}").format(sql.Identifier(schema), name))
            else:
                kept = sql.SQL(exclusion.split(" DEFERRABLE")[0])
                made = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(sql.SQL(text), name, kept)
                self._undo.append(sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.SQL(text), name))
            self._run(made)
        domains = {column.declared for table in self._catalogue.tables for column in table.stored if column.domain}
        for declared in sorted(domains):
            self._fits[declared] = sql.Identifier(OURS, f"fits_{len(self._fits)}")
            body = f"BEGIN PERFORM v::{declared}; RETURN true; EXCEPTION WHEN others THEN RETURN false; END"
            self._run(
                sql.SQL("CREATE FUNCTION {}(v text) RETURNS boolean LANGUAGE plpgsql AS {}").format(
                    self._fits[declared], sql.Literal(body)
                )
            )
            self._undo.append(sql.SQL("DROP FUNCTION {}").format(self._fits[declared]))

    def end(self) -> None:
        """Remove what was made for the loading alone."""
        for undo in self._undo:
            self._run(undo)
        self._target.commit()

    def fill(self, table: Table, edges: Sequence[Edge], lines: Iterator[bytes]) -> None:
        """Put fields into the table's scratch: the row's number, the number of the parent for each edge, and the columns."""
        scratch = self._scratch[table.full_name] = sql.Identifier(OURS, f"made_{next(self._numbers)}")
        columns = [sql.SQL("{} bigint").format(sql.Identifier(name)) for name in (ROW, *_parents(edges))]
        columns += [sql.SQL("{} text").format(sql.Identifier(column.name)) for column in table.stored]
        self._run(sql.SQL("CREATE UNLOGGED TABLE {} ({})").format(scratch, sql.SQL(", ").join(columns)))
        with self._target.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(scratch)) as written:
            for line in lines:
                written.write(line)
        self._run(sql.SQL("ANALYZE {}").format(scratch))

    def refer(self, table: Table, edge: Edge, place: int, taken: set[str], *, unmade: int) -> None:
        """Give the columns of a reference the values of the parent with its number; `taken` columns have theirs already.

        `unmade` says how many rows of the parent are in a scratch still, since it is made together with the table.
        """
        pairs = list(zip(edge.key.columns, edge.key.referenced_columns, strict=True))
        fixed = [pair for pair in pairs if pair[0] in taken]
        open_ = [pair for pair in pairs if pair[0] not in taken]
        if not open_:
            return
        parent: sql.Composable = sql.Identifier(edge.referenced.schema, edge.referenced.name)
        if unmade:
            first = sql.SQL("(SELECT * FROM {} ORDER BY {} LIMIT {}) u")
            parent = first.format(self._scratch[edge.parent.full_name], sql.Identifier(ROW), sql.Literal(unmade))
        listed = sql.SQL(", ").join(sql.SQL("{0}::text AS {0}").format(sql.Identifier(theirs)) for _, theirs in pairs)
        given = sql.SQL(" AND ").join(sql.SQL("{} IS NOT NULL").format(sql.Identifier(theirs)) for _, theirs in pairs)
        fixed_columns = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(theirs)) for _, theirs in fixed)
        within = sql.SQL("PARTITION BY {}").format(fixed_columns) if fixed else sql.SQL("")
        order = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(theirs)) for _, theirs in pairs)
        keys = sql.Identifier(OURS, f"keys_{next(self._numbers)}")
        self._run(
            sql.SQL(
                "CREATE UNLOGGED TABLE {keys} AS SELECT {listed}, row_number() OVER ({within} ORDER BY {order}) - 1 "
                'AS "understudy n", count(*) OVER ({within}) AS "understudy size" FROM {parent} WHERE {given}'
            ).format(keys=keys, listed=listed, within=within, order=order, parent=parent, given=given)
        )
        self._run(sql.SQL("ANALYZE {}").format(keys))
        matched: list[sql.Composable] = [
            sql.SQL("k.{} = s.{}").format(sql.Identifier(theirs), sql.Identifier(ours)) for ours, theirs in fixed
        ]
        size: sql.Composable = sql.SQL('k."understudy size"') if fixed else sql.Literal(max(1, self._count(keys)))
        matched.append(sql.SQL('k."understudy n" = s.{} % {}').format(sql.Identifier(_parents([edge], place)[0]), size))
        setting = sql.SQL(", ").join(
            sql.SQL("{} = k.{}").format(sql.Identifier(ours), sql.Identifier(theirs)) for ours, theirs in open_
        )
        self._run(
            sql.SQL("UPDATE {} s SET {} FROM {} k WHERE {}").format(
                self._scratch[table.full_name], setting, keys, sql.SQL(" AND ").join(matched)
            )
        )
        self._run(sql.SQL("DROP TABLE {}").format(keys))

    def number_details(self, table: Table, columns: tuple[str, ...], detail: str) -> None:
        """Number the rows of each parent from 1, after those that it has, as the lines of an order are numbered."""
        listed = sql.SQL(", ").join(map(sql.Identifier, columns))
        same = sql.SQL(" AND ").join(sql.SQL("r.{0}::text = s.{0}").format(sql.Identifier(column)) for column in columns)
        self._run(
            sql.SQL(
                "UPDATE {s} s SET {d} = n.place + coalesce((SELECT max(r.{d}) FROM {t} r WHERE {same}), 0) FROM (SELECT {row}, "
                "row_number() OVER (PARTITION BY {listed} ORDER BY {row}) AS place FROM {s}) n WHERE n.{row} = s.{row}"
            ).format(
                s=self._scratch[table.full_name],
                d=sql.Identifier(detail),
                t=sql.Identifier(table.schema, table.name),
                same=same,
                listed=listed,
                row=sql.Identifier(ROW),
            )
        )

    def insert(self, table: Table, edges: Sequence[Edge], most: int) -> int:
        """Move the rows that hold into the table, `most` at most; how many they were.

        `edges` lead to tables that are complete.
        """
        name, scratch = sql.Identifier(table.schema, table.name), self._scratch.pop(table.full_name)
        typed = sql.SQL(", ").join([sql.Identifier(ROW), *(self._typed(column) for column in table.stored)])
        trials: list[sql.Composable] = [self._trial(column) for column in table.stored if column.domain]
        trials += [sql.SQL("{} IS NOT NULL").format(sql.Identifier(column.name)) for column in table.stored if column.not_null]
        conditions: list[sql.Composable] = [
            sql.SQL("({}) IS NOT FALSE").format(sql.SQL(check.expression)) for check in table.checks
        ]
        conditions += [self._present(edge) for edge in edges]
        if table.kind == "p":
            leaves = [row[0] for row in self._target.execute(PARTITIONS, [name.as_string(self._target)]).fetchall()]
            if leaves and all(leaves):
                conditions.append(sql.SQL("({})").format(sql.SQL(" OR ").join(sql.SQL(f"({leaf})") for leaf in leaves)))
        generated = [
            sql.SQL(", ({}) AS {}").format(sql.SQL(expression), sql.Identifier(column))
            for column, expression in self._target.execute(GENERATED, [name.as_string(self._target)]).fetchall()
        ]
        every = sql.SQL("true")
        columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.stored)
        moved = self._run(
            sql.SQL(
                "INSERT INTO {name} {listed} OVERRIDING SYSTEM VALUE SELECT {columns} FROM (SELECT t.*{generated} FROM "
                "(SELECT {typed} FROM {scratch} WHERE {trials} OFFSET 0) t) {alias} WHERE {conditions} "
                "ORDER BY {row} LIMIT {most} ON CONFLICT DO NOTHING"
            ).format(
                name=name,
                listed=sql.SQL("({})").format(columns) if table.stored else sql.SQL(""),
                columns=columns,
                generated=sql.SQL("").join(generated),
                typed=typed,
                scratch=scratch,
                alias=sql.Identifier(table.name),
                trials=sql.SQL(" AND ").join(trials or [every]),
                conditions=sql.SQL(" AND ").join(conditions or [every]),
                row=sql.Identifier(ROW),
                most=sql.Literal(most),
            )
        )
        self._run(sql.SQL("DROP TABLE {}").format(scratch))
        return moved

    def mend(self, edges: Sequence[Edge]) -> int:
        """Cut or remove the rows of a circle whose parent was left out; how many."""
        mended = 0
        for edge in edges:
            cuttable = [column for column in edge.key.columns if not edge.child.column(column).not_null]
            name = sql.Identifier(edge.owner.schema, edge.owner.name)
            orphan = sql.SQL("{} AND NOT {}").format(
                sql.SQL(" AND ").join(sql.SQL("c.{} IS NOT NULL").format(sql.Identifier(column)) for column in edge.key.columns),
                self._exists(edge, sql.SQL("c.")),
            )
            if cuttable:
                statement = sql.SQL("UPDATE {} c SET {} = NULL WHERE {}").format(name, sql.Identifier(cuttable[0]), orphan)
            else:
                statement = sql.SQL("DELETE FROM {} c WHERE {}").format(name, orphan)
            mended += self._run(statement)
        return mended

    def rows(self, table: Table) -> int:
        """How many rows a table has."""
        return self._count(sql.Identifier(table.schema, table.name))

    def _typed(self, column: Column) -> sql.Composable:
        name, cast = sql.Identifier(column.name), sql.SQL(column.declared)
        if column.domain:
            return sql.SQL("CASE WHEN {} THEN {}::{} END AS {}").format(self._trial(column), name, cast, name)
        return sql.SQL("{0}::{1} AS {0}").format(name, cast)

    def _trial(self, column: Column) -> sql.Composed:
        return sql.SQL("{}({})").format(self._fits[column.declared], sql.Identifier(column.name))

    def _present(self, edge: Edge) -> sql.Composed:
        unset = sql.SQL(" OR ").join(
            sql.SQL("{} IS NULL").format(sql.Identifier(edge.child.name, column)) for column in edge.key.columns
        )
        return sql.SQL("({} OR {})").format(unset, self._exists(edge, sql.SQL("{}.").format(sql.Identifier(edge.child.name))))

    def _exists(self, edge: Edge, prefix: sql.Composable) -> sql.Composed:
        pairs = sql.SQL(" AND ").join(
            sql.SQL("p.{} = {}{}").format(sql.Identifier(theirs), prefix, sql.Identifier(ours))
            for ours, theirs in zip(edge.key.columns, edge.key.referenced_columns, strict=True)
        )
        parent = sql.Identifier(edge.referenced.schema, edge.referenced.name)
        return sql.SQL("EXISTS (SELECT FROM {} p WHERE {})").format(parent, pairs)

    def _count(self, name: sql.Identifier) -> int:
        row = self._target.execute(sql.SQL("SELECT count(*) FROM {}").format(name)).fetchone()
        return int(row[0]) if row else 0

    def _run(self, statement: sql.Composed) -> int:
        return self._target.execute(statement).rowcount


def _parents(edges: Sequence[Edge], first: int = 0) -> list[str]:
    return [f"understudy parent {place}" for place in range(first, first + len(edges))]
