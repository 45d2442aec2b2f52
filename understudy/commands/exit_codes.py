"""The exit codes, and how an outcome becomes one: no mistake of a user is a traceback."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Mapping

import click

from model.errors import ConfigurationError

CLEAN, VIOLATION, BAD_INPUT, INTERNAL, INCONCLUSIVE, BUSY = 0, 1, 2, 3, 4, 5
DEBUG_VARIABLE = "UNDERSTUDY_DEBUG"
"""The environment variable that does what --debug does, also where a command has no such option."""
MOST_PROBLEMS = 50
"""More mistakes at once than this are counted and not shown: an alias in an alias alone makes thousands."""
_MEANINGS = {
    CLEAN: "clean",
    VIOLATION: "a mandatory policy is violated",
    BAD_INPUT: "the configuration or the command line is wrong",
    INTERNAL: "internal error",
    INCONCLUSIVE: "--strict: nothing is violated, and something cannot be told yet",
}


def told(meanings: Mapping[int, str]) -> str:
    """Exit codes as a command's help shows them."""
    return "\b\nExit codes:\n" + "".join(f"  {code}  {meaning}\n" for code, meaning in meanings.items())


EPILOG = told(_MEANINGS)


def examples(*lines: str, violation: str = _MEANINGS[VIOLATION], failure: str = "", strict: bool = True, busy: str = "") -> str:
    """A command's epilog: its examples, then the exit codes.

    `violation` and `failure` say what codes 1 and 3 mean for it, where that is something else, and `busy` what 5 does; without
    `violation` it has no code 1, without `strict` no code 4, and without `busy` no code 5.
    """
    meanings = {**_MEANINGS, VIOLATION: violation, INTERNAL: failure or _MEANINGS[INTERNAL], BUSY: busy}
    if not strict:
        del meanings[INCONCLUSIVE]
    return shown_examples(*lines) + told({code: said for code, said in meanings.items() if said})


def plain_examples(*lines: str) -> str:
    """The epilog of a command that judges nothing."""
    return examples(*lines, violation="", strict=False)


def shown_examples(*lines: str) -> str:
    """The examples alone."""
    shown = "\n".join(f"  {line}" for line in lines)
    return f"\b\nExamples:\n{shown}\n\n"


def exit_with(run: Callable[[], int], *, debug: bool = False) -> None:
    """Carry out a command and leave with its exit code."""
    try:
        code = run()
    except ConfigurationError as error:
        for problem in error.problems[:MOST_PROBLEMS]:
            click.echo(f"error: {problem}", err=True)
        if len(error.problems) > MOST_PROBLEMS:
            click.echo(f"error: and {len(error.problems) - MOST_PROBLEMS} more of the kind; mend these first", err=True)
        code = BAD_INPUT
    except Exception as error:  # noqa: BLE001 - the last line of defence
        code = internal(error, debug=debug)
    raise click.exceptions.Exit(code)


def internal(error: Exception, *, debug: bool = False) -> int:
    """Tell an error of the program in one line; the traceback only to who asks for it. Returns its exit code."""
    debug = debug or os.environ.get(DEBUG_VARIABLE, "") not in ("", "0")
    if debug:
        traceback.print_exception(error)
    hint = "" if debug else f"; --debug or {DEBUG_VARIABLE}=1 shows where"
    click.echo(f"internal error: {type(error).__name__}: {_first_line(error)}{hint}", err=True)
    return INTERNAL


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]
