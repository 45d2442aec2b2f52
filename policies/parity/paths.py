"""Property paths: how a place in a resource's properties is written, matched and found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from policies.parity.natural_key import label_of, natural_key

_PLAIN = re.compile(r"[^.\[\]\"]+")
_STEP = re.compile(r'\[\*\]|\["([^"]*)"\]|\[([^\]]*)\]|\.?([^.\[\]"]+)')


def child(path: str, key: str) -> str:
    """The path of a property inside another; a name with dots in it is quoted."""
    if not key.isidentifier() and not _PLAIN.fullmatch(key):
        return f'{path}["{key}"]'
    return f"{path}.{key}" if path else key


@cache
def pattern(text: str) -> re.Pattern[str]:
    """What a path with wildcards stands for: `*` is any one name, `[*]` any item of a list, `**` anything further in."""
    expression = re.escape(text)
    for wildcard, meaning in ((r"\*\*", r".*"), (r"\[\*\]", r"\[[^\]]*\]"), (r"\.\*", r'(?:\.[^.\[]+|\["[^"]*"\])')):
        expression = expression.replace(wildcard, meaning)
    return re.compile(expression)


def found(properties: object, text: str) -> list[tuple[str, object]]:
    """The values at a path in which `[*]` stands for any item of a list, and `[name]` for the one of that natural key."""
    places = [("", properties)]
    for name, item in _steps(text):
        if name is None:
            places = [each for path, value in places if isinstance(value, list) for each in _items(path, value, item)]
        else:
            places = [(child(path, name), value[name]) for path, value in places if isinstance(value, dict) and name in value]
    return places


@cache
def _steps(text: str) -> tuple[tuple[str | None, str | None], ...]:
    """The steps of a path: a name in an object, or else an item's label in a list; neither for every item."""
    steps = (match.groups() for match in _STEP.finditer(text))
    return tuple((name if quoted is None else quoted, item) for quoted, item, name in steps)


def _items(path: str, value: list[object], wanted: str | None) -> Iterator[tuple[str, object]]:
    field = natural_key(value)
    for index, entry in enumerate(value):
        label = label_of(entry, field, index)
        if wanted is None or wanted == label:
            yield f"{path}[{label}]", entry
