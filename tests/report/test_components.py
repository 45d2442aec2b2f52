"""The components of a report: what stands in each, what it costs, which figures are its own, what explains its differences."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.conftest import ROOT
from tests.report.documents import LEDGER, clean, report
from understudy.report.components import components

SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))


def found() -> dict[tuple[str, ...], dict[str, Any]]:
    return {tuple(each["path"]): each for each in report()["components"]}


@pytest.mark.parametrize("document", [report(), clean()])
def test_the_example_follows_the_published_schema(document: dict[str, Any]) -> None:
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document)] == []


def test_names_leave_out_what_stands_above_and_the_stack_comes_first() -> None:
    assert list(found()) == [
        (),
        ("shop (System)",),
        ("shop (System)", "logs (LogBucket)"),
        ("shop (System)", "orders (Rds)"),
        ("shop (System)", "web (Service)"),
    ]


def test_resources_are_counted_where_they_stand() -> None:
    assert found()["shop (System)", "orders (Rds)"]["resources"] == {"production": 3, "staging": 2}
    assert found()["shop (System)",]["resources"] == {"production": 0, "staging": 0}


def test_a_part_tells_its_monthly_cost() -> None:
    assert found()["shop (System)", "orders (Rds)"]["monthly"] == {"production": "2000.00", "staging": "500.00"}
    assert found()["shop (System)", "web (Service)"]["monthly"] == {}


@pytest.mark.parametrize(
    ("path", "figures"),
    [
        (("shop (System)", "web (Service)"), ["services.web.max_unavailable", "services.web.replicas"]),
        ((), ["system.requests_per_second"]),
    ],
)
def test_a_figure_stands_at_the_component_that_is_made_of_it_else_at_the_stack(path: tuple[str, ...], figures: list[str]) -> None:
    assert found()[path]["figures"] == figures


def test_no_figure_is_lost_or_told_twice() -> None:
    told = [figure for each in report()["components"] for figure in each["figures"]]

    assert sorted(told) == sorted(line["path"] for line in LEDGER)


def test_differences_and_findings_are_counted_by_stack() -> None:
    logs = found()["shop (System)", "logs (LogBucket)"]

    assert logs["explained"] == {"staging": {"identity": 1}}
    assert logs["findings"] == {"production": {"advisory": 1}, "staging": {"advisory": 1, "mandatory": 1}}


def test_without_stacks_there_are_no_components() -> None:
    assert components({}, {}, [], {}, {"stacks": {}}) == []
