"""The assessment: everything that parity has to say of a staging stack, put together from its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from policies.engine.snapshot import Resource, Snapshot
from policies.parity.capacity import Capacities, capacity_differences
from policies.parity.comparison import Comparison
from policies.parity.counterpart import ROOT, Pair, Place, Places, counterparts, role
from policies.parity.dependency import Dependencies
from policies.parity.deployed import drift
from policies.parity.deviation import Settled, settle
from policies.parity.difference import Difference
from policies.parity.digest import DIGESTED, digest_differences
from policies.parity.isolation import UNIQUE, isolation_differences, shared_identity
from policies.parity.posture import posture_differences
from policies.parity.reference import Reference
from policies.parity.release import Releases
from policies.parity.score import Compared, RowScore, scores
from policies.parity.sealing import sealed, sealed_resource
from policies.parity.staging_only import changes, is_declared
from policies.parity.witness import contradictions
from scaling.footprint import footprints, release_footprints

COUNTERPART = "PAR-01"


@dataclass(frozen=True)
class Stated:
    """Something wrong with the environments as a whole, or with a file: a rule, where, and what."""

    rule: str
    where: str
    message: str


@dataclass(frozen=True, order=True)
class Unknowable:
    """A property of which neither the value nor the source is known before an update."""

    place: str
    path: str
    urn: str


@dataclass(frozen=True)
class ParityAssessment:
    """What parity says. `differences` holds the explained ones too; `unknowable` what nothing can tell before an update."""

    differences: tuple[Difference, ...]
    stated: tuple[Stated, ...]
    scores: tuple[RowScore, ...]
    unknowable: tuple[Unknowable, ...]

    @property
    def violations(self) -> tuple[Difference, ...]:
        """The differences that nothing explains."""
        return tuple(each for each in self.differences if not each.explained)

    @property
    def is_clean(self) -> bool:
        """Whether staging can stand in for production as far as a preview tells."""
        return not self.violations and not self.stated


def assess(
    staging: Snapshot, reference: Reference, today: date, *, is_filled: bool = False, deployed: Snapshot | None = None
) -> ParityAssessment:
    """Hold a staging stack against the reference. `is_filled` says that an engine has added what providers fill in."""
    return Assessor(sealed(staging, reference.own), reference, is_filled=is_filled).assessed(today, deployed)


class Assessor:
    """Holds a staging stack against the reference, pair by pair."""

    def __init__(self, staging: Snapshot, reference: Reference, *, is_filled: bool = False) -> None:
        self._staging, self._reference, self._is_filled = staging, reference, is_filled
        system = reference.production.system
        self._ours, self._theirs = Places(staging, system), Places(reference.declared, system)
        self._own = reference.own.by_urn
        self._capacities, self._releases = reference.index(_capacities), reference.index(_releases)
        self._judged_types = frozenset((*self._capacities.types, *self._releases.types, *DIGESTED, *UNIQUE))
        self.pairs = counterparts(reference.declared, staging, reference.own)
        both = {pair.production.urn: pair.staging.urn for pair in self.pairs if pair.production and pair.staging}
        self._dependencies = Dependencies(self._dismissed(), {"": "", **both})
        self._compared: list[Compared] = []
        self._unknowable: list[Unknowable] = []

    def assessed(self, today: date, deployed: Snapshot | None = None) -> ParityAssessment:
        """Everything: each pair, the deviations, the witness, what the environments share, and the score."""
        reference = self._reference
        found = [difference for pair in self.pairs for difference in self.differences(pair)]
        if deployed is not None:
            found += drift(reference.declared, deployed, self._theirs.all())
        found += self._posture()
        settled = self._settled(found, today)
        ordered = tuple(sorted(settled.differences, key=lambda each: (each.urn, each.path, each.rule, each.message)))
        return ParityAssessment(
            ordered, tuple(self._stated(settled)), scores(self._compared, ordered), tuple(sorted(self._unknowable))
        )

    def unexplained(self, resource: Resource, today: date) -> list[Difference]:
        """What nothing explains of one resource that stands for the one of its URN, seen without its ties to others."""
        own = self._own.get(resource.urn)
        if own is not None:
            # A component is asked about before it has its outputs, which are all that it declares.
            properties = sealed_resource(resource, own.properties).properties if own.provider else own.properties
            resource = replace(
                resource,
                properties=properties,
                dependencies=own.dependencies,
                depends_on=own.depends_on,
                provider=own.provider,
            )
        key = role(resource.urn)
        pair = self._by_role.get(key, Pair(key, None, None))
        found = self.differences(pair._replace(staging=resource))
        return [each for each in self._settled(found, today).differences if not each.explained]

    @cached_property
    def _by_role(self) -> Mapping[str, Pair]:
        return {pair.key: pair for pair in self.pairs}

    @cached_property
    def _own_places(self) -> Places:
        """The places of what the model declares of staging."""
        return Places(self._reference.own, self._reference.production.system)

    @cached_property
    def _places(self) -> Mapping[str, Place]:
        """The places of both stacks' resources, by URN."""
        return {**self._theirs.all(), **self._ours.all()}

    @cached_property
    def _figures(self) -> list[str]:
        """The model's figures that resources follow."""
        production = self._reference.production
        shaped = {each.figure for each in footprints(production)}
        return sorted(shaped | {each.figure for each in release_footprints(production)})

    def _posture(self) -> Iterator[Difference]:
        for each in posture_differences(self._staging, self._reference):
            yield each._replace(place=self._ours.of(self._staging.by_urn[each.urn]).path)

    def _settled(self, found: list[Difference], today: date) -> Settled:
        deviations = self._reference.staging_file.deviations
        if not deviations:
            return Settled(tuple(found), ())
        return settle(found, deviations, self._places, self._figures, today)

    def differences(self, pair: Pair) -> list[Difference]:
        """Everything in which a pair differs, explained or not."""
        if pair.production is not None and pair.staging is not None:
            return self._both(pair.production, pair.staging)
        if pair.production is not None:
            return [self._missing(pair, pair.production)]
        return list(self._alone(pair.declared, pair.staging))

    def _alone(self, declared: Resource | None, staging: Resource | None) -> Iterator[Difference]:
        """What is wrong with a resource that production does not have: it must be asked for, and as the model declares it."""
        if declared is not None and is_declared(declared, self._reference.own, self._reference.staging_file):
            if staging is None:
                place = self._own_places.of(declared)
                message = f"is declared for staging alone ({place.kind}), and is not here"
                yield Difference(COUNTERPART, declared.urn, place.path, "", message, "let the component make it")
                return
            place = self._ours.of(staging)
            self._compared.append(Compared(place.row, place.path, staging.urn, _leaves(staging.properties), 0))
            yield from changes(declared, staging, place.path, is_filled=self._is_filled)
            yield from self._dependencies.differences(declared, staging, place.path)
        elif staging is not None:
            yield self._extra(staging)

    def _both(self, production: Resource, staging: Resource) -> list[Difference]:
        place, reference = self._ours.of(staging), self._reference
        if not staging.is_seen:
            self._unknowable.append(Unknowable(place.path, "", staging.urn))
            return list(self._dependencies.differences(production, staging, place.path))
        comparison = Comparison(production, staging, place.path, reference.identity, is_filled=self._is_filled)
        found: list[Difference] = []
        if staging.type in self._judged_types:  # few of all: the others are spared the questions
            found += self._judged(comparison, place)
        if self._is_filled:
            own = self._own.get(staging.urn)
            comparison.own = own.properties if own is not None else {}
        if staging.type != ROOT:
            comparison.carry_out()
        self._compared.append(Compared(place.row, place.path, staging.urn, comparison.compared, comparison.unknown))
        self._unknowable += [Unknowable(place.path, path, staging.urn) for path in comparison.unsourced]
        found += comparison.differences
        found += self._dependencies.differences(production, staging, place.path)
        return found

    def _judged(self, comparison: Comparison, place: Place) -> list[Difference]:
        """What other classes say of a pair than the comparison, which leaves to them what they have judged."""
        production, staging = comparison.production, comparison.staging
        released = list(self._releases.differences(production, staging, place))
        judged = [
            *capacity_differences(self._capacities.of(staging, place), production, staging, place.path),
            *released,
            *digest_differences(production, staging, (self._reference.declared, self._staging), place.path),
        ]
        comparison.handled, comparison.released = (frozenset(path for path, _ in each) for each in (judged, released))
        differences = [difference for _, difference in judged if difference is not None]
        return [*differences, *isolation_differences(production, staging, place.path)]

    def _dismissed(self) -> frozenset[str]:
        """The roles of those resources that staging has fewer of."""
        return frozenset(pair.key for pair in self.pairs if pair.staging is None and self._dismissal(pair))

    def _dismissal(self, pair: Pair) -> str | None:
        """The figure by which staging has fewer of such resources."""
        if pair.production is None:
            return None
        place = self._theirs.of(pair.production)
        keys = ((pair.production.type, component, place.name) for component in place.components)
        return next((self._capacities.dismissed[key] for key in keys if key in self._capacities.dismissed), None)

    def _missing(self, pair: Pair, production: Resource) -> Difference:
        place, figure = self._theirs.of(production), self._dismissal(pair)
        self._compared.append(Compared(place.row, place.path, production.urn, _leaves(production.properties), 0))
        if figure is not None:
            message = f"is one of those that staging has fewer of, as the ledger says of {figure}"
            return Difference(COUNTERPART, production.urn, place.path, "", message, "", explained="capacity", figure=figure)
        message = f"{production.name} ({place.kind}) exists in production and not here: staging cannot show what it does"
        fix = "let the component make it in both environments"
        return Difference(COUNTERPART, production.urn, place.path, "", message, fix)

    def _extra(self, staging: Resource) -> Difference:
        place = self._ours.of(staging)
        self._compared.append(Compared(place.row, place.path, staging.urn, _leaves(staging.properties), 0))
        message = f"exists here and not in production ({place.kind}): what passes with it may fail without"
        fix = "let the component make it in both environments, or make it part of a component that the staging file asks for"
        return Difference(COUNTERPART, staging.urn, place.path, "", message, fix)

    def _stated(self, settled: Settled) -> Iterator[Stated]:
        reference = self._reference
        for path, message in settled.violations:
            yield Stated("PAR-09", path, message)
        for contradiction in contradictions(reference.production, reference.staging, reference.staging_file):
            yield Stated("PAR-04", contradiction.figure, f"{contradiction.message}: the ledger cannot be true")
        for message in shared_identity(reference.production, reference.staging):
            yield Stated("PAR-10", "", message)


def _capacities(reference: Reference) -> Capacities:
    return Capacities(reference.production, reference.staging)


def _releases(reference: Reference) -> Releases:
    return Releases(reference.production, reference.staging_file.releases)


def _leaves(value: object) -> int:
    """How many leaves a value has."""
    if isinstance(value, Mapping):
        return sum(_leaves(item) for item in value.values())
    return sum(_leaves(item) for item in value) if isinstance(value, list) else 1
