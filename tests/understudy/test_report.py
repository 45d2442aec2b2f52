"""One document says it all, by a published schema; the forms render it within their limits and never show a secret."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from policies.engine.exemption import Exemption
from policies.security.pack import RULES
from scaling.ledger import Ledger, LedgerLine
from scaling.represented_load import RepresentedLoad, StepLoad
from tests.report.documents import COST, DEVIATION
from understudy.preview.packs import Examined, judge, load_pack
from understudy.preview.project import read_project
from understudy.preview.rendering import render
from understudy.report.document import document
from understudy.report.junit import render_junit
from understudy.report.markdown import render_markdown
from understudy.report.page.page import render_html
from understudy.report.sarif import render_sarif
from understudy.report.text import Detail, render_text
from understudy.sources import Sources

HERE = Path(__file__).parent
SCHEMA = HERE.parents[1] / "docs" / "report.schema.json"
LINES = (
    LedgerLine("services.web.replicas", 12, 0.3, 3.6, 4, "rounded up", "ratios.compute", "continuous"),
    LedgerLine(
        "stores.a-store-of-a-rather-long-name.instance_class",
        "db.r7g.16xlarge",
        0.25,
        "db.r7g.4xlarge",
        "db.r7g.4xlarge",
        "a real size of db.r7g",
        "ratios.database",
        "ladder",
    ),
    LedgerLine("alarms.memory.threshold", 6871947673.6, 1 / 3, 2290649224.53, 2290649224.53, "10 % of the memory", "", "derived"),
)
_RULE = next(rule for rule in RULES if rule.id == "S3-01")
_URNS = [f"urn:pulumi:staging::small::aws:s3/bucket:Bucket::{name}" for name in ("one", "two")]
_EXEMPTION = Exemption("S3-01", "two", "it serves a public page", "platform", date(2030, 1, 31))
COVERAGE = [
    Examined("strict", _RULE, "mandatory", "fail", {_URNS[0]: "fail"}, {_URNS[1]: _EXEMPTION}, 4),
    Examined("strict", RULES[0], "disabled", "not applicable", {}, {}, 0),
]
PARITY = {
    "verdict": "violation",
    "violations": 2,
    "explained": {"capacity": 3, "identity": 1},
    "rows": [
        {
            "row": "application",
            "score": 0.98,
            "resources": 4,
            "compared": 100,
            "equal": 94,
            "explained": 4,
            "unexplained": 2,
            "compared_by_source": 5,
            "costs": [{"place": "services/web/deployment", "unexplained": 2}],
        }
    ],
    "differences": [],
    "unknowable": [{"place": "edge/zone", "property": "nameServers"}],
    "deviations": [DEVIATION],
}
LOADS = (RepresentedLoad("buy", 2400.0, 800.0, 1 / 3, "services.web", (StepLoad("services.web", 1 / 3, 800.0),)),)


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    project = read_project(HERE / "programs" / "small")
    packs = [load_pack(HERE / "packs" / name) for name in ("broken", "first", "strict")]
    renderings = {stack: render(project, stack, project.configuration) for stack in ("production", "staging")}
    return document(
        project=project.name,
        renderings=renderings,
        sources={stack: Sources(project, rendering) for stack, rendering in renderings.items()},
        violations={
            name: [found for pack in packs for found in judge(pack, rendering)] for name, rendering in renderings.items()
        },
        coverage=dict.fromkeys(renderings, COVERAGE),
        ledgers={"staging": Ledger(LINES)},
        loads={"staging": LOADS},
        packs=[(pack.name, len(pack.policies)) for pack in packs],
        parity={"staging": PARITY},
        cost=COST,
    )


FORMS: dict[str, Callable[[dict[str, Any]], str]] = {
    "html": render_html,
    "json": json.dumps,
    "junit": render_junit,
    "markdown": render_markdown,
    "sarif": render_sarif,
    "text": render_text,
    "verbose text": partial(render_text, detail=Detail.VERBOSE),
}


def test_the_document_follows_the_published_schema(report: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)

    assert [error.message for error in Draft202012Validator(schema).iter_errors(report)] == []


def test_the_schema_refuses_what_it_does_not_describe(report: dict[str, Any]) -> None:
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    for change in ({"schema": "understudy.report/v2"}, {"verdict": "fine"}, {"extra": 1}, {"ledger": [{"path": "a"}]}):
        assert not validator.is_valid({**report, **change})


def test_every_finding_names_policy_level_severity_resource_and_property(report: dict[str, Any]) -> None:
    found = next(policy for policy in report["stacks"]["staging"]["policies"] if policy["policy"] == "bucket-is-protected")

    assert (found["pack"], found["level"], found["severity"], found["property"]) == (
        "strict",
        "mandatory",
        "high",
        "forceDestroy",
    )
    assert found["urn"].endswith("::shelf-bucket")


def test_the_verdict_and_the_counts_follow_from_the_findings(report: dict[str, Any]) -> None:
    levels = [policy["level"] for stack in report["stacks"].values() for policy in stack["policies"]]

    assert report["verdict"] == "violation"
    assert report["summary"]["policies"] == {level: levels.count(level) for level in ("mandatory", "advisory")}
    assert report["summary"]["resources"] == {"production": 6, "staging": 6}


def test_a_resource_keeps_its_aliases_options_and_dependencies(report: dict[str, Any]) -> None:
    resources = {resource["name"]: resource for resource in report["stacks"]["staging"]["resources"]}

    assert len(resources["shelf-bucket"]["aliases"]) == 4
    assert resources["shelf-bucket"]["protect"]
    assert resources["shelf-bucket"]["ignore_changes"] == ["tags"]
    assert resources["shelf-versioning"]["property_dependencies"]["bucket"] == [resources["shelf-bucket"]["urn"]]


@pytest.mark.parametrize("form", FORMS)
def test_no_form_shows_a_secret(report: dict[str, Any], form: str) -> None:
    text = FORMS[form](report)

    assert "canary" not in text
    assert "hunter2" not in text


@pytest.mark.parametrize("form", ["html", "markdown", "text"])
@pytest.mark.parametrize(("count", "says"), [(1, "1 charge has no price"), (1200, "1,200 charges have no price")])
def test_a_cost_that_prices_are_missing_of_is_said_to_be_more(report: dict[str, Any], form: str, count: int, says: str) -> None:
    cost = copy.deepcopy(report["cost"])
    cost["stacks"]["staging"]["missing_prices"] = count

    text = FORMS[form]({**report, "cost": cost})

    assert f"staging costs more than is told: {says}" in text
    assert "no price" not in FORMS[form](report).replace("has no price is not counted", "")


@pytest.mark.parametrize("form", FORMS)
def test_a_form_renders_the_document_alone(report: dict[str, Any], form: str) -> None:
    assert FORMS[form](json.loads(json.dumps(report))) == FORMS[form](report)


def test_text_says_what_cannot_be_told_without_the_sdks_words(report: dict[str, Any]) -> None:
    text = render_text(report)

    assert "reads-an-unknown" in text
    assert "can't run policy" not in text


def test_the_document_tells_what_each_rule_examined_and_what_is_exempted(report: dict[str, Any]) -> None:
    first, second = report["stacks"]["staging"]["rules"]

    assert [first["rule"], first["verdict"], first["subjects"]["fail"]] == ["NET-01", "not applicable", 0]
    assert [second["rule"], second["verdict"], second["subjects"]["fail"]] == ["S3-01", "fail", 1]
    (exempted,) = second["exempted"]
    assert exempted.pop("source")["file"].endswith("Pulumi.yaml")
    assert exempted == {"urn": _URNS[1], "reason": "it serves a public page", "owner": "platform", "expires": "2030-01-31"}


@pytest.mark.parametrize("form", ["html", "junit", "markdown", "sarif", "text"])
def test_what_is_exempted_is_listed_with_its_reason_owner_and_day(report: dict[str, Any], form: str) -> None:
    shown = " ".join(FORMS[form](report).split())

    for words in ("S3-01", "two", "it serves a public page", "platform", "2030-01-31"):
        assert words in shown
