"""`understudy preview`: both environments rendered, judged and reported."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from understudy.commands.delivery import as_json, deliver, progress
from understudy.commands.exit_codes import CLEAN, VIOLATION, examples, exit_with
from understudy.commands.options import DIRECTORY, debug_option, out_option, project_option


@click.command(
    epilog=examples(
        "understudy preview",
        "understudy preview --stack staging --format json --out report.json",
        "understudy preview --project examples/online-boutique",
    )
)
@project_option
@click.option("--stack", default="all", show_default=True, help="A stack's name, or `all`.")
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@out_option
@click.option(
    "--policy-pack", "packs", type=DIRECTORY, multiple=True, help="Run this pack instead of those in policies/. Repeatable."
)
@click.option(
    "--policy-pack-config",
    "configs",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="Configuration of the pack at the same position. Repeatable.",
)
@click.option(
    "--deployed",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Production as deployed, written by `pulumi stack export`: compared as well.",
)
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day by which deviations end; today by default.")
@debug_option
def preview(
    directory: Path,
    stack: str,
    form: str,
    out: Path | None,
    packs: tuple[Path, ...],
    configs: tuple[Path, ...],
    deployed: Path | None,
    today: datetime | None,
    *,
    debug: bool,
) -> None:
    """Preview production and staging offline, under all policy packs."""

    def run() -> int:
        from understudy import assemble
        from understudy.report.markdown import render_markdown
        from understudy.report.text import render_text

        document = assemble.preview(
            directory,
            stack=stack,
            pack_directories=packs,
            pack_configs=configs,
            deployed=deployed,
            today=today.date() if today else None,
            progress=progress(),
        )
        forms: dict[str, Callable[[dict[str, Any]], str]] = {"json": as_json, "markdown": render_markdown, "text": render_text}
        deliver(forms[form](document), out)
        return VIOLATION if document["verdict"] == "violation" else CLEAN

    exit_with(run, debug=debug)
