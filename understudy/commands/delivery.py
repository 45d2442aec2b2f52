"""How a result reaches its reader: on standard output, or in a file that is written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
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
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains again when it exits
            if not isinstance(error, BrokenPipeError):
                raise ConfigurationError([Problem("standard output", f"cannot be written: {error.strerror}")]) from error
        return
    deliver_all({out: text}, "--out")


def checked(outputs: Sequence[tuple[str, Path]]) -> None:
    """Refuse files that cannot be written, before any work is done. Each is given with the option that names it."""
    problems: list[Problem] = []
    seen: set[Path] = set()
    for option, path in outputs:
        target = path.resolve()
        if not target.parent.is_dir():
            problems.append(Problem(option, f"{str(path)!r} cannot be written: there is no folder {str(path.parent)!r}"))
        elif target.is_dir():
            problems.append(Problem(option, f"{str(path)!r} cannot be written: it is a folder"))
        elif not os.access(target.parent, os.W_OK) and not os.access(target, os.W_OK):
            problems.append(Problem(option, f"{str(path)!r} cannot be written: the folder cannot be written to"))
        elif target in seen:
            problems.append(Problem(option, f"{str(path)!r} is named twice"))
        seen.add(target)
    if problems:
        raise ConfigurationError(problems)


def deliver_all(texts: Mapping[Path, str], option: str = "--report") -> None:
    """Write files, each whole; none is moved into place before all of them are written. `option` named them."""
    drafts: dict[Path, Path] = {}
    path = Path()
    try:
        for path, text in texts.items():
            target = path.resolve()  # a link stays a link
            if target.exists() and not target.is_file():
                target.write_text(text, encoding="utf-8")  # a device or a pipe, such as /dev/null, is never replaced
                continue
            drafts[target] = target.with_name(f".{target.name}.{os.getpid()}")
            drafts[target].write_text(text, encoding="utf-8")
        for path, draft in drafts.items():
            draft.replace(path)
    except OSError as error:
        raise ConfigurationError([Problem(option, f"{str(path)!r} cannot be written: {error.strerror}")]) from error
    finally:
        for draft in drafts.values():
            with suppress(OSError):
                draft.unlink()


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
