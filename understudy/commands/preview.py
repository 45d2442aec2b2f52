"""`understudy preview`: both environments rendered, judged and reported."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from understudy.commands.completing import stacks
from understudy.commands.delivery import progress, silence
from understudy.commands.exit_codes import CLEAN, INCONCLUSIVE, VIOLATION, examples, exit_with
from understudy.commands.forms import (
    form_option,
    quiet_option,
    refuse_both,
    refuse_unwritable,
    report,
    report_option,
    verbose_option,
)
from understudy.commands.options import DIRECTORY, debug_option, out_option, prices_option, project_option, strict_option


@click.command(
    epilog=examples(
        "understudy preview",
        "understudy preview --stack staging --format json --out report.json",
        "understudy preview --format html --out report.html",
        "understudy preview --base origin/main --format markdown --out comment.md",
        "understudy preview --strict --report sarif=report.sarif --report junit=report.xml",
        "understudy preview --project examples/online-boutique --quiet",
    )
)
@project_option
@click.option("--stack", shell_complete=stacks, default="all", show_default=True, help="A stack's name, or `all`.")
@form_option
@out_option
@report_option
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
@click.option(
    "--base", metavar="REV|FILE", help="Tell what changed since a git revision, or since a report that --format json wrote."
)
@prices_option
@strict_option
@quiet_option
@verbose_option
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
    base: str | None,
    prices: Path | None,
    today: datetime | None,
    reports: tuple[tuple[str, Path], ...],
    *,
    strict: bool,
    quiet: bool,
    verbose: bool,
    debug: bool,
) -> None:
    """Preview production and staging offline, under all policy packs.

    Text is as wide as the terminal, between 80 and 120 columns, and coloured there unless NO_COLOR is set; elsewhere it has 100.
    """
    refuse_both(quiet=quiet, verbose=verbose)

    def run() -> int:
        refuse_unwritable(out, reports)
        options = {
            "stack": stack,
            "pack_directories": packs,
            "pack_configs": configs,
            "deployed": deployed,
            "today": today.date() if today else None,
            "prices": prices,
            "progress": silence if quiet else progress(),
        }
        document = _alone(directory, options) if base is None else _compared(directory, base, options)
        from understudy.report.document import open_questions

        report(document, form, out, reports, quiet=quiet, verbose=verbose)
        if document["verdict"] == "violation":
            return VIOLATION
        return INCONCLUSIVE if strict and any(map(open_questions, document["stacks"].values())) else CLEAN

    exit_with(run, debug=debug)


def _alone(directory: Path, options: dict[str, Any]) -> dict[str, Any]:
    """The report, with a process beside this one that gets ready while this one is still importing what it needs.

    The lead alone needs none.
    """
    from understudy.preview.beside import Beside
    from understudy.preview.lead import LEAD

    with nullcontext() if options["stack"] == LEAD else Beside() as beside:
        from understudy import assemble

        return assemble.preview(directory, **options, beside=beside)


def _compared(directory: Path, base: str, options: dict[str, Any]) -> dict[str, Any]:
    """The report with what changed since a base, whose preview is what runs beside."""
    from understudy.change import assemble as compared

    return compared.preview(directory, base=base, **options)
