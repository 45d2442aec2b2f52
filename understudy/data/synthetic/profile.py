"""What is read of a source's column before rows are made up: frequencies, quantiles, forms and lengths.

Of a column that may be kept the values themselves are statistics. Of any other only what many rows share is read: quantiles that
a handful of rows lie between, and forms (`AA-99`) that a handful of rows have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import sql

from understudy.data.catalogue import INCOMPARABLE, Column, Table
from understudy.data.connection import Connection
from understudy.data.masking.choose import DATES, FLOATS, LARGEST, TEXTS

CROWD = 5
"""Rows from which on a figure is no one's own."""
MOST_VALUES = 1000
FINE, COARSE = 100, 20
"""Quantiles of a column that is kept, and of one that is not."""
MOST_FORMS = 50
LONGEST_FORM = 200
DOCUMENTS = 200
READABLE_TIMES = "BETWEEN '0001-01-02' AND '9999-12-30'"
"""What holds of dates and times that Python knows as well, and of none that is infinite."""
NUMBERS = {*LARGEST, *FLOATS}
DOCUMENT_TYPES = ("json", "jsonb")


@dataclass(frozen=True)
class ColumnProfile:
    """A column's statistics; what does not apply to its type or must not be read is empty."""

    rows: int
    null_share: float
    distinct: int
    """Distinct values; 0 where they cannot be counted."""
    counts: tuple[int, ...] = ()
    """Rows of each of the most frequent values, the highest first; only where there are few values."""
    values: tuple[str, ...] = ()
    """Those values, in the same order, of a column that is kept; of a document some."""
    quantiles: tuple[float, ...] = ()
    """Numbers, or seconds since 1970, at equal steps of rank."""
    forms: tuple[tuple[str, int], ...] = ()
    """Texts with 9 for each digit, a for each small and A for each capital letter, and the rows that have them."""
    length: float = 0.0
    """Mean length of the text form."""
    cardinalities: tuple[tuple[int, int], ...] = ()
    """Numbers of elements of arrays, and rows."""


def column_profile(source: Connection, table: Table, column: Column, *, kept: bool) -> ColumnProfile:
    """Read a column's statistics."""
    reader = _Reader(source, sql.Identifier(table.schema, table.name), sql.Identifier(column.name))
    counted = column.type not in INCOMPARABLE
    rows, given, distinct, length = reader.one(
        "SELECT count(*), count({c}), "
        + ("count(DISTINCT {c})" if counted else "0")
        + ", coalesce(avg(length({c}::text)), 0)::float8 FROM {t}"
    )
    made: dict[str, Any] = {}
    few = 0 < distinct <= MOST_VALUES
    if few:
        found = reader.all(
            f"SELECT {{c}}::text, count(*) FROM {{t}} WHERE {{c}} IS NOT NULL GROUP BY {{c}} ORDER BY 2 DESC, 1 LIMIT {MOST_VALUES}"
        )
        made["counts"] = tuple(count for _, count in found)
        if kept or column.labels:
            made["values"] = tuple(value for value, _ in found)
    elif kept and column.type not in (*NUMBERS, *DATES, *TEXTS):
        made["values"] = reader.some()
    if column.type in (*NUMBERS, *DATES) and not (kept and few):
        made["quantiles"] = _quantiles(reader, column, given, kept=kept)
    base = column.element or column.type
    if base in TEXTS and not column.element and not (kept and few):
        made["forms"] = _forms(reader)
    if column.type in DOCUMENT_TYPES and not kept:
        made["values"] = reader.some()
    if column.element:
        query = "SELECT cardinality({c}), count(*) FROM {t} WHERE {c} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50"
        made["cardinalities"] = tuple((size, count) for size, count in reader.all(query))
    return ColumnProfile(rows, (rows - given) / rows if rows else 0.0, distinct, length=float(length), **made)


@dataclass(frozen=True)
class _Reader:
    source: Connection
    relation: sql.Identifier
    column: sql.Identifier

    def all(self, query: str) -> list[tuple[Any, ...]]:
        made = sql.SQL(query).format(c=self.column, t=self.relation)
        return self.source.execute(made).fetchall()

    def one(self, query: str) -> tuple[Any, ...]:
        return self.all(query)[0]

    def some(self) -> tuple[str, ...]:
        """Some of the column's values."""
        return tuple(value for (value,) in self.all(f"SELECT {{c}}::text FROM {{t}} WHERE {{c}} IS NOT NULL LIMIT {DOCUMENTS}"))


def _quantiles(reader: _Reader, column: Column, given: int, *, kept: bool) -> tuple[float, ...]:
    steps = min(FINE if kept else COARSE, max(given // (1 if kept else CROWD), 1))
    expression = "extract(epoch FROM {c})" if column.type in DATES else "{c}::numeric" if column.type == "money" else "{c}"
    finite = f"{{c}} {READABLE_TIMES}" if column.type in DATES else "{c}::text NOT IN ('NaN', 'Infinity', '-Infinity')"
    shares = ", ".join(str(step / steps) for step in range(steps + 1))
    query = f"SELECT percentile_disc(ARRAY[{shares}]::float8[]) WITHIN GROUP (ORDER BY {expression})::float8[] FROM {{t}} WHERE {finite}"
    (found,) = reader.one(query)
    points = [float(point) for point in found or () if point is not None]
    # The ends of a column that is not kept are single rows' values, so its range begins and ends inside.
    return tuple(points if kept or len(points) < 3 else points[1:-1])


def _forms(reader: _Reader) -> tuple[tuple[str, int], ...]:
    letters = (("[0-9]", "9"), ("[a-z]", "a"), ("[A-Z]", "A"), ("[^0-9a-zA-Z[:space:][:punct:]]", "a"))
    form = f"left({{c}}::text, {LONGEST_FORM})"
    for pattern, letter in letters:
        form = f"regexp_replace({form}, '{pattern}', '{letter}', 'g')"
    query = f"SELECT {form}, count(*) FROM {{t}} WHERE {{c}} <> '' GROUP BY 1 HAVING count(*) >= {CROWD} ORDER BY 2 DESC, 1 LIMIT {MOST_FORMS}"
    return tuple((text, count) for text, count in reader.all(query))
