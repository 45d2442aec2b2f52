"""Counterparts: which resource of staging stands for which of production, by its path of components, never by a physical name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policies.engine.snapshot import Resource, Snapshot

ROOT = "pulumi:pulumi:Stack"
ROWS = {
    "network": "infrastructure",
    "keys": "infrastructure",
    "cluster": "infrastructure",
    "edge": "infrastructure",
    "system": "infrastructure",
    "services": "application",
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


def role(urn: str) -> str:
    """What a resource is in any stack: its types from the root, and its name. The root itself is named after its stack."""
    rest = urn.split("::", 2)[2]
    return ROOT if rest.startswith(f"{ROOT}::") else rest


def counterparts(production: Snapshot, staging: Snapshot) -> list[Pair]:
    """Every resource of both, with its counterpart, sorted by role."""
    theirs = {role(resource.urn): resource for resource in production.resources}
    ours = {role(resource.urn): resource for resource in staging.resources}
    return [Pair(key, theirs.get(key), ours.get(key)) for key in sorted(theirs.keys() | ours.keys())]


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
        self._above: dict[str, tuple[Resource, ...]] = {}

    def all(self) -> Mapping[str, Place]:
        """The place of each resource, by URN."""
        return {resource.urn: self.of(resource) for resource in self._snapshot.resources}

    def of(self, resource: Resource) -> Place:
        """The place of one resource."""
        above, system = self._ancestors(resource.parent), self._system
        names = [ancestor.name for ancestor in above]
        areas = [ancestor.type.split(":")[1] for ancestor in (*above, resource) if ancestor.name != system]
        area = areas[0] if areas and above else "system"
        lineage = zip([system, *names], [*names, resource.name], strict=True)
        parts = [name.removeprefix(f"{parent}-") for parent, name in lineage if name != system] or [resource.name]
        path = "/".join(parts if parts[0] == area else [area, *parts])
        components = tuple(name.removeprefix(f"{system}-") for name in names)
        return Place(area, path, components, parts[-1], resource.type.rpartition(":")[2])

    def _ancestors(self, urn: str) -> tuple[Resource, ...]:
        """A resource and those that it is below, without the root, which comes first."""
        if urn not in self._above:
            resource = self._snapshot.by_urn.get(urn)
            is_top = resource is None or resource.type == ROOT
            self._above[urn] = () if resource is None or is_top else (*self._ancestors(resource.parent), resource)
        return self._above[urn]
