"""`understudy sandbox`: a rehearsal on the real engine with stand-in providers, on a laptop and without an account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from understudy.commands.delivery import as_json, checked, deliver, progress
from understudy.commands.exit_codes import CLEAN, INTERNAL, VIOLATION, examples, exit_with, plain_examples
from understudy.commands.options import Command, Word, debug_option, format_option, out_option, project_option
from understudy.sandbox.faults import METHODS, Kind

if TYPE_CHECKING:
    from understudy.sandbox.rehearsal import Rehearsed, Sandbox

_FAILED = "the engine failed, or an internal error"
FOLDER = Path(".understudy") / "sandbox"
directory_option = click.option(
    "--directory",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help=f"The sandbox's folder; {FOLDER} below the project's by default.",
)
stack_option = click.option("--stack", default="all", show_default=True, help="A stack's name, or `all`.")


def _stack_options(command: Command) -> Command:
    for option in (out_option, format_option("text", "json"), stack_option, directory_option, project_option):
        command = option(command)
    return command


@click.group(
    epilog=examples(
        "understudy sandbox up",
        "understudy sandbox fault --kind die-before --method create --nth 40",
        "understudy sandbox up --stack staging",
        "understudy sandbox destroy --yes",
        failure=_FAILED,
        strict=False,
    )
)
def sandbox() -> None:
    """Rehearse `pulumi up` of both stacks on the real engine, with stand-in providers.

    No account and no cluster is touched: what the stand-ins make are files in the sandbox's folder.
    """


@sandbox.command(
    epilog=examples("understudy sandbox up", "understudy sandbox up --stack staging --format json", failure=_FAILED, strict=False)
)
@_stack_options
@debug_option
def up(directory: Path, folder: Path | None, stack: str, form: str, out: Path | None, *, debug: bool) -> None:
    """Deploy the stacks, under all policy packs."""
    _carried_out(directory, folder, stack, form, out, lambda box, stacks: box.up(stacks, progress()), debug=debug)


@sandbox.command(epilog=examples("understudy sandbox preview --stack staging", failure=_FAILED, strict=False))
@_stack_options
@debug_option
def preview(directory: Path, folder: Path | None, stack: str, form: str, out: Path | None, *, debug: bool) -> None:
    """Preview the stacks against what the sandbox has of them."""
    _carried_out(directory, folder, stack, form, out, lambda box, stacks: box.preview(stacks, progress()), debug=debug)


@sandbox.command(epilog=examples("understudy sandbox destroy --yes", failure=_FAILED, strict=False))
@_stack_options
@click.option("--yes", is_flag=True, help="Do not ask.")
@debug_option
def destroy(directory: Path, folder: Path | None, stack: str, form: str, out: Path | None, *, yes: bool, debug: bool) -> None:
    """Take the sandbox's stacks away. Nothing outside its folder is touched."""

    def work(box: Sandbox, stacks: Sequence[str]) -> Iterator[Rehearsed]:
        found = [name for name in box.stacks() if name in stacks]
        if found and not yes:
            click.confirm(f"Destroy {', '.join(found)} of {box.project.name} in {box.workspace.root}?", abort=True, err=True)
        return box.destroy(found, progress())

    _carried_out(directory, folder, stack, form, out, work, must_exist=True, debug=debug)


@sandbox.command(
    epilog=plain_examples(
        "understudy sandbox fault --kind fail --method create --nth 10",
        "understudy sandbox fault --kind throttle --method update --times 5 --package aws",
        "understudy sandbox fault --clear",
    )
)
@project_option
@directory_option
@click.option("--kind", type=Word(get_args(Kind)), help="What goes wrong.")
@click.option("--method", type=Word(METHODS), default="create", show_default=True, help="At which call of a provider.")
@click.option("--nth", type=click.IntRange(min=1), default=1, show_default=True, help="At the n-th such call.")
@click.option("--package", default="", help="Of this provider alone, such as aws.")
@click.option("--type", "type_", default="", help="Of resources of this type alone, such as aws:rds/instance:Instance.")
@click.option("--times", type=click.IntRange(min=1), default=1, show_default=True, help="throttle: for how many attempts.")
@click.option("--seconds", type=click.FloatRange(min=0), default=1.0, show_default=True, help="time-out: for how long.")
@click.option("--clear", is_flag=True, help="Forget what was planned.")
@debug_option
def fault(
    directory: Path,
    folder: Path | None,
    kind: Any,
    method: str,
    nth: int,
    package: str,
    type_: str,
    times: int,
    seconds: float,
    *,
    clear: bool,
    debug: bool,
) -> None:
    """Let something go wrong in the next `sandbox up`, once."""
    if (kind is None) == (not clear):
        raise click.UsageError("give either --kind or --clear")

    def run() -> int:
        from understudy.preview.project import read_project
        from understudy.sandbox.faults import Fault
        from understudy.sandbox.rehearsal import open_sandbox

        box = open_sandbox(folder or directory / FOLDER, read_project(directory))
        box.plan(None if clear else Fault(kind, method, nth, package, type_, times, seconds))
        click.echo("no fault is planned" if clear else f"at call {nth} of {method}, the next `sandbox up` will: {kind}")
        return CLEAN

    exit_with(run, debug=debug)


def _carried_out(
    directory: Path,
    folder: Path | None,
    stack: str,
    form: str,
    out: Path | None,
    work: Callable[[Any, Sequence[str]], Iterator[Rehearsed]],
    *,
    must_exist: bool = False,
    debug: bool,
) -> None:
    def run() -> int:
        from understudy.preview.project import read_project
        from understudy.preview.resolution import resolution

        checked([("--out", out)] if out else [])
        from understudy.sandbox.rehearsal import existing_sandbox, open_sandbox

        project = read_project(directory)
        stacks = project.chosen(stack)
        for name in stacks:
            resolution(project, name)
        box = (existing_sandbox if must_exist else open_sandbox)(folder or directory / FOLDER, project)
        done: list[Rehearsed] = []
        for each in work(box, stacks):
            done.append(each)
            if not each.succeeded:
                break
        told = as_json({"sandbox": str(box.workspace.root), "stacks": [asdict(each) for each in done]})
        deliver(told if form == "json" else "".join(map(_text, done)) or "nothing was there to do\n", out)
        if any(each.violations for each in done):
            return VIOLATION
        return CLEAN if all(each.succeeded for each in done) else INTERNAL

    exit_with(run, debug=debug)


def _text(done: Rehearsed) -> str:
    steps = ", ".join(f"{count} {step}" for step, count in done.operations.items()) or "no step"
    said = ", ".join(f"{count} {level}" for level, count in done.findings.items()) or "no finding"
    lines = [f"{done.stack}: {done.command} {'succeeded' if done.succeeded else 'FAILED'}: {steps}; {said}"]
    lines += [f"  violated: {line}" for line in done.violations]
    lines += [f"  error: {line}" for line in done.errors]
    lines.append(f"  {done.exists} resources exist in the sandbox")
    return "\n".join(lines) + "\n"
