"""A whole cost report: the chosen stacks rendered, priced, judged against their budgets, and put into one document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaling.resolve import Resolution
from understudy.cost.budget import BudgetFinding, budget_findings
from understudy.cost.document import document
from understudy.cost.estimate import Estimate, estimate
from understudy.cost.price_table import PriceTable
from understudy.preview.project import LEAD, Project, read_project
from understudy.preview.rendering import render
from understudy.preview.resolution import resolution
from understudy.report.document import reported

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Priced:
    """A project's estimates with what they are judged by."""

    project: Project
    estimates: tuple[Estimate, ...]
    findings: tuple[BudgetFinding, ...]
    limits: dict[str, float]


def priced(directory: Path, table: PriceTable, *, progress: Progress = lambda _: None) -> Priced:
    """Render and price every stack of a project. Raises ConfigurationError for every mistake in the configuration."""
    project = read_project(directory)
    configurations = {name: project.stack_configuration(name) for name in project.stacks}
    # Every stack before any is rendered, so that a mistake in one leaves nothing half done.
    resolutions = {name: resolution(project, name) for name in configurations}
    estimates: dict[str, Estimate] = {}
    for name, configuration in configurations.items():
        progress(f"rendering {name}")
        rendering = render(project, name, configuration)
        estimates[name] = estimate(name, [reported(resource) for resource in rendering.resources], table)
    findings = [found for name in estimates for found in _judged(estimates[name], resolutions[name], estimates.get(LEAD))]
    limits = {
        name: one.staging.budget.max_cost_ratio
        for name, one in resolutions.items()
        if one.staging is not None and one.staging.budget is not None
    }
    return Priced(project, tuple(estimates.values()), tuple(findings), limits)


def cost(directory: Path, table: PriceTable, hours_off: int, *, progress: Progress = lambda _: None) -> dict[str, Any]:
    """The cost document of a project. Raises ConfigurationError for every mistake in the configuration."""
    result = priced(directory, table, progress=progress)
    return document(
        project=result.project.name,
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
