"""Dependants: figures that must stay consistent with others that were scaled.

Each takes the production model and the scaled figures so far (by path) and yields what must be raised or lowered, and why. None
ever exceeds production: production itself satisfies the same rules, and no scaled demand is above production's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from model.capacity import nodes_for, usable_connections
from model.database import Aurora, Rds
from model.environment import Environment
from model.instance_types import family, find
from model.table import DynamoDb

Scaled = Mapping[str, int | str]


@dataclass(frozen=True)
class Adjustment:
    """A figure set anew, and the rule that asks for it."""

    path: str
    value: int | str
    rule: str


def dependants(production: Environment, scaled: dict[str, int | str]) -> Iterator[Adjustment]:
    """Apply every rule in order of dependence; `scaled` is updated as the adjustments are made."""
    for rule in (_replica_bounds, _disruption, _nodes, _storage_growth, _table_bounds, _connections):
        for adjustment in rule(production, scaled):
            if scaled[adjustment.path] != adjustment.value:
                scaled[adjustment.path] = adjustment.value
                yield adjustment


def _count(scaled: Scaled, path: str) -> int:
    value = scaled[path]
    if not isinstance(value, int):
        raise TypeError(f"{path} is no count")
    return value


def _replica_bounds(production: Environment, scaled: Scaled) -> Iterator[Adjustment]:
    for name in production.services:
        path = f"services.{name}"
        low, high = _count(scaled, f"{path}.replicas"), _count(scaled, f"{path}.max_replicas")
        yield Adjustment(f"{path}.max_replicas", max(low, high), "the autoscaler's bounds stay in order")


def _disruption(production: Environment, scaled: Scaled) -> Iterator[Adjustment]:
    for name, service in production.services.items():
        path = f"services.{name}"
        if service.replicas > 1:
            below = _count(scaled, f"{path}.replicas") - 1
            value = min(_count(scaled, f"{path}.max_unavailable"), below)
            yield Adjustment(f"{path}.max_unavailable", value, "below replicas: a drain is neither blocked nor an outage")


def _nodes(production: Environment, scaled: Scaled) -> Iterator[Adjustment]:
    for name, group in production.cluster.node_groups.items():
        path = f"cluster.node_groups.{name}"
        rest, peak = (_nodes_for(production, scaled, name, figure) for figure in ("replicas", "max_replicas"))
        low = _count(scaled, f"{path}.min_nodes")
        start = min(max(_count(scaled, f"{path}.nodes"), low, rest), group.nodes)
        yield Adjustment(f"{path}.nodes", start, "room for the pods at rest")
        most = min(max(_count(scaled, f"{path}.max_nodes"), start, peak), group.max_nodes)
        yield Adjustment(f"{path}.max_nodes", most, "room for the pods at the peak")


def _nodes_for(production: Environment, scaled: Scaled, group: str, figure: str) -> int:
    return nodes_for(
        production.cluster.node_groups[group].instance_type,
        (
            (_count(scaled, f"services.{name}.{figure}"), service.cpu_millicores, _count(scaled, f"services.{name}.memory_mib"))
            for name, service in production.services.items()
            if service.node_group == group
        ),
    )


def _storage_growth(production: Environment, scaled: Scaled) -> Iterator[Adjustment]:
    for name, store in production.stores.items():
        if isinstance(store, Rds):
            path = f"stores.{name}"
            least = ceil(_count(scaled, f"{path}.storage_gib") * Fraction(11, 10))
            value = max(_count(scaled, f"{path}.max_storage_gib"), least)
            yield Adjustment(f"{path}.max_storage_gib", value, "a tenth above the allocated storage")


def _table_bounds(production: Environment, scaled: Scaled) -> Iterator[Adjustment]:
    for name, store in production.stores.items():
        if isinstance(store, DynamoDb):
            for direction in ("read", "write"):
                path = f"stores.{name}.{direction}_capacity"
                value = max(_count(scaled, f"{path}.max_units"), _count(scaled, f"{path}.min_units"))
                yield Adjustment(f"{path}.max_units", value, "the autoscaler's bounds stay in order")


def _connections(production: Environment, scaled: Scaled) -> Iterator[Adjustment]:
    """Pools that can be set keep their share of the database's connections; where the others do not fit, the class steps up."""
    for name, store in production.stores.items():
        if not isinstance(store, Aurora | Rds):
            continue
        path = f"stores.{name}.instance_class"
        target = find("rds", str(scaled[path]))
        for candidate in family("rds", target.family):
            if (candidate.vcpu, candidate.memory_mib) < (target.vcpu, target.memory_mib):
                continue
            if isinstance(store, Aurora) and not candidate.aurora:
                continue
            pools = _pools(production, scaled, name, store, candidate.name)
            demand = sum(_count(scaled, f"services.{user}.max_replicas") * size for user, size in pools.items())
            if demand <= usable_connections(store, candidate.name) or candidate.name == store.instance_class:
                yield Adjustment(path, candidate.name, "connections for the pools that share it")
                for user, size in pools.items():
                    pool_path = f"services.{user}.pools.{name}.connections"
                    yield Adjustment(pool_path, size, f"share of the connections of {candidate.name}")
                break


def _pools(production: Environment, scaled: Scaled, store_name: str, store: Aurora | Rds, instance_class: str) -> dict[str, int]:
    shrink = Fraction(usable_connections(store, instance_class), usable_connections(store))
    sizes: dict[str, int] = {}
    for name, service in production.services.items():
        pool = service.pools.get(store_name)
        if pool is None:
            continue
        sizes[name] = pool.connections
        if pool.variable is not None:
            replicas = _count(scaled, f"services.{name}.max_replicas")
            share = floor(pool.connections * shrink * service.max_replicas / replicas)
            sizes[name] = min(max(share, 1), pool.connections)
    return sizes
