"""KMS keys: one for each data class, and one each for logs, the cluster and operations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws.kms as kms

from components.base import Component
from components.key_grant import key_alias
from components.policy_document import Statement, policy_document
from model.environment import Environment
from model.identity import GLOBAL_REGION

PLATFORM_ROTATION_DAYS = 365
PLATFORM_DELETION_DAYS = 30


@dataclass(frozen=True)
class KeysArgs:
    """What the keys are made from."""

    environment: Environment


class Keys(Component):
    """Customer-managed keys that rotate, are administered by the account, and serve only the services that need them."""

    def __init__(self, name: str, args: KeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:keys:Keys", name, opts)
        self._environment = environment = args.environment
        regions = environment.identity.regions
        self.data = {
            data_class: self._key(
                data_class,
                content.description,
                self._data_may_be_used(data_class),
                rotation_days=content.rotation_days,
                deletion_days=content.deletion_window_days,
            )
            for data_class, content in environment.data_classes.items()
        }
        self.logs = self._key("logs", "Log groups", [self._logs_may_use(regions.primary)])
        self.edge_logs = self._key(
            "edge-logs", "Log groups of the edge", [self._logs_may_use(GLOBAL_REGION)], region=GLOBAL_REGION
        )
        self.cluster = self._key("cluster", "Kubernetes secrets and node volumes", self._volumes_may_use())
        self.operations = self._key("operations", "Alarms, audit trail and backups", self._operations_may_use())
        self.edge_operations = self._key(
            "edge-operations", "Alarms of the edge", self._operations_may_use(), region=GLOBAL_REGION
        )
        self.recovery = self._key("recovery", "Copies of backups", [], region=regions.recovery)
        self.dnssec = self._signing_key()
        self.register_outputs({"logs": self.logs, "cluster": self.cluster, "operations": self.operations})

    def _key(
        self,
        suffix: str,
        description: str,
        statements: list[Statement],
        *,
        region: str | None = None,
        rotation_days: int = PLATFORM_ROTATION_DAYS,
        deletion_days: int = PLATFORM_DELETION_DAYS,
    ) -> pulumi.Output[str]:
        key = kms.Key(
            self.child(suffix),
            description=f"{self._environment.name}: {description}",
            enable_key_rotation=True,
            rotation_period_in_days=rotation_days,
            deletion_window_in_days=deletion_days,
            policy=policy_document(self._administration(), *statements),
            region=region,
            opts=self.below(),
        )
        self._alias(suffix, key, region)
        return key.arn

    def _signing_key(self) -> pulumi.Output[str]:
        """The key that vouches for the DNS zone. Keys that sign cannot rotate by themselves."""
        key = kms.Key(
            self.child("dnssec"),
            description=f"{self._environment.name}: Signatures of the DNS zone",
            key_usage="SIGN_VERIFY",
            customer_master_key_spec="ECC_NIST_P256",
            deletion_window_in_days=PLATFORM_DELETION_DAYS,
            policy=policy_document(self._administration(), *self._zone_may_sign()),
            region=GLOBAL_REGION,
            opts=self.below(),
        )
        self._alias("dnssec", key, GLOBAL_REGION)
        return key.arn

    def _alias(self, suffix: str, key: kms.Key, region: str | None) -> None:
        alias = key_alias(self._environment, suffix)
        kms.Alias(self.child(suffix), name=alias, target_key_id=key.key_id, region=region, opts=self.below())

    def _administration(self) -> Statement:
        """The account administers its keys, so that IAM can grant their use and nobody is shut out."""
        account = self._environment.identity.account_id
        return {
            "Sid": "AccountAdministers",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }

    def _service(self, sid: str, services: str | list[str], condition: dict[str, Any]) -> Statement:
        return {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": services},
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            "Resource": "*",
            "Condition": condition,
        }

    def _own_account(self) -> dict[str, Any]:
        return {"StringEquals": {"aws:SourceAccount": self._environment.identity.account_id}}

    def _logs_may_use(self, region: str) -> Statement:
        groups = f"arn:aws:logs:{region}:{self._environment.identity.account_id}:log-group:*"
        condition = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}
        return self._service("LogsUse", f"logs.{region}.amazonaws.com", condition)

    def _operations_may_use(self) -> list[Statement]:
        services = ["backup.amazonaws.com", "budgets.amazonaws.com", "cloudtrail.amazonaws.com", "cloudwatch.amazonaws.com"]
        return [self._service("OperationsUse", services, self._own_account())]

    def _volumes_may_use(self) -> list[Statement]:
        """Node groups make encrypted volumes through the account's autoscaling role, which must also grant to EC2."""
        account = self._environment.identity.account_id
        role = f"arn:aws:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
        use = self._service("VolumesUse", "ec2.amazonaws.com", {"StringEquals": {"kms:CallerAccount": account}})
        use = {**use, "Principal": {"AWS": role}}
        grant = {
            "Sid": "VolumesGrant",
            "Effect": "Allow",
            "Principal": {"AWS": role},
            "Action": "kms:CreateGrant",
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        }
        return [use, grant]

    def _zone_may_sign(self) -> list[Statement]:
        use = self._service("ZoneSigns", "dnssec-route53.amazonaws.com", self._own_account())
        grant = {**use, "Sid": "ZoneGrants", "Action": "kms:CreateGrant"}
        grant["Condition"] = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        return [{**use, "Action": ["kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"]}, grant]

    def _data_may_be_used(self, data_class: str) -> list[Statement]:
        """What AWS itself does with data of a class: the CDN reads a bucket, a topic delivers to a queue."""
        environment, statements = self._environment, list[Statement]()
        if any(bucket.served_by_cdn and bucket.data_class == data_class for bucket in environment.buckets.values()):
            # Origin access control signs with the distribution's ARN, which the key's policy must precede: any of the account's.
            own = {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudfront::{environment.identity.account_id}:distribution/*"}}
            use = self._service("CdnReads", "cloudfront.amazonaws.com", own)
            statements.append({**use, "Action": ["kms:Decrypt"]})
        subscribed = {queue for topic in environment.topics.values() for queue in topic.subscribers}
        if any(environment.queues[queue].data_class == data_class for queue in subscribed):
            use = self._service("TopicsDeliver", "sns.amazonaws.com", self._own_account())
            statements.append({**use, "Action": ["kms:Decrypt", "kms:GenerateDataKey*"]})
        return statements
