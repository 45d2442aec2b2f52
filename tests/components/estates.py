"""Builders for tests of operations: stores, queues and buckets that exist already, under names that a test can recognise."""

from __future__ import annotations

from components.bucket import Bucket, BucketArgs
from components.log_bucket import LogBucket, LogBucketArgs
from components.messaging import Queue, QueueArgs
from components.operations.oncall import Oncall, OncallArgs
from components.operations.watched import Estate
from components.store import StoreHandle
from model.database import Aurora, Rds
from model.environment import Environment
from model.table import DynamoDb
from tests.components.stores import KEY, known

EDGE_KEY = "arn:aws:kms:us-east-1:111122223333:key/edge"


def handles(environment: Environment) -> dict[str, StoreHandle]:
    """A handle of each store, with as many items as the model says."""
    return {name: _handle(environment, name) for name in environment.stores}


def _handle(environment: Environment, name: str) -> StoreHandle:
    store = environment.stores[name]
    if isinstance(store, Rds):
        dimension, items = "DBInstanceIdentifier", [name]
    elif isinstance(store, DynamoDb):
        dimension, items = "TableName", [name]
    elif isinstance(store, Aurora):
        dimension, items = "DBInstanceIdentifier", [f"{name}-{number}" for number in range(1, store.instances + 1)]
    else:
        nodes = store.shards * (1 + store.replicas_per_shard)
        dimension, items = "CacheClusterId", [f"{name}-{number}" for number in range(1, nodes + 1)]
    return StoreHandle(
        kind=store.kind,
        arn=known(f"arn:store/{name}"),
        key_arn=known(KEY),
        dimension_name=dimension,
        dimensions={item: known(f"id-of-{item}") for item in items},
    )


def queues(environment: Environment) -> dict[str, Queue]:
    """The queues of an environment."""
    return {
        name: Queue(f"shop-{name}", QueueArgs(environment, name, queue, known(KEY))) for name, queue in environment.queues.items()
    }


def log_bucket(environment: Environment) -> LogBucket:
    """Where accesses are logged."""
    return LogBucket("shop-logs", LogBucketArgs(environment, environment.edge.access_log_retention_days))


def buckets(environment: Environment, logs: LogBucket) -> dict[str, Bucket]:
    """The buckets of an environment."""
    return {
        name: Bucket(f"shop-{name}", BucketArgs(environment, name, bucket, known(KEY), logs))
        for name, bucket in environment.buckets.items()
    }


def oncall(environment: Environment) -> Oncall:
    """The on-call routes of an environment."""
    return Oncall("shop-oncall", OncallArgs(environment, known(KEY), known(EDGE_KEY)))


def estate(environment: Environment) -> Estate:
    """Everything that can be watched in an environment."""
    return Estate(
        environment=environment,
        stores=handles(environment),
        queues=queues(environment),
        cluster_name=known(environment.name),
        load_balancer=known("app/edge/1"),
        target_groups={route.service: known(f"targetgroup/{route.service}/1") for route in environment.edge.routes},
        distribution_id=known("E123"),
    )
