"""A whole preview: the chosen stacks rendered, judged and put into one report document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from model.errors import ConfigurationError, Problem
from policies.parity.pack import NAME as PARITY
from scaling.represented_load import represented_load
from scaling.resolve import Resolution
from understudy.cost.assemble import priced, ratio_limits
from understudy.cost.budget import violation
from understudy.cost.price_table import PriceTable, read_table
from understudy.parity import deployed_state, give_reference, section
from understudy.preview.beside import Beside
from understudy.preview.lead import LEAD
from understudy.preview.packs import Examined, Violation, configured_pack, examined, find_packs, judge
from understudy.preview.project import Project, read_project
from understudy.preview.rendering import Rendering
from understudy.preview.renderings import Renderings
from understudy.preview.resolution import resolution as resolved
from understudy.report.document import document
from understudy.sources import Sources

Progress = Callable[[str], None]


def preview(
    directory: Path,
    *,
    stack: str = "all",
    pack_directories: Sequence[Path] = (),
    pack_configs: Sequence[Path] = (),
    deployed: Path | None = None,
    today: date | None = None,
    prices: Path | None = None,
    progress: Progress = lambda _: None,
    beside: Beside | None = None,
) -> dict[str, Any]:
    """Preview a project and return the report document.

    `stack` is a stack's name or `all`. `deployed` is a file with production's exported state, `today` the day by which deviations
    end, by default the day of the run. `prices` is a price table instead of the embedded one. Without `pack_directories` the
    packs in the program's own `policies/` run. `beside` is a process that renders the lead where it and another stack are needed.
    Raises ConfigurationError for every mistake in the configuration.
    """
    today = today or datetime.now(UTC).date()
    project = read_project(directory)
    stacks = project.chosen(stack)
    configurations = {name: project.stack_configuration(name) for name in stacks}
    # Every stack before any is rendered, so that a mistake in one leaves nothing half done.
    resolutions = {name: resolved(project, name) for name in configurations}
    directories = tuple(pack_directories) or find_packs(project.program / "policies")
    if len(pack_configs) > len(directories):
        message = f"found {len(pack_configs)} files for {len(directories)} packs; each configures the pack at its position"
        raise ConfigurationError([Problem("--policy-pack-config", message)])
    packs = [configured_pack(path, config) for path, config in zip_longest(directories, pack_configs)]
    state = None if deployed is None else deployed_state(deployed)
    table = read_table(prices)
    derived = {name: resolution for name, resolution in resolutions.items() if resolution.staging is not None}
    has_parity = any(pack.name == PARITY for pack in packs)
    renderings = Renderings(project, progress)
    others = [name for name in configurations if name != LEAD]
    if beside is not None and others and (LEAD in configurations or (others[0] in derived and has_parity)):
        renderings.make_both(LEAD, others[0], beside)
    parity: dict[str, dict[str, Any]] = {}
    violations: dict[str, list[Violation]] = {}
    coverage: dict[str, list[Examined]] = {}
    for name in configurations:
        held = None
        if name in derived and has_parity:
            production, own = renderings.of(LEAD), renderings.of(name)
            progress(f"comparing {name} with {LEAD}")
            held = give_reference(production, own, derived[name], today=today, deployed=state)
        violations[name], coverage[name] = [], []
        for pack in packs:
            rendered = renderings.of(name)
            progress(f"judging {name} by {pack.name}")
            violations[name] += judge(pack, rendered)
            coverage[name] += examined(pack)
            if held is not None and pack.name == PARITY:
                parity[name] = section(pack, held)
    chosen = {name: renderings.of(name) for name in configurations}
    progress("pricing")
    if ratio_limits(derived):
        renderings.of(LEAD)
    return assembled(
        project,
        chosen,
        resolutions,
        renderings.made,
        table,
        violations=violations,
        coverage=coverage,
        packs=[(pack.name, len(pack.policies)) for pack in packs],
        parity=parity,
    )


def assembled(
    project: Project,
    renderings: Mapping[str, Rendering],
    resolutions: Mapping[str, Resolution],
    beside: Mapping[str, Rendering],
    table: PriceTable,
    *,
    violations: Mapping[str, list[Violation]],
    coverage: Mapping[str, Sequence[Examined]],
    packs: Sequence[tuple[str, int]],
    parity: Mapping[str, Mapping[str, Any]],
    engine: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Price the stacks, and those rendered beside them, and put everything into the document."""
    derived = {name: resolution for name, resolution in resolutions.items() if resolution.staging is not None}
    together = {**beside, **renderings}
    costs = priced({name: together[name] for name in sorted(together, key=project.stacks.index)}, resolutions, table)
    for name in renderings:
        violations[name].extend(violation(found, renderings[name]) for found in costs.findings if found.stack == name)
    return document(
        project=project.name,
        renderings=renderings,
        sources={name: Sources(project, rendering) for name, rendering in renderings.items()},
        violations=violations,
        coverage=coverage,
        ledgers={name: resolution.ledger for name, resolution in derived.items()},
        loads={name: represented_load(resolution.production, resolution.environment) for name, resolution in derived.items()},
        packs=packs,
        parity=parity,
        cost=costs.summary(table),
        engine=engine,
    )
