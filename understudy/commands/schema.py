"""`understudy schema`: the JSON Schema of what a user writes."""

from __future__ import annotations

from pathlib import Path

import click

from understudy.commands.delivery import as_json, deliver
from understudy.commands.exit_codes import CLEAN, exit_with, plain_examples
from understudy.commands.options import Word, project_option


@click.command(
    epilog=plain_examples(
        "understudy schema > pulumi.schema.json", "understudy schema --file stack --project examples/online-boutique"
    )
)
@click.option("--file", "which", type=Word(["project", "stack"]), default="project", show_default=True)
@project_option
def schema(which: str, directory: Path) -> None:
    """Print the JSON Schema of Pulumi.yaml, or of a staging stack's file, for editors."""

    def run() -> int:
        from model.schema import project_schema, stack_schema
        from understudy.preview.project import read_project

        deliver(as_json(project_schema() if which == "project" else stack_schema(read_project(directory).name)), None)
        return CLEAN

    exit_with(run)
