"""Capacity: a property that a figure becomes must be what the ledger says for that figure, no less and no more."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from model.environment import Environment
from model.parity import Written
from policies.engine.node import UNKNOWN
from policies.engine.snapshot import Resource
from policies.parity.counterpart import Place
from policies.parity.difference import ABSENT, Difference, shown
from policies.parity.paths import found
from scaling.footprint import Footprint, Membership, footprints, memberships

CAPACITY = "PAR-03"
_HEAP = re.compile(r"-Xmx(\d+)m")


def written(footprint: Footprint) -> object:
    """How a figure stands in its property. A heap is the number inside a text, which is compared around it."""
    figure = footprint.value
    if footprint.written is Written.TEXT:
        return str(figure)
    if footprint.written is Written.MEBIBYTES:
        return f"{figure}Mi"
    if footprint.written is Written.MILLICORES:
        return f"{figure}m"
    return figure


@dataclass(frozen=True)
class Capacities:
    """The figures of both environments and where they show."""

    production: Environment
    staging: Environment

    @cached_property
    def _by_type(self) -> Mapping[str, Mapping[str, list[tuple[Footprint, Footprint | None]]]]:
        """Staging's footprints with production's of the same property, by resource type and then by component."""
        before = {_key(each): each for each in footprints(self.production)}
        grouped: dict[str, dict[str, list[tuple[Footprint, Footprint | None]]]] = defaultdict(lambda: defaultdict(list))
        for each in footprints(self.staging):
            grouped[each.type][each.component].append((each, before.get(_key(each))))
        return grouped

    @property
    def types(self) -> Iterable[str]:
        """The types of the resources in which figures show: few of all."""
        return self._by_type

    def of(self, resource: Resource, place: Place) -> list[tuple[Footprint, Footprint | None]]:
        """The figures that show in a resource."""
        by_component = self._by_type.get(resource.type, {})
        return [
            pair
            for component in place.components
            for pair in by_component.get(component, ())
            if fnmatchcase(place.name, pair[0].name)
        ]

    @cached_property
    def dismissed(self) -> Mapping[tuple[str, str, str], str]:
        """Type, component and name of the resources that staging has fewer of, and the figure that says so."""
        kept = {key for mark in memberships(self.staging) for key in _members(mark)}
        return {key: mark.figure for mark in memberships(self.production) for key in _members(mark) if key not in kept}


def _key(footprint: Footprint) -> tuple[str, str, str, str, str]:
    return footprint.figure, footprint.type, footprint.component, footprint.name, footprint.property


def _members(mark: Membership) -> Iterator[tuple[str, str, str]]:
    return ((mark.type, mark.component, name) for name in mark.names)


def capacity_differences(
    pairs: Iterable[tuple[Footprint, Footprint | None]], production: Resource, staging: Resource, place: str
) -> Iterator[tuple[str, Difference | None]]:
    """The path of every property that a figure becomes, with its difference: explained by the ledger, or against it."""
    for ours, theirs in pairs:
        there = dict(found(production.properties, ours.property))
        here = found(staging.properties, ours.property)
        if not here and (there or "[*]" not in ours.property):
            yield ours.property, _against(ours, staging, place, ours.property, ABSENT)
        for path, value in here:
            if value is UNKNOWN:
                continue
            yield path, _judged(ours, theirs, staging, place, path, value, there.get(path, ABSENT))


def _judged(
    ours: Footprint, theirs: Footprint | None, staging: Resource, place: str, path: str, value: object, before: object
) -> Difference | None:
    wanted = written(ours)
    if ours.written is Written.HEAP:
        around, around_before = _HEAP.sub("", str(value)), _HEAP.sub("", str(before))
        if around != around_before:
            message = f"is {shown(around)} around the heap here and {shown(around_before)} in production"
            return Difference(
                CAPACITY, staging.urn, place, path, message, "let only the heap follow the memory", figure=ours.figure
            )
        value, before = _heap(value), _heap(before)
    if isinstance(value, bool) or value != wanted:
        return _against(ours, staging, place, path, value)
    if theirs is not None and before is not ABSENT and before != written(theirs):
        message = f"is {shown(before)} in production, where the model says {theirs.figure} is {shown(theirs.value)}"
        return Difference(CAPACITY, staging.urn, place, path, message, "make the component follow the model", figure=ours.figure)
    if before == value:
        return None
    message = f"is {shown(value)} here and {shown(before)} in production, as the ledger says of {ours.figure}"
    return Difference(CAPACITY, staging.urn, place, path, message, "", explained="capacity", figure=ours.figure)


def _against(ours: Footprint, staging: Resource, place: str, path: str, value: object) -> Difference:
    wanted = shown(written(ours))
    message = f"is {shown(value)} here, and the ledger says {wanted} for {ours.figure}: staging is not the scale it claims"
    fix = f"change the ratio or its override in the staging file, see `understudy explain {ours.figure}`"
    return Difference(CAPACITY, staging.urn, place, path, message, fix, figure=ours.figure)


def _heap(text: object) -> object:
    limit = _HEAP.search(text) if isinstance(text, str) else None
    return ABSENT if limit is None else int(limit.group(1))
