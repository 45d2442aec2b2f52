"""The components of a report: stacks side by side, with what each holds, costs, was scaled by, and differs in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Path = tuple[str, ...]
Resource = Mapping[str, Any]
_ROOT = "pulumi:pulumi:Stack"


def components(
    stacks: Mapping[str, Mapping[str, Any]],
    figures: Mapping[str, Mapping[str, str]],
    ledger: Sequence[Mapping[str, Any]],
    parity: Mapping[str, Mapping[str, Any]],
    cost: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """Every component of any stack, in the order of their paths; the stack itself, whose path is empty, first.

    `figures` tells of each stack, by the URN of a component, below which path the ledger has its figures.
    """
    places = {stack: _places(content["resources"]) for stack, content in stacks.items()}
    types = {path: _type(resource) for stack in stacks for path, resource in _own(stacks[stack], places[stack])}
    homes = {path: origin for stack, origins in figures.items() for path, origin in _origins(origins, places[stack])}
    by_path: dict[Path, list[str]] = defaultdict(list)
    for figure in sorted({line["path"] for line in ledger}):
        by_path[_home(figure, homes)].append(figure)
    resources = {stack: _resources(content, places[stack]) for stack, content in stacks.items()}
    findings = {stack: _findings(content, places[stack]) for stack, content in stacks.items()}
    explained = {stack: _explained(section, places) for stack, section in parity.items()}
    return [
        {
            "path": list(path),
            "type": types[path],
            "model": homes.get(path),
            "resources": {stack: resources[stack][path] for stack in stacks},
            "monthly": _monthly(path, cost),
            "figures": by_path[path],
            "explained": {stack: dict(sorted(found[path].items())) for stack, found in explained.items()},
            "findings": {stack: dict(sorted(found[path].items())) for stack, found in findings.items()},
        }
        for path in sorted(types)
    ]


def _type(resource: Resource) -> str:
    kind: str = resource["type"]
    return kind


def _places(resources: Sequence[Resource]) -> dict[str, Path]:
    """The path of the component that each resource stands in; of a component its own. A name leaves out what is above it."""
    by_urn = {resource["urn"]: resource for resource in resources}
    known: dict[str, Path] = {}

    def place(urn: str | None) -> Path:
        resource = by_urn.get(urn or "")
        if resource is None or resource["type"] == _ROOT:
            return ()
        if resource["urn"] not in known:
            above = place(resource["parent"])
            known[resource["urn"]] = above if resource["custom"] else (*above, _label(resource, by_urn))
        return known[resource["urn"]]

    return {resource["urn"]: place(resource["urn"]) for resource in resources}


def _label(resource: Resource, by_urn: Mapping[str, Resource]) -> str:
    parent = by_urn.get(resource["parent"] or "")
    own = resource["name"].removeprefix(f"{parent['name']}-") if parent is not None else resource["name"]
    return f"{own} ({resource['type'].rsplit(':', 1)[-1]})"


def _own(stack: Mapping[str, Any], places: Mapping[str, Path]) -> Iterator[tuple[Path, Resource]]:
    """Each component's path and the component."""
    return ((places[resource["urn"]], resource) for resource in stack["resources"] if not resource["custom"])


def _origins(origins: Mapping[str, str], places: Mapping[str, Path]) -> Iterator[tuple[Path, str]]:
    return ((places[urn], origin) for urn, origin in origins.items())


def _home(figure: str, homes: Mapping[Path, str]) -> Path:
    """The component that a figure is told at: the one whose part of the model is the closest; of several the outermost."""
    near = [(len(origin), -len(path), path) for path, origin in homes.items() if f"{figure}.".startswith(f"{origin}.")]
    closest = max((each[:2] for each in near), default=None)
    return min((path for *rank, path in near if tuple(rank) == closest), default=())


def _resources(stack: Mapping[str, Any], places: Mapping[str, Path]) -> Counter[Path]:
    return Counter(places[resource["urn"]] for resource in stack["resources"] if resource["custom"])


def _findings(stack: Mapping[str, Any], places: Mapping[str, Path]) -> dict[Path, Counter[str]]:
    found: dict[Path, Counter[str]] = defaultdict(Counter)
    for policy in stack["policies"]:
        found[places.get(policy["urn"] or "", ())][policy["level"]] += 1
    return found


def _explained(section: Mapping[str, Any], places: Mapping[str, Mapping[str, Path]]) -> dict[Path, Counter[str]]:
    """Explained differences by component. A resource that staging lacks stands where production has it."""
    found: dict[Path, Counter[str]] = defaultdict(Counter)
    for each in section["differences"]:
        path = next((known[each["urn"]] for known in places.values() if each["urn"] in known), ())
        found[path][each["explained"]] += 1
    return found


def _monthly(path: Path, cost: Mapping[str, Any]) -> dict[str, str]:
    """What a part of the system costs in each stack. Cost is told by the outermost components below the system."""
    amounts: dict[str, str] = {}
    for stack, content in cost["stacks"].items():
        for component in content["components"]:
            if len(path) == _DEPTH_OF_PARTS and component["component"] == path[-1]:
                amounts[stack] = component["monthly"]
    return amounts


_DEPTH_OF_PARTS = 2
