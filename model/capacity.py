"""What an instance can carry: memory, processors and connections, derived from its class."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from math import ceil, floor, log

from model.database import Aurora, Rds
from model.environment import Environment
from model.instance_types import find
from model.parity import Shapes, Written

CONNECTION_SHARE = 0.9
"""Share of a database's connections that pools may take; the rest is for administrators and failover."""
NODE_SHARE = 0.85
"""Share of a node's processors and memory that pods may request; the rest is the system's and the daemons'."""
CONNECTIONS_SHAPE = Shapes("aws:rds/parameterGroup:ParameterGroup", "parameters[max_connections].value", written=Written.TEXT)
MAX_POSTGRES_CONNECTIONS = 5000
MAX_MYSQL_CONNECTIONS = 16_000


def memory_bytes(instance_class: str) -> int:
    """Memory of an RDS instance class in bytes."""
    return find("rds", instance_class).memory_mib * 1024 * 1024


@cache
def max_connections(engine: str, instance_class: str) -> int:
    """Connections that a database accepts, as the engine's default parameter group computes them from memory.

    Source: AWS, "Quotas and constraints for Amazon RDS" (maximum number of database connections), and "Performance and
    scaling for Amazon Aurora MySQL" (maximum connections). The component sets the result explicitly, so that it is exact.
    """
    memory = memory_bytes(instance_class)
    if engine in ("postgres", "aurora-postgresql"):
        return min(memory // 9_531_392, MAX_POSTGRES_CONNECTIONS)
    if engine == "mysql":
        return min(memory // 12_582_880, MAX_MYSQL_CONNECTIONS)
    by_memory = max(log(memory / 805_306_368, 2) * 45, log(memory / 8_187_281_408, 2) * 1000)
    return min(max(floor(by_memory), 45), MAX_MYSQL_CONNECTIONS)


def pooled_connections(environment: Environment, store: str) -> int:
    """Connections that the pools of all services open on a store when every service runs its most replicas."""
    return sum(
        service.max_replicas * service.pools[store].connections
        for service in environment.services.values()
        if store in service.pools
    )


def usable_connections(database: Aurora | Rds, instance_class: str | None = None) -> int:
    """Connections that pools may take on a database, on its own or another instance class."""
    return floor(max_connections(database.engine, instance_class or database.instance_class) * CONNECTION_SHARE)


def nodes_for(instance_type: str, pods: Iterable[tuple[int, int, int]]) -> int:
    """Nodes of an EC2 instance type that pods need, by the scarcer of processors and memory; one at the least.

    A pod is its count, its processor request in thousandths and its memory request in MiB.
    """
    instance, pods = find("ec2", instance_type), list(pods)
    millicores = sum(count * cpu for count, cpu, _ in pods)
    memory_mib = sum(count * memory for count, _, memory in pods)
    return max(
        ceil(millicores / floor(instance.vcpu * 1000 * NODE_SHARE)),
        ceil(memory_mib / floor(instance.memory_mib * NODE_SHARE)),
        1,
    )


def nodes_needed(environment: Environment, group: str, *, peak: bool) -> int:
    """Nodes of a group that the pods placed on it need: at rest, or at the peak of every autoscaler."""
    return nodes_for(
        environment.cluster.node_groups[group].instance_type,
        (
            (service.max_replicas if peak else service.replicas, service.cpu_millicores, service.memory_mib)
            for service in environment.services.values()
            if service.node_group == group
        ),
    )
