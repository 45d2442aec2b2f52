"""Remedies carried out: properties changed in place, so that what is secret among them stays so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

from policies.engine.rule import Remedy


def carry_out(remedy: Remedy, properties: Any, is_unknown: Callable[[object], bool]) -> bool:
    """Put a remedy's value wherever its path leads. Whether it changed anything.

    What is not known yet is left alone, as is whatever has not the shape that the path needs.
    """
    *way, last = remedy.path.split(".")
    changed = False
    for place in _places(properties, way, is_unknown):
        if not _is_known_mapping(place, is_unknown):
            continue
        found = place.get(last)
        if is_unknown(found) or found == remedy.value:
            continue
        place[last] = remedy.value
        changed = True
    return changed


def _places(place: Any, way: Sequence[str], is_unknown: Callable[[object], bool]) -> Iterator[Any]:
    if not way:
        yield place
        return
    if not _is_known_mapping(place, is_unknown):
        return
    name, is_list = way[0].removesuffix("[*]"), way[0].endswith("[*]")
    if is_list:
        items = place.get(name)
        if isinstance(items, Sequence) and not isinstance(items, str):
            for index in range(len(items)):
                yield from _places(items[index], way[1:], is_unknown)
        return
    if place.get(name) is None:
        place[name] = {}
    yield from _places(place[name], way[1:], is_unknown)


def _is_known_mapping(place: Any, is_unknown: Callable[[object], bool]) -> bool:
    if is_unknown(place):
        return False
    # The SDK's proxy of secrets is written to and yet registered as no MutableMapping.
    return isinstance(place, MutableMapping) or (isinstance(place, Mapping) and hasattr(place, "__setitem__"))
