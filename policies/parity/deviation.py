"""Deviations: declared, reasoned, owned, expiring exceptions. One that explains nothing is a violation itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from model.errors import nearest, quoted
from model.staging import Deviation
from policies.parity.counterpart import Place
from policies.parity.difference import Difference

DEVIATION, EXPIRING = "PAR-09", "PAR-13"
WARNING_DAYS = 14
"""Days before a deviation's end from which it is told."""


@dataclass(frozen=True)
class Declared:
    """A deviation, its path in the staging file, and what it covers: the resource and property, or the model's figure."""

    deviation: Deviation
    path: str

    @property
    def target(self) -> str:
        """What it names, as people write it."""
        wanted = self.deviation
        return wanted.path or f"{wanted.resource}, property {wanted.property}"

    def covers(self, difference: Difference, place: Place | None) -> bool:
        """Whether a difference is the one that the deviation names."""
        wanted = self.deviation
        if wanted.path is not None:
            return bool(difference.figure) and difference.figure == wanted.path
        if place is None or not place.is_named(wanted.resource or ""):
            return False
        return _is_within(difference.path, wanted.property or "")


@dataclass(frozen=True)
class Settled:
    """The differences after the deviations, and what is wrong with the deviations."""

    differences: tuple[Difference, ...]
    violations: tuple[tuple[str, str], ...]
    """Path in the staging file and message."""


def settle(
    differences: Sequence[Difference],
    deviations: Sequence[Deviation],
    places: Mapping[str, Place],
    figures: Sequence[str],
    today: date,
) -> Settled:
    """Explain what the deviations name. Raises nothing: a deviation that cannot be used is told, and explains nothing."""
    declared = [Declared(deviation, f"deviations[{index}]") for index, deviation in enumerate(deviations)]
    violations = [(each.path, problem) for each in declared for problem in _problems(each, places, figures, today)]
    unusable = {path for path, _ in violations}
    usable = [each for each in declared if each.path not in unusable]
    used: set[str] = set()
    settled: list[Difference] = []
    for difference in differences:
        match = next((each for each in usable if each.covers(difference, places.get(difference.urn))), None)
        if match is None or difference.explained:
            settled.append(difference)
            continue
        used.add(match.path)
        settled.append(difference._replace(explained="deviation"))
    violations += [
        (each.path, f"covers {each.target}, where nothing differs; remove it") for each in usable if each.path not in used
    ]
    return Settled(tuple(settled), tuple(violations))


def expiring(deviations: Sequence[Deviation], today: date) -> Iterator[tuple[str, str]]:
    """The deviations that end soon, by their path in the staging file."""
    for index, deviation in enumerate(deviations):
        end = _end(deviation)
        if end is not None and today <= end <= today + timedelta(days=WARNING_DAYS):
            days = (end - today).days
            yield f"deviations[{index}]", f"of {deviation.owner} ends on {deviation.expires}, in {days} days"


def _problems(each: Declared, places: Mapping[str, Place], figures: Sequence[str], today: date) -> Iterator[str]:
    wanted = each.deviation
    end = _end(wanted)
    if end is None:
        yield f"expires on {quoted(wanted.expires)}, which is no day of the calendar"
    elif end < today:
        yield f"of {wanted.owner} expired on {wanted.expires}; cure the difference, or argue it anew"
    if wanted.path is not None:
        if wanted.path not in figures:
            hint = nearest(wanted.path, list(figures))
            yield f"names {quoted(wanted.path)}, which is no figure that a resource's property follows{hint}"
        return
    yield from _target_problems(wanted, places)


def _target_problems(wanted: Deviation, places: Mapping[str, Place]) -> Iterator[str]:
    resource, property_ = wanted.resource or "", wanted.property or ""
    if "*" in resource or "*" in property_:
        yield "must name one resource and one property of it; a wildcard is wider than an exception may be"
        return
    matches = sorted({f"{place.path}:{place.kind}" for place in places.values() if place.is_named(resource)})
    if not matches:
        known = sorted({place.path for place in places.values()})
        yield f"names {quoted(resource)}, which is no resource{nearest(resource, known)}"
    elif len(matches) > 1:
        yield f"names {quoted(resource)}, which may be {' or '.join(matches)}; name one of them"


def _end(deviation: Deviation) -> date | None:
    try:
        return date.fromisoformat(deviation.expires)
    except ValueError:
        return None


def _is_within(path: str, property_: str) -> bool:
    return path == property_ or path.startswith((f"{property_}.", f"{property_}["))
