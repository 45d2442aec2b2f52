"""The shipped systems as a whole: two environments from one model, that differ by their model alone."""

from __future__ import annotations

import ast
import json
import re
from datetime import date
from typing import Any

import pytest
import yaml

from tests.conftest import PROJECTS, ROOT, raw_model, raw_staging
from tools.pictures.terminal import FILE, terminal_picture
from understudy import assemble

SYSTEMS = sorted(PROJECTS)
TODAY = date(2026, 1, 1)
NUMBERED = re.compile(r"-\d+$")


@pytest.fixture(scope="module", params=SYSTEMS)
def report(request: pytest.FixtureRequest) -> dict[str, Any]:
    return assemble.preview(PROJECTS[request.param], today=TODAY)


def paths(report: dict[str, Any], stack: str) -> set[str]:
    return {resource["urn"].split("::", 2)[2] for resource in report["stacks"][stack]["resources"]}


def test_no_mandatory_policy_is_violated(report: dict[str, Any]) -> None:
    mandatory = [
        f"{stack}: {policy['policy']}: {policy['message']}"
        for stack, content in report["stacks"].items()
        for policy in content["policies"]
        if policy["level"] == "mandatory"
    ]

    assert mandatory == []
    assert report["verdict"] == "clean"


def test_staging_has_nothing_that_production_has_not_but_what_fills_its_data(report: dict[str, Any]) -> None:
    extra = {path.replace("-staging", "-production") for path in paths(report, "staging")} - paths(report, "production")
    filling = {path for path in extra if path.startswith("understudy:system:System$understudy:data:DataRefresh")}

    assert extra == filling
    assert bool(filling) is ("data" in raw_staging(report["project"]))


def test_staging_lacks_only_further_copies_of_what_it_has(report: dict[str, Any]) -> None:
    staging = {path.replace("-staging", "-production") for path in paths(report, "staging")}

    for path in paths(report, "production") - staging:
        assert NUMBERED.search(path), path
        assert NUMBERED.sub("-1", path) in staging or NUMBERED.sub("-001", path) in staging, path


def test_nothing_in_staging_names_a_thing_of_productions(report: dict[str, Any]) -> None:
    identity = raw_model(report["project"])["identity"]
    text = json.dumps(report["stacks"]["staging"])
    for strategy in raw_staging(report["project"]).get("data", {}).values():
        for read_only in strategy["job"]["export"].values():  # all of production that a refresh job may read
            text = text.replace(read_only, "")

    # Runbooks and on-call addresses are the team's, not the environment's.
    without_team = re.sub(r"(https://runbooks|oncall@|platform-tickets@)[^\"\\ ]*", "", text)
    for word in (identity["account_id"], f"{report['project']}-production", identity["address_range"]):
        assert word not in text
    assert re.search(rf"(?<![\w.-]){re.escape(identity['domain'])}", without_team) is None


def test_every_resource_but_the_providers_stands_in_a_component(report: dict[str, Any]) -> None:
    for content in report["stacks"].values():
        for resource in content["resources"]:
            if not resource["type"].startswith(("pulumi:", "understudy:system")):
                assert "understudy:" in resource["urn"].rsplit("$", 1)[0], resource["urn"]


def test_a_report_is_the_same_whenever_it_is_made(report: dict[str, Any]) -> None:
    again = assemble.preview(PROJECTS[report["project"]], today=TODAY)

    assert json.dumps(again) == json.dumps(report)


def test_the_picture_in_the_readme_is_of_this_report(report: dict[str, Any]) -> None:
    if report["project"] == "retail-store":
        assert terminal_picture(report) == FILE.read_text(encoding="utf-8"), "`make pictures` draws it anew"


def test_no_component_asks_which_stack_or_environment_it_is_in() -> None:
    for file in (ROOT / "components").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare):
                words = ast.unparse(node)
                assert "staging" not in words, f"{file}: {words}"
                assert "production" not in words, f"{file}: {words}"
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("get_stack", "get_project"), f"{file}: {node.attr}"


def test_the_program_reads_like_a_page() -> None:
    assert len((ROOT / "__main__.py").read_text(encoding="utf-8").splitlines()) <= 40
    described = {key: value for key, value in raw_staging().items() if key != "data"}
    assert len(yaml.safe_dump(described)) < 1000
