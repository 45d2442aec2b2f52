"""Releases: an image may be ahead of production's only where the staging file rehearses that very candidate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from packaging.version import InvalidVersion, Version

from model.environment import Environment
from policies.engine.node import UNKNOWN
from policies.engine.snapshot import Resource
from policies.parity.counterpart import Place
from policies.parity.difference import ABSENT, Difference, shown
from policies.parity.paths import found
from scaling.footprint import ReleaseFootprint, release_footprints

RELEASE = "PAR-06"
_FIX = "name the candidate under `releases` in the staging file, or take it away there"


class Releases:
    """The properties in which staging may be ahead, and the candidates that its file declares."""

    def __init__(self, production: Environment, candidates: Mapping[str, str]) -> None:
        self._footprints: dict[str, dict[str, list[ReleaseFootprint]]] = defaultdict(lambda: defaultdict(list))
        for each in release_footprints(production):
            self._footprints[each.type][each.component].append(each)
        self._candidates = {f"services.{name}.image.tag": tag for name, tag in candidates.items()}

    @property
    def types(self) -> Iterable[str]:
        """The types of the resources that name a release."""
        return self._footprints

    def differences(self, production: Resource, staging: Resource, place: Place) -> Iterator[tuple[str, Difference | None]]:
        """The path of every release of the resource, with its difference: explained by a candidate, or against the rule."""
        by_component = self._footprints.get(staging.type, {})
        for each in (each for component in place.components for each in by_component.get(component, ())):
            there = dict(found(production.properties, each.property))
            for path, image in found(staging.properties, each.property):
                if image is not UNKNOWN:
                    yield path, self._judged(each, staging, place.path, path, image, there.get(path, ABSENT))

    def _judged(
        self, each: ReleaseFootprint, staging: Resource, place: str, path: str, image: object, before: object
    ) -> Difference | None:
        if image == before and each.figure not in self._candidates:
            return None
        problem = self._problem(each, image, before)
        if problem:
            return Difference(RELEASE, staging.urn, place, path, problem, _FIX, figure=each.figure)
        message = f"is the declared candidate {shown(image)} here and {shown(before)} in production"
        return Difference(RELEASE, staging.urn, place, path, message, "", explained="release", figure=each.figure)

    def _problem(self, each: ReleaseFootprint, image: object, before: object) -> str:
        """What is wrong with a release, in words; empty where it is the declared candidate."""
        candidate = self._candidates.get(each.figure)
        if not isinstance(image, str) or not isinstance(before, str):
            return f"is {shown(image)} here and {shown(before)} in production"
        (repository, tag), (their_repository, their_tag) = _parts(image), _parts(before)
        if repository != their_repository:
            return f"comes from {shown(repository)} here and from {shown(their_repository)} in production: another program"
        if candidate is None:
            return f"is release {shown(tag)} here and {shown(their_tag)} in production, and no candidate is declared"
        if tag != candidate:
            return f"is release {shown(tag)} here, and the declared candidate is {shown(candidate)}"
        if not _is_newer(tag, their_tag):
            return f"is candidate {shown(tag)} here, which the order of versions does not place after {shown(their_tag)}"
        return ""


def _parts(image: str) -> tuple[str, str]:
    """Repository and tag, or digest; a port in the registry's name is no tag."""
    if "@" in image:
        repository, _, digest = image.partition("@")
        return repository, digest
    head, _, tail = image.rpartition(":")
    return (head, tail) if head and "/" not in tail else (image, "")


def _is_newer(tag: str, than: str) -> bool:
    """Whether a tag is a newer version. Tags that are no versions have no order, and are not newer."""
    try:
        return Version(tag) > Version(than)
    except InvalidVersion:
        return False
