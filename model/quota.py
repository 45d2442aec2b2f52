"""Resource quotas: what a namespace may use at most, from the services that live in it."""

from __future__ import annotations

from model.environment import Environment
from model.parity import Shapes, Written

_QUOTA, _COMPONENT = "kubernetes:core/v1:ResourceQuota", "namespace-{item}"
SHAPES = {
    "cpu_millicores": (Shapes(_QUOTA, 'spec.hard["requests.cpu"]', _COMPONENT, written=Written.MILLICORES),),
    "memory_mib": (
        Shapes(_QUOTA, 'spec.hard["requests.memory"]', _COMPONENT, written=Written.MEBIBYTES),
        Shapes(_QUOTA, 'spec.hard["limits.memory"]', _COMPONENT, written=Written.MEBIBYTES),
    ),
    "pods": (Shapes(_QUOTA, "spec.hard.pods", _COMPONENT, written=Written.TEXT),),
}
"""The properties that each figure of a quota becomes."""
SURGE_PERCENT = 25
"""Pods that a rollout adds before it takes old ones away, in percent of the replicas, rounded up as Kubernetes does."""


def namespace_quota(environment: Environment, namespace: str) -> dict[str, int]:
    """The quota of a namespace: `pods`, `cpu_millicores` requested, and `memory_mib` requested and limited.

    It has room for a rollout of every service at its most replicas.
    """
    placed = [service for service in environment.services.values() if service.namespace == namespace]
    counted = [(service.max_replicas + surge(service.max_replicas), service) for service in placed]
    return {
        "cpu_millicores": sum(count * service.cpu_millicores for count, service in counted),
        "memory_mib": sum(count * service.memory_mib for count, service in counted),
        "pods": sum(count for count, _ in counted),
    }


def surge(replicas: int) -> int:
    """Pods beyond its replicas that a rollout of a service runs at a time."""
    return -(-replicas * SURGE_PERCENT // 100)
