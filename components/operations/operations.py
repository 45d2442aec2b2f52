"""Operations as a whole: watched, recoverable, on record, within its means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.base import Component
from components.bucket import Bucket
from components.edge.edge import Edge
from components.keys import Keys
from components.log_bucket import LogBucket
from components.messaging import Queue
from components.operations.alarms import Alarms, AlarmsArgs
from components.operations.audit import Audit, AuditArgs
from components.operations.backup import Backup, BackupArgs
from components.operations.budget import Budget, BudgetArgs
from components.operations.dashboard import Dashboard, DashboardArgs
from components.operations.oncall import Oncall, OncallArgs
from components.operations.watched import Estate
from components.store import StoreHandle
from model.environment import Environment


@dataclass(frozen=True)
class OperationsArgs:
    """What operations are made from."""

    environment: Environment
    keys: Keys
    stores: Mapping[str, StoreHandle]
    queues: Mapping[str, Queue]
    buckets: Mapping[str, Bucket]
    log_bucket: LogBucket
    edge: Edge
    cluster_name: pulumi.Input[str]


class Operations(Component):
    """On-call routes, alarms, dashboard, backup, audit trail and budget of an environment."""

    def __init__(self, name: str, args: OperationsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:operations:Operations", name, opts)
        environment, keys, below = args.environment, args.keys, self.below()
        oncall = Oncall(self.child("oncall"), OncallArgs(environment, keys.operations, keys.edge_operations), below)
        estate = Estate(
            environment=environment,
            stores=args.stores,
            queues=args.queues,
            cluster_name=args.cluster_name,
            load_balancer=args.edge.load_balancer_arn_suffix,
            target_groups=args.edge.target_group_suffixes,
            distribution_id=args.edge.distribution_id,
        )
        Alarms(self.child("alarms"), AlarmsArgs(estate, oncall), below)
        dashboard = Dashboard(self.child("dashboard"), DashboardArgs(estate), below)
        vaults = Backup(
            self.child("backup"),
            BackupArgs(environment, keys.operations, keys.recovery, args.stores, args.buckets, oncall.backup_topic),
            below,
        )
        audit = Audit(
            self.child("audit"), AuditArgs(environment, keys.operations, keys.logs, args.log_bucket, args.buckets), below
        )
        Budget(self.child("budget"), BudgetArgs(environment, oncall.topics[environment.operations.budget.route]), below)
        self.topics, self.dashboard_name = oncall.topics, dashboard.dashboard_name
        self.vault_name, self.trail_arn = vaults.vault_name, audit.trail_arn
        self.register_outputs({"dashboard": self.dashboard_name, "vault": self.vault_name, "trail": self.trail_arn})
