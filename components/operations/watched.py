"""What alarms and the dashboard watch: the items of each scope, and how CloudWatch names their metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pulumi

from components.messaging import Queue
from components.store import StoreHandle
from model.database import Aurora, Rds
from model.environment import Environment
from model.operations import AlarmScope

NAMESPACES: Mapping[AlarmScope, str] = {
    "aurora": "AWS/RDS",
    "rds": "AWS/RDS",
    "dynamodb": "AWS/DynamoDB",
    "redis": "AWS/ElastiCache",
    "queue": "AWS/SQS",
    "dead_letter_queue": "AWS/SQS",
    "service": "ContainerInsights",
    "cluster": "ContainerInsights",
    "load_balancer": "AWS/ApplicationELB",
    "cdn": "AWS/CloudFront",
}
PER_OPERATION = frozenset({"SuccessfulRequestLatency", "SystemErrors", "ThrottledRequests"})
"""Metrics that DynamoDB gives for each operation of a table, and never for the table as a whole."""
OPERATIONS = (
    "BatchGetItem",
    "BatchWriteItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
)
"""Operations on a table's items. They are as many as one alarm can add up."""


@dataclass(frozen=True)
class Watched:
    """One item of a scope."""

    owner: str
    """The service, store or queue of the model that it belongs to; empty where the environment has just one of its kind."""
    name: str
    """Tells it apart from others of its scope; empty where there are none."""
    dimensions: Mapping[str, pulumi.Input[str]]
    database: Aurora | Rds | None = None
    """The database that it is an instance of."""


@dataclass(frozen=True)
class Estate:
    """Everything that can be watched."""

    environment: Environment
    stores: Mapping[str, StoreHandle]
    queues: Mapping[str, Queue]
    cluster_name: pulumi.Input[str]
    load_balancer: pulumi.Input[str]
    """The part of the load balancer's ARN that its metrics carry."""
    target_groups: Mapping[str, pulumi.Input[str]]
    """The like of each target group, by service."""
    distribution_id: pulumi.Input[str]

    def watched(self, scope: AlarmScope) -> list[Watched]:
        """The items of a scope, in order of name."""
        if scope == "service":
            found = self._services()
        elif scope in ("queue", "dead_letter_queue"):
            found = self._queues(dead_letters=scope == "dead_letter_queue")
        elif scope in ("aurora", "rds", "dynamodb", "redis"):
            found = self._stores(scope)
        else:
            found = iter([Watched("", "", self._single(scope))])
        return sorted(found, key=lambda item: item.name)

    def _single(self, scope: AlarmScope) -> dict[str, pulumi.Input[str]]:
        if scope == "load_balancer":
            return {"LoadBalancer": self.load_balancer}
        if scope == "cdn":
            return {"DistributionId": self.distribution_id, "Region": "Global"}
        return {"ClusterName": self.cluster_name}

    def _services(self) -> Iterator[Watched]:
        """Services, by the pods of their deployment, which Container Insights sums up under the deployment's name."""
        for name, service in self.environment.services.items():
            dimensions = {"ClusterName": self.cluster_name, "Namespace": service.namespace, "PodName": name}
            yield Watched(name, name, dimensions)

    def _queues(self, *, dead_letters: bool) -> Iterator[Watched]:
        for name, queue in self.queues.items():
            yield Watched(name, name, {"QueueName": queue.dead_letter_name if dead_letters else queue.queue_name})

    def _stores(self, scope: AlarmScope) -> Iterator[Watched]:
        for owner, handle in self.stores.items():
            store = self.environment.stores[owner]
            if handle.kind == scope:
                database = store if isinstance(store, Aurora | Rds) else None
                for name, dimension in handle.dimensions.items():
                    yield Watched(owner, name, {handle.dimension_name: dimension}, database)
