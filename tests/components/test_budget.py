from __future__ import annotations

from components.operations.budget import Budget, BudgetArgs
from model.environment import Environment
from tests.components.rendering import render
from tests.components.stores import known


def test_each_declared_share_of_the_monthly_budget_is_told_to_the_route(production: Environment) -> None:
    budget = render(lambda: Budget("shop-budget", BudgetArgs(production, known("arn:topic")))).one("aws:budgets/budget:Budget")

    assert budget.properties["limitAmount"] == str(production.operations.budget.monthly_usd)
    assert [told["threshold"] for told in budget.properties["notifications"]] == [80, 100]
    assert all(told["subscriberSnsTopicArns"] == ["arn:topic"] for told in budget.properties["notifications"])
    assert budget.properties["accountId"] == production.identity.account_id
