"""The part of the model that each component is made of: what a report points to when it says something of a resource.

By the component's token, the model's path. Where a component stands for one item of a mapping, `{item}` is the item, told by the
component's own name; where its resources stand for items each, `members` says of which mapping, by what their names begin with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OF_STACK = "data"
"""The key of a stack's own file below which those components come from that no part of the model stands for."""


@dataclass(frozen=True)
class Origin:
    """Where a component comes from. `prefix` is what stands before the item in the component's own name."""

    path: str
    prefix: str = ""
    members: Mapping[str, str] = field(default_factory=dict)
    figures: str = ""
    """Where the ledger has the figures that are derived for the component, if not below `path`."""


COMPONENT_ORIGINS: Mapping[str, Origin] = {
    "understudy:cluster:Addon": Origin("cluster"),
    "understudy:cluster:Cluster": Origin("cluster"),
    "understudy:cluster:Controllers": Origin("cluster"),
    "understudy:cluster:Namespace": Origin("services.{item}", "namespace-", figures="namespaces.{item}"),
    "understudy:cluster:NodeGroup": Origin("cluster.node_groups.{item}", "nodes-"),
    "understudy:cluster:NodeRole": Origin("cluster.node_groups"),
    "understudy:data:DataRefresh": Origin(OF_STACK),
    "understudy:data:RefreshJob": Origin(f"{OF_STACK}.{{item}}"),
    "understudy:edge:Cdn": Origin("edge.cdn"),
    "understudy:edge:Certificates": Origin("edge.routes"),
    "understudy:edge:Edge": Origin("edge"),
    "understudy:edge:Firewall": Origin("edge.firewall"),
    "understudy:edge:LoadBalancer": Origin("edge.routes"),
    "understudy:edge:Zone": Origin("identity.domain"),
    "understudy:keys:Keys": Origin("data_classes", members={"": "data_classes"}),
    "understudy:messaging:Queue": Origin("queues.{item}"),
    "understudy:messaging:Topic": Origin("topics.{item}"),
    "understudy:network:ClusterAccess": Origin("cluster", members={"": "services"}),
    "understudy:network:Network": Origin("network"),
    "understudy:network:SecurityGroups": Origin("network", members={"service-": "services", "store-": "stores"}),
    "understudy:operations:Alarms": Origin("operations.alarms", members={"": "operations.alarms"}),
    "understudy:operations:Audit": Origin("operations.audit"),
    "understudy:operations:Backup": Origin("operations.backup"),
    "understudy:operations:Budget": Origin("operations.budget"),
    "understudy:operations:Dashboard": Origin("operations"),
    "understudy:operations:Oncall": Origin("operations.oncall", members={"": "operations.oncall"}),
    "understudy:operations:Operations": Origin("operations"),
    "understudy:services:Service": Origin("services.{item}"),
    "understudy:stores:Aurora": Origin("stores.{item}"),
    "understudy:stores:Bucket": Origin("buckets.{item}"),
    "understudy:stores:DynamoDb": Origin("stores.{item}"),
    "understudy:stores:LogBucket": Origin("edge.access_log_retention_days"),
    "understudy:stores:Rds": Origin("stores.{item}"),
    "understudy:stores:Redis": Origin("stores.{item}"),
    "understudy:system:System": Origin("system"),
}
