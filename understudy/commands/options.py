"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

DIRECTORY = click.Path(path_type=Path, exists=True, file_okay=False)
project_option = click.option(
    "--project", "directory", type=DIRECTORY, default=Path(), help="Folder of the Pulumi.yaml; the current one by default."
)
out_option = click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to a file, whole or not at all."
)
debug_option = click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
prices_option = click.option(
    "--prices",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A price table written by `understudy prices refresh`; the embedded one by default.",
)
