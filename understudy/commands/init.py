"""`understudy init`: the first model of somebody's own system."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from understudy.commands.exit_codes import CLEAN, exit_with, plain_examples
from understudy.commands.options import DIRECTORY, debug_option

_REGION, _STAGING_REGION = "eu-west-1", "eu-north-1"


@click.command(
    epilog=plain_examples(
        "understudy init shop --domain shop.example.com --account 111122223333 --staging-account 444455556666",
        "understudy init shop --from-compose docker-compose.yml",
        "understudy init shop --from-manifests deploy/",
    )
)
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--name", help="The system's name; that of the folder by default.")
@click.option("--owner", help="The team that answers for it.")
@click.option("--domain", help="Production's public DNS zone.")
@click.option("--account", help="Production's AWS account, twelve digits.")
@click.option("--staging-account", help="Staging's AWS account, another one.")
@click.option("--region", help=f"Production's region; {_REGION} by default.")
@click.option("--staging-region", help=f"Staging's region, another one; {_STAGING_REGION} by default.")
@click.option(
    "--from-compose",
    "compose",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Start from the services of a docker-compose file.",
)
@click.option("--from-manifests", "manifests", type=DIRECTORY, help="Start from a folder of Kubernetes manifests.")
@click.option("--program", type=DIRECTORY, help="Folder of Understudy's own Pulumi.yaml and __main__.py; found by itself.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
@debug_option
def init(
    directory: Path,
    name: str | None,
    owner: str | None,
    domain: str | None,
    account: str | None,
    staging_account: str | None,
    region: str | None,
    staging_region: str | None,
    compose: Path | None,
    manifests: Path | None,
    program: Path | None,
    *,
    force: bool,
    debug: bool,
) -> None:
    """Write a project for your own system into DIRECTORY, ready to be previewed.

    On a terminal it asks for what no option says; elsewhere it takes the defaults. It writes Pulumi.yaml, Pulumi.staging.yaml and
    their JSON Schemas, all or none, and replaces nothing without --force.
    """

    def run() -> int:
        from understudy.start.answers import Answers
        from understudy.start.begin import begin, program_folder, system_name

        system = _answer(name, "Name of the system", system_name(directory))
        zone = _answer(domain, "Production's DNS zone", f"{system}.example.com")
        answers = Answers(
            system=system,
            owner=_answer(owner, "Team that answers for it", f"{system}-team"),
            domain=zone,
            account=_answer(account, "Production's AWS account", "111111111111"),
            staging_account=_answer(staging_account, "Staging's AWS account", "222222222222"),
            region=_answer(region, "Production's region", _REGION),
            staging_region=_answer(staging_region, "Staging's region", _STAGING_REGION),
        )
        written, notes = begin(answers, directory, program_folder(program), compose=compose, manifests=manifests, force=force)
        for note in notes:
            click.echo(f"look at: {note}", err=True)
        click.echo(f"wrote {', '.join(written)} into {directory}")
        click.echo(f"next: understudy preview --project {shlex.quote(str(directory))}")
        return CLEAN

    exit_with(run, debug=debug)


def _answer(given: str | None, question: str, default: str) -> str:
    if given is not None or not sys.stdin.isatty():
        return given if given is not None else default
    answer: str = click.prompt(question, default=default)
    return answer
