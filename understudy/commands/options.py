"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from model.errors import nearest

Command = Callable[..., Any]
DIRECTORY = click.Path(path_type=Path, exists=True, file_okay=False)
project_option = click.option(
    "--project", "directory", type=DIRECTORY, default=Path(), help="Folder of the Pulumi.yaml; the current one by default."
)
out_option = click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to a file, whole or not at all."
)
debug_option = click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")


class Word(click.Choice[str]):
    """One of some words; the one that is nearest to a mistyped one is named."""

    def get_invalid_choice_message(self, value: object, ctx: click.Context | None) -> str:
        """What is said of another word."""
        hint = nearest(str(value), self.choices)
        return super().get_invalid_choice_message(value, ctx) + ("" if hint.startswith("; allowed") else f" D{hint[3:]}")


def format_option(*forms: str) -> Callable[[Command], Command]:
    """The option that chooses one of the forms of a result, by default the first."""
    return click.option("--format", "form", type=Word(forms), default=forms[0], show_default=True)


class FormFile(click.ParamType[tuple[str, Path]]):
    """`FORM=FILE`: a form of a report, and the file that it is written to."""

    name = "FORM=FILE"

    def __init__(self, forms: Sequence[str]) -> None:
        self.forms = tuple(forms)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Path]:
        """The form and the file; a usage error for another form or none, and for no file."""
        if isinstance(value, tuple):
            return value
        form, equals, file = str(value).partition("=")
        if not equals or not file:
            self.fail(f"found {value!r}; write FORM=FILE, such as {self.forms[0]}=report.{self.forms[0]}", param, ctx)
        if form not in self.forms:
            self.fail(f"found the form {form!r}{nearest(form, self.forms)}", param, ctx)
        return form, Path(file)


strict_option = click.option("--strict", is_flag=True, help="Exit with 4 where nothing is violated and something cannot be told.")
prices_option = click.option(
    "--prices",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A price table written by `understudy prices refresh`; the embedded one by default.",
)
