"""`understudy cost`: what each environment costs a month, and whether that is within its budget."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from understudy.commands.delivery import as_json, deliver, progress
from understudy.commands.exit_codes import CLEAN, VIOLATION, examples, exit_with
from understudy.commands.options import debug_option, format_option, out_option, prices_option, project_option


@click.command(
    epilog=examples(
        "understudy cost",
        "understudy cost --off-hours 128 --format markdown --out cost.md",
        "understudy cost --project examples/online-boutique --prices prices.json",
        violation="a limit is exceeded",
        strict=False,
    )
)
@project_option
@format_option("text", "json", "markdown")
@prices_option
@click.option(
    "--off-hours",
    "hours_off",
    type=click.IntRange(0, 168),
    default=118,
    show_default=True,
    help="Hours of a week in which a schedule would stop what it can; 118 leaves ten hours on each working day.",
)
@out_option
@debug_option
def cost(directory: Path, form: str, prices: Path | None, hours_off: int, out: Path | None, *, debug: bool) -> None:
    """Estimate what each environment costs a month, component by component, staging beside production.

    What a resource costs is read from its rendered inputs. Whatever has no price, or costs by use alone, is listed and never
    counted as nothing.
    """

    def run() -> int:
        from understudy.cost.assemble import cost as estimated
        from understudy.cost.markdown import render_cost_markdown
        from understudy.cost.price_table import read_table
        from understudy.cost.text import render_cost_text

        document = estimated(directory, read_table(prices), hours_off, progress=progress())
        forms: dict[str, Callable[[dict[str, Any]], str]] = {
            "json": as_json,
            "markdown": render_cost_markdown,
            "text": render_cost_text,
        }
        deliver(forms[form](document), out)
        return VIOLATION if document["verdict"] == "violation" else CLEAN

    exit_with(run, debug=debug)
