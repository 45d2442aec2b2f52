"""Whether an environment's cost stays within what its model allows: a ratio to production's, and its monthly budget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from model.environment import Environment
from model.staging import CostBudget
from understudy.cost.estimate import Estimate
from understudy.preview.aliases import ROOT_TYPE
from understudy.preview.packs import MANDATORY, Violation
from understudy.preview.rendering import Rendering

PACK, RATIO_RULE, MONTH_RULE = "understudy-cost", "cost-ratio", "monthly-budget"


@dataclass(frozen=True, order=True)
class BudgetFinding:
    """A limit that is exceeded by what is priced; what is unpriced can only add to it."""

    stack: str
    rule: str
    path: str
    """Where the limit stands in the stack's configuration."""
    message: str


def budget_findings(
    estimate: Estimate, environment: Environment, lead: Estimate | None, limit: CostBudget | None
) -> Iterator[BudgetFinding]:
    """Compare an estimate with its environment's limits. Without the lead's estimate no ratio is judged."""
    allowed = environment.operations.budget.monthly_usd
    if estimate.monthly > allowed:
        yield BudgetFinding(
            estimate.stack,
            MONTH_RULE,
            "operations.budget.monthly_usd",
            f"priced at {estimate.monthly:,.2f} USD a month, more than its budget of {allowed:,} USD",
        )
    if limit is None or lead is None:
        return
    most = Decimal(str(limit.max_cost_ratio))
    if estimate.monthly > most * lead.monthly:
        yield BudgetFinding(
            estimate.stack,
            RATIO_RULE,
            "budget.max_cost_ratio",
            f"priced at {estimate.monthly:,.2f} USD a month, {estimate.monthly / lead.monthly:.4f} of {lead.stack}'s "
            f"{lead.monthly:,.2f}; at most {limit.max_cost_ratio:g} is allowed",
        )


def violation(finding: BudgetFinding, rendering: Rendering) -> Violation:
    """A finding as previews report it: mandatory, of the stack as a whole, at the limit that is exceeded."""
    urn = next((resource.urn for resource in rendering.resources if resource.request.type == ROOT_TYPE), "")
    return Violation(PACK, finding.rule, urn, f"{_SAYS[finding.rule]}\n{finding.message}", MANDATORY, "", finding.path)


_SAYS = {
    RATIO_RULE: "Staging costs no larger part of production than its file allows.",
    MONTH_RULE: "An environment is priced within its monthly budget.",
}
