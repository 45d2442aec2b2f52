"""The instance ladder: the next real size of the same family, never an invented one."""

from __future__ import annotations

from fractions import Fraction

from model.instance_types import InstanceType, family, find

MEMORY_TOLERANCE = Fraction(98, 100)
"""Published memory is not in exact proportion to size (ElastiCache keeps a part to itself), so a step may miss 2 % of it."""


def step_down(service: str, name: str, ratio: Fraction, *, aurora: bool = False) -> InstanceType:
    """The smallest size of the family with at least `ratio` of the processors and memory, at most the size given.

    `aurora` leaves out sizes that Aurora does not offer. Ratio 1 is the identity, and a larger ratio never gives a smaller size.
    """
    now = find(service, name)
    for candidate in family(service, now.family):
        enough = (
            candidate.vcpu >= now.vcpu * ratio and candidate.memory_mib >= now.memory_mib * ratio * MEMORY_TOLERANCE
        )
        if enough and (candidate.aurora or not aurora) and candidate.memory_mib <= now.memory_mib:
            return now if ratio == 1 else candidate
    return now
