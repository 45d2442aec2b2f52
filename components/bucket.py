"""Buckets: private, versioned, encrypted with the data class's key, reached over TLS alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws.s3 as s3

from components.base import Component
from components.bucket_privacy import keep_private, keep_versions
from components.log_bucket import LogBucket
from components.policy_document import policy_document, tls_only
from model.bucket import Bucket as BucketModel
from model.environment import Environment

ABORT_UPLOAD_DAYS = 7
"""Days until the parts of an upload that nobody finished are deleted."""


@dataclass(frozen=True)
class BucketArgs:
    """What a bucket is made from."""

    environment: Environment
    bucket_name: str
    bucket: BucketModel
    key_arn: pulumi.Output[str]
    """The key of the bucket's data class."""
    log_bucket: LogBucket
    """Where accesses are logged."""


class Bucket(Component):
    """A bucket whose objects only the account's own roles, and where so declared its CDN, can read."""

    def __init__(self, name: str, args: BucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:stores:Bucket", name, opts)
        self._args = args
        # Unique in the world: the account makes it so.
        physical_name = f"{args.environment.name}-{args.bucket_name}-{args.environment.identity.account_id}"
        self._bucket = s3.Bucket(self.child("bucket"), bucket=physical_name, tags={"Name": physical_name}, opts=self.below())
        self.bucket_name = self._bucket.bucket
        self.arn = pulumi.Output.concat("arn:aws:s3:::", self.bucket_name)
        self.regional_domain_name = self._bucket.bucket_regional_domain_name
        self.key_arn = args.key_arn
        self._build_encryption()
        self._build_privacy()
        self._build_lifecycle()
        s3.BucketLogging(
            self.child("logging"),
            bucket=self._bucket.id,
            target_bucket=args.log_bucket.bucket_name,
            target_prefix=f"s3/{args.bucket_name}/",
            opts=self.below(),
        )
        self.register_outputs({"bucket": self.bucket_name, "arn": self.arn})

    def _build_encryption(self) -> None:
        default = s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="aws:kms", kms_master_key_id=self._args.key_arn
        )
        s3.BucketServerSideEncryptionConfiguration(
            self.child("encryption"),
            bucket=self._bucket.id,
            rules=[
                s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=default, bucket_key_enabled=True
                )
            ],
            opts=self.below(),
        )

    def _build_privacy(self) -> None:
        block = keep_private(self, self._bucket)
        statements = [tls_only(self.arn)]
        if self._args.bucket.served_by_cdn:
            statements.append(self._cdn_may_read())
        s3.BucketPolicy(
            self.child("policy"),
            bucket=self._bucket.id,
            policy=policy_document(*statements),
            opts=self.below(depends_on=[block]),  # S3 refuses two changes of a bucket's access at once
        )

    def _cdn_may_read(self) -> dict[str, Any]:
        """A statement for the account's distributions: the one that will read does not exist yet."""
        account = self._args.environment.identity.account_id
        return {
            "Sid": "AllowCdn",
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": pulumi.Output.concat(self.arn, "/*"),
            "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudfront::{account}:distribution/*"}},
        }

    def _build_lifecycle(self) -> None:
        bucket = self._args.bucket
        versioning = keep_versions(self, self._bucket)
        s3.BucketLifecycleConfiguration(
            self.child("lifecycle"),
            bucket=self._bucket.id,
            rules=[
                s3.BucketLifecycleConfigurationRuleArgs(
                    id="lifecycle",
                    status="Enabled",
                    filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                    abort_incomplete_multipart_upload=s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                        days_after_initiation=ABORT_UPLOAD_DAYS
                    ),
                    noncurrent_version_expiration=s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                        noncurrent_days=bucket.noncurrent_expire_days
                    ),
                    transitions=_transitions(bucket),
                    expiration=_expiration(bucket),
                )
            ],
            opts=self.below(depends_on=[versioning]),  # rules on replaced versions need versioning
        )


def _transitions(bucket: BucketModel) -> list[s3.BucketLifecycleConfigurationRuleTransitionArgs] | None:
    days = bucket.infrequent_access_days
    if days is None:
        return None
    return [s3.BucketLifecycleConfigurationRuleTransitionArgs(days=days, storage_class="STANDARD_IA")]


def _expiration(bucket: BucketModel) -> s3.BucketLifecycleConfigurationRuleExpirationArgs | None:
    days = bucket.expire_days
    return None if days is None else s3.BucketLifecycleConfigurationRuleExpirationArgs(days=days)
