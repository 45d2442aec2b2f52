"""What keeps a bucket private: no public access, no access control lists, versions of everything."""

from __future__ import annotations

import pulumi_aws.s3 as s3

from components.base import Component


def keep_private(owner: Component, bucket: s3.Bucket) -> s3.BucketPublicAccessBlock:
    """Block public access to a bucket and leave its objects to its account.

    Returns the block: a bucket policy has to wait for it, since S3 refuses two changes of a bucket's access at once.
    """
    s3.BucketOwnershipControls(
        owner.child("ownership"),
        bucket=bucket.id,
        rule=s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
        opts=owner.below(),
    )
    return s3.BucketPublicAccessBlock(
        owner.child("public-access"),
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=owner.below(),
    )


def keep_versions(owner: Component, bucket: s3.Bucket) -> s3.BucketVersioning:
    """Keep what is replaced or deleted in a bucket. Rules on replaced versions have to wait for the result."""
    return s3.BucketVersioning(
        owner.child("versioning"),
        bucket=bucket.id,
        versioning_configuration=s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
        opts=owner.below(),
    )
