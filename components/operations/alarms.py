"""Alarms: each alarm of the model on each item of its scope, with its runbook and its on-call route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import pulumi
import pulumi_aws.cloudwatch as cloudwatch

from components.base import Component
from components.operations.oncall import Oncall
from components.operations.watched import NAMESPACES, OPERATIONS, PER_OPERATION, Estate, Watched
from model.database import Aurora, Rds
from model.identity import GLOBAL_REGION
from model.operations import Alarm, Threshold
from model.threshold import threshold_value

COMPARISONS: Mapping[str, str] = {
    ">": "GreaterThanThreshold",
    ">=": "GreaterThanOrEqualToThreshold",
    "<": "LessThanThreshold",
    "<=": "LessThanOrEqualToThreshold",
}


@dataclass(frozen=True)
class AlarmsArgs:
    """What the alarms are made from."""

    estate: Estate
    oncall: Oncall


class Alarms(Component):
    """Alarms that call whom their route names when they go off, and when they are over."""

    def __init__(self, name: str, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:operations:Alarms", name, opts)
        self._args = args
        for alarm_name, alarm in sorted(args.estate.environment.operations.alarms.items()):
            for item in args.estate.watched(alarm.scope):
                self._alarm(alarm_name, alarm, item)
        self.register_outputs({})

    def _alarm(self, alarm_name: str, alarm: Alarm, item: Watched) -> None:
        environment, oncall = self._args.estate.environment, self._args.oncall
        at_edge = alarm.scope == "cdn"  # the CDN's metrics are in the global region alone
        topic = (oncall.edge_topics if at_edge else oncall.topics)[alarm.route]
        suffix = f"{alarm_name}-{item.name}" if item.name else alarm_name
        cloudwatch.MetricAlarm(
            self.child(suffix),
            name=f"{environment.name}-{suffix}",
            alarm_description=f"{_title(alarm)}. Runbook: {environment.operations.runbooks[alarm.runbook]}",
            comparison_operator=COMPARISONS[alarm.comparison],
            threshold=threshold(alarm, item),
            evaluation_periods=alarm.periods,
            treat_missing_data=alarm.missing_data,
            alarm_actions=[topic],
            ok_actions=[topic],
            region=GLOBAL_REGION if at_edge else None,
            opts=self.below(),
            **_measured(alarm, item),
        )


def threshold(alarm: Alarm, item: Watched) -> float:
    """The alarm's threshold for an item, in the metric's unit."""
    if isinstance(alarm.threshold, Threshold):
        database = cast("Aurora | Rds", item.database)  # the model lets no other scope follow a size
        return threshold_value(alarm.threshold, database)
    return alarm.threshold


def _title(alarm: Alarm) -> str:
    minutes = alarm.periods * alarm.period_seconds / 60
    return f"{alarm.metric} ({alarm.statistic}) was {alarm.comparison} its threshold for {minutes:g} min"


def _measured(alarm: Alarm, item: Watched) -> dict[str, Any]:
    """The properties that say what is measured: a metric, or operations put together."""
    if alarm.metric in PER_OPERATION:
        return {"metric_queries": _over_operations(alarm, item)}
    percentile = alarm.statistic.startswith("p")
    return {
        "namespace": NAMESPACES[alarm.scope],
        "metric_name": alarm.metric,
        "dimensions": item.dimensions,
        "period": alarm.period_seconds,
        "extended_statistic" if percentile else "statistic": alarm.statistic,
    }


def _over_operations(alarm: Alarm, item: Watched) -> list[cloudwatch.MetricAlarmMetricQueryArgs]:
    """The sum over a table's operations where the alarm counts, and the worst of them where it measures.

    Operations that nobody used give no data, and count as nothing.
    """
    function = "SUM" if alarm.statistic == "Sum" else "MAX"
    total = cloudwatch.MetricAlarmMetricQueryArgs(
        id="all", expression=f"{function}(FILL(METRICS(), 0))", label=alarm.metric, return_data=True
    )
    operations = [
        cloudwatch.MetricAlarmMetricQueryArgs(
            id=f"{operation[0].lower()}{operation[1:]}",
            metric=cloudwatch.MetricAlarmMetricQueryMetricArgs(
                namespace=NAMESPACES[alarm.scope],
                metric_name=alarm.metric,
                dimensions={**item.dimensions, "Operation": operation},
                period=alarm.period_seconds,
                stat=alarm.statistic,
            ),
            return_data=False,
        )
        for operation in OPERATIONS
    ]
    return [total, *operations]
