"""One resource's story, out of a report: what it is, how its two sides differ and why, what is found of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policies.engine.snapshot import Resource, Snapshot
from policies.parity.counterpart import Places, role
from policies.parity.difference import ABSENT, shown
from policies.parity.paths import found
from understudy.explain.story import Story, Table
from understudy.preview.lead import LEAD

Report = Mapping[str, Any]
_SYSTEM = "understudy:system:System"
_WIDEST = 44


def resources(report: Report) -> dict[str, list[str]]:
    """What resources may be called, with the roles that are called so: a URN, or a place or a name with or without the kind."""
    names: dict[str, list[str]] = {}
    for stack, content in report["stacks"].items():
        places = _places(report, stack)
        for resource in content["resources"]:
            place = places[resource["urn"]]
            kind = resource["type"].rpartition(":")[2]
            for name in {resource["urn"], place, f"{place}:{kind}", resource["name"], f"{resource['name']}:{kind}"}:
                known = names.setdefault(name, [])
                if role(resource["urn"]) not in known:
                    known.append(role(resource["urn"]))
    return names


def resource_story(report: Report, stack: str, wanted: str) -> Story:
    """The story of the resource of a role."""
    sides = {name: _of_role(report, name, wanted) for name in (LEAD, stack) if name in report["stacks"]}
    either = next(side for side in reversed(list(sides.values())) if side is not None)
    urns = {side["urn"] for side in sides.values() if side is not None}
    place = next(place for name in sides for urn, place in _places(report, name).items() if urn in urns)
    return Story(
        "resource",
        place,
        tuple(_facts(either, sides)),
        (
            Table("What differs", ("property", LEAD, stack, "why"), tuple(_differences(report, stack, sides, urns)), _SAME),
            Table("What is found", ("stack", "level", "policy", "message"), tuple(_findings(report, urns)), "nothing"),
            Table("What it comes from", ("resource", "in"), tuple(_dependencies(sides))),
        ),
    )


_SAME = "nothing: both sides are equal in every property"


def _facts(resource: Mapping[str, Any], sides: Mapping[str, Mapping[str, Any] | None]) -> Iterator[str]:
    yield f"{resource['name']}, {resource['type']}"
    yield from (f"not in {stack}" for stack, side in sides.items() if side is None)


def _of_role(report: Report, stack: str, wanted: str) -> Mapping[str, Any] | None:
    return next((each for each in report["stacks"][stack]["resources"] if role(each["urn"]) == wanted), None)


def _places(report: Report, stack: str) -> dict[str, str]:
    """The place of each resource of a stack, by URN."""
    entries = report["stacks"][stack]["resources"]
    system = next((each["name"] for each in entries if each["type"] == _SYSTEM), "")
    snapshot = Snapshot.of(Resource(each["type"], each["urn"], {}, parent=each["parent"] or "") for each in entries)
    return {urn: place.path for urn, place in Places(snapshot, system).all().items()}


def _differences(
    report: Report, stack: str, sides: Mapping[str, Mapping[str, Any] | None], urns: set[str]
) -> Iterator[tuple[str, ...]]:
    for each in report["parity"].get(stack, {}).get("differences", ()):
        if each["urn"] in urns:
            path = each["property"] or ""
            values = [_cut(shown(_value(sides[side], path))) if path else "" for side in (LEAD, stack)]
            yield (
                path or "(the resource)",
                *values,
                " ".join(filter(None, (each["explained"], each["figure"] and f"of {each['figure']}"))),
            )


def _value(side: Mapping[str, Any] | None, path: str) -> object:
    """A property by its path; the first of several."""
    if side is None:
        return ABSENT
    values = found(side["inputs"], path)
    return values[0][1] if values else ABSENT


def _findings(report: Report, urns: set[str]) -> Iterator[tuple[str, ...]]:
    for stack, content in report["stacks"].items():
        for policy in content["policies"]:
            if policy["urn"] in urns:
                yield stack, policy["level"], policy["policy"], policy["message"].rpartition("\n")[2]


def _dependencies(sides: Mapping[str, Mapping[str, Any] | None]) -> Iterator[tuple[str, ...]]:
    known: dict[str, list[str]] = {}
    for stack, side in sides.items():
        for urn in side["dependencies"] if side is not None else ():
            known.setdefault(role(urn), []).append(stack)
    for wanted, stacks in sorted(known.items(), key=lambda entry: entry[0].rpartition("::")[2]):
        types, _, name = wanted.rpartition("::")
        yield f"{name} ({types.rpartition(':')[2]})", "both" if len(stacks) == len(sides) else " and ".join(stacks)


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"
