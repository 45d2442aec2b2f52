"""How parity grows with the number of resources, and what it costs beside a plain recursive comparison of the same pairs.

The resources are the retail store's, over and over under other names. Process time, the best of several rounds in which the two
take turns, in one run.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from policies.engine.snapshot import Resource, Snapshot
from policies.parity.assessment import Assessor
from policies.parity.counterpart import role
from policies.parity.reference import Reference, read_reference
from understudy.preview.lead import LEAD
from understudy.preview.project import read_project
from understudy.reference import rendered_reference

SMALL, LARGE = 500, 10_000
ROUNDS = {SMALL: 50, LARGE: 7}
"""So many that neither side's best is left to chance: the smaller size is over in hundredths of a second."""


def main() -> None:
    """Print the figures."""
    project = read_project(Path(__file__).resolve().parent.parent)
    document = rendered_reference(project, "staging", LEAD, project.stack_configuration("staging"))
    one = read_reference(document)
    sizes = {count: enlarged(one, count) for count in (SMALL, LARGE)}
    best = {count: bests(held, ROUNDS[count]) for count, held in sizes.items()}
    memory = {count: peak(lambda held=held: compared(held)) for count, held in sizes.items()}
    print(f"{LARGE} against {SMALL} resources: {best[LARGE][0] / best[SMALL][0]:.1f} x the time (goal 25)")
    for count, (seconds, plain) in best.items():
        print(f"{count} resources: {seconds / plain:.1f} x a plain recursive comparison (goal 5)")
    print(f"{LARGE} against {SMALL} resources: {memory[LARGE] / memory[SMALL]:.1f} x the memory (20 x the resources)")


def enlarged(one: Reference, count: int) -> Reference:
    """A reference of that many resources a stack: copies of the same tree under other roots' names."""
    return replace(one, declared=_copies(one.declared, count), own=_copies(one.own, count), _made={})


def _copies(snapshot: Snapshot, count: int) -> Snapshot:
    made: list[Resource] = []
    number = 0
    while len(made) < count:
        made += [_copy(resource, number) for resource in snapshot.resources[: count - len(made)]]
        number += 1
    return Snapshot.of(made)


def _copy(resource: Resource, number: int) -> Resource:
    if not number:
        return resource
    return replace(resource, urn=f"{resource.urn}-{number}")


def compared(held: Reference) -> int:
    """Parity's comparison of every pair."""
    assessor = Assessor(held.own, held)
    return sum(len(assessor.differences(pair)) for pair in assessor.pairs)


def plainly_compared(held: Reference) -> int:
    """What anybody would write: the same pairs, recursively, leaf by leaf."""
    theirs = {role(resource.urn): resource for resource in held.declared.resources}
    ours = {role(resource.urn): resource for resource in held.own.resources}
    return sum(_differ(theirs[key].properties, ours[key].properties) for key in theirs if key in ours)


def _differ(theirs: object, ours: object) -> int:
    if isinstance(theirs, Mapping) and isinstance(ours, Mapping):
        return sum(_differ(theirs.get(key), ours.get(key)) for key in theirs.keys() | ours.keys())
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        return sum(_differ(left, right) for left, right in zip(theirs, ours, strict=True))
    return int(theirs != ours)


def bests(held: Reference, rounds: int) -> tuple[float, float]:
    """The shortest process time of each of the two comparisons, in seconds."""
    taken = [(spent(lambda: compared(held)), spent(lambda: plainly_compared(held))) for _ in range(rounds)]
    return min(ours for ours, _ in taken), min(plain for _, plain in taken)


def spent(work: Callable[[], int]) -> float:
    """The process time of one round."""
    started = time.process_time()
    work()
    return time.process_time() - started


def peak(work: Callable[[], int]) -> int:
    """The most memory that the work held, in bytes."""
    tracemalloc.start()
    work()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


if __name__ == "__main__":
    main()
