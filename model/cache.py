"""Caches: ElastiCache replication groups."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from model.base import Model, Text
from model.database import WeeklyWindow, Window
from model.parity import Concern, Ladder, Numbers, Scaled, Shapes
from model.references import DataClassRef

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"


class Redis(Model):
    """A replication group with TLS, an AUTH token, automatic failover over several zones."""

    kind: Literal["redis"]
    """An ElastiCache replication group."""
    data_class: DataClassRef
    """The class of its data; names its key."""
    engine: Literal["redis", "valkey"]
    """The engine."""
    engine_version: Text
    """The engine's version."""
    node_type: Annotated[str, Ladder(Concern.CACHE, "elasticache"), Shapes(GROUP, "nodeType")]
    """The type of each node."""
    shards: Annotated[
        int,
        Field(ge=1, le=90),
        Scaled(Concern.CACHE_NODES, redundant=True, quorum=True),
        Shapes(GROUP, "numNodeGroups"),
        Numbers("aws:cloudwatch/metricAlarm:MetricAlarm", "{alarm}-{item}-{member}", component="operations-alarms"),
    ]
    """Primaries vote on a failover, so that an odd number of them stays odd."""
    replicas_per_shard: Annotated[int, Field(ge=1, le=5), Scaled(Concern.CACHE_NODES), Shapes(GROUP, "replicasPerNodeGroup")]
    """At least one: without it there is nothing to fail over to."""
    parameters: dict[str, str] = {}
    """Engine parameters by name."""
    snapshot_retention_days: Annotated[int, Field(ge=1, le=35)]
    """Days that snapshots are kept."""
    snapshot_window: Window
    """When they are made, in UTC."""
    maintenance_window: WeeklyWindow
    """When AWS may maintain it, in UTC."""
    secret_generation: Annotated[int, Field(ge=1)] = 1
    """Counts up to replace the AUTH token."""

    @property
    def is_clustered(self) -> bool:
        """Whether keys are spread over shards."""
        return self.shards > 1

    @property
    def member_names(self) -> tuple[str, ...]:
        """The nodes, which ElastiCache numbers by shard (in cluster mode) and by node."""
        nodes = tuple(f"{node:03}" for node in range(1, self.replicas_per_shard + 2))
        return (
            tuple(f"{shard:04}-{node}" for shard in range(1, self.shards + 1) for node in nodes) if self.is_clustered else nodes
        )
