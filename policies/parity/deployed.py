"""Production as deployed: the state that `pulumi stack export` writes, held against production as the model declares it.

Staging equals the declared production; where what runs is another one, staging does not stand for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from policies.engine.node import UNKNOWN, Secret
from policies.engine.snapshot import Resource, Snapshot
from policies.parity.counterpart import ROOT, Place, counterparts
from policies.parity.difference import ABSENT, Difference, shown
from policies.parity.natural_key import paired
from policies.parity.paths import child
from policies.parity.reference import NoReferenceError

DRIFT = "PAR-12"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key by which the engine marks what is no plain value; its value tells a secret. Source: Pulumi's SDK, `rpc.py`."""
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the mark of a secret
_FIX = "deploy production from the model, or take what runs into the model"


def read_state(path: Path) -> Snapshot:
    """The resources of an exported stack. Raises NoReferenceError where the file is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Snapshot.of(_resource(entry) for entry in content["deployment"]["resources"] if not entry.get("delete"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NoReferenceError(f"{str(path)!r} is no stack that `pulumi stack export` wrote") from error


def _resource(entry: Mapping[str, Any]) -> Resource:
    # A component is given nothing, and is compared by what it gives out; whatever else exists by what it was given.
    properties = (entry.get("inputs") if entry.get("custom", True) else entry.get("outputs")) or {}
    return Resource(
        token=entry["type"],
        urn=entry["urn"],
        properties={key: _value(value) for key, value in properties.items() if not key.startswith("__")},
        dependencies={key: tuple(urns or ()) for key, urns in (entry.get("propertyDependencies") or {}).items()},
        parent=entry.get("parent", ""),
        protect=bool(entry.get("protect")),
        depends_on=tuple(entry.get("dependencies") or ()),
        provider=entry.get("provider", ""),
    )


def _value(value: Any) -> object:
    if isinstance(value, Mapping):
        if value.get(_SIGNATURE) == _SECRET:
            return Secret(None)
        return {key: _value(item) for key, item in value.items() if not key.startswith("__")}
    return [_value(item) for item in value] if isinstance(value, list) else value


def drift(declared: Snapshot, deployed: Snapshot, places: Mapping[str, Place]) -> Iterator[Difference]:
    """Where production as deployed is not what the model declares."""
    for pair in counterparts(declared, deployed):
        wanted, real = pair.production, pair.staging
        if wanted is None and real is not None:
            message = "runs in production, and the model does not declare it: staging has nothing like it"
            yield Difference(DRIFT, real.urn, real.name, "", message, _FIX)
        elif wanted is not None and real is None:
            message = "is declared and not deployed in production: staging is ahead of what runs"
            yield Difference(DRIFT, wanted.urn, _path(wanted, places), "", message, _FIX)
        elif wanted is not None and real is not None and wanted.type != ROOT:
            ignored = tuple(wanted.ignore_changes)
            for path, theirs, ours in _unequal(dict(wanted.properties), dict(real.properties), ""):
                if not any(_ignores(name, path) for name in ignored):
                    message = f"is {shown(ours)} in production as deployed and {shown(theirs)} in the model that staging follows"
                    yield Difference(DRIFT, wanted.urn, _path(wanted, places), path, message, _FIX)


def _path(resource: Resource, places: Mapping[str, Place]) -> str:
    place = places.get(resource.urn)
    return place.path if place is not None else resource.name


def _ignores(name: str, path: str) -> bool:
    """Whether an option to ignore changes covers a property: what moves it then is no update."""
    steps = [step.replace("[*]", "") for step in name.split(".")]
    taken = ["".join(part.split("[")[:1]) for part in path.split(".")]
    return taken[: len(steps)] == steps


def _unequal(wanted: object, real: object, path: str) -> Iterator[tuple[str, object, object]]:
    """The declared leaves that are not as declared. What a provider adds beside them is its own."""
    if wanted is UNKNOWN or isinstance(wanted, Secret):
        return
    if isinstance(wanted, Mapping) and isinstance(real, Mapping):
        for key in sorted(wanted):
            yield from _unequal(wanted[key], real.get(key, ABSENT), child(path, key))
    elif isinstance(wanted, list) and isinstance(real, list):
        if sorted(map(str, wanted)) == sorted(map(str, real)):
            return  # providers keep sets in an order of their own
        for label, wanted_at, real_at in paired(wanted, real):
            left = ABSENT if wanted_at is None else wanted[wanted_at]
            right = ABSENT if real_at is None else real[real_at]
            yield from _unequal(left, right, f"{path}[{label}]")
    elif wanted != real and not _is_same_text(wanted, real):
        yield path, wanted, real


def _is_same_text(wanted: object, real: object) -> bool:
    """Whether two texts differ by how they are written alone: a JSON document's layout, a number as text."""
    if isinstance(wanted, str) and isinstance(real, str):
        try:
            return bool(json.loads(wanted) == json.loads(real))
        except ValueError:
            return False
    return (
        isinstance(wanted, str | int | float) and isinstance(real, str | int | float) and str(wanted).lower() == str(real).lower()
    )
