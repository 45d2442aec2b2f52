"""`understudy check`: a command of the real engine, judged by its events."""

from __future__ import annotations

from pathlib import Path

import click

from understudy.commands.delivery import progress, silence
from understudy.commands.exit_codes import CLEAN, INCONCLUSIVE, INTERNAL, VIOLATION, exit_with, shown_examples
from understudy.commands.forms import (
    form_option,
    quiet_option,
    refuse_both,
    refuse_unwritable,
    report,
    report_option,
    verbose_option,
)
from understudy.commands.options import debug_option, out_option, prices_option, project_option

_CODES = {"clean": CLEAN, "violation": VIOLATION, "failed": INTERNAL, "inconclusive": INCONCLUSIVE}
_EPILOG = """\b
Exit codes:
  0  clean
  1  a mandatory policy is violated
  2  the configuration or the command line is wrong
  3  the engine failed, or an internal error
  4  nothing is violated, and a mandatory rule cannot tell, or a pack judged nothing
"""


@click.command(
    context_settings={"ignore_unknown_options": True},
    epilog=shown_examples(
        "understudy check -- pulumi preview --stack staging",
        "understudy check --format markdown --out report.md -- pulumi preview --stack staging",
        "understudy check -- pulumi up --stack staging --yes",
        "understudy check -- pulumi policy analyze --stack staging --policy-pack policies/security",
    )
    + _EPILOG,
)
@project_option
@form_option
@out_option
@report_option
@prices_option
@click.option("--allow-inconclusive", is_flag=True, help="Exit with 0 where nothing is violated though something cannot be told.")
@quiet_option
@verbose_option
@debug_option
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def check(
    directory: Path,
    form: str,
    out: Path | None,
    prices: Path | None,
    command: tuple[str, ...],
    reports: tuple[tuple[str, Path], ...],
    *,
    allow_inconclusive: bool,
    quiet: bool,
    verbose: bool,
    debug: bool,
) -> None:
    """Run the real engine, and report what it and the policy packs say.

    COMMAND stands after `--`: `pulumi preview`, `pulumi up` or `pulumi policy analyze`, with options of their own. Where it names
    no --policy-pack, the packs in the program's policies/ run. What the engine prints goes to standard error.
    """
    refuse_both(quiet=quiet, verbose=verbose)

    def run() -> int:
        from understudy.engine.check import check as checked
        from understudy.engine.request import read_request

        refuse_unwritable(out, reports)
        document = checked(directory, read_request(command), prices=prices, progress=silence if quiet else progress())
        report(document, form, out, reports, quiet=quiet, verbose=verbose)
        code = _CODES[document["verdict"]]
        return CLEAN if allow_inconclusive and code == INCONCLUSIVE else code

    exit_with(run, debug=debug)
