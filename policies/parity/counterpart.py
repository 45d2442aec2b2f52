"""Counterparts: which resource of staging stands for which of production, by its path of components, never by a physical name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from policies.engine.snapshot import Resource, Snapshot

ROOT = "pulumi:pulumi:Stack"
ROWS = {
    "network": "infrastructure",
    "keys": "infrastructure",
    "cluster": "infrastructure",
    "edge": "infrastructure",
    "system": "infrastructure",
    "services": "application",
    "data": "data",
    "stores": "data",
    "messaging": "data",
    "operations": "operational",
}
"""The system row of each area of components."""


@dataclass(frozen=True)
class Pair:
    """A resource and its counterpart; None on the side that has none."""

    key: str
    production: Resource | None
    staging: Resource | None
    declared: Resource | None = None
    """Staging's as the model declares it, where the model declares none of production."""


@lru_cache(maxsize=65_536)
def role(urn: str) -> str:
    """What a resource is in any stack: its types from the root, and its name. The root itself is named after its stack."""
    rest = urn.split("::", 2)[2]
    return ROOT if rest.startswith(f"{ROOT}::") else rest


def counterparts(production: Snapshot, staging: Snapshot, declared: Snapshot | None = None) -> list[Pair]:
    """Every resource of both, and what the model declares of staging alone, with its counterpart, sorted by role."""
    theirs, ours, own = (
        {role(resource.urn): resource for resource in (snapshot.resources if snapshot is not None else ())}
        for snapshot in (production, staging, declared)
    )
    alone = {key: resource for key, resource in own.items() if key not in theirs}
    return [
        Pair(key, theirs.get(key), ours.get(key), alone.get(key)) for key in sorted(theirs.keys() | ours.keys() | alone.keys())
    ]


@dataclass(frozen=True)
class Place:
    """Where a resource is in the tree of components: `stores/orders/instance`, an area and names without what they repeat."""

    area: str
    path: str
    components: tuple[str, ...]
    """The components that it is below, by their names without the system's, the nearest last."""
    name: str
    """Its own name below the nearest component."""
    kind: str

    @property
    def row(self) -> str:
        """The system row that it counts for."""
        return ROWS.get(self.area, self.area)

    def is_named(self, text: str) -> bool:
        """Whether the text means this resource: its path, with its kind after a colon where the path alone is ambiguous."""
        return text in (self.path, f"{self.path}:{self.kind}")


class Places:
    """The places of a stack's resources."""

    def __init__(self, snapshot: Snapshot, system: str) -> None:
        self._snapshot, self._system = snapshot, system
        self._lineages: dict[str, _Lineage] = {}

    def all(self) -> Mapping[str, Place]:
        """The place of each resource, by URN."""
        return {resource.urn: self.of(resource) for resource in self._snapshot.resources}

    def of(self, resource: Resource) -> Place:
        """The place of one resource."""
        above = self._lineage(resource.parent)
        part = resource.name.removeprefix(f"{above.name}-") if resource.name != self._system else resource.name
        area = above.area or (_area(resource) if above.is_inside else "system")
        parts = above.parts if resource.name == self._system and above.parts else (*above.parts, part)
        path = "/".join(parts if parts[0] == area else (area, *parts))
        return Place(area, path, above.components, part, resource.type.rpartition(":")[2])

    def _lineage(self, urn: str) -> _Lineage:
        """What the resources below a resource have in common."""
        if urn not in self._lineages:
            resource = self._snapshot.by_urn.get(urn)
            if resource is None or resource.type == ROOT:
                self._lineages[urn] = _Lineage(self._system)
            else:
                self._lineages[urn] = self._lineage(resource.parent).below(resource, self._system)
        return self._lineages[urn]


@dataclass(frozen=True)
class _Lineage:
    """The resources above another: the name of the nearest, their area, and the parts of their path."""

    name: str
    area: str = ""
    parts: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    is_inside: bool = False
    """Whether it is below the system's component, which has no name of its own: a service may have the system's."""

    def below(self, resource: Resource, system: str) -> _Lineage:
        """The lineage of what is below a resource of this lineage."""
        name = resource.name
        is_system = name == system
        return _Lineage(
            name,
            self.area or ("" if is_system else _area(resource)),
            self.parts if is_system else (*self.parts, name.removeprefix(f"{self.name}-")),
            self.components if is_system else (*self.components, name.removeprefix(f"{system}-")),
            is_inside=True,
        )


def _area(resource: Resource) -> str:
    return resource.type.split(":")[1]
