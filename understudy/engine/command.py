"""A command of the engine run to its end, and its events beside what it printed."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from understudy.engine.events import Event, Follower, read_events

DEBUG_COMMANDS = {"PULUMI_DEBUG_COMMANDS": "true"}
"""Makes the engine take `--event-log`, as its own Automation API does it."""


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit code, its events, and what it printed where that was kept."""

    exit_code: int
    events: Sequence[Event]
    output: str = ""


def run_engine(
    command: Sequence[str | Path],
    *,
    directory: Path,
    environment: Mapping[str, str],
    tell: Callable[[Event], None] | None = None,
    output: IO[str] | None = None,
) -> Outcome:
    """Run a command that makes events. What it prints goes to `output`, or is kept where there is none."""
    with tempfile.TemporaryDirectory(prefix="understudy-") as folder:
        log = Path(folder) / "events.json"
        follower = Follower(log, tell) if tell else nullcontext()
        with (
            follower,
            subprocess.Popen(  # noqa: S603 - the caller's command is what this is for
                [*command, "--event-log", log],
                cwd=directory,
                env={**environment, **DEBUG_COMMANDS},
                text=True,
                stdin=subprocess.DEVNULL,
                stdout=output or subprocess.PIPE,
                stderr=subprocess.STDOUT,
            ) as process,
        ):
            printed = _to_the_end(process)
        return Outcome(process.returncode, read_events(log), printed or "")


def _to_the_end(process: subprocess.Popen[str]) -> str | None:
    """Wait for the engine, whatever interrupts: it gets the terminal's signal as well, and must finish what it has begun."""
    while True:
        try:
            return process.communicate()[0]
        except KeyboardInterrupt:
            continue


def bytecode_kept() -> dict[str, str]:
    """This process's environment, in which the engine's Python processes may keep their bytecode: a run starts many."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
