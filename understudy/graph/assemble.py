"""A drawing of a project on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from understudy.graph.dot import render_dot
from understudy.graph.mermaid import render_mermaid
from understudy.graph.svg import render_svg
from understudy.graph.view import GraphView, graph_view
from understudy.preview.project import read_project
from understudy.preview.resolution import resolution

FORMS: dict[str, Callable[[GraphView], str]] = {"dot": render_dot, "mermaid": render_mermaid, "svg": render_svg}


def drawing(directory: Path, stack: str | None, form: str) -> str:
    """Draw a stack beside production; without a name the first that is not production, or production where it is alone.

    Raises ConfigurationError for every mistake in the configuration.
    """
    project = read_project(directory)
    name = project.stacks[min(1, len(project.stacks) - 1)] if stack is None else stack
    return FORMS[form](graph_view(resolution(project, name)))
