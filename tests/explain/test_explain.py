"""The story of one thing: a figure, a resource or a rule, as it is named in messages."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.conftest import ROOT
from understudy import assemble
from understudy.catalogue import known_rules
from understudy.cli import cli
from understudy.explain import explain as explaining
from understudy.explain.resource import resource_story, resources
from understudy.explain.rule import rule_story
from understudy.explain.story import Story, Table, markdown, text


@cache
def _report() -> dict[str, Any]:
    return assemble.preview(ROOT, today=date(2026, 1, 1))


@pytest.fixture(autouse=True)
def one_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explaining, "preview", lambda *_, **__: _report())


def _explain(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["explain", "--project", str(ROOT), *arguments])


def _resource(name: str) -> Story:
    (role,) = resources(_report())[name]
    return resource_story(_report(), "staging", role)


def test_a_figure_says_where_it_and_its_ratio_are_written() -> None:
    lines = _explain("services.carts.replicas").output.splitlines()

    model = (ROOT / "Pulumi.yaml").read_text(encoding="utf-8").splitlines()
    given = int(lines[-1].partition(":")[2].partition(" ")[0])
    assert lines[0] == "services.carts.replicas: 6 in production, 2 in staging."
    assert model[given - 1].strip() == "replicas: 6"


def test_a_credential_that_stands_in_the_clear_is_not_repeated(tmp_path: Path) -> None:
    model = (ROOT / "Pulumi.yaml").read_text(encoding="utf-8")
    given = 'RETAIL_UI_DISABLE_DEMO_WARNINGS: "true"'
    planted = model.replace(given, "RETAIL_UI_PASSWORD: planted-password", 1).replace(
        "name: retail-store\n", f"name: retail-store\nmain: {ROOT}\n", 1
    )
    (tmp_path / "Pulumi.yaml").write_text(planted, encoding="utf-8")
    (tmp_path / "Pulumi.staging.yaml").write_text((ROOT / "Pulumi.staging.yaml").read_text(encoding="utf-8"), encoding="utf-8")

    result = CliRunner().invoke(cli, ["explain", "--project", str(tmp_path), "services.ui.environment.RETAIL_UI_PASSWORD"])

    assert result.output.splitlines()[0] == "services.ui.environment.RETAIL_UI_PASSWORD: [secret] in production."
    assert "planted" not in result.output


def test_a_part_of_the_model_says_what_it_holds() -> None:
    assert "  network.zones" in _explain("network").output.splitlines()


@pytest.mark.parametrize(
    "name",
    [
        "stores/orders/instance",
        "stores/orders/instance:Instance",
        "retail-store-orders-instance",
        (
            "urn:pulumi:staging::retail-store::understudy:system:System$understudy:stores:Rds$aws:rds/instance:Instance"
            "::retail-store-orders-instance"
        ),
    ],
)
def test_a_resource_is_known_by_its_place_its_name_and_its_urn(name: str) -> None:
    assert _resource(name).lines[0] == "retail-store-orders-instance, aws:rds/instance:Instance"


def test_a_resource_tells_each_difference_with_both_sides_and_what_explains_it() -> None:
    differs = _resource("stores/orders/instance").tables[0]

    assert ("allocatedStorage", "800", "200", "capacity of stores.orders.storage_gib") in differs.rows
    assert ("identifier", "'retail-store-production-orders'", "'retail-store-staging-orders'", "identity") in differs.rows


def test_a_resource_that_staging_has_fewer_of_says_so() -> None:
    story = _resource("retail-store-catalog-instance-3")

    assert "not in staging" in story.lines
    assert story.tables[0].rows == (("(the resource)", "", "", "capacity of stores.catalog.instances"),)


def test_a_resource_tells_what_is_found_of_it() -> None:
    story = _resource("retail-store-checkout-secret:Secret")

    assert [row[:3] for row in story.tables[1].rows] == [(stack, "advisory", "SEC-02") for stack in ("production", "staging")]


def test_a_rule_tells_why_what_to_do_and_what_it_examined() -> None:
    story = rule_story(_report(), known_rules()["SEC-02"])

    assert story.name == "SEC-02: Secrets rotate"
    assert any(line.startswith("Why: ") for line in story.lines)
    assert [row[0] for row in story.tables[0].rows] == ["production", "staging"]
    assert len(story.tables[1].rows) == 2


def test_every_rule_has_a_story() -> None:
    assert [name for name, rule in known_rules().items() if not text(rule_story(_report(), rule)).startswith(f"{name}: ")] == []


@pytest.mark.parametrize(
    ("wanted", "nearest"),
    [
        ("services.cart.replicas", "services.carts.replicas"),
        ("stores/orders/instanc", "stores/orders/instance"),
        ("NET-1l", "NET-1"),
        ("retail-store-orders-instnce", "retail-store-orders-instance"),
    ],
)
def test_a_mistyped_name_is_answered_with_the_nearest(wanted: str, nearest: str) -> None:
    result = _explain(wanted)

    assert result.exit_code == 2
    assert f"did you mean '{nearest}" in result.output


def test_a_name_of_several_resources_is_answered_with_them() -> None:
    result = _explain("operations/oncall/page")

    assert result.exit_code == 2
    assert "operations/oncall/page:Topic, operations/oncall/page:TopicPolicy" in result.output


def test_the_lead_itself_is_not_explained() -> None:
    assert _explain("network.zones", "--stack", "production").exit_code == 2


def test_machines_read_the_same() -> None:
    document = json.loads(_explain("sec-02", "--format", "json").output)

    assert (document["schema"], document["kind"]) == ("understudy.explanation/v1", "rule")


def test_markdown_takes_no_text_for_markup() -> None:
    story = Story("resource", "a|b", ("<script>",), (Table("What", ("x",), (("[a](b) @c",),)),))

    assert markdown(story) == "## a\\|b\n\n&lt;script&gt;\n\n### What\n\n| x |\n| --- |\n| \\[a\\]\\(b\\) @&#8203;c |\n"
