"""In which order tables are made: what others reference first; tables that reference each other in a circle together."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import TopologicalSorter

from understudy.data.catalogue import Table
from understudy.data.subset_roles import Edge


def groups(tables: Iterable[Table], edges: Iterable[Edge]) -> list[list[Table]]:
    """The strongly connected components of the foreign keys, referenced ones first; each in the order of its tables' names."""
    by_name = {table.full_name: table for table in tables}
    parents: dict[str, set[str]] = {name: set() for name in by_name}
    for edge in edges:
        parents[edge.child.full_name].add(edge.parent.full_name)
    above = {name: _reached(name, parents) for name in by_name}
    group_of = {name: min({name} | {other for other in above[name] if name in above[other]}) for name in by_name}
    graph: dict[str, set[str]] = {group: set() for group in sorted(group_of.values())}
    for name in sorted(by_name):
        graph[group_of[name]] |= {group_of[parent] for parent in parents[name]} - {group_of[name]}
    order = TopologicalSorter({group: sorted(before) for group, before in graph.items()}).static_order()
    return [[by_name[name] for name in sorted(by_name) if group_of[name] == group] for group in order]


def _reached(start: str, parents: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    frontier = {start}
    while frontier:
        frontier = {parent for name in frontier for parent in parents[name]} - found
        found |= frontier
    return found
