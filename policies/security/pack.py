"""The security pack: its rules, area by area."""

from __future__ import annotations

from policies.engine.rule import Rule
from policies.security import (
    buckets,
    cluster_access,
    copies,
    databases,
    edge,
    escalation,
    exposure,
    identity,
    keys,
    kubernetes_cluster,
    masked_path,
    messaging,
    namespaces,
    network,
    pods,
    records,
    separation,
    stores,
    workloads,
)
from policies.security.frameworks import with_mapped_controls

NAME = "understudy-security"
_AREAS: tuple[tuple[str, tuple[Rule, ...]], ...] = (
    ("Networks", network.RULES),
    ("Clusters", kubernetes_cluster.RULES),
    ("Databases", databases.RULES),
    ("Caches and tables", stores.RULES),
    ("Buckets", buckets.RULES),
    ("Queues and topics", messaging.RULES),
    ("Keys and secrets", keys.RULES),
    ("Identities", (*identity.RULES, *escalation.RULES)),
    ("Credentials in the open", exposure.RULES),
    ("The edge", edge.RULES),
    ("Records, backups and images", records.RULES),
    ("Pods", pods.RULES),
    ("Workloads", workloads.RULES),
    ("Access inside the cluster", cluster_access.RULES),
    ("Namespaces", namespaces.RULES),
    ("Separation of environments", (*separation.RULES, *copies.RULES, *masked_path.RULES)),
)
AREAS = tuple((area, tuple(with_mapped_controls(rule) for rule in rules)) for area, rules in _AREAS)
RULES: tuple[Rule, ...] = tuple(rule for _, rules in AREAS for rule in rules)
