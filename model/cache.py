"""Caches: ElastiCache replication groups."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from model.base import Model, Text
from model.database import WeeklyWindow, Window
from model.parity import Concern, Ladder, Scaled
from model.references import DataClassRef


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
    node_type: Annotated[str, Ladder(Concern.CACHE, "elasticache")]
    """The type of each node."""
    shards: Annotated[int, Field(ge=1, le=90), Scaled(Concern.CACHE_NODES, redundant=True, quorum=True)]
    """Primaries vote on a failover, so that an odd number of them stays odd."""
    replicas_per_shard: Annotated[int, Field(ge=1, le=5), Scaled(Concern.CACHE_NODES)]
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
