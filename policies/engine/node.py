"""A place in a resource's properties: reading it either answers or says exactly which property is not known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import Any, Final, NoReturn

from policies.engine.finding import Judgement
from policies.engine.verdict import Verdict


class Unknown:
    """The type of UNKNOWN. It has no truth, so that no rule can take it for a value."""

    __slots__ = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("an unknown value is neither true nor false")

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()
"""Stands for a value that a preview cannot know."""


class Secret:
    """A value that a rule may read and nobody may print."""

    __slots__ = ("_value",)

    def __init__(self, value: object) -> None:
        self._value = value

    def reveal(self) -> object:
        """The value itself, to decide by and never to show."""
        return self._value

    def __repr__(self) -> str:
        return "(secret)"


class NotKnownError(Exception):
    """A value that decides is not known."""

    def __init__(self, path: str, reason: str = "the value is not known before the update") -> None:
        super().__init__(path)
        self.path, self.reason = path, reason


class MalformedError(Exception):
    """A value has a shape that its provider would refuse."""

    def __init__(self, path: str, expected: str) -> None:
        super().__init__(path)
        self.path, self.expected = path, expected


@dataclass(slots=True)
class Reading:
    """What was read of a resource: how many properties decided something, and whether the resource shows them all."""

    partial: bool = False
    """An absent property then says nothing: the object only names what it changes."""
    properties: int = 0
    settings: Mapping[str, object] = field(default_factory=dict)
    """What the pack's configuration sets of the rule's parameters, by name."""


@dataclass(frozen=True)
class Parameter:
    """What of a rule can be configured, and what it is where it is not."""

    name: str
    """As it is written in a configuration: in camel case."""
    default: Any
    description: str
    schema: Mapping[str, Any]
    """JSON Schema of its values."""


@lru_cache(maxsize=1024)
def _parsed(text: str) -> object:
    """The content of a JSON text. Shared, since several rules read each document and none changes it."""
    return json.loads(text)


def _is_text(key: object) -> bool:
    return isinstance(key, str)


class Node:
    """A property, present or absent, and its path from the resource."""

    __slots__ = ("_above", "_key", "_raw", "_reading")

    def __init__(self, raw: object, key: str | int, reading: Reading, above: Node | None = None) -> None:
        self._raw, self._key, self._reading, self._above = raw, key, reading, above

    @property
    def path(self) -> str:
        """The path from the resource, made when it is asked for: most properties are in order, and theirs is never told."""
        steps: list[str] = []
        node: Node | None = self
        while node is not None:
            key = node._key  # noqa: SLF001 - a node's own
            if key.__class__ is int:
                steps.append(f"[{key}]")
            elif key:
                steps.append(f".{key}")
            node = node._above  # noqa: SLF001 - a node's own
        return "".join(reversed(steps)).removeprefix(".")

    def __getitem__(self, key: str) -> Node:
        """The property of that name inside this one; absent where this one is absent."""
        raw = self._raw
        if raw.__class__ is dict or isinstance(raw, Mapping):
            return Node(raw.get(key), key, self._reading, self)
        if raw is None:
            return Node(None, key, self._reading, self)
        return self._refuse("an object")

    def setting(self, parameter: Parameter) -> Any:
        """What a parameter of the rule is: configured, or its default."""
        return self._reading.settings.get(parameter.name, parameter.default)

    def at(self, path: str) -> Node:
        """The property at a dotted path inside this one."""
        node = self
        for key in path.split("."):
            node = node[key]
        return node

    @property
    def value(self) -> Any:
        """The value, None where absent. Raises NotKnownError for an unknown, and for what a partial object leaves out."""
        reading, raw = self._reading, self._raw
        reading.properties += 1
        if raw is None:
            if reading.partial:
                raise NotKnownError(self.path, "this object only names what it changes")
            return None
        if raw is UNKNOWN:
            raise NotKnownError(self.path)
        return raw.reveal() if isinstance(raw, Secret) else raw

    @property
    def is_unknown(self) -> bool:
        """Whether the property has a value that a preview cannot know."""
        return self._raw is UNKNOWN

    def search(self, wanted: Callable[[str], bool], skipped: frozenset[str] = frozenset()) -> Iterator[Node]:
        """The wanted texts within the property, however deep, but for what lies under skipped names.

        What is not known yet is left out: who searches says for himself what that means.
        """
        if not self._holds(wanted, skipped):
            return
        waiting: list[tuple[object, tuple[str | int, ...]]] = [(self._raw, ())]
        while waiting:
            raw, way = waiting.pop()
            if isinstance(raw, str):
                if wanted(raw):
                    yield self._below(way)
            elif isinstance(raw, Mapping):
                waiting += [(raw[key], (*way, key)) for key in sorted(filter(_is_text, raw), reverse=True) if key not in skipped]
            elif isinstance(raw, list):
                waiting += [(item, (*way, index)) for index, item in reversed(tuple(enumerate(raw)))]

    def _holds(self, wanted: Callable[[str], bool], skipped: frozenset[str]) -> bool:
        """Whether there is a wanted text at all. Most searches end here, before any path is made."""
        found, waiting = False, [self._raw]
        while waiting:
            raw = waiting.pop()
            if isinstance(raw, str):
                self._reading.properties += 1
                found = found or wanted(raw)
            elif isinstance(raw, Mapping):
                waiting += [raw[key] for key in raw if key not in skipped]
            elif isinstance(raw, list):
                waiting += raw
        return found

    def _below(self, way: tuple[str | int, ...]) -> Node:
        node = self
        for step in way:
            raw: Any = node._raw  # a node's own, and what the way was found in
            node = Node(raw[step], step, self._reading, node)
        return node

    def each(self, path: str) -> Iterator[Node]:
        """The properties at a dotted path in which `name[*]` stands for each item of a list."""
        step, _, rest = path.partition(".")
        found = self[step.removesuffix("[*]")]
        for node in found.items() if step.endswith("[*]") else [found]:
            if rest:
                yield from node.each(rest)
            else:
                yield node

    @property
    def is_given(self) -> bool:
        """Whether the property has a value, be it one that is not known yet. An empty text is none, as for providers."""
        if self._raw is UNKNOWN:
            self._reading.properties += 1
            return True
        return self.value not in (None, "")

    def text(self, default: str = "") -> str:
        """The value as text. Raises MalformedError for anything but a text."""
        value = self.value
        if value is None:
            return default
        return value if isinstance(value, str) else self._refuse("a text")

    def flag(self, *, default: bool = False) -> bool:
        """The value as a truth value, which providers also write as text."""
        value = self.value
        if value is None:
            return default
        if value in (True, "true", "True"):
            return True
        return False if value in (False, "false", "False") else self._refuse("true or false")

    def number(self, default: float = 0) -> float:
        """The value as a number, which providers also write as text."""
        value = self.value
        if value is None:
            return default
        try:
            found = float(value)
        except (OverflowError, TypeError, ValueError):
            return self._refuse("a number")
        return found if isfinite(found) and not isinstance(value, bool) else self._refuse("a number")

    def items(self) -> list[Node]:
        """The items of a list; none where absent. A lone object or text counts as a list of one, as in IAM's language."""
        value = self.value
        if value is None:
            return []
        if isinstance(value, list):
            reading = self._reading
            return [Node(item, index, reading, self) for index, item in enumerate(value)]
        return [self]

    def texts(self) -> list[str]:
        """A list of texts, or the one text that stands for it."""
        return [item.text() for item in self.items()]

    def entries(self) -> list[tuple[str, Node]]:
        """The names and values of an object, sorted; none where absent."""
        value = self.value
        if value is None:
            return []
        if not isinstance(value, Mapping):
            return self._refuse("an object")
        return [(key, self[key]) for key in sorted(value)]

    def document(self) -> Node:
        """The content of a JSON text, or of an object that stands for one."""
        value = self.value
        if not isinstance(value, str):
            return self
        try:
            # A document is whole, whatever the object around it leaves out.
            return Node(_parsed(value), self._key, self._whole(), self._above)
        except (ValueError, RecursionError):
            return self._refuse("a JSON document")

    def _whole(self) -> Reading:
        return Reading(settings=self._reading.settings) if self._reading.partial else self._reading

    def fails(self, message: str) -> Judgement:
        """This property breaks the rule. The message is the rule's own text and holds no value of type text."""
        return Judgement(Verdict.FAIL, self.path, message)

    def undecided(self, message: str) -> Judgement:
        """Whether this property keeps the rule cannot be seen."""
        return Judgement(Verdict.INCONCLUSIVE, self.path, message)

    def _refuse(self, expected: str) -> NoReturn:
        if self._raw is UNKNOWN:
            raise NotKnownError(self.path)
        raise MalformedError(self.path, expected)
