"""The difference between old and new inputs: each path at which they differ, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from understudy.sandbox.values import Secret

ADDED, REMOVED, CHANGED = "add", "delete", "update"


def differences(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The paths, and whether each was added, removed or changed. What is unknown counts as changed."""
    old, new = _plain(old), _plain(new)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            where = f"{path}.{key}" if path else key
            if key not in new:
                yield where, REMOVED
            elif key not in old:
                yield where, ADDED
            else:
                yield from differences(old[key], new[key], where)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            where = f"{path}[{index}]"
            if index >= len(new):
                yield where, REMOVED
            elif index >= len(old):
                yield where, ADDED
            else:
                yield from differences(old[index], new[index], where)
    elif old != new:
        yield path, CHANGED


def _plain(value: Any) -> Any:
    """A value without its mark, so that a secret is compared like any other."""
    while isinstance(value, Secret):
        value = value.value
    return value
