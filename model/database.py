"""Relational databases: Aurora clusters and RDS instances."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from model.base import Model, Text
from model.parity import Concern, Ladder, Numbers, Scaled, Shapes
from model.references import DataClassRef

BackupDays = Annotated[int, Field(ge=1, le=35)]
InsightsDays = Literal[7, 31, 93, 186, 372, 731]
_TIME, _DAY = r"([01]\d|2[0-3]):[0-5]\d", "(mon|tue|wed|thu|fri|sat|sun)"
Window = Annotated[str, StringConstraints(pattern=f"^{_TIME}-{_TIME}$")]
WeeklyWindow = Annotated[str, StringConstraints(pattern=f"^{_DAY}:{_TIME}-{_DAY}:{_TIME}$")]
DatabaseName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,62}$")]


class Relational(Model):
    """What Aurora and RDS share."""

    data_class: DataClassRef
    """The class of its data; names its key."""
    engine_version: Text
    """The engine's version, as AWS names it."""
    instance_class: Annotated[
        str,
        Ladder(Concern.DATABASE, "rds"),
        Shapes("aws:rds/instance:Instance", "instanceClass"),
        Shapes("aws:rds/clusterInstance:ClusterInstance", "instanceClass"),
    ]
    """The class of each instance."""
    database_name: DatabaseName
    """The database that is made."""
    parameters: dict[str, str] = {}
    """Engine parameters by name. `max_connections` and the one that forces TLS are set by the component."""
    log_exports: tuple[Text, ...] = ()
    """Logs that go to CloudWatch Logs."""
    backup_retention_days: BackupDays
    """Days that automated backups are kept."""
    backup_window: Window
    """When they are made, in UTC."""
    maintenance_window: WeeklyWindow
    """When AWS may maintain it, in UTC."""
    performance_insights_retention_days: InsightsDays
    """Days that Performance Insights keeps."""
    monitoring_interval_seconds: Literal[1, 5, 10, 15, 30, 60] = 60
    """Seconds between values of enhanced monitoring."""
    secret_rotation_days: Annotated[int, Field(ge=1, le=1000)] = 30
    """Days between rotations of its password."""


class Aurora(Relational):
    """An Aurora cluster: one writer and readers, storage that grows by itself."""

    kind: Literal["aurora"]
    """An Aurora cluster."""
    engine: Literal["aurora-mysql", "aurora-postgresql"]
    """The engine."""
    instances: Annotated[
        int,
        Field(ge=1, le=16),
        Scaled(Concern.DATABASE_REPLICAS, redundant=True),
        Numbers("aws:rds/clusterInstance:ClusterInstance", "instance-{member}"),
        Numbers("aws:cloudwatch/metricAlarm:MetricAlarm", "{alarm}-{item}-{member}", component="operations-alarms"),
    ]
    """Writer and readers together, spread over the zones."""

    @property
    def member_names(self) -> tuple[str, ...]:
        """The numbers of the instances, from 1."""
        return tuple(str(number) for number in range(1, self.instances + 1))


class Rds(Relational):
    """An RDS instance with a standby in another zone. Readers are what Aurora is for: RDS has none where it manages passwords."""

    kind: Literal["rds"]
    """An RDS instance."""
    engine: Literal["mysql", "postgres"]
    """The engine."""
    multi_az: bool
    """Whether a standby in another zone takes over."""
    storage_gib: Annotated[
        int,
        Field(ge=20, le=65_536),
        Scaled(Concern.STORAGE, minimum=20),
        Shapes("aws:rds/instance:Instance", "allocatedStorage"),
    ]
    """Disk at the start."""
    max_storage_gib: Annotated[
        int,
        Field(ge=20, le=65_536),
        Scaled(Concern.STORAGE, minimum=20),
        Shapes("aws:rds/instance:Instance", "maxAllocatedStorage"),
    ]
    """Where automatic growth stops; RDS asks for at least a tenth more than `storage_gib`."""
