"""The instance ladder: the next real size of the same family, never an invented one."""

from __future__ import annotations

from fractions import Fraction

from model.instance_types import InstanceType, family, find

MEMORY_TOLERANCE = Fraction(97, 100)
"""Share of the wanted memory that a step must reach.

ElastiCache keeps proportionally more of a small node to itself: a cache.m7g.large offers 2.5 % less than the 32nd part of
a cache.m7g.16xlarge. Without the tolerance half of a cache.r7g.xlarge would be no cache.r7g.large."""


def step_down(service: str, name: str, ratio: Fraction, *, aurora: bool = False) -> InstanceType:
    """The smallest size of the family with at least `ratio` of the processors and memory, at most the size given.

    `aurora` leaves out sizes that Aurora does not offer. Ratio 1 is the identity, and a larger ratio never gives a smaller size.
    Raises UnknownInstanceTypeError when no class has this name.
    """
    now = find(service, name)
    for candidate in family(service, now.family):
        enough = candidate.vcpu >= now.vcpu * ratio and candidate.memory_mib >= now.memory_mib * ratio * MEMORY_TOLERANCE
        if enough and (candidate.aurora or not aurora) and candidate.memory_mib < now.memory_mib:
            return candidate
    return now
