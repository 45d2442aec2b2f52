from __future__ import annotations

import pytest

from components.bucket import Bucket, BucketArgs
from components.log_bucket import LogBucket, LogBucketArgs
from model.environment import Environment
from tests.components.rendering import Rendering, render
from tests.components.stores import ACCOUNT, KEY, known

ARN = f"arn:aws:s3:::retail-store-production-{{}}-{ACCOUNT}"


def rendered(environment: Environment, bucket_name: str) -> Rendering:
    def build() -> None:
        logs = LogBucket("shop-logs", LogBucketArgs(environment, environment.edge.access_log_retention_days))
        bucket = environment.buckets[bucket_name]
        Bucket(f"shop-{bucket_name}", BucketArgs(environment, bucket_name, bucket, known(KEY), logs))

    return Rendering(resource for resource in render(build) if resource.parent == f"shop-{bucket_name}")


@pytest.fixture(scope="module")
def assets(production: Environment) -> Rendering:
    return rendered(production, "assets")


@pytest.fixture(scope="module")
def exports(production: Environment) -> Rendering:
    return rendered(production, "exports")


def test_its_name_is_unique_in_the_world(exports: Rendering) -> None:
    assert exports.one("aws:s3/bucket:Bucket").properties["bucket"] == f"retail-store-production-exports-{ACCOUNT}"


def test_objects_are_encrypted_with_the_key_of_the_data_class(exports: Rendering) -> None:
    encryption = exports.one("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")

    [rule] = encryption.properties["rules"]

    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY}
    assert rule["bucketKeyEnabled"] is True


def test_nothing_can_make_it_public(exports: Rendering) -> None:
    block = exports.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").properties
    ownership = exports.one("aws:s3/bucketOwnershipControls:BucketOwnershipControls").properties

    for flag in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"):
        assert block[flag] is True
    assert ownership["rule"] == {"objectOwnership": "BucketOwnerEnforced"}


def test_requests_without_tls_are_denied_and_nobody_is_allowed(exports: Rendering) -> None:
    [statement] = exports.one("aws:s3/bucketPolicy:BucketPolicy").document("policy")["Statement"]

    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [ARN.format("exports"), ARN.format("exports") + "/*"]


def test_the_cdn_of_the_account_may_read_what_it_serves(assets: Rendering) -> None:
    _, statement = assets.one("aws:s3/bucketPolicy:BucketPolicy").document("policy")["Statement"]

    assert statement == {
        "Sid": "AllowCdn",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": ARN.format("assets") + "/*",
        "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudfront::{ACCOUNT}:distribution/*"}},
    }


def test_versions_are_kept_and_cleared_away_as_the_model_says(exports: Rendering) -> None:
    versioning = exports.one("aws:s3/bucketVersioning:BucketVersioning").properties
    lifecycle = exports.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")

    [rule] = lifecycle.properties["rules"]

    assert versioning["versioningConfiguration"] == {"status": "Enabled"}
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
    assert rule["transitions"] == [{"days": 60, "storageClass": "STANDARD_IA"}]
    assert rule["expiration"] == {"days": 2557}
    assert rule["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
    assert "shop-exports-versioning" in lifecycle.dependencies


def test_objects_stay_where_the_model_names_no_limit(assets: Rendering) -> None:
    lifecycle = assets.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")

    [rule] = lifecycle.properties["rules"]

    assert "transitions" not in rule
    assert "expiration" not in rule


def test_accesses_are_logged_under_the_buckets_own_prefix(exports: Rendering) -> None:
    assert exports.one("aws:s3/bucketLogging:BucketLogging").properties["targetPrefix"] == "s3/exports/"
