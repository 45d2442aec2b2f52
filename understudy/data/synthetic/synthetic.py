"""All rows of a synthetic database: table by table, those that others reference first, until there are as many as asked for."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import repeat

from psycopg import sql

from model.errors import ConfigurationError, Problem
from model.mask import Mask
from understudy.data.catalogue import Table
from understudy.data.connection import Connection
from understudy.data.masking.choose import Limits
from understudy.data.masking.copy_text import NULL
from understudy.data.masking.keys import MaskingKey
from understudy.data.plan import DataPlan, full_table
from understudy.data.subset_roles import Edge, edges
from understudy.data.synthetic.assembly import Assembly
from understudy.data.synthetic.fan_out import fan_outs, parents_of
from understudy.data.synthetic.order import groups
from understudy.data.synthetic.profile import column_profile
from understudy.data.synthetic.values import INTEGERS, Field, field, is_makeable

ROUNDS = 8
SPARE = 0.05
"""Rows that are made beyond each that is missing: some do not hold."""
FEWEST_SPARE = 10
Report = Callable[[str, int], None]


def key_of(seed: int) -> MaskingKey:
    """The key of made-up values. It keeps no secret: no value of the source goes in."""
    return MaskingKey(blake2b(f"understudy synthetic {seed}".encode(), digest_size=32).digest())


@dataclass
class _Making:
    """A table in the making."""

    table: Table
    wanted: int
    outside: list[Edge]
    """Its references to tables that are complete."""
    inside: list[Edge]
    """Its references to tables that are made together with it, and to itself."""
    fields: list[Field | None]
    """By written column; None where a reference gives it."""
    made: int = 0
    rows: int = 0

    @property
    def edges(self) -> list[Edge]:
        """All its references; those with most columns give theirs first."""
        return [*self.outside, *self.inside]


class Synthetic:
    """Makes a database's rows."""

    def __init__(self, source: Connection, target: Connection, plan: DataPlan, report: Report) -> None:
        self._source, self._plan, self._report = source, plan, report
        self._tables = [table for table in plan.catalogue.tables if table.parent is None]
        self._edges = edges(plan.catalogue)
        self._assembly = Assembly(source, target, plan.catalogue)
        self._key = key_of(plan.strategy.seed)
        self._spread: dict[Edge, tuple[list[tuple[int, int]], float]] = {}

    def make(self) -> None:
        """Make every table."""
        for group in groups(self._tables, self._edges):
            making = [self._begin(table, {other.full_name for other in group}) for table in group]
            for round_number in range(ROUNDS):
                if all(one.rows >= one.wanted for one in making):
                    break
                self._round(making, round_number)
            for one in making:
                self._report(one.table.full_name, one.rows)
        self._assembly.end()

    def _begin(self, table: Table, together: set[str]) -> _Making:
        own = sorted(
            (edge for edge in self._edges if edge.child == table), key=lambda edge: (-len(edge.key.columns), edge.key.name)
        )
        referring = {column for edge in own for column in edge.key.columns}
        fields: list[Field | None] = []
        for column in table.stored:
            planned = self._plan.column(table, column.name)
            if column.name in referring:
                fields.append(None)
                continue
            profile = column_profile(self._source, table, column, kept=planned.rule.mask is Mask.KEEP)
            key = self._key.for_domain(f"{table.full_name}.{column.name}")
            # Columns that are unique only together, or under a condition, may repeat; what must not is left out at the end.
            repeats = profile.distinct < round(profile.rows * (1 - profile.null_share))
            limits = Limits(planned.limits.longest, (column.name,) in table.uniques and not repeats)
            if column.not_null and self._wanted(table) and not is_makeable(column, profile):
                what = f"column {table.full_name}.{column.name} ({column.declared})"
                message = f"{what} is NOT NULL, and the source has no value of it to make others from; give the table 0 `rows`"
                raise ConfigurationError([Problem("synthetic", message)])
            fields.append(field(column, planned.rule, profile, key, limits))
        return _Making(
            table,
            self._wanted(table),
            [edge for edge in own if edge.parent.full_name not in together],
            [edge for edge in own if edge.parent.full_name in together],
            fields,
        )

    def _wanted(self, table: Table) -> int:
        strategy = self._plan.strategy
        given = {full_table(name): rows for name, rows in strategy.rows.items()}
        if table.full_name in given:
            return given[table.full_name]
        row = self._source.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table.schema, table.name))).fetchone()
        rows = int(row[0]) if row else 0
        return max(round(rows * strategy.volume_scale), 1 if rows else 0)

    def _round(self, making: list[_Making], number: int) -> None:
        """Make what is missing of tables that reference each other."""
        missing = {one.table.full_name: one.wanted - one.rows for one in making}
        short = [one for one in making if missing[one.table.full_name] > 0]
        for one in short:
            lacking = missing[one.table.full_name]
            rows = lacking + max(FEWEST_SPARE, int(lacking * SPARE))
            self._assembly.fill(one.table, one.edges, self._lines(one, rows, number))
        for one in short:
            taken: set[str] = set()
            for place, edge in enumerate(one.edges):
                unmade = missing[edge.parent.full_name] if edge in one.inside else 0
                self._assembly.refer(one.table, edge, place, taken, unmade=max(0, unmade))
                taken |= set(edge.key.columns)
            for columns, detail in _details(one.table, one.edges):
                self._assembly.number_details(one.table, columns, detail)
        for one in short:
            self._assembly.insert(one.table, one.outside, missing[one.table.full_name])
        circle = [edge for one in making for edge in one.inside]
        while circle and self._assembly.mend(circle):
            pass
        for one in making:
            one.rows = self._assembly.rows(one.table)

    def _lines(self, one: _Making, count: int, number: int) -> Iterator[bytes]:
        """Lines for COPY: the row's number, its parents' numbers, its fields."""
        # What is asked of the target is asked now: the session takes no question while it takes lines.
        parents = [self._parents(one, edge, place, count, number) for place, edge in enumerate(one.edges)]
        return _lines(one, count, parents)

    def _parents(self, one: _Making, edge: Edge, place: int, count: int, number: int) -> Iterator[bytes]:
        if edge not in self._spread:
            self._spread[edge] = fan_outs(self._source, edge)
        distribution, null = self._spread[edge]
        there = one.wanted if edge.parent == one.table else self._assembly.rows(edge.parent) or self._wanted(edge.parent)
        if not there:
            return repeat(NULL, count)
        drawn = random.Random(self._key.for_domain(f"{one.table.full_name}|{edge.key.name}|{number}"))  # noqa: S311 - no secret
        once = any(set(unique) <= set(edge.key.columns) for unique in one.table.uniques)
        numbers = parents_of(distribution, there, count, drawn, once=once, first=place == 0)
        share = 0.0 if any(one.table.column(column).not_null for column in edge.key.columns) else null
        return (NULL if share and drawn.random() < share else b"%d" % parent for parent in numbers)


def _lines(one: _Making, count: int, parents: list[Iterator[bytes]]) -> Iterator[bytes]:
    for _ in range(count):
        cells = [b"%d" % one.made, *(next(numbers, NULL) for numbers in parents)]
        cells += [NULL if make is None else make(one.made) for make in one.fields]
        one.made += 1
        yield b"\t".join(cells) + b"\n"


def _details(table: Table, references: list[Edge]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Integer columns that only number the rows of one parent: with the parent's columns they are unique."""
    referring = {column for edge in references for column in edge.key.columns}
    for unique in table.uniques:
        rest = [column for column in unique if column not in referring]
        parents = tuple(column for column in unique if column in referring)
        alone = len(rest) == 1 and (rest[0],) in table.uniques
        if len(rest) == 1 and parents and not alone and table.column(rest[0]).type in INTEGERS:
            yield parents, rest[0]
