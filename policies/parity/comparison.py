"""Comparison: a resource and its counterpart, property by property, down to every leaf.

Equal is the default. A leaf that differs is explained by its class alone: a capacity by the ledger, an identity by staging's own,
a release by its candidate, a digest by what it digests. What is left unexplained is a violation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from model.service import CONFIG_MAP
from policies.engine.node import UNKNOWN, Secret
from policies.engine.snapshot import Resource
from policies.parity.catalogue import carries_identity, is_the_teams
from policies.parity.difference import ABSENT, Difference, shown
from policies.parity.documents import document
from policies.parity.identity_tokens import Translation
from policies.parity.natural_key import label_of, natural_key, paired
from policies.parity.paths import child

EQUAL, IDENTITY, SECRECY = "PAR-02", "PAR-05", "PAR-08"
_MIRROR = (
    "make it equal in the component, which knows no environments, or declare a deviation with its resource and property in the "
    "staging file"
)


@dataclass(slots=True)
class Comparison:
    """One pair's comparison, and what it came to."""

    production: Resource
    staging: Resource
    place: str
    identity: Translation
    handled: frozenset[str] = frozenset()
    """Paths that another class has judged already."""
    released: frozenset[str] = frozenset()
    """Those of them that name a release: one artefact for both environments, wherever it is published."""
    is_filled: bool = False
    """Whether an engine may have added to staging's properties what providers fill in."""
    own: Mapping[str, object] = field(default_factory=dict)
    """Staging's properties as declared, where `is_filled`."""
    compared: int = 0
    """Leaves that were compared."""
    unknown: int = 0
    """Those of them whose value an update alone will tell; they are compared by what they come from."""
    differences: list[Difference] = field(default_factory=list)
    """Every leaf that differs, explained or not."""
    _equal: list[object] = field(default_factory=list)
    """What was found equal, as a whole; its leaves are counted in the end."""
    _judged: list[str] = field(default_factory=list)
    """Texts that another class has judged."""

    def carry_out(self) -> None:
        """Compare every property."""
        theirs, ours = self.production.properties, self.staging.properties
        here = ours
        if self.is_filled:  # the provider's own additions are not compared
            here = {key: value for key, value in ours.items() if key in theirs or key in self.own}
        self._properties(theirs, here, "")
        if self.identity.may_name_production([*self._counted(), *self._judged]):
            known = {each.path for each in self.differences}
            self._name_production(ours, "", known)

    @property
    def unsourced(self) -> list[str]:
        """The properties of which not even where they come from is known. A component's outputs come from what is below it."""
        sources = self.staging.dependencies
        if not self.unknown or not sources:
            return []
        properties = self.staging.properties.items()
        return [key for key, value in properties if value.__class__ is not str and not sources.get(key) and _is_unknown(value)]

    def _properties(self, theirs: Mapping[str, object], ours: Mapping[str, object], path: str) -> None:
        """Most are equal, and are nothing but noted: not even their path is made where no other class judges any."""
        handled, equal = self.handled, self._equal
        for key, here in ours.items():
            there = theirs.get(key, ABSENT)
            if _are_equal(there, here) and not (handled and child(path, key) in handled):
                equal.append(here)
            else:
                self._unlike(there, here, child(path, key))
        for key, there in theirs.items():
            if key not in ours:
                self._unlike(there, ABSENT, child(path, key))

    def _compare(self, theirs: object, ours: object, path: str) -> None:
        if _are_equal(theirs, ours) and path not in self.handled:
            self._equal.append(ours)
        else:
            self._unlike(theirs, ours, path)

    def _unlike(self, theirs: object, ours: object, path: str) -> None:
        """Values that are not equal, or that another class has judged."""
        if path in self.handled:
            self.compared += 1
            if isinstance(ours, str):
                self._judged.append(ours)
        elif isinstance(theirs, dict) and isinstance(ours, dict):
            self._entries(theirs, ours, path)
        elif isinstance(theirs, list) and isinstance(ours, list):
            for label, ours_at, theirs_at in paired(ours, theirs):
                left = ABSENT if theirs_at is None else theirs[theirs_at]
                right = ABSENT if ours_at is None else ours[ours_at]
                self._compare(left, right, f"{path}[{label}]")
        else:
            self._leaf(theirs, ours, path)

    def _counted(self) -> list[str]:
        """Counts the leaves of all that is equal, and gives its texts."""
        texts: list[str] = []
        others = unknown = 0
        within = self._equal
        for value in within:
            if isinstance(value, str):
                texts.append(value)
            elif isinstance(value, dict):
                within.extend(value.values())  # and is walked to its end in turn
            elif isinstance(value, list):
                within.extend(value)
            else:
                others += 1
                unknown += value is UNKNOWN
        self.compared += len(texts) + others
        self.unknown += unknown
        return texts

    def _entries(self, theirs: Mapping[str, object], ours: Mapping[str, object], path: str) -> None:
        """Names are properties, and equal; but some are chosen by who writes them, and may carry an identity like any text."""
        known = theirs
        if theirs.keys() != ours.keys():
            known = {self._renamed(key, ours): value for key, value in theirs.items()}
            for key in (known.keys() & ours.keys()) - theirs.keys():
                inside = child(path, key)
                if not carries_identity(self.staging.type, inside):
                    self._made(EQUAL, inside, "is named after the environment, and is not declared to carry an identity", _MIRROR)
        self._properties(known, ours, path)

    def _renamed(self, key: str, ours: Mapping[str, object]) -> str:
        """The name in staging of a property that production names after itself."""
        if key in ours:
            return key
        readings = self.identity.readings(key)
        return next((each for each in readings if each in ours), readings[0])

    def _leaf(self, theirs: object, ours: object, path: str) -> None:
        there = document(theirs)
        here = None if there is None else document(ours)
        if there is not None and here is not None:
            self._compare(there, here, path)
            return
        self.compared += 1
        if isinstance(theirs, str) and isinstance(ours, str):
            self._text(theirs, ours, path)
        elif isinstance(theirs, Secret) or isinstance(ours, Secret):
            self._secrecy(theirs, ours, path)
        elif not (self.is_filled and theirs is UNKNOWN):  # an engine may know already what a first preview cannot
            self._unequal(theirs, ours, path)

    def _secrecy(self, theirs: object, ours: object, path: str) -> None:
        if isinstance(theirs, Secret) and isinstance(ours, Secret):
            return
        if self.is_filled and (theirs is UNKNOWN or ours is UNKNOWN):
            return
        message = f"is {_kind(ours)} here and {_kind(theirs)} in production: one of the two shows what the other hides"
        self._made(SECRECY, path, message, "make it a secret in both environments")

    def _text(self, theirs: str, ours: str, path: str) -> None:
        identity = self.identity
        if foreign := identity.foreign(ours):
            self._pointing(path, foreign)
        elif not identity.agrees(theirs, ours) and not (
            _is_environment_tag(path) and (theirs, ours) == (identity.production.environment, identity.staging.environment)
        ):
            self._unequal(theirs, ours, path)
        elif carries_identity(self.staging.type, path):
            self._made(IDENTITY, path, "carries its own environment's identity", "", explained="identity")
        else:
            message = (
                f"is {shown(ours)} here and {shown(theirs)} in production: only the environment's identity differs, and this "
                "property is not declared to carry one"
            )
            fix = "take the identity out of it, or list the property in model/identity_properties.py"
            self._made(EQUAL, path, message, fix)

    def _name_production(self, value: object, path: str, known: set[str]) -> None:
        """Even an equal text is a violation where it names production."""
        if isinstance(value, dict):
            for key, item in value.items():
                self._name_production(item, child(path, key), known)
        elif isinstance(value, list):
            field_ = natural_key(value)
            for index, item in enumerate(value):
                self._name_production(item, f"{path}[{label_of(item, field_, index)}]", known)
        elif isinstance(value, str) and path not in known and not self._is_shared(path, value):
            inside = document(value)
            if inside is not None:
                self._name_production(inside, path, known)
            elif foreign := self.identity.foreign(value) or self._foreign_part(value, path):
                self._pointing(path, foreign)

    def _is_shared(self, path: str, text: str) -> bool:
        """Whether the property names what both environments use on purpose: a release, or people, who have no ARN."""
        return path in self.released or (is_the_teams(self.staging.type, path) and not text.startswith("arn:"))

    def _foreign_part(self, text: str, path: str) -> str:
        """Production's environment or region where staging's own belongs, and nobody else's can stand.

        In a service's configuration a region may be a third party's, unless it is alone.
        """
        if _is_environment_tag(path) and text == self.identity.production.environment:
            return text
        region = self.identity.foreign_region(text)
        if region and (self.staging.type != CONFIG_MAP or region == text) and carries_identity(self.staging.type, path):
            return region
        return ""

    def _pointing(self, path: str, foreign: str) -> None:
        message = f"names production's own {foreign}: what staging does there reaches production"
        self._made(IDENTITY, path, message, "take it from the environment's identity in the model")

    def _unequal(self, theirs: object, ours: object, path: str) -> None:
        message = f"is {shown(ours)} here and {shown(theirs)} in production: what passes in staging says nothing about production"
        self._made(EQUAL, path, message, _MIRROR)

    def _made(self, rule: str, path: str, message: str, fix: str, explained: str = "") -> None:
        self.differences.append(Difference(rule, self.staging.urn, self.place, path, message, fix, explained))


def _is_environment_tag(path: str) -> bool:
    """Whether a property is the tag that names the environment, or a policy's condition on it."""
    return path.endswith((".Environment", "/Environment"))


def _are_equal(theirs: object, ours: object) -> bool:
    """Whether values are equal, and of one kind down to every leaf."""
    return theirs.__class__ is ours.__class__ and theirs == ours and _are_alike(theirs, ours)


def _are_alike(theirs: Any, ours: object) -> bool:
    """Whether nothing in equal values is a truth on one side and a number on the other: Python takes `True` for 1."""
    if isinstance(ours, dict):
        return all(map(_are_alike, map(theirs.__getitem__, ours), ours.values()))
    if isinstance(ours, list):
        return all(map(_are_alike, theirs, ours))
    return (theirs.__class__ is bool) is (ours.__class__ is bool)


def _is_unknown(value: object) -> bool:
    """Whether a value is unknown, or holds one that is."""
    if isinstance(value, dict):
        return any(map(_is_unknown, value.values()))
    return any(map(_is_unknown, value)) if isinstance(value, list) else value is UNKNOWN


def _kind(value: object) -> str:
    return "a secret" if isinstance(value, Secret) else "absent" if value is ABSENT else "plain"
