"""A stack of a project on disk, resolved; every mistake names the line that it is written on."""

from __future__ import annotations

from model.stack_configuration import stack_configuration
from scaling.resolve import Resolution, resolve_stack
from understudy.preview.project import Project


def resolution(project: Project, stack: str) -> Resolution:
    """Resolve a stack from the project's files. Raises ConfigurationError with every mistake in them."""
    configuration = project.stack_configuration(stack)
    with project.files(stack).locating():
        return resolve_stack(stack_configuration(project.name, stack, configuration))
