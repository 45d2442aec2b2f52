"""One figure's story, from a project on disk."""

from __future__ import annotations

from pathlib import Path

from model.errors import ConfigurationError, Problem
from scaling.explain import explain
from understudy.preview.project import LEAD, read_project
from understudy.preview.resolution import resolution


def story(directory: Path, stack: str, path: str) -> list[str]:
    """The sentences of `scaling.explain` for a stack of a project. Raises ConfigurationError."""
    if stack == LEAD:
        raise ConfigurationError([Problem("--stack", f"{LEAD!r} is the model itself; nothing in it is scaled")])
    return explain(resolution(read_project(directory), stack), path)
