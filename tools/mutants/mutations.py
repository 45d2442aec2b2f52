"""What can be done to a resource: each property removed, changed and weakened, each tie to other resources cut or turned."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from policies.engine.node import UNKNOWN, Secret
from policies.engine.snapshot import Resource
from policies.parity.counterpart import ROOT
from policies.parity.documents import document
from policies.parity.natural_key import label_of, natural_key
from policies.parity.paths import child


@dataclass(frozen=True)
class Mutant:
    """A resource with one thing changed, where, and how."""

    resource: Resource
    path: str
    """The property; empty for what is no property."""
    what: str


def mutants(resource: Resource, production: Resource | None) -> Iterator[Mutant]:
    """Every mutant of a resource. `production` is its counterpart, whose values are among the mistakes people make."""
    if resource.type == ROOT:
        return
    theirs = production.properties if production is not None else {}
    for key, value in resource.properties.items():
        rest = {name: other for name, other in resource.properties.items() if name != key}
        yield Mutant(replace(resource, properties=rest), child("", key), "removed")
        for path, what, changed in _changes(value, child("", key), theirs.get(key)):
            if changed == value:
                continue  # no mutant: it was so before
            yield Mutant(replace(resource, properties={**resource.properties, key: changed}), path, what)
    yield Mutant(replace(resource, properties={**resource.properties, "planted": "value"}), "planted", "added")
    yield from _ties(resource)


def _changes(value: Any, path: str, theirs: Any) -> Iterator[tuple[str, str, Any]]:
    """Path, what was done, and the changed value, of each mutant inside a value."""
    inside = document(value)
    if inside is not None:
        for where, what, changed in _changes(inside, path, document(theirs)):
            yield where, what, json.dumps(changed)
    elif isinstance(value, Mapping):
        yield from _mapping(value, path, theirs if isinstance(theirs, Mapping) else {})
    elif isinstance(value, list):
        yield from _list(value, path, theirs if isinstance(theirs, list) else [])
    else:
        yield from _leaf(value, path, theirs)


def _mapping(value: Mapping[str, Any], path: str, theirs: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for key, item in value.items():
        inside = child(path, key)
        yield inside, "removed", {name: other for name, other in value.items() if name != key}
        for where, what, changed in _changes(item, inside, theirs.get(key)):
            yield where, what, {**value, key: changed}
    yield child(path, "planted"), "added", {**value, "planted": "value"}


def _list(value: list[Any], path: str, theirs: list[Any]) -> Iterator[tuple[str, str, Any]]:
    field = natural_key(value)
    for index, item in enumerate(value):
        inside = f"{path}[{label_of(item, field, index)}]"
        yield inside, "removed", [*value[:index], *value[index + 1 :]]
        for where, what, changed in _changes(item, inside, theirs[index] if index < len(theirs) else None):
            yield where, what, [*value[:index], changed, *value[index + 1 :]]
    yield path, "added", [*value, "planted"]


def _leaf(value: Any, path: str, theirs: Any) -> Iterator[tuple[str, str, Any]]:
    if isinstance(value, Secret):
        yield path, "shown", "plain"
        return
    if value is UNKNOWN:
        yield path, "fixed", "planted"
        return
    yield path, "emptied", None
    if isinstance(value, bool):
        yield path, "flipped", not value
    elif isinstance(value, int | float):
        yield path, "raised", value + 1
        yield path, "lowered", value - 1
        yield path, "made text", f"{value}!"
    elif isinstance(value, str):
        yield path, "changed", f"{value}x"
        yield path, "opened", "*"
        if isinstance(theirs, str) and theirs != value:
            yield path, "production's", theirs


def _ties(resource: Resource) -> Iterator[Mutant]:
    for key, urns in resource.dependencies.items():
        others = {name: other for name, other in resource.dependencies.items() if name != key}
        yield Mutant(replace(resource, dependencies=others), key, "cut from what it comes from")
        if len(urns) > 1:
            yield Mutant(replace(resource, dependencies={**others, key: urns[1:]}), key, "cut from one that it comes from")
        turned = (f"{urns[0]}-planted", *urns[1:])
        yield Mutant(replace(resource, dependencies={**others, key: turned}), key, "turned to another resource")
    for urn in resource.depends_on:
        kept = tuple(other for other in resource.depends_on if other != urn)
        yield Mutant(replace(resource, depends_on=kept), "", "no longer waits")
    if resource.provider:
        yield Mutant(replace(resource, provider=f"{resource.provider}-planted"), "", "made by another provider")
    yield Mutant(replace(resource, parent=f"{resource.urn}-planted"), "", "moved")
    yield Mutant(replace(resource, protect=not resource.protect), "", "protection turned")
    yield Mutant(replace(resource, ignore_changes=(*resource.ignore_changes, "planted")), "", "ignores a property")
