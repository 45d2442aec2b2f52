"""Counterparts: which resource of staging stands for which of production, by its path of components, never by a physical name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

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


class Pair(NamedTuple):
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
    theirs, ours = ({role(resource.urn): resource for resource in snapshot.resources} for snapshot in (production, staging))
    own = declared.resources if declared is not None else ()
    alone = {key: resource for resource in own if (key := role(resource.urn)) not in theirs}
    # Production's are nearly in order already, as its resources are: they come first, and are sorted in hardly a step each.
    keys = [*theirs, *(ours.keys() | alone.keys()) - theirs.keys()]
    return [Pair(key, theirs.get(key), ours.get(key), alone.get(key)) for key in sorted(keys)]


class Place(NamedTuple):
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
        above, name = self._lineage(resource.parent), resource.name
        part = name.removeprefix(above.prefix) if name != self._system else name
        area = above.area or (_area(resource) if above.is_inside else "system")
        parts = above.parts if name == self._system and above.parts else (*above.parts, part)
        path = "/".join(parts if parts[0] == area else (area, *parts))
        return Place(area, path, above.components, part, resource.type.rpartition(":")[2])

    def _lineage(self, urn: str) -> _Lineage:
        """What the resources below a resource have in common."""
        known = self._lineages.get(urn)
        if known is None:
            resource = self._snapshot.by_urn.get(urn)
            if resource is None or resource.type == ROOT:
                known = _Lineage(f"{self._system}-")
            else:
                known = self._lineage(resource.parent).below(resource, self._system)
            self._lineages[urn] = known
        return known


@dataclass(frozen=True)
class _Lineage:
    """The resources above another: what the nearest puts before the names below it, their area, and the parts of their path."""

    prefix: str
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
            f"{name}-",
            self.area or ("" if is_system else _area(resource)),
            self.parts if is_system else (*self.parts, name.removeprefix(self.prefix)),
            self.components if is_system else (*self.components, name.removeprefix(f"{system}-")),
            is_inside=True,
        )


def _area(resource: Resource) -> str:
    return resource.type.split(":")[1]
