"""`understudy data`: what staging's databases carry, and how they get it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from understudy.commands.completing import stacks
from understudy.commands.delivery import as_json, checked, deliver, deliver_all, progress
from understudy.commands.exit_codes import BUSY, CLEAN, VIOLATION, examples, exit_with, plain_examples
from understudy.commands.options import Command, debug_option, format_option, out_option, project_option

if TYPE_CHECKING:
    from model.staging_data import StagingDataStrategy
    from understudy.data.plan import DataPlan
    from understudy.data.refresh import Settings

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
REFUSED, ANOTHER = "a check fails, and the old data stays", "another refresh of the database is running"
"""What the exit codes 1 and 5 of a refresh mean."""


def _strategy_options(command: Command) -> Command:
    for option in (
        click.option("--strategy", "file", type=FILE, help="A strategy in a file of its own, instead of a stack's."),
        click.option("--store", help="The store whose strategy it is; needed where there are several."),
        click.option("--stack", shell_complete=stacks, default="staging", show_default=True),
        project_option,
    ):
        command = option(command)
    return command


source_option = click.option("--source", help="Production, as a connection string without a password; or UNDERSTUDY_SOURCE.")
target_option = click.option("--target", help="Staging, as a connection string without a password; or UNDERSTUDY_TARGET.")
programs_option = click.option(
    "--programs", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Folder of pg_dump and pg_restore."
)
page_option = click.option(
    "--page", type=click.Path(path_type=Path, dir_okay=False), help="Write distributions side by side into this HTML file."
)
form_option = format_option("text", "json")


@click.group()
def data() -> None:
    """Fill staging's databases from production: masked, synthetic or a part, never with what tells a person apart."""


def _strategy(directory: Path, stack: str, store: str | None, file: Path | None) -> tuple[str, StagingDataStrategy]:
    from understudy.data.strategies import strategy_of_file, strategy_of_stack

    return strategy_of_file(file) if file else strategy_of_stack(directory, stack, store)


@data.command(epilog=plain_examples("understudy data plan --store orders --source service=orders-reader"))
@_strategy_options
@source_option
@form_option
@out_option
@debug_option
def plan(
    directory: Path,
    stack: str,
    store: str | None,
    file: Path | None,
    source: str | None,
    form: str,
    out: Path | None,
    *,
    debug: bool,
) -> None:
    """Show what a refresh would do with each column of the source, and refuse what it could not do."""

    def run() -> int:
        from understudy.data.connection import Place
        from understudy.data.refresh import plan_of
        from understudy.data.text import plan_document, plan_text

        path, strategy = _strategy(directory, stack, store, file)
        document = plan_document(plan_of(Place.given("source", source), strategy, path))
        deliver(as_json(document) if form == "json" else plan_text(document), out)
        return CLEAN

    exit_with(run, debug=debug)


@data.command(
    epilog=examples(
        "understudy data classify --source service=orders-reader",
        "understudy data classify --format yaml",
        violation="a column is not classified",
        strict=False,
    )
)
@_strategy_options
@source_option
@format_option("text", "json", "yaml")
@out_option
@debug_option
def classify(
    directory: Path,
    stack: str,
    store: str | None,
    file: Path | None,
    source: str | None,
    form: str,
    out: Path | None,
    *,
    debug: bool,
) -> None:
    """Find personal and secret data by name, type and samples, and propose a rule for each column that nobody classified.

    The exit code is 1 while there is such a column: a refresh would refuse it.
    """

    def run() -> int:
        from understudy.data.connection import Place
        from understudy.data.refresh import classification_of
        from understudy.data.text import classification_document, classification_text, proposal

        _, strategy = _strategy(directory, stack, store, file)
        document = classification_document(classification_of(Place.given("source", source), strategy))
        forms: dict[str, Callable[[dict[str, Any]], str]] = {"json": as_json, "yaml": proposal, "text": classification_text}
        deliver(forms[form](document), out)
        return CLEAN if all(column["settled"] for column in document["columns"]) else VIOLATION

    exit_with(run, debug=debug)


@data.command(
    epilog=examples(
        "understudy data refresh --store orders --dry-run",
        "understudy data refresh --store orders --out refresh.json",
        violation=REFUSED,
        strict=False,
        busy=ANOTHER,
    )
)
@_strategy_options
@source_option
@target_option
@programs_option
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that copy and mask.")
@click.option(
    "--maintenance-database", default="postgres", show_default=True, help="The database from which staging's is renamed."
)
@click.option("--yes", "agreed", is_flag=True, help="Replace a database that no refresh made.")
@click.option("--dry-run", is_flag=True, help="Check everything and show the plan; copy nothing.")
@page_option
@form_option
@out_option
@debug_option
def refresh(
    directory: Path,
    stack: str,
    store: str | None,
    file: Path | None,
    source: str | None,
    target: str | None,
    programs: Path | None,
    workers: int,
    maintenance_database: str,
    page: Path | None,
    form: str,
    out: Path | None,
    *,
    agreed: bool,
    dry_run: bool,
    debug: bool,
) -> None:
    """Fill a staging database anew: build it beside the old one, and put it in its place at once.

    Whatever fails or is killed, the old data stays and serves; the next refresh removes what was left. The exit code is 5 where
    another refresh of the database is running.
    """

    def run() -> int:
        from understudy.data.connection import Place
        from understudy.data.dump import Client
        from understudy.data.evidence import signed, signing_key
        from understudy.data.refresh import Settings, StagingDataManager
        from understudy.data.text import plan_document, plan_text, result_text

        _checked(page, out)
        path, strategy = _strategy(directory, stack, store, file)
        settings = _watched(
            Settings(workers, Client(programs), maintenance=maintenance_database, agreed=agreed, signing_key=signing_key())
        )
        manager = StagingDataManager(Place.given("source", source), Place.given("target", target), path, settings=settings)
        if dry_run:
            document = plan_document(manager.check(strategy))
            deliver(as_json(document) if form == "json" else plan_text(document), out)
            return CLEAN
        result = manager.refresh_staging_data(strategy)
        document = signed(result.document(), settings.signing_key)
        _write_page(document["verification"], page)
        deliver(as_json(document) if form == "json" else result_text(document), out)
        return CLEAN if result.accepted else VIOLATION

    exit_with(partial(_unless_busy, run), debug=debug)


@data.command(
    epilog=examples(
        "understudy data verify --store orders --format json --out verification.json",
        "understudy data verify --store orders --page distributions.html",
        "understudy data verify --store orders --result refresh.json --max-age-hours 200",
        violation="a check fails, or the result does not hold",
        strict=False,
    )
)
@_strategy_options
@source_option
@target_option
@page_option
@click.option("--result", type=FILE, help="Judge a result's signature, verdict, strategy and age instead; no database is read.")
@click.option("--max-age-hours", type=click.FloatRange(min=0), help="With --result: how old it may be.")
@form_option
@out_option
@debug_option
def verify(
    directory: Path,
    stack: str,
    store: str | None,
    file: Path | None,
    source: str | None,
    target: str | None,
    page: Path | None,
    result: Path | None,
    max_age_hours: float | None,
    form: str,
    out: Path | None,
    *,
    debug: bool,
) -> None:
    """Hold staging's data against production's: structure, keys, volume, statistics, plans, anonymity, and what survived.

    The result is signed where UNDERSTUDY_SIGNING_KEY is set. With --result a result of `refresh` is judged, as a gate does: it
    must be signed by that key, clean, and made under the present strategy; with --target, by the refresh that made what is there.
    """

    def run() -> int:
        from model.errors import ConfigurationError, Problem
        from understudy.data.connection import Place
        from understudy.data.evidence import signed, signing_key
        from understudy.data.refresh import verification_of
        from understudy.data.text import verification_text

        _checked(page, out)
        if result is None and max_age_hours is not None:
            raise ConfigurationError([Problem("--max-age-hours", "judges a result; name it by --result")])
        path, strategy = _strategy(directory, stack, store, file)
        if result is not None:
            return _judge(result, strategy, target, max_age_hours, form, out)
        places = Place.given("source", source), Place.given("target", target)
        document = signed(verification_of(*places, strategy, path), signing_key())
        _write_page(document, page)
        deliver(as_json(document) if form == "json" else verification_text(document), out)
        return CLEAN if document["verdict"] == "clean" else VIOLATION

    exit_with(run, debug=debug)


def _judge(
    file: Path, strategy: StagingDataStrategy, target: str | None, max_age_hours: float | None, form: str, out: Path | None
) -> int:
    from datetime import UTC, datetime

    from model.errors import ConfigurationError, Problem
    from understudy.data.connection import Place
    from understudy.data.evidence import VARIABLE, Expected, objections, read_result, signing_key
    from understudy.data.target import last_result

    key = signing_key()
    if key is None:
        raise ConfigurationError([Problem(VARIABLE, "is required: a result is judged by the key that signed it")])
    document = read_result(file)
    run = None if target is None else str((last_result(Place.given("target", target)) or {}).get("run"))
    found = objections(document, key, Expected(strategy, run, datetime.now(UTC), max_age_hours))
    verdict = "violation" if found else "clean"
    judged = {"result": file.name, "run": document.get("run"), "verdict": verdict, "objections": found}
    shown = "".join(f"  ✗ {objection}\n" for objection in found) or "  ✓ it is signed, clean and of this strategy\n"
    deliver(as_json(judged) if form == "json" else f"result {file.name}: {verdict.upper()}\n{shown}", out)
    return VIOLATION if found else CLEAN


def _checked(page: Path | None, out: Path | None) -> None:
    """Refuse files that cannot be written before staging is replaced, not after."""
    checked([(option, path) for option, path in (("--page", page), ("--out", out)) if path is not None])


def _write_page(document: Any, page: Path | None) -> None:
    from understudy.data.page import plot_page

    if page is not None:
        deliver_all({page: plot_page(document)}, "--page")


@data.command(epilog=examples("understudy data demo", "understudy data demo --format json", violation=REFUSED, strict=False))
@page_option
@form_option
@out_option
@debug_option
def demo(page: Path | None, form: str, out: Path | None, *, debug: bool) -> None:
    """Start two throw-away servers, fill one with data that is hard to copy, refresh the other from it, and show the result."""

    def run() -> int:
        from understudy.data.demo import demo_places, demo_servers, demo_strategy
        from understudy.data.dump import Client
        from understudy.data.masking.keys import MaskingKey
        from understudy.data.refresh import Settings, StagingDataManager
        from understudy.data.text import result_text

        _checked(page, out)
        with demo_servers() as (production, staging):
            source, target = demo_places(production, staging)
            settings = _watched(Settings(workers=1, client=Client(production.bin)))
            manager = StagingDataManager(source, target, "demo", MaskingKey.fresh(), settings)
            result = manager.refresh_staging_data(demo_strategy())
        _write_page(result.verification, page)
        deliver(as_json(result.document()) if form == "json" else result_text(result.document()), out)
        return CLEAN if result.accepted else VIOLATION

    exit_with(run, debug=debug)


@data.command(
    epilog=examples(
        "UNDERSTUDY_EXPORT=s3://archives/orders UNDERSTUDY_STRATEGY=orders.json ... understudy data job",
        violation=REFUSED,
        strict=False,
        busy=ANOTHER,
    )
)
@programs_option
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that copy and mask.")
@out_option
@debug_option
def job(programs: Path | None, workers: int, out: Path | None, *, debug: bool) -> None:
    """Refresh from the newest archive in a bucket, as the refresh job of a staging environment does.

    It is told by its environment: UNDERSTUDY_EXPORT, the folder of archives by `pg_dump --format=custom`; UNDERSTUDY_STRATEGY, a
    strategy's file; UNDERSTUDY_TARGET; UNDERSTUDY_ENVIRONMENT and UNDERSTUDY_DATABASE, under which the run is counted.
    """

    def run() -> int:
        from understudy.data.connection import Place
        from understudy.data.dump import Client
        from understudy.data.evidence import signed, signing_key
        from understudy.data.job import JobPlaces, clients, run_job
        from understudy.data.refresh import Settings
        from understudy.data.strategies import strategy_of_file

        places = JobPlaces.of()
        _, strategy = strategy_of_file(places.strategy)
        settings = Settings(workers, Client(programs), signing_key=signing_key())
        tell = partial(click.echo, err=True)
        result = run_job(places, strategy, Place.given("target", None), settings, clients(), tell)
        deliver(as_json(signed(result.document(), settings.signing_key)), out)
        return CLEAN if result.accepted else VIOLATION

    exit_with(partial(_unless_busy, run), debug=debug)


def _unless_busy(refresh: Callable[[], int]) -> int:
    """Carry a refresh out, unless another one of the database is running."""
    from understudy.data.target import BusyError

    try:
        return refresh()
    except BusyError as error:
        click.echo(f"busy: {error}", err=True)
        return BUSY


def _watched(settings: Settings) -> Settings:
    """Settings that show progress: each step as it begins, and rows with their rate and the time that remains while copied."""
    say, counted = progress(), {"rows": 0, "expected": 0}
    began = time.monotonic()

    def report(table: str, rows: int) -> None:
        counted["rows"] += rows
        rate = counted["rows"] / max(time.monotonic() - began, 0.001)
        left = max(0, counted["expected"] - counted["rows"])
        remaining = f", about {left / rate:,.0f} s for {left:,} more" if left and rate else ""
        say(f"{counted['rows']:,} rows, {rate:,.0f} a second{remaining}, in {table}")

    def planned(plan: DataPlan) -> None:
        counted["expected"] = plan.estimated_rows

    return replace(settings, report=report, on_step=say, on_plan=planned)
