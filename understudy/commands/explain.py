"""`understudy explain`: the story of one figure, resource or rule."""

from __future__ import annotations

from pathlib import Path

import click

from understudy.commands.completing import explainable, stacks
from understudy.commands.delivery import as_json, deliver, progress
from understudy.commands.exit_codes import CLEAN, exit_with, plain_examples
from understudy.commands.options import debug_option, format_option, out_option, project_option


@click.command(
    epilog=plain_examples(
        "understudy explain services.carts.replicas",
        "understudy explain stores/orders/instance",
        "understudy explain PAR-02 --format markdown",
    )
)
@click.argument("what", shell_complete=explainable)
@project_option
@click.option(
    "--stack", shell_complete=stacks, default="staging", show_default=True, help="The stack that is held against production."
)
@format_option("text", "json", "markdown")
@out_option
@debug_option
def explain(what: str, directory: Path, stack: str, form: str, out: Path | None, *, debug: bool) -> None:
    """Tell the story of one thing.

    WHAT is a path of the model, such as services.carts.replicas: production's value, the ratio, the rounding and what follows.
    Or a resource, by its URN, its name, or its place as messages write it: both sides, why they differ, and what is found. Or a
    rule, by its ID: what it demands and why, what it examined and what it found.
    """

    def run() -> int:
        from understudy.explain.explain import explained
        from understudy.explain.story import markdown, text

        story = explained(directory, stack, what, progress())
        forms = {"json": lambda: as_json(story.document()), "markdown": lambda: markdown(story), "text": lambda: text(story)}
        deliver(forms[form](), out)
        return CLEAN

    exit_with(run, debug=debug)
