"""`understudy explain`: one figure's story."""

from __future__ import annotations

from pathlib import Path

import click

from understudy.commands.delivery import deliver
from understudy.commands.exit_codes import CLEAN, examples, exit_with
from understudy.commands.options import project_option


@click.command(
    epilog=examples(
        "understudy explain services.carts.replicas", "understudy explain stores.orders.instance_class --stack staging"
    )
)
@click.argument("path")
@project_option
@click.option("--stack", default="staging", show_default=True)
def explain(path: str, directory: Path, stack: str) -> None:
    """Tell one figure's story: production's value, the ratio, the rounding, and what follows from it."""

    def run() -> int:
        from understudy.figure import story

        deliver("\n".join(story(directory, stack, path)) + "\n", None)
        return CLEAN

    exit_with(run)
