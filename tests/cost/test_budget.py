"""A cost above what the model allows is a finding; at the limit is within it."""

from __future__ import annotations

import pytest

from model.environment import Environment
from model.staging import CostBudget
from tests.cost.stacks import resource, stack, table
from understudy.cost.budget import budget_findings
from understudy.cost.estimate import Estimate, estimate

PRICES = table(("kms/key", "*", "1", "month"))


def keys(name: str, count: int) -> Estimate:
    return estimate(name, stack(*(resource("aws:kms/key:Key", {}, f"key-{number}") for number in range(count))), PRICES)


@pytest.mark.parametrize(("count", "ratio", "over"), [(3, 0.3, False), (4, 0.3, True), (1, 0.1, False), (10, 1.0, False)])
def test_a_cost_ratio_above_the_limit_is_a_finding(production: Environment, count: int, ratio: float, over: bool) -> None:
    found = list(budget_findings(keys("staging", count), production, keys("production", 10), CostBudget(max_cost_ratio=ratio)))

    assert [one.rule for one in found] == (["cost-ratio"] if over else [])


def test_the_finding_names_both_costs_and_the_limit(production: Environment) -> None:
    (found,) = budget_findings(keys("staging", 4), production, keys("production", 10), CostBudget(max_cost_ratio=0.3))

    assert found.path == "budget.max_cost_ratio"
    assert found.message == "priced at 4.00 USD a month, 0.4000 of production's 10.00; at most 0.3 is allowed"


@pytest.mark.parametrize("lead", [None, keys("production", 1)])
def test_without_a_limit_or_a_lead_no_ratio_is_judged(production: Environment, lead: Estimate | None) -> None:
    limit = None if lead is not None else CostBudget(max_cost_ratio=0.1)

    assert list(budget_findings(keys("staging", 9), production, lead, limit)) == []


def test_a_cost_above_the_monthly_budget_is_a_finding(production: Environment) -> None:
    operations = production.operations
    poor = operations.model_copy(update={"budget": operations.budget.model_copy(update={"monthly_usd": 3})})

    (found,) = budget_findings(keys("production", 4), production.model_copy(update={"operations": poor}), None, None)

    assert (found.rule, found.path) == ("monthly-budget", "operations.budget.monthly_usd")
    assert found.message == "priced at 4.00 USD a month, more than its budget of 3 USD"
