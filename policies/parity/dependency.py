"""Dependencies: what a resource's values come from, what must exist before it, where it is placed and which provider makes it.

A value that nobody can know before an update is compared by the resources that it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from policies.engine.snapshot import Resource
from policies.parity.counterpart import role
from policies.parity.difference import Difference

DEPENDENCY = "PAR-07"
_Urns = tuple[str, ...]
_FIX = "build both environments by the same component, without asking which one it is"


@dataclass(frozen=True)
class Dependencies:
    """Compares how a pair stands among the other resources."""

    dismissed: Set[str]
    """The roles of those that staging has fewer of."""
    counterparts: Mapping[str, str]
    """The URNs of staging's resources by those of their counterparts in production; empty for none."""

    def differences(self, production: Resource, staging: Resource, place: str) -> Iterator[Difference]:
        """Everything in which the pair does not stand alike."""
        ours, theirs = staging.dependencies, production.dependencies
        if ours != {key: self._moved(urns) for key, urns in theirs.items()}:
            for key in sorted(theirs.keys() | ours.keys()):
                yield from self._unlike(staging, place, key, "comes from", ours.get(key, ()), theirs.get(key, ()))
        if _others(staging) != self._moved(_others(production)):
            yield from self._unlike(staging, place, "", "must wait for", staging.depends_on, production.depends_on)
            yield from self._unlike(staging, place, "", "is below", (staging.parent,), (production.parent,))
            yield from self._unlike(staging, place, "", "is made by", (staging.provider,), (production.provider,))
        if production.protect is not staging.protect:
            here, there = ("protected" if side.protect else "not protected" for side in (staging, production))
            message = f"is {here} from deletion here and {there} in production"
            yield Difference(DEPENDENCY, staging.urn, place, "", message, _FIX)
        if production.ignore_changes != staging.ignore_changes:
            message = "does not ignore changes of the same properties here and in production"
            yield Difference(DEPENDENCY, staging.urn, place, "", message, _FIX)

    def _moved(self, urns: _Urns) -> tuple[str | None, ...]:
        """The counterparts of production's resources. Nearly all ties are to those, and need no look at their roles."""
        return tuple(map(self.counterparts.get, urns))

    def _roles(self, urns: _Urns) -> frozenset[str]:
        return frozenset(role(urn) for urn in urns if urn) - self.dismissed

    def _unlike(
        self, staging: Resource, place: str, path: str, what: str, ours_urns: _Urns, theirs_urns: _Urns
    ) -> Iterator[Difference]:
        """What is told of a tie, unless it is to the same resources in another order, or to dismissed ones."""
        ours, theirs = self._roles(ours_urns), self._roles(theirs_urns)
        if ours != theirs:
            here, there = (_named(roles - other) for roles, other in ((ours, theirs), (theirs, ours)))
            message = f"{what} {here} here and {there} in production"
            yield Difference(DEPENDENCY, staging.urn, place, path, message, _FIX)


def _others(resource: Resource) -> _Urns:
    """What a resource as a whole is tied to."""
    return resource.parent, resource.provider, *resource.depends_on


def _named(roles: frozenset[str]) -> str:
    """The names of resources, with their kinds; `nothing else` where all are shared."""
    names = sorted(f"{name} ({types.rpartition(':')[2]})" for types, _, name in (each.partition("::") for each in roles))
    return ", ".join(names) or "nothing else"
