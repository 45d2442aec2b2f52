"""The cost document follows its published schema, and the forms say what it says, to the byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.cost.stacks import component, resource, stack, table
from understudy.cost.budget import BudgetFinding
from understudy.cost.document import document
from understudy.cost.estimate import estimate
from understudy.cost.markdown import MARKER, render_cost_markdown
from understudy.cost.text import WIDTH, render_cost_text

HERE = Path(__file__).parent
SCHEMA = json.loads((HERE.parents[1] / "docs" / "cost.schema.json").read_text(encoding="utf-8"))
FORMS: dict[str, Callable[[dict[str, Any]], str]] = {"text": render_cost_text, "markdown": render_cost_markdown}
PRICES = table(
    ("vpc/nat-gateway", "eu-west-1", "0.048", "hour"),
    ("vpc/nat-gateway", "eu-north-1", "0.046", "hour"),
    ("kms/key", "*", "1", "month"),
    ("rds/aurora-mysql/db.r7g.2xlarge", "eu-west-1", "1.22", "hour"),
    ("rds/aurora-mysql/db.r7g.large", "eu-north-1", "0.29", "hour"),
)


def shop(region: str, instance: str, count: int) -> list[dict[str, Any]]:
    database = "aws:rds/clusterInstance:ClusterInstance"
    inputs = {"engine": "aurora-mysql", "instanceClass": instance}
    return stack(
        resource("aws:ec2/natGateway:NatGateway", {}, "nat"),
        resource("aws:eks/cluster:Cluster", {}, "cluster"),
        resource("aws:sqs/queue:Queue", {}, "queue"),
        component("shop-catalog", "Aurora"),
        *(resource(database, inputs, f"instance-{number}", "shop-catalog") for number in range(count)),
        resource("aws:kms/key:Key", {}, "key", "shop-catalog"),
        region=region,
    )


def report(*findings: BudgetFinding, further: tuple[str, ...] = ()) -> dict[str, Any]:
    prices = PRICES.model_copy(
        update={
            "prices": tuple(
                price.model_copy(update={"verified": False, "note": "not to be found"}) if "rds/" in price.item else price
                for price in PRICES.prices
            )
        }
    )
    estimates = [
        estimate("production", shop("eu-west-1", "db.r7g.2xlarge", 3), prices),
        *(estimate(name, shop("eu-north-1", "db.r7g.large", 2), prices) for name in ("staging", *further)),
    ]
    return document(
        project="shop",
        estimates=estimates,
        lead="production",
        table=prices,
        findings=findings,
        limits={"staging": 0.1},
        hours_off=118,
    )


OVER = BudgetFinding("staging", "cost-ratio", "budget.max_cost_ratio", "costs too much")


def test_the_document_follows_the_published_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    for found in (report(), report(OVER)):
        assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(found)] == []


@pytest.mark.parametrize("change", [{"schema": "understudy.cost/v2"}, {"verdict": "fine"}, {"extra": 1}, {"currency": "EUR"}])
def test_the_schema_refuses_what_it_does_not_describe(change: dict[str, Any]) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid({**report(), **change})


def test_the_components_make_the_total() -> None:
    for found in report()["stacks"].values():
        assert round(sum(float(part["monthly"]) for part in found["components"]), 2) == float(found["monthly"])


def test_a_finding_makes_the_verdict() -> None:
    assert (report()["verdict"], report(OVER)["verdict"]) == ("clean", "violation")


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_as_it_was(form: str) -> None:
    assert FORMS[form](report(OVER)) == (HERE / "golden" / f"cost.{form}").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", FORMS)
def test_a_form_renders_the_document_alone(form: str) -> None:
    assert FORMS[form](json.loads(json.dumps(report()))) == FORMS[form](report())


@pytest.mark.parametrize("form", FORMS)
def test_every_form_names_what_is_not_counted_and_not_verified(form: str) -> None:
    text = FORMS[form](report())

    for said in ("no price of eks/cluster in eu-west-1", "Queue: requests", "rds/aurora-mysql/db.r7g.large", "not to be found"):
        assert said in text


def test_text_fits_the_width_and_tells_what_is_wrong_first() -> None:
    lines = render_cost_text(report(OVER)).splitlines()

    assert lines[:2] == ["shop: OVER BUDGET", "  staging: budget.max_cost_ratio: costs too much"]
    assert max(map(len, lines)) <= WIDTH


@pytest.mark.parametrize("count", [1, 3, 9])
def test_every_amount_stands_below_its_stacks_name_however_many_there_are(count: int) -> None:
    names = tuple(f"{'x' * 14}{number}" for number in range(count))

    lines = render_cost_text(report(further=names)).splitlines()

    heads = next(line for line in lines if line.startswith("COMPONENT"))
    total = next(line for line in lines if line.startswith("  Total"))
    assert heads.split() == ["COMPONENT", "production", "staging", *names]
    assert len(total) == len(heads)
    assert all(total[heads.index(name) + len(name) - 3] == "." for name in heads.split()[1:])


@pytest.mark.parametrize("form", FORMS)
def test_a_ratio_stands_beside_two_stacks_alone(form: str) -> None:
    def headed(document: dict[str, Any]) -> bool:
        return any("production" in line and "ratio" in line.split() for line in FORMS[form](document).splitlines())

    assert headed(report())
    assert not headed(report(further=("perf",)))


@pytest.mark.parametrize("form", FORMS)
def test_a_cost_that_prices_are_missing_of_is_said_to_be_more(form: str) -> None:
    text = FORMS[form](report())

    assert "staging costs more than is told: 1 charge has no price" in text


def test_markdown_can_be_found_again() -> None:
    assert render_cost_markdown(report()).startswith(MARKER)
