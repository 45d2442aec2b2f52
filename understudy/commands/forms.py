"""The forms of a report, and the options that choose among them; shared by the commands that make one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from understudy.commands.delivery import as_json, checked, deliver, deliver_all, terminal
from understudy.commands.options import FormFile, format_option


def _text(document: dict[str, Any], **layout: Any) -> str:
    from understudy.report.text import render_text

    return render_text(document, **layout)


def _json(document: dict[str, Any], **_: Any) -> str:
    return as_json(document)


def _markdown(document: dict[str, Any], **_: Any) -> str:
    from understudy.report.markdown import render_markdown

    return render_markdown(document)


def _html(document: dict[str, Any], **_: Any) -> str:
    from understudy.report.page.page import render_html

    return render_html(document)


def _sarif(document: dict[str, Any], **_: Any) -> str:
    from understudy.report.sarif import render_sarif

    return render_sarif(document)


def _junit(document: dict[str, Any], **_: Any) -> str:
    from understudy.report.junit import render_junit

    return render_junit(document)


FORMS: Mapping[str, Callable[..., str]] = {
    "text": _text,
    "json": _json,
    "markdown": _markdown,
    "html": _html,
    "sarif": _sarif,
    "junit": _junit,
}
"""What renders a document in each form, loaded when it is asked for. Text alone heeds a layout: detail, width and colour."""

form_option = format_option(*FORMS)
report_option = click.option(
    "--report", "reports", type=FormFile(tuple(FORMS)), multiple=True, help="Write this form to a file as well. Repeatable."
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Text: the verdict and what is wrong; no progress.")
verbose_option = click.option(
    "-v", "--verbose", is_flag=True, help="Text: every component, finding, explained difference and source."
)


def refuse_unwritable(out: Path | None, reports: Sequence[tuple[str, Path]]) -> None:
    """Refuse files that cannot be written, before any work is done."""
    checked([*([("--out", out)] if out else []), *(("--report", path) for _, path in reports)])


def report(
    document: dict[str, Any],
    form: str,
    out: Path | None,
    reports: Sequence[tuple[str, Path]] = (),
    *,
    quiet: bool,
    verbose: bool,
) -> None:
    """Deliver a report document in a form, and in further forms to files."""
    from understudy.report.text import Detail

    detail = Detail.QUIET if quiet else Detail.VERBOSE if verbose else Detail.NORMAL
    deliver_all({path: FORMS[each](document, detail=detail) for each, path in reports})
    deliver(FORMS[form](document, detail=detail, **terminal(out)), out)


def refuse_both(*, quiet: bool, verbose: bool) -> None:
    """Refuse two options that contradict each other."""
    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose exclude each other")
