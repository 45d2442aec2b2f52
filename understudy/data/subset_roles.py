"""What each table is to a subset: where rows are chosen, which tables follow, and which are only required by references."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from understudy.data.catalogue import Catalogue, ForeignKey, Table
from understudy.data.plan import DataPlan, full_table


class Role(StrEnum):
    """What a table is to a subset."""

    ROOT = "root"
    """Rows are chosen by the volume scale, over the declared strata."""
    FOLLOWS = "follows"
    """Rows that reference a chosen row of an earlier table."""
    WHOLE = "whole"
    """Every row."""
    SAMPLED = "sampled"
    """No root reaches it, so rows are chosen by the volume scale as well."""
    REQUIRED = "required"
    """Rows that chosen rows reference, and no others."""


@dataclass(frozen=True)
class Edge:
    """A foreign key between tables that are no partitions, with the partitions that it is declared on."""

    key: ForeignKey
    owner: Table
    """The table as declared: a partition where the key is that partition's alone."""
    child: Table
    referenced: Table
    parent: Table


def edges(catalogue: Catalogue) -> tuple[Edge, ...]:
    """Every foreign key, by the tables that hold rows together."""
    return tuple(
        Edge(
            key,
            table,
            catalogue.root_of(table),
            catalogue.by_name[key.referenced],
            catalogue.root_of(catalogue.by_name[key.referenced]),
        )
        for table in catalogue.tables
        for key in table.foreign_keys
    )


def levels(plan: DataPlan) -> dict[str, int]:
    """How far each root and each table that follows one is from its root, by full name; roots are at 0.

    A table follows through keys to tables of lower levels alone, so cycles and self references do not spread a subset.
    """
    roots = {full_table(name): root for name, root in plan.strategy.roots.items()}
    whole = {full_table(name) for name in plan.strategy.whole}
    found = dict.fromkeys(roots, 0)
    frontier = [name for name, root in sorted(roots.items()) if root.follow]
    level = 0
    while frontier:
        level += 1
        reached = {
            edge.child.full_name
            for edge in edges(plan.catalogue)
            if edge.parent.full_name in frontier and edge.child.full_name not in found and edge.child.full_name not in whole
        }
        found |= dict.fromkeys(reached, level)
        frontier = sorted(reached)
    return found


def roles(plan: DataPlan) -> dict[str, Role]:
    """The role of each table that is no partition, by full name."""
    reached = levels(plan)
    whole = {full_table(name) for name in plan.strategy.whole}
    required = _ancestors(plan.catalogue, reached) - set(reached) - whole
    found: dict[str, Role] = {}
    for table in plan.catalogue.tables:
        name = table.full_name
        if table.parent is not None:
            continue
        if name in whole:
            found[name] = Role.WHOLE
        elif name in reached:
            found[name] = Role.FOLLOWS if reached[name] else Role.ROOT
        else:
            found[name] = Role.REQUIRED if name in required else Role.SAMPLED
    return found


def _ancestors(catalogue: Catalogue, names: Iterable[str]) -> set[str]:
    """The tables that these reference, directly or through others."""
    known, frontier = set[str](), set(names)
    while frontier:
        frontier = {edge.parent.full_name for edge in edges(catalogue) if edge.child.full_name in frontier} - known
        known |= frontier
    return known
