"""The platform's Helm releases: what turns the cluster's custom resources into load balancing, secrets and metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes.core.v1 as core
import pulumi_kubernetes.helm.v3 as helm
import pulumi_kubernetes.meta.v1 as meta

from components.base import Component
from components.cluster import Cluster
from components.controller_policy import controller_statements
from components.namespace import pod_security_labels
from components.pod_identity import associate, pod_role
from model.cluster import Chart
from model.environment import Environment

SYSTEM_NAMESPACE = "kube-system"
"""Exists in every cluster."""
RELEASE_TIMEOUT_SECONDS = 600


@dataclass(frozen=True)
class ControllersArgs:
    """What the controllers are made from."""

    environment: Environment
    cluster: Cluster


class Controllers(Component):
    """The charts of the model, each complete or not there at all. What needs their custom resources waits for `releases`."""

    def __init__(self, name: str, args: ControllersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:cluster:Controllers", name, opts)
        self._args = args
        charts = args.environment.cluster.charts
        self._namespaces = {
            namespace: self._namespace(namespace)
            for namespace in sorted({chart.namespace for chart in charts.values()} - {SYSTEM_NAMESPACE})
        }
        self.releases: list[pulumi.Resource] = [self._release(name, chart) for name, chart in sorted(charts.items())]
        self.register_outputs({})

    def _namespace(self, namespace: str) -> core.Namespace:
        return core.Namespace(
            self.child(f"namespace-{namespace}"),
            metadata=meta.ObjectMetaArgs(name=namespace, labels=pod_security_labels(self._args.environment)),
            opts=self.below(provider=self._args.cluster.provider),
        )

    def _release(self, name: str, chart: Chart) -> helm.Release:
        waits_for: list[pulumi.Resource] = [self._namespaces[chart.namespace]] if chart.namespace in self._namespaces else []
        waits_for += self._identity(name, chart)
        return helm.Release(
            self.child(name),
            name=name,
            chart=chart.chart,
            version=chart.version,
            namespace=chart.namespace,
            repository_opts=helm.RepositoryOptsArgs(repo=chart.repository),
            values={**chart.values, **self._values(chart)},
            atomic=True,
            cleanup_on_fail=True,
            skip_await=False,
            timeout=RELEASE_TIMEOUT_SECONDS,
            opts=self.below(provider=self._args.cluster.provider, depends_on=waits_for),
        )

    def _identity(self, name: str, chart: Chart) -> list[pulumi.Resource]:
        """The AWS identity of a chart's service account; it must exist before the pods start."""
        if chart.policy is None or chart.service_account is None:
            return []
        environment = self._args.environment
        statements = controller_statements(environment, chart.policy)
        role = pod_role(self, name, f"Chart {name} of {environment.name}", statements)
        cluster_name = self._args.cluster.cluster_name
        return [associate(self, name, cluster_name, chart.namespace, chart.service_account, role.arn)]

    def _values(self, chart: Chart) -> dict[str, Any]:
        """Values that follow from the environment."""
        values: dict[str, Any] = {}
        if chart.service_account is not None:
            account: dict[str, Any] = {"create": True, "name": chart.service_account}
            values["serviceAccount"] = {**chart.values.get("serviceAccount", {}), **account}
        if chart.policy == "autoscaler":
            values |= {
                "autoDiscovery": {"clusterName": self._args.cluster.cluster_name},
                "awsRegion": self._args.environment.identity.regions.primary,
                "rbac": {"serviceAccount": values.pop("serviceAccount")},
            }
        if chart.policy == "load_balancer":
            values |= {
                "clusterName": self._args.cluster.cluster_name,
                "region": self._args.environment.identity.regions.primary,
                "vpcId": self._args.cluster.vpc_id,
                # Its webhook would stand in the way of every Service, and no Service asks for a load balancer.
                "enableServiceMutatorWebhook": False,
            }
        return values
