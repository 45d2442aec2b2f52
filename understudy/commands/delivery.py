"""How a result reaches its reader: on standard output, or in a file that is written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from model.errors import ConfigurationError, Problem


def as_json(document: dict[str, Any]) -> str:
    """A document as JSON text."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def deliver(text: str, out: Path | None) -> None:
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


def terminal(out: Path | None) -> dict[str, Any]:
    """How text is laid out for where it goes: the width and colours of a terminal; 100 columns without colour elsewhere.

    COLUMNS says another width, NO_COLOR and TERM=dumb that no colour is wanted.
    """
    from understudy.report.text import NARROWEST, WIDEST, WIDTH

    is_watched = out is None and sys.stdout.isatty()
    asked = shutil.get_terminal_size((WIDTH, 24)).columns if is_watched or os.environ.get("COLUMNS") else WIDTH
    colour = is_watched and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return {"width": min(max(asked, NARROWEST), WIDEST), "colour": colour}


def silence(_: str) -> None:
    """No progress."""


def progress() -> Callable[[str], None]:
    """Progress on standard error, where somebody watches; silence otherwise."""
    if not sys.stderr.isatty() or os.environ.get("CI"):
        return silence
    return lambda step: click.echo(f"… {step}", err=True)
