"""One figure's story, from a project on disk."""

from __future__ import annotations

from pathlib import Path

from model.errors import ConfigurationError, Problem
from model.stack_configuration import stack_configuration
from scaling.explain import explain
from scaling.resolve import resolve_stack
from understudy.preview.project import LEAD, read_project


def story(directory: Path, stack: str, path: str) -> list[str]:
    """The sentences of `scaling.explain` for a stack of a project. Raises ConfigurationError."""
    if stack == LEAD:
        raise ConfigurationError([Problem("--stack", f"{LEAD!r} is the model itself; nothing in it is scaled")])
    project = read_project(directory)
    configuration = stack_configuration(project.name, stack, project.stack_configuration(stack))
    return explain(resolve_stack(configuration), path)
