"""The rows of a subset: chosen, followed, and closed under every foreign key, whatever cycles there are.

Production stays read-only: the keys of its rows, masked as the rows themselves will be, are copied into scratch tables of the
database being built, and the choice is made there. A row is known by its address (ctid), which the snapshot holds still. The
closure is a fixed point over the keys: each round takes what the rows of the round before reference, until nothing is missing. So
it is the smallest closed set with the chosen rows in it, and no reference has to be cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from psycopg import sql

from model.staging_data import StagingDataStrategy
from understudy.data.blocks import blocks
from understudy.data.catalogue import OURS, Table
from understudy.data.connection import Connection
from understudy.data.copying import Piece
from understudy.data.masking.copy_text import line_mask
from understudy.data.masking.keys import MaskingKey
from understudy.data.plan import DataPlan, full_table
from understudy.data.subset_roles import Edge, Role, edges, levels, roles

LEAF, ROW, ROUND = "understudy leaf", "understudy row", "understudy round"
PIECE_ROWS = 10_000
PICKED = 1
"""The round of rows that were chosen or followed; what they reference comes in later rounds."""


class Subset:
    """The choice of rows, in scratch tables of the database being built."""

    def __init__(self, source: Connection, target: Connection, plan: DataPlan, key: MaskingKey) -> None:
        self._source, self._target, self._plan, self._key = source, target, plan, key
        self._strategy: StagingDataStrategy = plan.strategy
        self._edges = edges(plan.catalogue)
        self._tables = [table for table in plan.catalogue.tables if table.parent is None]
        self._scratch = {table.full_name: sql.Identifier(OURS, f"rows_{place}") for place, table in enumerate(self._tables)}
        self._leaves = {table.full_name: plan.catalogue.leaves_of(table) for table in self._tables}

    def choose(self) -> None:
        """Choose the rows."""
        columns = self._columns()
        for table in self._tables:
            self._copy_keys(table, columns[table.full_name])
        self._index()
        by_role = roles(self._plan)
        for table in self._tables:
            if by_role[table.full_name] is Role.WHOLE:
                self._run(
                    sql.SQL("UPDATE {} SET {} = {}").format(
                        self._scratch[table.full_name], sql.Identifier(ROUND), sql.Literal(PICKED)
                    )
                )
            elif by_role[table.full_name] in (Role.ROOT, Role.SAMPLED):
                self._sample(table)
        self._follow()
        self._close()
        self._target.commit()

    def pieces(self) -> Iterator[Piece]:
        """The chosen rows, in pieces, the largest tables first."""
        for table in sorted(self._tables, key=lambda table: (-table.bytes, table.full_name)):
            for place, leaf in enumerate(self._leaves[table.full_name]):
                query = sql.SQL(
                    "SELECT {row}::text FROM {scratch} WHERE {round} IS NOT NULL AND {leaf} = {place} ORDER BY {row}"
                ).format(
                    row=sql.Identifier(ROW),
                    scratch=self._scratch[table.full_name],
                    round=sql.Identifier(ROUND),
                    leaf=sql.Identifier(LEAF),
                    place=sql.Literal(place),
                )
                with self._target.cursor(name="understudy_rows") as cursor:
                    cursor.execute(query)
                    while rows := cursor.fetchmany(PIECE_ROWS):
                        yield Piece(leaf, rows=tuple(row for (row,) in rows))

    def drop(self) -> None:
        """Remove the scratch tables."""
        for scratch in self._scratch.values():
            self._run(sql.SQL("DROP TABLE {}").format(scratch))
        self._target.commit()

    def _columns(self) -> dict[str, list[str]]:
        """The columns that a choice needs: keys at both ends of references, primary keys and strata."""
        wanted = defaultdict[str, set[str]](set)
        for edge in self._edges:
            wanted[edge.child.full_name].update(edge.key.columns)
            wanted[edge.parent.full_name].update(edge.key.referenced_columns)
        for table in self._tables:
            wanted[table.full_name].update(table.primary_key)
        for name, root in self._strategy.roots.items():
            wanted[full_table(name)].update(root.stratify_by)
        return {
            table.full_name: [column.name for column in table.stored if column.name in wanted[table.full_name]]
            for table in self._tables
        }

    def _copy_keys(self, table: Table, columns: Sequence[str]) -> None:
        scratch, listed = self._scratch[table.full_name], [sql.Identifier(column) for column in columns]
        kept = sql.SQL("").join(sql.SQL(", {}").format(column) for column in listed)
        self._run(
            sql.SQL("CREATE UNLOGGED TABLE {} AS SELECT 0 AS {}, NULL::tid AS {}, NULL::int AS {}{} FROM {} LIMIT 0").format(
                scratch, *map(sql.Identifier, (LEAF, ROW, ROUND)), kept, sql.Identifier(table.schema, table.name)
            )
        )
        planned = {place + 2: self._plan.column(table, column).mask(self._key) for place, column in enumerate(columns)}
        mask = line_mask({place: masked for place, masked in planned.items() if masked is not None}, ["", "", *columns])
        into = sql.SQL("COPY {} ({}, {}{}) FROM STDIN").format(scratch, sql.Identifier(LEAF), sql.Identifier(ROW), kept)
        with self._target.cursor().copy(into) as written:
            for place, leaf in enumerate(self._leaves[table.full_name]):
                query = sql.SQL("COPY (SELECT {}, ctid{} FROM ONLY {}) TO STDOUT").format(
                    sql.Literal(place), kept, sql.Identifier(leaf.schema, leaf.name)
                )
                for block, _ in blocks(self._source, query):
                    written.write(block if mask is None else mask(block))

    def _index(self) -> None:
        """Index both ends of each reference, once for each set of columns."""
        ends = {(edge.child.full_name, edge.key.columns) for edge in self._edges}
        ends |= {(edge.parent.full_name, edge.key.referenced_columns) for edge in self._edges}
        for table, columns in sorted(ends):
            listed = sql.SQL(", ").join(map(sql.Identifier, columns))
            self._run(sql.SQL("CREATE INDEX ON {} ({})").format(self._scratch[table], listed))
        for scratch in self._scratch.values():
            self._run(sql.SQL("ANALYZE {}").format(scratch))

    def _sample(self, table: Table) -> None:
        """Choose rows by a seeded hash: first one of each stratum, then of each its share, until there are enough."""
        root = {full_table(name): root for name, root in self._strategy.roots.items()}.get(table.full_name)
        strata = [sql.Identifier(column) for column in root.stratify_by] if root else []
        key = [sql.SQL("{}::text").format(sql.Identifier(column)) for column in table.primary_key]
        hashed = sql.SQL("md5(concat_ws('|', {}))").format(
            sql.SQL(", ").join(
                [sql.Literal(str(self._strategy.seed)), *(key or [sql.SQL("{}::text").format(sql.Identifier(ROW))])]
            )
        )
        within = sql.SQL("PARTITION BY {}").format(sql.SQL(", ").join(strata)) if strata else sql.SQL("")
        self._run(
            sql.SQL(
                "UPDATE {scratch} t SET {round} = {picked} FROM (SELECT * FROM (SELECT {leaf}, {row}, place, "
                "row_number() OVER (ORDER BY {first} DESC, (place - 0.5) / size, hash) AS rank, count(*) OVER () AS total, "
                "count(*) FILTER (WHERE place = 1) OVER () AS strata FROM (SELECT {leaf}, {row}, {hash} AS hash, "
                "row_number() OVER ({within} ORDER BY {hash}) AS place, count(*) OVER ({within}) AS size FROM {scratch}) a) b "
                "WHERE rank <= greatest(round(total * {scale}), {least})) c WHERE t.{leaf} = c.{leaf} AND t.{row} = c.{row}"
            ).format(
                scratch=self._scratch[table.full_name],
                round=sql.Identifier(ROUND),
                picked=sql.Literal(PICKED),
                leaf=sql.Identifier(LEAF),
                row=sql.Identifier(ROW),
                hash=hashed,
                within=within,
                first=sql.SQL("(place = 1)") if strata else sql.SQL("false"),
                least=sql.SQL("strata") if strata else sql.SQL("0"),
                scale=sql.Literal(self._strategy.volume_scale),
            )
        )

    def _follow(self) -> None:
        reached = levels(self._plan)
        for edge in sorted(self._edges, key=lambda edge: reached.get(edge.child.full_name, 0)):
            child, parent = reached.get(edge.child.full_name, 0), reached.get(edge.parent.full_name)
            if parent is not None and parent < child:
                self._spread(edge, downwards=True, since=None, number=PICKED)

    def _close(self) -> None:
        number = PICKED
        grown = True
        while grown:
            grown = False
            for edge in self._edges:
                grown |= self._spread(edge, downwards=False, since=number, number=number + 1) > 0
            number += 1

    def _spread(self, edge: Edge, *, downwards: bool, since: int | None, number: int) -> int:
        """Take the rows at one end of a reference whose other end has been taken, in round `since` or later; how many."""
        taken, other = ("p", "c") if downwards else ("c", "p")
        pairs = zip(edge.key.columns, edge.key.referenced_columns, strict=True)
        joined = [sql.SQL("c.{} = p.{}").format(sql.Identifier(ours), sql.Identifier(theirs)) for ours, theirs in pairs]
        conditions = [*joined, sql.SQL("{}.{} IS NULL").format(sql.SQL(other), sql.Identifier(ROUND))]
        conditions.append(sql.SQL("{}.{} >= {}").format(sql.SQL(taken), sql.Identifier(ROUND), sql.Literal(since or PICKED)))
        for alias, declared, table in (("c", edge.owner, edge.child), ("p", edge.referenced, edge.parent)):
            if declared.parent is not None:
                places = [place for place, leaf in enumerate(self._leaves[table.full_name]) if leaf == declared]
                conditions.append(sql.SQL("{}.{} = ANY ({})").format(sql.SQL(alias), sql.Identifier(LEAF), sql.Literal(places)))
        scratch = {"c": self._scratch[edge.child.full_name], "p": self._scratch[edge.parent.full_name]}
        return self._run(
            sql.SQL("UPDATE {} {} SET {} = {} FROM {} {} WHERE {}").format(
                scratch[other],
                sql.SQL(other),
                sql.Identifier(ROUND),
                sql.Literal(number),
                scratch[taken],
                sql.SQL(taken),
                sql.SQL(" AND ").join(conditions),
            )
        )

    def _run(self, statement: sql.Composed) -> int:
        return self._target.execute(statement).rowcount
