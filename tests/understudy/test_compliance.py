"""Compliance: a report seen by the controls of a framework."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from policies.engine.rule import Control
from policies.security.frameworks import FRAMEWORKS
from policies.security.pack import RULES
from understudy.cli import cli
from understudy.commands.compliance import compliance as command
from understudy.compliance.assessment import assess, worst
from understudy.compliance.markdown import render_markdown
from understudy.compliance.sarif import render_sarif
from understudy.compliance.text import WIDTH, render_text

SCHEMA = Path(__file__).parents[2] / "docs/compliance.schema.json"
DATABASE = "aws:rds/instance:Instance"
URNS = {name: f"urn:pulumi:staging::shop::{DATABASE}::{name}" for name in ("open", "closed", "vague", "excused")}


def _finding(rule: str, name: str, message: str, *, inconclusive: bool = False) -> dict[str, Any]:
    return {
        "policy": rule,
        "urn": URNS[name],
        "property": "publiclyAccessible",
        "inconclusive": inconclusive,
        "message": f"Databases have no public address.\n{message}",
    }


def _report(*findings: dict[str, Any], excused: bool = False, level: str = "mandatory") -> dict[str, Any]:
    exemption = {"urn": URNS["excused"], "reason": "it is a canary", "owner": "platform", "expires": "2030-01-31"}
    rules = [
        {"rule": rule.id, "level": level, "exempted": [exemption] if excused and rule.id == "RDS-03" else []} for rule in RULES
    ]
    resources = [{"urn": urn, "type": DATABASE, "name": name} for name, urn in URNS.items()]
    return {"project": "shop", "stacks": {"staging": {"resources": resources, "policies": list(findings), "rules": rules}}}


OPEN = _finding("RDS-03", "open", "publiclyAccessible: must be false | really")
VAGUE = _finding("RDS-03", "vague", "publiclyAccessible: cannot tell yet", inconclusive=True)


def _assessed(report: dict[str, Any], framework: str = "cis-aws") -> dict[str, Any]:
    return assess(report, RULES, framework, FRAMEWORKS[framework])


def _status(report: dict[str, Any], control: str = "2.2.3") -> str:
    return next(str(one["status"]) for one in _assessed(report)["controls"] if one["id"] == control)


@pytest.mark.parametrize(
    ("report", "status"),
    [
        (_report(), "pass"),
        (_report(OPEN), "fail"),
        (_report(VAGUE), "inconclusive"),
        (_report(OPEN, VAGUE), "fail"),
        (_report(excused=True), "exempted"),
        (_report(VAGUE, excused=True), "inconclusive"),
        (_report(level="disabled"), "not applicable"),
    ],
)
def test_a_control_is_as_its_worst_resource_is(report: dict[str, Any], status: str) -> None:
    assert _status(report) == status


def test_a_control_without_anything_to_judge_does_not_pass() -> None:
    assert _status(_report(), "3.6") == "not applicable"
    assert worst([]) == "not applicable"


def test_every_resource_is_named_with_what_is_said_of_it() -> None:
    rule = next(rule for rule in _assessed(_report(OPEN, VAGUE, excused=True))["rules"] if rule["id"] == "RDS-03")
    assert {one["name"]: one["status"] for one in rule["resources"]} == {
        "open": "fail",
        "closed": "pass",
        "vague": "inconclusive",
        "excused": "exempted",
    }
    (said,) = [one["findings"] for one in rule["resources"] if one["name"] == "open"]
    assert said == [{"property": "publiclyAccessible", "message": "publiclyAccessible: must be false | really", "source": None}]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_framework_has_controls_and_follows_the_schema(framework: str) -> None:
    document = _assessed(_report(OPEN, VAGUE, excused=True), framework)
    assert document["controls"]
    assert document["framework"]["version"]
    assert sum(document["summary"].values()) == len(document["controls"])
    assert [error.message for error in Draft202012Validator(json.loads(SCHEMA.read_text())).iter_errors(document)] == []


def test_controls_stand_in_their_frameworks_order() -> None:
    ids = [control["id"] for control in _assessed(_report(), "pci-dss")["controls"]]
    assert ids.index("3.7.4") < ids.index("10.2.1") < ids.index("A1.2.1")


def test_every_citation_is_of_a_framework_that_can_be_asked_for() -> None:
    assert {control.framework for rule in RULES for control in rule.controls} == set(FRAMEWORKS.values())
    versions = {(control.framework, control.version) for rule in RULES for control in rule.controls}
    assert len(versions) == len(FRAMEWORKS)


def test_a_mapped_control_follows_from_the_one_that_is_cited() -> None:
    rule = next(rule for rule in RULES if rule.id == "RDS-03")
    assert Control("PCI DSS", "4.0", "1.3.1") in rule.controls
    assert Control("SOC 2", "2017", "CC6.2") in rule.controls


def test_text_keeps_its_width_and_tells_what_fails_first() -> None:
    lines = render_text(_assessed(_report(OPEN, VAGUE, excused=True))).splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert lines.index("FAIL") < lines.index("NOT APPLICABLE")
    text = " ".join(" ".join(lines).split())
    assert "staging: open: RDS-03: publiclyAccessible: must be false" in text
    assert "staging: excused: RDS-03: exempted until 2030-01-31 (platform): it is a canary" in text


def test_markdown_cells_cannot_break_the_table() -> None:
    rows = [line for line in render_markdown(_assessed(_report(OPEN))).splitlines() if line.startswith("| RDS-03")]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [6]


def test_sarif_names_the_controls_of_each_rule_and_a_result_of_each_resource() -> None:
    (run,) = json.loads(render_sarif(_assessed(_report(OPEN, VAGUE, excused=True))))["runs"]
    rule = next(rule for rule in run["tool"]["driver"]["rules"] if rule["id"] == "RDS-03")
    assert [relation["target"]["id"] for relation in rule["relationships"]] == ["2.2.3"]
    assert {"id": "2.2.3"} in run["taxonomies"][0]["taxa"]
    results = [(one["kind"], one["level"]) for one in run["results"] if one["ruleId"] == "RDS-03"]
    assert sorted(results) == [("fail", "error"), ("informational", "none"), ("open", "none"), ("pass", "none")]


@pytest.mark.parametrize(
    ("report", "options", "code"),
    [
        (_report(), [], 0),
        (_report(OPEN), [], 1),
        (_report(VAGUE), [], 0),
        (_report(VAGUE), ["--strict"], 4),
        (_report(OPEN, VAGUE), ["--strict"], 1),
    ],
)
@pytest.mark.parametrize("form", ["text", "json", "markdown", "sarif"])
def test_the_outcome_is_the_exit_code_in_every_form(
    monkeypatch: pytest.MonkeyPatch, report: dict[str, Any], options: list[str], code: int, form: str
) -> None:
    monkeypatch.setattr("understudy.assemble.preview", lambda *_, **__: report)
    result = CliRunner().invoke(cli, ["compliance", "--framework", "cis-aws", "--format", form, *options])
    assert result.exit_code == code
    assert "2.2.3" in result.output


def test_the_command_offers_every_framework() -> None:
    (option,) = [parameter for parameter in command.params if parameter.name == "framework"]
    assert sorted(option.type.choices) == sorted(FRAMEWORKS)  # type: ignore[attr-defined]  # a choice
    assert CliRunner().invoke(cli, ["compliance", "--framework", "cis"]).exit_code == 2
