"""The budget: what the environment may cost a month, and who hears when it costs more."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws.budgets as budgets

from components.base import Component
from model.environment import Environment


@dataclass(frozen=True)
class BudgetArgs:
    """What the budget is made from."""

    environment: Environment
    topic_arn: pulumi.Output[str]
    """The topic of the budget's on-call route."""


class Budget(Component):
    """A monthly budget of the account, which is the environment's own, with a message at each declared share of it."""

    def __init__(self, name: str, args: BudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("understudy:operations:Budget", name, opts)
        wanted = args.environment.operations.budget
        budgets.Budget(
            self.child("monthly"),
            name=f"{args.environment.name}-monthly",
            account_id=args.environment.identity.account_id,
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(wanted.monthly_usd),
            limit_unit="USD",
            notifications=[
                budgets.BudgetNotificationArgs(
                    comparison_operator="GREATER_THAN",
                    notification_type="ACTUAL",
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                    subscriber_sns_topic_arns=[args.topic_arn],
                )
                for percent in wanted.alert_percents
            ],
            opts=self.below(),
        )
        self.register_outputs({})
