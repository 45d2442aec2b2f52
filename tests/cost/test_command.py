"""`understudy cost` and `understudy prices`: exit codes, and a real project priced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from tests.conftest import PROJECTS, ROOT
from understudy.cli import cli
from understudy.cost.assemble import Priced, cost, priced_project
from understudy.cost.price_table import embedded_table

SCHEMA = json.loads((ROOT / "docs" / "cost.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=sorted(PROJECTS))
def project(request: pytest.FixtureRequest) -> Path:
    return PROJECTS[request.param]


@pytest.fixture(scope="module")
def result(project: Path) -> Priced:
    return priced_project(project, embedded_table())[1]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def test_everything_that_the_shipped_systems_are_charged_by_has_a_price(result: Priced) -> None:
    lacking = {line.reason for one in result.estimates for line in one.unpriced if line.item is not None}

    assert lacking == set()


def test_no_type_of_the_shipped_systems_is_unknown(result: Priced) -> None:
    assert [line.type for one in result.estimates for line in one.unpriced if line.title == "everything"] == []


def test_the_shipped_systems_are_within_their_budgets(result: Priced) -> None:
    assert result.findings == ()


def test_a_small_project_is_priced_and_follows_the_schema() -> None:
    document: dict[str, Any] = cost(PROJECTS["online-boutique"], embedded_table(), 100)

    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document)] == []
    assert document["comparison"]["staging"]["ratio"] < 1


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [({}, 0, "WITHIN BUDGET"), ({"findings": [{"stack": "s", "path": "p", "message": "m"}], "verdict": "violation"}, 1, "OVER")],
)
def test_the_verdict_is_the_exit_code(monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], code: int, says: str) -> None:
    stack = {"monthly": "0.00", "fixed": "0.00", "scaled": "0.00", "unverified": "0.00", "components": [], "unpriced": []}
    document = {
        "project": "shop",
        "verdict": "clean",
        "currency": "USD",
        "hours_a_month": 730,
        "price_table": {"compiled": "2026-01-01"},
        "stacks": {"production": stack},
        "comparison": {},
        "off_hours": {"hours_a_week": 1, "saves": {}},
        "findings": [],
        "prices": [],
    }
    monkeypatch.setattr("understudy.cost.assemble.cost", lambda *_, **__: {**document, **change})

    done = run("cost")

    assert done.exit_code == code
    assert says in done.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("cost", "--off-hours", "169"),
        ("cost", "--format", "xml"),
        ("cost", "--prices", "absent.json"),
        ("cost", "--prices", str(ROOT / "README.md")),
        ("cost", "--project", str(ROOT / "docs")),
        ("prices", "refresh"),
    ],
    ids=" ".join,
)
def test_a_users_mistake_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(cli, arguments)

    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_the_table_can_be_shown() -> None:
    assert json.loads(run("prices", "show").output)["currency"] == "USD"
