"""Small stacks for tests: resources by name, of which a test changes exactly one thing."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from policies.engine.snapshot import Resource, Snapshot

Path = str | tuple[str | int, ...]
GONE = object()
"""As a value: the property is taken out."""


def urn(token: str, name: str, below: str = "") -> str:
    types = f"understudy:system:System${below}${token}" if below else token
    return f"urn:pulumi:staging::shop::{types}::{name}"


@dataclass(frozen=True)
class Declared:
    """A resource: its token, its properties, and by property the names of the resources that it refers to."""

    token: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    refers: Mapping[str, str] = field(default_factory=dict)
    below: str = ""
    """The type of the component that it is below, where that matters."""


@dataclass(frozen=True)
class Stack:
    members: Mapping[str, Declared]

    def change(self, name: str, path: Path, value: Any) -> Stack:
        properties = copy.copy(dict(self.members[name].properties))
        properties = _with(properties, _steps(path), value)
        return Stack({**self.members, name: replace(self.members[name], properties=properties)})

    def without(self, name: str) -> Stack:
        return Stack({key: member for key, member in self.members.items() if key != name})

    def adding(self, name: str, member: Declared) -> Stack:
        return Stack({**self.members, name: member})

    def snapshot(self) -> Snapshot:
        return Snapshot.of(self.resource(name) for name in self.members)

    def resource(self, name: str) -> Resource:
        member = self.members[name]
        dependencies = {
            key: tuple(urn(self.members[other].token, other) for other in others.split() if other in self.members)
            for key, others in member.refers.items()
        }
        return Resource(member.token, urn(member.token, name, member.below), member.properties, dependencies)


Edit = Callable[[Stack], Stack]


def change(name: str, path: Path, value: Any) -> Edit:
    return lambda stack: stack.change(name, path, value)


def drop(name: str, path: Path) -> Edit:
    return lambda stack: stack.change(name, path, GONE)


def without(name: str) -> Edit:
    return lambda stack: stack.without(name)


def adding(name: str, token: str, properties: Mapping[str, Any] | None = None, refers: Mapping[str, str] | None = None) -> Edit:
    return lambda stack: stack.adding(name, Declared(token, properties or {}, refers or {}))


def both(*edits: Edit) -> Edit:
    def edit(stack: Stack) -> Stack:
        for one in edits:
            stack = one(stack)
        return stack

    return edit


def referring(name: str, key: str, others: str) -> Edit:
    def edit(stack: Stack) -> Stack:
        member = stack.members[name]
        return stack.adding(name, replace(member, refers={**member.refers, key: others}))

    return edit


@dataclass(frozen=True)
class Case:
    """What breaks a rule, and what leaves it undecided, each as a change of a stack that keeps the rule."""

    violating: tuple[Edit, ...]
    unknown: tuple[Edit, ...]
    passing: tuple[Edit, ...]
    """Besides the stack itself."""
    decided: tuple[Edit, ...]
    """Unknown values that do not matter to the rule, for that they are given is enough."""
    is_kept_by_absence: bool
    """The rule is broken by there being such a resource at all."""


def case(
    violating: Edit | tuple[Edit, ...],
    unknown: Edit | tuple[Edit, ...] = (),
    passing: Edit | tuple[Edit, ...] = (),
    *,
    decided: Edit | tuple[Edit, ...] = (),
    is_kept_by_absence: bool = False,
) -> Case:
    return Case(_edits(violating), _edits(unknown), _edits(passing), _edits(decided), is_kept_by_absence)


def _edits(edits: Edit | tuple[Edit, ...]) -> tuple[Edit, ...]:
    return edits if isinstance(edits, tuple) else (edits,)


def _steps(path: Path) -> tuple[str | int, ...]:
    if isinstance(path, tuple):
        return path
    return tuple(int(step) if step.isdigit() else step for step in re.findall(r"[^.\[\]]+", path))


def _with(value: Any, steps: tuple[str | int, ...], new: Any) -> Any:
    """A copy of a value in which one place is another."""
    head, rest = steps[0], steps[1:]
    if isinstance(head, int):
        items = list(value)
        items[head] = _with(items[head], rest, new) if rest else new
        return items
    changed = dict(value or {})
    if rest:
        changed[head] = _with(changed.get(head), rest, new)
    elif new is GONE:
        changed.pop(head, None)
    else:
        changed[head] = new
    return changed
