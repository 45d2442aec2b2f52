"""Resources that only staging has by design: those below a component that a field of the staging file asks for.

They have no counterpart, and are held against what the model makes of the staging file: no more, no less, nothing changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from model.parity import Adds
from model.staging import Staging
from policies.engine.node import UNKNOWN, Secret
from policies.engine.snapshot import Resource, Snapshot
from policies.parity.difference import ABSENT, Difference, shown
from policies.parity.paths import child

EQUAL = "PAR-02"
_FIX = "leave to the component what it makes; what else staging needs is part of the model first"


def is_declared(resource: Resource, snapshot: Snapshot, file: Staging) -> bool:
    """Whether the staging file asks for a component that the resource is, or is below."""
    tokens = {
        mark.component
        for name, field in type(file).model_fields.items()
        for mark in field.metadata
        if isinstance(mark, Adds) and getattr(file, name)
    }
    current: Resource | None = resource
    while current is not None and tokens:
        if current.type in tokens:
            return True
        current = snapshot.by_urn.get(current.parent)
    return False


def changes(declared: Resource, staging: Resource, place: str, *, is_filled: bool) -> Iterator[Difference]:
    """Every property in which a resource is not what the model declares. An engine adds to it, and knows more of it."""
    for key in sorted(declared.properties.keys() | staging.properties.keys()):
        theirs = declared.properties.get(key, ABSENT)
        if theirs is not ABSENT or not is_filled:
            for path, wanted, found in _changes(theirs, staging.properties.get(key, ABSENT), child("", key), is_filled=is_filled):
                message = f"is {shown(found)} here, and the model declares {shown(wanted)} for what staging alone has"
                yield Difference(EQUAL, staging.urn, place, path, message, _FIX)


def _changes(theirs: object, ours: object, path: str, *, is_filled: bool) -> Iterator[tuple[str, object, object]]:
    if theirs is UNKNOWN and is_filled:
        return
    if isinstance(theirs, Mapping) and isinstance(ours, Mapping):
        for key in sorted(theirs.keys() | ours.keys()):
            yield from _changes(theirs.get(key, ABSENT), ours.get(key, ABSENT), child(path, key), is_filled=is_filled)
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for index, (left, right) in enumerate(zip(theirs, ours, strict=True)):
            yield from _changes(left, right, f"{path}[{index}]", is_filled=is_filled)
    elif type(theirs) is not type(ours) or (theirs != ours and not _are_secrets(theirs, ours)):
        yield path, theirs, ours


def _are_secrets(theirs: object, ours: object) -> bool:
    return isinstance(theirs, Secret) and isinstance(ours, Secret)
