"""Dependencies: what a resource's values come from, what must exist before it, where it is placed and which provider makes it.

A value that nobody can know before an update is compared by the resources that it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from policies.engine.snapshot import Resource
from policies.parity.counterpart import role
from policies.parity.difference import Difference

DEPENDENCY = "PAR-07"
_FIX = "build both environments by the same component, without asking which one it is"


@dataclass(frozen=True)
class Dependencies:
    """Compares how a pair stands among the other resources. `dismissed` are the roles of those that staging has fewer of."""

    dismissed: Set[str]

    def differences(self, production: Resource, staging: Resource, place: str) -> Iterator[Difference]:
        """Everything in which the pair does not stand alike."""
        for key in sorted(production.dependencies.keys() | staging.dependencies.keys()):
            ours, theirs = staging.dependencies.get(key, ()), production.dependencies.get(key, ())
            yield from self._unlike(staging, place, key, "comes from", ours, theirs)
        pairs = (
            ("must wait for", staging.depends_on, production.depends_on),
            ("is below", (staging.parent,), (production.parent,)),
            ("is made by", (staging.provider,), (production.provider,)),
        )
        for what, ours_urns, theirs_urns in pairs:
            yield from self._unlike(staging, place, "", what, ours_urns, theirs_urns)
        if production.protect is not staging.protect:
            here, there = ("protected" if side.protect else "not protected" for side in (staging, production))
            message = f"is {here} from deletion here and {there} in production"
            yield Difference(DEPENDENCY, staging.urn, place, "", message, _FIX)
        if production.ignore_changes != staging.ignore_changes:
            message = "does not ignore changes of the same properties here and in production"
            yield Difference(DEPENDENCY, staging.urn, place, "", message, _FIX)

    def _roles(self, urns: tuple[str, ...]) -> frozenset[str]:
        return frozenset(role(urn) for urn in urns if urn) - self.dismissed

    def _unlike(
        self, staging: Resource, place: str, path: str, what: str, ours_urns: tuple[str, ...], theirs_urns: tuple[str, ...]
    ) -> Iterator[Difference]:
        if len(ours_urns) == len(theirs_urns) and all(map(_is_same, ours_urns, theirs_urns)):
            return
        ours, theirs = self._roles(ours_urns), self._roles(theirs_urns)
        if ours != theirs:
            here, there = (_named(roles - other) for roles, other in ((ours, theirs), (theirs, ours)))
            message = f"{what} {here} here and {there} in production"
            yield Difference(DEPENDENCY, staging.urn, place, path, message, _FIX)


def _is_same(ours: str, theirs: str) -> bool:
    """Whether two URNs are of the same role; empty for none."""
    return role(ours) == role(theirs) if ours and theirs else ours == theirs


def _named(roles: frozenset[str]) -> str:
    """The names of resources, with their kinds; `nothing else` where all are shared."""
    names = sorted(f"{name} ({types.rpartition(':')[2]})" for types, _, name in (each.partition("::") for each in roles))
    return ", ".join(names) or "nothing else"
