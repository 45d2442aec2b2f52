"""Operations: who is called, by which runbook, for what; backup, audit and money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from model.base import Cron, Days, LogRetentionDays, Model, Name, Percent, Text, Url
from model.parity import Concern, Scaled, Shapes, Written
from model.references import RouteRef, RunbookRef

AlarmScope = Literal[
    "aurora", "rds", "dynamodb", "redis", "queue", "dead_letter_queue", "service", "load_balancer", "cdn", "cluster"
]


class Oncall(Model):
    """An on-call route: where a page of one urgency goes."""

    protocol: Literal["email", "https"]
    """How it is told."""
    endpoint: Text
    """The address."""


class Threshold(Model):
    """A threshold that follows the size of what it watches."""

    percent: Percent
    """Share of it."""
    of: Literal["memory", "max_connections"]
    """`memory` in bytes of the instance class; `max_connections` of the database."""


def _threshold_kind(value: object) -> str:
    return "<following>" if isinstance(value, Mapping | Threshold) else "<number>"


AlarmThreshold = Annotated[
    Annotated[float, Tag("<number>")] | Annotated[Threshold, Tag("<following>")], Discriminator(_threshold_kind)
]


class Alarm(Model):
    """An alarm on every item of one kind."""

    scope: AlarmScope
    """The kind of thing that is watched: each of it gets an alarm of its own."""
    metric: Text
    """The CloudWatch metric."""
    statistic: Annotated[str, Field(pattern=r"^(Average|Maximum|Minimum|Sum|SampleCount|p\d{1,2}(\.\d+)?)$")]
    """How the values of one period become one."""
    comparison: Literal[">", ">=", "<", "<="]
    """How the statistic compares with the threshold while there is something wrong."""
    threshold: AlarmThreshold
    """A number, or a share of the memory or connections of what is watched."""
    period_seconds: Literal[10, 30, 60, 120, 180, 300, 600, 900, 3600]
    """Length of one period."""
    periods: Annotated[int, Field(ge=1, le=100)]
    """Periods in a row that must be wrong."""
    missing_data: Literal["breaching", "notBreaching", "ignore", "missing"] = "missing"
    """What a period without values means."""
    runbook: RunbookRef
    """The runbook that says what to do."""
    route: RouteRef
    """The on-call route that is told."""


class Backup(Model):
    """The AWS Backup plan of every store and bucket."""

    schedule: Cron
    """When backups begin, as an AWS cron or rate expression in UTC."""
    retention_days: Days
    """Days that a recovery point is kept."""
    copy_retention_days: Days
    """Days that the copy in the recovery region is kept."""
    lock_min_days: Days
    """Vault lock: no recovery point can be deleted earlier."""
    route: RouteRef
    """Where a backup that failed is told."""

    @model_validator(mode="after")
    def _lock_below_retention(self) -> Backup:
        if self.lock_min_days > min(self.retention_days, self.copy_retention_days):
            raise ValueError("`lock_min_days` must not exceed `retention_days` or `copy_retention_days`")
        return self


class Audit(Model):
    """CloudTrail over all regions, with log file validation."""

    retention_days: Days
    """Days that the trail's files are kept."""
    log_retention_days: LogRetentionDays
    """Days that its events can be searched in CloudWatch Logs."""
    data_events: bool = True
    """Whether object-level events of the buckets are recorded."""


class Budget(Model):
    """The monthly budget of the environment, in US dollars."""

    monthly_usd: Annotated[
        int,
        Field(ge=1),
        Scaled(Concern.BUDGET),
        Shapes("aws:budgets/budget:Budget", "limitAmount", component="operations-budget", written=Written.TEXT),
    ]
    """What the environment may cost a month."""
    alert_percents: Annotated[tuple[Percent, ...], Field(min_length=1)]
    """Shares of it at which somebody is told."""
    route: RouteRef
    """The on-call route that is told."""


class Operations(Model):
    """Everything that keeps the environment watched, recoverable and within its means."""

    oncall: Annotated[dict[Name, Oncall], Field(min_length=1)]
    """On-call routes by name."""
    runbooks: Annotated[dict[Name, Url], Field(min_length=1)]
    """Addresses of runbooks by name."""
    alarms: Annotated[dict[Name, Alarm], Field(min_length=1)]
    """Alarms by name."""
    backup: Backup
    audit: Audit
    budget: Budget
    log_retention_days: LogRetentionDays
    """Days that the logs of everything else are kept."""
