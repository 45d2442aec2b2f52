"""`understudy reference`: what the parity pack holds a stack against, as one document."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

import click

from understudy.commands.completing import stacks
from understudy.commands.delivery import as_json, deliver
from understudy.commands.exit_codes import CLEAN, exit_with, plain_examples
from understudy.commands.options import DIRECTORY, debug_option, out_option, project_option


@click.command(
    epilog=plain_examples(
        "understudy reference --out reference.json",
        "pulumi policy analyze --policy-pack policies/parity --policy-pack-config parity.json --stack staging",
    )
)
@project_option
@click.option(
    "--stack", shell_complete=stacks, default="staging", show_default=True, help="The stack that is held against production."
)
@click.option("--program", type=DIRECTORY, help="Folder of the program's __main__.py, with --configuration.")
@click.option(
    "--configuration",
    type=click.File(encoding="utf-8"),
    help="The stack's flat configuration and project name as JSON, instead of the project's files; `-` reads it.",
)
@out_option
@debug_option
def reference(
    directory: Path, stack: str, program: Path | None, configuration: TextIO | None, out: Path | None, *, debug: bool
) -> None:
    """Print the reference of a stack: production as the model declares it, and the ledger.

    The parity pack renders it by itself where the engine gives it the stack's configuration. Where it does not, as under
    `pulumi policy analyze`, write it to a file and name that as `reference` in the pack's configuration.
    """

    if program is not None and configuration is None:
        raise click.UsageError("--program goes with --configuration")

    def run() -> int:
        from understudy.preview.lead import LEAD
        from understudy.preview.project import read_project
        from understudy.reference import program_project, read_request, rendered_reference

        if configuration is None:
            project = read_project(directory)
            values: Mapping[str, str] = project.stack_configuration(stack)
        else:
            name, values = read_request(configuration)
            project = program_project(name, program or directory, values)
        deliver(as_json(rendered_reference(project, stack, LEAD, values)), out)
        return CLEAN

    exit_with(run, debug=debug)
