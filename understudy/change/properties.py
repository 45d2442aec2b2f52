"""The properties in which two versions of a resource differ, leaf by leaf."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policies.parity.documents import document
from policies.parity.natural_key import label_of, natural_key
from policies.parity.paths import child

_ABSENT = object()
_MARKS = ("$secret", "$unknown", "$resource")


def changed_properties(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each leaf that differs, by path, with what it was and is; a side that does not have it has no such key.

    Items of lists are matched by their natural key; documents inside texts are compared as what they mean. Two secrets are equal:
    a report does not hold what they are.
    """
    return sorted(_differences(before, after, ""), key=lambda each: str(each["path"]))


def _differences(before: object, after: object, path: str) -> Iterator[dict[str, Any]]:
    if before == after:
        return
    pair = _opened(before), _opened(after)
    if all(isinstance(side, Mapping) and not _is_mark(side) for side in pair):
        yield from _members(pair[0], pair[1], lambda key: child(path, key))
    elif all(isinstance(side, list) for side in pair):
        yield from _members(*_labelled(pair[0], pair[1]), lambda label: f"{path}[{label}]")
    else:
        sides = {"before": before, "after": after}
        yield {"path": path, **{side: value for side, value in sides.items() if value is not _ABSENT}}


def _members(before: Any, after: Any, path: Any) -> Iterator[dict[str, Any]]:
    for key in {**before, **after}:
        yield from _differences(before.get(key, _ABSENT), after.get(key, _ABSENT), path(key))


def _labelled(before: Any, after: Any) -> tuple[dict[str, object], dict[str, object]]:
    """Both lists by their items' labels; by position unless both have the same natural key."""
    field = natural_key(before, after)
    first, second = ({label_of(item, field, index): item for index, item in enumerate(side)} for side in (before, after))
    return first, second


def _opened(value: object) -> Any:
    """The document that a text is, else the value itself."""
    inner = document(value)
    return value if inner is None else inner


def _is_mark(value: Any) -> bool:
    return len(value) == 1 and next(iter(value)) in _MARKS
