"""The dashboard: a row for each critical path, service, queue and store, and one for what all of them stand on.

Charts show what alarms watch, each with its threshold; so what went off can be seen where it is looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws.cloudwatch as cloudwatch

from components.base import Component
from components.operations.alarms import threshold
from components.operations.watched import NAMESPACES, OPERATIONS, PER_OPERATION, Estate, Watched
from model.critical_path import CriticalPath
from model.identity import GLOBAL_REGION
from model.operations import Alarm, AlarmScope

COLUMNS = 24
"""Columns of CloudWatch's grid."""
CHART_WIDTH, CHART_HEIGHT = 6, 5
HEADING_HEIGHT = 1
TRAFFIC_SECONDS = 60
SHARED_SCOPES: tuple[AlarmScope, ...] = ("load_balancer", "cdn", "cluster")

Widget = dict[str, Any]


@dataclass(frozen=True)
class DashboardArgs:
    """What the dashboard is made from."""

    estate: Estate


class Dashboard(Component):
    """One dashboard for the environment."""

    def __init__(self, name: str, args: DashboardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:operations:Dashboard", name, opts)
        environment = args.estate.environment
        dashboard = cloudwatch.Dashboard(
            self.child("dashboard"),
            dashboard_name=environment.name,
            dashboard_body=pulumi.Output.json_dumps({"widgets": _laid_out(_Rows(args.estate))}, sort_keys=True),
            opts=self.below(),
        )
        self.dashboard_name = dashboard.dashboard_name
        self.register_outputs({"dashboard": self.dashboard_name})


class _Rows(Iterable[tuple[str, list[Widget]]]):
    """Heading and charts of each row, from what matters to the business down to what carries it."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._environment = estate.environment

    def __iter__(self) -> Iterator[tuple[str, list[Widget]]]:
        environment = self._environment
        for name, path in sorted(environment.critical_paths.items()):
            yield f"## {name}: {path.description}", [*self._traffic(path), *self._charts(*self._passed(path))]
        for name in sorted(environment.services):
            yield f"## Service {name}", self._charts(("service", name))
        for name in sorted(environment.queues):
            yield f"## Queue {name}", self._charts(("queue", name), ("dead_letter_queue", name))
        for name, store in sorted(environment.stores.items()):
            yield f"## Store {name}", self._charts((store.kind, name))
        yield "## Edge and cluster", self._charts(*((scope, "") for scope in SHARED_SCOPES))

    def _passed(self, path: CriticalPath) -> Iterator[tuple[AlarmScope, str]]:
        for step in path.steps:
            if step.service is not None:
                yield "service", step.service
            elif step.store is not None:
                yield self._environment.stores[step.store].kind, step.store
            elif step.queue is not None:
                yield "queue", step.queue
                yield "dead_letter_queue", step.queue

    def _traffic(self, path: CriticalPath) -> list[Widget]:
        """Requests and answer times at the path's entry, where the load balancer leads to it."""
        entry = path.steps[0].service
        if entry is None or entry not in self._estate.target_groups:
            return []
        dimensions = {"LoadBalancer": self._estate.load_balancer, "TargetGroup": self._estate.target_groups[entry]}
        metrics = (("Requests a minute", "RequestCount", "Sum"), ("Slowest hundredth, in s", "TargetResponseTime", "p99"))
        return [
            self._chart(
                f"{entry}: {title}",
                [_line(NAMESPACES["load_balancer"], metric, dimensions, entry)],
                {"stat": statistic, "period": TRAFFIC_SECONDS},
            )
            for title, metric, statistic in metrics
        ]

    def _charts(self, *wanted: tuple[AlarmScope, str]) -> list[Widget]:
        """A chart for each alarm that watches any of these owners, with a line for each item."""
        owners = set(wanted)
        charts: list[Widget] = []
        for name, alarm in sorted(self._environment.operations.alarms.items()):
            items = [item for item in self._estate.watched(alarm.scope) if (alarm.scope, item.owner) in owners]
            if items:
                charts.append(self._alarm_chart(name, alarm, items))
        return charts

    def _alarm_chart(self, name: str, alarm: Alarm, items: list[Watched]) -> Widget:
        lines = [line for item in items for line in _lines(alarm, item)]
        limits = sorted({threshold(alarm, item) for item in items})
        settings = {
            "stat": alarm.statistic,
            "period": alarm.period_seconds,
            "annotations": {"horizontal": [{"label": f"alarm {alarm.comparison}", "value": limit} for limit in limits]},
        }
        return self._chart(f"{name}: {alarm.metric}", lines, settings, at_edge=alarm.scope == "cdn")

    def _chart(self, title: str, lines: list[list[Any]], settings: Mapping[str, Any], *, at_edge: bool = False) -> Widget:
        region = GLOBAL_REGION if at_edge else self._environment.identity.regions.primary
        properties = {"title": title, "region": region, "view": "timeSeries", "metrics": lines, **settings}
        return {"type": "metric", "width": CHART_WIDTH, "height": CHART_HEIGHT, "properties": properties}


def _lines(alarm: Alarm, item: Watched) -> Iterator[list[Any]]:
    """The lines of an item: one, or one for each operation where there is no metric of the whole."""
    namespace, label = NAMESPACES[alarm.scope], item.name or alarm.scope
    if alarm.metric not in PER_OPERATION:
        yield _line(namespace, alarm.metric, item.dimensions, label)
        return
    for operation in OPERATIONS:
        yield _line(namespace, alarm.metric, {**item.dimensions, "Operation": operation}, f"{label} {operation}")


def _line(namespace: str, metric: str, dimensions: Mapping[str, pulumi.Input[str]], label: str) -> list[Any]:
    named = [part for name, value in sorted(dimensions.items()) for part in (name, value)]
    return [namespace, metric, *named, {"label": label}]


def _laid_out(rows: Iterable[tuple[str, list[Widget]]]) -> list[Widget]:
    """Put each row's heading and charts onto the grid, from top to bottom."""
    placed: list[Widget] = []
    top = 0
    for heading, charts in rows:
        text = {"type": "text", "width": COLUMNS, "height": HEADING_HEIGHT, "properties": {"markdown": heading}}
        placed.append({**text, "x": 0, "y": top})
        top += HEADING_HEIGHT
        per_line = COLUMNS // CHART_WIDTH
        for number, chart in enumerate(charts):
            across, down = number % per_line, number // per_line
            placed.append({**chart, "x": across * CHART_WIDTH, "y": top + down * CHART_HEIGHT})
        top += -(-len(charts) // per_line) * CHART_HEIGHT
    return placed
