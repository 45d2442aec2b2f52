"""The plan of a refresh: every column's rule, resolved and checked before a byte is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from model.errors import ConfigurationError, Problem, nearest
from model.mask import Mask
from model.staging_data import ColumnRule, StagingDataStrategy
from understudy.data.catalogue import INCOMPARABLE, Catalogue, Column, Table
from understudy.data.classify import structural
from understudy.data.masking.choose import ALWAYS, Limits, Rule, family, narrowness
from understudy.data.masking.columns import PlannedColumn, PlannedColumns
from understudy.data.masking.keys import MaskingKey
from understudy.data.masking.values import UnfitMaskError
from understudy.data.structure import Structure, fingerprint

KEEP = ColumnRule(mask=Mask.KEEP, reason="It carries no meaning of its own")
NO_KEY = MaskingKey(bytes(32))
"""Stands in for the key where masks are only tried for fitness."""


@dataclass(frozen=True)
class DataPlan(PlannedColumns):
    """A strategy bound to a source's catalogue. It holds as long as the source's fingerprint does."""

    strategy: StagingDataStrategy
    structure: Structure

    @property
    def fingerprint(self) -> str:
        """The digest of the source's structure."""
        return fingerprint(self.structure)

    @property
    def estimated_rows(self) -> int:
        """How many rows staging will have, about."""
        return round(sum(table.estimated_rows for table in self.catalogue.holding_rows) * self.strategy.volume_scale)


def full_column(path: str) -> str:
    """`schema.table.column`; the schema is `public` where none is named."""
    return path if path.count(".") == 2 else f"public.{path}"


def full_table(path: str) -> str:
    """`schema.table`; the schema is `public` where none is named."""
    return path if "." in path else f"public.{path}"


def rules_of(strategy: StagingDataStrategy) -> dict[str, ColumnRule]:
    """The strategy's rules by full column name."""
    return {full_column(path): rule for path, rule in strategy.columns.items()}


def make_plan(strategy: StagingDataStrategy, catalogue: Catalogue, structure: Structure, path: str) -> DataPlan:
    """Bind a strategy to a catalogue. `path` is the strategy's own YAML path.

    Raises ConfigurationError with every problem: unknown names, columns that nobody classified, masks that do not fit, references
    that disagree, and what cannot be refreshed at all.
    """
    if unnameable := list(_unnameable(catalogue)):
        raise ConfigurationError(unnameable)
    rules = rules_of(strategy)
    problems = [*_unsupported(catalogue), *_unknown(strategy, catalogue, path)]
    groups = reference_groups(catalogue)
    resolved, conflicts = _resolve(rules, groups, catalogue, path)
    problems += conflicts
    inert = structural(catalogue)
    planned: dict[str, PlannedColumn] = {}
    for name in catalogue.column_names:
        rule = resolved.get(name) or (KEEP if name in inert else None)
        if rule is None:
            kind = _column(catalogue, name).declared
            message = f"column {name} ({kind}) is not classified; `understudy data classify` proposes a rule for it"
            problems.append(Problem(f"{path}.columns", message))
            continue
        sharing = [member for member, other in resolved.items() if rule.domain and _masks_alike(other, rule)]
        planned[name] = _planned(rule, name, sorted({*groups[name], *sharing}), catalogue)
    problems += _unfit(planned, catalogue, path)
    if problems:
        raise ConfigurationError(problems)
    return DataPlan(catalogue, planned, strategy, structure)


def reference_groups(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """For each column, all columns that must carry the same values: those that it references and that reference it, sorted."""
    groups: dict[str, set[str]] = {name: {name} for name in catalogue.column_names}
    for table in catalogue.tables:
        for key in table.foreign_keys:
            referenced = catalogue.root_of(catalogue.by_name[key.referenced])
            owner = catalogue.root_of(table)
            for column, target in zip(key.columns, key.referenced_columns, strict=True):
                ours, theirs = groups.get(f"{owner.full_name}.{column}"), groups.get(f"{referenced.full_name}.{target}")
                if ours is None or theirs is None or ours is theirs:
                    continue
                ours |= theirs
                for name in ours:
                    groups[name] = ours
    return {name: tuple(sorted(group)) for name, group in groups.items()}


def _unnameable(catalogue: Catalogue) -> Iterator[Problem]:
    """What the strategy's paths cannot tell from something else."""
    for table in (table for table in catalogue.tables if table.parent is None):
        if "." in table.schema + table.name:
            yield Problem(
                "--source", f"table {table.full_name} has a dot in its name, which parts names in a strategy; rename it"
            )
        for column in table.columns:
            if "." in column.name:
                message = (
                    f"column {column.name!r} of table {table.full_name} has a dot in its name, which parts names in a strategy"
                )
                yield Problem("--source", f"{message}; rename it")


def _unsupported(catalogue: Catalogue) -> Iterator[Problem]:
    for table in catalogue.tables:
        if table.kind == "f":
            yield Problem(
                "--source", f"table {table.full_name} is foreign: its rows are another server's and cannot be refreshed"
            )
    if catalogue.large_objects:
        yield Problem("--source", "holds large objects, which carry no column to be classified by; they cannot be refreshed")


def _unknown(strategy: StagingDataStrategy, catalogue: Catalogue, path: str) -> Iterator[Problem]:
    known_columns = catalogue.column_names
    known_tables = [table.full_name for table in catalogue.tables if table.parent is None]
    for written in strategy.columns:
        if full_column(written) not in known_columns:
            yield Problem(f"{path}.columns.{written}", _no_column(full_column(written), catalogue))
    tables: dict[str, Iterable[str]] = {
        "roots": strategy.roots,
        "rows": strategy.rows,
        "quasi_identifiers": strategy.quasi_identifiers,
        "whole": strategy.whole,
    }
    yield from _twice(f"{path}.columns", strategy.columns, full_column)
    for field, names in tables.items():
        yield from _twice(f"{path}.{field}", names, full_table)
        for written in names:
            if full_table(written) not in known_tables:
                yield Problem(f"{path}.{field}.{written}", _no_table(full_table(written), catalogue, known_tables))
    listed: dict[str, Mapping[str, tuple[str, ...]]] = {
        "quasi_identifiers": strategy.quasi_identifiers,
        "roots": {name: root.stratify_by for name, root in strategy.roots.items()},
    }
    for field, by_table in listed.items():
        for written, columns in by_table.items():
            table = catalogue.by_name.get(full_table(written))
            names = [column.name for column in table.columns] if table else []
            for column in columns:
                if table is not None and column not in names:
                    yield Problem(f"{path}.{field}.{written}", f"table has no column {column!r}{nearest(column, names)}")
                elif table is not None and (objection := _ungroupable(table.column(column), chosen_by=field == "roots")):
                    yield Problem(f"{path}.{field}.{written}", f"column {column!r} {objection}")


def _ungroupable(column: Column, *, chosen_by: bool) -> str:
    """Why rows cannot be told apart by a column, or not chosen by it; empty where they can."""
    if column.type in INCOMPARABLE:
        return f"is of type {column.declared}, whose values cannot be compared"
    return "is generated, and rows are chosen by columns that are written" if chosen_by and column.generated else ""


def _twice(path: str, names: Iterable[str], full: Callable[[str], str]) -> Iterator[Problem]:
    """Names that stand for one thing: which of them would be followed, nobody could tell."""
    seen: dict[str, str] = {}
    for written in names:
        first = seen.setdefault(full(written), written)
        if first != written:
            yield Problem(f"{path}.{written}", f"is named twice, also as {first!r}")


def _no_column(name: str, catalogue: Catalogue) -> str:
    table, _, column = name.rpartition(".")
    found = catalogue.by_name.get(table)
    if found is None or column not in [known.name for known in found.columns]:
        return f"the source has no such column{nearest(name, catalogue.column_names)}"
    if found.column(column).generated:
        return "the column is generated: it is computed from the masks of others, and takes no rule"
    return f"the table is a partition; the rule belongs to {catalogue.root_of(found).full_name}.{column}"


def _no_table(name: str, catalogue: Catalogue, known: Sequence[str]) -> str:
    if name in catalogue.by_name:
        return f"the table is a partition; name {catalogue.root_of(catalogue.by_name[name]).full_name}"
    return f"the source has no such table{nearest(name, known)}"


def _resolve(
    rules: Mapping[str, ColumnRule], groups: Mapping[str, tuple[str, ...]], catalogue: Catalogue, path: str
) -> tuple[dict[str, ColumnRule], list[Problem]]:
    """Each column's rule, its own or that of a column that it shares values with."""
    resolved: dict[str, ColumnRule] = {}
    problems: list[Problem] = []
    for name, group in groups.items():
        declared = [(member, rules[member]) for member in group if member in rules]
        if not declared:
            continue
        first = declared[0]
        for member, rule in declared[1:]:
            if not _masks_alike(rule, first[1]):
                message = (
                    f"is {rule.mask.value}, and {first[0]}, joined by a foreign key, is {first[1].mask.value}; they must agree"
                )
                problems.append(Problem(f"{path}.columns.{member}", message))
        if name in rules:
            resolved[name] = rules[name]
        elif first[1].mask is not Mask.NULL or not _column(catalogue, name).not_null:
            resolved[name] = first[1]
    return resolved, problems


def _masks_alike(one: ColumnRule, other: ColumnRule) -> bool:
    return (one.mask, one.domain, one.paths) == (other.mask, other.domain, other.paths)


def _planned(rule: ColumnRule, name: str, members: list[str], catalogue: Catalogue) -> PlannedColumn:
    """The limits of all columns that must mask alike hold for each of them, and their narrowest type; arrays have their own."""
    columns = [_column(catalogue, member) for member in members]
    own = _column(catalogue, name)
    shape = min((column for column in columns if bool(column.element) == bool(own.element)), key=narrowness)
    lengths = [column.characters for column in columns if column.characters is not None]
    unique = any(_table(catalogue, member).is_unique(member.rpartition(".")[2]) for member in members)
    return PlannedColumn(
        Rule(rule.mask, rule.paths), rule.domain or rule.mask.value, Limits(min(lengths, default=None), unique), shape
    )


def _unfit(planned: Mapping[str, PlannedColumn], catalogue: Catalogue, path: str) -> Iterator[Problem]:
    for name, column in planned.items():
        where = f"{path}.columns.{name}"
        if column.rule.mask is Mask.NULL and _column(catalogue, name).not_null:
            yield Problem(where, "the column is NOT NULL, so its mask cannot be nullify; use redact or shape")
            continue
        own = _column(catalogue, name)
        if column.rule.mask not in ALWAYS and family(own) != family(column.shape):
            message = f"the column is of type {own.declared}, and another of its domain is of type {column.shape.declared}"
            yield Problem(where, f"{message}; give each its own domain")
            continue
        try:
            column.mask(NO_KEY)
        except UnfitMaskError as error:
            yield Problem(where, f"the column {error}")


def _table(catalogue: Catalogue, name: str) -> Table:
    return catalogue.by_name[name.rpartition(".")[0]]


def _column(catalogue: Catalogue, name: str) -> Column:
    return _table(catalogue, name).column(name.rpartition(".")[2])
