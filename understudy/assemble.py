"""A whole preview: the chosen stacks rendered, judged and put into one report document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from model.errors import ConfigurationError, Problem
from model.load import load_environment
from model.stack_configuration import stack_configuration
from scaling.represented_load import represented_load
from scaling.resolve import Resolution, resolve_stack
from understudy.preview.packs import Violation, find_packs, judge, load_pack, read_pack_config
from understudy.preview.project import LEAD, Project, read_project
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
    resolutions = resolve_all(project, project.stacks if stack == "all" else (stack,))
    directories = tuple(pack_directories) or find_packs(project.program / "policies")
    if len(pack_configs) > len(directories):
        message = f"found {len(pack_configs)} files for {len(directories)} packs; each configures the pack at its position"
        raise ConfigurationError([Problem("--policy-pack-config", message)])
    configs = [read_pack_config(path) for path in pack_configs]
    packs = [load_pack(path, configs[index] if index < len(configs) else None) for index, path in enumerate(directories)]
    renderings: dict[str, Rendering] = {}
    violations: dict[str, list[Violation]] = {}
    for name in resolutions:
        progress(f"rendering {name}")
        renderings[name] = render(project, name, project.stack_configuration(name))
        violations[name] = []
        for pack in packs:
            progress(f"judging {name} by {pack.name}")
            violations[name] += judge(pack, renderings[name])
    production = load_environment(stack_configuration(project.name, LEAD, project.configuration).model)
    loads = {
        name: represented_load(production, resolution.environment) for name, resolution in resolutions.items() if name != LEAD
    }
    return document(
        project=project.name,
        renderings=renderings,
        violations=violations,
        ledgers={name: resolution.ledger for name, resolution in resolutions.items() if name != LEAD},
        loads=loads,
        packs=[(pack.name, len(pack.policies)) for pack in packs],
    )


def resolve_all(project: Project, stacks: Sequence[str]) -> Mapping[str, Resolution]:
    """The environment and ledger of each stack. Raises ConfigurationError before anything is rendered."""
    return {
        stack: resolve_stack(stack_configuration(project.name, stack, project.stack_configuration(stack))) for stack in stacks
    }
