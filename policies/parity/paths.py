"""Property paths: how a place in a resource's properties is written, matched and found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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
    return list(_found(properties, _steps(text), ""))


@cache
def _steps(text: str) -> tuple[re.Match[str], ...]:
    return tuple(_STEP.finditer(text))


def _found(value: object, steps: tuple[re.Match[str], ...], path: str) -> Iterator[tuple[str, object]]:
    if not steps:
        yield path, value
        return
    step, rest = steps[0], steps[1:]
    quoted, item, name = step.groups()
    if step.group() == "[*]" or item is not None:
        if isinstance(value, list):
            field = natural_key(value)
            for index, entry in enumerate(value):
                label = label_of(entry, field, index)
                if item is None or item == label:
                    yield from _found(entry, rest, f"{path}[{label}]")
        return
    key = quoted if quoted is not None else name
    if isinstance(value, Mapping) and key in value:
        yield from _found(value[key], rest, child(path, key))
