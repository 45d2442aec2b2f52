"""Backup: every database, table and bucket, kept in a locked vault and copied to the recovery region.

Caches are not among them: AWS Backup does not know ElastiCache, which keeps snapshots of its own (see `components/cache.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws.backup as backup
import pulumi_aws.iam as iam

from components.base import Component
from components.bucket import Bucket
from components.policy_document import service_may_assume
from components.store import StoreHandle
from model.environment import Environment

LOCK_GRACE_DAYS = 3
"""Days in which a new lock can be taken back; AWS allows no fewer. After that not even the account's root user can."""
START_MINUTES = 480
"""How long a job may wait to start: databases refuse in the hour before their own backup and maintenance windows."""
COMPLETION_MINUTES = 1440
REPORTED_EVENTS = ["BACKUP_JOB_COMPLETED", "COPY_JOB_FAILED"]
"""A job that failed or expired is completed too, and says so in its state."""
GRANTS = {
    "databases": "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup",
    "buckets": "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup",
}


@dataclass(frozen=True)
class BackupArgs:
    """What the backup is made from."""

    environment: Environment
    key_arn: pulumi.Output[str]
    recovery_key_arn: pulumi.Output[str]
    """The key of the copies, in the recovery region."""
    stores: Mapping[str, StoreHandle]
    buckets: Mapping[str, Bucket]
    topic_arn: pulumi.Output[str]
    """Where failures are reported."""


class Backup(Component):
    """One plan for everything that keeps data, and two vaults that nobody can empty early."""

    def __init__(self, name: str, args: BackupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:operations:Backup", name, opts)
        self._args = args
        regions = args.environment.identity.regions
        vault = self._vault("vault", args.key_arn, None)
        copies = self._vault("copies", args.recovery_key_arn, regions.recovery)
        self.vault_name, self.copy_vault_name = vault.name, copies.name
        backup.VaultNotifications(
            self.child("vault"),
            backup_vault_name=vault.name,
            backup_vault_events=REPORTED_EVENTS,
            sns_topic_arn=args.topic_arn,
            opts=self.below(),
        )
        plan = self._plan(vault, copies)
        if selected := self._selected():
            self._select(plan, selected)
        self.register_outputs({"vault": self.vault_name})

    def _vault(self, suffix: str, key_arn: pulumi.Output[str], region: str | None) -> backup.Vault:
        vault_name = f"{self._args.environment.name}-{suffix}"
        vault = backup.Vault(
            self.child(suffix),
            name=vault_name,
            kms_key_arn=key_arn,
            tags={"Name": vault_name},
            region=region,
            opts=self.below(),
        )
        backup.VaultLockConfiguration(
            self.child(suffix),
            backup_vault_name=vault.name,
            changeable_for_days=LOCK_GRACE_DAYS,
            min_retention_days=self._args.environment.operations.backup.lock_min_days,
            region=region,
            opts=self.below(),
        )
        return vault

    def _plan(self, vault: backup.Vault, copies: backup.Vault) -> backup.Plan:
        environment, wanted = self._args.environment, self._args.environment.operations.backup
        copy = backup.PlanRuleCopyActionArgs(
            destination_vault_arn=copies.arn,
            lifecycle=backup.PlanRuleCopyActionLifecycleArgs(delete_after=wanted.copy_retention_days),
        )
        return backup.Plan(
            self.child("plan"),
            name=environment.name,
            rules=[
                backup.PlanRuleArgs(
                    rule_name="scheduled",
                    target_vault_name=vault.name,
                    schedule=wanted.schedule,
                    start_window=START_MINUTES,
                    completion_window=COMPLETION_MINUTES,
                    lifecycle=backup.PlanRuleLifecycleArgs(delete_after=wanted.retention_days),
                    copy_actions=[copy],
                )
            ],
            tags={"Name": environment.name},
            opts=self.below(),
        )

    def _selected(self) -> list[pulumi.Output[str]]:
        stores = [handle.arn for _, handle in sorted(self._args.stores.items()) if handle.kind != "redis"]
        return [*stores, *(bucket.arn for _, bucket in sorted(self._args.buckets.items()))]

    def _select(self, plan: backup.Plan, selected: list[pulumi.Output[str]]) -> None:
        environment = self._args.environment
        account = environment.identity.account_id
        role = iam.Role(
            self.child("role"),
            description=f"Backups of {environment.name}",
            assume_role_policy=service_may_assume(
                "backup.amazonaws.com", condition={"StringEquals": {"aws:SourceAccount": account}}
            ),
            opts=self.below(),
        )
        grants: list[pulumi.Resource] = [
            iam.RolePolicyAttachment(self.child(what), role=role.name, policy_arn=arn, opts=self.below())
            for what, arn in GRANTS.items()
        ]
        backup.Selection(
            self.child("selection"),
            name=environment.name,
            plan_id=plan.id,
            iam_role_arn=role.arn,
            resources=selected,
            opts=self.below(depends_on=grants),
        )
