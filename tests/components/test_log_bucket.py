from __future__ import annotations

from typing import Any

import pytest

from components.log_bucket import LogBucket, LogBucketArgs
from model.environment import Environment
from tests.components.rendering import Rendering, render

BUCKET = "arn:aws:s3:::retail-store-production-access-logs-111122223333"
OWN_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "111122223333"}}


@pytest.fixture(scope="module")
def logs(production: Environment) -> Rendering:
    return render(lambda: LogBucket("shop-logs", LogBucketArgs(production, retention_days=400)))


@pytest.fixture(scope="module")
def statements(logs: Rendering) -> dict[str, Any]:
    policy = logs.one("aws:s3/bucketPolicy:BucketPolicy").document("policy")
    return {statement["Sid"]: statement for statement in policy["Statement"]}


@pytest.mark.parametrize(
    ("sid", "service", "objects", "condition"),
    [
        ("BucketLogs", "logging.s3.amazonaws.com", "s3/*", OWN_ACCOUNT),
        ("CdnLogs", "delivery.logs.amazonaws.com", "AWSLogs/111122223333/*", OWN_ACCOUNT),
        ("LoadBalancerLogs", "logdelivery.elasticloadbalancing.amazonaws.com", "load-balancer/AWSLogs/111122223333/*", None),
    ],
)
def test_each_writer_may_put_objects_below_its_own_prefix_for_this_account(
    statements: dict[str, Any], sid: str, service: str, objects: str, condition: dict[str, Any] | None
) -> None:
    statement = statements[sid]

    assert statement["Principal"] == {"Service": service}
    assert statement["Action"] == "s3:PutObject"
    assert statement["Resource"] == f"{BUCKET}/{objects}"
    assert statement.get("Condition") == condition


def test_nobody_else_is_let_in_and_nothing_without_tls(statements: dict[str, Any]) -> None:
    allowed = {sid for sid, statement in statements.items() if statement["Effect"] == "Allow"}

    assert allowed == {"BucketLogs", "CdnLogs", "CdnLogsCheck", "LoadBalancerLogs"}
    assert statements["DenyWithoutTls"]["Resource"] == [BUCKET, f"{BUCKET}/*"]


def test_the_bucket_is_private_versioned_and_encrypted_as_load_balancers_demand(logs: Rendering) -> None:
    block = logs.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").properties
    [rule] = logs.one("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration").properties[
        "rules"
    ]
    ownership = logs.one("aws:s3/bucketOwnershipControls:BucketOwnershipControls").properties["rule"]

    assert [value for key, value in block.items() if key != "bucket"] == [True] * 4
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    assert ownership == {"objectOwnership": "BucketOwnerEnforced"}
    assert logs.one("aws:s3/bucketVersioning:BucketVersioning").properties["versioningConfiguration"] == {"status": "Enabled"}


def test_logs_expire_after_the_retention(logs: Rendering) -> None:
    [rule] = logs.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").properties["rules"]

    assert rule["expiration"] == {"days": 400}
