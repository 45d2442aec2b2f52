"""The witness: whether the ledger itself can be true, derived from the declared ratios and production alone.

It shares no code with what resolved the scaling, so that one mistake cannot hide on both sides. It does not say what a figure
is; it says between which bounds a figure must be that follows its ratio and keeps availability's shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from model.capacity import nodes_needed, pooled_connections, usable_connections
from model.database import Aurora, Rds
from model.environment import Environment
from model.instance_types import InstanceType, family, find
from model.parity import Ladder, Recomputed, Scaled
from model.staging import Staging
from model.table import DynamoDb
from scaling.figures import leaves

WITNESS = "PAR-04"


@dataclass(frozen=True)
class Bounds:
    """The least and the most that a figure may be, and why."""

    least: int
    most: int
    reason: str

    def hold(self, value: int) -> bool:
        """Whether a figure lies within."""
        return self.least <= value <= self.most


@dataclass(frozen=True)
class Contradiction:
    """A figure that cannot be true: its model path and what is wrong with it."""

    figure: str
    message: str


def contradictions(production: Environment, staging: Environment, file: Staging) -> Iterator[Contradiction]:
    """Every figure of staging that its ratio cannot give, and every other field that is not production's."""
    scaled = {path: value for path, value, _ in leaves(staging)}
    for path, value, mark in leaves(production):
        now = scaled.get(path)
        if path.startswith("identity.") or path.endswith(".image.tag"):
            continue
        if isinstance(mark, Scaled) and isinstance(value, int) and isinstance(now, int):
            bounds = _bounds(path, value, mark, staging, _ratio(path, mark, file))
            if not bounds.hold(now) or (mark.quorum and value >= 3 and value % 2 and now % 2 == 0):
                yield Contradiction(path, f"is {now}, and {bounds.reason} allows {bounds.least} to {bounds.most}")
        elif isinstance(mark, Ladder):
            yield from _ladder(path, str(value), str(now), mark, _ratio(path, mark, file), staging)
        elif isinstance(mark, Recomputed) and isinstance(value, int) and isinstance(now, int):
            if not 1 <= now <= value:
                yield Contradiction(path, f"is {now}, and a share of production's {value} lies between 1 and {value}")
        elif now != value:
            yield Contradiction(path, "is not production's, and no ratio can touch it")
    yield from _pools(staging)


def _ratio(path: str, mark: Scaled | Ladder, file: Staging) -> Fraction:
    """The ratio that the staging file declares for a figure: the longest override above it, else its concern's."""
    steps = path.split(".")
    for length in range(len(steps), 0, -1):
        override = file.scaling.overrides.get(".".join(steps[:length]))
        if override is not None:
            return Fraction(str(override.ratio))
    return Fraction(str(file.scaling.ratios.get(mark.by, 1)))


def _bounds(path: str, value: int, mark: Scaled, staging: Environment, ratio: Fraction) -> Bounds:
    """The bounds of a scaled figure: never below its share, and above it by a step at most, or by a floor that it must keep."""
    share = ratio * value
    floors = [1 if value else 0, min(mark.minimum, value)]
    if mark.redundant and value > 1:
        floors.append(2)
    if mark.quorum and value > 2 and value % 2:
        floors.append(3)
    least = min(max(ceil(share), *floors), value)
    most = min(max(ceil(share / mark.step) * mark.step, *floors) + (1 if mark.quorum else 0), value)
    return _adjusted(path, value, Bounds(least, most, f"{float(ratio):g} of production's {value}"), staging)


def _adjusted(path: str, value: int, bounds: Bounds, staging: Environment) -> Bounds:
    """What other figures of staging ask of this one: room for what it must hold, or to stay below what it may take."""
    kind, _, rest = path.partition(".")
    name, field = path.split(".")[-2:]
    if kind == "services" and field == "max_unavailable":
        most = max(staging.services[name].replicas - 1, 1)
        return Bounds(min(bounds.least, most), min(bounds.most, most), bounds.reason)
    needs = {
        "services": lambda: staging.services[name].replicas if field == "max_replicas" else 0,
        "cluster": lambda: _nodes(staging, name, field),
        "stores": lambda: _store(staging, rest.split(".")[0], path, field),
    }
    need = needs[kind]() if kind in needs else 0
    return _raised(bounds, need, value) if need else bounds


def _nodes(staging: Environment, name: str, field: str) -> int:
    """The nodes that the pods placed on a group need."""
    group = staging.cluster.node_groups[name]
    if field == "nodes":
        return max(group.min_nodes, nodes_needed(staging, name, peak=False))
    return max(group.nodes, nodes_needed(staging, name, peak=True)) if field == "max_nodes" else 0


def _store(staging: Environment, name: str, path: str, field: str) -> int:
    """What a store's upper limit must leave room for."""
    store = staging.stores[name]
    if isinstance(store, Rds) and field == "max_storage_gib":
        return ceil(Fraction(11, 10) * store.storage_gib)
    if isinstance(store, DynamoDb) and field == "max_units":
        return (store.read_capacity if ".read_capacity." in path else store.write_capacity).min_units
    return 0


def _raised(bounds: Bounds, need: int, value: int) -> Bounds:
    """Bounds of a figure that must have room for a need."""
    least = min(max(bounds.least, need), value)
    return Bounds(least, max(least, bounds.most), f"{bounds.reason}, with room for {need},")


def _ladder(path: str, before: str, now: str, mark: Ladder, ratio: Fraction, staging: Environment) -> Iterator[Contradiction]:
    """A class that steps down is of the same family, holds its share, and is the smallest that does and carries its pools."""
    large, small = find(mark.service, before), find(mark.service, now)
    share = f"{float(ratio):g} of {before}"
    if large.family != small.family:
        yield Contradiction(path, f"is {now}, which is no {large.family}")
    elif small.memory_mib > large.memory_mib:
        yield Contradiction(path, f"is {now}, larger than production's {before}")
    elif not _holds(small, large, ratio):
        yield Contradiction(path, f"is {now}, which holds less than {share}")
    else:
        name = path.split(".")[1]
        for each in family(mark.service, small.family):
            if each.memory_mib < small.memory_mib and _holds(each, large, ratio) and _carries(staging, name, each):
                yield Contradiction(path, f"is {now}, and {each.name} would hold {share} as well")
                return


def _holds(small: InstanceType, large: InstanceType, ratio: Fraction) -> bool:
    """Whether a size has its share of the processors and, but for what a small node keeps to itself, of the memory."""
    return small.vcpu >= large.vcpu * ratio and small.memory_mib >= large.memory_mib * ratio * Fraction(97, 100)


def _carries(staging: Environment, name: str, size: InstanceType) -> bool:
    """Whether a store could run on a size: it is offered, and the pools that staging opens would fit."""
    store = staging.stores[name]
    if not isinstance(store, Aurora | Rds):
        return True
    offered = size.aurora or not isinstance(store, Aurora)
    return offered and pooled_connections(staging, name) <= usable_connections(store, size.name)


def _pools(staging: Environment) -> Iterator[Contradiction]:
    for name, store in staging.stores.items():
        if isinstance(store, Aurora | Rds):
            demand, room = pooled_connections(staging, name), usable_connections(store)
            if demand > room:
                yield Contradiction(f"stores.{name}.instance_class", f"gives {room} connections, and the pools open {demand}")
