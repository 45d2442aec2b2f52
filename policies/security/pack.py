"""The security pack: its rules, area by area."""

from __future__ import annotations

from policies.engine.rule import Rule
from policies.security import (
    buckets,
    cluster_access,
    databases,
    edge,
    identity,
    keys,
    kubernetes_cluster,
    messaging,
    namespaces,
    network,
    pods,
    records,
    stores,
    workloads,
)

NAME = "understudy-security"
AREAS: tuple[tuple[str, tuple[Rule, ...]], ...] = (
    ("Networks", network.RULES),
    ("Clusters", kubernetes_cluster.RULES),
    ("Databases", databases.RULES),
    ("Caches and tables", stores.RULES),
    ("Buckets", buckets.RULES),
    ("Queues and topics", messaging.RULES),
    ("Keys and secrets", keys.RULES),
    ("Identities", identity.RULES),
    ("The edge", edge.RULES),
    ("Records, backups and images", records.RULES),
    ("Pods", pods.RULES),
    ("Workloads", workloads.RULES),
    ("Access inside the cluster", cluster_access.RULES),
    ("Namespaces", namespaces.RULES),
)
RULES: tuple[Rule, ...] = tuple(rule for _, rules in AREAS for rule in rules)
