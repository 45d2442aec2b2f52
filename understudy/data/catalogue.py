"""The catalogue of a database: tables, columns, keys and constraints, as PostgreSQL itself tells them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from understudy.data.connection import Connection

OURS = "understudy_data"
"""The schema in which a refreshed database carries its marker; it belongs to no structure that is compared."""
USER_SCHEMA = f"n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', '{OURS}')"
NOT_EXTENSION = "NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')"

TABLES = f"""
SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition, greatest(c.reltuples, 0)::bigint,
       pg_catalog.pg_relation_size(c.oid), i.inhparent, c.relhassubclass AND c.relkind = 'r'
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid AND c.relispartition
WHERE c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't' AND {USER_SCHEMA} AND {NOT_EXTENSION}
ORDER BY n.nspname, c.relname
"""
COLUMNS = """
WITH RECURSIVE based(oid, base, typmod, not_null) AS (
    SELECT oid, oid, -1, false FROM pg_catalog.pg_type WHERE typtype <> 'd'
    UNION ALL
    SELECT d.oid, b.base, CASE WHEN d.typtypmod >= 0 THEN d.typtypmod ELSE b.typmod END, d.typnotnull OR b.not_null
    FROM pg_catalog.pg_type d JOIN based b ON b.oid = d.typbasetype WHERE d.typtype = 'd'
)
SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), t.typname,
       CASE WHEN a.atttypmod >= 0 THEN a.atttypmod ELSE b.typmod END, t.typcategory, t.typtype, e.typname, e.typtype,
       a.attnotnull OR b.not_null, a.attgenerated <> '', a.attidentity <> '', a.atthasdef,
       ARRAY(SELECT enumlabel::text FROM pg_catalog.pg_enum WHERE enumtypid IN (t.oid, t.typelem) ORDER BY enumsortorder),
       a.atttypid <> b.base
FROM pg_catalog.pg_attribute a JOIN based b ON b.oid = a.atttypid JOIN pg_catalog.pg_type t ON t.oid = b.base
LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
WHERE a.attrelid = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum
"""
CONSTRAINTS = """
SELECT k.conrelid, k.conname::text, k.contype::text, k.confrelid, k.condeferrable,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(number, place)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY u.place),
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(number, place)
             JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.place),
       pg_catalog.pg_get_expr(k.conbin, k.conrelid), k.conparentid <> 0
FROM pg_catalog.pg_constraint k WHERE k.conrelid = ANY(%s) AND k.contype IN ('p', 'u', 'f', 'c')
UNION ALL
SELECT x.indrelid, i.relname::text, CASE WHEN x.indisprimary THEN 'p' ELSE 'u' END, 0::oid, false,
       ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
             LEFT JOIN unnest(x.indkey[0:x.indnkeyatts - 1]) WITH ORDINALITY u(number, place) ON a.attnum = u.number
             WHERE a.attrelid = x.indrelid AND (u.place IS NOT NULL OR (x.indexprs IS NOT NULL AND x.indpred IS NULL
                 AND EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::regclass
                     AND e.objid = x.indexrelid AND e.refobjid = x.indrelid AND e.refobjsubid = a.attnum)))
             ORDER BY u.place, a.attnum),
       '{}', pg_catalog.pg_get_expr(x.indexprs, x.indrelid), false
FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
WHERE x.indrelid = ANY(%s) AND x.indisunique AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = x.indexrelid
                                                             AND k.contype IN ('p', 'u'))
ORDER BY 1, 2
"""
SEQUENCES = f"""
SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND {USER_SCHEMA} AND {NOT_EXTENSION} ORDER BY 1, 2
"""
LARGE_OBJECTS = "SELECT count(*) FROM (SELECT FROM pg_catalog.pg_largeobject_metadata LIMIT 1) AS one"

INCOMPARABLE = ("json", "xml", "point", "box", "polygon", "line", "lseg", "path", "circle")
"""Types without an equality that rows can be grouped by."""


@dataclass(frozen=True)
class Column:
    """A column. Its type is told twice: as it is declared, and as the base type below its domains."""

    name: str
    declared: str
    """The type as declared, such as `character varying(20)` or `public.email`."""
    type: str
    """The base type's name, such as `varchar`, `int4` or `_text` for an array."""
    type_modifier: int
    """The base type's modifier; -1 without one."""
    category: str
    """PostgreSQL's category of the base type: S text, N number, D date, A array, E enum, U other."""
    kind: str
    """b base, e enum, c composite, r range, m multirange."""
    element: str | None
    """The element's type name, for an array."""
    element_kind: str | None
    not_null: bool
    generated: bool
    identity: bool
    has_default: bool
    labels: tuple[str, ...]
    """An enum's labels in order, also for an array of it."""
    domain: bool
    """Whether a domain, which may check, stands between."""

    @property
    def characters(self) -> int | None:
        """The most characters that fit; None without a limit."""
        if (self.element or self.type) in ("varchar", "bpchar", "_varchar") and self.type_modifier >= 4:
            return self.type_modifier - 4
        return None

    @property
    def precision_and_scale(self) -> tuple[int, int] | None:
        """The digits of a numeric, and how many of them are decimals, less than none of one that is rounded; None without a limit."""
        if (self.element or self.type) != "numeric" or self.type_modifier < 4:
            return None
        precision, scale = self.type_modifier - 4 >> 16 & 0xFFFF, self.type_modifier - 4 & 0x7FF
        return precision, scale - 2048 if scale >= 1024 else scale


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key of a table, as declared and not as inherited by a partition."""

    name: str
    columns: tuple[str, ...]
    referenced: str
    """The referenced table's full name."""
    referenced_columns: tuple[str, ...]
    deferrable: bool


@dataclass(frozen=True)
class Check:
    """A check constraint."""

    name: str
    columns: tuple[str, ...]
    expression: str


@dataclass(frozen=True)
class Table:
    """A table. A partitioned one has no rows of its own; its partitions do."""

    schema: str
    name: str
    kind: str
    """r ordinary, p partitioned, f foreign."""
    parent: str | None
    """The full name of the table that it is a partition of."""
    inherited: bool
    """Whether tables other than partitions inherit from it."""
    estimated_rows: int
    bytes: int
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    uniques: tuple[tuple[str, ...], ...]
    """Columns of each unique constraint and unique index, the primary key among them, and those that its expressions are made of."""
    foreign_keys: tuple[ForeignKey, ...]
    checks: tuple[Check, ...]

    @property
    def full_name(self) -> str:
        """`schema.table`."""
        return f"{self.schema}.{self.name}"

    @property
    def stored(self) -> tuple[Column, ...]:
        """The columns that are written; generated ones are computed."""
        return tuple(column for column in self.columns if not column.generated)

    def column(self, name: str) -> Column:
        """A column by name. Raises KeyError."""
        return {column.name: column for column in self.columns}[name]

    def is_unique(self, column: str) -> bool:
        """Whether a column alone or with others must not repeat: a mask of it must then keep unequal values unequal."""
        return any(column in columns for columns in self.uniques)


@dataclass(frozen=True)
class Catalogue:
    """All that is the user's in a database."""

    tables: tuple[Table, ...]
    sequences: tuple[tuple[str, str], ...]
    large_objects: bool

    @cached_property
    def by_name(self) -> dict[str, Table]:
        """Tables by full name."""
        return {table.full_name: table for table in self.tables}

    @cached_property
    def holding_rows(self) -> tuple[Table, ...]:
        """Tables that hold rows themselves."""
        return tuple(table for table in self.tables if table.kind == "r")

    def root_of(self, table: Table) -> Table:
        """The table that a partition belongs to, however deep; the table itself if it is none."""
        while table.parent is not None:
            table = self.by_name[table.parent]
        return table

    def leaves_of(self, table: Table) -> tuple[Table, ...]:
        """The partitions of a table that hold rows; the table itself if it is not partitioned."""
        return (
            tuple(leaf for leaf in self.holding_rows if self.root_of(leaf) == self.root_of(table))
            if table.kind == "p"
            else (table,)
        )

    @property
    def column_names(self) -> list[str]:
        """Every column that is written, as `schema.table.column`; of partitions only the table they belong to."""
        return sorted(
            f"{table.full_name}.{column.name}" for table in self.tables if table.parent is None for column in table.stored
        )


def read_catalogue(connection: Connection) -> Catalogue:
    """Read a database's catalogue within the connection's transaction."""
    with connection.transaction():
        connection.execute("SET LOCAL search_path = ''")
        rows = connection.execute(TABLES).fetchall()
        names = {oid: f"{schema}.{name}" for oid, schema, name, *_ in rows}
        columns, constraints = defaultdict[int, list[Column]](list), defaultdict[int, list[Any]](list)
        for oid, *rest in connection.execute(COLUMNS, [list(names)]).fetchall():
            columns[oid].append(_column(rest))
        for oid, *rest in connection.execute(CONSTRAINTS, [list(names), list(names)]).fetchall():
            constraints[oid].append(rest)
        tables = tuple(
            Table(
                schema=schema,
                name=name,
                kind=kind,
                parent=names.get(parent) if partition else None,
                inherited=inherited,
                estimated_rows=estimated,
                bytes=size,
                columns=tuple(columns[oid]),
                **_constraints(constraints[oid], names),
            )
            for oid, schema, name, kind, partition, estimated, size, parent, inherited in rows
        )
        large = connection.execute(LARGE_OBJECTS).fetchone()
        sequences = tuple((schema, name) for schema, name in connection.execute(SEQUENCES).fetchall())
        return Catalogue(tables, sequences, bool(large and large[0]))


def _column(row: list[Any]) -> Column:
    *head, labels, domain = row
    described: list[Any] = [*head, tuple(labels), domain]
    return Column(*described)


def _constraints(rows: list[Any], names: dict[int, str]) -> dict[str, Any]:
    primary = next((tuple(columns) for _, kind, _, _, columns, *_ in rows if kind == "p"), ())
    return {
        "primary_key": primary,
        "uniques": tuple(sorted({tuple(columns) for _, kind, _, _, columns, *_ in rows if kind in "pu" and columns})),
        "foreign_keys": tuple(
            ForeignKey(name, tuple(columns), names[referenced], tuple(referenced_columns), deferrable)
            for name, kind, referenced, deferrable, columns, referenced_columns, _, inherited in rows
            if kind == "f" and not inherited and referenced in names
        ),
        "checks": tuple(
            Check(name, tuple(columns), expression) for name, kind, _, _, columns, _, expression, _ in rows if kind == "c"
        ),
    }
