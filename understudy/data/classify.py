"""Classification: what each column of the source holds, who said so, and what is proposed where nobody did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from psycopg import sql

from model.mask import Mask
from model.staging_data import ColumnRule
from understudy.data.catalogue import Catalogue, Column, Table
from understudy.data.connection import Connection
from understudy.data.detectors import Category, Kind, by_name, by_values
from understudy.data.masking.choose import Limits, Rule, masking_of
from understudy.data.masking.values import UnfitMaskError

NO_KEY = bytes(32)
"""Stands in for a key where masks are only tried for fitness."""
SAMPLES = 200
LONGEST_SAMPLE = 2000
FALLBACK = (Mask.SHAPE, Mask.JSON, Mask.DATE, Mask.NUMBER, Mask.UUID, Mask.IP, Mask.TOKEN, Mask.REDACT, Mask.NULL)


@dataclass(frozen=True)
class Classified:
    """What is known of a column."""

    column: str
    """`schema.table.column`."""
    declared_type: str
    category: Category
    evidence: str
    """Why, without a value."""
    proposed: Mask
    """The mask that suits it."""
    declared: Mask | None
    """The mask that the strategy declares."""

    @property
    def settled(self) -> bool:
        """Whether somebody classified it, or its structure alone tells that it means nothing."""
        return self.declared is not None or self.category is Category.STRUCTURE


def is_structure(table: Table, column: Column) -> bool:
    """Whether a column carries no meaning of its own: a generated key, a reference to one, a flag or a label."""
    if by_name(column.name, table.name) is not None:
        return False
    if column.kind == "e" or column.type == "bool":
        return True
    generated = column.identity or (column.has_default and column.type in ("int2", "int4", "int8"))
    return generated and column.name in table.primary_key


def structural(catalogue: Catalogue) -> set[str]:
    """The columns whose structure alone classifies them, references to such columns among them."""
    found = {
        f"{table.full_name}.{column.name}" for table in catalogue.tables for column in table.stored if is_structure(table, column)
    }
    references = [
        (f"{table.full_name}.{column}", f"{key.referenced}.{target}")
        for table in catalogue.tables
        for key in table.foreign_keys
        for column, target in zip(key.columns, key.referenced_columns, strict=True)
    ]
    grown = True
    while grown:
        more = {column for column, target in references if target in found} - found
        found |= more
        grown = bool(more)
    return found


def classify(connection: Connection, catalogue: Catalogue, rules: Mapping[str, ColumnRule]) -> list[Classified]:
    """Classify every column that is written, by rule, structure, name, type and samples, in the order of their names.

    `rules` are by full column name.
    """
    inert = structural(catalogue)
    found: list[Classified] = []
    for table in catalogue.tables:
        if table.parent is not None:
            continue
        pending = [column for column in table.stored if f"{table.full_name}.{column.name}" not in inert]
        samples = _samples(connection, table, pending)
        for column in table.stored:
            name = f"{table.full_name}.{column.name}"
            declared = rules[name].mask if name in rules else None
            if name in inert:
                found.append(
                    Classified(
                        name,
                        column.declared,
                        Category.STRUCTURE,
                        "generated, a reference, a flag or a label",
                        Mask.KEEP,
                        declared,
                    )
                )
            else:
                found.append(_judged(name, table, column, samples[column.name], declared))
    return sorted(found, key=lambda classified: classified.column)


def _judged(name: str, table: Table, column: Column, samples: list[str], declared: Mask | None) -> Classified:
    def told(category: Category, evidence: str, mask: Mask) -> Classified:
        return Classified(
            name, column.declared, category, evidence, _fitting(column, mask, unique=table.is_unique(column.name)), declared
        )

    named = by_name(column.name, table.name)
    type_ = column.element or column.type
    valued = by_values(samples) if type_ not in ("date", "timestamp", "timestamptz", "bytea", "uuid") else None
    kind: Kind | None = valued[0] if valued and (named is None or valued[0].category is Category.SECRET) else named
    if kind is not None and valued is not None and kind is valued[0]:
        return told(kind.category, f"{round(100 * valued[1])} % of sampled values look like: {kind.name}", kind.mask)
    if kind is not None:
        return told(kind.category, f"named like: {kind.name}", kind.mask)
    if type_ in ("inet", "cidr", "macaddr"):
        return told(Category.PERSONAL, "of a type of network addresses", Mask.IP)
    if type_ in ("json", "jsonb", "xml", "hstore", "bytea") or "c" in (column.kind, column.element_kind):
        return told(Category.FREE_TEXT, "of a type that may hold anything", Mask.JSON)
    return told(Category.OTHER, "nothing personal or secret is seen", Mask.KEEP)


def _fitting(column: Column, wanted: Mask, *, unique: bool) -> Mask:
    """The wanted mask where the column can hold it, else the nearest that it can."""
    if (column.element or column.type) in ("json", "jsonb"):
        return Mask.JSON
    return next((mask for mask in (wanted, *FALLBACK) if _fits(column, mask, unique=unique)), Mask.KEEP)


def _fits(column: Column, mask: Mask, *, unique: bool) -> bool:
    """Whether a plan would take the mask."""
    if mask is Mask.NULL:
        return not column.not_null
    try:
        masking_of(column, Rule(mask), NO_KEY, Limits(column.characters, unique))
    except UnfitMaskError:
        return False
    return True


def _samples(connection: Connection, table: Table, columns: Iterable[Column]) -> dict[str, list[str]]:
    """Some values of each column, as text; elements of arrays and leaves of documents are seen within it."""
    wanted = list(columns)
    if not wanted:
        return {}
    chosen: Callable[[Column], sql.Composable] = lambda column: sql.SQL("left({}::text, {})").format(  # noqa: E731
        sql.Identifier(column.name), sql.Literal(LONGEST_SAMPLE)
    )
    query = sql.SQL("SELECT {} FROM {} LIMIT {}").format(
        sql.SQL(", ").join(map(chosen, wanted)), sql.Identifier(table.schema, table.name), sql.Literal(SAMPLES)
    )
    rows = connection.execute(query).fetchall()
    return {column.name: [row[place] for row in rows if row[place] is not None] for place, column in enumerate(wanted)}
