"""Where a strategy is read from: a stack's file, or a file of its own, as the container of a scheduled refresh has it."""

from __future__ import annotations

from pathlib import Path

from model.errors import ConfigurationError, Problem, nearest
from model.load import load_strategy
from model.stack_configuration import stack_configuration
from model.staging_data import StagingDataStrategy
from scaling.resolve import resolve_stack
from understudy.preview.lead import LEAD
from understudy.preview.project import read_project
from understudy.preview.yaml_file import read_yaml


def strategy_of_stack(directory: Path, stack: str, store: str | None) -> tuple[str, StagingDataStrategy]:
    """A store's strategy and its YAML path. Without a name it is the only one that there is."""
    if stack == LEAD:
        raise ConfigurationError([Problem("--stack", f"{LEAD!r} is production, whose data is never replaced")])
    project = read_project(directory)
    resolution = resolve_stack(stack_configuration(project.name, stack, project.stack_configuration(stack)))
    strategies = dict(resolution.staging.data) if resolution.staging else {}
    if not strategies:
        raise ConfigurationError(
            [Problem("data", f"the file of stack {stack!r} has no strategy; add one below `{project.name}:data`")]
        )
    if store is None and len(strategies) > 1:
        raise ConfigurationError([Problem("--store", f"is required; one of {', '.join(sorted(strategies))}")])
    name = store or next(iter(strategies))
    if name not in strategies:
        raise ConfigurationError([Problem("--store", f"{name!r} has no strategy{nearest(name, sorted(strategies))}")])
    return f"data.{name}", strategies[name]


def strategy_of_file(file: Path) -> tuple[str, StagingDataStrategy]:
    """A strategy in a YAML or JSON file of its own."""
    return file.name, load_strategy(read_yaml(file).content, file.name)
