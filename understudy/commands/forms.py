"""The forms of a report, and the options that choose among them; shared by the commands that make one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from understudy.commands.delivery import as_json, deliver, terminal

form_option = click.option(
    "--format", "form", type=click.Choice(["text", "json", "markdown", "html"]), default="text", show_default=True
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Text: the verdict and what is wrong; no progress.")
verbose_option = click.option(
    "-v", "--verbose", is_flag=True, help="Text: every component, finding, explained difference and source."
)


def report(document: dict[str, Any], form: str, out: Path | None, *, quiet: bool, verbose: bool) -> None:
    """Deliver a report document in a form."""
    from understudy.report.markdown import render_markdown
    from understudy.report.page.page import render_html
    from understudy.report.text import Detail, render_text

    detail = Detail.QUIET if quiet else Detail.VERBOSE if verbose else Detail.NORMAL
    forms: dict[str, Callable[[dict[str, Any]], str]] = {
        "html": render_html,
        "json": as_json,
        "markdown": render_markdown,
        "text": partial(render_text, **terminal(out), detail=detail),
    }
    deliver(forms[form](document), out)


def refuse_both(*, quiet: bool, verbose: bool) -> None:
    """Refuse two options that contradict each other."""
    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose exclude each other")
