"""Alarm thresholds that follow the size of what they watch."""

from __future__ import annotations

from model.capacity import max_connections, memory_bytes
from model.database import Aurora, Rds
from model.operations import Threshold
from model.parity import Shapes

ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def threshold_shapes(alarm: str, store: str, database: Aurora | Rds) -> tuple[Shapes, ...]:
    """The property that a threshold becomes: of the alarm on a database, or of those on each of its instances."""
    members = [f"-{member}" for member in database.member_names] if isinstance(database, Aurora) else [""]
    return tuple(Shapes(ALARM, "threshold", "operations-alarms", f"{alarm}-{store}{member}") for member in members)


def threshold_value(threshold: float | Threshold, database: Aurora | Rds) -> float:
    """The threshold in the metric's own unit: bytes for `memory`, connections for `max_connections`, rounded down."""
    if not isinstance(threshold, Threshold):
        return threshold
    whole = (
        memory_bytes(database.instance_class)
        if threshold.of == "memory"
        else max_connections(database.engine, database.instance_class)
    )
    return float(whole * threshold.percent // 100)
