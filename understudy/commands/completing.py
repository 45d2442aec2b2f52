"""What a shell completes a value to, out of the project that the command line names. Silence where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import click

from model.errors import ConfigurationError


def stacks(context: click.Context, _: click.Parameter, typed: str) -> list[str]:
    """The project's stacks."""
    from understudy.preview.project import read_project

    with suppress(ConfigurationError):
        return _beginning(read_project(_directory(context)).stacks, typed)
    return []


def explainable(context: click.Context, _: click.Parameter, typed: str) -> list[str]:
    """Rules, and the model's paths as far as the next dot, as folders are completed."""
    from understudy.catalogue import known_rules
    from understudy.explain.figure import figures
    from understudy.preview.project import read_project
    from understudy.preview.resolution import resolution

    with suppress(ConfigurationError):
        known = figures(resolution(read_project(_directory(context)), str(context.params.get("stack") or "staging")))
        depth = typed.count(".")
        return _beginning((*(path for path in known if path.count(".") == depth), *known_rules()), typed)
    return _beginning(known_rules(), typed)


def _directory(context: click.Context) -> Path:
    return Path(context.params.get("directory") or ".")


def _beginning(words: Iterable[str], typed: str) -> list[str]:
    return sorted(word for word in words if word.startswith(typed))
