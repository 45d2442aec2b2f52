"""`understudy graph`: an environment drawn, its size beside production's."""

from __future__ import annotations

from pathlib import Path

import click

from understudy.commands.completing import stacks
from understudy.commands.delivery import deliver
from understudy.commands.exit_codes import CLEAN, exit_with, plain_examples
from understudy.commands.options import debug_option, format_option, out_option, project_option


@click.command(
    epilog=plain_examples(
        "understudy graph --out environment.svg",
        "understudy graph --format mermaid --project examples/online-boutique",
        "understudy graph --stack production --format dot",
    )
)
@project_option
@click.option(
    "--stack", shell_complete=stacks, help="The stack to draw beside production; the first that is not production by default."
)
@format_option("svg", "mermaid", "dot")
@out_option
@debug_option
def graph(directory: Path, stack: str | None, form: str, out: Path | None, *, debug: bool) -> None:
    """Draw an environment: visitors, edge, services and stores, what calls what, and staging's size beside production's."""

    def run() -> int:
        from understudy.graph.assemble import drawing

        deliver(drawing(directory, stack, form), out)
        return CLEAN

    exit_with(run, debug=debug)
