"""The log bucket: where object storage, load balancer and CDN write their access logs, each below a prefix of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws.s3 as s3

from components.base import Component
from components.bucket_privacy import keep_private, keep_versions
from components.policy_document import Statement, policy_document, tls_only
from model.environment import Environment

LOAD_BALANCER_PREFIX = "load-balancer"
"""Where load balancers put their logs."""
REPLACED_DAYS = 30
"""Days that replaced and deleted logs are kept: the time to notice a tampering."""
ABORT_UPLOAD_DAYS = 7


@dataclass(frozen=True)
class LogBucketArgs:
    """What the log bucket is made from."""

    environment: Environment
    retention_days: int


class LogBucket(Component):
    """A private, versioned bucket that only AWS's log writers fill.

    Load balancers can deliver their logs only to a bucket with S3's own encryption, so that it has no customer key; and its own
    accesses are not logged, since that would log the logging.
    """

    def __init__(self, name: str, args: LogBucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:stores:LogBucket", name, opts)
        self._account = args.environment.identity.account_id
        physical_name = f"{args.environment.name}-access-logs-{self._account}"
        self._bucket = s3.Bucket(self.child("bucket"), bucket=physical_name, tags={"Name": physical_name}, opts=self.below())
        self.bucket_name = self._bucket.bucket
        self.bucket_arn = pulumi.Output.concat("arn:aws:s3:::", self.bucket_name)
        self._build_protection()
        versioning = keep_versions(self, self._bucket)
        s3.BucketLifecycleConfiguration(
            self.child("lifecycle"),
            bucket=self._bucket.id,
            rules=[
                s3.BucketLifecycleConfigurationRuleArgs(
                    id="expire",
                    status="Enabled",
                    filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                    expiration=s3.BucketLifecycleConfigurationRuleExpirationArgs(days=args.retention_days),
                    noncurrent_version_expiration=s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                        noncurrent_days=REPLACED_DAYS
                    ),
                    abort_incomplete_multipart_upload=s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                        days_after_initiation=ABORT_UPLOAD_DAYS
                    ),
                )
            ],
            opts=self.below(depends_on=[versioning]),  # rules on replaced versions need versioning
        )
        self.register_outputs({"bucket": self.bucket_name})

    def _build_protection(self) -> None:
        default = s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(sse_algorithm="AES256")
        s3.BucketServerSideEncryptionConfiguration(
            self.child("encryption"),
            bucket=self._bucket.id,
            rules=[s3.BucketServerSideEncryptionConfigurationRuleArgs(apply_server_side_encryption_by_default=default)],
            opts=self.below(),
        )
        block = keep_private(self, self._bucket)
        s3.BucketPolicy(
            self.child("policy"),
            bucket=self._bucket.id,
            policy=policy_document(tls_only(self.bucket_arn), *self._writers()),
            opts=self.below(depends_on=[block]),
        )

    def _writers(self) -> list[Statement]:
        """Who may write what. The load balancers' log writer states no source, so that the account in the path is its bound."""
        account = self._account
        delivered = self._writer("CdnLogs", "delivery.logs.amazonaws.com", f"AWSLogs/{account}/*", self._from_own_account())
        return [
            delivered,
            {**delivered, "Sid": "CdnLogsCheck", "Action": "s3:GetBucketAcl", "Resource": self.bucket_arn},
            self._writer("BucketLogs", "logging.s3.amazonaws.com", "s3/*", self._from_own_account()),
            self._writer(
                "LoadBalancerLogs",
                "logdelivery.elasticloadbalancing.amazonaws.com",
                f"{LOAD_BALANCER_PREFIX}/AWSLogs/{account}/*",
                {},
            ),
        ]

    def _from_own_account(self) -> dict[str, Any]:
        return {"Condition": {"StringEquals": {"aws:SourceAccount": self._account}}}

    def _writer(self, sid: str, service: str, objects: str, condition: dict[str, Any]) -> dict[str, Any]:
        return {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "s3:PutObject",
            "Resource": pulumi.Output.concat(self.bucket_arn, "/", objects),
            **condition,
        }
