"""What a store is to the components that use it: where it listens, which secret opens it, what its metrics are called."""

from __future__ import annotations

from dataclasses import dataclass, field

import pulumi


@dataclass(frozen=True)
class StoreHandle:
    """A store as others see it. Attributes that a kind does not have are None."""

    kind: str
    """aurora, rds, dynamodb or redis."""
    arn: pulumi.Output[str]
    """The ARN that grants name: the table, cluster, instance or replication group."""
    key_arn: pulumi.Output[str]
    """The KMS key that encrypts it."""
    port: int | None = None
    address: pulumi.Output[str] | None = None
    """The writer's host name."""
    reader_address: pulumi.Output[str] | None = None
    database_name: pulumi.Output[str] | None = None
    """The database's or table's name."""
    secret_arn: pulumi.Output[str] | None = None
    """The Secrets Manager secret: `username` and `password` of a database, `url` and `password` of a cache."""
    grants_resource: tuple[pulumi.Output[str], ...] = ()
    """ARNs beside `arn` that an access grant needs, such as a table's indexes."""
    dimensions: dict[str, pulumi.Output[str]] = field(default_factory=dict[str, pulumi.Output[str]])
    """CloudWatch dimensions of its metrics, one entry per watched item: item name to dimension value (see `dimension_name`)."""
    dimension_name: str = ""
    """CloudWatch dimension of its metrics: DBInstanceIdentifier, TableName or CacheClusterId."""
