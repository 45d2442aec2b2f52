from __future__ import annotations

from typing import Any

import pytest

from components.operations.audit import Audit, AuditArgs
from model.environment import Environment
from tests.components.estates import buckets, log_bucket
from tests.components.rendering import Rendering, render
from tests.components.stores import KEY, LOGS_KEY, environment_with, known

TRAIL = "aws:cloudtrail/trail:Trail"
TRAIL_ARN = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/retail-store-production"
BUCKET = "arn:aws:s3:::retail-store-production-audit-trail-111122223333"


def rendered(environment: Environment) -> Rendering:
    def build() -> None:
        logs = log_bucket(environment)
        Audit("shop-audit", AuditArgs(environment, known(KEY), known(LOGS_KEY), logs, buckets(environment, logs)))

    return Rendering(resource for resource in render(build) if resource.name.startswith("shop-audit"))


@pytest.fixture(scope="module")
def audit(production: Environment) -> Rendering:
    return rendered(production)


def test_every_region_is_recorded_provably_whole_and_encrypted(audit: Rendering) -> None:
    trail = audit.one(TRAIL).properties

    switches = ("isMultiRegionTrail", "includeGlobalServiceEvents", "enableLogging", "enableLogFileValidation")
    assert all(trail[switch] is True for switch in switches)
    assert trail["kmsKeyId"] == KEY


def selectors(audit: Rendering) -> dict[str, Any]:
    found = audit.one(TRAIL).properties["advancedEventSelectors"]
    return {
        selector["name"]: {field["field"]: field.get("equals") or field["startsWith"] for field in selector["fieldSelectors"]}
        for selector in _renamed(found)
    }


def _renamed(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The wire's plural of `startsWith`, as CloudTrail itself calls it."""
    return [
        {**one, "fieldSelectors": [{**f, "startsWith": f.get("startsWiths")} for f in one["fieldSelectors"]]} for one in found
    ]


def test_accesses_to_the_objects_of_every_bucket_are_recorded(audit: Rendering) -> None:
    found = selectors(audit)

    assert found["Management events"] == {"eventCategory": ["Management"]}
    assert found["Objects of the buckets"]["resources.ARN"] == [
        "arn:aws:s3:::retail-store-production-assets-111122223333/",
        "arn:aws:s3:::retail-store-production-exports-111122223333/",
    ]


def test_objects_are_left_out_where_the_model_says_so() -> None:
    environment = environment_with("operations.audit", data_events=False)

    assert list(selectors(rendered(environment))) == ["Management events"]


def test_only_this_trail_writes_to_the_bucket_and_nobody_without_tls(audit: Rendering) -> None:
    policy = audit.one("aws:s3/bucketPolicy:BucketPolicy").document("policy")
    statements = {statement["Sid"]: statement for statement in policy["Statement"]}

    assert set(statements) == {"DenyWithoutTls", "TrailChecks", "TrailWrites"}
    assert statements["TrailWrites"]["Resource"] == f"{BUCKET}/AWSLogs/111122223333/*"
    for sid in ("TrailChecks", "TrailWrites"):
        assert statements[sid]["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
        assert statements[sid]["Condition"]["StringEquals"]["aws:SourceArn"] == TRAIL_ARN


def test_the_trail_waits_for_what_lets_it_write(audit: Rendering) -> None:
    waits_for = audit.one(TRAIL).dependencies

    assert {"shop-audit-policy", "shop-audit-role"} <= set(waits_for)


def test_the_role_may_write_into_its_own_log_group_and_nothing_else(audit: Rendering) -> None:
    policy = audit.one("aws:iam/rolePolicy:RolePolicy").document("policy")
    group = audit.one("aws:cloudwatch/logGroup:LogGroup").properties

    [statement] = policy["Statement"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert f":log-group:{group['name']}:log-stream:111122223333_CloudTrail_eu-west-1*" in statement["Resource"]
    assert (group["kmsKeyId"], group["retentionInDays"]) == (LOGS_KEY, 365)


def test_the_record_is_kept_versioned_private_and_itself_watched(audit: Rendering) -> None:
    [rule] = audit.one("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").properties["rules"]
    encryption = audit.one("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration")
    block = audit.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").properties

    assert (rule["expiration"], rule["noncurrentVersionExpiration"]) == ({"days": 2557}, {"noncurrentDays": 2557})
    assert audit.one("aws:s3/bucketVersioning:BucketVersioning").properties["versioningConfiguration"] == {"status": "Enabled"}
    assert encryption.properties["rules"][0]["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"] == KEY
    assert [value for key, value in block.items() if key != "bucket"] == [True] * 4
    assert audit.one("aws:s3/bucketLogging:BucketLogging").properties["targetPrefix"] == "s3/audit-trail/"
