"""Judging takes time in proportion to the number of resources."""

from __future__ import annotations

import time

from policies.engine.evaluate import evaluate
from policies.engine.snapshot import Resource, Snapshot
from policies.security.pack import RULES
from tests.policies.security.cases import data, edge, exposure, identity, kubernetes, network, separation
from tests.policies.stacks import Stack

AREAS = (network, data, identity, exposure, edge, kubernetes, separation)


def _copies(stack: Stack, count: int) -> list[Resource]:
    """The stack several times, each with its own URNs and references, and half of them without most companions."""
    copies = []
    for number in range(count):
        for name in stack.members:
            resource = stack.resource(name)
            if number % 2 and len(resource.dependencies) > 0:
                continue
            dependencies = {key: tuple(f"{urn}-{number}" for urn in urns) for key, urns in resource.dependencies.items()}
            copies.append(Resource(resource.token, f"{resource.urn}-{number}", resource.properties, dependencies))
    return copies


def _seconds(count: int) -> float:
    snapshot = Snapshot.of([resource for area in AREAS for resource in _copies(area.STACK, count)])
    start = time.process_time()
    evaluate(RULES, snapshot)
    return time.process_time() - start


def test_eight_times_the_resources_take_about_eight_times_as_long() -> None:
    _seconds(2)
    assert min(_seconds(40) for _ in range(2)) < 16 * max(min(_seconds(5) for _ in range(3)), 0.005)
