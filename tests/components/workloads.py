"""Builders for tests of what runs: a cluster, its namespaces, and the services on stores that exist already."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from components.cluster import Cluster, ClusterArgs
from components.controllers import Controllers, ControllersArgs
from components.keys import Keys, KeysArgs
from components.messaging import Topic, TopicArgs
from components.namespace import Namespace, NamespaceArgs
from components.network import Network, NetworkArgs
from components.service import Service, ServiceArgs
from components.store import StoreHandle
from model.environment import Environment
from model.store import store_port
from tests.components.estates import buckets, handles, log_bucket, queues
from tests.components.rendering import Recorded, Rendering, render
from tests.components.stores import KEY, known

CLUSTER = "aws:eks/cluster:Cluster"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
EXTERNAL_SECRET = "kubernetes:external-secrets.io/v1:ExternalSecret"  # noqa: S105 - a type
NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
RELEASE = "kubernetes:helm.sh/v3:Release"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"

EXISTING = {CLUSTER: {"arn": "arn:cluster", "vpcConfig": {"subnetIds": [], "clusterSecurityGroupId": "sg-cluster"}}}
"""What a cluster gives once it exists."""


def cluster(environment: Environment) -> Cluster:
    """A cluster on its keys and network."""
    keys = Keys("shop-keys", KeysArgs(environment))
    network = Network("shop-network", NetworkArgs(environment, keys.logs))
    return Cluster("shop-cluster", ClusterArgs(environment, network, keys))


def workloads(environment: Environment, only: tuple[str, ...] = ()) -> None:
    """The services of an environment (all, or `only` these) and what they run on. Routes lead to target groups that exist."""
    services = {name: service for name, service in environment.services.items() if name in (only or environment.services)}
    platform = cluster(environment)
    controllers = Controllers("shop-controllers", ControllersArgs(environment, platform))
    namespaces = {
        name: Namespace(f"shop-namespace-{name}", NamespaceArgs(environment, name, platform.provider, controllers.releases))
        for name in sorted({service.namespace for service in services.values()})
    }
    all_queues = queues(environment)
    topics = {
        name: Topic(f"shop-{name}", TopicArgs(environment, name, topic, known(KEY), all_queues))
        for name, topic in environment.topics.items()
    }
    all_buckets = buckets(environment, log_bucket(environment))
    routed = {route.service for route in environment.edge.routes}
    for name, service in services.items():
        Service(
            f"service-{name}",
            ServiceArgs(
                environment=environment,
                service_name=name,
                service=service,
                cluster=platform,
                namespace=namespaces[service.namespace],
                stores=reachable(environment),
                queues=all_queues,
                topics=topics,
                buckets=all_buckets,
                security_group_id=known(f"sg-{name}"),
                target_group_arn=known(f"arn:target-group/{name}") if name in routed else None,
            ),
        )


def rendered(environment: Environment, *only: str) -> Rendering:
    """The resources of the services of an environment, all or `only` these, on a cluster that exists."""
    return render(lambda: workloads(environment, only), EXISTING)


def reachable(environment: Environment) -> dict[str, StoreHandle]:
    """The stores, as services reach them."""
    return {name: _reachable(environment, name, handle) for name, handle in handles(environment).items()}


def _reachable(environment: Environment, name: str, handle: StoreHandle) -> StoreHandle:
    port = store_port(environment.stores[name])
    if port is None:
        return replace(handle, database_name=known(f"table-{name}"), grants_resource=(known(f"arn:store/{name}/index/*"),))
    return replace(
        handle,
        port=port,
        address=known(f"{name}.internal"),
        reader_address=known(f"{name}-reader.internal"),
        database_name=known(f"database-{name}"),
        secret_arn=known(f"arn:secret/{name}"),
    )


def container(deployment: Recorded) -> dict[str, Any]:
    """The only container of a deployment's pods."""
    [only] = pod(deployment)["containers"]
    result: dict[str, Any] = only
    return result


def pod(deployment: Recorded) -> dict[str, Any]:
    """The specification of a deployment's pods."""
    spec: dict[str, Any] = deployment.properties["spec"]["template"]["spec"]
    return spec
