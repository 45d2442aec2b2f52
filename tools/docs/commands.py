"""The command reference: what every command says of itself, as a page of the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from understudy.cli import cli

FILE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"
WIDTH = 100
HEAD = """# Commands

<!-- written by `python -m tools.docs`, from what the commands say of themselves -->

Every command answers to `--help`.
"""


def reference() -> str:
    """The page: each command under a heading of its own, a group before what it holds."""
    context = click.Context(cli, info_name="understudy", terminal_width=WIDTH, **cli.context_settings)
    return HEAD + "".join(_sections(cli, context))


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    said = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
    yield f"\n## {context.command_path}\n\n```text\n{said}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                inner = click.Context(below, context, name, terminal_width=WIDTH, **below.context_settings)
                yield from _sections(below, inner)
