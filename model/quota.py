"""Resource quotas: what a namespace may use at most, from the services that live in it."""

from __future__ import annotations

from model.environment import Environment

SURGE = 1
"""Pods beyond the most replicas that a rollout of one service adds."""


def namespace_quota(environment: Environment, namespace: str) -> dict[str, int]:
    """The quota of a namespace: `pods`, `cpu_millicores` requested, and `memory_mib` requested and limited."""
    placed = [service for service in environment.services.values() if service.namespace == namespace]
    counted = [(service.max_replicas + SURGE, service) for service in placed]
    return {
        "cpu_millicores": sum(count * service.cpu_millicores for count, service in counted),
        "memory_mib": sum(count * service.memory_mib for count, service in counted),
        "pods": sum(count for count, _ in counted),
    }
