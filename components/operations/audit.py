"""Audit: a trail of every call to AWS in every region, which nobody can forge unnoticed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws.cloudtrail as cloudtrail
import pulumi_aws.cloudwatch as cloudwatch
import pulumi_aws.iam as iam
import pulumi_aws.s3 as s3

from components.base import Component
from components.bucket import Bucket
from components.bucket_privacy import keep_private, keep_versions
from components.log_bucket import LogBucket
from components.log_group import log_group
from components.policy_document import Statement, allow, policy_document, service_may_assume, tls_only
from model.environment import Environment

SERVICE = "cloudtrail.amazonaws.com"
ABORT_UPLOAD_DAYS = 7


@dataclass(frozen=True)
class AuditArgs:
    """What the audit trail is made from."""

    environment: Environment
    key_arn: pulumi.Output[str]
    """The operations key, which encrypts the trail."""
    logs_key_arn: pulumi.Output[str]
    log_bucket: LogBucket
    """Where accesses to the trail's own bucket are logged."""
    buckets: Mapping[str, Bucket]
    """The buckets whose objects' accesses are recorded."""


class Audit(Component):
    """A trail with digests that prove it whole, in a bucket for the auditor and in a log group for the searcher."""

    def __init__(self, name: str, args: AuditArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:operations:Audit", name, opts)
        self._args = args
        identity = args.environment.identity
        # Its own ARN is known from its name: what the trail writes to must name it beforehand.
        self.trail_arn = f"arn:aws:cloudtrail:{identity.regions.primary}:{identity.account_id}:trail/{args.environment.name}"
        self._bucket = self._build_bucket()
        policy = self._build_privacy()
        group = log_group(
            self,
            "log",
            f"/aws/cloudtrail/{args.environment.name}",
            args.environment.operations.audit.log_retention_days,
            args.logs_key_arn,
        )
        role, grant = self._build_role(group)
        self._build_trail(group, role, [policy, grant])
        self.bucket_name = self._bucket.bucket
        self.register_outputs({"trail": self.trail_arn})

    def _build_bucket(self) -> s3.Bucket:
        environment = self._args.environment
        physical_name = f"{environment.name}-audit-trail-{environment.identity.account_id}"
        bucket = s3.Bucket(self.child("bucket"), bucket=physical_name, tags={"Name": physical_name}, opts=self.below())
        default = s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="aws:kms", kms_master_key_id=self._args.key_arn
        )
        s3.BucketServerSideEncryptionConfiguration(
            self.child("encryption"),
            bucket=bucket.id,
            rules=[
                s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=default, bucket_key_enabled=True
                )
            ],
            opts=self.below(),
        )
        s3.BucketLogging(
            self.child("logging"),
            bucket=bucket.id,
            target_bucket=self._args.log_bucket.bucket_name,
            target_prefix="s3/audit-trail/",
            opts=self.below(),
        )
        days = environment.operations.audit.retention_days
        s3.BucketLifecycleConfiguration(
            self.child("lifecycle"),
            bucket=bucket.id,
            rules=[
                s3.BucketLifecycleConfigurationRuleArgs(
                    id="expire",
                    status="Enabled",
                    filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                    expiration=s3.BucketLifecycleConfigurationRuleExpirationArgs(days=days),
                    # What was replaced or deleted is evidence as well, and kept as long.
                    noncurrent_version_expiration=s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                        noncurrent_days=days
                    ),
                    abort_incomplete_multipart_upload=s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                        days_after_initiation=ABORT_UPLOAD_DAYS
                    ),
                )
            ],
            opts=self.below(depends_on=[keep_versions(self, bucket)]),  # rules on replaced versions need versioning
        )
        return bucket

    def _build_privacy(self) -> s3.BucketPolicy:
        arn = pulumi.Output.concat("arn:aws:s3:::", self._bucket.bucket)
        account = self._args.environment.identity.account_id
        put = self._trail_may("TrailWrites", "s3:PutObject", pulumi.Output.concat(arn, f"/AWSLogs/{account}/*"))
        put["Condition"]["StringEquals"]["s3:x-amz-acl"] = "bucket-owner-full-control"
        block = keep_private(self, self._bucket)
        return s3.BucketPolicy(
            self.child("policy"),
            bucket=self._bucket.id,
            policy=policy_document(tls_only(arn), self._trail_may("TrailChecks", "s3:GetBucketAcl", arn), put),
            opts=self.below(depends_on=[block]),  # S3 refuses two changes of a bucket's access at once
        )

    def _trail_may(self, sid: str, action: str, resource: pulumi.Output[str]) -> dict[str, Any]:
        return {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": SERVICE},
            "Action": action,
            "Resource": resource,
            "Condition": {"StringEquals": {"aws:SourceArn": self.trail_arn}},
        }

    def _build_role(self, group: cloudwatch.LogGroup) -> tuple[iam.Role, iam.RolePolicy]:
        environment = self._args.environment
        role = iam.Role(
            self.child("role"),
            description=f"Audit trail of {environment.name}, into its log group",
            assume_role_policy=service_may_assume(SERVICE, condition={"StringEquals": {"aws:SourceArn": self.trail_arn}}),
            opts=self.below(),
        )
        grant = iam.RolePolicy(
            self.child("role"),
            role=role.name,
            policy=policy_document(self._may_write(group)),
            opts=self.below(),
        )
        return role, grant

    def _may_write(self, group: cloudwatch.LogGroup) -> Statement:
        identity = self._args.environment.identity
        region, account = identity.regions.primary, identity.account_id
        streams = pulumi.Output.concat(
            f"arn:aws:logs:{region}:{account}:log-group:", group.name, f":log-stream:{account}_CloudTrail_{region}*"
        )
        return allow(["logs:CreateLogStream", "logs:PutLogEvents"], streams)

    def _build_trail(self, group: cloudwatch.LogGroup, role: iam.Role, before: list[pulumi.Resource]) -> None:
        environment = self._args.environment
        cloudtrail.Trail(
            self.child("trail"),
            name=environment.name,
            s3_bucket_name=self._bucket.bucket,
            kms_key_id=self._args.key_arn,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_logging=True,
            enable_log_file_validation=True,
            cloud_watch_logs_group_arn=pulumi.Output.concat(group.arn, ":*"),
            cloud_watch_logs_role_arn=role.arn,
            advanced_event_selectors=self._selectors(),
            tags={"Name": environment.name},
            opts=self.below(depends_on=before),
        )

    def _selectors(self) -> list[cloudtrail.TrailAdvancedEventSelectorArgs]:
        """Calls that manage resources, and where wanted the accesses to the objects of the environment's own buckets."""
        selectors = [_selector("Management events", _equals("eventCategory", "Management"))]
        objects = [pulumi.Output.concat(bucket.arn, "/") for _, bucket in sorted(self._args.buckets.items())]
        if objects and self._args.environment.operations.audit.data_events:
            fields = [
                _equals("eventCategory", "Data"),
                _equals("resources.type", "AWS::S3::Object"),
                cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs(field="resources.ARN", starts_withs=objects),
            ]
            selectors.append(_selector("Objects of the buckets", *fields))
        return selectors


def _selector(
    name: str, *fields: cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs
) -> cloudtrail.TrailAdvancedEventSelectorArgs:
    return cloudtrail.TrailAdvancedEventSelectorArgs(name=name, field_selectors=list(fields))


def _equals(field: str, value: str) -> cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs:
    return cloudtrail.TrailAdvancedEventSelectorFieldSelectorArgs(field=field, equals=[value])
