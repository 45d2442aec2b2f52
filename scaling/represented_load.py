"""Represented load: the rate that staging must sustain on each critical path to stand for production's peak."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from model.critical_path import Step
from model.database import Aurora, Rds
from model.environment import Environment
from model.instance_types import find
from model.store import Store
from model.table import DynamoDb


@dataclass(frozen=True)
class StepLoad:
    """One step: staging's capacity as a share of production's, and the rate it must sustain there."""

    target: str
    capacity_ratio: float
    requests_per_second: float


@dataclass(frozen=True)
class RepresentedLoad:
    """One critical path: production's peak, the rate that represents it in staging, and what bounds that rate."""

    path: str
    peak_requests_per_second: float
    represented_requests_per_second: float
    ratio: float
    bound_by: str
    steps: tuple[StepLoad, ...]


def represented_load(production: Environment, staging: Environment) -> tuple[RepresentedLoad, ...]:
    """The represented load of every critical path, sorted by name.

    A path's rate shrinks as much as its most shrunken step: at that rate the step works as hard as its counterpart does at
    production's peak. Rates are rounded down to a hundredth, so that the bounding step is never asked for more than its share.
    """
    return tuple(_path_load(production, staging, name) for name in sorted(production.critical_paths))


def _path_load(production: Environment, staging: Environment, name: str) -> RepresentedLoad:
    path = production.critical_paths[name]
    shares = [(step, _share(production, staging, step)) for step in path.steps]
    bound, ratio = min(shares, key=lambda share: share[1])
    peak = Fraction(repr(path.peak_requests_per_second))
    steps = tuple(
        StepLoad(target(step), round(float(share), 6), _down(peak * ratio * Fraction(repr(step.calls_per_request))))
        for step, share in shares
    )
    bound_by = target(bound) if ratio < 1 else "nothing: the path is as large as production's"
    return RepresentedLoad(name, path.peak_requests_per_second, _down(peak * ratio), round(float(ratio), 6), bound_by, steps)


def target(step: Step) -> str:
    """The model path of what a step names."""
    if step.service is not None:
        return f"services.{step.service}"
    return f"stores.{step.store}" if step.store is not None else f"queues.{step.queue}"


def _share(production: Environment, staging: Environment, step: Step) -> Fraction:
    if step.service is not None:
        ours, theirs = staging.services[step.service], production.services[step.service]
        return Fraction(ours.max_replicas * ours.cpu_millicores, theirs.max_replicas * theirs.cpu_millicores)
    if step.store is not None:
        measures = (store_capacity(environment.stores[step.store]) for environment in (staging, production))
        return min(Fraction(mine, whole) for mine, whole in zip(*measures, strict=True))
    return Fraction(1)


def store_capacity(store: Store) -> tuple[int, ...]:
    """What a store can serve, in measures that are comparable between two sizes of the same store only.

    Aurora: processors of writer and readers. RDS: processors of the writer, which takes every write. DynamoDB: the most read
    units and the most write units. Redis: processors over all primaries.
    """
    if isinstance(store, Aurora):
        return (find("rds", store.instance_class).vcpu * store.instances,)
    if isinstance(store, Rds):
        return (find("rds", store.instance_class).vcpu,)
    if isinstance(store, DynamoDb):
        return (store.read_capacity.max_units, store.write_capacity.max_units)
    return (find("elasticache", store.node_type).vcpu * store.shards,)


def _down(rate: Fraction) -> float:
    return floor(rate * 100) / 100
