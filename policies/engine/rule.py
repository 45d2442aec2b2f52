"""What a rule is: what it demands of which resources, why, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from policies.engine.finding import Judgement
from policies.engine.node import Node, Parameter
from policies.engine.snapshot import Resource, Snapshot

Check = Callable[[Node], Iterable[Judgement]]
"""Judges a place in a resource's properties; says nothing of what is well."""
Relation = Callable[[Node, Resource, Snapshot], Iterable[Judgement]]
"""Judges a resource, given with its properties, by what else the stack has."""


class Severity(IntEnum):
    """How bad it is to break a rule."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """The severity as it is written in reports."""
        return self.name.lower()


@dataclass(frozen=True, order=True)
class Control:
    """A requirement of a published framework."""

    framework: str
    version: str
    id: str

    @property
    def text(self) -> str:
        """The control as it is cited."""
        return " ".join(part for part in (self.framework, self.version, self.id) if part)


@dataclass(frozen=True)
class At:
    """A check and where it is carried out: at every property of the path, each by itself, so that one unknown hides nothing."""

    path: str
    """Dotted; `name[*]` stands for each item of a list; empty for the resource as a whole."""
    check: Check
    types: tuple[str, ...] = ()
    """The types that have this path; all of the rule's where empty."""

    @cached_property
    def steps(self) -> tuple[tuple[str, bool], ...]:
        """The names along the path, and whether each stands for the items of a list."""
        return tuple((step.removesuffix("[*]"), step.endswith("[*]")) for step in self.path.split(".")) if self.path else ()


@dataclass(frozen=True)
class Remedy:
    """A value that keeps the rule at a place where another one breaks it, safe to put there unasked."""

    path: str
    """Dotted; `name[*]` stands for each item of a list."""
    value: bool | str | int
    types: tuple[str, ...] = ()
    """The types that have this path; all of the rule's where empty."""


@dataclass(frozen=True)
class Rule:
    """A rule. Its ID is public and permanent: whoever configures or cites the rule names it."""

    id: str
    title: str
    """The state that keeps the rule, as a sentence."""
    severity: Severity
    types: tuple[str, ...]
    """Canonical type tokens of the resources that it judges."""
    reads: str
    """What it reads: a property's path, for the documentation."""
    rationale: str
    fix: str
    checks: tuple[At, ...] = ()
    relation: Relation | None = None
    """Given instead of checks where one resource alone cannot tell."""
    controls: tuple[Control, ...] = ()
    equivalents: tuple[str, ...] = ()
    """The same rule's identifiers in other tools."""
    is_mandatory: bool | None = None
    """None leaves it to the severity."""
    parameters: tuple[Parameter, ...] = ()
    """What of it can be configured."""
    remedies: tuple[Remedy, ...] = ()
    """What a remediation sets. Empty where no value is right for everybody."""

    @cached_property
    def _places(self) -> dict[str, tuple[At, ...]]:
        return {}

    def places(self, type_: str) -> tuple[At, ...]:
        """The checks that resources of a type have."""
        found = self._places.get(type_)
        if found is None:
            found = self._places[type_] = tuple(at for at in self.checks if not at.types or type_ in at.types)
        return found

    @property
    def blocks(self) -> bool:
        """Whether breaking it stops an update, where the pack's configuration does not say otherwise."""
        return self.severity >= Severity.HIGH if self.is_mandatory is None else self.is_mandatory
