"""The refresh job: what it may read, where it may go, when it runs and who hears of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.refresh_job import strategy_text
from model.staging_data import StagingDataStrategy
from policies.engine.evaluate import evaluate
from policies.engine.verdict import Verdict
from policies.security.pack import RULES
from tests.refreshed import EXPORT, JOB, STRATEGY, refreshed

PREFIX = "retail-store-data-refresh"


def _properties(name: str, type_: str = "", frequency: str = "0 3 * * *") -> dict[str, Any]:
    (found,) = (
        each for each in refreshed(frequency).own.resources if each.name == f"{PREFIX}-{name}" and each.type.endswith(type_)
    )
    return dict(found.properties)


def test_it_may_read_one_folder_decrypt_it_through_s3_and_count_its_runs() -> None:
    statements = json.loads(_properties("orders-role", "RolePolicy")["policy"])["Statement"]

    assert [(each["Action"], each["Resource"]) for each in statements] == [
        (["s3:GetObject"], f"arn:aws:s3:::{EXPORT['bucket']}/orders/*"),
        (["s3:ListBucket"], f"arn:aws:s3:::{EXPORT['bucket']}"),
        (["kms:Decrypt"], EXPORT["key_arn"]),
        (["cloudwatch:PutMetricData"], "*"),
    ]
    assert [each["Condition"] for each in statements[1:]] == [
        {"StringLike": {"s3:prefix": "orders/*"}},
        {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}},
        {"StringEquals": {"cloudwatch:namespace": "Understudy/Data"}},
    ]


def test_it_goes_nowhere_but_to_its_store_to_its_identity_and_over_https() -> None:
    spec = _properties("orders-network-policy")["spec"]

    assert spec["ingress"] == []
    assert [rule["ports"][0]["port"] for rule in spec["egress"]] == [5432, 80, 443, 443]


def test_it_runs_by_its_clock_in_utc_and_never_beside_itself() -> None:
    spec = _properties("orders-job")["spec"]

    assert (spec["schedule"], spec["timeZone"], spec["suspend"]) == ("0 3 * * *", "Etc/UTC", False)
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"] == 240 * 60


@pytest.mark.parametrize("event", ["on-demand", "on-release"])
def test_a_job_that_events_start_is_suspended_and_is_never_late(event: str) -> None:
    assert _properties("orders-job", frequency=event)["spec"]["suspend"] is True
    assert _properties("orders-failed", frequency=event)["threshold"] == 0
    with pytest.raises(ValueError, match="not enough"):
        _properties("orders-late", frequency=event)


def test_somebody_hears_when_it_is_late_and_when_it_failed() -> None:
    late, failed = _properties("orders-late"), _properties("orders-failed")

    assert (late["metricName"], late["evaluationPeriods"], late["treatMissingData"]) == ("RefreshSucceeded", 30, "breaching")
    assert (failed["metricName"], failed["evaluationPeriods"], failed["treatMissingData"]) == ("RefreshFailed", 1, "notBreaching")
    assert all(JOB["runbook"] in each["alarmDescription"] for each in (late, failed))
    assert all(each["dimensions"] == {"Environment": "retail-store-staging", "Database": "orders"} for each in (late, failed))


def test_its_image_is_named_by_content_and_its_password_by_reference() -> None:
    (container,) = _properties("orders-job")["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]

    assert container["image"] == f"registry.example.com/understudy@sha256:{'0' * 64}"
    assert container["args"] == ["data", "job"]
    assert "env" not in container


def test_the_strategy_travels_without_the_job() -> None:
    strategy = json.loads(_properties("orders-strategy")["data"]["strategy.json"])

    assert strategy["source_type"] == "masked"
    assert "job" not in strategy


def test_the_order_in_which_a_strategy_is_written_is_nothing() -> None:
    columns = {f"orders.{name}": {"mask": "redact"} for name in ("id", "name", "city")}

    written, turned = (
        strategy_text(StagingDataStrategy.model_validate({**STRATEGY, "columns": dict(items)}, strict=False))
        for items in (columns.items(), reversed(columns.items()))
    )

    assert written == turned


def test_its_namespace_has_room_for_it_alone() -> None:
    assert _properties("namespace-quota")["spec"]["hard"] == {
        "pods": "1",
        "requests.cpu": "1000m",
        "requests.memory": "1024Mi",
        "limits.memory": "1024Mi",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }


def test_it_breaks_no_security_rule() -> None:
    found = evaluate(RULES, refreshed().own).findings

    assert [(each.rule, each.urn) for each in found if each.verdict >= Verdict.FAIL and PREFIX in each.urn] == []


def test_production_has_none() -> None:
    assert [each.name for each in refreshed().declared.resources if "data-refresh" in each.name] == []
