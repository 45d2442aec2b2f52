"""A process beside this one that renders a stack. It is begun before it is needed, for a rendering first imports the SDKs."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:  # whoever begins the process has loaded nothing yet, and shall not wait
    from understudy.preview.project import Project
    from understudy.preview.rendering import Rendering

RUN = """\
import json, sys
sys.path[:], sys.argv[:] = json.loads(sys.argv[1])
from understudy.preview.beside_worker import main
main()
"""


class Beside:
    """The process, where it is a gain. Use it as a context: leaving it ends it.

    Where there is none, or anything goes wrong in it, nothing is taken from it: whoever asks renders the stack here, and meets
    the mistake if there is one.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None
        if is_a_gain():
            with suppress(OSError):
                self._start()

    def _start(self) -> None:
        """The process finds what this one would, and is beyond the terminal's signals: it ends when this one does."""
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, and words of our own
            [sys.executable, "-P", "-c", RUN, json.dumps([sys.path, sys.argv])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            start_new_session=True,
        )

    def begin(self, project: Project, stack: str, configuration: Mapping[str, str]) -> None:
        """Let it render a stack."""
        if self._process is not None and self._process.stdin is not None:
            with suppress(OSError):  # it has ended, which shows when its rendering is taken
                pickle.dump((project, stack, configuration), self._process.stdin)
                self._process.stdin.flush()

    def taken(self) -> Rendering | None:
        """What it has rendered, waited for; what the program said there is said now. None where nothing comes of it."""
        if self._process is None or self._process.stdout is None or self._said is None:
            return None
        try:
            rendering: Rendering = pickle.load(self._process.stdout)  # noqa: S301 - from the process that was begun here
        except (EOFError, OSError, pickle.UnpicklingError):
            return None
        self._said.seek(0)
        sys.stderr.write(self._said.read().decode(errors="replace"))
        return rendering

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            with suppress(OSError):
                self._process.communicate()
        if self._said is not None:
            self._said.close()


def is_a_gain() -> bool:
    """Whether a second process makes a preview quicker now: there is a second core, and no more want one than there are.

    On a busier machine it is a loss, for it imports everything once more. One that wants a core at this moment may be gone at the
    next.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores > 1 and _running() <= cores


def _running() -> int:
    """How many threads want a core at this moment, this one among them; where the system does not tell, it alone."""
    try:
        return int(Path("/proc/loadavg").read_text(encoding="ascii").split()[3].partition("/")[0])
    except (OSError, ValueError, IndexError):
        return 1
