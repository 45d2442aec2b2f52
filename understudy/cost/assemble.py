"""A whole cost report: stacks rendered, priced, judged against their budgets, and put into one document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaling.resolve import Resolution
from understudy.cost.budget import BudgetFinding, budget_findings
from understudy.cost.document import document, section, summary
from understudy.cost.estimate import Estimate, estimate
from understudy.cost.price_table import PriceTable
from understudy.preview.lead import LEAD
from understudy.preview.project import Project, read_project
from understudy.preview.rendering import Rendering, render
from understudy.preview.reported import reported
from understudy.preview.resolution import resolution

Progress = Callable[[str], None]
HOURS_OFF = 118
"""Hours of a week in which a schedule would stop what it can: all but ten on each working day."""


@dataclass(frozen=True)
class Priced:
    """Estimates of stacks with what they are judged by."""

    estimates: tuple[Estimate, ...]
    findings: tuple[BudgetFinding, ...]
    limits: Mapping[str, float]

    def summary(self, table: PriceTable) -> dict[str, Any]:
        """The figures as a preview's report has them."""
        return summary(section(estimates=self.estimates, lead=LEAD, table=table, limits=self.limits, hours_off=HOURS_OFF))


def priced(renderings: Mapping[str, Rendering], resolutions: Mapping[str, Resolution], table: PriceTable) -> Priced:
    """Price rendered stacks and hold them against their limits; ratios only where the lead is among them."""
    estimates = {
        name: estimate(name, [reported(resource) for resource in rendering.resources], table)
        for name, rendering in renderings.items()
    }
    findings = [
        found
        for name, resolved in resolutions.items()
        if name in estimates
        for found in _judged(estimates[name], resolved, estimates.get(LEAD))
    ]
    return Priced(tuple(estimates.values()), tuple(findings), ratio_limits(resolutions))


def ratio_limits(resolutions: Mapping[str, Resolution]) -> dict[str, float]:
    """The stacks that may cost a given part of the lead at most."""
    return {
        name: resolved.staging.budget.max_cost_ratio
        for name, resolved in resolutions.items()
        if resolved.staging is not None and resolved.staging.budget is not None
    }


def priced_project(directory: Path, table: PriceTable, *, progress: Progress = lambda _: None) -> tuple[Project, Priced]:
    """Render and price every stack of a project. Raises ConfigurationError for every mistake in the configuration."""
    project = read_project(directory)
    configurations = {name: project.stack_configuration(name) for name in project.stacks}
    # Every stack before any is rendered, so that a mistake in one leaves nothing half done.
    resolutions = {name: resolution(project, name) for name in configurations}
    renderings: dict[str, Rendering] = {}
    for name, configuration in configurations.items():
        progress(f"rendering {name}")
        renderings[name] = render(project, name, configuration)
    return project, priced(renderings, resolutions, table)


def cost(directory: Path, table: PriceTable, hours_off: int, *, progress: Progress = lambda _: None) -> dict[str, Any]:
    """The cost document of a project. Raises ConfigurationError for every mistake in the configuration."""
    project, result = priced_project(directory, table, progress=progress)
    return document(
        project=project.name,
        estimates=result.estimates,
        lead=LEAD,
        table=table,
        findings=result.findings,
        limits=result.limits,
        hours_off=hours_off,
    )


def _judged(one: Estimate, resolution: Resolution, lead: Estimate | None) -> list[BudgetFinding]:
    limit = resolution.staging.budget if resolution.staging is not None else None
    return list(budget_findings(one, resolution.environment, lead, limit))
