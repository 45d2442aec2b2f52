"""`understudy prices`: the price table that costs are estimated by."""

from __future__ import annotations

from pathlib import Path

import click

from understudy.commands.delivery import checked, deliver, progress
from understudy.commands.exit_codes import CLEAN, VIOLATION, examples, exit_with, plain_examples
from understudy.commands.options import debug_option, prices_option, project_option


@click.group()
def prices() -> None:
    """Show and renew the price table."""


@prices.command(
    epilog=examples(
        "understudy prices refresh --out prices.json",
        "understudy cost --prices prices.json",
        violation="a price was not renewed",
        strict=False,
    )
)
@project_option
@prices_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Where the renewed table goes, whole or not at all.",
)
@debug_option
def refresh(directory: Path, prices: Path | None, out: Path, *, debug: bool) -> None:
    """Ask AWS's price list for everything that a project is charged by, and write a table with the answers.

    It needs boto3 (pip install 'understudy[prices]') and credentials that may call pricing:GetProducts. An item without a usable
    answer keeps the price that it had, is named, and makes the exit code 1.
    """

    def run() -> int:
        from understudy.cost.assemble import priced_project
        from understudy.cost.price_table import read_table, table_json
        from understudy.cost.refresh import price_list_client
        from understudy.cost.refresh import refresh as renew

        checked([("--out", out)])
        table, client = read_table(prices), price_list_client()
        _, result = priced_project(directory, table, progress=progress())
        items = {item for estimate in result.estimates for item in estimate.items}
        renewed = renew(table, items, client, progress())
        deliver(table_json(renewed.table), out)
        for (item, region), reason in renewed.failed:
            click.echo(f"not renewed: {item} in {region}: {reason}", err=True)
        click.echo(f"{len(renewed.renewed)} of {len(items)} prices renewed, as of {renewed.table.compiled}")
        return VIOLATION if renewed.failed else CLEAN

    exit_with(run, debug=debug)


@prices.command(epilog=plain_examples("understudy prices show", "understudy prices show --prices prices.json"))
@prices_option
@debug_option
def show(prices: Path | None, *, debug: bool) -> None:
    """Print the price table with the source of each price."""

    def run() -> int:
        from understudy.cost.price_table import read_table, table_json

        deliver(table_json(read_table(prices)), None)
        return CLEAN

    exit_with(run, debug=debug)
