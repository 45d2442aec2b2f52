"""The component tree of a report: stacks side by side, resources counted below each component."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Branch:
    """One component (or a group of resources of one type below it), and how many resources each stack has there."""

    depth: int
    label: str
    type: str
    counts: tuple[int, ...]

    @property
    def differs(self) -> bool:
        """Whether the stacks do not have the same number of resources here."""
        return len(set(self.counts)) > 1


def component_tree(document: Mapping[str, Any]) -> list[Branch]:
    """Components in the order of their paths; a component's own resources are counted, not listed."""
    stacks = list(document["stacks"])
    found: dict[tuple[str, ...], tuple[str, list[int]]] = {}
    for index, stack in enumerate(stacks):
        resources = document["stacks"][stack]["resources"]
        by_urn = {resource["urn"]: resource for resource in resources}
        for resource in resources:
            path = _component_path(resource, by_urn)
            _, counts = found.setdefault(path, ("", [0] * len(stacks)))
            counts[index] += resource["custom"]
            if not resource["custom"]:
                found[path] = (resource["type"], counts)
    return [Branch(len(path) - 1, path[-1], found[path][0], tuple(found[path][1])) for path in sorted(found) if path]


def _component_path(resource: Mapping[str, Any], by_urn: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """The names of the components from the root to the resource's own."""
    names: list[str] = []
    current: Mapping[str, Any] | None = resource
    while current is not None:
        if not current["custom"]:
            kind = current["type"].rsplit(":", 1)[-1]
            names.append("stack" if kind == "Stack" else f"{current['name']} ({kind})")
        current = by_urn.get(current["parent"] or "")
    return tuple(reversed(names))


def columns(document: Mapping[str, Any]) -> Sequence[str]:
    """The stacks in the order of the columns."""
    return list(document["stacks"])
