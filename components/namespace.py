"""Namespaces: restricted pods, no traffic unless allowed, and no more resources than the model's services can use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes.core.v1 as core
import pulumi_kubernetes.meta.v1 as meta
import pulumi_kubernetes.networking.v1 as networking
from pulumi_kubernetes.apiextensions import CustomResource

from components.base import Component
from model.environment import Environment
from model.quota import namespace_quota
from model.service import SecretValue

SECRET_STORE = "secrets-manager"  # noqa: S105 - the name of an object
"""The namespace's secret store, through which its external secrets are read."""
DNS_PORT = 53
DEFAULT_CPU_REQUEST, DEFAULT_MEMORY = "100m", "128Mi"
"""What a container gets that states nothing, such as one that an engineer adds to a pod to look at it."""


@dataclass(frozen=True)
class NamespaceArgs:
    """What a namespace is made from."""

    environment: Environment
    namespace: str
    provider: pulumi.ProviderResource
    depends_on: Sequence[pulumi.Resource]
    """The platform's releases, whose custom resources are used inside."""
    quota: Mapping[str, int] | None = None
    """What it may use at most, where it is for more than services: as `namespace_quota` says it."""
    holds_secrets: bool = False
    """Whether others than services read secrets in it."""


def pod_security_labels(environment: Environment) -> dict[str, str]:
    """Labels by which the API server admits restricted pods alone, judged by the standards of the cluster's version."""
    labels: dict[str, str] = {}
    for mode in ("audit", "enforce", "warn"):
        labels[f"pod-security.kubernetes.io/{mode}"] = "restricted"
        labels[f"pod-security.kubernetes.io/{mode}-version"] = f"v{environment.cluster.version}"
    return labels


class Namespace(Component):
    """A namespace and what holds for everything in it."""

    def __init__(self, name: str, args: NamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:cluster:Namespace", name, opts)
        self._args = args
        self._services = {
            name: service for name, service in args.environment.services.items() if service.namespace == args.namespace
        }
        self._namespace = core.Namespace(
            self.child("namespace"),
            metadata=meta.ObjectMetaArgs(name=args.namespace, labels=self._labels()),
            opts=self.below(provider=args.provider, depends_on=list(args.depends_on)),
        )
        self._build_traffic()
        self._build_limits()
        values = (value for service in self._services.values() for value in service.environment.values())
        if args.holds_secrets or any(isinstance(value, SecretValue) for value in values):
            self._build_secret_store()
        self.register_outputs({"name": args.namespace})

    def _labels(self) -> dict[str, str]:
        labels = pod_security_labels(self._args.environment)
        if any(route.service in self._services for route in self._args.environment.edge.routes):
            # A rollout then waits until the load balancer sends traffic to a new pod before it takes an old one away.
            labels["elbv2.k8s.aws/pod-readiness-gate-inject"] = "enabled"
        return labels

    def _within(self) -> pulumi.ResourceOptions:
        return self.below(provider=self._args.provider, depends_on=[self._namespace])

    def _metadata(self, name: str) -> meta.ObjectMetaArgs:
        return meta.ObjectMetaArgs(name=name, namespace=self._args.namespace)

    def _build_traffic(self) -> None:
        networking.NetworkPolicy(
            self.child("default-deny"),
            metadata=self._metadata("default-deny"),
            spec=networking.NetworkPolicySpecArgs(pod_selector=meta.LabelSelectorArgs(), policy_types=["Ingress", "Egress"]),
            opts=self._within(),
        )
        networking.NetworkPolicy(
            self.child("allow-dns"),
            metadata=self._metadata("allow-dns"),
            spec=networking.NetworkPolicySpecArgs(
                pod_selector=meta.LabelSelectorArgs(),
                policy_types=["Egress"],
                egress=[
                    networking.NetworkPolicyEgressRuleArgs(
                        to=[
                            networking.NetworkPolicyPeerArgs(
                                namespace_selector=meta.LabelSelectorArgs(
                                    match_labels={"kubernetes.io/metadata.name": "kube-system"}
                                ),
                                pod_selector=meta.LabelSelectorArgs(match_labels={"k8s-app": "kube-dns"}),
                            )
                        ],
                        ports=[networking.NetworkPolicyPortArgs(port=DNS_PORT, protocol=protocol) for protocol in ("UDP", "TCP")],
                    )
                ],
            ),
            opts=self._within(),
        )

    def _build_limits(self) -> None:
        quota = self._args.quota or namespace_quota(self._args.environment, self._args.namespace)
        core.ResourceQuota(
            self.child("quota"),
            metadata=self._metadata("quota"),
            spec=core.ResourceQuotaSpecArgs(
                hard={
                    "pods": str(quota["pods"]),
                    "requests.cpu": f"{quota['cpu_millicores']}m",
                    "requests.memory": f"{quota['memory_mib']}Mi",
                    "limits.memory": f"{quota['memory_mib']}Mi",
                    "services.loadbalancers": "0",  # the edge is the only way in
                    "services.nodeports": "0",
                }
            ),
            opts=self._within(),
        )
        core.LimitRange(
            self.child("limits"),
            metadata=self._metadata("limits"),
            spec=core.LimitRangeSpecArgs(
                limits=[
                    core.LimitRangeItemArgs(
                        type="Container",
                        default={"memory": DEFAULT_MEMORY},
                        default_request={"cpu": DEFAULT_CPU_REQUEST, "memory": DEFAULT_MEMORY},
                    )
                ]
            ),
            opts=self._within(),
        )

    def _build_secret_store(self) -> None:
        CustomResource(
            self.child("secret-store"),
            api_version="external-secrets.io/v1",
            kind="SecretStore",
            metadata=self._metadata(SECRET_STORE),
            spec={
                # Without `auth` the controller's own pod identity is used, so that no namespace holds an AWS credential.
                "provider": {"aws": {"service": "SecretsManager", "region": self._args.environment.identity.regions.primary}}
            },
            opts=self._within(),
        )
