"""Log groups: retention and encryption are never left to a default."""

from __future__ import annotations

import pulumi
import pulumi_aws.cloudwatch as cloudwatch

from components.base import Component


def log_group(
    owner: Component,
    suffix: str,
    log_name: pulumi.Input[str],
    retention_days: int,
    key_arn: pulumi.Input[str],
    region: str | None = None,
) -> cloudwatch.LogGroup:
    """An encrypted log group below its owner, with a fixed retention in days."""
    return cloudwatch.LogGroup(
        owner.child(suffix),
        name=log_name,
        retention_in_days=retention_days,
        kms_key_id=key_arn,
        region=region,
        opts=owner.below(),
    )
