"""The command line. Each command is a page here; the work is elsewhere."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from model.errors import ConfigurationError, Problem

CLEAN, VIOLATION, BAD_INPUT, INTERNAL = 0, 1, 2, 3
EPILOG = """\b
Exit codes:
  0  clean
  1  a mandatory policy is violated
  2  the configuration or the command line is wrong
  3  internal error
"""
DIRECTORY = click.Path(path_type=Path, exists=True, file_okay=False)
project_option = click.option(
    "--project", "directory", type=DIRECTORY, default=Path(), help="Folder of the Pulumi.yaml; the current one by default."
)


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="understudy")
def cli() -> None:
    """Production and its staging environment from one model, with parity proven at preview time."""


@cli.command(
    epilog=f"""\b
Examples:
  understudy preview
  understudy preview --stack staging --format json --out report.json
  understudy preview --project examples/online-boutique
\b
{EPILOG.lstrip(chr(8)).strip()}"""
)
@project_option
@click.option("--stack", default="all", show_default=True, help="A stack's name, or `all`.")
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to a file, whole or not at all.")
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
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
def preview(
    directory: Path, stack: str, form: str, out: Path | None, packs: tuple[Path, ...], configs: tuple[Path, ...], *, debug: bool
) -> None:
    """Preview production and staging offline, under all policy packs."""

    def run() -> int:
        from understudy import assemble
        from understudy.report.markdown import render_markdown
        from understudy.report.text import render_text

        document = assemble.preview(directory, stack=stack, pack_directories=packs, pack_configs=configs, progress=_progress())
        forms: dict[str, Callable[[dict[str, Any]], str]] = {"json": _as_json, "markdown": render_markdown, "text": render_text}
        _deliver(forms[form](document), out)
        return VIOLATION if document["verdict"] == "violation" else CLEAN

    _exit(run, debug=debug)


@cli.command(
    epilog="""\b
Examples:
  understudy explain services.carts.replicas
  understudy explain stores.orders.instance_class --stack staging
"""
)
@click.argument("path")
@project_option
@click.option("--stack", default="staging", show_default=True)
def explain(path: str, directory: Path, stack: str) -> None:
    """Tell one figure's story: production's value, the ratio, the rounding, and what follows from it."""

    def run() -> int:
        from understudy.figure import story

        _deliver("\n".join(story(directory, stack, path)) + "\n", None)
        return CLEAN

    _exit(run, debug=False)


@cli.command(
    epilog="""\b
Examples:
  understudy schema > pulumi.schema.json
  understudy schema --file stack --project examples/online-boutique
"""
)
@click.option("--file", "which", type=click.Choice(["project", "stack"]), default="project", show_default=True)
@project_option
def schema(which: str, directory: Path) -> None:
    """Print the JSON Schema of Pulumi.yaml, or of a staging stack's file, for editors."""

    def run() -> int:
        from model.schema import project_schema, stack_schema
        from understudy.preview.project import read_project

        _deliver(_as_json(project_schema() if which == "project" else stack_schema(read_project(directory).name)), None)
        return CLEAN

    _exit(run, debug=False)


def main() -> None:
    """The entry point: every outcome is an exit code, and no mistake of a user is a traceback."""
    try:
        sys.exit(cli.main(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(BAD_INPUT)
    except click.Abort:
        sys.exit(INTERNAL)


def _exit(run: Callable[[], int], *, debug: bool) -> None:
    try:
        code = run()
    except ConfigurationError as error:
        for problem in error.problems:
            click.echo(f"error: {problem}", err=True)
        code = BAD_INPUT
    except Exception as error:  # noqa: BLE001 - the last line of defence
        if debug:
            traceback.print_exc()
        hint = "" if debug else "; --debug shows where"
        click.echo(f"internal error: {type(error).__name__}: {_first_line(error)}{hint}", err=True)
        code = INTERNAL
    raise click.exceptions.Exit(code)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]


def _as_json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _deliver(text: str, out: Path | None) -> None:
    """Print a report, or write it beside the file and move it into place. A reader that has read enough is no error."""
    if out is None:
        try:
            click.echo(text, nl=False)
            sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains again when it exits
        return
    target = out.resolve()  # a link stays a link
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")  # a device or a pipe, such as /dev/null, is written to and never replaced
        else:
            draft.write_text(text, encoding="utf-8")
            draft.replace(target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ConfigurationError([Problem("--out", f"{str(out)!r} cannot be written: {error.strerror}")]) from error


def _progress() -> Callable[[str], None]:
    """Progress on standard error, where somebody watches; silence otherwise."""
    if not sys.stderr.isatty() or os.environ.get("CI"):
        return lambda _: None
    return lambda step: click.echo(f"… {step}", err=True)
