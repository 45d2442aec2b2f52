"""Caches and tables: ElastiCache and DynamoDB."""

from __future__ import annotations

from policies.engine.checks import any_given, is_at_least, is_given, is_one_of, is_true
from policies.engine.rule import At, Rule, Severity
from policies.security.controls import fsbp

CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
TABLE = "aws:dynamodb/table:Table"


RULES = (
    Rule(
        id="ELC-01",
        title="Caches are encrypted at rest with a key of the account's own",
        severity=Severity.HIGH,
        types=(CACHE,),
        reads="atRestEncryptionEnabled",
        rationale="A cache holds copies of what its databases protect, and its snapshots hold them for longer.",
        fix="set at_rest_encryption_enabled to True and kms_key_id to a key of the data's class",
        checks=(At("atRestEncryptionEnabled", is_true()), At("kmsKeyId", is_given)),
        controls=fsbp("ElastiCache.4"),
        equivalents=("CKV_AWS_29", "CKV_AWS_191", "AWS-0045", "AwsSolutions-AEC3"),
    ),
    Rule(
        id="ELC-02",
        title="Caches demand TLS and a credential",
        severity=Severity.HIGH,
        types=(CACHE,),
        reads="transitEncryptionEnabled",
        rationale="Without TLS the sessions in a cache travel in the clear; without a credential whoever reaches it owns it.",
        fix="set transit_encryption_enabled to True, its mode to required, and auth_token or user_group_ids",
        checks=(
            At("transitEncryptionEnabled", is_true()),
            At("transitEncryptionMode", is_one_of("required", default="required")),
            At("", any_given("authToken", "authTokenWo", "userGroupIds")),
        ),
        controls=fsbp("ElastiCache.5", "ElastiCache.6"),
        equivalents=("CKV_AWS_30", "CKV_AWS_31", "AWS-0051", "AwsSolutions-AEC6"),
    ),
    Rule(
        id="ELC-03",
        title="Caches fail over to another zone and keep snapshots",
        severity=Severity.MEDIUM,
        types=(CACHE,),
        reads="automaticFailoverEnabled",
        rationale="Sessions and carts that live in a cache are lost with its only node.",
        fix="set automatic_failover_enabled and multi_az_enabled to True, and snapshot_retention_limit to at least 1",
        checks=(
            At("automaticFailoverEnabled", is_true()),
            At("multiAzEnabled", is_true()),
            At("snapshotRetentionLimit", is_at_least(1)),
        ),
        controls=fsbp("ElastiCache.1", "ElastiCache.3"),
        equivalents=("CKV2_AWS_50", "AWS-0050", "AwsSolutions-AEC4"),
    ),
    Rule(
        id="DDB-01",
        title="Tables are encrypted with a key of the account's own",
        severity=Severity.MEDIUM,
        types=(TABLE,),
        reads="serverSideEncryption",
        rationale="The provider's key cannot be withdrawn, nor its use be limited.",
        fix="set server_side_encryption with enabled True and kms_key_arn",
        checks=(At("serverSideEncryption.enabled", is_true()), At("serverSideEncryption.kmsKeyArn", is_given)),
        equivalents=("CKV_AWS_119", "AWS-0025"),
    ),
    Rule(
        id="DDB-02",
        title="Tables can be restored to any moment",
        severity=Severity.MEDIUM,
        types=(TABLE,),
        reads="pointInTimeRecovery.enabled",
        rationale="A deployment that writes nonsense is undone only by going back to just before it.",
        fix="set point_in_time_recovery with enabled True",
        checks=(At("pointInTimeRecovery.enabled", is_true()),),
        controls=fsbp("DynamoDB.2"),
        equivalents=("CKV_AWS_28", "AWS-0024", "AwsSolutions-DDB3"),
    ),
    Rule(
        id="DDB-03",
        title="Tables cannot be deleted by mistake",
        severity=Severity.MEDIUM,
        types=(TABLE,),
        reads="deletionProtectionEnabled",
        rationale="A renamed resource is a deleted one.",
        fix="set deletion_protection_enabled to True",
        checks=(At("deletionProtectionEnabled", is_true()),),
        controls=fsbp("DynamoDB.6"),
    ),
)
