"""A whole preview: the chosen stacks rendered, judged and put into one report document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from model.errors import ConfigurationError, Problem
from model.stack_configuration import stack_configuration
from scaling.represented_load import represented_load
from scaling.resolve import resolve_stack
from understudy.preview.packs import Examined, Violation, examined, find_packs, judge, load_pack, read_pack_config
from understudy.preview.project import read_project
from understudy.preview.rendering import Rendering, render
from understudy.report.document import document

Progress = Callable[[str], None]


def preview(
    directory: Path,
    *,
    stack: str = "all",
    pack_directories: Sequence[Path] = (),
    pack_configs: Sequence[Path] = (),
    progress: Progress = lambda _: None,
) -> dict[str, Any]:
    """Preview a project and return the report document.

    `stack` is a stack's name or `all`. Without `pack_directories` the packs in the program's own `policies/` run.
    Raises ConfigurationError for every mistake in the configuration.
    """
    project = read_project(directory)
    stacks = project.stacks if stack == "all" else (stack,)
    configurations = {name: project.stack_configuration(name) for name in stacks}
    # Every stack before any is rendered, so that a mistake in one leaves nothing half done.
    resolutions = {
        name: resolve_stack(stack_configuration(project.name, name, configuration))
        for name, configuration in configurations.items()
    }
    directories = tuple(pack_directories) or find_packs(project.program / "policies")
    if len(pack_configs) > len(directories):
        message = f"found {len(pack_configs)} files for {len(directories)} packs; each configures the pack at its position"
        raise ConfigurationError([Problem("--policy-pack-config", message)])
    configs = [read_pack_config(path) for path in pack_configs]
    packs = [load_pack(path, configs[index] if index < len(configs) else None) for index, path in enumerate(directories)]
    renderings: dict[str, Rendering] = {}
    violations: dict[str, list[Violation]] = {}
    coverage: dict[str, list[Examined]] = {}
    for name, configuration in configurations.items():
        progress(f"rendering {name}")
        renderings[name] = render(project, name, configuration)
        violations[name], coverage[name] = [], []
        for pack in packs:
            progress(f"judging {name} by {pack.name}")
            violations[name] += judge(pack, renderings[name])
            coverage[name] += examined(pack)
    derived = {name: resolution for name, resolution in resolutions.items() if resolution.staging is not None}
    return document(
        project=project.name,
        renderings=renderings,
        violations=violations,
        coverage=coverage,
        ledgers={name: resolution.ledger for name, resolution in derived.items()},
        loads={name: represented_load(resolution.production, resolution.environment) for name, resolution in derived.items()},
        packs=[(pack.name, len(pack.policies)) for pack in packs],
    )
