"""Inputs judged against the SDK's own types: unknown and missing properties, wrong kinds, words that no enumeration has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from model.errors import nearest, quoted
from understudy.sandbox.values import UNKNOWN, Secret, revealed

_OPEN = re.compile(r"(db|cache)\.[a-z0-9-]+\.[a-z0-9-]+\Z|[a-z][a-z0-9-]*\.[a-z0-9-]+\Z")
"""Instance classes: AWS adds some every month, so that the SDK's enumeration is only what was known when it was made."""
_KINDS: dict[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "integer": (int, float),
    "number": (int, float),
    "string": str,
}


def failures(description: Mapping[str, Any], inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with a resource's inputs: a property path and a reason each."""
    members = {"properties": description["inputs"], "required": description["required"]}
    yield from _object(members, inputs, "", description["types"])


def _object(
    members: Mapping[str, Any], value: Mapping[str, Any], path: str, types: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    known = members["properties"]
    for name in members["required"]:
        if name not in value:
            yield _below(path, name), "is required"
    for name, item in value.items():
        if name in known:
            yield from _value(known[name], item, _below(path, name), types)
        elif name != "__defaults":
            yield _below(path, name), f"is no property of this type{nearest(name, sorted(known))}"


def _value(specification: Any, value: Any, path: str, types: Mapping[str, Any]) -> Iterator[tuple[str, str]]:  # noqa: C901, PLR0912
    if isinstance(value, Secret):
        for where, _ in _value(specification, revealed(value), path, types):
            yield where, "is a secret of a wrong kind"
        return
    if value is None or value is UNKNOWN or specification == "any":
        return
    if isinstance(specification, str):
        if not isinstance(value, _KINDS[specification]) or (specification != "boolean" and isinstance(value, bool)):
            yield path, f"must be of type {specification}, found {_shown(value)}"
        elif specification == "integer" and isinstance(value, float):
            yield path, f"must be a whole number, found {_shown(value)}"
    elif "enum" in specification:
        words = specification["enum"]
        if value not in words and not (isinstance(value, str) and _OPEN.match(value)):
            yield path, f"found {_shown(value)}{nearest(str(value), [str(word) for word in words])}"
    elif "list" in specification:
        if not isinstance(value, list):
            yield path, f"must be a list, found {_shown(value)}"
            return
        for index, item in enumerate(value):
            yield from _value(specification["list"], item, f"{path}[{index}]", types)
    elif "one_of" in specification:
        attempts = [list(_value(option, value, path, types)) for option in specification["one_of"]]
        yield from min(attempts, key=len, default=[])
    elif not isinstance(value, Mapping):
        yield path, f"must be an object, found {_shown(value)}"
    elif "map" in specification:
        for key, item in value.items():
            yield from _value(specification["map"], item, _below(path, key), types)
    else:
        yield from _object(types[specification["object"]], value, path, types)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shown(value: Any) -> str:
    """A scalar as it stands; anything else by its kind, since it may hold much."""
    return type(value).__name__ if isinstance(value, list | Mapping) else quoted(value)
