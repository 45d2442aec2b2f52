"""What a service is made from, and what its parts share: names, labels and options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes.meta.v1 as meta

from components.bucket import Bucket
from components.cluster import Cluster
from components.messaging import Queue, Topic
from components.namespace import Namespace
from components.store import StoreHandle
from model.environment import Environment
from model.service import Service

NAME_LABEL = "app.kubernetes.io/name"
PORT_NAME = "main"
"""The name of the container's and the service's only port."""


@dataclass(frozen=True)
class ServiceArgs:
    """What a service is made from."""

    environment: Environment
    service_name: str
    service: Service
    cluster: Cluster
    namespace: Namespace
    stores: Mapping[str, StoreHandle]
    queues: Mapping[str, Queue]
    topics: Mapping[str, Topic]
    buckets: Mapping[str, Bucket]
    security_group_id: pulumi.Output[str]
    target_group_arn: pulumi.Output[str] | None = None
    """The load balancer's target group, where the edge routes to the service."""

    @property
    def selector(self) -> dict[str, str]:
        """Labels that select the service's pods inside its namespace."""
        return {NAME_LABEL: self.service_name}

    @property
    def labels(self) -> dict[str, str]:
        """Labels of everything that belongs to the service."""
        return {**self.selector, "app.kubernetes.io/part-of": self.environment.system}

    @property
    def pods(self) -> meta.LabelSelectorArgs:
        """The selector as Kubernetes objects take it."""
        return meta.LabelSelectorArgs(match_labels=self.selector)

    def metadata(self, suffix: str = "", annotations: Mapping[str, str] | None = None) -> meta.ObjectMetaArgs:
        """Metadata of an object of the service: its name, namespace and labels, equal in every environment."""
        return meta.ObjectMetaArgs(
            name=f"{self.service_name}{suffix}",
            namespace=self.service.namespace,
            labels=self.labels,
            annotations=annotations,
        )
