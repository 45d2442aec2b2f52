"""Builders for tests of the edge: the foundations that it stands on."""

from __future__ import annotations

from dataclasses import dataclass

from components.bucket import Bucket, BucketArgs
from components.edge.edge import Edge, EdgeArgs
from components.keys import Keys, KeysArgs
from components.log_bucket import LogBucket, LogBucketArgs
from components.network import Network, NetworkArgs
from model.environment import Environment
from tests.components.rendering import Rendering, render
from tests.components.stores import known


@dataclass(frozen=True)
class Foundations:
    """What stands before the edge."""

    keys: Keys
    network: Network
    log_bucket: LogBucket
    buckets: dict[str, Bucket]


def foundations(environment: Environment) -> Foundations:
    """Keys, network and buckets of an environment."""
    keys = Keys("shop-keys", KeysArgs(environment))
    network = Network("shop-network", NetworkArgs(environment, keys.logs))
    log_bucket = LogBucket("shop-logs", LogBucketArgs(environment, environment.edge.access_log_retention_days))
    buckets = {
        name: Bucket(f"shop-{name}", BucketArgs(environment, name, bucket, keys.data[bucket.data_class], log_bucket))
        for name, bucket in environment.buckets.items()
    }
    return Foundations(keys, network, log_bucket, buckets)


def edge(environment: Environment) -> Edge:
    """The edge of an environment on its foundations."""
    below = foundations(environment)
    args = EdgeArgs(environment, below.network, known("sg-balancer"), below.log_bucket, below.keys, below.buckets)
    return Edge("shop-edge", args)


def rendered_edge(environment: Environment) -> Rendering:
    """The resources of the edge alone."""
    return Rendering(resource for resource in render(lambda: edge(environment)) if resource.name.startswith("shop-edge"))
