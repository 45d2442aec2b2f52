"""The cost document: the contract between an estimate and whatever reads it. Its schema is `docs/cost.schema.json`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from understudy.cost.budget import BudgetFinding
from understudy.cost.charge import HOURS_A_MONTH
from understudy.cost.estimate import CostLine, Estimate, UnpricedLine, total
from understudy.cost.price_table import Price, PriceTable
from understudy.cost.products import product

SCHEMA = "understudy.cost/v1"
_CENT, _PART = Decimal("0.01"), Decimal("0.0001")


def document(
    *,
    project: str,
    estimates: Sequence[Estimate],
    lead: str,
    table: PriceTable,
    findings: Iterable[BudgetFinding],
    limits: Mapping[str, float],
    hours_off: int,
) -> dict[str, Any]:
    """Put estimates into the document, with the findings that they give rise to."""
    found = sorted(findings)
    return {
        "schema": SCHEMA,
        "project": project,
        "verdict": "violation" if found else "clean",
        **section(estimates=estimates, lead=lead, table=table, limits=limits, hours_off=hours_off),
        "findings": [{"stack": one.stack, "rule": one.rule, "path": one.path, "message": one.message} for one in found],
    }


def section(
    *, estimates: Sequence[Estimate], lead: str, table: PriceTable, limits: Mapping[str, float], hours_off: int
) -> dict[str, Any]:
    """The figures of estimates. `lead` is the stack that the others are compared with, `limits` their allowed ratios.

    Money is text with two decimals, so that no reader rounds it; sums are made before rounding.
    """
    leading = next((estimate for estimate in estimates if estimate.stack == lead), None)
    return {
        "currency": table.currency,
        "hours_a_month": int(HOURS_A_MONTH),
        "price_table": {"compiled": table.compiled},
        "stacks": {estimate.stack: _stack(estimate) for estimate in estimates},
        "comparison": {
            estimate.stack: _comparison(estimate, leading, limits.get(estimate.stack))
            for estimate in estimates
            if leading is not None and estimate is not leading
        },
        "off_hours": {
            "hours_a_week": hours_off,
            "saves": {estimate.stack: money(estimate.saving(hours_off)) for estimate in estimates if estimate.stack != lead},
        },
        "prices": _prices(estimates, table),
    }


def summary(figures: Mapping[str, Any]) -> dict[str, Any]:
    """A section's figures as other reports have them: each component's sum without its charges, the unpriced counted."""
    stacks = {
        name: {
            **stack,
            "components": [{"component": one["component"], "monthly": one["monthly"]} for one in stack["components"]],
            "unpriced": len(stack["unpriced"]),
            "missing_prices": sum(line["item"] is not None for line in stack["unpriced"]),
        }
        for name, stack in figures["stacks"].items()
    }
    return {**{key: value for key, value in figures.items() if key != "prices"}, "stacks": stacks}


def money(amount: Decimal) -> str:
    """An amount to the cent."""
    return str(amount.quantize(_CENT, ROUND_HALF_UP))


def ratio(part: Decimal, whole: Decimal) -> float | None:
    """A part of a whole to four digits; None of nothing."""
    return float((part / whole).quantize(_PART, ROUND_HALF_UP)) if whole else None


def _stack(estimate: Estimate) -> dict[str, Any]:
    by_component: dict[str, list[CostLine]] = defaultdict(list)
    for line in estimate.lines:
        by_component[line.component].append(line)
    return {
        "region": estimate.region,
        "monthly": money(estimate.monthly),
        "fixed": money(estimate.fixed),
        "scaled": money(estimate.scaled),
        "unverified": money(total(line for line in estimate.lines if not line.price.verified)),
        "components": [_component(name, lines) for name, lines in sorted(by_component.items())],
        "unpriced": [_unpriced(line) for line in estimate.unpriced],
    }


def _component(name: str, lines: Sequence[CostLine]) -> dict[str, Any]:
    by_title: dict[tuple[str, str], list[CostLine]] = defaultdict(list)
    for line in lines:
        by_title[line.charge.title, line.price.item].append(line)
    return {
        "component": name,
        "monthly": money(total(lines)),
        "charges": [_charge(some) for _, some in sorted(by_title.items())],
    }


def _charge(lines: Sequence[CostLine]) -> dict[str, Any]:
    """Lines of one item in one component, added up; each names the resources that it comes from."""
    first = lines[0]
    return {
        "title": first.charge.title,
        "item": first.price.item,
        "quantity": f"{sum((line.charge.quantity for line in lines), Decimal(0)):f}",
        "unit": first.price.unit,
        "usd": str(first.price.usd),
        "monthly": money(total(lines)),
        "follows": first.charge.follows,
        "stops": first.charge.stops,
        "verified": first.price.verified,
        "resources": sorted({line.resource for line in lines}),
    }


def _unpriced(line: UnpricedLine) -> dict[str, Any]:
    return {
        "component": line.component,
        "resource": line.resource,
        "type": line.type,
        "title": line.title,
        "reason": line.reason,
        "item": line.item,
        "region": line.region,
    }


def _comparison(estimate: Estimate, lead: Estimate, limit: float | None) -> dict[str, Any]:
    return {
        "ratio": ratio(estimate.monthly, lead.monthly),
        "fixed": ratio(estimate.fixed, lead.fixed),
        "scaled": ratio(estimate.scaled, lead.scaled),
        "max_cost_ratio": limit,
    }


def _prices(estimates: Sequence[Estimate], table: PriceTable) -> list[dict[str, Any]]:
    """The prices that were used, each with where it was read and the public page that shows it."""
    used = {(line.price.item, line.price.region): line.price for estimate in estimates for line in estimate.lines}
    return [_price(price, table) for _, price in sorted(used.items())]


def _price(price: Price, table: PriceTable) -> dict[str, Any]:
    source = table.sources[price.source]
    return {
        "item": price.item,
        "region": price.region,
        "usd": str(price.usd),
        "unit": price.unit,
        "verified": price.verified,
        "source": source.title,
        "url": source.url,
        "as_of": source.as_of,
        "page": product(price.item).page,
        "sku": price.sku,
        "note": price.note,
    }
