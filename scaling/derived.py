"""Derived figures: what components compute from scaled fields, so that the ledger explains those as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from model.capacity import CONNECTIONS_SHAPE, max_connections
from model.database import Aurora, Rds
from model.environment import Environment
from model.operations import Threshold
from model.parity import Shapes
from model.quota import SHAPES as QUOTA_SHAPES
from model.quota import namespace_quota
from model.service import HEAP_SHAPE
from model.threshold import threshold_shapes, threshold_value


@dataclass(frozen=True)
class DerivedFigure:
    """A figure that follows from fields, and the formula that gives it."""

    path: str
    value: int | float
    formula: str
    item: str
    """The name of the model item that it belongs to."""
    shapes: tuple[Shapes, ...]
    """The resource properties that it becomes."""
    variable: str = ""
    """The name of the variable that carries it, where one does."""


def derived_figures(environment: Environment) -> Iterator[DerivedFigure]:
    """Heaps, connection limits, quotas and thresholds of an environment."""
    for name, service in environment.services.items():
        if service.jvm is not None and service.heap_mib is not None:
            formula = f"{service.jvm.heap_percent} % of services.{name}.memory_mib"
            path = f"services.{name}.jvm.heap_mib"
            yield DerivedFigure(path, service.heap_mib, formula, name, (HEAP_SHAPE,), service.jvm.variable)
    databases = {name: store for name, store in environment.stores.items() if isinstance(store, Aurora | Rds)}
    for name, store in databases.items():
        value = max_connections(store.engine, store.instance_class)
        formula = f"memory of stores.{name}.instance_class"
        yield DerivedFigure(f"stores.{name}.max_connections", value, formula, name, (CONNECTIONS_SHAPE,))
    for name in environment.namespaces:
        for resource, value in namespace_quota(environment, name).items():
            path, formula = f"namespaces.{name}.quota.{resource}", "the most replicas of its services"
            yield DerivedFigure(path, value, formula, name, QUOTA_SHAPES[resource])
    for alarm_name, alarm in environment.operations.alarms.items():
        if isinstance(alarm.threshold, Threshold):
            for name, store in databases.items():
                if store.kind == alarm.scope:
                    formula = f"{alarm.threshold.percent} % of the {alarm.threshold.of} of stores.{name}"
                    path = f"operations.alarms.{alarm_name}.threshold.{name}"
                    shapes = threshold_shapes(alarm_name, name, store)
                    yield DerivedFigure(path, threshold_value(alarm.threshold, store), formula, name, shapes)
